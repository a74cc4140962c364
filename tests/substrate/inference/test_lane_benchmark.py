"""What the benchmark of depth reports would show it if a turn read anything twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._lane_depth import Floor, next_turns
from benchmarks._lane_setup import Bench, prompt_reader
from substrate.inference.jobs import Jobs

TURNS = 3


def read_again(path: Path) -> list[int]:
    """Of each turn of a conversation that begins at no history."""
    bench = Bench(path, threads=1, rounds=1, turns=TURNS, depths=(0,))
    with bench.model() as model, bench.lane() as lane:
        reader = prompt_reader(model)
        floor = Floor(model, reader, 1, flash=lane.flash_attention)
        try:
            return [turn.read_again for turn in next_turns(lane, floor, reader, 0, TURNS)]
        finally:
            floor.close()


def test_a_settled_turn_reads_what_the_floor_reads(tiny_model: Path) -> None:
    assert read_again(tiny_model) == [0] * TURNS


def test_turns_that_are_not_settled_are_seen_in_the_figures(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path
) -> None:
    monkeypatch.setattr(Jobs, "_settle", lambda *_: None)
    first, *later = read_again(tiny_model)
    assert first == 0
    assert min(later) > 10
