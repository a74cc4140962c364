"""The late block: memories chosen at the moment at which the engine is about to read them.

The engine calls it on its own thread, once the message before it has been read; the hippocampus has had all
that time. So this peeks (it never waits), leaves out what the prompt shows anyway, takes engrams in the order
of their rank as far as the budget goes, and renders them in the order of time.

Recall has a floor of what was said last in any channel. Where talk is faster than the hippocampus, what lies
ready cannot hold the very last of it; those few rows the service has just heard itself, and they come first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol

from substrate.memory.features import STOP_WORDS
from substrate.memory.prefetch import PrefetchedEngram, decode_prefetch
from substrate.persona.prompt import (
    LATE_HEADING,
    RememberedLine,
    decision_text,
    late_block,
    remembered_text,
)
from substrate.persona.transcript import TranscriptRow

MAX_MEMORIES = 20
"""More only distract: what ranks lower is hardly ever what was asked for."""

HEARD_ROWS = 5
"""How many rows may be shown that memory has not taken in yet: the floor of recent engrams."""

_WORD = re.compile(r"\w{4,}")


class Freshness(Enum):
    """What lay ready at late binding: recalled for this message, for an earlier one, or nothing."""

    HIT = "hit"
    PARTIAL = "partial"
    MISS = "miss"


class Peeked(Protocol):
    """What a ready buffer's key returns."""

    @property
    def value(self) -> Any: ...


Peek = Callable[[], Peeked | None]


class LateBlock:
    """Called once by the engine; afterwards says what was shown."""

    __slots__ = (
        "_budget_tokens",
        "_count",
        "_decides_as",
        "_heard",
        "_hears",
        "_is_hidden",
        "_peek",
        "_row_id",
        "_visible",
        "freshness",
        "shown",
    )

    def __init__(
        self,
        row_id: int,
        visible: frozenset[int],
        is_hidden: Callable[[int], bool],
        budget_tokens: int,
        decides_as: str,
        peek: Peek,
        heard: Sequence[TranscriptRow],
        hears: Callable[[TranscriptRow], bool],
        count_tokens: Callable[[str], int],
    ) -> None:
        """`row_id` is the message that is answered, `visible` are the rows in the history, `decides_as` is
        the persona's name when it may stay silent, else empty; `heard` are the last rows of any channel,
        oldest first. `hears` says for which of them the persona was there, `is_hidden` which rows may be
        shown no more: both are asked here, off the loop, as late as the rows are."""
        self._row_id = row_id
        self._visible = visible
        self._is_hidden = is_hidden
        self._budget_tokens = budget_tokens
        self._decides_as = decides_as
        self._peek = peek
        self._heard = heard
        self._hears = hears
        self._count = count_tokens
        self.freshness = Freshness.MISS
        self.shown: tuple[PrefetchedEngram, ...] = ()

    def __call__(self) -> str:
        """The text of the block; empty when there is nothing to say. Runs on the engine's thread."""
        staged = self._peek()
        engrams: tuple[PrefetchedEngram, ...] = ()
        if staged is not None:
            for_row, engrams = _decoded(staged.value)
            self.freshness = Freshness.HIT if for_row == self._row_id else Freshness.PARTIAL
        self.shown = self._choose((*self._not_yet_recalled(engrams), *engrams))
        return late_block([_line(one) for one in self.shown], time.time()) + self._question()

    def _question(self) -> str:
        """Whether the persona is to answer at all, where it may stay silent."""
        return decision_text(self._decides_as) if self._decides_as else ""

    def _not_yet_recalled(self, engrams: tuple[PrefetchedEngram, ...]) -> list[PrefetchedEngram]:
        """What was heard after everything that lies ready."""
        newest = max((one.row_id for one in engrams if one.row_id < self._row_id), default=0)
        return [
            PrefetchedEngram("", row.row_id, row.sender, row.channel, row.at_s, row.text, 0.0)
            for row in [row for row in self._heard if self._hears(row)][-HEARD_ROWS:]
            if row.row_id > newest
        ]

    def as_shown(self) -> list[dict[str, Any]]:
        """What the prompt showed, for people who want to see what a persona had in mind."""
        return [
            {"speaker": one.speaker, "channel": one.channel, "said_at_s": one.at_s, "text": one.text}
            for one in self.shown
        ]

    def _choose(self, engrams: tuple[PrefetchedEngram, ...]) -> tuple[PrefetchedEngram, ...]:
        """In rank order, whole, until the budget or the count is full. One that is too long does not keep
        out a shorter one behind it. What was said after the message is no memory yet."""
        chosen: list[PrefetchedEngram] = []
        if not engrams:
            return ()
        left, now_s = self._budget_tokens - self._count(LATE_HEADING + self._question()), time.time()
        for engram in engrams:
            row_id = engram.row_id
            if row_id in self._visible or row_id >= self._row_id or self._is_hidden(row_id):
                continue
            tokens = self._count(remembered_text(_line(engram), now_s))
            if tokens <= left:
                left -= tokens
                chosen.append(engram)
                if len(chosen) == MAX_MEMORIES:
                    break
        return tuple(chosen)

    def shown_and_used(self, reply: str) -> list[str]:
        """Ids of the engrams shown; those of which the reply used a word stand there twice. What memory had
        not taken in yet has none.

        A word is used when it has four letters or more, says what a text is about, and the reply repeats it:
        coarse, and free.
        """
        said = set(_WORD.findall(reply.casefold())) - STOP_WORDS
        used = [
            engram.engram_id
            for engram in self.shown
            if engram.engram_id and not said.isdisjoint(_WORD.findall(engram.text.casefold()))
        ]
        return [engram.engram_id for engram in self.shown if engram.engram_id] + used


def _line(engram: PrefetchedEngram) -> RememberedLine:
    return RememberedLine(engram.speaker, engram.channel, engram.at_s, engram.text)


def _decoded(value: Any) -> tuple[int, tuple[PrefetchedEngram, ...]]:
    prefetch = decode_prefetch(value)
    return prefetch.for_row, prefetch.engrams
