"""The time that a question speaks of: "in June", "on 13 October 2023", "yesterday", "two weeks ago".

What happened then was mostly said then, or soon after. English only, as the forms of speech are. What is said
of today or this week is left alone: it is mostly no question about the past.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
_SIGNS = frozenset({*_MONTHS, *_WEEKDAYS, "yesterday", "last", "ago"})
"""Words without one of which, or a year, no time is spoken of."""

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY = r"(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_IN = r"(?:in|during|of|since|this|last|early|late|mid)"

_Days = tuple[datetime, datetime]
"""Midnight before the first day, midnight after the last."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to another one; seconds since the epoch."""

    from_s: float
    to_s: float


def span_asked_about(text: str, words: Iterable[str], now_s: float) -> Span | None:
    """The time that a text speaks of, in local time; None when it speaks of none that has begun.

    A month or day without a year, and a weekday, are the last ones that have begun. `words` are the text's,
    in lower case: most texts name no time, and that is seen at a glance.
    """
    if not any(word in _SIGNS or (len(word) == 4 and word.isdecimal()) for word in words):
        return None
    now = datetime.fromtimestamp(now_s)
    for pattern, days_of in _READERS:
        for found in pattern.finditer(text):
            try:
                begin, end = days_of(found, now)
                if begin <= now:
                    return Span(begin.timestamp(), end.timestamp())
            except (ValueError, OverflowError):
                continue  # The 30th of February, or a million years ago.
    return None


def _day(found: re.Match[str], now: datetime) -> _Days:
    month, day = _MONTHS.index(found["month"].lower()) + 1, int(found["day"])
    begin = datetime(int(found["year"] or now.year), month, day)
    if begin > now and not found["year"]:
        begin = begin.replace(year=begin.year - 1)
    return begin, begin + timedelta(days=1)


def _month(found: re.Match[str], now: datetime) -> _Days:
    month = _MONTHS.index(found["month"].lower()) + 1
    year = int(found["year"]) if found["year"] else now.year - (month > now.month)
    return datetime(year, month, 1), datetime(year + month // 12, month % 12 + 1, 1)


def _year(found: re.Match[str], now: datetime) -> _Days:
    year = int(found["year"])
    return datetime(year, 1, 1), datetime(year + 1, 1, 1)


def _yesterday(found: re.Match[str], now: datetime) -> _Days:
    return _midnight(now) - timedelta(days=1), _midnight(now)


def _last(found: re.Match[str], now: datetime) -> _Days:
    """Last week (from Monday), weekend, month or year."""
    unit, today = found["unit"].lower(), _midnight(now)
    if unit == "year":
        return datetime(now.year - 1, 1, 1), datetime(now.year, 1, 1)
    if unit == "month":
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1), today.replace(day=1)
    monday = today - timedelta(days=today.weekday() + 7)
    return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=7)


def _weekday(found: re.Match[str], now: datetime) -> _Days:
    today = _midnight(now)
    begin = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(found["weekday"].lower())) % 7)
    return begin, begin + timedelta(days=1)


def _ago(found: re.Match[str], now: datetime) -> _Days:
    """So many days, weeks, months or years ago: give or take half of the unit."""
    said, days = found["number"].lower(), _DAYS_OF[found["unit"].lower()]
    number = int(said) if said.isdecimal() else _NUMBERS.index(said) if said in _NUMBERS else 1
    middle = _midnight(now) - timedelta(days=number * days)
    return middle - timedelta(days=days // 2), middle + timedelta(days=days // 2 + 1)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b{text}\b", re.IGNORECASE)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], _Days]], ...] = (
    (_pattern(rf"{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?"), _day),
    (_pattern(rf"{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?"), _day),
    (_pattern(rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}"), _month),
    (_pattern(rf"{_IN}[\s-]+{_MONTH}(?!,?\s+(?:of\s+)?\d{{4}})(?P<year>)"), _month),
    (_pattern(rf"(?:in|during|of|since)\s+{_YEAR}"), _year),
    (_pattern(r"(?:yesterday|last night)"), _yesterday),
    (_pattern(r"last\s+(?P<unit>week|weekend|month|year)"), _last),
    (_pattern(rf"(?:on|last)\s+(?P<weekday>{'|'.join(_WEEKDAYS)})"), _weekday),
    (_pattern(rf"(?P<number>a|an|\d+|{'|'.join(_NUMBERS)})\s+(?P<unit>day|week|month|year)s?\s+ago"), _ago),
)
"""In the order in which they are tried: the most exact first."""
