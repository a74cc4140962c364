"""What `/memory` answers: each memory with its score, taken apart into what made it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from substrate.interface.terminal.figures import bar_text
from substrate.interface.terminal.theme import DIM, FAINT, PERSONA, TEXT
from substrate.persona.prompt import age_text

_BAR_CELLS = 8
_SHOWN_FROM = 0.005
"""A part that is smaller shows as 0.00 and says nothing."""


def recall_table(query: str, answer: Mapping[str, Any]) -> RenderableType:
    """Draw the data of `memory/recall`: the best memory first, the parts of its score below it."""
    engrams = answer["engrams"]
    title = Text.assemble(("Recalled for ", DIM), (query, f"italic {TEXT}"))
    if not engrams:
        return Group(title, Text("Nothing is remembered that fits.", style=FAINT))
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(ratio=1)
    best = max(float(engram["score"]) for engram in engrams) or 1.0
    for engram in engrams:
        score = float(engram["score"])
        origin = f"{engram['speaker']}, #{engram['channel']}, {age_text(time.time() - engram['said_at_s'])}"
        parts = "  ".join(
            f"{name.replace('_', ' ')} {value:.2f}"
            for name, value in engram["parts"].items()
            if abs(value) >= _SHOWN_FROM
        )
        memory = Text.assemble((engram["text"], TEXT), (f"\n{origin}", DIM), (f"\n{parts}", FAINT))
        table.add_row(
            Text(bar_text(score / best, _BAR_CELLS), style=PERSONA), Text(f"{score:.2g}", style=TEXT), memory
        )
    return Group(title, table)
