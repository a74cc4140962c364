"""What a region makes of a message, timed: one region alone on a stage."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks._region_stage import CHANNEL, RegionStage, region_stage
from regions.attention import Attention
from regions.hippocampus import Hippocampus
from regions.motor_cortex import MotorCortex
from regions.sensory import Sensory
from substrate.memory.focus import FOCUS
from substrate.memory.prefetch import PREFETCH
from substrate.memory.senses import FEATURES
from substrate.persona.candidates import CANDIDATES
from substrate.region.contract import (
    BrainRegion,
    BufferSpec,
    ComputeClass,
    EventKind,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionId,
    TickOutcome,
)
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import TelemetryReader

_PATIENCE_S = 10.0
_SUBJECTS = ("garden", "telescope", "recipe", "train", "violin", "harbour", "letter", "meadow")


class Nothing(BrainRegion):
    """Publishes the row of each event: what is left is the host's own part of a tick."""

    id = RegionId("nothing")
    pressure = PressureProfile(MemoryClass.LIGHT, ComputeClass.BOOKKEEPING)
    buffers = (BufferSpec("rows", keys=64, value_bytes=64),)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        for event in ctx.events:
            for persona in ctx.personas:
                ctx.publish("rows", (persona.persona_id, event.channel), event.row_id)
        return TickOutcome(len(ctx.events))


STAGED_IN: dict[type[BrainRegion], str] = {
    Nothing: "rows",
    Sensory: FEATURES.name,
    Hippocampus: PREFETCH.name,
    Attention: FOCUS.name,
    MotorCortex: CANDIDATES.name,
}
"""The buffer in which each region answers a message: under (persona_id, channel), or under the message's hash
where that is of the message alone."""


class TickStage:
    """Says things, and waits until the region has published what it makes of them."""

    def __init__(self, stage: RegionStage, region: type[BrainRegion]) -> None:
        self._stage = stage
        self._buffer = stage.buffer(STAGED_IN[region], observer=True)
        self._key = None if region is Sensory else (stage.persona.persona_id, CHANNEL)
        self._telemetry = TelemetryReader(stage.buffer(telemetry_role(region.id), observer=True))
        self._said = 0

    def message_to_published_ns(self) -> int:
        """Say something; nanoseconds from the append of its event until the region's answer is staged."""
        self._said += 1
        subject = _SUBJECTS[self._said % len(_SUBJECTS)]
        text = f"My {subject} number {self._said} is called Oluwaseun, what do you think of it?"
        row = self._stage.commit("joel", text, time.time())
        before = self._newest_ns()
        started_ns = time.monotonic_ns()
        self._stage.tell(EventKind.MESSAGE, row.row_id, row.sender, row.text)
        deadline_ns = started_ns + int(_PATIENCE_S * 1e9)
        while (newest_ns := self._newest_ns()) == before:
            os.sched_yield()  # the region is nicer than we are: on a busy machine it would wait for us
            if time.monotonic_ns() > deadline_ns:
                raise TimeoutError(f"nothing was published within {_PATIENCE_S:g} s")
        return newest_ns - started_ns

    def _newest_ns(self) -> int:
        """When the region's answer was published, by the stamp that it bears; 0 before the first."""
        keys = self._buffer.keys() if self._key is None else [self._key]
        staged = [self._buffer.peek(key) for key in keys]
        return max((one.published_ns for one in staged if one is not None), default=0)

    def last_tick_ns(self) -> int:
        """Duration of the last tick, by the region's own clock."""
        last = self._telemetry.last_tick()
        return 0 if last is None else round(last.duration_s * 1e9)


@contextmanager
def tick_stage(region: type[BrainRegion]) -> Iterator[TickStage]:
    """A stage for one region, taken down on leaving."""
    with region_stage([region]) as stage:
        on_stage = TickStage(stage, region)
        stage.start()
        yield on_stage
