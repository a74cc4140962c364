"""A prompt fits the context, and reading it takes bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from substrate.inference import Rates
from substrate.persona.budget import BudgetSettings, ContextTooSmall, prompt_budget

UNMEASURED = Rates(0.0, 0.0)


@given(
    context=st.integers(64, 200_000),
    identity=st.integers(0, 4000),
    reply=st.integers(1, 4000),
    rate=st.floats(0.0, 1e5),
)
def test_all_parts_together_never_exceed_the_context(
    context: int, identity: int, reply: int, rate: float
) -> None:
    try:
        budget = prompt_budget(context, identity, reply, Rates(rate, rate))
    except ContextTooSmall:
        assert context - identity < BudgetSettings().least_tokens
        return
    assert min(budget.history, budget.memory, budget.reply) >= 0
    assert identity + budget.history + budget.memory + budget.reply <= context


def test_a_larger_context_gives_more_history() -> None:
    small = prompt_budget(2048, 100, 320, UNMEASURED)
    large = prompt_budget(32768, 100, 320, UNMEASURED)
    assert large.history > 10 * small.history


def test_a_slow_engine_reads_no_more_than_time_allows() -> None:
    settings = BudgetSettings()
    slow = prompt_budget(32768, 100, 320, Rates(50.0, 5.0))
    assert slow.memory == 50 * settings.memory_read_s
    assert slow.history == 50 * settings.cold_read_s


def test_an_identity_that_fills_the_context_is_refused_with_both_sizes() -> None:
    with pytest.raises(ContextTooSmall, match=r"500 of the model's 512"):
        prompt_budget(512, 500, 320, UNMEASURED)
