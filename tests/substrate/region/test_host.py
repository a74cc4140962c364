"""The host's loop with a scripted region, in this process."""

from __future__ import annotations

import gc
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from substrate.errors import SubstrateError
from substrate.instance import InstanceSpec, ModelSettings
from substrate.persona.description import PersonaDescription
from substrate.persona.identity import create_seed
from substrate.persona.transcript_writer import Batch, TranscriptWriter
from substrate.region import host
from substrate.region.contract import (
    Event,
    EventKind,
    Phase,
    Policy,
    RegionContext,
    RegionId,
    RegionSignal,
    RegionSpec,
)
from substrate.region.host import RegionHost
from substrate.region.lane_flag import LANE_SPEC, LaneFlagWriter
from substrate.region.policy import POLICY_SPEC, PolicyBoard
from substrate.region.roles import EVENT_RING, telemetry_role
from substrate.region.telemetry import (
    ProcessState,
    Pulse,
    TelemetryReader,
    TelemetryWriter,
    telemetry_spec,
)
from substrate.shm import BufferFull, EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.segments import create_segments
from tests.substrate.region.scripted_region import Scripted, Tick


class Stage:
    """An instance's segments, and a host of the scripted region on them."""

    def __init__(self, run: RunDirectory, home: Path) -> None:
        self.run_directory = run
        self.spec = InstanceSpec(
            home, run.path, "s", (), ModelSettings(None, "none"), (RegionSpec.of(Scripted),)
        )
        create_segments(run, self.spec)
        self.ring = EventRing.adopt(run.segment_name(EVENT_RING))
        self.policies = PolicyBoard(ReadyBuffer.adopt(run.segment_name(POLICY_SPEC.name)))
        self.lane = LaneFlagWriter(ReadyBuffer.adopt(run.segment_name(LANE_SPEC.name)))
        self.results = ReadyBuffer.attach(run.segment_name("results"))
        name = run.segment_name(telemetry_role(Scripted.id))
        self.telemetry = TelemetryReader(ReadyBuffer.attach(name, observer=True))

    def play(self, *script: Tick) -> None:
        """Host the region until it has ticked once for each function."""
        Scripted.script[:] = script
        name = self.run_directory.segment_name(telemetry_role(Scripted.id))
        telemetry = TelemetryWriter(ReadyBuffer.adopt(name))
        hosted = RegionHost(
            self.spec, self.spec.regions[0], RunDirectory.open(self.run_directory.path), telemetry
        )
        try:
            hosted.run()
        finally:
            hosted.close()
            telemetry.close()

    def say(self, text: str, row_id: int = 0) -> None:
        self.ring.append(EventKind.MESSAGE, row_id, "general", "joel", text)

    def close(self) -> None:
        for one in (self.ring, self.policies, self.lane, self.results, self.telemetry):
            one.close()


@pytest.fixture
def stage(tmp_path: Path, base: Path) -> Iterator[Stage]:
    before = signal.getsignal(signal.SIGTERM)
    run = RunDirectory.create(base)
    Scripted.signals.clear()
    Scripted.closed.clear()
    try:
        made = Stage(run, tmp_path)
        yield made
        made.close()
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, before)
        gc.unfreeze()
        run.close()


def nothing(ctx: RegionContext) -> None:
    pass


def fail(ctx: RegionContext) -> None:
    raise RuntimeError("as asked")


def test_a_tick_gets_all_new_events_in_order(stage: Stage) -> None:
    heard: list[Event] = []
    for text in ("one", "two", "three"):
        stage.say(text)
    stage.play(lambda ctx: heard.extend(ctx.events))
    assert [(event.kind, event.sender, event.text) for event in heard] == [
        (EventKind.MESSAGE, "joel", text) for text in ("one", "two", "three")
    ]


def test_a_text_that_did_not_fit_into_the_ring_is_whole(stage: Stage) -> None:
    transcript = TranscriptWriter(stage.spec.transcript, "s")
    long = "word " * 1000
    row = transcript.new_row(channel="general", sender="joel", text=long, at_s=1.0)
    with transcript.transaction():
        transcript.store(Batch([(row, None)]))
    transcript.close()
    stage.say(long, row.row_id)
    heard: list[str] = []
    stage.play(lambda ctx: heard.extend(event.text for event in ctx.events))
    assert heard == [long]


