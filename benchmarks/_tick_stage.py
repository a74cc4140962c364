"""One region's real process on a stage of its own: the benchmark plays the persona service."""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regions.attention import Attention
from regions.hippocampus import Hippocampus
from regions.motor_cortex import MotorCortex
from regions.sensory import Sensory
from substrate.instance import InstanceSpec, ModelSettings, PersonaSettings
from substrate.persona.transcript_writer import Batch, TranscriptWriter
from substrate.region.contract import (
    BrainRegion,
    BufferSpec,
    ComputeClass,
    EventKind,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionId,
    RegionSpec,
    TickOutcome,
)
from substrate.region.roles import EVENT_RING, telemetry_role
from substrate.region.telemetry import TelemetryReader
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.child import region_child
from substrate.supervisor.fork_server import context, start_fork_server
from substrate.supervisor.segments import create_segments

_PATIENCE_S = 10.0
_CHANNEL = "general"
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
    Sensory: "features",
    Hippocampus: "prefetch",
    Attention: "focus",
    MotorCortex: "candidates",
}
"""The buffer in which each region answers a message: under (persona_id, channel), or under the message's hash
where that is of the message alone."""


class TickStage:
    """Says things, and waits until the region has published what it makes of them."""

    def __init__(self, run: RunDirectory, home: Path, region: type[BrainRegion]) -> None:
        persona = PersonaSettings(str(uuid.uuid4()), "Paige", "a friend", "", 0.0)
        (home / "personas" / persona.persona_id).mkdir(parents=True)
        spec = InstanceSpec(
            home, run.path, "bench", (persona,), ModelSettings(None, "none"), (RegionSpec.of(region),)
        )
        create_segments(run, spec)
        self._transcript = TranscriptWriter(spec.transcript, spec.session)
        self._ring = EventRing.adopt(run.segment_name(EVENT_RING))
        self._bell = Doorbell.attach(run, region.id)
        self._buffer = ReadyBuffer.attach(run.segment_name(STAGED_IN[region]), observer=True)
        self._key = None if region is Sensory else (persona.persona_id, _CHANNEL)
        name = run.segment_name(telemetry_role(region.id))
        self._telemetry = TelemetryReader(ReadyBuffer.attach(name, observer=True))
        self._said = 0
        self.process = context().Process(target=region_child, args=(spec, spec.regions[0]), daemon=True)
        self.process.start()

    def message_to_published_ns(self) -> int:
        """Say something; nanoseconds from the append of its event until the region's answer is staged."""
        self._said += 1
        subject = _SUBJECTS[self._said % len(_SUBJECTS)]
        row = self._transcript.new_row(
            channel=_CHANNEL,
            sender="joel",
            text=f"My {subject} number {self._said} is called Oluwaseun, what do you think of it?",
            at_s=time.time(),
        )
        with self._transcript.transaction():
            self._transcript.store(Batch([(row, None)]))
        before = self._newest_ns()
        started_ns = time.monotonic_ns()
        self._ring.append(EventKind.MESSAGE, row.row_id, row.channel, row.sender, row.text)
        self._bell.ring()
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

    def close(self) -> None:
        self.process.terminate()
        self.process.join(_PATIENCE_S)
        self.process.kill()
        self._transcript.close()
        for one in (self._ring, self._bell, self._buffer, self._telemetry):
            one.close()


@contextmanager
def tick_stage(region: type[BrainRegion]) -> Iterator[TickStage]:
    """A stage for one region, taken down on leaving."""
    start_fork_server()
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory.create(Path(folder) / "run")
        try:
            stage = TickStage(run, Path(folder) / "home", region)
            try:
                yield stage
            finally:
                stage.close()
        finally:
            run.close()
