"""What the turns of this process came to: for `persona/status`, the dashboard and benchmarks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from substrate.persona.late_block import Freshness
from substrate.persona.outcome import Outcome
from substrate.persona.turn import Turn


class TurnStatistics:
    """Counts since the process started."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._freshness: Counter[Freshness] = Counter()
        self._overheads = 0
        self._overhead_ns = 0
        self._longest_overhead_ns = 0

    def ended(self, turn: Turn, outcome: Outcome, overhead_ns: int | None) -> None:
        """A turn has its outcome; `overhead_ns` is what it took outside an engine that came to its end."""
        self._outcomes[outcome.kind.value] += 1
        if overhead_ns is not None:
            self._overheads += 1
            self._overhead_ns += overhead_ns
            self._longest_overhead_ns = max(self._longest_overhead_ns, overhead_ns)
        if turn.generation is not None and turn.late is not None:
            self._freshness[turn.late.freshness] += 1

    def as_dict(self) -> dict[str, Any]:
        """Outcomes by kind, what lay ready at late binding, and the overhead per turn in microseconds."""
        return {
            "outcomes": dict(self._outcomes),
            "late_binding": {freshness.value: self._freshness[freshness] for freshness in Freshness},
            "overhead_us": {
                "mean": round(self._overhead_ns / self._overheads / 1000, 1) if self._overheads else None,
                "longest": round(self._longest_overhead_ns / 1000, 1) if self._overheads else None,
            },
        }
