"""The lines above and below the conversation: where one is, what runs, and which keys help right now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from substrate.interface.instance_port import ModelSummary
from substrate.interface.terminal.figures import count_text
from substrate.interface.terminal.presence import joined
from substrate.interface.terminal.theme import BAD, BUSY, DIM, FAINT, GOOD, PERSONA, TEXT

_MARGIN_CELLS = 6

Hints = Sequence[tuple[str, str]]
"""Keys and what they do, the most needed first: what does not fit is left out from the end."""


class Doing(Enum):
    """What the user is in the middle of, with the keys that help there."""

    TALKING = (
        ("Enter", "send"),
        ("F1", "help"),
        ("Ctrl+C", "quit"),
        ("F2", "mind"),
        ("F3", "memories"),
        ("Ctrl+R", "again"),
        ("↑", "edit"),
    )
    EDITING = (("Enter", "replace your last message"), ("Esc", "leave it as it was"))
    WAITING = (("Esc", "stop the reply"), ("Ctrl+C", "quit"), ("F2", "mind"), ("F3", "memories"))
    WATCHING_THE_MIND = (("F2", "back to the chat"), ("Page Down", "more"), ("Ctrl+C", "quit"))
    LEAVING = ()


def top_bar(
    present: Sequence[str], room: str, unread: Mapping[str, int], model: ModelSummary, width: int
) -> RenderableType:
    """The room, who hears it, what waits elsewhere (`unread`, replies by room); the model if it fits."""
    where = Text.assemble(("● ", GOOD if present else BAD))
    where.append(f"#{room}", style=f"bold {PERSONA}")
    where.append(f"  {joined(present, most=6)}", style=TEXT)
    for other, count in unread.items():
        where.append(f"   #{other} {count} new", style=BUSY)
    facts = f"{model.name} · {count_text(model.context_tokens)} tokens of context"
    if model.scripted:
        facts += " · no model, replies are scripted"
    bar = Table.grid(expand=True)
    bar.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    bar.add_column(justify="right", no_wrap=True)
    fits = where.cell_len + cell_len(facts) + _MARGIN_CELLS <= width
    bar.add_row(where, Text(facts if fits else "", style=DIM))
    return bar


def key_hints(doing: Doing, width: int) -> Text:
    """The keys that do something now, as many as fit."""
    if doing is Doing.LEAVING:
        return Text("saying goodbye…", style=DIM)
    return hint_line(doing.value, width)


def hint_line(hints: Hints, width: int) -> Text:
    """Keys and what they do, in one line of at most `width` cells."""
    content = Text(no_wrap=True)
    for key, what in hints:
        gap = "   " if content else ""
        if content.cell_len + cell_len(f"{gap}{key} {what}") > width:
            break
        content.append(f"{gap}{key} ", style=f"bold {DIM}")
        content.append(what, style=FAINT)
    return content
