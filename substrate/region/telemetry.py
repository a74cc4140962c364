"""What each process says about itself, in shared memory: one writer (that process), any number of observers.

A record of two parts. The *pulse* changes at the edges of a tick: which tick began, when, and how far the
event ring was read. The *last tick* is written when one ends. A process whose pulse names a later tick than
its last one is inside that tick; so the supervisor sees a tick that hangs without the region's help, and a
new process resumes the events where the dead one stood.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from substrate.region.contract import BufferSpec, CadenceHint, PressureLevel, RegionId, RegionTelemetry
from substrate.region.roles import telemetry_role
from substrate.shm import ReadyBuffer

_PULSE = ("pulse",)
_LAST = ("last",)

_SHOWN_CHARACTERS = 400

_HINTS = tuple(CadenceHint)


class ProcessState(IntEnum):
    """Where a process stands in its life."""

    STARTING = 0
    """Opening its files, loading its model."""
    READY = 1
    """Serving. A region is ready once it has ticked."""
    RESTING = 2
    """The circuit breaker is open after repeated failures."""
    FAILED = 3
    """Gave up; `message` and `hint` say why. The process ends by itself."""
    ENDED = 4
    """Ended in order."""


class Lane(Enum):
    """Whether the inference lane is decoding, which the governor turns into policy."""

    QUIET = 0
    DECODING = 1


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state of a process. `since_ns` is monotonic: when the state or the tick `tick` began.

    `cursor` is the ring position up to which events were taken in, -1 before the ring was opened.
    """

    state: ProcessState = ProcessState.STARTING
    since_ns: int = 0
    tick: int = 0
    cursor: int = -1
    message: str = ""
    hint: str = ""
    lane: Lane = Lane.QUIET


def telemetry_spec(process: str) -> BufferSpec:
    """The segment that the supervisor creates for a process."""
    return BufferSpec(telemetry_role(process), keys=4, value_bytes=2048, versions=4)


class TelemetryWriter:
    """The process's own side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer

    def pulse(self, pulse: Pulse) -> None:
        """Publish the state; what is said of a failure is shown in part when it is long (the log has it all)."""
        self._buffer.publish(
            _PULSE,
            (
                pulse.state.value,
                pulse.since_ns,
                pulse.tick,
                pulse.cursor,
                pulse.message[:_SHOWN_CHARACTERS],
                pulse.hint[:_SHOWN_CHARACTERS],
                pulse.lane.value,
            ),
        )

    def last_tick(self, telemetry: RegionTelemetry) -> None:
        """Publish a finished tick."""
        self._buffer.publish(
            _LAST,
            (
                telemetry.region,
                telemetry.persona,
                telemetry.tick,
                telemetry.started_at_ns,
                telemetry.duration_s,
                telemetry.published,
                telemetry.consumed_since_last,
                telemetry.misses_since_last,
                telemetry.pressure.value,
                _HINTS.index(telemetry.hint),
                telemetry.failures,
            ),
        )

    def close(self) -> None:
        self._buffer.close()


class TelemetryReader:
    """The supervisor's and the governor's side; also what a new process reads of the one before it."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer

    def pulse(self) -> Pulse:
        """The state now; STARTING before the process said anything."""
        staged = self._buffer.peek(_PULSE)
        if staged is None:
            return Pulse()
        state, since_ns, tick, cursor, message, hint, lane = staged.value
        return Pulse(ProcessState(state), since_ns, tick, cursor, message, hint, Lane(lane))

    def last_tick(self) -> RegionTelemetry | None:
        """The last finished tick, None before the first."""
        staged = self._buffer.peek(_LAST)
        return None if staged is None else _decode(staged.value)

    def tick_running_s(self) -> float | None:
        """How long the tick that is running has taken so far, in seconds; None between ticks."""
        pulse = self.pulse()
        if pulse.tick == 0 or pulse.state not in (ProcessState.STARTING, ProcessState.READY):
            return None
        last = self.last_tick()
        if last is not None and last.tick >= pulse.tick:
            return None
        return (time.monotonic_ns() - pulse.since_ns) / 1e9

    def close(self) -> None:
        self._buffer.close()


def _decode(value: list[Any]) -> RegionTelemetry:
    region, persona, tick, started, duration, published, consumed, misses, pressure, hint, failures = value
    return RegionTelemetry(
        RegionId(region),
        persona,
        tick,
        started,
        duration,
        published,
        consumed,
        misses,
        PressureLevel(pressure),
        _HINTS[hint],
        failures,
    )
