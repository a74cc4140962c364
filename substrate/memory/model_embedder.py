"""Vectors from a model of the user's own, which lives in a process of its own (`--embed-model`).

A region never loads a model: it asks the embedder's process over its socket. An answer takes milliseconds,
and there is none while that process is being started again. Then a text goes without a vector: it is found by
its words meanwhile, and gets its vector later.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from substrate.memory.embedding import Embedder, StaticEmbedder, Vector, quantised
from substrate.memory.errors import EmbedderUnusable, TextsRefused
from substrate.memory.features import without_words
from substrate.region.contract import RegionEnvironment
from substrate.wire import FrameReader, WireError, encode_frame

FACTS, EMBED = "embedder/facts", "embedder/embed"
"""The commands of the embedder's process."""

_START_S = 120.0
"""How long the model may take to load."""
_ANSWER_S = 2.0
_PAUSE_S = 1.0
"""For so long nothing is asked again of an embedder that did not answer."""
_LOOK_S = 0.02
_RECEIVE_BYTES = 1 << 16
_FLOAT_BYTES = 4


def open_embedder(environment: RegionEnvironment) -> Embedder:
    """The embedder of this instance. Raises EmbedderUnusable."""
    return StaticEmbedder() if environment.embedder is None else ModelEmbedder(environment.embedder)


class ModelEmbedder:
    """The embedder's process as a region sees it. Used from one thread."""

    batch = 8

    def __init__(self, socket_path: Path, *, answer_s: float = _ANSWER_S) -> None:
        """Waits until the model is loaded; raises EmbedderUnusable when it does not come up.

        An answer is waited for `answer_s` seconds: whoever asks does nothing else meanwhile.
        """
        self._path, self._answer_s = socket_path, answer_s
        self._connection: socket.socket | None = None
        self._frames = FrameReader()
        self._asked = 0
        self._rests_until_s = 0.0
        facts = self._await_facts()
        self.id: str = facts["id"]
        self.dimensions: int = facts["dimensions"]
        self.unrelated: float = facts["unrelated"]

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector] | None:
        if not texts:
            return []
        answer = self._ask(EMBED, {"texts": [without_words(text, without) for text in texts]})
        if answer is None or len(answer["vectors"]) != len(texts) * self.dimensions * _FLOAT_BYTES:
            return None  # nobody is there, or another model came up in its place
        rows = np.frombuffer(answer["vectors"], np.float32).reshape(len(texts), self.dimensions)
        return [quantised(row) for row in rows]

    def embed_at_once(self, text: str, without: frozenset[str] = frozenset()) -> Vector | None:
        return None

    def _await_facts(self) -> Mapping[str, Any]:
        deadline_s = time.monotonic() + _START_S
        while time.monotonic() < deadline_s:
            with contextlib.suppress(TextsRefused):
                facts = self._ask(FACTS, {})
                if facts is not None:
                    return facts
            self._rests_until_s = 0.0
            time.sleep(_LOOK_S)
        raise EmbedderUnusable(
            f"the embedding model was not ready within {_START_S:g} s", "the log says what it waits for"
        )

    def _ask(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The data of an answer; None when the process is not there.

        Raises TextsRefused when it is, and answers with an error, or not in time, or dies over it.
        """
        if time.monotonic() < self._rests_until_s:
            return None
        try:
            connection = self._connected()
        except OSError:
            self._rest()
            return None
        self._asked += 1
        try:
            connection.sendall(
                encode_frame({"op": "command", "id": self._asked, "name": name, "params": params})
            )
            while True:
                received = connection.recv(_RECEIVE_BYTES)
                if not received:
                    raise ConnectionError("the connection was closed")
                for frame in self._frames.feed(received):
                    if frame.get("id") == self._asked:
                        return _data(frame)
        except (OSError, WireError) as error:
            # Late answers must not be taken for those to later questions: begin anew.
            self._rest()
            raise TextsRefused(f"the embedding model did not answer: {error}", is_final=False) from error

    def _connected(self) -> socket.socket:
        if self._connection is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._answer_s)
            try:
                connection.connect(str(self._path))
            except OSError:
                connection.close()
                raise
            self._connection, self._frames = connection, FrameReader()
        return self._connection

    def _rest(self) -> None:
        """Ask nothing for a while, and then on a new connection."""
        self._rests_until_s = time.monotonic() + _PAUSE_S
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _data(frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer holds. Raises TextsRefused when it is an error."""
    if not frame["success"]:
        raise TextsRefused(frame["error"]["message"], frame["error"]["hint"], is_final=True)
    data: Mapping[str, Any] = frame["data"]
    return data
