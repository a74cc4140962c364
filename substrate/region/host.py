"""The process around one region: it waits, reads events, lets the region think, and tells what came of it.

The path from an event to a published value is kept free of everything else: a wake-up, the policy, the
events, the tick. What can wait (connections, whether the supervisor lives) is looked at after the tick.
"""

from __future__ import annotations

import gc
import importlib
import logging
import math
import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

from substrate.errors import SubstrateError
from substrate.instance import EMBEDDER, GOVERNOR, InstanceSpec
from substrate.persona.roster import profiles
from substrate.persona.transcript import TranscriptReader
from substrate.region.circuit_breaker import CircuitBreaker
from substrate.region.command_socket import CommandSocket
from substrate.region.context import HostContext
from substrate.region.contract import (
    BrainRegion,
    Event,
    EventKind,
    PersonaProfile,
    Phase,
    Policy,
    Reader,
    RegionEnvironment,
    RegionSignal,
    RegionSpec,
    RegionTelemetry,
    TickOutcome,
)
from substrate.region.lane_flag import LANE_SPEC, LaneFlag
from substrate.region.policy import POLICY_SPEC, PolicyReader
from substrate.region.roles import EVENT_RING
from substrate.region.telemetry import (
    ProcessState,
    Pulse,
    TelemetryWriter,
)
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory, Wake

_log = logging.getLogger(__name__)

NICENESS = 10
"""llama.cpp's threads spin at barriers: a busy neighbour slows decoding out of proportion."""

FAILURES_IN_A_ROW, REST_S = 5, 30.0
"""When ticks keep raising, the region rests; commands are answered meanwhile."""

EVENTS_PER_TICK = 256

QUIET_BUDGET_S = 0.002
"""The soft limit of a tick beside a decoding lane on a small host."""

_UNSENT_RETRY_S = 0.01


def run_region(spec: InstanceSpec, region: RegionSpec, telemetry: TelemetryWriter) -> None:
    """The life of a region's process; returns on an orderly end or when the supervisor is gone.

    Every segment exists and has no other writer: the supervisor created it, and reaped a predecessor. Raises
    SubstrateError when the region cannot start.
    """
    os.nice(NICENESS)
    host = RegionHost(spec, region, RunDirectory.open(spec.run_directory), telemetry)
    try:
        host.run()
    finally:
        host.close()


