"""What the lane's benchmarks share: the prompts, a lane and a `Llama` on the same model file, progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from llama_cpp import Llama

from substrate.inference import GenerateRequest, Generation, Prompt, Sampling
from substrate.inference.chat_template import CHATML, ChatTemplate
from substrate.inference.lane import LlamaLane
from substrate.inference.loading import LaneSettings
from substrate.inference.native import NativeModel
from substrate.inference.prompt_reader import PromptReader

CELLS = 8192
SAMPLING = Sampling(temperature=0.7, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.05, seed=1)
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every part is given: the model's file, the threads of both engines, and how long to measure."""

    path: Path
    threads: int
    rounds: int
    turns: int
    depths: tuple[int, ...]

    @property
    def settings(self) -> LaneSettings:
        return LaneSettings(ctx=CELLS, threads=self.threads, park_after_s=3600.0)

    @contextmanager
    def lane(
        self,
        settings: LaneSettings | None = None,
        *,
        on_busy: Callable[[bool], None] = lambda busy: None,
        others_work: Callable[[], bool] = lambda: False,
    ) -> Iterator[LlamaLane]:
        """A lane that is closed on leaving."""
        lane = LlamaLane(self.path, settings or self.settings, on_busy=on_busy, others_work=others_work)
        lane.warmup()
        try:
            yield lane
        finally:
            lane.close()

    @contextmanager
    def llama(self, context: int) -> Iterator[Llama]:
        """`Llama` as its users make it, but for the threads: its default is four, whatever the machine."""
        llama = Llama(
            str(self.path), n_ctx=context, n_threads=self.threads, n_threads_batch=self.threads, verbose=False
        )
        try:
            yield llama
        finally:
            llama.close()

    @contextmanager
    def model(self) -> Iterator[NativeModel]:
        model = NativeModel.load(self.path, gpu_layers=0)
        try:
            yield model
        finally:
            model.free()


def prompt_reader(model: NativeModel) -> PromptReader:
    return PromptReader(model, ChatTemplate.parse(CHATML))


def whole_prompt(reader: PromptReader, prompt: Prompt) -> list[int]:
    return [*reader.opening(prompt), *reader.late(prompt.late())]


def sampling(new_tokens: int) -> Sampling:
    return replace(SAMPLING, max_tokens=new_tokens)


async def generate(lane: LlamaLane, request: GenerateRequest) -> Generation:
    async for event in lane.generate(request):
        if isinstance(event, Generation):
            return event
    raise AssertionError("a stream ended without its Generation")


def llama_stream(llama: Llama, prompt: list[int]) -> Iterator[int]:
    """Tokens as `Llama` writes them, its own reuse of the last prompt's beginning included."""
    s = SAMPLING
    return iter(
        llama.generate(
            prompt,
            temp=s.temperature,
            top_k=s.top_k,
            top_p=s.top_p,
            min_p=s.min_p,
            repeat_penalty=s.repeat_penalty,
        )
    )


_STARTED_S = time.monotonic()


def progress(text: str) -> None:
    """Say on standard error what is being measured: the whole takes minutes."""
    print(f"[{time.monotonic() - _STARTED_S:5.0f} s] {text}", file=sys.stderr, flush=True)
