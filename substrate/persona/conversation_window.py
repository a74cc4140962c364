"""What one persona still sees verbatim of one channel: whole messages, append only, the newest kept.

Lines stand in the order in which the persona met them: a message that it answers is followed by its answer,
also when others spoke in between; what they said follows after. So the list only grows at its end, and what
the engine read of it stays valid. When it is full, the older half goes at once: dropping one message a turn
would make the engine read everything anew at every turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from substrate.inference.protocol import Role, Turn
from substrate.persona.prompt import SpokenLine, conversation_turns, extend_turns
from substrate.persona.transcript import TranscriptRow

_EXCHANGE = 2
"""Lines that stay while they fit at all: what was said last, and what was answered to it."""


class _Line(NamedTuple):
    row_id: int
    spoken: SpokenLine
    tokens: int


class ConversationWindow:
    """The history of one (persona, channel). Not thread-safe."""

    def __init__(self, persona_name: str) -> None:
        self._name = persona_name
        self._lines: list[_Line] = []
        self._turns: tuple[Turn, ...] = ()
        self._rows: set[int] = set()
        self._visible: frozenset[int] | None = None
        self.tokens = 0
        """Of all lines."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as the prompt takes it; starts with a user turn."""
        return self._turns

    @property
    def rows(self) -> frozenset[int]:
        """The rows that are visible here."""
        if self._visible is None:
            self._visible = frozenset(self._rows)
        return self._visible

    def holds(self, row_id: int) -> bool:
        return row_id in self._rows

    def append(self, row: TranscriptRow, tokens: int) -> None:
        """Add a message that the persona met now; `tokens` is what it takes."""
        spoken = SpokenLine(row.sender, row.text)
        if not self._turns and row.sender == self._name:
            return  # a conversation begins with somebody else; what the persona answered is not visible
        self._lines.append(_Line(row.row_id, spoken, tokens))
        self.tokens += tokens
        self._rows.add(row.row_id)
        self._visible = None
        self._turns = extend_turns(self._turns, spoken, self._name)

    def fit(self, limit_tokens: int) -> None:
        """When the lines take more than `limit_tokens`, keep the newest that take half of it.

        The last exchange stays if it fits into the whole. A line that does not fit even alone goes before
        all others do.
        """
        if self.tokens <= limit_tokens:
            return
        lines = [line for line in self._lines if line.tokens <= limit_tokens]
        if sum(line.tokens for line in lines) > limit_tokens:
            lines = _newest(lines, limit_tokens)
        self._keep(lines)

    def remove(self, row_ids: Iterable[int]) -> None:
        """Take withdrawn rows out."""
        withdrawn = set(row_ids)
        if withdrawn & self._rows:
            self._keep([line for line in self._lines if line.row_id not in withdrawn])

    def _keep(self, lines: list[_Line]) -> None:
        first = 0
        while first < len(lines) and lines[first].spoken.speaker == self._name:
            first += 1
        self._lines = lines[first:]
        self._rows = {line.row_id for line in self._lines}
        self._visible = None
        self.tokens = sum(line.tokens for line in self._lines)
        self._turns = conversation_turns((line.spoken for line in self._lines), self._name)
        assert not self._turns or self._turns[0].role is Role.USER


def _newest(lines: list[_Line], limit_tokens: int) -> list[_Line]:
    kept = 0
    for first in range(len(lines) - 1, -1, -1):
        kept += lines[first].tokens
        is_exchange = len(lines) - first <= _EXCHANGE
        if kept > (limit_tokens if is_exchange else limit_tokens // 2):
            return lines[first + 1 :]
    return lines
