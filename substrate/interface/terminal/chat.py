"""The conversation of one room: messages in order, the newest always in sight."""

from __future__ import annotations

import time
from datetime import datetime
from enum import Enum

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Collapsible, Static

from substrate.interface.terminal.theme import BAD, BUSY, DIM, FAINT, PERSON, PERSONA, TEXT

_WAITING_FRAMES = ("●  ", "●● ", "●●●", " ●●", "  ●", "   ")
_LEAVING = "leaving"
_GOES_ON_S = 300.0
"""What is said later than this after the last message gets a head with its time."""


class Speaker(Enum):
    """Whose message it is, as far as its looks are concerned."""

    PERSON = "person"
    PERSONA = "persona"


class MessageView(Vertical):
    """One message: name and time, then the text, then what there is to say about it."""

    DEFAULT_CSS = """
    MessageView {
        height: auto; margin: 1 1 0 1; padding: 0 1 0 1;
        border-left: outer $border;
        &.person { border-left: outer $accent; }
        &.persona { border-left: outer $primary; }
        &.follows { margin: 0 1 0 1; }
        &.follows .head { display: none; }
        & Static { height: auto; width: 1fr; }
        & Collapsible { background: transparent; border: none; padding: 0; margin: 0; }
        & CollapsibleTitle { color: $dim; padding: 0; }
        & Collapsible Contents { padding: 0 0 0 2; }
        & .thinking { color: $dim; text-style: italic; }
    }
    """

    def __init__(self, speaker: Speaker, name: str, text: str, at_s: float, *, follows: bool = False) -> None:
        super().__init__(classes=f"{speaker.value}{' follows' if follows else ''}")
        self.speaker = speaker
        self.speaker_name = name
        self.at_s = at_s
        self.message_text = text
        # The parts exist before they are mounted: a whole reply may arrive in the meantime.
        colour = PERSONA if speaker is Speaker.PERSONA else PERSON
        head = Text.assemble((name, f"bold {colour}"), ("  " + clock_text(at_s), DIM))
        self._head = Static(head, classes="head")
        self._thinking = Static("", classes="thinking", markup=False)
        self._thoughts = Collapsible(self._thinking, title="thoughts", collapsed=True)
        self._thoughts.display = False
        self._body = Static(Text(text, style=TEXT), classes="body")
        self._foot = Static("", classes="foot")
        self._foot.display = False
        self._frame = 0

    def compose(self) -> ComposeResult:
        yield from (self._head, self._thoughts, self._body, self._foot)

    def goes_on(self, speaker: Speaker, name: str, at_s: float) -> bool:
        """Whether a message at `at_s` is more of this one: by the same speaker, soon after."""
        is_same = self.speaker is speaker and self.speaker_name == name
        return is_same and at_s - self.at_s < _GOES_ON_S

    @property
    def thoughts_title(self) -> str:
        """What the folded reasoning says of itself; empty when there is none."""
        return self._thoughts.title if self._thoughts.display else ""

    def wait(self) -> None:
        """Show that something is coming; called again and again until there is text."""
        if not self.message_text:
            self._frame = (self._frame + 1) % len(_WAITING_FRAMES)
            self._body.update(Text(_WAITING_FRAMES[self._frame], style=BUSY))

    def show_text(self, text: str) -> None:
        self.message_text = text
        self._body.update(Text(text, style=TEXT))

    def show_thinking(self, text: str) -> None:
        """Reasoning stays folded; its title says how much of it there is."""
        self._thoughts.display = bool(text)
        self._thoughts.title = f"thoughts, {len(text.split())} words"
        self._thinking.update(Text(text))

    def show_foot(self, text: str) -> None:
        """A last line about the message."""
        self._foot.update(Text(text, style=FAINT))
        self._foot.display = bool(text)


class ChatView(VerticalScroll):
    """All messages of the room that is shown."""

    DEFAULT_CSS = """
    ChatView {
        height: 1fr; background: $background; padding: 0 0 1 0;
        scrollbar-size-vertical: 1; scrollbar-color: $border; scrollbar-background: $background;
        & .notice { height: auto; margin: 1 2 0 2; }
        & .welcome { height: auto; margin: 2 4 1 4; }
    }
    """

    def on_mount(self) -> None:
        self.anchor()
        self.set_interval(0.16, self._show_waiting)

    def clear(self) -> None:
        """Begin with an empty room."""
        for child in self.children:
            self.take_away(child)

    def say(self, speaker: Speaker, name: str, text: str, at_s: float | None = None) -> MessageView:
        """Append a message; a second one by the same speaker, soon after, has no head of its own."""
        if speaker is Speaker.PERSON:
            self.anchor()  # whoever writes wants to see what becomes of it, wherever they had scrolled to
        last = next((child for child in reversed(self.children) if not child.has_class(_LEAVING)), None)
        said_at_s = time.time() if at_s is None else at_s
        follows = isinstance(last, MessageView) and last.goes_on(speaker, name, said_at_s)
        view = MessageView(speaker, name, text, said_at_s, follows=follows)
        self.mount(view)
        return view

    def take_away(self, child: Widget) -> None:
        """Take one message or notice away."""
        # Removal happens a moment later; until then nothing may take this for the last message.
        child.add_class(_LEAVING)
        child.remove()

    def notice(
        self, content: RenderableType, classes: str = "", *, after: MessageView | None = None
    ) -> Static:
        """Something that nobody said: help, an error, what a command found. Last, or `after` a message."""
        notice = Static(content, classes=f"notice {classes}")
        self.mount(notice, after=after)
        return notice

    def trouble(self, message: str, hint: str) -> None:
        """An error in plain words, with what to do about it."""
        self.notice(trouble_text(message, hint), "trouble")

    def _show_waiting(self) -> None:
        last = self.children[-1] if self.children else None
        if isinstance(last, MessageView) and not last.message_text:
            last.wait()


class Thinking(Static):
    """Says that an answer is being thought about while nothing of it can be shown yet."""

    DEFAULT_CSS = "Thinking { height: 1; padding: 0 4; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self._frame = 0

    def on_mount(self) -> None:
        self.set_interval(0.16, self._draw)

    def _draw(self) -> None:
        if self.display:
            self._frame = (self._frame + 1) % len(_WAITING_FRAMES)
            self.update(Text.assemble((_WAITING_FRAMES[self._frame], BUSY), ("  thinking", FAINT)))


def trouble_text(message: str, hint: str) -> RenderableType:
    """An error in plain words, what to do about it below."""
    content = Table.grid(padding=(0, 1))
    content.add_row(Text("✗", style=BAD), Text(message, style=TEXT))
    if hint:
        content.add_row("", Text(hint, style=DIM))
    return content


def clock_text(at_s: float) -> str:
    """`14:05` today, `Mon 14:05` within a week, else the date; local time."""
    at, now = datetime.fromtimestamp(at_s), datetime.now()
    if at.date() == now.date():
        return at.strftime("%H:%M")
    return at.strftime("%a %H:%M" if abs((now - at).days) < 6 else "%d %b %Y, %H:%M")
