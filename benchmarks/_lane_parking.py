"""Coming back from disk after a restart, against reading anew."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks._lane_depth import history
from benchmarks._lane_setup import Bench, Figures, progress
from substrate.inference import Prompt
from substrate.inference.lane import LlamaLane

TOKENS = 1000


def parking_part(bench: Bench) -> Figures:
    prompt = Prompt("You are Paige.", history(TOKENS), "", str)

    async def read_s(lane: LlamaLane) -> float:
        began_s = time.perf_counter()
        lane.prefill_ahead("p", "parked", prompt)
        await lane.idle()
        return time.perf_counter() - began_s

    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(bench.settings, sequences=2, parking_folder=Path(folder))
        for action in ("reading", "coming back to"):
            progress(f"{action} {TOKENS} tokens")
            with bench.lane(settings) as lane:
                seconds.append(asyncio.run(read_s(lane)))
    return {"park_speedup": seconds[0] / seconds[1], "park.read_s": seconds[0], "park.return_s": seconds[1]}
