"""How much a memory matters: counters that only ever add, and the value that they amount to.

Reactions, rehearsal (it was recalled into a prompt), centrality (it was answered, or named the persona) and
outcome (what was made of it turned out well) are counted apart and by whoever sees them; nobody reads before
writing, so nobody needs a lock. Each counter saturates: the tenth reaction says less than the first.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from enum import Enum
from typing import Any

from substrate.memory.settings import SalienceSettings
from substrate.region.contract import BufferSpec, Reader

SALIENCE = BufferSpec("salience", keys=24, value_bytes=16384, versions=4, reader=Reader.REGIONS)
"""The attention region's buffer; keys are `(persona_id,)`, values `[[row_id, salience], ...]`, best first."""

MAX_SALIENT_ROWS = 900
"""So many rows fit into one value at 18 bytes each."""


class Counter(Enum):
    """What is counted; values are the names of the weights in SalienceSettings."""

    REACTIONS = "reactions"
    REHEARSAL = "rehearsal"
    CENTRALITY = "centrality"
    OUTCOME = "outcome"


def salience_of(counts: dict[Counter, float], settings: SalienceSettings) -> float:
    """Salience in [0, 1): the weighted sum of the saturated counters.

    One counter at count c gives its weight times 1 - exp(-c / saturation).
    """
    return sum(
        float(getattr(settings, counter.value)) * (1.0 - math.exp(-count / settings.saturation))
        for counter, count in counts.items()
    )


def counted_salience(shown: int, used: float, settings: SalienceSettings) -> float:
    """The salience of an engram that prompts showed and replies used so often."""
    counts = {Counter.REHEARSAL: shown * settings.shown, Counter.OUTCOME: used}
    return salience_of(counts, settings)


class SalienceLedger:
    """The counters of all rows that matter to one persona."""

    def __init__(self, settings: SalienceSettings) -> None:
        self._settings = settings
        self._counts: dict[int, dict[Counter, float]] = {}
        self._values: dict[int, float] = {}
        self.changed = True
        """Whether the next `top` says something new; the first one does."""

    def add(self, row_id: int, counter: Counter, amount: float = 1.0) -> None:
        """Count something about a transcript row."""
        counts = self._counts.setdefault(row_id, {})
        counts[counter] = counts.get(counter, 0.0) + amount
        self._values[row_id] = salience_of(counts, self._settings)
        self.changed = True

    def forget(self, row_ids: Iterable[int]) -> None:
        """Drop what is known of withdrawn rows."""
        for row_id in row_ids:
            if self._counts.pop(row_id, None) is not None:
                del self._values[row_id]
                self.changed = True

    def top(self, limit: int = MAX_SALIENT_ROWS) -> list[list[Any]]:
        """`[row_id, salience]` of the most salient rows, best first."""
        self.changed = False
        valued = zip(self._values.values(), self._values, strict=True)
        return [[row_id, round(value, 4)] for value, row_id in heapq.nlargest(limit, valued)]