def test_a_lapped_region_is_told_how_much_it_lost(stage: Stage) -> None:
    for number in range(stage.ring.slots + 100):
        stage.say(str(number))
    seen: list[tuple[int, int]] = []
    stage.play(lambda ctx: seen.append((ctx.lost_events, len(ctx.events))))
    lost, read = seen[0]
    assert lost > 100
    assert read == host.EVENTS_PER_TICK


def test_a_new_process_goes_on_where_the_last_one_stood(stage: Stage) -> None:
    heard: list[str] = []
    stage.say("first")
    stage.play(lambda ctx: heard.extend(event.text for event in ctx.events))
    stage.say("while nobody listened")
    stage.play(lambda ctx: heard.extend(event.text for event in ctx.events))
    assert heard == ["first", "while nobody listened"]


def test_ticks_come_at_the_cadence_without_events(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(cadence_s=0.01))
    numbers: list[int] = []
    stage.play(*[lambda ctx: numbers.append(ctx.tick)] * 5)
    assert numbers == [1, 2, 3, 4, 5]


def test_the_budget_of_the_policy_is_the_deadline_of_a_tick(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(budget_s=5.0))
    left: list[float] = []
    stage.play(lambda ctx: left.append(ctx.remaining_s()))
    assert 0 < left[0] <= 5.0


def test_five_failing_ticks_open_the_circuit_breaker(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(cadence_s=0.001))
    stage.play(*[fail] * host.FAILURES_IN_A_ROW)
    last = stage.telemetry.last_tick()
    assert last is not None
    assert last.failures == host.FAILURES_IN_A_ROW


