"""The same stage under pytest-benchmark: `make bench`."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks._tick_stage import STAGED_IN, tick_stage
from substrate.region.contract import BrainRegion


@pytest.mark.parametrize("region", STAGED_IN, ids=lambda region: str(region.id))
def test_event_to_published(benchmark: BenchmarkFixture, region: type[BrainRegion]) -> None:
    with tick_stage(region) as stage:
        run = stage.message_to_published_ns
        benchmark.pedantic(run, warmup_rounds=30, rounds=200)  # type: ignore[no-untyped-call] # has no types
