"""The governor on real segments and a clock of the test's own, without any process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from governor.governor import Governor, GovernorSettings, policy_for
from governor.host_tiers import TIERS, HostTier, tier_of
from governor.pressure import HostReading
from substrate.instance import InstanceSpec, ModelSettings, PhaseTimes
from substrate.region.contract import (
    BufferSpec,
    CadenceHint,
    EventKind,
    Phase,
    Policy,
    PressureLevel,
    RegionId,
    RegionSpec,
    RegionTelemetry,
)
from substrate.region.policy import POLICY_SPEC, PolicyReader
from substrate.region.roles import EVENT_RING, telemetry_role
from substrate.region.telemetry import TelemetryWriter
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.segments import create_segments

SMALL, MEDIUM, LARGE = TIERS
MEMORY, DREAMS = RegionId("memory"), RegionId("dreams")
PHASES = PhaseTimes(idle_after_s=30.0, sleep_after_s=300.0)


@dataclass(slots=True)
class Clock:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(slots=True)
class Mind:
    """Segments of two regions, their sides of them, and a governor."""

    run: RunDirectory
    clock: Clock
    governor: Governor
    ring: EventRing
    buffers: dict[RegionId, ReadyBuffer]
    readers: dict[RegionId, ReadyBuffer]
    policies: dict[RegionId, PolicyReader]
    telemetry: dict[RegionId, TelemetryWriter]
    reading: list[HostReading] = field(default_factory=lambda: [HostReading(0.5, 0.1)])

    def pass_(self, seconds: float) -> float:
        """Let time pass and step; returns when the governor wants the next step."""
        self.clock.now_s += seconds
        return self.governor.step()

    def event(self) -> None:
        self.ring.append(EventKind.MESSAGE, 1, "general", "joel", "hi")

    def policy(self, region: RegionId = MEMORY) -> Policy:
        return self.policies[region].read()


@pytest.fixture
def mind(base: Path) -> Iterator[Mind]:
    run = RunDirectory.create(base)
    regions = tuple(
        RegionSpec(
            region, "nowhere:Nothing", (BufferSpec(f"{region}-out", 8, 64),), frozenset(EventKind), 5.0
        )
        for region in (MEMORY, DREAMS)
    )
    spec = InstanceSpec(
        Path("/nowhere"), run.path, "s", (), ModelSettings(None, "none"), regions, phases=PHASES
    )
    try:
        create_segments(run, spec)
        clock = Clock()
        reading = [HostReading(0.5, 0.1)]
        made = Mind(
            run,
            clock,
            Governor(spec, run, tier=MEDIUM, clock=clock, host=lambda: reading[0]),
            EventRing.adopt(run.segment_name(EVENT_RING)),
            {region.id: ReadyBuffer.adopt(run.segment_name(f"{region.id}-out")) for region in regions},
            {region.id: ReadyBuffer.attach(run.segment_name(f"{region.id}-out")) for region in regions},
            {
                region.id: PolicyReader(
                    ReadyBuffer.attach(run.segment_name(POLICY_SPEC.name), observer=True), region.id
                )
                for region in regions
            },
            {
                region.id: TelemetryWriter(ReadyBuffer.adopt(run.segment_name(telemetry_role(region.id))))
                for region in regions
            },
            reading,
        )
        yield made
        made.governor.close()
        made.ring.close()
    finally:
        run.close()


def test_the_phase_follows_the_time_since_the_last_event(mind: Mind) -> None:
    mind.governor.step()
    assert (mind.policy().phase, mind.policy().cadence_s) == (Phase.ACTIVE, PHASES.active_cadence_s)
    mind.pass_(31.0)
    assert (mind.policy().phase, mind.policy().cadence_s) == (Phase.IDLE, PHASES.idle_cadence_s)
    mind.pass_(300.0)
    assert (mind.policy().phase, mind.policy().cadence_s) == (Phase.SLEEP, PHASES.sleep_cadence_s)


def test_an_event_wakes_the_mind_at_once(mind: Mind) -> None:
    mind.governor.step()
    mind.pass_(400.0)
    assert not mind.governor.has_news()
    mind.event()
    assert mind.governor.has_news()
    mind.governor.step()
    assert mind.policy().phase is Phase.ACTIVE


def test_a_sleeping_region_is_rung_when_its_cadence_shortens(mind: Mind) -> None:
    mind.governor.step()
    mind.pass_(400.0)
    bell = Doorbell.adopt(mind.run, MEMORY)
    mind.event()
    # The look before the sleep is the moment at which the region is asleep for everybody else.
    wake = bell.wait(5.0, look=lambda: mind.governor.step() < 0)
    assert wake.rung
    bell.close()


def test_a_quiet_mind_is_looked_at_ever_more_seldom(mind: Mind) -> None:
    settings = GovernorSettings()
    assert mind.governor.step() <= settings.active_step_s
    assert settings.active_step_s < mind.pass_(40.0) <= settings.idle_step_s
    assert mind.pass_(300.0) == settings.sleep_step_s


def test_steps_before_their_time_change_nothing(mind: Mind) -> None:
    mind.governor.step()
    steps = mind.governor.status()["steps"]
    left_s = mind.pass_(0.01)
    assert 0 < left_s < GovernorSettings().active_step_s
    assert mind.governor.status()["steps"] == steps


def test_the_region_whose_results_are_used_thinks_more_often(mind: Mind) -> None:
    for number in range(40):
        for region in (MEMORY, DREAMS):
            mind.buffers[region].publish(("key",), number)
        mind.readers[MEMORY].peek(("key",))
        mind.readers[DREAMS].peek(("another",))
        mind.event()
        mind.pass_(0.3)
    used, unused = mind.policy(MEMORY), mind.policy(DREAMS)
    assert used.weight > 1.2 > 0.8 > unused.weight
    assert used.cadence_s < unused.cadence_s
    assert used.budget_s > unused.budget_s
    yields = mind.governor.yields()
    assert yields[MEMORY]["hit_rate"] > 0.9 > 0.1 > yields[DREAMS]["hit_rate"]


def test_pressure_stretches_the_cadence(mind: Mind) -> None:
    mind.governor.step()
    mind.reading[0] = HostReading(memory_available=0.01, load=0.5)
    mind.event()
    mind.pass_(3.0)
    assert mind.policy().pressure is PressureLevel.CRITICAL
    assert mind.policy().cadence_s == pytest.approx(10 * PHASES.active_cadence_s)


def test_a_region_that_is_behind_gets_its_wish(mind: Mind) -> None:
    telemetry = RegionTelemetry(MEMORY, "", 1, 1, 0.01, 0, 0, 0, PressureLevel.NOMINAL, CadenceHint.FASTER)
    mind.telemetry[MEMORY].last_tick(telemetry)
    mind.governor.step()
    assert mind.policy(MEMORY).cadence_s < mind.policy(DREAMS).cadence_s


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("weight", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("hint", list(CadenceHint))
@pytest.mark.parametrize("phase", list(Phase))
def test_no_policy_leaves_the_bounds_of_its_tier(
    tier: HostTier, weight: float, hint: CadenceHint, phase: Phase
) -> None:
    policy = policy_for(phase, PressureLevel.HIGH, hint, weight, PHASES, tier, GovernorSettings())
    assert tier.fastest_cadence_s <= policy.cadence_s <= PHASES.sleep_cadence_s
    assert 0 < policy.budget_s <= min(tier.most_budget_s, policy.cadence_s)


def test_a_small_host_is_told_to_keep_quiet_beside_the_lane() -> None:
    def quiet(tier: HostTier) -> bool:
        return policy_for(
            Phase.ACTIVE, PressureLevel.NOMINAL, CadenceHint.HOLD, 1.0, PHASES, tier, GovernorSettings()
        ).event_ticks_only

    assert (quiet(SMALL), quiet(MEDIUM), quiet(LARGE)) == (True, False, False)


@pytest.mark.parametrize(
    ("cores", "gib", "name"),
    [
        (2, 4, "small"),
        (4, 64, "small"),
        (16, 8, "small"),
        (8, 32, "medium"),
        (64, 16, "medium"),
        (32, 64, "large"),
    ],
)
def test_cores_and_memory_choose_the_tier(cores: int, gib: int, name: str) -> None:
    assert tier_of(cores, gib * 1024**3).name == name