def test_a_resting_region_says_so_and_does_not_tick(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[ProcessState] = []

    def last_failure(ctx: RegionContext) -> None:
        stage.say("an event that has to wait")
        fail(ctx)

    stage.policies.write(Scripted.id, Policy(cadence_s=0.001))
    publish = TelemetryWriter.pulse

    def pulse(writer: TelemetryWriter, said: Pulse) -> None:
        states.append(said.state)
        publish(writer, said)

    monkeypatch.setattr(TelemetryWriter, "pulse", pulse)
    stage.play(*[fail] * (host.FAILURES_IN_A_ROW - 1), last_failure)
    assert ProcessState.RESTING in states
    last = stage.telemetry.last_tick()
    assert last is not None
    assert last.tick == host.FAILURES_IN_A_ROW


def test_telemetry_tells_what_readers_made_of_the_results(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(cadence_s=0.001))

    def publish(ctx: RegionContext) -> None:
        ctx.publish("results", ("a",), 1)
        stage.results.peek(("a",))
        stage.results.peek(("b",))

    stage.play(publish)
    last = stage.telemetry.last_tick()
    assert last is not None
    assert (last.published, last.consumed_since_last, last.misses_since_last) == (1, 1, 1)
    assert last.consumption_fraction == 1.0


def test_a_running_tick_can_be_seen_from_outside(stage: Stage) -> None:
    seen: list[float | None] = []
    stage.play(lambda ctx: seen.append(stage.telemetry.tick_running_s()))
    assert seen[0] is not None
    assert seen[0] >= 0
    assert stage.telemetry.tick_running_s() is None
    assert stage.telemetry.pulse().state is ProcessState.ENDED


def test_a_full_buffer_gives_up_what_is_stale_before_it_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[BaseException] = []

    def overfill(ctx: RegionContext) -> None:
        for key in ("a", "b"):
            ctx.publish("results", (key,), 1)
        try:
            ctx.publish("results", ("c",), 1)
        except BufferFull as full:
            caught.append(full)
        monkeypatch.setattr("substrate.region.context.STALE_AFTER_S", (60.0, -1.0))
        ctx.publish("results", ("c",), 2)

    stage.play(overfill)
    assert len(caught) == 1
    staged = stage.results.peek(("c",))
    assert staged is not None
    assert staged.value == 2


def test_publishing_into_a_buffer_of_others_is_refused(stage: Stage) -> None:
    caught: list[SubstrateError] = []

    def meddle(ctx: RegionContext) -> None:
        try:
            ctx.publish("prefetch", ("a",), 1)
        except SubstrateError as error:
            caught.append(error)

    stage.play(meddle)
    assert "it writes: results" in caught[0].hint


def test_looking_at_a_buffer_that_nobody_writes_finds_nothing(stage: Stage) -> None:
    found: list[object] = []
    stage.play(lambda ctx: found.append(ctx.peek("prefetch", ("a",))))
    assert found == [None]


def test_a_change_of_phase_is_signalled_to_who_responds_to_it(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(phase=Phase.SLEEP, cadence_s=0.001))
    stage.play(nothing)
    assert Scripted.signals == [RegionSignal.SLEEP_PHASE_CHANGED]


def test_the_region_is_closed_on_an_orderly_end(stage: Stage) -> None:
    stage.play(nothing)
    assert Scripted.closed == [True]


def test_beside_a_decoding_lane_only_events_are_answered_and_briefly(stage: Stage) -> None:
    stage.policies.write(Scripted.id, Policy(cadence_s=0.001, budget_s=0.05, event_ticks_only=True))
    policies: list[Policy] = []
    texts: list[str] = []

    def alone(ctx: RegionContext) -> None:
        policies.append(ctx.policy)
        stage.lane.set(True)
        stage.say("during the reply")

    def beside(ctx: RegionContext) -> None:
        policies.append(ctx.policy)
        texts.extend(event.text for event in ctx.events)

    stage.play(alone, beside)
    assert [policy.event_ticks_only for policy in policies] == [False, True]
    assert policies[1].budget_s == host.QUIET_BUDGET_S
    assert texts == ["during the reply"]


def test_a_class_that_is_no_region_is_an_error_that_names_it(stage: Stage) -> None:
    wrong = replace(stage.spec.regions[0], class_path="substrate.region.contract:Policy")
    name = stage.run_directory.segment_name(telemetry_role(Scripted.id))
    telemetry = TelemetryWriter(ReadyBuffer.adopt(name))
    with pytest.raises(SubstrateError, match="contract:Policy is a Policy, not a BrainRegion"):
        RegionHost(stage.spec, wrong, RunDirectory.open(stage.run_directory.path), telemetry)
    telemetry.close()


def test_monotonic_clock_is_the_one_of_telemetry(stage: Stage) -> None:
    before_ns = time.monotonic_ns()
    stage.play(nothing)
    last = stage.telemetry.last_tick()
    assert last is not None
    assert before_ns <= last.started_at_ns <= time.monotonic_ns()


def test_an_error_about_a_path_that_is_not_utf_8_is_told_all_the_same(base: Path) -> None:
    run = RunDirectory.create(base)
    spec = telemetry_spec(RegionId("told"))
    buffer = ReadyBuffer.create(
        run.segment_name(spec.name), keys=spec.keys, value_bytes=spec.value_bytes, versions=spec.versions
    )
    telemetry = TelemetryWriter(buffer)
    telemetry.pulse(Pulse(ProcessState.FAILED, message="cannot open h\udcffme", hint="\udcff" * 1000))
    assert TelemetryReader(buffer).pulse().message == "cannot open h?me"
    telemetry.close()
    run.close()


def test_a_copied_seed_keeps_no_region_from_running(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Neither one that hears of a change, nor one that begins anew."""
    home = stage.spec.home
    create_seed(home, PersonaDescription("Zoe", "a pilot"), enrolled=True)
    met: list[tuple[str, ...]] = []

    def meet(ctx: RegionContext) -> None:
        met.append(tuple(persona.name for persona in ctx.personas))
        if len(met) == 1:
            (seed,) = (home / "personas").iterdir()
            shutil.copytree(seed, home / "personas" / "a copy")
            stage.ring.append(EventKind.PERSONA, 0, "", "Zoe", "created")

    stage.play(meet, meet)
    stage.play(meet)
    assert met == [("Zoe",), ("Zoe",), ()]
    assert caplog.text.count("two seeds name the same persona 'Zoe'") == 2
