"""All shared memory of an instance, made before any process starts.

So no process ever waits for another one's segment, and a full /dev/shm is known at boot, not in the middle of
a conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from substrate.instance import GOVERNOR, SERVICE, InstanceSpec
from substrate.region.contract import BufferSpec
from substrate.region.lane_flag import LANE_SPEC
from substrate.region.policy import POLICY_SPEC
from substrate.region.roles import EVENT_RING, EVENT_RING_SLOTS
from substrate.region.telemetry import telemetry_spec
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory

SUPERVISOR_SPEC = BufferSpec("supervisor", keys=4, value_bytes=16384, versions=4)
"""What the supervisor says about the instance and its processes (substrate.supervisor.board)."""


def buffer_specs(spec: InstanceSpec) -> Iterator[BufferSpec]:
    """Every ready buffer of the instance."""
    yield SUPERVISOR_SPEC
    yield POLICY_SPEC
    yield LANE_SPEC
    yield telemetry_spec(SERVICE)
    for region in spec.regions:
        yield telemetry_spec(region.id)
        yield from region.buffers


def create_segments(run: RunDirectory, spec: InstanceSpec) -> None:
    """Make all of them, noted in the run directory's manifest; closing the run directory removes them.

    Raises ShmError: NoSharedMemory when they do not fit, SegmentExists when two regions share a name.
    """
    for buffer in buffer_specs(spec):
        ReadyBuffer.create(
            run.segment_name(buffer.name),
            keys=buffer.keys,
            value_bytes=buffer.value_bytes,
            versions=buffer.versions,
        ).close()
    EventRing.create(run.segment_name(EVENT_RING), slots=EVENT_RING_SLOTS).close()
    for process in (GOVERNOR, *(region.id for region in spec.regions)):
        Doorbell.create(run, process).close()
