"""How fast a run learns, and on what, from its first token to its last."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from training.train import Plan

PLAN = Plan(tokens=80_000_000)


def test_the_rate_rises_at_first_and_falls_to_nothing_from_a_quarter_of_the_run_on() -> None:
    assert [PLAN.rate_factor(step, 0, 1.0) for step in (0, 49, 99)] == pytest.approx([0.01, 0.5, 1.0])
    seen = [int(share * PLAN.tokens) for share in (0.24, 0.25, 0.625, 1.0)]
    assert [PLAN.rate_factor(1000, tokens, 1.0) for tokens in seen] == pytest.approx([1.0, 0.5, 0.25, 0.01])


def test_a_budget_of_time_brings_the_rate_to_nothing_as_well() -> None:
    assert [PLAN.rate_factor(1000, 0, left) for left in (1.0, 0.5, 0.0)] == pytest.approx([1.0, 0.5, 0.02])


def test_the_late_block_grows_and_long_conversations_come_last() -> None:
    seen = (0, PLAN.short_tokens, PLAN.short_tokens + PLAN.ramp_tokens, int(0.95 * PLAN.tokens))
    planned = [PLAN.difficulty(tokens, 1.0) for tokens in seen]
    assert [one.most_memories for one in planned] == [6, 6, 20, 20]
    assert planned[-1].long_share > planned[-2].long_share > planned[0].long_share == 0.0
