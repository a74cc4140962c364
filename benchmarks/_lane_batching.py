"""Many personas at once: together on the lane, against one after another in `Llama`."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llama_cpp import Llama

from benchmarks._lane_setup import (
    Bench,
    Figures,
    generate,
    llama_stream,
    progress,
    prompt_reader,
    sampling,
    whole_prompt,
)
from substrate.inference import GenerateRequest, Prompt
from substrate.inference.lane import LlamaLane

PERSONAS = (8, 12)
SHARED, NEW = 280, 48
"""Tokens that all prompts begin with (20 more are each one's own), and that each reply is long."""


@dataclass(frozen=True, slots=True)
class Together:
    """One round of several requests: wall time and times to the first tokens, from the first submit."""

    wall_s: float
    all_s: float
    """Until what follows the replies, settling, was done as well."""
    tokens: int
    first_token_s: Sequence[float]
    decode_overhead_ms: float = 0.0
    """From the end of one decode to the start of the next where nothing but replies was decoded, without the
    samplers: what the lane does in Python for a step, handing events over included."""
    step_overhead_ms: float = 0.0
    """The same of all steps: taking requests in and reading prompts included."""

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.wall_s


def batching_part(bench: Bench) -> Figures:
    figures: Figures = {}
    with bench.lane() as lane, bench.llama(2048) as llama, bench.model() as model:
        reader = prompt_reader(model)
        for personas in PERSONAS:
            prompts = [whole_prompt(reader, persona_prompt(number)) for number in range(personas)]
            figures |= _compare(lane, llama, prompts, bench.rounds)
    return figures


def persona_prompt(number: int) -> Prompt:
    identity = ("You are one of the keepers of the lighthouse. " * 10)[: SHARED - 40]
    return Prompt(identity, (), f"{number:02d}: what is it now?", str)


def lane_together(lane: LlamaLane, personas: int, new_tokens: int = NEW) -> Together:
    """All at once, from an empty cache; returns when what the lane does afterwards is done as well."""

    async def all_at_once() -> Together:
        for number in range(personas):
            await lane.forget(f"p{number}")
        requests = [
            GenerateRequest(f"r{n}", f"p{n}", f"p{n}", persona_prompt(n), sampling(new_tokens))
            for n in range(personas)
        ]
        counters = lane.counters
        before = replace(counters)
        began_ns = time.monotonic_ns()
        done = await asyncio.gather(*(generate(lane, request) for request in requests))
        wall_s = (time.monotonic_ns() - began_ns) / 1e9
        python_ns = (counters.step_ns - before.step_ns) - (counters.native_ns - before.native_ns)
        decode_ns = counters.decode_overhead_ns - before.decode_overhead_ns
        decode_overhead_ms = decode_ns / (counters.decode_steps - before.decode_steps) / 1e6
        overhead_ms = python_ns / (counters.steps - before.steps) / 1e6
        # Settling is for the next turn; what is measured after this must not share the machine with it.
        await lane.idle()
        all_s = (time.monotonic_ns() - began_ns) / 1e9
        firsts = [(one.first_token_ns - began_ns) / 1e9 for one in done]
        tokens = sum(one.completion_tokens for one in done)
        return Together(wall_s, all_s, tokens, firsts, decode_overhead_ms, overhead_ms)

    return asyncio.run(all_at_once())


def llama_in_turn(llama: Llama, prompts: Sequence[list[int]]) -> Together:
    llama.reset()  # type: ignore[no-untyped-call]  # of llama-cpp-python
    began_s = time.perf_counter()
    firsts, tokens = [], 0
    for prompt in prompts:
        for count, _ in enumerate(llama_stream(llama, prompt), 1):
            if count == 1:
                firsts.append(time.perf_counter() - began_s)
            tokens += 1
            if count == NEW:
                break
    wall_s = time.perf_counter() - began_s
    return Together(wall_s, wall_s, tokens, firsts)


def _compare(lane: LlamaLane, llama: Llama, prompts: Sequence[list[int]], rounds: int) -> Figures:
    personas = len(prompts)
    ours: list[Together] = []
    theirs: list[Together] = []
    for number in range(rounds):
        progress(f"{personas} personas, round {number + 1} of {rounds}")
        ours.append(lane_together(lane, personas))
        theirs.append(llama_in_turn(llama, prompts))
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
        f"step_overhead_ms_{personas}": statistics.median(one.decode_overhead_ms for one in ours),
        f"{name}.all_steps_overhead_ms": statistics.median(one.step_overhead_ms for one in ours),
    }
