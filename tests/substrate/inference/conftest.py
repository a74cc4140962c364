"""A tiny model of random weights, lanes on it that are closed whatever happens, and a reference."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import (
    Delta,
    FinishReason,
    GenerateRequest,
    Generation,
    InferenceError,
    Prompt,
    Sampling,
    Sink,
    Turn,
)
from substrate.inference.chat_template import CHATML, ChatTemplate

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

T = TypeVar("T")
WAIT_S = 60.0
NEAR_TIE = 0.15
"""A choice may be one whose logit is less than this below the best: batched and single decoding differ by up
to 0.09 (measured on Q8_0 weights in real shapes)."""

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


# By identity of a stream, and of the Generation at its end: what is kept with them keeps them alive.
_CHOSEN: dict[int, tuple[object, list[int]]] = {}


@pytest.fixture(autouse=True)
def _chosen_tokens() -> Iterator[None]:
    """Note which tokens a reply is made of: text alone does not tell, nor that one was the end."""
    from substrate.inference.handover import Handover, StreamEvent
    from substrate.inference.job import Job, Reply
    from substrate.inference.jobs import Jobs

    take, post = Jobs.take, Handover.post

    def note_token(jobs: Jobs, job: Job, reply: Reply, token: int) -> bool:
        _CHOSEN.setdefault(id(reply.stream), (reply.stream, []))[1].append(token)
        return take(jobs, job, reply, token)

    def note_end(handover: Handover, sink: Sink, event: StreamEvent) -> None:
        if isinstance(event, Generation) and id(sink) in _CHOSEN:
            _CHOSEN[id(event)] = (event, _CHOSEN[id(sink)][1])
        post(handover, sink, event)

    with pytest.MonkeyPatch.context() as patch:  # of its own: tests undo theirs
        patch.setattr(Jobs, "take", note_token)
        patch.setattr(Handover, "post", note_end)
        yield
    _CHOSEN.clear()


def tokens_of(generation: Generation) -> list[int]:
    """What a lane of this test chose, the end of the reply included."""
    return _CHOSEN[id(generation)][1]


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


@contextmanager
def held(lane: LlamaLane) -> Iterator[None]:
    """The lane takes no step meanwhile, so that what is asked within comes together on any machine."""
    is_over = threading.Event()
    with contextlib.suppress(InferenceError):  # a lane that does not run stands still by itself
        lane._send(lambda engine: _wait_for(is_over))
    try:
        yield
    finally:
        is_over.set()


def _wait_for(event: threading.Event) -> None:
    assert event.wait(WAIT_S)


class Hold:
    """Stops the lane behind a token of one conversation until the test lets go of it.

    What a test does to a reply that is being written then comes before its end, on any machine.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, conversation: str, generated: int) -> None:
        from substrate.inference.job import Job, Reply
        from substrate.inference.jobs import Jobs

        self._is_over = is_over = threading.Event()
        take = Jobs.take

        def take_and_wait(jobs: Jobs, job: Job, reply: Reply, token: int) -> bool:
            has_ended = take(jobs, job, reply, token)
            if job.conversation == conversation and reply.generated == generated:
                _wait_for(is_over)
            return has_ended

        monkeypatch.setattr(Jobs, "take", take_and_wait)

    def let_go(self) -> None:
        self._is_over.set()


async def begin(asking: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Have a task run as far as it comes by itself: what it asks of a lane has been asked."""
    has_begun = asyncio.Event()

    async def run_on() -> T:
        has_begun.set()  # whoever waits for it comes next when this task has to wait
        return await asking

    task = asyncio.create_task(run_on())
    await has_begun.wait()
    return task


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
        with held(lane):
            tasks = [await begin(finish(lane, one)) for one in requests]
        return await asyncio.wait_for(asyncio.gather(*tasks), WAIT_S)

    return asyncio.run(together())


class ReferenceEngine:
    """`llama_cpp.Llama`, one prompt after another, from an empty cache each time."""

    def __init__(self, path: Path, *, near_tie: float = NEAR_TIE, **more: Any) -> None:
        from llama_cpp import Llama

        self._llama: Any = Llama(
            str(path), n_ctx=2048, n_threads=1, n_threads_batch=1, logits_all=True, verbose=False, **more
        )
        self._template = ChatTemplate.parse(CHATML)
        self._near_tie = near_tie
        self._seen: dict[tuple[int, ...], list[NDArray[np.float32]]] = {}

    def prompt_tokens(self, prompt: Prompt) -> list[int]:
        return [
            token
            for piece in self._template.pieces(prompt)
            for token in self._llama.tokenize(piece.text.encode(), add_bos=False, special=piece.is_frame)
        ]

    def check(self, request: GenerateRequest, generation: Generation) -> int:
        """Each token of a greedy reply is the one that `Llama` would choose behind the same prompt and the
        same tokens, or one whose logit is less than a near tie below. Returns how many choices were certain:
        nothing else was that near.
        """
        chosen = tokens_of(generation)
        assert len(chosen) == generation.completion_tokens
        has_ended = chosen[-1] == self._llama.token_eos()
        assert has_ended == (generation.finish_reason is FinishReason.STOP)
        text = b"".join(self._llama.detokenize([token]) for token in chosen[: len(chosen) - has_ended])
        assert text.decode("utf-8", "replace") == generation.text
        certain = 0
        for at, (token, logits) in enumerate(zip(chosen, self._logits(request.prompt, chosen), strict=True)):
            second, best = np.partition(logits, -2)[-2:]
            missing = float(best - logits[token])
            assert missing < self._near_tie, (
                f"token {at} of {generation.text!r} is {token}, {missing:.2f} below {logits.argmax()}"
            )
            certain += bool(best - second >= self._near_tie)
        return certain

    def _logits(self, prompt: Prompt, chosen: Sequence[int]) -> list[NDArray[np.float32]]:
        """Behind the prompt, and behind each of the chosen tokens but the last."""
        asked = self.prompt_tokens(prompt)
        key = (*asked, -1, *chosen[:-1])
        if key not in self._seen:
            self._llama.reset()
            self._seen[key] = [self._read(tokens) for tokens in (asked, *([token] for token in chosen[:-1]))]
        return self._seen[key]

    def _read(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        self._llama.eval(tokens)
        return np.array(self._llama.scores[self._llama.n_tokens - 1])


@pytest.fixture(scope="session")
def reference(tiny_model: Path) -> ReferenceEngine:
    return ReferenceEngine(tiny_model)
