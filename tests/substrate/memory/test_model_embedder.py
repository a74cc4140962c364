"""What a region makes of the answers of the embedding model's process, and of none."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from substrate.errors import SubstrateError
from substrate.memory.errors import TextsRefused
from substrate.memory.model_embedder import EMBED, FACTS, ModelEmbedder
from substrate.region.command_socket import CommandSocket

_PATIENCE_S = 60.0
Embed = Callable[[Mapping[str, Any]], Any]


class Died(BaseException):
    """What a process does that crashes: it answers nothing, and its connections are closed."""


@contextmanager
def embedder_process(path: Path, embed: Embed) -> Iterator[None]:
    """A thread that answers as the embedder's process does, until `embed` raises Died."""
    facts = {"id": "test", "dimensions": 4, "unrelated": 0.0}
    commands = CommandSocket(path, {FACTS: lambda _: facts, EMBED: embed})
    ends = threading.Event()

    def serve() -> None:
        try:
            while not ends.is_set():
                if select.select(commands.filenos(), [], [], 0.01)[0]:
                    commands.serve()
        except Died:
            pass
        finally:
            commands.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def ones(params: Mapping[str, Any]) -> dict[str, bytes]:
    if any("poison" in text for text in params["texts"]):
        raise SubstrateError("text 0 takes 9000 tokens", "embed it in parts")
    if any("crash" in text for text in params["texts"]):
        raise Died
    return {"vectors": np.ones((len(params["texts"]), 4), np.float32).tobytes()}


def test_what_the_model_refuses_is_an_error_that_says_why_and_the_next_text_is_embedded(
    tmp_path: Path,
) -> None:
    with embedder_process(tmp_path / "e", ones):
        embedder = ModelEmbedder(tmp_path / "e", answer_s=_PATIENCE_S)
        with pytest.raises(TextsRefused, match="9000 tokens") as refused:
            embedder.embed(["fine", "poison"])
        assert refused.value.is_final
        vectors = embedder.embed(["fine"])
        assert vectors is not None
        assert vectors[0].any()


def test_a_text_over_which_the_process_dies_is_refused_for_now_and_nobody_there_is_no_refusal(
    tmp_path: Path,
) -> None:
    with embedder_process(tmp_path / "e", ones):
        embedder = ModelEmbedder(tmp_path / "e", answer_s=_PATIENCE_S)
        with pytest.raises(TextsRefused) as refused:
            embedder.embed(["crash"])
        assert not refused.value.is_final
    assert embedder.embed(["fine"]) is None  # it rests, and then nobody is there


def test_an_answer_of_another_shape_is_none(tmp_path: Path) -> None:
    with embedder_process(tmp_path / "e", lambda _: {"vectors": b"\0" * 12}):
        assert ModelEmbedder(tmp_path / "e", answer_s=_PATIENCE_S).embed(["fine"]) is None