class RegionHost:
    """One region with its rings, buffers, doorbell and socket; owned by one thread."""

    def __init__(
        self,
        spec: InstanceSpec,
        region: RegionSpec,
        run: RunDirectory,
        telemetry: TelemetryWriter,
    ) -> None:
        """Opens everything; events are read from where a predecessor stood."""
        self._id = region.id
        self._telemetry = telemetry
        self._region = _create(region)
        self._ring = EventRing.attach(run.segment_name(EVENT_RING), after=telemetry.resume_after)
        self._transcript = TranscriptReader(spec.transcript)
        policy_name = run.segment_name(POLICY_SPEC.name)
        self._policies = PolicyReader(ReadyBuffer.attach(policy_name, observer=True), region.id)
        self._policy = self._policy_alone = self._policy_beside_lane = Policy()
        self._lane = LaneFlag(ReadyBuffer.attach(run.segment_name(LANE_SPEC.name), observer=True))
        self._governor = Doorbell.attach(run, GOVERNOR)
        self._own = {
            buffer.name: ReadyBuffer.adopt(run.segment_name(buffer.name)) for buffer in region.buffers
        }
        self._bell = Doorbell.adopt(run, region.id)
        self._followers = [
            Doorbell.attach(run, other.id) for other in spec.regions if other.is_behind(region)
        ]
        self._spec = spec
        personas = _profiles_at_start(spec)
        self._context = HostContext(region.id, personas, self._own, _observers(spec, run))
        self._breaker = CircuitBreaker(FAILURES_IN_A_ROW, REST_S, time.monotonic)
        self._state = ProcessState.STARTING
        self._tick = 0
        self._failures = 0
        self._consumed, self._misses = self._use_so_far()
        self._last_tick_s = -math.inf
        self._stopping = False
        embedder = None if spec.embed_model is None else run.socket_path(EMBEDDER)
        self._region.open(RegionEnvironment(spec.home, spec.transcript, personas, spec.embed_model, embedder))
        self._socket = CommandSocket(run.socket_path(region.id), self._region.commands())

    def run(self) -> None:
        """Tick until SIGTERM or the supervisor's end."""
        stop_read, stop_write = os.pipe()
        os.set_blocking(stop_write, False)
        signal.signal(signal.SIGTERM, self._on_stop_signal)
        signal.set_wakeup_fd(stop_write)
        parent = multiprocessing.parent_process()
        ends = (stop_read,) if parent is None else (stop_read, parent.sentinel)
        # What was loaded stays: the collector need not look at it again, nor touch the pages it shares.
        gc.collect()
        gc.freeze()
        wake = Wake(rung=False)
        while not self._stopping:
            self._round()
            if wake.ready or self._socket.has_unsent:
                self._attend(wake.ready, ends)
            if not self._stopping:
                wake = self._bell.wait(self._sleep_s(), (*ends, *self._socket.filenos()), self._has_news)

    def close(self) -> None:
        """Let the region release what it holds, then let go of everything else."""
        try:
            self._region.close()
        finally:
            self._socket.close()
            self._context.close()
            self._transcript.close()
            self._pulse(ProcessState.ENDED, "")
            for buffer in self._own.values():
                buffer.close()
            self._policies.close()
            self._lane.close()
            self._governor.close()
            self._ring.close()
            self._bell.close()
            for follower in self._followers:
                follower.close()

    def _round(self) -> None:
        """Take in what is new and tick, if there is a reason to."""
        self._take_policy()
        if self._breaker.rest_left_s() > 0.0:
            self._ring_followers()  # they do without this region while it rests
            return
        events, lost = self._new_events()
        is_due = time.monotonic() >= self._last_tick_s + self._policy.cadence_s
        must_be_quiet = self._policy.event_ticks_only and self._lane.is_decoding()
        if events or lost or (is_due and not must_be_quiet):
            self._think(events, lost, self._policy_beside_lane if must_be_quiet else self._policy_alone)
        if events and self._policy.phase is not Phase.ACTIVE:
            self._governor.ring()

    def _take_policy(self) -> None:
        before, self._policy = self._policy, self._policies.read()
        if self._policy is before:
            return
        self._policy_alone = replace(self._policy, event_ticks_only=False)
        self._policy_beside_lane = replace(self._policy, budget_s=min(self._policy.budget_s, QUIET_BUDGET_S))
        if self._policy.phase is not before.phase:
            self._signal(RegionSignal.SLEEP_PHASE_CHANGED)
        if self._policy.pressure is not before.pressure:
            self._signal(RegionSignal.SYSTEM_PRESSURE_CHANGED)

    def _new_events(self) -> tuple[tuple[Event, ...], int]:
        lost_before = self._ring.lost
        events = tuple(
            Event(
                event.seq,
                EventKind(event.kind),
                event.row_id,
                event.channel,
                event.sender,
                event.text if event.text is not None else self._text_of(event.row_id),
            )
            for event in self._ring.poll(EVENTS_PER_TICK)
            if event.kind != EventKind.BLANK
        )
        lost = self._ring.lost - lost_before
        if lost or any(event.kind is EventKind.PERSONA for event in events):
            self._meet_personas()
        return events, lost

    def _meet_personas(self) -> None:
        """Somebody was enrolled, or left, or is back; or may be, where events were lost."""
        before = {persona.persona_id for persona in self._context.personas}
        try:
            self._context.personas = profiles(self._spec.home, self._spec.personas)
        except SubstrateError as error:  # a seed that was damaged, or copied, since the boot
            _log.error("%s goes on with the personas it knows: %s", self._id, error)
            return
        after = {persona.persona_id for persona in self._context.personas}
        if after - before:
            self._signal(RegionSignal.PERSONA_CREATED)
        if before - after:
            self._signal(RegionSignal.PERSONA_DESTROYED)

    def _text_of(self, row_id: int) -> str:
        """A text that was too long for the ring; empty when the row was withdrawn in the meantime, or the
        transcript cannot be read: what lies behind the event is read from it later."""
        try:
            row = self._transcript.row(row_id)
        except sqlite3.Error as error:
            _log.error("the text of row %d cannot be read: %s", row_id, error)
            return ""
        return "" if row is None else row.text

    def _think(self, events: tuple[Event, ...], lost: int, policy: Policy) -> None:
        """One tick, with its telemetry before and after."""
        self._tick += 1
        started_ns = time.monotonic_ns()
        self._last_tick_s = started_ns / 1e9
        self._telemetry.pulse(Pulse(self._state, started_ns, self._tick, ticking=True, cursor=self._ring.seq))
        self._context.begin(self._tick, events, lost, policy)
        try:
            outcome = self._region.tick(self._context)
        except Exception as error:
            outcome = self._note_failure(error)
        else:
            self._breaker.succeeded()
        if events:
            self._ring_followers()
        duration_s = (time.monotonic_ns() - started_ns) / 1e9
        consumed, misses = self._use_so_far()
        self._telemetry.last_tick(
            RegionTelemetry(
                self._id,
                "",
                self._tick,
                started_ns,
                duration_s,
                self._context.published,
                consumed - self._consumed,
                misses - self._misses,
                outcome.pressure,
                outcome.hint,
                self._failures,
            )
        )
        self._consumed, self._misses = consumed, misses
        if self._state is not ProcessState.READY and self._breaker.failures_in_a_row == 0:
            self._pulse(ProcessState.READY, "")

    def _ring_followers(self) -> None:
        for follower in self._followers:
            follower.ring()

    def _note_failure(self, error: Exception) -> TickOutcome:
        self._failures += 1
        _log.exception("tick %d of %s failed", self._tick, self._id)
        if self._breaker.failed():
            _log.error(
                "%s failed %d times in a row and rests for %g s",
                self._id,
                self._breaker.failures_in_a_row,
                REST_S,
            )
            self._pulse(ProcessState.RESTING, f"{type(error).__name__}: {error}")
        return TickOutcome()

    def _signal(self, signal_: RegionSignal) -> None:
        if signal_ in self._region.pressure.responds_to:
            try:
                self._region.on_signal(signal_)
            except Exception:
                _log.exception("%s failed to react to %s", self._id, signal_.value)

    def _attend(self, ready: tuple[int, ...], ends: tuple[int, ...]) -> None:
        """End when one of `ends` says so; else answer commands."""
        if any(fileno in ends for fileno in ready):
            self._stopping = True
        else:
            self._socket.serve()

    def _sleep_s(self) -> float:
        """How long nothing needs to happen, if nobody rings."""
        if self._socket.has_unsent:
            return _UNSENT_RETRY_S
        rest_s = self._breaker.rest_left_s()
        if rest_s > 0.0:
            return rest_s
        due_s = self._last_tick_s + self._policy.cadence_s - time.monotonic()
        # Due already, yet not ticked: the lane decodes. Its reply is an event; this is for when none comes.
        return due_s if due_s > 0.0 else self._policy.cadence_s

    def _has_news(self) -> bool:
        """Asked by the doorbell between announcing sleep and sleeping: did anything arrive meanwhile?"""
        if self._policies.version() != self._policy.version:
            return True
        return self._ring.head() != self._ring.seq and self._breaker.rest_left_s() == 0.0

    def _use_so_far(self) -> tuple[int, int]:
        counters = [buffer.counters() for buffer in self._own.values()]
        return sum(c.consumed for c in counters), sum(c.misses for c in counters)

    def _pulse(self, state: ProcessState, message: str) -> None:
        self._state = state
        self._telemetry.pulse(
            Pulse(state, time.monotonic_ns(), self._tick, cursor=self._ring.seq, message=message)
        )

    def _on_stop_signal(self, *_: object) -> None:
        """The wake-up descriptor ends the sleep; the tick that is running ends first."""
        self._stopping = True


