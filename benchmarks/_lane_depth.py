"""The next turn of a long conversation: against the floor, against `Llama` with the memories at the top."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from functools import partial

from llama_cpp import Llama

from benchmarks._lane_setup import (
    CELLS,
    Bench,
    Figures,
    generate,
    llama_stream,
    progress,
    prompt_reader,
    sampling,
    whole_prompt,
)
from substrate.inference import GenerateRequest, Prompt, Role, Turn
from substrate.inference.lane import LlamaLane
from substrate.inference.native import Batch, ContextShape, NativeContext, NativeModel
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.tokens import common_prefix, token_list

KEEPER = "You are Paige, who keeps a lighthouse."
MEMORIES = 200
"""Tokens, other ones at every turn."""
REPLY = 16


def depth_part(bench: Bench) -> Figures:
    figures: Figures = {}
    depths = sorted(bench.depths)
    with bench.model() as model:
        reader = prompt_reader(model)
        with bench.lane() as lane:
            floor = Floor(model, reader, bench.threads, flash=lane.flash_attention)
            for depth in depths:
                progress(f"the next turn at a history of {depth} tokens")
                figures |= _figures_at(depth, next_turns(lane, floor, reader, depth, bench.turns))
            floor.close()
        deepest = _thousands(depths[-1])
        figures[f"tokens_read_{deepest}_minus_0"] = (
            figures[f"ttft_{deepest}.tokens_read"] - figures[f"ttft_{_thousands(depths[0])}.tokens_read"]
        )
        figures[f"ttft_{deepest}_over_floor"] = figures[f"ttft_{deepest}.over_floor"]
        progress(f"Llama with the memories at the top of {depths[-1]} tokens")
        with bench.llama(CELLS) as llama:
            top_s = _llama_top_s(llama, reader, depths[-1])
        figures[f"ttft_{deepest}.llama_top_s"] = top_s
        figures[f"ttft_{deepest}_llama_top_over_ours"] = top_s / figures[f"ttft_{deepest}.ours_s"]
    return figures


def flash_part(bench: Bench) -> Figures:
    """The same turn at depth with flash attention and without: what the lane's own probe decides."""
    depth = max(bench.depths)
    prompt = turn_prompt(history(depth), 0)
    before_message = Prompt(prompt.identity, prompt.history, "", str)
    figures: Figures = {}
    with bench.lane() as lane:
        figures["flash_attention.chosen"] = float(lane.flash_attention)
    with bench.model() as model:
        reader = prompt_reader(model)
        new = whole_prompt(reader, prompt)[len(reader.opening(before_message)) :]
        floors = {name: Floor(model, reader, bench.threads, flash=name == "on") for name in ("on", "off")}
        for name, floor in floors.items():
            progress(f"reading {depth} tokens, flash attention {name}")
            floor.hold(before_message)
        for name, floor in floors.items():
            figures[f"flash_attention.{name}_turn_s"] = min(floor.decode_s(new) for _ in range(3))
            figures[f"flash_attention.{name}_token_s"] = min(floor.decode_s(new[:1]) for _ in range(5))
            floor.close()
    return figures


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
    """Measured right before and right after the turn."""
    tokens_read: int
    read_again: int
    """Of the tokens read, those that stood in an earlier prompt or reply: none, if settling does its work."""
    settle_s: float


class Floor:
    """`llama_decode` alone, at the same depth and settings: no reply can come faster."""

    def __init__(self, model: NativeModel, reader: PromptReader, threads: int, *, flash: bool) -> None:
        self._context = NativeContext(model, ContextShape(CELLS, 1, 512, 1, threads, flash))
        self._batch = Batch(512)
        self._reader = reader
        self._held: list[int] = []

    def hold(self, prompt: Prompt) -> None:
        """Read a prompt's opening behind what is held of it."""
        wanted = list(self._reader.opening(prompt))
        kept = common_prefix(token_list(wanted), token_list(self._held))
        self._context.rewind(0, kept)
        self._decode(wanted[kept:], kept)
        self._held = wanted

    def decode_s(self, new: list[int]) -> float:
        """Seconds to read `new` behind what is held and to have its logits."""
        began_s = time.perf_counter()
        self._decode(new, len(self._held))
        elapsed_s = time.perf_counter() - began_s
        self._context.rewind(0, len(self._held))
        return elapsed_s

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


def next_turns(lane: LlamaLane, floor: Floor, reader: PromptReader, depth: int, turns: int) -> list[NextTurn]:
    """Turns of a conversation that begins at one depth of history and grows by each of them; each has other
    memories, and is settled before the next one comes."""

    async def converse() -> list[NextTurn]:
        past = history(depth)
        lane.prefill_ahead("p", "deep", Prompt(KEEPER, past, "", str))
        await lane.idle()
        done = []
        for turn in range(turns):
            before_message = Prompt(KEEPER, past, "", str)
            floor.hold(before_message)
            prompt = turn_prompt(past, turn)
            new = whole_prompt(reader, prompt)[len(reader.opening(before_message)) :]
            before_s = floor.decode_s(new)
            reply = await generate(lane, GenerateRequest(f"t{turn}", "p", "deep", prompt, sampling(REPLY)))
            await lane.idle()
            # The reply is history now: a turn that finds it unsettled reads more than the first one did.
            past = (*past, Turn(Role.USER, prompt.message), Turn(Role.ASSISTANT, reply.text))
            settle_s = (time.monotonic_ns() - reply.finished_ns) / 1e9
            done.append(
                NextTurn(
                    ttft_s=(reply.first_token_ns - reply.started_ns) / 1e9,
                    floor_s=(before_s + floor.decode_s(new)) / 2,
                    tokens_read=reply.prompt_tokens_read,
                    read_again=reply.prompt_tokens_read - len(new),
                    settle_s=settle_s,
                )
            )
        return done

    return asyncio.run(converse())


def _figures_at(depth: int, turns: list[NextTurn]) -> Figures:
    name = f"ttft_{_thousands(depth)}"
    return {
        f"{name}.ours_s": statistics.median(one.ttft_s for one in turns),
        f"{name}.floor_s": statistics.median(one.floor_s for one in turns),
        f"{name}.over_floor": statistics.median(one.ttft_s / one.floor_s for one in turns),
        f"{name}.settle_s": statistics.median(one.settle_s for one in turns),
        f"{name}.read_again": statistics.median(one.read_again for one in turns),
        f"{name}.tokens_read": statistics.median(one.tokens_read for one in turns),
    }


def _llama_top_s(llama: Llama, reader: PromptReader, depth: int) -> float:
    """Seconds to `Llama`'s first token when this turn's memories stand at the top, after another turn.

    Measured once, unlike all else here: it takes half a minute at a depth of 4,000 tokens.
    """
    llama.reset()  # type: ignore[no-untyped-call]  # of llama-cpp-python
    elapsed_s = 0.0
    for turn in range(2):
        plain = turn_prompt(history(depth), turn)
        prompt = Prompt(plain.identity + memories(turn), plain.history, plain.message, str)
        tokens = whole_prompt(reader, prompt)
        began_s = time.perf_counter()
        next(llama_stream(llama, tokens))
        elapsed_s = time.perf_counter() - began_s
    return elapsed_s


def _thousands(depth: int) -> str:
    return f"{depth // 1000}k" if depth >= 1000 else str(depth)
