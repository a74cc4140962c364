"""Lists in flat arrays: what was appended is there, in order, whatever moved meanwhile."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from substrate.memory.runs import Runs

_Batches = st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(-99, 99)), max_size=12), max_size=12)


def filled(batches: list[list[tuple[int, int]]]) -> tuple[Runs, dict[int, list[int]]]:
    """Runs after these batches of (list, value), and what each list ought to hold."""
    runs, expected = Runs({"value": np.int16, "double": np.int32}), dict[int, list[int]]()
    for batch in batches:
        numbers, values = (np.array([entry[side] for entry in batch], np.int32) for side in range(2))
        runs.append(numbers, value=values, double=2 * values)
        for number, value in batch:
            expected.setdefault(number, []).append(value)
    return runs, expected


@given(_Batches)
def test_each_list_holds_its_entries_in_order(batches: list[list[tuple[int, int]]]) -> None:
    runs, expected = filled(batches)
    for number in range(8):
        assert runs.of(number, "value").tolist() == expected.get(number, [])
        assert runs.of(number, "double").tolist() == [2 * value for value in expected.get(number, [])]


@given(_Batches, st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=10), _Batches)
def test_removing_takes_out_one_entry_and_lists_go_on_growing(
    batches: list[list[tuple[int, int]]], removed: list[tuple[int, int]], more: list[list[tuple[int, int]]]
) -> None:
    runs, expected = filled(batches)
    for number, place in removed:
        if place < len(expected.get(number, [])):
            runs.remove(number, place)
            del expected[number][place]
    for number, value in (entry for batch in more for entry in batch):
        values = np.array([value], np.int32)
        runs.append(np.array([number], np.int32), value=values, double=2 * values)
        expected.setdefault(number, []).append(value)
    for number in range(8):
        assert runs.of(number, "value").tolist() == expected.get(number, [])


def test_a_run_left_behind_is_used_again() -> None:
    runs = Runs({"value": np.int32})
    for number in range(64):
        for value in range(9):
            runs.append(np.array([number], np.int32), value=np.array([value]))
    # 64 runs of 16, and of the smaller ones that each list grew through only what one list needs at a time.
    assert len(runs.field("value")) < 64 * 16 + 64
