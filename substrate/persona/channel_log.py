"""The newest messages of a channel in memory, from which every persona there keeps its own window.

Each message's tokens are counted once for all personas. Counting belongs to the engine, so it happens when a
prompt first needs the message, not when it is committed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable

from substrate.persona.prompt import SpokenLine, spoken_text
from substrate.persona.transcript import TranscriptRow

LOG_ROWS = 512
"""What is loaded at first use; up to twice as many are kept."""

LINE_FRAME_TOKENS = 8
"""Counted for each message beside its line: what a chat template puts around it."""


class ChannelLog:
    """Rows in the order of the transcript, none of them withdrawn."""

    def __init__(self, rows: Iterable[TranscriptRow], count_tokens: Callable[[str], int]) -> None:
        self._rows = list(rows)
        self._ids = [row.row_id for row in self._rows]
        self._count = count_tokens
        self._tokens: dict[int, int] = {}

    @property
    def first_row(self) -> int:
        """The oldest row that is kept; 0 when there is none."""
        return self._ids[0] if self._ids else 0

    def append(self, row: TranscriptRow) -> None:
        self._rows.append(row)
        self._ids.append(row.row_id)
        if len(self._rows) > 2 * LOG_ROWS:
            for dropped in self._ids[:LOG_ROWS]:
                self._tokens.pop(dropped, None)
            del self._rows[:LOG_ROWS], self._ids[:LOG_ROWS]

    def remove(self, row_ids: Collection[int]) -> None:
        """Take withdrawn rows out."""
        self._rows = [row for row in self._rows if row.row_id not in row_ids]
        self._ids = [row.row_id for row in self._rows]

    def goes_beyond(self, after: int, before: int) -> bool:
        """Whether there are rows in `between`; the common answer, no, is quick."""
        ids = self._ids
        return bool(ids) and ids[-1] > after and ids[bisect_right(ids, after)] < before

    def between(self, after: int, before: int) -> list[TranscriptRow]:
        """Rows with `after` < row id < `before`, oldest first."""
        ids = self._ids
        return self._rows[bisect_right(ids, after) : bisect_left(ids, before)]

    def tokens(self, row: TranscriptRow) -> int:
        """What a message takes in a prompt."""
        tokens = self._tokens.get(row.row_id)
        if tokens is None:
            line = spoken_text(SpokenLine(row.sender, row.text))
            tokens = self._tokens[row.row_id] = self._count(line) + LINE_FRAME_TOKENS
        return tokens
