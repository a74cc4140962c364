"""What is asked before a memory is changed: its new words, or whether it is to be forgotten for good."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from substrate.interface.terminal.bars import hint_line
from substrate.interface.terminal.memory_view import Memory
from substrate.interface.terminal.theme import BAD, BUSY, DIM, FAINT, TEXT

_WIDTH_CELLS = 70
_MOST_SHOWN = 50

_STYLE = """
    align: center middle; background: $background 70%;
    & > Vertical {
        width: 76; max-width: 100%; height: auto; max-height: 90%;
        background: $panel; border: round $border; padding: 0 2;
    }
    & Static { height: auto; margin-top: 1; }
    & #what { height: auto; max-height: 10; scrollbar-size-vertical: 1; }
"""


class Forgetting(Enum):
    """Who is to forget."""

    EVERYBODY = "everybody"
    """The message is taken back from the conversation, and with it all memories of it."""
    THIS_PERSONA = "this persona"


class ForgetDialog(ModalScreen[Forgetting | None]):
    """Asks whether these memories are to be forgotten, and by whom; None: they stay."""

    DEFAULT_CSS = f"ForgetDialog {{ {_STYLE} }}"
    BINDINGS = [  # noqa: RUF012 - Textual declares bindings this way
        Binding("y,Y", "forget('EVERYBODY')"),
        Binding("o,O", "forget('THIS_PERSONA')"),
        Binding("n,N,escape", "dismiss(None)"),
    ]

    def __init__(self, memories: Sequence[Memory], persona: str) -> None:
        super().__init__()
        self._memories = memories
        self._persona = persona

    def compose(self) -> ComposeResult:
        count = len(self._memories)
        with Vertical():
            what = "this" if count == 1 else f"these {count}"
            yield Static(Text(f"Forget {what} for good?", style=f"bold {BAD}"))
            with VerticalScroll(id="what"):
                yield Static(self._texts())
            yield Static(
                Text.assemble(
                    ("Y  everybody forgets: ", f"bold {TEXT}"),
                    (f"the {'message is' if count == 1 else 'messages are'} taken back as well", TEXT),
                    (f"\nO  only {self._persona} forgets: ", f"bold {TEXT}"),
                    ("what was said stays in the conversation", TEXT),
                    ("\nN  keep", f"bold {TEXT}"),
                    ("\n\nNothing brings back what is forgotten.", BUSY),
                )
            )

    def on_mount(self) -> None:
        self.query_one("#what").can_focus = False

    def action_forget(self, who: str) -> None:
        self.dismiss(Forgetting[who])

    def _texts(self) -> Text:
        lines = Text("\n").join(
            Text.assemble(("· ", FAINT), (" ".join(memory.text.split()), TEXT), (f"  {memory.origin}", DIM))
            for memory in self._memories[:_MOST_SHOWN]
        )
        if (more := len(self._memories) - _MOST_SHOWN) > 0:
            lines.append(f"\nand {more} more", style=DIM)
        return lines


class CorrectDialog(ModalScreen[str | None]):
    """Asks for a memory's new words; None: it stays as it is."""

    DEFAULT_CSS = f"""
    CorrectDialog {{ {_STYLE} }}
    CorrectDialog TextArea {{
        height: auto; min-height: 3; max-height: 10; margin-top: 1; padding: 0 1;
        background: $surface;
        &, &:focus {{ border: round $accent; }}
        & .text-area--cursor-line {{ background: transparent; }}
    }}
    """
    BINDINGS = [Binding("escape", "dismiss(None)")]  # noqa: RUF012 - Textual declares bindings this way

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text("What should be remembered?", style=f"bold {TEXT}"))
            yield _Words(self._memory.text)
            yield Static(
                Text(
                    f"Said by {self._memory.origin}. Everybody who remembers it will remember your words; "
                    "the message itself stays as it was said.",
                    style=DIM,
                )
            )
            yield Static(hint_line((("Enter", "remember this"), ("Esc", "leave it as it was")), _WIDTH_CELLS))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()

    def answer(self, text: str) -> None:
        """Take these words, unless they are none or the same."""
        if text.strip() and text != self._memory.text:
            self.dismiss(text)
        else:
            self.dismiss(None)


class _Words(TextArea):
    """The words, in which Enter answers."""

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")

    def on_mount(self) -> None:
        self.move_cursor(self.document.end)
        self.focus()

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            assert isinstance(self.screen, CorrectDialog)
            self.screen.answer(self.text.strip())
