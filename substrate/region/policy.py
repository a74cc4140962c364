"""What the governor allows each region, in shared memory: the governor writes, every region reads its own.

One segment for all regions, one key per region. Reading an unchanged policy is a peek that returns the
object decoded before, so a region asks before every tick and whenever it is about to sleep.
"""

from __future__ import annotations

from substrate.instance import GOVERNOR
from substrate.region.contract import BufferSpec, Phase, Policy, PressureLevel, RegionId
from substrate.shm import ReadyBuffer

POLICY_SPEC = BufferSpec(GOVERNOR, keys=32, value_bytes=256, versions=4)
"""The segment that the supervisor creates for the policies of all regions."""


class PolicyBoard:
    """The governor's side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self._written: dict[RegionId, tuple[object, ...]] = {}

    def write(self, region: RegionId, policy: Policy) -> bool:
        """Publish `policy` but for its `version`; False, without a write, when nothing changed."""
        value = (
            policy.phase.value,
            policy.pressure.value,
            policy.cadence_s,
            policy.budget_s,
            policy.weight,
            policy.event_ticks_only,
        )
        if self._written.get(region) == value:
            return False
        self._buffer.publish((region,), value)
        self._written[region] = value
        return True

    def close(self) -> None:
        self._buffer.close()


class PolicyReader:
    """One region's side: the policy that holds now."""

    def __init__(self, buffer: ReadyBuffer, region: RegionId) -> None:
        self._buffer = buffer
        self._handle = buffer.handle((region,))
        self._policy = Policy()

    def version(self) -> int:
        """The version that a read would return now; 0 before the governor wrote the first."""
        return self._handle.version()

    def read(self) -> Policy:
        """The newest policy; the contract's defaults until the governor wrote one."""
        staged = self._handle.peek()
        if staged is not None and staged.version != self._policy.version:
            phase, pressure, cadence_s, budget_s, weight, event_ticks_only = staged.value
            self._policy = Policy(
                staged.version,
                Phase(phase),
                PressureLevel(pressure),
                cadence_s,
                budget_s,
                weight,
                event_ticks_only,
            )
        return self._policy

    def close(self) -> None:
        self._buffer.close()
