"""What the program itself says in the chat: a welcome, the help, the rooms, the personas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from substrate.interface.terminal import slash
from substrate.interface.terminal.presence import Presence, joined
from substrate.interface.terminal.theme import BUSY, DIM, FAINT, GOOD, PERSONA, TEXT


def welcome(room: str, present: Sequence[str], *, is_first: bool) -> Text:
    """For a room in which nobody has said anything; in somebody's first, with what to try."""
    content = Text.assemble((f"#{room}\n", f"bold {PERSONA}"), ("Nobody has said anything here yet. ", TEXT))
    if not present:
        content.append("No persona hears this room: /personas says who is where, ", style=TEXT)
        content.append("/invite brings somebody in.", style=TEXT)
        return content
    hear, remember = ("hears", "remembers") if len(present) == 1 else ("hear", "remember")
    content.append(f"{joined(present, most=6)} {hear} what you say here, and {remember} ", style=TEXT)
    content.append("what was said in other rooms.", style=TEXT)
    if is_first:
        content.append_text(
            Text.assemble(
                ("\n\nTry  ", FAINT),
                ("My sister is called Oluwaseun", DIM),
                ("  and later, in another room,  ", FAINT),
                ("What is my sister called?\n", DIM),
                ("F3 shows what is remembered, F1 what else there is.", FAINT),
            )
        )
    return content


def help_table() -> RenderableType:
    """Every slash command, then every key."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for command in slash.COMMANDS:
        table.add_row(Text(command.usage, style=PERSONA), Text(command.summary, style=TEXT))
    table.add_row("", "")
    for key in slash.KEYS:
        table.add_row(Text(key.key, style=PERSONA), Text(key.summary, style=TEXT))
    return table


def rooms(known: Iterable[str], here: str, unread: Mapping[str, int], presence: Presence) -> RenderableType:
    """Every room, who hears it, and what waits there."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for room in known:
        note = Text(joined(presence.present(room), most=6), style=DIM)
        if room == here:
            note.append("  you are here", style=GOOD)
        elif unread.get(room):
            note.append(f"  {unread[room]} new", style=BUSY)
        table.add_row(Text(f"#{room}", style=f"bold {PERSONA}" if room == here else PERSONA), note)
    return Group(table, Text("/room NAME goes to one of them, or makes a new one.", style=FAINT))


def personas(presence: Presence, here: str) -> RenderableType:
    """Everybody, what they are, and which rooms they hear."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for member in presence.members:
        if not member.is_live:
            where, colour = "dismissed", BUSY
        elif member.rooms is None:
            where, colour = "every room", DIM
        else:
            where, colour = " ".join(f"#{room}" for room in sorted(member.rooms)), DIM
        mark = Text("● ", style=GOOD if member.is_in(here) else FAINT)
        table.add_row(
            mark + Text(member.name, style=f"bold {PERSONA}"),
            Text(member.role, style=TEXT),
            Text(where, style=colour),
        )
    hint = f"A green dot: hears #{here}. /invite NAME, ROLE for a new one; /dismiss NAME to let one go."
    return Group(table, Text(hint, style=FAINT))


def absent(name: str, room: str, presence: Presence) -> RenderableType:
    """That somebody who was named cannot hear it, and how they could."""
    member = presence.find(name)
    if member is not None and not member.is_live:
        return Text(f"{name} was dismissed and hears nothing; /invite {name} changes that", style=DIM)
    rooms = sorted(member.rooms or ()) if member is not None else []
    only = f", only {' '.join(f'#{one}' for one in rooms)}" if rooms else ""
    return Text(f"{name} does not hear #{room}{only}", style=DIM)


def done(text: str) -> Text:
    """That something was done which cannot be seen otherwise."""
    return Text.assemble(("✓ ", GOOD), (text, TEXT))
