"""What a channel is about right now: the terms of its last messages, and how well they agree."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from substrate.memory.features import understand
from substrate.region.contract import BufferSpec, Reader

FOCUS = BufferSpec("focus", keys=96, value_bytes=4096, versions=4, reader=Reader.REGIONS)
"""The attention region's buffer; keys are `(persona_id, channel)`, values `[terms, confidence, row_ids]`."""

_ROWS = 8
_TERMS = 12
_LONGEST_TERM = 64
"""Characters. What is longer is no word of a topic (a pasted key, a line without spaces), and twelve terms of
this length fit a value in any script."""
_FADE = 0.8
"""Each message counts this much of the one after it."""


@dataclass(frozen=True, slots=True)
class Focus:
    """The topic of a channel; `confidence` in [0, 1], `row_ids` newest last."""

    terms: tuple[str, ...]
    confidence: float
    row_ids: tuple[int, ...]


class ChannelFocus:
    """Follows one channel."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, str]] = deque(maxlen=_ROWS)

    def hear(self, row_id: int, text: str) -> None:
        """Take in the next message. It is understood only when somebody asks for the focus."""
        self._recent.append((row_id, text))

    def forget(self, row_ids: set[int]) -> None:
        """Take withdrawn messages out."""
        self._recent = deque((entry for entry in self._recent if entry[0] not in row_ids), maxlen=_ROWS)

    def focus(self) -> Focus:
        """The topic now. Confidence is the share of the weight that lies on terms said more than once."""
        weights: dict[str, float] = {}
        said: Counter[str] = Counter()
        for age, (_, text) in enumerate(reversed(self._recent)):
            terms = (term for term in understand(text).terms if len(term) <= _LONGEST_TERM)
            for term in dict.fromkeys(terms):
                weights[term] = weights.get(term, 0.0) + _FADE**age
                said[term] += 1
        total = sum(weights.values())
        repeated = sum(weight for term, weight in weights.items() if said[term] > 1)
        return Focus(
            tuple(heapq.nlargest(_TERMS, weights, key=weights.__getitem__)),
            repeated / total if total else 0.0,
            tuple(row_id for row_id, _ in self._recent),
        )


def encode_focus(focus: Focus) -> list[Any]:
    """The value to publish."""
    return [list(focus.terms), round(focus.confidence, 4), list(focus.row_ids)]


def decode_focus(value: Any) -> Focus:
    """The focus of a published value."""
    terms, confidence, row_ids = value
    return Focus(tuple(terms), float(confidence), tuple(row_ids))
