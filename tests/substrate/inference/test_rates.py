"""Rates are those of the steps that say something about them."""

from __future__ import annotations

import pytest

from substrate.inference import Rates
from substrate.inference.rates import ENOUGH_ROWS, RateMeter


def test_nothing_is_claimed_before_it_was_measured() -> None:
    assert RateMeter().rates == Rates(0.0, 0.0)


def test_the_first_step_counts_as_it_is_and_later_ones_move_the_average() -> None:
    meter = RateMeter()
    meter.observe(prompt_rows=100, decode_rows=0, duration_s=1.0)
    meter.observe(prompt_rows=0, decode_rows=8, duration_s=0.1)
    assert meter.rates.prefill_tokens_per_s == pytest.approx(100.0)
    assert meter.rates.decode_tokens_per_s == pytest.approx(10.0)
    meter.observe(prompt_rows=200, decode_rows=0, duration_s=1.0)
    assert 100.0 < meter.rates.prefill_tokens_per_s < 200.0
    for _ in range(50):
        meter.observe(prompt_rows=200, decode_rows=0, duration_s=1.0)
    assert meter.rates.prefill_tokens_per_s == pytest.approx(200.0, rel=0.01)


def test_who_takes_turns_writes_in_every_nth_step_only() -> None:
    meter = RateMeter()
    meter.observe(prompt_rows=0, decode_rows=2, duration_s=0.1, turns=4)
    assert meter.rates.decode_tokens_per_s == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("prompt_rows", "decode_rows", "duration_s"),
    [(ENOUGH_ROWS - 1, 0, 1.0), (100, 3, 1.0), (100, 0, 0.0)],
    ids=["too few", "both at once", "no time"],
)
def test_steps_that_say_nothing_are_left_out(prompt_rows: int, decode_rows: int, duration_s: float) -> None:
    meter = RateMeter()
    meter.observe(prompt_rows=prompt_rows, decode_rows=decode_rows, duration_s=duration_s)
    assert meter.rates == Rates(0.0, 0.0)
