"""A wall clock that is set back or forward, by a user, a battery or a time server, with a fake clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from substrate.memory import EngramStore, MemorySettings, RecallQuery, recall
from substrate.memory.settings import DAY_S, HOUR_S, CapacitySettings
from tests.substrate.memory.memory_of import NOW_S, memory_of, remark

YEAR_S = 365 * DAY_S
TEXTS = ("The gearbox needs another bearing.", "The bearing supplier cannot deliver.", "Then Thursday it is.")


def recency_of(store: EngramStore, now_s: float, *engram_ids: str) -> list[float]:
    recency = store.index.recency(now_s)
    return [float(recency[store.number(engram_id)]) for engram_id in engram_ids]


@pytest.mark.parametrize("is_loaded", [False, True])
def test_what_was_said_by_a_clock_ahead_of_time_fades_from_when_the_clock_was_set_back(
    tmp_path: Path, is_loaded: bool
) -> None:
    store = memory_of(tmp_path, [remark(1, TEXTS[0], at_s=NOW_S - 90 * DAY_S)])
    store.admit([remark(2, TEXTS[1], at_s=NOW_S + 9 * YEAR_S)])
    store.admit([remark(3, TEXTS[2], at_s=NOW_S)])
    if is_loaded:
        store.close()
        store = memory_of(tmp_path, [])

    before, ahead, after = recency_of(store, NOW_S + 60 * DAY_S, "1.0", "2.0", "3.0")

    assert before < ahead == pytest.approx(after)
    assert after < 0.5
    store.close()


def test_with_nothing_said_since_what_is_ahead_of_time_is_as_old_as_now_and_no_younger(
    tmp_path: Path,
) -> None:
    store = memory_of(tmp_path, [remark(1, TEXTS[0], at_s=NOW_S + YEAR_S)])
    found = recall(store, RecallQuery("Which gearbox?", NOW_S))
    assert found.engrams[0].parts.recency == 0.0
    store.close()


def test_what_is_ahead_of_time_does_not_outrank_the_same_said_now(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "My dog is called Rex.", at_s=NOW_S + YEAR_S)])
    store.admit([remark(2, "My dog is called Bo.", at_s=NOW_S)])
    found = recall(store, RecallQuery("dog", NOW_S + 90 * DAY_S)).engrams
    ahead, now = sorted(found, key=lambda recalled: recalled.engram.row_id)
    assert ahead.parts.recency == pytest.approx(now.parts.recency) != 0.0
    store.close()


def test_what_was_said_by_a_clock_that_lost_its_time_is_no_older_than_what_came_before(
    tmp_path: Path,
) -> None:
    store = memory_of(tmp_path, [remark(1, TEXTS[0], at_s=NOW_S - DAY_S)])
    store.index.column("protected_until")[:] = 0.0
    store.admit([remark(2, TEXTS[1], at_s=1000.0), remark(3, TEXTS[2], at_s=NOW_S)])

    before, lost, after = recency_of(store, NOW_S, "1.0", "2.0", "3.0")

    assert before == lost < after == 1.0
    store.close()


def test_a_novel_remark_ahead_of_time_is_protected_for_a_day_and_no_longer(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "Hotdogs, anyone?", at_s=NOW_S + YEAR_S)])
    store.admit([remark(2, TEXTS[0], at_s=NOW_S)])
    assert recency_of(store, NOW_S + 0.5 * DAY_S, "1.0") == [1.0]
    assert recency_of(store, NOW_S + 30 * DAY_S, "1.0")[0] < 0.6
    store.close()


def test_what_is_ahead_of_time_leaves_a_full_memory_like_anything_else(tmp_path: Path) -> None:
    settings = replace(MemorySettings(), capacity=CapacitySettings(engrams=20, slack=0.0))
    ahead = [
        remark(number, f"Remark {number} about nothing.", at_s=NOW_S + YEAR_S + number)
        for number in range(1, 31)
    ]
    store = memory_of(tmp_path, ahead, settings)
    later_s = NOW_S + 200 * DAY_S
    store.admit(
        [remark(40, TEXTS[0], at_s=NOW_S)]
        + [remark(number, f"{TEXTS[1]} {number}", at_s=later_s) for number in range(50, 60)]
    )

    store.evict(later_s)

    assert len(store) == 20
    assert all(store.holds(f"{number}.0") for number in range(50, 60))
    store.close()


def test_a_small_step_back_goes_on_with_the_session_and_a_large_one_begins_another(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [
            remark(1, TEXTS[0], at_s=NOW_S),
            remark(2, TEXTS[1], speaker="ana", at_s=NOW_S - 5.0),
            remark(3, TEXTS[2], at_s=NOW_S - 9 * HOUR_S),
        ],
    )
    sessions = store.index.column("session").tolist()
    assert sessions[0] == sessions[1] != sessions[2]
    assert store.index.column("reply_to").tolist() == [-1, 0, -1]
    store.close()


def test_a_corrected_memory_is_as_old_as_it_was(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, TEXTS[0], at_s=NOW_S - 60 * DAY_S)])
    store.index.column("protected_until")[:] = 0.0
    store.admit([remark(2, TEXTS[1], at_s=NOW_S)])
    before = recency_of(store, NOW_S, "1.0")
    store.correct("1.0", "The gearbox needs two bearings.")
    store.index.column("protected_until")[:] = 0.0
    assert recency_of(store, NOW_S + HOUR_S, "1.0") == pytest.approx(before, abs=0.01)
    store.close()
