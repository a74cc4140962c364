from __future__ import annotations

import random

import pytest

from governor.yield_learning import Use, YieldLearner, YieldSettings
from substrate.region.contract import RegionId

USED, UNUSED, HALF = RegionId("used"), RegionId("unused"), RegionId("half")
STEADY = YieldSettings(epsilon=0.0)


def learner(settings: YieldSettings = STEADY) -> YieldLearner:
    made = YieldLearner(settings, random.Random(7))
    made.add([USED, UNUSED, HALF])
    return made


def tick(taught: YieldLearner, shares: dict[RegionId, float], chance: random.Random) -> None:
    """One step of simulated consumption: ten values published by each, looked for ten times."""
    for region, share in shares.items():
        taken = sum(chance.random() < share for _ in range(10))
        taught.observe(region, Use(10, taken, taken, 10 - taken))


def weights(taught: YieldLearner) -> dict[RegionId, float]:
    return {region: known.weight for region, known in taught.learnt().items()}


def test_weights_converge_to_what_consumption_asks_for_within_100_ticks() -> None:
    taught, chance = learner(), random.Random(1)
    for _ in range(100):
        tick(taught, {USED: 1.0, HALF: 0.5, UNUSED: 0.0}, chance)
    found = weights(taught)
    # Raw targets 1.5, 1.0 and 0.5, whose mean is 1 already.
    assert found[USED] == pytest.approx(1.5, abs=0.1)
    assert found[HALF] == pytest.approx(1.0, abs=0.15)
    assert found[UNUSED] == pytest.approx(0.5, abs=0.1)


def test_a_changed_activity_is_followed_within_a_few_seconds_of_steps() -> None:
    taught, chance = learner(), random.Random(2)
    for _ in range(100):
        tick(taught, {USED: 0.9, UNUSED: 0.1, HALF: 0.5}, chance)
    for _ in range(16):  # 4 s at the active step of 0.25 s
        tick(taught, {USED: 0.1, UNUSED: 0.9, HALF: 0.5}, chance)
    found = weights(taught)
    assert found[UNUSED] > found[HALF] > found[USED]


def test_the_mean_weight_stays_one_while_exploring() -> None:
    taught, chance = learner(YieldSettings(epsilon=0.5)), random.Random(3)
    for _ in range(300):
        tick(taught, {USED: 0.8, UNUSED: 0.0, HALF: 0.5}, chance)
        assert sum(weights(taught).values()) / 3 == pytest.approx(1.0)


def test_exploring_moves_weights_that_evidence_leaves_alone() -> None:
    seen = set()
    taught, chance = learner(YieldSettings(epsilon=0.5)), random.Random(4)
    for _ in range(50):
        tick(taught, {USED: 1.0, UNUSED: 1.0, HALF: 1.0}, chance)
        seen.add(round(weights(taught)[USED], 3))
    assert len(seen) > 10


def test_silence_teaches_nothing() -> None:
    taught, chance = learner(), random.Random(5)
    for _ in range(50):
        tick(taught, {USED: 1.0, UNUSED: 0.0, HALF: 0.5}, chance)
    before = weights(taught)
    for _ in range(1000):
        for region in (USED, UNUSED, HALF):
            taught.observe(region, Use(0, 0, 0, 0))
    assert weights(taught) == before


def test_a_value_that_is_consumed_a_step_later_counts_as_used() -> None:
    taught = learner()
    for _ in range(50):
        taught.observe(USED, Use(1, 0, 0, 0))
        taught.observe(USED, Use(0, 1, 1, 0))
    assert taught.learnt()[USED].yield_ > 0.6


def test_a_region_that_is_looked_at_while_nothing_is_published_stays_what_it_is_known_for() -> None:
    taught = learner()
    for _ in range(50):
        taught.observe(USED, Use(10, 10, 10, 0))
    known = taught.learnt()[USED]
    for _ in range(3000):
        taught.observe(USED, Use(0, 0, 1, 0))
    assert taught.learnt()[USED].yield_ == known.yield_ > 0.9
