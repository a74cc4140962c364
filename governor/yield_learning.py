"""Learns which regions' results are used, and weighs them accordingly.

Per region two shares are followed: of what was published, how much was peeked at (yield); of what
was peeked for, how much was there (hit rate). Both are ratios of moving sums rather than moving averages of
ratios: a value is often consumed a step after it was published, and a step in which one thing was published
must not count as much as one with a hundred.

    signal = 0.6 yield + 0.4 hit rate            the weight moves toward 0.5 + signal

The weights have the mean 1, so giving one region more takes from the others. Now and then one
weight is nudged at random: a region that is given too little to show its use gets its chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from substrate.region.contract import RegionId


@dataclass(frozen=True, slots=True)
class YieldSettings:
    """First constants; those of design algorithm 7 where it names them."""

    yield_share: float = 0.6
    hit_share: float = 0.4
    base: float = 0.5
    """What a region without any use moves toward, before normalising."""
    learning_rate: float = 0.5
    """How much of the moving sums one observation replaces."""
    weight_rate: float = 0.3
    """How far a weight moves toward its target per observation, as a share of the learning rate."""
    epsilon: float = 0.05
    """How often, per observation, a weight is nudged."""
    nudge: float = 0.1
    """The largest nudge, up or down, as a share of the weight."""
    least_weight: float = 0.2
    most_weight: float = 3.0


@dataclass(frozen=True, slots=True)
class Use:
    """What happened to a region's results since the last observation. Counts."""

    published: int
    consumed: int
    hits: int
    misses: int

    @property
    def is_evidence(self) -> bool:
        return bool(self.published or self.consumed or self.hits or self.misses)


@dataclass(slots=True)
class _Region:
    """Moving sums, started so that a new region counts as half used."""

    published: float = 1.0
    consumed: float = 0.5
    hits: float = 0.5
    misses: float = 0.5
    raw_weight: float = 1.0

    def yield_(self) -> float:
        return min(1.0, self.consumed / self.published) if self.published > 0 else 0.0

    def hit_rate(self) -> float:
        looks = self.hits + self.misses
        return self.hits / looks if looks > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known about one region. `weight` is normalised; the shares lie in [0, 1]."""

    weight: float
    yield_: float
    hit_rate: float


@dataclass(slots=True)
class YieldLearner:
    """The weights of the regions. `chance` draws the perturbations; seed it in tests."""

    settings: YieldSettings = field(default_factory=YieldSettings)
    chance: random.Random = field(default_factory=random.Random)
    _regions: dict[RegionId, _Region] = field(default_factory=dict)

    def add(self, regions: Iterable[RegionId]) -> None:
        """Make regions known."""
        for region in regions:
            self._regions.setdefault(region, _Region())

    def observe(self, region: RegionId, use: Use) -> None:
        """Learn from what happened since the last observation; without evidence nothing changes."""
        if not use.is_evidence:
            return
        settings, known = self.settings, self._regions[region]
        kept = 1.0 - settings.learning_rate
        # Each share by its own evidence: sums that are only ever halved would come to nothing.
        if use.published or use.consumed:
            known.published = kept * known.published + use.published
            known.consumed = kept * known.consumed + use.consumed
        if use.hits or use.misses:
            known.hits = kept * known.hits + use.hits
            known.misses = kept * known.misses + use.misses
        signal = settings.yield_share * known.yield_() + settings.hit_share * known.hit_rate()
        step = settings.weight_rate * settings.learning_rate
        known.raw_weight += step * (settings.base + signal - known.raw_weight)
        if self.chance.random() < settings.epsilon:
            known.raw_weight *= 1.0 + self.chance.uniform(-settings.nudge, settings.nudge)

    def learnt(self) -> dict[RegionId, Learnt]:
        """What is known now, by region; the weights have the mean 1 unless a bound held one back."""
        regions = self._regions
        if not regions:
            return {}
        mean = sum(region.raw_weight for region in regions.values()) / len(regions)
        low, high = self.settings.least_weight, self.settings.most_weight
        return {
            name: Learnt(min(max(region.raw_weight / mean, low), high), region.yield_(), region.hit_rate())
            for name, region in regions.items()
        }
