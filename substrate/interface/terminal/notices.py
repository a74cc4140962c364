"""What the program itself says in the chat: a welcome, the help, the rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from substrate.interface.terminal import slash
from substrate.interface.terminal.theme import DIM, FAINT, PERSONA, TEXT


def welcome(room: str, personas: Sequence[str]) -> Text:
    """For a room in which nobody has said anything."""
    return Text.assemble(
        (f"#{room}\n", f"bold {PERSONA}"),
        (f"Nobody has said anything here yet. {' and '.join(personas)} ", TEXT),
        ("hears every room, and remembers what was said in any of them.\n\n", TEXT),
        ("Try  ", FAINT),
        ("My sister is called Oluwaseun", DIM),
        ("  and later, in another room,  ", FAINT),
        ("What is my sister called?\n", DIM),
        ("/help shows what else there is.", FAINT),
    )


def help_table() -> RenderableType:
    """Every slash command, then every key."""
    table = Table.grid(padding=(0, 2))
    for command in slash.COMMANDS:
        table.add_row(Text(command.usage, style=PERSONA), Text(command.summary, style=TEXT))
    table.add_row("", "")
    for key in slash.KEYS:
        table.add_row(Text(key.key, style=PERSONA), Text(key.summary, style=TEXT))
    return table


def rooms(known: Iterable[str], here: str) -> Text:
    """The rooms of this session."""
    content = Text("Rooms you have been in: ", style=DIM)
    for room in known:
        content.append(f"#{room} ", style=f"bold {PERSONA}" if room == here else TEXT)
    content.append("\n/room NAME goes to another one, or makes it.", style=FAINT)
    return content
