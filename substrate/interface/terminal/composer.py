"""Where the user writes: grows with its text, takes pasted lines as they are, says early what is there."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

TYPING_INTERVAL_S = 0.15
"""What stands in the line is announced at most this often: enough for thinking ahead, not a flood."""


class Composer(TextArea):
    """A text area in which Enter sends."""

    DEFAULT_CSS = """
    Composer {
        height: auto; min-height: 3; max-height: 10;
        background: $surface; color: $foreground;
        border: round $border; padding: 0 1;
        &:focus { border: round $primary 60%; }
        &.editing { border: round $accent; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $faint; }
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual declares bindings this way
        Binding("ctrl+j,shift+enter,alt+enter", "newline", "new line", show=False),
    ]

    class Submitted(Message):
        """The user wants this sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Typing(Message):
        """What stands in the line now, while it is being written."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class EditLast(Message):
        """Up was pressed in an empty line."""

    def __init__(self) -> None:
        super().__init__(
            compact=False,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            highlight_cursor_line=False,
            id="composer",
        )
        self._announcing: Timer | None = None
        self._announced = ""

    def replace_text(self, text: str) -> None:
        """Put `text` there with the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_newline(self) -> None:
        self.insert("\n")

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            self._submit()
        elif event.key == "up" and not self.text:
            event.prevent_default()
            event.stop()
            self.post_message(self.EditLast())

    def _submit(self) -> None:
        text = self.text.strip("\n")
        if not text.strip():
            return
        if self._announcing is not None:
            self._announcing.stop()
            self._announcing = None
        self._announced = ""
        self.text = ""
        self.post_message(self.Submitted(text))

    def on_text_area_changed(self) -> None:
        if self._announcing is None and self.text != self._announced:
            self._announcing = self.set_timer(TYPING_INTERVAL_S, self._announce)

    def _announce(self) -> None:
        self._announcing = None
        if self.text != self._announced:
            self._announced = self.text
            self.post_message(self.Typing(self.text))
