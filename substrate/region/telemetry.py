"""What each process says about itself, in shared memory: one writer (that process), any number of observers.

A record of two parts. The *pulse* changes at the edges of a tick: which tick began, when, and how far the
event ring was read. The *last tick* is written when one ends. A process whose pulse names a later tick than
its last one is inside that tick; so the supervisor sees a tick that hangs without the region's help, and a
new process resumes the events where the dead one stood.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from substrate.region.contract import BufferSpec, CadenceHint, PressureLevel, RegionId, RegionTelemetry
from substrate.region.roles import telemetry_role
from substrate.shm import ReadyBuffer

_PULSE = ("pulse",)
_LAST = ("last",)

_SHOWN_CHARACTERS = 400
"""How much of an error fits here; the log has all of it."""

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


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state of a process. `since_ns` is monotonic: when the state began, or the tick if `ticking`.

    `cursor` is the ring position up to which events were taken in.
    """

    state: ProcessState = ProcessState.STARTING
    since_ns: int = 0
    tick: int = 0
    ticking: bool = False
    cursor: int = 0
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TickTimes:
    """Durations of a process's ticks since it started, in seconds."""

    mean_s: float = 0.0
    longest_s: float = 0.0


def telemetry_spec(process: str) -> BufferSpec:
    """The segment that the supervisor creates for a process."""
    return BufferSpec(telemetry_role(process), keys=4, value_bytes=4096, versions=4)


class TelemetryWriter:
    """The process's own side. Continues what a predecessor left."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self.resume_after = TelemetryReader(buffer).pulse().cursor
        """The last event that a predecessor took in; 0 for the first process."""
        self._total_s = self._longest_s = 0.0
        self._ticks = 0
        self.pulse(Pulse(ProcessState.STARTING, time.monotonic_ns(), cursor=self.resume_after))

    def pulse(self, pulse: Pulse) -> None:
        """Publish the state."""
        _publish_pulse(self._buffer, pulse)

    def last_tick(self, telemetry: RegionTelemetry) -> None:
        """Publish a finished tick."""
        self._ticks += 1
        self._total_s += telemetry.duration_s
        self._longest_s = max(self._longest_s, telemetry.duration_s)
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
                self._total_s / self._ticks,
                self._longest_s,
            ),
        )

    def close(self) -> None:
        self._buffer.close()


class TelemetryReader:
    """The supervisor's, the governor's and the dashboard's side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self._pulse = buffer.handle(_PULSE, observer=True)
        self._last = buffer.handle(_LAST, observer=True)

    def pulse(self) -> Pulse:
        """The state now; STARTING since 0 before the process said anything."""
        staged = self._pulse.peek()
        if staged is None:
            return Pulse()
        state, since_ns, tick, ticking, cursor, message, hint = staged.value
        return Pulse(ProcessState(state), since_ns, tick, ticking, cursor, message, hint)

    def last_tick(self) -> RegionTelemetry | None:
        """The last finished tick, None before the first."""
        staged = self._last.peek()
        return None if staged is None else _telemetry(staged.value)

    def tick_times(self) -> TickTimes:
        staged = self._last.peek()
        return TickTimes() if staged is None else TickTimes(*staged.value[-2:])

    def tick_running_s(self) -> float | None:
        """How long the tick that is running has taken so far, in seconds; None between ticks."""
        pulse = self.pulse()
        last = self.last_tick()
        if not pulse.ticking or (last is not None and last.started_at_ns >= pulse.since_ns):
            return None
        return (time.monotonic_ns() - pulse.since_ns) / 1e9

    def end_tick(self) -> None:
        """Say for a process that was reaped in the middle of a tick that it is in none any more.

        All else that it said stays, above all where it stood in the event ring: its successor goes on there.
        """
        pulse = self.pulse()
        if pulse.ticking:
            with closing(ReadyBuffer.adopt(self._buffer.name)) as buffer:
                _publish_pulse(buffer, replace(pulse, ticking=False))

    def close(self) -> None:
        self._buffer.close()


def _publish_pulse(buffer: ReadyBuffer, pulse: Pulse) -> None:
    buffer.publish(
        _PULSE,
        (
            pulse.state.value,
            pulse.since_ns,
            pulse.tick,
            pulse.ticking,
            pulse.cursor,
            _shown(pulse.message),
            _shown(pulse.hint),
        ),
    )


def _shown(text: str) -> str:
    """What fits; characters that no text holds, from a path that is not UTF-8, become question marks."""
    return text[:_SHOWN_CHARACTERS].encode(errors="replace").decode()


def _telemetry(value: list[Any]) -> RegionTelemetry:
    region, persona, tick, started, duration, published, consumed, misses, pressure, hint, failures, *_ = (
        value
    )
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
