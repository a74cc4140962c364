"""What is shown while the processes start: a name, what is being done, and how long it has taken."""

from __future__ import annotations

import time

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Middle
from textual.screen import Screen
from textual.widgets import Static

from substrate.interface.terminal.theme import BUSY, DIM, FAINT, GOOD, PERSONA, TEXT

_PULSE = "·∙•●•∙"
_LONG_S = 5.0
"""A step of a start from warm caches is done by then."""
_WHY_LONG = "the first start compiles what later ones only load"
_WHY_STAYING = "ending once this is done; it is kept for the next start"


class BootScreen(Screen[None]):
    """Covers everything until the instance is ready.

    What is typed meanwhile is not lost: `entered` holds the lines that Enter sent off, `typed_ahead`
    what came after them.
    """

    DEFAULT_CSS = """
    BootScreen { background: $background; align: center middle; }
    BootScreen Middle { width: 56; height: auto; }
    BootScreen Static { width: 1fr; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[tuple[str, float]] = []
        self._frame = 0
        self._is_leaving = False
        self.entered: list[str] = []
        self.typed_ahead = ""
        # The parts outlast being mounted: a step may be reported while the program ends.
        self._progress = Static()
        self._typed = Static()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            if self.typed_ahead.strip():
                self.entered.append(self.typed_ahead)
            self.typed_ahead = ""
        elif event.key == "backspace":
            self.typed_ahead = self.typed_ahead[:-1]
        elif event.is_printable and event.character:
            self.typed_ahead += event.character
        self._draw()

    def on_paste(self, event: events.Paste) -> None:
        # Terminals end the lines of what is pasted with a carriage return.
        self.typed_ahead += event.text.replace("\r\n", "\n").replace("\r", "\n")
        self._draw()

    def compose(self) -> ComposeResult:
        with Middle():
            yield Static(Text.assemble(("persona substrate\n", f"bold {PERSONA}"), ("waking up\n", DIM)))
            yield self._progress
            yield self._typed

    def on_mount(self) -> None:
        self.set_interval(0.1, self._draw)
        self._draw()

    def show_leaving(self) -> None:
        """Say that the program ends as soon as it can."""
        self._is_leaving = True
        self._draw()

    def step(self, text: str) -> None:
        """The next thing that is being done; the one before is done with that."""
        self._steps.append((text, time.monotonic()))
        self._draw()

    def _draw(self) -> None:
        self._frame += 1
        content = Text()
        for index, (text, began_s) in enumerate(self._steps):
            is_last = index == len(self._steps) - 1
            ended_s = time.monotonic() if is_last else self._steps[index + 1][1]
            mark, colour = (_PULSE[self._frame % len(_PULSE)], BUSY) if is_last else ("✓", GOOD)
            content.append(f" {mark} ", style=colour)
            content.append(f"{text:<42}", style=TEXT if is_last else DIM)
            content.append(f"{ended_s - began_s:5.1f} s\n", style=FAINT)
            if is_last and self._is_leaving:
                content.append(f"   {_WHY_STAYING}\n", style=TEXT)
            elif is_last and ended_s - began_s > _LONG_S:
                content.append(f"   {_WHY_LONG}\n", style=FAINT)
        self._progress.update(content)
        typed = [*self.entered, *([self.typed_ahead] if self.typed_ahead else [])]
        self._typed.update(Text("\n").join(Text(f" › {line}", style=DIM) for line in typed))
