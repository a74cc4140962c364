"""The time that a question speaks of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from substrate.memory.features import words_of
from substrate.memory.moments import Span, span_asked_about
from substrate.memory.settings import DAY_S
from tests.substrate.memory.memory_of import NOW_S, memory_of, recalled_texts, remark

_NOW = datetime(2024, 3, 13, 15, 30)
"""A Wednesday."""


def span_of(text: str) -> Span | None:
    return span_asked_about(text, words_of(text), _NOW.timestamp())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("What did she show us on October 13, 2023?", "2023-10-13", "2023-10-13"),
        ("What did she show us on the 13th of October?", "2023-10-13", "2023-10-13"),
        ("Where were we on 2 March?", "2024-03-02", "2024-03-02"),
        ("When did they go camping in June?", "2023-06-01", "2023-06-30"),
        ("What broke in February 2024?", "2024-02-01", "2024-02-29"),
        ("What broke in December?", "2023-12-01", "2023-12-31"),
        ("What was new in 2022?", "2022-01-01", "2022-12-31"),
        ("What did I say yesterday?", "2024-03-12", "2024-03-12"),
        ("Who came last week?", "2024-03-04", "2024-03-10"),
        ("Who came last weekend?", "2024-03-09", "2024-03-10"),
        ("What did we spend last month?", "2024-02-01", "2024-02-29"),
        ("What was that on Monday?", "2024-03-11", "2024-03-11"),
        ("What was that two weeks ago?", "2024-02-25", "2024-03-02"),
    ],
)
def test_a_time_is_read_as_the_last_one_that_has_begun(text: str, first: str, last: str) -> None:
    span = span_of(text)
    assert span is not None
    assert datetime.fromtimestamp(span.from_s).strftime("%Y-%m-%d %H:%M") == f"{first} 00:00"
    assert datetime.fromtimestamp(span.to_s - 1).strftime("%Y-%m-%d") == last


@pytest.mark.parametrize(
    "text",
    [
        "How are you today?",
        "It may rain.",
        "on 30 February",
        "in June 2031",
        "99999 years ago",
        "march on!",
    ],
)
def test_what_is_no_time_or_is_still_to_come_says_nothing(text: str) -> None:
    assert span_of(text) is None


def test_what_was_said_at_the_time_asked_about_comes_first(tmp_path: Path) -> None:
    now = datetime.fromtimestamp(NOW_S)
    month = datetime(now.year, now.month, 1).timestamp() - 60 * DAY_S
    trips = [
        remark(number, f"We went on a trip to {place}.", at_s=month - number * 40 * DAY_S)
        for number, place in enumerate(("Lisbon", "Bergen", "Ghent", "Turin"))
        if number
    ]
    store = memory_of(tmp_path, trips)
    for trip in trips:
        when = datetime.fromtimestamp(trip.said_at_s).strftime("%d %B %Y")
        assert recalled_texts(store, f"Where did we go on {when}?")[0] == trip.text
    store.close()
