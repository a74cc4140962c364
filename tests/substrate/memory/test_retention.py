"""What fades and what stays, with a fake clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from substrate.memory import MemorySettings
from substrate.memory.settings import DAY_S, CapacitySettings
from tests.substrate.memory.memory_of import NOW_S, memory_of, remark

SMALL = replace(MemorySettings(), capacity=CapacitySettings(engrams=20, slack=0.0))
MEETING = (
    "The gearbox needs another bearing before the load test.",
    "The bearing supplier cannot deliver the gearbox parts.",
    "Then the load test of the gearbox moves to Thursday.",
    "We can test the gearbox with the old bearing.",
)


def test_recency_halves_at_the_half_life_and_salience_stretches_it(tmp_path: Path) -> None:
    half_life_s = MemorySettings().decay.half_life_s
    store = memory_of(tmp_path, [remark(1, "It rains.", at_s=NOW_S), remark(2, "It pours.", at_s=NOW_S)])
    store.index.column("protected_until")[:] = 0.0
    store.set_salience([(2, 1.0)])

    recency = store.index.recency(NOW_S + half_life_s)

    assert float(recency[0]) == pytest.approx(0.5)
    assert float(recency[1]) == pytest.approx(0.5 ** (1 / 4))
    store.close()


def test_a_novel_remark_does_not_fade_for_a_day_and_then_does(tmp_path: Path) -> None:
    meeting = [remark(number, text, at_s=NOW_S) for number, text in enumerate(MEETING, 1)]
    store = memory_of(tmp_path, meeting[:1])
    for message in [*meeting[1:], remark(9, "Hotdogs, anyone?", at_s=NOW_S)]:
        store.admit([message])
    hotdogs, last_of_meeting = store.number("9.0"), store.number("4.0")

    assert float(store.index.recency(NOW_S + 0.9 * DAY_S)[hotdogs]) == 1.0
    assert float(store.index.recency(NOW_S + 0.9 * DAY_S)[last_of_meeting]) < 1.0
    assert float(store.index.recency(NOW_S + 2 * DAY_S)[hotdogs]) < 1.0
    store.close()


def test_a_full_memory_lets_small_talk_go_and_never_what_matters(tmp_path: Path) -> None:
    months_ago = NOW_S - 90 * DAY_S
    store = memory_of(
        tmp_path,
        [
            remark(number, f"Remark number {number} about nothing.", at_s=months_ago)
            for number in range(1, 40)
        ],
        SMALL,
    )
    store.set_salience([(1, 0.2), (2, 0.2)])

    gone = store.evict(NOW_S)

    assert gone == 19
    assert len(store) == 20
    assert {engram.row_id for engram in store.newest(100)} >= {1, 2}
    assert store.evict(NOW_S) == 0
    store.close()


def test_what_matters_stays_even_if_the_memory_then_stays_too_large(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(number, f"Fact {number}.") for number in range(1, 40)], SMALL)
    store.set_salience((number, 0.5) for number in range(1, 40))
    assert store.evict(NOW_S + DAY_S) == 0
    assert len(store) == 39
    store.close()


def test_what_was_evicted_stays_away_after_a_restart(tmp_path: Path) -> None:
    long_ago = NOW_S - 400 * DAY_S
    messages = [remark(number, f"Remark number {number}.", at_s=long_ago) for number in range(1, 40)]
    store = memory_of(tmp_path, messages, SMALL)
    store.evict(NOW_S)
    left = {engram.row_id for engram in store.newest(100)}
    store.close()
    again = memory_of(tmp_path, [], SMALL)
    assert {engram.row_id for engram in again.newest(100)} == left
    again.close()


@pytest.mark.parametrize("in_one_batch", [False, True])
def test_a_novel_remark_that_is_mentioned_again_within_the_day_stays_for_good(
    tmp_path: Path, in_one_batch: bool
) -> None:
    meeting = [remark(number, text, at_s=NOW_S) for number, text in enumerate(MEETING, 1)]
    hotdogs = remark(9, "Hotdogs, anyone?", at_s=NOW_S)
    again = remark(10, "I really want hotdogs now.", speaker="ana", at_s=NOW_S + 3600.0)
    llamas = remark(11, "My llama sings opera.", at_s=NOW_S)
    too_late = remark(12, "An opera with a singing llama?", speaker="ana", at_s=NOW_S + 3 * DAY_S)
    batches = [[*meeting, hotdogs, again, llamas, too_late]]
    store = memory_of(
        tmp_path, [], replace(MemorySettings(), capacity=CapacitySettings(engrams=2, slack=0.0))
    )
    for batch in batches if in_one_batch else [[message] for message in batches[0]]:
        store.admit(batch)
    store.close()
    store = memory_of(tmp_path, [], store.settings)

    store.evict(NOW_S + 300 * DAY_S)

    left = {engram.row_id for engram in store.newest(100)}
    assert 9 in left
    assert 11 not in left
    store.close()


def test_what_matters_is_known_after_a_restart_without_anybody_saying_so_again(tmp_path: Path) -> None:
    long_ago = NOW_S - 400 * DAY_S
    store = memory_of(
        tmp_path,
        [remark(number, f"Remark number {number}.", at_s=long_ago) for number in range(1, 40)],
        SMALL,
    )
    store.set_salience([(7, 0.3)])
    store.close()

    again = memory_of(tmp_path, [], SMALL)
    again.evict(NOW_S)

    assert again.engram("7.0").salience == pytest.approx(0.3)
    again.close()
