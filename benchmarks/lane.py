"""What does the lane save against `llama_cpp.Llama`, used as its users use it?

- Many personas at once: tokens per second together, against one after another in `Llama`.
- The next turn of a long conversation: time to the first token at growing histories, with other memories at
  every turn, against the floor (`llama_decode` of the same new tokens at the same depth) and against `Llama`
  with the memories at the top of the prompt.
- Coming back from disk, against reading anew; Python's share of a step; beside working regions.

The model has random weights in the shape of Qwen2.5-0.5B: speed does not depend on what a model has learnt.
Every byte of its text is one token.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from llama_cpp import Llama

from benchmarks._measure import benchmark_arguments, print_result, print_table
from benchmarks.random_model import QWEN_05B, TINY, cached_model
from substrate.inference import GenerateRequest, Generation, Prompt, Role, Sampling, Turn
from substrate.inference.chat_template import CHATML, ChatTemplate
from substrate.inference.lane import LlamaLane
from substrate.inference.loading import LaneSettings
from substrate.inference.native import Batch, ContextShape, NativeContext, NativeModel
from substrate.inference.prompt_reader import PromptReader

CELLS = 8192
SHARED, NEW = 280, 48
"""Tokens that all prompts begin with (20 more are each one's own), and that each reply is long."""
KEEPER = "You are Paige, who keeps a lighthouse."
MEMORIES = 200
SAMPLING = Sampling(temperature=0.7, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.05, seed=1)
SHAPES = {shape.name: shape for shape in (QWEN_05B, TINY)}


@dataclass(frozen=True, slots=True)
class Together:
    """One round of several requests: wall time, and time to the first token of each."""

    wall_s: float
    tokens: int
    first_token_s: list[float] = field(default_factory=list)

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.wall_s


def sampling(new_tokens: int) -> Sampling:
    return Sampling(**{**_fields(SAMPLING), "max_tokens": new_tokens})


def _fields(value: Sampling) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


async def generate(lane: LlamaLane, request: GenerateRequest) -> Generation:
    async for event in lane.generate(request):
        if isinstance(event, Generation):
            return event
    raise AssertionError("a stream ended without its Generation")


async def until_settled(lane: LlamaLane, count: int) -> None:
    while lane.counters.settled < count:
        await asyncio.sleep(0.0005)


def persona_prompt(number: int) -> Prompt:
    identity = ("You are one of the keepers of the lighthouse. " * 10)[: SHARED - 40]
    return Prompt(identity, (), f"{number:02d}: what is it now?", str)


# Many at once.


def lane_together(lane: LlamaLane, personas: int) -> Together:
    async def all_at_once() -> Together:
        for number in range(personas):
            await lane.forget(f"p{number}")
        requests = [
            GenerateRequest(f"r{n}", f"p{n}", f"p{n}", persona_prompt(n), sampling(NEW))
            for n in range(personas)
        ]
        began_ns = time.monotonic_ns()
        done = await asyncio.gather(*(generate(lane, request) for request in requests))
        wall_s = (time.monotonic_ns() - began_ns) / 1e9
        firsts = [(one.first_token_ns - began_ns) / 1e9 for one in done]
        return Together(wall_s, sum(one.completion_tokens for one in done), firsts)

    return asyncio.run(all_at_once())


def llama_in_turn(llama: Llama, prompts: list[list[int]]) -> Together:
    llama.reset()  # type: ignore[no-untyped-call]  # of llama-cpp-python
    began = time.perf_counter()
    firsts, tokens = [], 0
    for prompt in prompts:
        for count, _ in enumerate(llama_stream(llama, prompt), 1):
            if count == 1:
                firsts.append(time.perf_counter() - began)
            tokens += 1
            if count == NEW:
                break
    return Together(time.perf_counter() - began, tokens, firsts)


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


def measure_batching(
    lane: LlamaLane, llama: Llama, reader: PromptReader, personas: int, rounds: int
) -> dict[str, float]:
    prompts = [whole_prompt(reader, persona_prompt(number)) for number in range(personas)]
    ours, theirs = [], []
    before = (lane.counters.steps, lane.counters.step_ns, lane.counters.native_ns)
    for _ in range(rounds):
        ours.append(lane_together(lane, personas))
        theirs.append(llama_in_turn(llama, prompts))
    steps, step_ns, native_ns = (
        now - then
        for now, then in zip(
            (lane.counters.steps, lane.counters.step_ns, lane.counters.native_ns), before, strict=True
        )
    )
    name = f"batch{personas}"
    ours_first = [first for one in ours for first in one.first_token_s]
    theirs_first = [first for one in theirs for first in one.first_token_s]
    return {
        f"{name}_ratio": statistics.median(
            a.tokens_per_s / b.tokens_per_s for a, b in zip(ours, theirs, strict=True)
        ),
        f"{name}.lane_tokens_per_s": statistics.median(one.tokens_per_s for one in ours),
        f"{name}.llama_tokens_per_s": statistics.median(one.tokens_per_s for one in theirs),
        f"{name}.lane_ttft_p50_s": statistics.median(ours_first),
        f"{name}.lane_ttft_worst_s": max(ours_first),
        f"{name}.llama_ttft_p50_s": statistics.median(theirs_first),
        f"{name}.llama_ttft_worst_s": max(theirs_first),
        f"step_overhead_ms_{personas}": (step_ns - native_ns) / steps / 1e6,
    }


def whole_prompt(reader: PromptReader, prompt: Prompt) -> list[int]:
    return [*reader.opening(prompt), *reader.late(prompt.late())]


# The next turn of a long conversation.


def history(tokens: int) -> tuple[Turn, ...]:
    """About `tokens` tokens of exchanges of 100, the 21 of the frames included."""
    turns: list[Turn] = []
    for number in range(tokens // 100):
        question = f"joel: question {number:03d}, and a few more words of it"
        turns.append(Turn(Role.USER, question))
        turns.append(Turn(Role.ASSISTANT, f"answer {number:03d} ".ljust(79 - len(question), ".")))
    return tuple(turns)


def memories(turn: int) -> str:
    lines = "".join(f"\n- [{turn} days ago, #general] joel: note {turn * 31 + k} of many" for k in range(8))
    return f"\n\nMemories:{lines}"[:MEMORIES]


def turn_prompt(past: tuple[Turn, ...], turn: int) -> Prompt:
    return Prompt(KEEPER, past, f"{turn}: what now?", partial(memories, turn))


@dataclass(frozen=True, slots=True)
class NextTurn:
    """One turn of a conversation whose history is kept: seconds and tokens."""

    ttft_s: float
    floor_s: float
    tokens_read: int
    settle_s: float


class Floor:
    """`llama_decode` alone, at the same depth and settings: no reply can come faster."""

    def __init__(self, model: NativeModel, reader: PromptReader, threads: int, *, flash: bool) -> None:
        self._context = NativeContext(model, ContextShape(CELLS, 1, 512, 1, threads, flash))
        self._batch = Batch(512)
        self._reader = reader
        self._held: list[int] = []

    def hold(self, prompt: Prompt) -> None:
        """Read a prompt's opening, extending what is held."""
        wanted = list(self._reader.opening(prompt))
        assert wanted[: len(self._held)] == self._held
        self._decode(wanted[len(self._held) :], len(self._held))
        self._held = wanted

    def decode_s(self, new: list[int]) -> float:
        """Seconds to read `new` behind what is held and to have its logits."""
        began = time.perf_counter()
        self._decode(new, len(self._held))
        elapsed = time.perf_counter() - began
        self._context.rewind(0, len(self._held))
        return elapsed

    def _decode(self, tokens: list[int], position: int) -> None:
        for start in range(0, len(tokens), self._batch.capacity):
            part = tokens[start : start + self._batch.capacity]
            self._batch.clear()
            self._batch.add_tokens(part, position + start, 0, 1)
            result = self._context.decode(self._batch)
            if result != 0:
                raise RuntimeError(f"llama_decode returned {result}")
            self._context.logits(self._batch.size - 1)

    def close(self) -> None:
        self._context.free()


def measure_next_turns(
    lane: LlamaLane, floor: Floor, reader: PromptReader, depth: int, turns: int
) -> list[NextTurn]:
    """Turns at one depth of history, each with other memories, settled before the next one comes."""

    async def converse() -> list[NextTurn]:
        past = history(depth)
        before_message = Prompt(KEEPER, past, "", str)
        settled = lane.counters.settled
        lane.prefill_ahead("p", "deep", before_message)
        await until_settled(lane, settled + 1)
        floor.hold(before_message)
        opening = len(reader.opening(before_message))
        done = []
        for turn in range(turns):
            prompt = turn_prompt(past, turn)
            settled = lane.counters.settled
            reply = await generate(lane, GenerateRequest(f"t{turn}", "p", "deep", prompt, sampling(16)))
            await until_settled(lane, settled + 1)
            settle_s = (time.monotonic_ns() - reply.finished_ns) / 1e9
            new = whole_prompt(reader, prompt)[opening:]
            done.append(
                NextTurn(
                    ttft_s=(reply.first_token_ns - reply.started_ns) / 1e9,
                    floor_s=floor.decode_s(new),
                    tokens_read=reply.prompt_tokens_read,
                    settle_s=settle_s,
                )
            )
        return done

    return asyncio.run(converse())


def measure_llama_top(llama: Llama, reader: PromptReader, depth: int) -> float:
    """Seconds to `Llama`'s first token when this turn's memories stand at the top, after another turn."""
    llama.reset()  # type: ignore[no-untyped-call]  # of llama-cpp-python
    elapsed = 0.0
    for turn in range(2):
        plain = turn_prompt(history(depth), turn)
        prompt = Prompt(plain.identity + memories(turn), plain.history, plain.message, str)
        tokens = whole_prompt(reader, prompt)
        began = time.perf_counter()
        next(llama_stream(llama, tokens))
        elapsed = time.perf_counter() - began
    return elapsed


# Disk, and regions at work.


def measure_parking(path: Path, settings: LaneSettings) -> dict[str, float]:
    """Reading 1,000 tokens, against having them back from disk after a restart."""
    prompt = Prompt("You are Paige.", history(1000), "", str)

    async def read_s(lane: LlamaLane) -> float:
        settled = lane.counters.settled
        began = time.perf_counter()
        lane.prefill_ahead("p", "parked", prompt)
        await until_settled(lane, settled + 1)
        return time.perf_counter() - began

    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            parked = LaneSettings(
                ctx=settings.ctx, threads=settings.threads, sequences=2, parking_folder=Path(folder)
            )
            with running_lane(path, parked) as lane:
                seconds.append(asyncio.run(read_s(lane)))
    return {"park_speedup": seconds[0] / seconds[1], "park.read_s": seconds[0], "park.return_s": seconds[1]}


def measure_beside_regions(lane: LlamaLane) -> dict[str, float]:
    """Tokens per second of 8 personas without, and beside the regions of an instance in busy rooms.

    That instance has an engine of its own (scripted), so its regions do not know that this lane decodes and
    do not hold back for it as they do in life: what is measured is the worst.
    """
    alone = lane_together(lane, 8)
    with working_regions():
        beside = lane_together(lane, 8)
    return {
        "regions.without_tokens_per_s": alone.tokens_per_s,
        "regions.beside_tokens_per_s": beside.tokens_per_s,
    }


@contextmanager
def working_regions() -> Iterator[None]:
    """An instance of the program whose four rooms get twenty messages a second."""
    over = threading.Event()
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "substrate.run", "--stdio", "--home", home, "--model", "scripted"]
        instance = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert instance.stdin is not None
        assert instance.stdout is not None
        told = iter(instance.stdout)
        if not any(json.loads(line)["type"] == "ready" for line in told):
            raise RuntimeError(f"the instance with the regions did not boot: exit {instance.wait()}")
        # Its answers are read and dropped: a full pipe would stop it.
        reader = threading.Thread(target=lambda: deque(told, maxlen=0))
        writer = threading.Thread(target=_chat, args=(instance.stdin, over))
        reader.start()
        writer.start()
        try:
            yield
        finally:
            over.set()
            writer.join()
            instance.stdin.close()
            reader.join()
            instance.wait()


def _chat(stdin: IO[str], over: threading.Event) -> None:
    number = 0
    while not over.wait(0.05):
        number += 1
        message = {
            "type": "message",
            "channel": f"room{number % 4}",
            "sender": "joel",
            "text": f"note {number}: the keeper of lamp {number % 17} saw ship {number % 31} pass",
            "id": f"m{number}",
        }
        stdin.write(json.dumps(message) + "\n")
        stdin.flush()


@contextmanager
def running_lane(path: Path, settings: LaneSettings) -> Iterator[LlamaLane]:
    lane = LlamaLane(path, settings)
    lane.warmup()
    try:
        yield lane
    finally:
        lane.close()


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument("--shape", choices=sorted(SHAPES), default=QWEN_05B.name)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison of batches")
    parser.add_argument("--turns", type=int, default=5, help="at each depth of history")
    parser.add_argument("--depths", type=int, nargs="+", default=[0, 1000, 2000, 4000])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    path = cached_model(SHAPES[arguments.shape])
    settings = LaneSettings(ctx=CELLS, threads=arguments.threads, park_after_s=3600.0)
    result: dict[str, object] = {"model": arguments.shape, "threads": arguments.threads}
    for part in arguments.parts:
        figures = PARTS[part](path, settings, arguments)
        print_table(part, ("figure", "value"), sorted(figures.items()))
        result |= figures
    print_result(result, arguments)


def batching_part(path: Path, settings: LaneSettings, arguments: argparse.Namespace) -> dict[str, float]:
    with running_lane(path, settings) as lane:
        llama = open_llama(path, settings, 2048)
        reader = reader_of(path)
        figures: dict[str, float] = {}
        for personas in (8, 12):
            figures |= measure_batching(lane, llama, reader, personas, arguments.rounds)
        figures |= measure_beside_regions(lane)
        llama.close()
        return figures


def depth_part(path: Path, settings: LaneSettings, arguments: argparse.Namespace) -> dict[str, float]:
    model = NativeModel.load(path, gpu_layers=0)
    reader = PromptReader(model, ChatTemplate.parse(CHATML))
    figures: dict[str, float] = {}
    deepest = max(arguments.depths)
    turns: dict[int, list[NextTurn]] = {}
    with running_lane(path, settings) as lane:
        floor = Floor(model, reader, arguments.threads, flash=settings.flash_attention)
        for depth in sorted(arguments.depths):
            turns[depth] = measure_next_turns(lane, floor, reader, depth, arguments.turns)
            name = _thousands(depth)
            figures[f"ttft_{name}.ours_s"] = statistics.median(one.ttft_s for one in turns[depth])
            figures[f"ttft_{name}.floor_s"] = statistics.median(one.floor_s for one in turns[depth])
            figures[f"ttft_{name}.over_floor"] = statistics.median(
                one.ttft_s / one.floor_s for one in turns[depth]
            )
            figures[f"ttft_{name}.settle_s"] = statistics.median(one.settle_s for one in turns[depth])
            figures[f"ttft_{name}.tokens_read"] = statistics.median(one.tokens_read for one in turns[depth])
        floor.close()
    name = _thousands(deepest)
    figures[f"tokens_read_{name}_minus_0"] = (
        figures[f"ttft_{name}.tokens_read"] - figures["ttft_0.tokens_read"]
    )
    figures[f"ttft_{name}_over_floor"] = figures[f"ttft_{name}.over_floor"]
    llama = open_llama(path, settings, CELLS)
    top_s = measure_llama_top(llama, reader, deepest)
    llama.close()
    figures[f"ttft_{name}.llama_top_s"] = top_s
    figures[f"ttft_{name}_llama_top_over_ours"] = top_s / figures[f"ttft_{name}.ours_s"]
    figures |= measure_flash_attention(model, reader, arguments, deepest)
    model.free()
    return figures


def measure_flash_attention(
    model: NativeModel, reader: PromptReader, arguments: argparse.Namespace, depth: int
) -> dict[str, float]:
    """The same turn at depth with flash attention and without: what the default is chosen by."""
    prompt = turn_prompt(history(depth), 0)
    before_message = Prompt(prompt.identity, prompt.history, "", str)
    new = whole_prompt(reader, prompt)[len(reader.opening(before_message)) :]
    figures = {}
    floors = {name: Floor(model, reader, arguments.threads, flash=name == "on") for name in ("on", "off")}
    for floor in floors.values():
        floor.hold(before_message)
    for name, floor in floors.items():
        figures[f"flash_attention.{name}_turn_s"] = min(floor.decode_s(new) for _ in range(3))
        figures[f"flash_attention.{name}_token_s"] = min(floor.decode_s(new[:1]) for _ in range(5))
        floor.close()
    return figures


def parking_part(path: Path, settings: LaneSettings, arguments: argparse.Namespace) -> dict[str, float]:
    return measure_parking(path, settings)


PARTS = {"batching": batching_part, "depth": depth_part, "parking": parking_part}


def open_llama(path: Path, settings: LaneSettings, context: int) -> Llama:
    threads = settings.threads
    return Llama(str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)


def reader_of(path: Path) -> PromptReader:
    return PromptReader(NativeModel.load(path, gpu_layers=0), ChatTemplate.parse(CHATML))


def _thousands(depth: int) -> str:
    return f"{depth // 1000}k" if depth >= 1000 else str(depth)


if __name__ == "__main__":
    main()
