"""The lane leaves a core free exactly while a region is inside a tick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from substrate.region.contract import PressureLevel, RegionId, RegionTelemetry
from substrate.region.telemetry import ProcessState, Pulse, TelemetryReader, TelemetryWriter, telemetry_spec
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


def test_who_was_reaped_inside_a_tick_thinks_no_more_and_its_place_in_the_ring_is_kept(
    run: RunDirectory, regions: dict[RegionId, TelemetryWriter]
) -> None:
    pulse = Pulse(ProcessState.READY, 1000, tick=7, ticking=True, cursor=42, message="m", hint="h")
    regions[RegionId("sleep")].pulse(pulse)
    name = run.segment_name(telemetry_spec(RegionId("sleep")).name)
    with (
        closing(WorkWatch(run, REGIONS)) as watch,
        closing(TelemetryReader(ReadyBuffer.attach(name, observer=True))) as telemetry,
    ):
        assert watch.is_anyone_thinking()
        telemetry.end_tick()
        assert not watch.is_anyone_thinking()
        assert telemetry.pulse() == replace(pulse, ticking=False)
