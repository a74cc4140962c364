"""What a lane has done so far: for tests, benchmarks and people who wonder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EngineCounters:
    """Totals since the start. `native_ns` is the part of `step_ns` spent inside llama.cpp.

    Where steps follow each other, a step begins at the end of the one before: taking in requests and handing
    events over are part of it. `decode_steps` are those in which replies were written and no prompt was read;
    `decode_overhead_ns` is what these took outside llama.cpp.
    """

    steps: int = 0
    step_ns: int = 0
    native_ns: int = 0
    decode_steps: int = 0
    decode_overhead_ns: int = 0
    prompt_rows: int = 0
    decode_rows: int = 0
    draft_rows: int = 0
    drafts_kept: int = 0
    finished: int = 0
    failed: int = 0
    cancelled: int = 0
    settled: int = 0
    preempted: int = 0
    late_ns: int = 0
