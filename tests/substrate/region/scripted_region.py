"""A region whose ticks are a test's own functions, hosted in the test's own process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import ClassVar

from substrate.region.contract import (
    BrainRegion,
    BufferSpec,
    ComputeClass,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionId,
    RegionSignal,
    TickOutcome,
)

Tick = Callable[[RegionContext], None]


class Scripted(BrainRegion):
    """Runs one function per tick, then asks its host to end."""

    id = RegionId("scripted")
    pressure = PressureProfile(
        MemoryClass.LIGHT, ComputeClass.BOOKKEEPING, frozenset({RegionSignal.SLEEP_PHASE_CHANGED})
    )
    buffers = (BufferSpec("results", keys=2, value_bytes=64),)
    script: ClassVar[list[Tick]] = []
    signals: ClassVar[list[RegionSignal]] = []
    closed: ClassVar[list[bool]] = []

    def tick(self, ctx: RegionContext) -> TickOutcome:
        step = self.script.pop(0)
        if not self.script:
            os.kill(os.getpid(), signal.SIGTERM)
        step(ctx)
        return TickOutcome()

    def on_signal(self, signal: RegionSignal) -> None:
        self.signals.append(signal)

    def close(self) -> None:
        self.closed.append(True)
