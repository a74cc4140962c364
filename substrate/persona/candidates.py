"""What the motor cortex leaves ready for a turn: what the persona may be asked next, and what it may say.

A value of the candidates buffer is `{"for_row": int, "asked": [[text, score], ...], "says": [[text, score],
...]}`, best first; scores lie in (0, 1] and compare within one list. `for_row` is the newest row that was
looked at.
"""

from __future__ import annotations

from typing import Any

from substrate.region.contract import BufferSpec

CANDIDATES = BufferSpec("candidates", keys=96, value_bytes=8192, versions=4)
"""The buffer; its keys are `(persona_id, channel)`."""

Scored = list[tuple[str, float]]


def encode_candidates(for_row: int, asked: Scored, says: Scored) -> dict[str, Any]:
    """The value to publish."""
    return {"for_row": for_row, "asked": asked, "says": says}


def likely_replies(value: Any, most: int) -> tuple[str, ...]:
    """The `most` likeliest replies of a value, best first."""
    return tuple([text for text, _ in value["says"][:most]])
