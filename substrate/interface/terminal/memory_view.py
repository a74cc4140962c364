"""How one memory is drawn: in a list, and by itself with what its score is made of."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from substrate.interface.terminal.figures import bar_text
from substrate.interface.terminal.theme import BAD, BUSY, DIM, FAINT, GOOD, PERSONA, RULE, TEXT
from substrate.persona.prompt import age_text

_BAR_CELLS = 8
_WHY_CELLS = 37
"""What one part of a score takes, with a few words about it; two stand beside each other where they fit."""
_LISTED_CHARACTERS = 220
"""About three lines: the whole text stands beside the list."""
_SHOWN_FROM = 0.005
"""A part that is smaller shows as 0.00 and says nothing."""
_NOT_REMEMBERED = "said, but not remembered in these words"
_SUM = "log_odds"
_PARTS = {
    "lexical": "its words",
    "semantic": "meaning",
    "structural": "the talk",
    "spread": "links",
    "channel": "other room",
    "domain": "other kind",
    "salience": "it matters",
    "recency": "its age",
}


class Wanted(Enum):
    """Which memories are asked for."""

    NEWEST = "newest"
    RECALLED = "recalled"
    HOLDING = "holding"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the memory: the newest, what a text brings to mind, or what holds some words."""

    wanted: Wanted
    text: str = ""

    @classmethod
    def newest(cls) -> Question:
        return cls(Wanted.NEWEST)

    @classmethod
    def recall(cls, text: str) -> Question:
        return cls(Wanted.RECALLED, text)

    @classmethod
    def holding(cls, words: str) -> Question:
        return cls(Wanted.HOLDING, words)


@dataclass(frozen=True, slots=True)
class Memory:
    """One engram as `memory/list` and `memory/recall` describe it; only a recalled one has a score.

    A message that is not remembered has no `engram_id`.
    """

    engram_id: str
    row_id: int
    text: str
    speaker: str
    channel: str
    said_at_s: float
    salience: float
    score: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, engram: Mapping[str, Any]) -> Memory:
        return cls(
            engram["engram_id"],
            engram["row_id"],
            engram["text"],
            engram["speaker"],
            engram["channel"],
            engram["said_at_s"],
            engram["salience"],
            engram.get("score"),
            engram.get("parts", {}),
        )

    @classmethod
    def unremembered(cls, message: Mapping[str, Any]) -> Memory:
        """One of the `messages` of `memory/list`."""
        return cls.of({**message, "engram_id": "", "salience": 0.0})

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return self.engram_id or f"message {self.row_id}"

    @property
    def age(self) -> str:
        return age_text(time.time() - self.said_at_s)

    @property
    def origin(self) -> str:
        """Who said it, where, and how long ago."""
        return f"{self.speaker} in #{self.channel}, {self.age}"


def listed(memory: Memory, *, best_score: float, is_marked: bool) -> Text:
    """One memory in a list: its text, then where it is from; how well it fits, if it was recalled."""
    text = Text(" ".join(memory.text.split()), style=TEXT)
    text.truncate(_LISTED_CHARACTERS, overflow="ellipsis")
    line = Text.assemble(("✗ ", BAD) if is_marked else "", text, "\n")
    if memory.score is not None:
        line.append(bar_text(memory.score / best_score, _BAR_CELLS), style=PERSONA)
        line.append(f" {score_text(memory.score)}  ", style=DIM)
    line.append(memory.origin, style=DIM)
    if not memory.engram_id:
        line.append(f"  {_NOT_REMEMBERED}", style=BUSY)
    return line


def whole(memory: Memory, width: int) -> RenderableType:
    """One memory by itself: every word, its origin, and why it came to mind, in `width` cells."""
    said_at = datetime.fromtimestamp(memory.said_at_s).strftime("%a %d %b %Y, %H:%M")
    facts = Text(f"{memory.speaker} in #{memory.channel}, {said_at}, {memory.age}\n", style=DIM)
    if memory.engram_id:
        facts.append("matters ")
        facts.append(bar_text(memory.salience, _BAR_CELLS), style=GOOD)
        facts.append(f" {memory.salience:.2f}", style=TEXT)
        facts.append(f"   number {memory.engram_id}", style=FAINT)
    else:
        facts.append(_NOT_REMEMBERED, style=BUSY)
    parts: list[RenderableType] = [Text(memory.text, style=TEXT), facts]
    if memory.score is not None:
        parts += [Rule(style=RULE), _why(memory, memory.score, width)]
    return Group(*parts)


def score_text(score: float) -> str:
    """A share from 0 to 1, two digits that mean something."""
    return f"{score:.2f}" if score >= 0.1 else f"{score:.1g}"


def _why(memory: Memory, score: float, width: int) -> RenderableType:
    """What speaks for the memory and what against it: the parts add up to the log-odds of its score."""
    title = Text.assemble(("WHY IT COMES TO MIND", f"bold {DIM}"), (f"   score {score_text(score)}", TEXT))
    total = memory.parts.get(_SUM)
    if total is not None:
        title.append(f", log-odds {total:+.2f}", style=DIM)
    parts = {name: part for name, part in memory.parts.items() if name != _SUM and abs(part) >= _SHOWN_FROM}
    most = max(map(abs, parts.values()), default=1.0)
    cells = [
        (
            Text(name, style=DIM),
            Text(f"{part:+.2f}", style=TEXT),
            Text(bar_text(abs(part) / most, _BAR_CELLS), style=PERSONA if part > 0 else BUSY),
            Text(_PARTS.get(name, ""), style=FAINT, no_wrap=True, overflow="ellipsis"),
        )
        for name, part in parts.items()
    ]
    beside = max(1, width // _WHY_CELLS)
    table = Table.grid(padding=(0, 1))
    for row in (cells[at : at + beside] for at in range(0, len(cells), beside)):
        table.add_row(*chain.from_iterable(row))
    return Group(title, table)
