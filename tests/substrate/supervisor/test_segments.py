from __future__ import annotations

from pathlib import Path

from regions.attention import Attention
from regions.hippocampus import Hippocampus
from regions.motor_cortex import MotorCortex
from substrate.instance import InstanceSpec, ModelSettings
from substrate.region.contract import RegionSpec
from substrate.region.roles import EVENT_RING_SLOTS
from substrate.shm import RunDirectory, layout
from substrate.supervisor.segments import buffer_specs, create_segments

_SMALLEST_DEV_SHM_BYTES = 64 * 2**20
"""A container's, unless it is told otherwise."""


def _default(run_directory: Path) -> InstanceSpec:
    regions = tuple(RegionSpec.of(region) for region in (Hippocampus, Attention, MotorCortex))
    return InstanceSpec(run_directory, run_directory, "s", (), ModelSettings(None, "none"), regions)


def test_two_instances_of_the_default_configuration_fit_into_a_container() -> None:
    buffers = sum(
        layout.buffer_bytes(spec.keys, spec.value_bytes, spec.versions)
        for spec in buffer_specs(_default(Path("/nowhere")))
    )
    assert 2 * (buffers + layout.ring_bytes(EVENT_RING_SLOTS)) < _SMALLEST_DEV_SHM_BYTES


def test_closing_the_run_directory_removes_every_segment(base: Path) -> None:
    run = RunDirectory.create(base)
    create_segments(run, _default(run.path))
    names = set(run.segment_names())
    assert len(names) > 10
    run.close()
    assert not names & {path.name for path in Path("/dev/shm").glob("psub-*")}
    assert not run.path.exists()
