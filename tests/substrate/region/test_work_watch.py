"""The lane leaves a core free exactly while a region is inside a tick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from substrate.region.contract import PressureLevel, RegionId, RegionTelemetry
from substrate.region.telemetry import ProcessState, Pulse, TelemetryWriter, telemetry_spec
from substrate.region.work_watch import WorkWatch
from substrate.shm import ReadyBuffer, RunDirectory

REGIONS = (RegionId("attention"), RegionId("sleep"))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunDirectory]:
    made = RunDirectory.create(tmp_path)
    yield made
    made.close()


@pytest.fixture
def regions(run: RunDirectory) -> Iterator[dict[RegionId, TelemetryWriter]]:
    buffers = {}
    for region in REGIONS:
        spec = telemetry_spec(region)
        buffers[region] = ReadyBuffer.create(
            run.segment_name(spec.name), keys=spec.keys, value_bytes=spec.value_bytes, versions=spec.versions
        )
    yield {region: TelemetryWriter(buffer) for region, buffer in buffers.items()}
    for buffer in buffers.values():
        buffer.close()
        buffer.unlink()


def test_somebody_is_thinking_from_the_beginning_of_a_tick_to_its_end(
    run: RunDirectory, regions: dict[RegionId, TelemetryWriter]
) -> None:
    sleep = regions[RegionId("sleep")]
    with closing(WorkWatch(run, REGIONS)) as watch:
        assert not watch.is_anyone_thinking()
        for tick in (1, 2):
            began_ns = 1000 * tick
            sleep.pulse(Pulse(ProcessState.READY, began_ns, tick, ticking=True))
            assert watch.is_anyone_thinking()
            done = RegionTelemetry(
                RegionId("sleep"), "", tick, began_ns, 0.001, 0, 0, 0, PressureLevel.NOMINAL
            )
            sleep.last_tick(done)
            assert not watch.is_anyone_thinking()
