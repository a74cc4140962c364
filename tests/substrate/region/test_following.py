"""Regions that build on one another: who is rung, by whom, and whose reads count."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from substrate.instance import InstanceSpec, ModelSettings
from substrate.persona.region_port import Happening, RegionPort
from substrate.region.contract import EventKind, Reader, RegionContext, RegionId, RegionSpec
from substrate.region.host import FAILURES_IN_A_ROW, RegionHost
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import TelemetryWriter
from substrate.shm import Doorbell, ReadyBuffer, RunDirectory
from substrate.supervisor.segments import create_segments
from tests.substrate.region.scripted_region import Scripted

LEADER = replace(RegionSpec.of(Scripted), buffers=(replace(Scripted.buffers[0], reader=Reader.REGIONS),))
FOLLOWER = replace(LEADER, id=RegionId("follower"), buffers=(), follows=frozenset({LEADER.buffers[0].name}))
MESSAGE = Happening(EventKind.MESSAGE, 1, "general", "joel", "Hello.")


@pytest.fixture
def run(base: Path) -> Iterator[RunDirectory]:
    before = signal.getsignal(signal.SIGTERM)
    run = RunDirectory.create(base)
    try:
        yield run
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, before)
        gc.unfreeze()
        run.close()


def instance(run: RunDirectory, home: Path, *regions: RegionSpec) -> InstanceSpec:
    spec = InstanceSpec(home, run.path, "s", (), ModelSettings(None, "none"), regions)
    create_segments(run, spec)
    return spec


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was rung, in order; nobody really is."""
    names: list[str] = []
    known: dict[int, str] = {}
    attach = Doorbell.attach

    def attach_known(run: RunDirectory, name: str) -> Doorbell:
        bell = attach(run, name)
        known[id(bell)] = name
        return bell

    monkeypatch.setattr(Doorbell, "attach", attach_known)
    monkeypatch.setattr(Doorbell, "ring", lambda bell: names.append(known[id(bell)]))
    return names


def hosted(run: RunDirectory, spec: InstanceSpec, region: RegionSpec, *script: object) -> None:
    """Host a region until it has ticked once for each function."""
    Scripted.script[:] = script  # type: ignore[assignment]  # functions of a context
    telemetry = TelemetryWriter(ReadyBuffer.adopt(run.segment_name(telemetry_role(region.id))))
    with (
        closing(telemetry),
        closing(RegionHost(spec, region, RunDirectory.open(run.path), telemetry)) as host,
    ):
        host.run()


def nothing(ctx: RegionContext) -> None:
    pass


def test_an_event_rings_the_leader_and_the_leaders_tick_rings_the_follower(
    run: RunDirectory, tmp_path: Path, rung: list[str]
) -> None:
    spec = instance(run, tmp_path, LEADER, FOLLOWER)
    with closing(RegionPort(spec)) as service:
        service.tell([MESSAGE])
        assert rung == ["scripted"]
        hosted(run, spec, LEADER, nothing)
        assert rung == ["scripted", "follower"]
        hosted(run, spec, LEADER, nothing)  # without events there is nothing to follow
        assert rung == ["scripted", "follower"]


def test_a_leader_that_rests_after_failures_passes_the_ring_on(
    run: RunDirectory, tmp_path: Path, rung: list[str]
) -> None:
    def fail_and_ring(ctx: RegionContext) -> None:
        for _ in range(FAILURES_IN_A_ROW):
            host._breaker.failed()
        host._round()

    spec = instance(run, tmp_path, LEADER, FOLLOWER)
    telemetry = TelemetryWriter(ReadyBuffer.adopt(run.segment_name(telemetry_role(LEADER.id))))
    host = RegionHost(spec, LEADER, RunDirectory.open(run.path), telemetry)
    Scripted.script[:] = [fail_and_ring]
    with closing(telemetry), closing(host):
        host.run()
    assert rung == ["follower"]


def test_where_nobody_leads_the_event_rings_the_follower_itself(
    run: RunDirectory, tmp_path: Path, rung: list[str]
) -> None:
    with closing(RegionPort(instance(run, tmp_path, FOLLOWER))) as service:
        service.tell([MESSAGE])
    assert rung == ["follower"]


def test_reads_of_regions_count_where_a_buffer_is_made_for_them(run: RunDirectory, tmp_path: Path) -> None:
    for_turns = replace(LEADER.buffers[0], name="turns", reader=Reader.TURNS)
    leader = replace(LEADER, buffers=(*LEADER.buffers, for_turns))
    spec = instance(run, tmp_path, leader, FOLLOWER)
    writers = [ReadyBuffer.adopt(run.segment_name(buffer.name)) for buffer in leader.buffers]
    for writer in writers:
        writer.publish(("key",), 1)
    seen: list[object] = []

    def look(ctx: RegionContext) -> None:
        seen.extend(ctx.peek(buffer.name, ("key",)) for buffer in leader.buffers)

    hosted(run, spec, FOLLOWER, look)

    assert seen == [1, 1]
    assert [writer.counters().consumed for writer in writers] == [1, 0]
    for writer in writers:
        writer.close()


def test_a_region_never_sees_what_only_overwrites(run: RunDirectory, tmp_path: Path) -> None:
    spec = instance(run, tmp_path, LEADER)
    heard: list[tuple[int, tuple[EventKind, ...]]] = []
    with closing(RegionPort(spec)) as service:
        service.tell([MESSAGE])
        service.forget_events()
        service.tell([MESSAGE._replace(kind=EventKind.WITHDRAWN, text="")])
        looks = [lambda ctx: heard.append((ctx.lost_events, tuple(e.kind for e in ctx.events)))] * 2
        hosted(run, spec, LEADER, *looks)
    assert sum(lost for lost, _ in heard) > 0
    assert [kind for _, kinds in heard for kind in kinds] in ([], [EventKind.WITHDRAWN])


def test_a_scrubbed_buffer_holds_nothing_of_what_stood_there(run: RunDirectory, tmp_path: Path) -> None:
    spec = instance(run, tmp_path, LEADER)

    def publish_and_scrub(ctx: RegionContext) -> None:
        for word in ("xylophone and more", "short"):
            ctx.publish(LEADER.buffers[0].name, ("key",), word)
        ctx.scrub(LEADER.buffers[0].name)

    hosted(run, spec, LEADER, publish_and_scrub)
    name = run.segment_name(LEADER.buffers[0].name)
    with closing(ReadyBuffer.attach(name, observer=True)) as buffer:
        assert buffer.is_empty()
    shared = Path("/dev/shm") / name
    if os.name == "posix" and shared.exists():
        assert b"xylophone" not in shared.read_bytes()
