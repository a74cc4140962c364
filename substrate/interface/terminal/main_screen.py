"""The screen of the program: conversation, input line and mind, laid out for the width that there is.

Where both fit, the mind stands beside the chat. Where they do not, F2 shows the mind instead of the chat, and
F2 or Esc leads back: whoever cannot see the input line must see how to return to it.
"""

from __future__ import annotations

from rich.console import RenderableType
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from substrate.interface.terminal.chat import ChatView, Thinking
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.mind import MindView

_WIDE_COLUMNS = 112


class MainScreen(Screen[None]):
    """Owns the widgets and where they are; what stands in them, others say."""

    DEFAULT_CSS = """
    MainScreen {
        background: $background;
        & #top { height: 1; padding: 0 2; background: $surface; }
        & #status { height: 1; padding: 0 2; }
        & #conversation { width: 1fr; height: 1fr; }
        & #composer { margin: 0 1; }
        &.narrow.mind-open #conversation { display: none; }
        &.narrow #mind { width: 1fr; border-left: none; }
        &.mind-closed #mind { display: none; }
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual declares bindings this way
        Binding("f1", "app.help", "help"),
        Binding("f2", "toggle_mind", "mind"),
        Binding("f3", "app.memories", "memories"),
        Binding("ctrl+r", "app.again", "again"),
        Binding("escape", "escape", "stop"),
        Binding("pageup", "scroll_page(-1)", show=False, priority=True),
        Binding("pagedown", "scroll_page(1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.chat = ChatView()
        self.mind = MindView()
        self.composer = Composer()
        self.thinking = Thinking()
        self._top = Static(id="top")
        self._status = Static(id="status")
        self._is_wide = True
        self._mind_wanted: bool | None = None
        """What the user chose with F2 at this width; None: as the width has it."""

    @property
    def is_mind_alone(self) -> bool:
        """Whether the mind hides the conversation."""
        return not self._is_wide and self._is_mind_open

    @property
    def _is_mind_open(self) -> bool:
        return self._is_wide if self._mind_wanted is None else self._mind_wanted

    def compose(self) -> ComposeResult:
        yield self._top
        with Horizontal():
            with Vertical(id="conversation"):
                yield self.chat
                yield self.thinking
                yield self.composer
            yield self.mind
        yield self._status

    def on_mount(self) -> None:
        self._lay_out(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(event.size.width)

    def show_bars(self, top: RenderableType, status: RenderableType) -> None:
        """Draw the lines above and below everything."""
        self._top.update(top)
        self.show_status(status)

    def show_status(self, status: RenderableType) -> None:
        self._status.update(status)

    def action_toggle_mind(self) -> None:
        self._mind_wanted = not self._is_mind_open
        self._lay_out(self.size.width)

    async def action_escape(self) -> None:
        if self.is_mind_alone:
            self.action_toggle_mind()
        else:
            await self.app.run_action("stop")

    def action_scroll_page(self, direction: int) -> None:
        view = self.mind if self.is_mind_alone else self.chat
        if direction < 0:
            view.scroll_page_up()
        else:
            view.scroll_page_down()

    def _lay_out(self, width: int) -> None:
        is_wide = width >= _WIDE_COLUMNS
        if is_wide != self._is_wide:
            self._is_wide, self._mind_wanted = is_wide, None
        self.set_class(not is_wide, "narrow")
        self.set_class(self._is_mind_open, "mind-open")
        self.set_class(not self._is_mind_open, "mind-closed")
        if not self.is_mind_alone:
            # What is hidden loses the keyboard, and shown again does not get it back by itself.
            self.call_after_refresh(self.composer.focus)
        self.post_message(self.LaidOut(width))

    class LaidOut(Message):
        """The screen has been laid out anew, for this width."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width
