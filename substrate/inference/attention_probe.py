"""With flash attention or without? Which is faster differs by model, processor, threads and depth: measured.

On a CPU flash attention skips the cells of other conversations and needs less memory; plain attention runs as
matrix products, which small heads and long conversations may favour. Of the models tried, each was faster for
some, by up to a factor of two a token. So before the real context is made, a small one of each kind is filled
to a depth, and the steps of a typical turn are timed in it: reading, writing alone, writing beside seven.

Filling costs next to nothing: one block is read, and its state is loaded again and again into further cells,
all at the same positions. Attention neither knows nor cares that they say the same.

The choice is remembered in a file, by all that it depends on.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from substrate.inference.native import Batch, ContextShape, NativeContext, NativeModel, last_log_lines
from substrate.inference.protocol import InferenceError

_log = logging.getLogger(__name__)

DEPTH = 2048
"""Cells that hold a conversation, or eight of 256: what the attention of each step looks at."""
_BLOCK = 64
_CROWD = 8
_ROOM = _BLOCK + 16
"""Cells for the steps that are timed."""
_READ_TOKENS, _WRITTEN_TOKENS = 256, 48
"""A typical turn: what its user waits for. Half of what is written is written alone, half in the crowd."""
_REPEATS = 3
_REMEMBERED = 32
_CPU_FACTS = Path("/proc/cpuinfo")
_TELLING = frozenset(
    ("model name", "cpu family", "model", "flags", "CPU implementer", "CPU part", "Features")  # x86, then ARM
)
"""Facts by which processors differ; a virtual machine may say "AMD EPYC" for any of its kind."""


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of one step at depth: reading a block, one token alone, one token each of the crowd."""

    block_s: float
    token_s: float
    crowd_s: float

    @property
    def turn_s(self) -> float:
        return (
            _READ_TOKENS / _BLOCK * self.block_s
            + _WRITTEN_TOKENS / 2 * self.token_s
            + _WRITTEN_TOKENS / 2 * self.crowd_s
        )


def processor_name(facts: Path = _CPU_FACTS) -> str:
    """What tells this processor from others, for a key. Linux says it in a file alone, once for each core."""
    with contextlib.suppress(OSError):  # not Linux
        lines = facts.read_text(errors="replace").splitlines()
        told = {line.strip() for line in lines if line.partition(":")[0].strip() in _TELLING}
        if told:
            return "\n".join(sorted(told))
    return platform.processor() or platform.machine()


def prefers_flash_attention(
    model: NativeModel,
    *,
    threads: int,
    notes: Path | None,
    key: str,
    is_given_up: Callable[[], bool] = lambda: False,
) -> bool:
    """Whether a typical turn at depth is faster with flash attention, or nothing can be measured at all.

    `notes` is the file of earlier choices (None: measured at every load); `key` names what they depend on.
    Once `is_given_up` says so, nothing more is measured.
    """
    known = _read(notes) if notes is not None else {}
    if key in known:
        return bool(known[key]["flash"])
    times = {flash: _measure(model, threads, is_given_up, flash=flash) for flash in (True, False)}
    flash, plain = times[True], times[False]
    if flash is None or plain is None:
        return plain is None
    _log.info(
        "a turn at %d tokens takes %.3f s with flash attention, %.3f s without",
        DEPTH,
        flash.turn_s,
        plain.turn_s,
    )
    is_faster = flash.turn_s <= plain.turn_s
    if notes is not None:
        known[key] = {"flash": is_faster, "flash_turn_s": flash.turn_s, "plain_turn_s": plain.turn_s}
        _write(notes, known)
    return is_faster


def _measure(
    model: NativeModel, threads: int, is_given_up: Callable[[], bool], *, flash: bool
) -> StepTimes | None:
    """The steps' times; None when this model cannot be run like that, or measuring was given up."""
    shape = ContextShape(
        cells=DEPTH + _ROOM,
        sequences=_CROWD + 2,
        batch_rows=_BLOCK,
        outputs=_CROWD + 2,
        threads=threads,
        flash_attention=flash,
    )
    try:
        context = NativeContext(model, shape)
    except InferenceError as error:
        _log.info("no context with flash attention %s: %s", "on" if flash else "off", error.message)
        return None
    try:
        return _step_times(context, is_given_up)
    except InferenceError as error:  # its memory cannot be filled or rewound like this: a recurrent one
        _log.info("attention was not measured: %s", error.message)
        return None
    finally:
        context.free()


def _step_times(context: NativeContext, is_given_up: Callable[[], bool]) -> StepTimes:
    """Raises InferenceError when the context cannot be filled or a step cannot be run."""
    loader, alone = _CROWD, _CROWD + 1
    batch = Batch(_BLOCK)
    batch.add_tokens([0] * _BLOCK, 0, loader, 1)
    context.decode(batch)
    context.logits(_BLOCK - 1)
    block = context.save_sequence(loader)
    for number in range(DEPTH // _BLOCK):
        context.clear(loader)
        if not context.load_sequence(loader, block):
            raise InferenceError(f"a saved state was not taken back: {last_log_lines()}")
        context.share(loader, alone, _BLOCK)
        context.share(loader, number % _CROWD, _BLOCK)
    context.clear(loader)

    def read_block() -> None:
        batch.add_tokens([0] * _BLOCK, _BLOCK, alone, 1)

    def write_alone() -> None:
        batch.add_tokens([0], _BLOCK, alone, 1)

    def write_together() -> None:
        for sequence in range(_CROWD):
            batch.add_tokens([0], _BLOCK, sequence, 1)

    def fastest_s(fill: Callable[[], None]) -> float:
        if is_given_up():
            raise InferenceError("nobody waits for it any more")
        return _fastest_s(context, batch, fill)

    return StepTimes(
        block_s=fastest_s(read_block), token_s=fastest_s(write_alone), crowd_s=fastest_s(write_together)
    )


def _fastest_s(context: NativeContext, batch: Batch, fill: Callable[[], None]) -> float:
    """Seconds of the fastest of a few decodes of what `fill` puts into the batch, each forgotten again."""
    fastest_s = float("inf")
    for _ in range(_REPEATS):
        batch.clear()
        fill()
        began_s = time.perf_counter()
        context.decode(batch)
        context.logits(batch.size - 1)
        fastest_s = min(fastest_s, time.perf_counter() - began_s)
        for sequence in range(context.shape.sequences):
            context.rewind(sequence, _BLOCK)
    return fastest_s


def _read(notes: Path) -> dict[str, Any]:
    """The choices by their keys, each with a truth value `flash`; what is anything else is not known."""
    try:
        known = json.loads(notes.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {
        key: choice
        for key, choice in known.items()
        if isinstance(choice, dict) and isinstance(choice.get("flash"), bool)
    }


def _write(notes: Path, known: dict[str, Any]) -> None:
    """The newest choices; a failure costs the next load a measurement."""
    newest = dict(list(known.items())[-_REMEMBERED:])
    unfinished = notes.with_suffix(".tmp")
    try:
        notes.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(newest, file)
        unfinished.replace(notes)
    except OSError as error:
        _log.warning("the choice about flash attention is not remembered: %s", error)
