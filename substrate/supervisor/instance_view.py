"""The instance as an observer sees it: everything that its processes say in shared memory, put together.

The supervisor answers `region/stats` with it; a dashboard in another terminal attaches the same way. It reads
only, counts nothing and asks nobody, so watching does not change what is watched.
"""

from __future__ import annotations

import time
from typing import Any

from substrate.errors import SubstrateError
from substrate.instance import SERVICE
from substrate.region.contract import RegionId
from substrate.region.policy import POLICY_SPEC, PolicyReader
from substrate.region.roles import EVENT_RING, telemetry_role
from substrate.region.telemetry import ProcessState, TelemetryReader
from substrate.shm import EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.board import BoardReader, InstanceRecord, ProcessRecord
from substrate.supervisor.segments import SUPERVISOR_SPEC


class InstanceBooting(SubstrateError):
    """The instance has not said yet what it consists of."""


class InstanceView:
    """Attached to one running instance until `close()`. Used from one thread at a time."""

    def __init__(self, run: RunDirectory, instance: InstanceRecord) -> None:
        """Raises ShmError when the instance has shut down."""
        self.instance = instance
        self._run = run
        self._board = BoardReader(_observer(run, SUPERVISOR_SPEC.name))
        self._ring = EventRing.attach(run.segment_name(EVENT_RING))
        self._processes = {
            name: TelemetryReader(_observer(run, telemetry_role(name)))
            for name in (SERVICE, *instance.buffers)
        }
        self._policies = {
            region: PolicyReader(_observer(run, POLICY_SPEC.name), RegionId(region))
            for region in instance.buffers
        }
        self._buffers = {
            region: {name: _observer(run, name) for name in names}
            for region, names in instance.buffers.items()
        }

    @classmethod
    def attach(cls, run: RunDirectory) -> InstanceView:
        """Attach to an instance of which only the run directory is known.

        Raises ShmError when it is not there, InstanceBooting when it is not there yet.
        """
        board = BoardReader(_observer(run, SUPERVISOR_SPEC.name))
        try:
            instance = board.instance()
        finally:
            board.close()
        if instance is None:
            raise InstanceBooting(f"the instance in {run.path} is still booting", "try again in a second")
        return cls(run, instance)

    def is_live(self) -> bool:
        """Whether the instance's supervisor still runs."""
        return self._run.is_live()

    def region_stats(self) -> dict[str, dict[str, Any]]:
        """By region id: process, policy, ticks and use of its buffers. Times in seconds or ms, as named."""
        processes = self._board.processes()
        return {region: self._stats(region, processes.get(region)) for region in self.instance.buffers}

    def service_stats(self) -> dict[str, Any]:
        """The persona service's process."""
        return self._process(SERVICE, self._board.processes().get(SERVICE))

    def events(self) -> int:
        """How many events the persona service has announced since boot."""
        return self._ring.appended()

    def close(self) -> None:
        self._board.close()
        self._ring.close()
        for telemetry in self._processes.values():
            telemetry.close()
        for policy in self._policies.values():
            policy.close()
        for buffers in self._buffers.values():
            for buffer in buffers.values():
                buffer.close()

    def _stats(self, region: str, record: ProcessRecord | None) -> dict[str, Any]:
        telemetry = self._processes[region]
        last, times, policy = telemetry.last_tick(), telemetry.tick_times(), self._policies[region].read()
        buffers = {name: _use(buffer) for name, buffer in self._buffers[region].items()}
        use = {name: sum(use[name] for use in buffers.values()) for name in _USE}
        return {
            **self._process(region, record),
            "ticks": 0 if last is None else last.tick,
            "failures": 0 if last is None else last.failures,
            "last_tick_ms": None if last is None else last.duration_s * 1e3,
            "mean_tick_ms": times.mean_s * 1e3,
            "longest_tick_ms": times.longest_s * 1e3,
            "last_tick_age_s": None if last is None else (time.monotonic_ns() - last.started_at_ns) / 1e9,
            "cadence_s": policy.cadence_s,
            "budget_s": policy.budget_s,
            "phase": policy.phase.name.lower(),
            "pressure": policy.pressure.name.lower(),
            "weight": policy.weight,
            "event_ticks_only": policy.event_ticks_only,
            **use,
            "buffers": buffers,
        }

    def _process(self, name: str, record: ProcessRecord | None) -> dict[str, Any]:
        telemetry = self._processes[name]
        pulse = telemetry.pulse()
        state = pulse.state.name.lower()
        if telemetry.tick_running_s() is not None:
            state = "ticking"
        if record is not None and record.is_ready and pulse.state is ProcessState.STARTING:
            state = "ready"
        if record is None or record.pid is None:
            state = "restarting" if record is None or not record.is_crash_loop else "crash loop"
        return {
            "pid": None if record is None else record.pid,
            "state": state,
            "restarts": 0 if record is None else record.restarts,
            "message": pulse.message or ("" if record is None else record.message),
        }


_USE = ("published", "consumed", "hits", "misses")


def _use(buffer: ReadyBuffer) -> dict[str, int]:
    counters = buffer.counters()
    return {name: getattr(counters, name) for name in _USE}


def _observer(run: RunDirectory, role: str) -> ReadyBuffer:
    return ReadyBuffer.attach(run.segment_name(role), observer=True)
