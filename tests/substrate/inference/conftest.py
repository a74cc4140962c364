"""A tiny model of random weights, lanes on it that are closed whatever happens, and a reference."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import (
    Delta,
    GenerateRequest,
    Generation,
    Prompt,
    Sampling,
    Turn,
)
from substrate.inference.chat_template import CHATML, ChatTemplate

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

WAIT_S = 60.0
NEAR_TIE = 0.15
"""Logits closer than this may change places: batched and single decoding differ by up to 0.09 (measured on
Q8_0 weights in real shapes)."""

IDENTITY = "You are Paige, who keeps a lighthouse and answers everybody who asks her something."
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=24)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "tiny.gguf", TINY)


@pytest.fixture
def start_lane(tiny_model: Path) -> Iterator[Callable[..., LlamaLane]]:
    from substrate.inference import LaneSettings, LlamaLane

    lanes: list[LlamaLane] = []

    def start(
        *,
        path: Path = tiny_model,
        on_busy: Callable[[bool], None] = lambda busy: None,
        others_work: Callable[[], bool] = lambda: False,
        **settings: Any,
    ) -> LlamaLane:
        usual = LaneSettings(threads=1, ctx=4096, flash_attention=True)
        lane = LlamaLane(path, replace(usual, **settings), on_busy=on_busy, others_work=others_work)
        lanes.append(lane)
        lane.warmup()
        return lane

    yield start
    for lane in lanes:
        lane.close()


def make_request(
    number: int = 0,
    *,
    conversation: str = "paige/general",
    identity: str = IDENTITY,
    history: tuple[Turn, ...] = (),
    message: str = "joel: what do you see tonight?",
    late: Callable[[], str] = lambda: "",
    sampling: Sampling = GREEDY,
    **more: Any,
) -> GenerateRequest:
    return GenerateRequest(
        request_id=f"r{number}",
        persona_id="paige",
        conversation=conversation,
        prompt=Prompt(identity, history, message, late),
        sampling=sampling,
        **more,
    )


async def finish(lane: LlamaLane, request: GenerateRequest) -> Generation:
    """Run one request to its end; its deltas must add up to its text."""
    shown: list[str] = []
    async for event in lane.generate(request):
        if isinstance(event, Delta):
            shown.append(event.text)
        else:
            assert "".join(shown) == event.text
            return event
    raise AssertionError("the stream ended without a Generation")


async def start(lane: LlamaLane, request: GenerateRequest) -> asyncio.Task[Generation]:
    """Begin a request; returns once its first piece of text has come."""
    has_begun = asyncio.Event()

    async def follow() -> Generation:
        try:
            async for event in lane.generate(request):
                has_begun.set()
                if isinstance(event, Generation):
                    return event
        finally:
            has_begun.set()
        raise AssertionError("the stream ended without a Generation")

    task = asyncio.create_task(follow())
    await has_begun.wait()
    return task


def run(lane: LlamaLane, *requests: GenerateRequest) -> list[Generation]:
    """Run requests together, in a loop of their own."""

    async def together() -> list[Generation]:
        return await asyncio.wait_for(asyncio.gather(*(finish(lane, one) for one in requests)), WAIT_S)

    return asyncio.run(together())


@dataclass(frozen=True, slots=True)
class Reference:
    """What `llama_cpp.Llama` says greedily, up to the first choice that is a near tie."""

    certain: bytes
    tokens: int

    def agrees_with(self, generation: Generation) -> bool:
        whole_characters = codecs.getincrementaldecoder("utf-8")("replace").decode(self.certain)
        return generation.text.startswith(whole_characters)


class ReferenceEngine:
    """`llama_cpp.Llama`, one prompt after another, from an empty cache each time."""

    def __init__(self, path: Path, *, near_tie: float = NEAR_TIE) -> None:
        from llama_cpp import Llama

        self._llama: Any = Llama(
            str(path), n_ctx=2048, n_threads=1, n_threads_batch=1, logits_all=True, verbose=False
        )
        self._template = ChatTemplate.parse(CHATML)
        self._near_tie = near_tie

    def prompt_tokens(self, prompt: Prompt) -> list[int]:
        return [
            token
            for piece in self._template.pieces(prompt)
            for token in self._llama.tokenize(piece.text.encode(), add_bos=False, special=piece.is_frame)
        ]

    def greedy(self, request: GenerateRequest) -> Reference:
        llama = self._llama
        llama.reset()
        tokens = self.prompt_tokens(request.prompt)
        certain, count = b"", 0
        llama.eval(tokens)
        while count < request.sampling.max_tokens:
            logits = np.array(llama.scores[llama.n_tokens - 1])
            second, first = np.sort(logits)[-2:]
            token = int(logits.argmax())
            if first - second < self._near_tie or token == llama.token_eos():
                break
            certain += llama.detokenize([token])
            count += 1
            llama.eval([token])
        return Reference(certain, count)


@pytest.fixture(scope="session")
def reference(tiny_model: Path) -> ReferenceEngine:
    return ReferenceEngine(tiny_model)
