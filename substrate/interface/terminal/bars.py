"""The lines above and below the conversation: where one is, what runs, and which keys help right now."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from substrate.interface.instance_port import BootSummary
from substrate.interface.terminal.figures import count_text
from substrate.interface.terminal.theme import BAD, DIM, FAINT, GOOD, PERSONA, TEXT

_MARGIN_CELLS = 6
_WHILE_EDITING = (("Enter", "replace your last message"), ("Esc", "leave it as it was"))
_WHILE_WAITING = (("Esc", "stop the reply"), ("F2", "mind"), ("Ctrl+C", "quit"))
_OTHERWISE = (
    ("Enter", "send"),
    ("Ctrl+R", "again"),
    ("↑", "edit"),
    ("F2", "mind"),
    ("F1", "help"),
    ("Ctrl+C", "quit"),
)


def top_bar(summary: BootSummary, room: str, unread: Mapping[str, int], width: int) -> RenderableType:
    """Who is there, the room, what waits elsewhere (`unread`, replies by room); the model if it fits."""
    where = Text.assemble(("● ", GOOD), (" ".join(summary.personas), f"bold {TEXT}"))
    where.append(f"   #{room}", style=PERSONA)
    for other, count in unread.items():
        where.append(f"   #{other} {count} new", style=BAD)
    facts = f"{summary.model.name} · {count_text(summary.model.context_tokens)} tokens of context"
    if summary.model.scripted:
        facts += " · no model, replies are scripted"
    bar = Table.grid(expand=True)
    bar.add_column(ratio=1, no_wrap=True)
    bar.add_column(justify="right", no_wrap=True)
    fits = where.cell_len + len(facts) + _MARGIN_CELLS <= width
    bar.add_row(where, Text(facts if fits else "", style=DIM))
    return bar


def key_hints(*, is_editing: bool, is_waiting: bool) -> Text:
    """The keys that do something now."""
    hints: tuple[tuple[str, str], ...] = _OTHERWISE
    if is_editing:
        hints = _WHILE_EDITING
    elif is_waiting:
        hints = _WHILE_WAITING
    content = Text()
    for key, what in hints:
        content.append(f"{key} ", style=f"bold {DIM}")
        content.append(f"{what}   ", style=FAINT)
    return content
