"""The live view of the mind: what each region does, what the last turn cost, what memory was shown."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from substrate.interface.terminal.figures import (
    bar_text,
    count_text,
    duration_text,
    share_text,
    sparkline_text,
)
from substrate.interface.terminal.theme import BAD, BUSY, DIM, FAINT, GOOD, PERSONA, RULE, TEXT
from substrate.persona.prompt import age_text

POLL_INTERVALS_S = {"active": 0.5, "idle": 2.0, "sleep": 5.0}
"""How often the mind is looked at, by its phase: watching must not keep a sleeping machine awake."""

_HISTORY = 40
_SPARK_CELLS = 12
_WEIGHT_CELLS = 8
_BAR_CELLS = 16
_MEMORY_CELLS = 130
"""About three lines: enough to see which memory it is."""

_AWAKE = frozenset({"ready", "ticking"})
_STATE_COLOURS = {
    "ready": GOOD,
    "ticking": GOOD,
    "starting": BUSY,
    "resting": BUSY,
    "restarting": BUSY,
    "failed": BAD,
    "crash loop": BAD,
}
_PHASE_WORDS = {"sleep": "asleep"}
_PHASE_COLOURS = {"active": GOOD, "idle": BUSY, "sleep": FAINT}


@dataclass(frozen=True, slots=True)
class MemoryShown:
    """One memory that a prompt showed."""

    text: str
    origin: str
    """Who said it, where, and when."""

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> MemoryShown:
        """From an item of a reply's `memories`."""
        age = age_text(time.time() - memory["said_at_s"])
        return cls(memory["text"], f"{memory['speaker']} in #{memory['channel']}, {age}")


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What one turn cost, and the memories that its prompt showed."""

    substrate_s: float | None
    first_token_s: float | None
    total_s: float | None
    read_tokens: int | None = None
    reused_tokens: int | None = None
    """Tokens of the prompt that were read for this turn, and those that had been read before."""
    memories: tuple[MemoryShown, ...] = ()


@dataclass(slots=True)
class _Pulse:
    """What was published between polls: the mind's heartbeat."""

    published: int = -1
    steps: deque[float] = field(default_factory=lambda: deque(maxlen=_HISTORY))

    def note(self, published: int) -> None:
        if self.published >= 0:
            self.steps.append(float(max(0, published - self.published)))
        self.published = published


class MindView(VerticalScroll):
    """A panel beside the chat; draws what it is told and asks nobody."""

    DEFAULT_CSS = """
    MindView {
        width: 50; height: 1fr; background: $surface; padding: 1 2 0 2;
        border-left: vkey $border;
        scrollbar-size-vertical: 0;
        & Static { height: auto; margin-bottom: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="mind")
        self._pulses: dict[str, _Pulse] = {}
        self.can_focus = False
        # The parts outlast being mounted: what was asked for may be answered while the program ends.
        self._regions = Static(Text("…", style=DIM))
        self._turn = Static()
        self._shown = Static()
        self.show_turn(None)

    def compose(self) -> ComposeResult:
        yield from (self._regions, self._turn, self._shown)

    def show_regions(self, regions: Mapping[str, Mapping[str, Any]], phase: str) -> None:
        """Draw `region/stats`, with the phase of `governor/status`."""
        title = Text.assemble(
            ("MIND", f"bold {DIM}"),
            ("  ● ", _PHASE_COLOURS.get(phase, DIM)),
            (_PHASE_WORDS.get(phase, phase), TEXT),
        )
        parts: list[RenderableType] = [title, Rule(style=RULE)]
        parts.extend(self._region(name, region) for name, region in regions.items())
        self._regions.update(Group(*parts))

    def show_trouble(self, message: str) -> None:
        self._regions.update(Text(message, style=BAD))

    def show_turn(self, turn: TurnFigures | None) -> None:
        """Draw what the last turn cost."""
        parts: list[RenderableType] = [Text("LAST TURN", style=f"bold {DIM}"), Rule(style=RULE)]
        if turn is None:
            parts.append(Text("nothing said yet", style=FAINT))
            self._turn.update(Group(*parts))
            self._shown.update("")
            return
        table = Table.grid(padding=(0, 1))
        whole_s = max(turn.total_s or 0.0, 1e-9)
        for name, seconds in (
            ("substrate", turn.substrate_s),
            ("first token", turn.first_token_s),
            ("whole reply", turn.total_s),
        ):
            share = 0.0 if seconds is None else seconds / whole_s
            table.add_row(
                Text(f"{name:<12}", style=DIM),
                Text(bar_text(share, _BAR_CELLS), style=PERSONA),
                Text(f"{duration_text(seconds):>8}", style=TEXT),
            )
        if turn.read_tokens is not None and turn.reused_tokens is not None:
            prompt = max(1, turn.read_tokens + turn.reused_tokens)
            table.add_row(
                Text("tokens read", style=DIM),
                Text(bar_text(turn.read_tokens / prompt, _BAR_CELLS), style=PERSONA),
                Text(f"{turn.read_tokens:>3} of {prompt}", style=TEXT),
            )
        self._turn.update(Group(*parts, table))
        self._show_memories(turn.memories)

    def _show_memories(self, memories: Sequence[MemoryShown]) -> None:
        parts: list[RenderableType] = [
            Text(f"REMEMBERED FOR IT  {len(memories) or ''}", style=f"bold {DIM}"),
            Rule(style=RULE),
        ]
        if not memories:
            parts.append(Text("nothing needed", style=FAINT))
        for memory in memories:
            said = Text(memory.text, style=TEXT)
            said.truncate(_MEMORY_CELLS, overflow="ellipsis")
            parts += [Text(memory.origin, style=DIM), said, Text("")]
        self._shown.update(Group(*parts))

    def _region(self, name: str, region: Mapping[str, Any]) -> RenderableType:
        state = str(region["state"])
        published = int(region["published"])
        pulse = self._pulses.setdefault(name, _Pulse())
        pulse.note(published)
        used = region["consumed"] / published if published else None

        label = Text.assemble(("● ", _STATE_COLOURS.get(state, BUSY)), (name, f"bold {TEXT}"))
        if state not in _AWAKE:
            label.append(f"  {state}", style=BUSY)
        if region["restarts"]:
            times = "once" if region["restarts"] == 1 else f"{region['restarts']} times"
            label.append(f"  restarted {times}", style=BUSY)
        tick_ms, weight = region["last_tick_ms"], float(region["weight"])
        tick = duration_text(None if tick_ms is None else tick_ms / 1e3)
        head, lines = _left_and_right(), _left_and_right()
        head.add_row(label, Text(sparkline_text(list(pulse.steps), _SPARK_CELLS), style=PERSONA))
        lines.add_row(
            Text.assemble((f"  {tick}", TEXT), (f" every {duration_text(region['cadence_s'])}", DIM)),
            Text(f"pid {region['pid'] or '–'}", style=DIM),
        )
        lines.add_row(
            Text.assemble((f"  {count_text(published)}", TEXT), (" staged  ", DIM), (share_text(used), TEXT))
            + Text(" used", style=DIM),
            Text.assemble(
                ("weight ", DIM), (bar_text(weight / 2, _WEIGHT_CELLS), GOOD), (f" {weight:.2f}", TEXT)
            ),
        )
        return Group(head, lines, Text(""))


def _left_and_right() -> Table:
    """A grid of two columns, as wide as there is room; the left one is cut where both do not fit."""
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1, no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    return grid
