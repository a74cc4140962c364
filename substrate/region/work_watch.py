"""Whether any region is thinking at this moment, for the lane: it leaves a core free only while one does.

Looked at before every step of the lane, so it costs two peeks a region and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from substrate.region.contract import RegionId
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import TelemetryReader
from substrate.shm import ReadyBuffer, RunDirectory


class WorkWatch:
    """The telemetry of an instance's regions. Used by one thread at a time."""

    def __init__(self, run: RunDirectory, regions: Iterable[RegionId]) -> None:
        """Raises ShmError when the instance has shut down."""
        self._readers = [
            TelemetryReader(ReadyBuffer.attach(run.segment_name(telemetry_role(region)), observer=True))
            for region in regions
        ]

    def is_anyone_thinking(self) -> bool:
        """Whether a region is inside a tick."""
        return any(reader.tick_running_s() is not None for reader in self._readers)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
