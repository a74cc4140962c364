"""The governor: from telemetry and events to one policy per region.

It decides three things. The *phase* of the whole mind comes from the time since the last event. The *cadence*
and *budget* of each region come from the phase, from how much of the region's results is used, from what the
region wishes, and from how short of resources the host is, within the bounds of the host's tier.

It never stands between an event and a region: events ring the regions' own doorbells. A region that is woken
out of idleness rings the governor after its tick. So when all sleep, the governor sleeps too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from governor.host_tiers import HostTier, this_host
from governor.pressure import HostReading, PressureGauge, read_host
from governor.yield_learning import Use, YieldLearner
from substrate.instance import InstanceSpec, PhaseTimes
from substrate.region.contract import CadenceHint, Phase, Policy, PressureLevel, RegionSpec
from substrate.region.policy import POLICY_SPEC, PolicyBoard
from substrate.region.roles import EVENT_RING, telemetry_role
from substrate.region.telemetry import TelemetryReader
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory


@dataclass(frozen=True, slots=True)
class GovernorSettings:
    """How often the governor looks, in seconds, and how it turns wishes and pressure into cadence."""

    active_step_s: float = 0.25
    idle_step_s: float = 2.0
    sleep_step_s: float = 60.0
    pressure_every_s: float = 2.0
    faster_factor: float = 0.5
    slower_factor: float = 2.0
    pressure_factors: tuple[float, float, float, float] = (1.0, 1.5, 3.0, 10.0)
    """By what the cadence is stretched at each PressureLevel."""


@dataclass(slots=True)
class _Watched:
    """A region as the governor follows it."""

    spec: RegionSpec
    telemetry: TelemetryReader
    buffers: tuple[ReadyBuffer, ...]
    bell: Doorbell
    seen: Use = field(default_factory=lambda: Use(0, 0, 0, 0))
    policy: Policy = field(default_factory=Policy)

    def use_so_far(self) -> Use:
        counters = [buffer.counters() for buffer in self.buffers]
        return Use(
            sum(c.published for c in counters),
            sum(c.consumed for c in counters),
            sum(c.hits for c in counters),
            sum(c.misses for c in counters),
        )


class Governor:
    """Implements substrate.supervisor.governor_port.GovernorPort."""

    def __init__(
        self,
        spec: InstanceSpec,
        run: RunDirectory,
        *,
        settings: GovernorSettings | None = None,
        tier: HostTier | None = None,
        learner: YieldLearner | None = None,
        gauge: PressureGauge | None = None,
        clock: Callable[[], float] = time.monotonic,
        host: Callable[[], HostReading] = read_host,
    ) -> None:
        """Attaches to the segments of a booting instance; becomes the one writer of its policies."""
        self._settings = settings or GovernorSettings()
        self._tier = tier or this_host()
        self._learner = learner or YieldLearner()
        self._gauge = gauge or PressureGauge()
        self._clock = clock
        self._host = host
        self._phases = spec.phases
        self._board = PolicyBoard(ReadyBuffer.adopt(run.segment_name(POLICY_SPEC.name)))
        self._ring = EventRing.attach(run.segment_name(EVENT_RING), after=0)
        self._watched = {region.id: _watch(run, region) for region in spec.regions}
        self._learner.add(self._watched)
        self._lock = threading.Lock()
        self._seen_head = self._ring.head()
        self._last_event_s = clock()
        self._next_step_s = self._next_pressure_s = clock()
        self._pressure = PressureLevel.NOMINAL
        self._reading = HostReading(1.0, 0.0)
        self._phase = Phase.ACTIVE
        self._steps = 0

    def has_news(self) -> bool:
        """Whether an event asks for another phase; while active, the next step is soon enough for it."""
        return self._phase is not Phase.ACTIVE and self._ring.head() != self._seen_head

    def step(self) -> float:
        """Look, learn and decide, if it is time to; returns seconds until the next step."""
        now_s = self._clock()
        if now_s < self._next_step_s and not self.has_news():
            return self._next_step_s - now_s
        with self._lock:
            self._steps += 1
            self._note_events(now_s)
            self._phase = phase_at(now_s - self._last_event_s, self._phases)
            if now_s >= self._next_pressure_s:
                self._reading = self._host()
                self._pressure = self._gauge.take(self._reading)
                self._next_pressure_s = now_s + self._settings.pressure_every_s
            for region in self._watched.values():
                self._learn(region)
            learnt = self._learner.learnt()
            for region in self._watched.values():
                self._decide(region, learnt[region.spec.id].weight)
        wanted_s = self._until_next_step_s(now_s)
        self._next_step_s = now_s + wanted_s
        return wanted_s

    def status(self) -> dict[str, Any]:
        with self._lock:
            return {
                "phase": self._phase.name.lower(),
                "last_event_age_s": self._clock() - self._last_event_s,
                "pressure": self._pressure.name.lower(),
                "host": {
                    "memory_available": self._reading.memory_available,
                    "load": self._reading.load,
                    **asdict(self._tier),
                },
                "steps": self._steps,
                "regions": {
                    name: {
                        "cadence_s": region.policy.cadence_s,
                        "budget_s": region.policy.budget_s,
                        "weight": region.policy.weight,
                    }
                    for name, region in self._watched.items()
                },
            }

    def yields(self) -> dict[str, Any]:
        with self._lock:
            return {
                name: {"weight": known.weight, "yield": known.yield_, "hit_rate": known.hit_rate}
                for name, known in self._learner.learnt().items()
            }

    def close(self) -> None:
        self._board.close()
        self._ring.close()
        for region in self._watched.values():
            region.telemetry.close()
            region.bell.close()
            for buffer in region.buffers:
                buffer.close()

    def _note_events(self, now_s: float) -> None:
        head = self._ring.head()
        if head != self._seen_head:
            self._seen_head = head
            self._last_event_s = now_s

    def _learn(self, region: _Watched) -> None:
        use = region.use_so_far()
        seen, region.seen = region.seen, use
        self._learner.observe(
            region.spec.id,
            Use(
                use.published - seen.published,
                use.consumed - seen.consumed,
                use.hits - seen.hits,
                use.misses - seen.misses,
            ),
        )

    def _decide(self, region: _Watched, weight: float) -> None:
        last = region.telemetry.last_tick()
        hint = CadenceHint.HOLD if last is None else last.hint
        before = region.policy
        region.policy = policy_for(
            self._phase, self._pressure, hint, weight, self._phases, self._tier, self._settings
        )
        if self._board.write(region.spec.id, region.policy) and region.policy.cadence_s < before.cadence_s:
            region.bell.ring()  # it may be asleep for longer than it now should be

    def _until_next_step_s(self, now_s: float) -> float:
        """Until the phase changes by itself, or the next look is due."""
        quiet_s = now_s - self._last_event_s
        if self._phase is Phase.ACTIVE:
            return min(
                self._settings.active_step_s, max(self._phases.idle_after_s - quiet_s, 0.0) + _MARGIN_S
            )
        if self._phase is Phase.IDLE:
            return min(self._settings.idle_step_s, max(self._phases.sleep_after_s - quiet_s, 0.0) + _MARGIN_S)
        return self._settings.sleep_step_s


_MARGIN_S = 0.001
"""Past the change of the phase, not a rounding error before it."""


def phase_at(quiet_s: float, phases: PhaseTimes) -> Phase:
    """The phase after `quiet_s` seconds without an event."""
    if quiet_s >= phases.sleep_after_s:
        return Phase.SLEEP
    return Phase.IDLE if quiet_s >= phases.idle_after_s else Phase.ACTIVE


def policy_for(
    phase: Phase,
    pressure: PressureLevel,
    hint: CadenceHint,
    weight: float,
    phases: PhaseTimes,
    tier: HostTier,
    settings: GovernorSettings,
) -> Policy:
    """The policy of one region; pure, so that each influence can be looked at alone."""
    cadence_s = {
        Phase.ACTIVE: phases.active_cadence_s,
        Phase.IDLE: phases.idle_cadence_s,
        Phase.SLEEP: phases.sleep_cadence_s,
    }[phase]
    if hint is CadenceHint.SLEEP:
        cadence_s = phases.sleep_cadence_s
    elif hint is CadenceHint.FASTER:
        cadence_s *= settings.faster_factor
    elif hint is CadenceHint.SLOWER:
        cadence_s *= settings.slower_factor
    cadence_s *= settings.pressure_factors[pressure] / weight
    slowest_s = max(phases.sleep_cadence_s, tier.fastest_cadence_s)
    cadence_s = min(max(cadence_s, tier.fastest_cadence_s), slowest_s)
    budget_s = min(tier.budget_s * weight, tier.most_budget_s)
    if phase is not Phase.ACTIVE:
        budget_s = tier.most_budget_s  # nobody waits for the processor: the time for what is long
    return Policy(
        phase=phase,
        pressure=pressure,
        cadence_s=round(cadence_s, 3),
        budget_s=round(min(budget_s, cadence_s), 4),
        weight=round(weight, 2),
        event_ticks_only=tier.quiet_while_decoding,
    )


def _watch(run: RunDirectory, region: RegionSpec) -> _Watched:
    def observer(role: str) -> ReadyBuffer:
        return ReadyBuffer.attach(run.segment_name(role), observer=True)

    return _Watched(
        region,
        TelemetryReader(observer(telemetry_role(region.id))),
        tuple(observer(buffer.name) for buffer in region.buffers),
        Doorbell.attach(run, region.id),
    )