def _profiles_at_start(spec: InstanceSpec) -> tuple[PersonaProfile, ...]:
    """Everybody; only those that the instance booted with, when a seed was damaged or copied since."""
    try:
        return profiles(spec.home, spec.personas)
    except SubstrateError as error:
        _log.error("only the personas of the boot take part: %s", error)
        return tuple(
            PersonaProfile(one.persona_id, one.name, one.created_at_s, one.channels) for one in spec.personas
        )


def _create(region: RegionSpec) -> BrainRegion:
    module_name, _, class_name = region.class_path.partition(":")
    try:
        created = getattr(importlib.import_module(module_name), class_name)()
    except (ImportError, AttributeError) as error:
        raise SubstrateError(
            f"the region {region.id} is not there: {region.class_path}: {error}",
            "a region is a module-level class in a module that can be imported",
        ) from error
    if not isinstance(created, BrainRegion):
        raise SubstrateError(f"{region.class_path} is a {type(created).__name__}, not a BrainRegion")
    return created


def _observers(spec: InstanceSpec, run: RunDirectory) -> Callable[[str], ReadyBuffer | None]:
    written = {buffer.name: buffer for region in spec.regions for buffer in region.buffers}

    def open_observer(name: str) -> ReadyBuffer | None:
        buffer = written.get(name)
        if buffer is None:
            return None
        return ReadyBuffer.attach(run.segment_name(name), observer=buffer.reader is not Reader.REGIONS)

    return open_observer
