"""The transcript as everybody but its writer sees it: rows in the order in which they were committed.

Regions catch up from here: the event ring is a hint that may lose events, the transcript is the record. All
cursors (row ids, withdrawal ids, reaction ids) only grow and are never given twice, not even after a power
cut took the last of them back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from substrate.persona.transcript_schema import connect_reader
from substrate.whole_words import Words


class TranscriptRow(NamedTuple):
    """One message. `persona_id` None: written by a person. `at_s`: seconds since the epoch.

    `in_reply_to` is the row that a persona's reply answers. A tuple, because SQLite takes and gives tuples,
    and a turn makes two of these.
    """

    row_id: int
    message_id: str
    channel: str
    sender: str
    persona_id: str | None
    text: str
    at_s: float
    in_reply_to: int | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A row that was hidden and scrubbed: edited, regenerated or forgotten."""

    withdrawal_id: int
    row_id: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji that somebody gave a row."""

    reaction_id: int
    row_id: int
    sender: str
    emoji: str
    at_s: float


ROW_COLUMNS = "row_id, message_id, channel, sender, persona_id, text, at_s, in_reply_to"

RECENT = (
    f"SELECT {ROW_COLUMNS} FROM messages WHERE channel = :channel AND NOT hidden AND row_id >= "
    "(SELECT first_row FROM channels WHERE name = :channel) ORDER BY row_id DESC LIMIT :limit"
)
"""The newest rows of a channel, newest first, read backwards from the table's end to the channel's first."""


class TranscriptReader:
    """Read-only access from any process. A transcript that does not exist yet is an empty one.

    Used from one thread at a time. Hidden rows are never returned.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def row(self, row_id: int) -> TranscriptRow | None:
        """One row, or None when it is hidden or does not exist."""
        found = self._read(f"SELECT {ROW_COLUMNS} FROM messages WHERE row_id = ? AND NOT hidden", (row_id,))
        return TranscriptRow(*found[0]) if found else None

    def rows_after(self, row_id: int, limit: int) -> list[TranscriptRow]:
        """At most `limit` rows behind the cursor, oldest first, of all channels."""
        found = self._read(
            f"SELECT {ROW_COLUMNS} FROM messages WHERE row_id > ? AND NOT hidden ORDER BY row_id LIMIT ?",
            (row_id, limit),
        )
        return [TranscriptRow(*row) for row in found]

    def last_row_id(self) -> int:
        """The id of the newest row, hidden ones included; 0 when there is none."""
        found = self._read("SELECT max(row_id) FROM messages", ())
        return int(found[0][0] or 0) if found else 0

    def recent(self, channel: str, limit: int) -> list[TranscriptRow]:
        """The newest `limit` rows of a channel, oldest first."""
        found = self._read(RECENT, {"channel": channel, "limit": limit})
        return [TranscriptRow(*row) for row in reversed(found)]

    def containing(self, words: str) -> list[int]:
        """The rows whose text contains `words` as whole words, whatever their case, oldest first."""
        wanted = Words(words)
        rows = self._read("SELECT row_id, text FROM messages WHERE NOT hidden ORDER BY row_id", ())
        return [row_id for row_id, text in rows if wanted.search(text)]

    def withdrawals_after(self, withdrawal_id: int, limit: int) -> list[Withdrawal]:
        """At most `limit` withdrawals behind the cursor, oldest first."""
        found = self._read(
            "SELECT withdrawal_id, row_id FROM withdrawals WHERE withdrawal_id > ? "
            "ORDER BY withdrawal_id LIMIT ?",
            (withdrawal_id, limit),
        )
        return [Withdrawal(*row) for row in found]

    def reactions_after(self, reaction_id: int, limit: int) -> list[Reaction]:
        """At most `limit` reactions behind the cursor, oldest first."""
        found = self._read(
            "SELECT reaction_id, row_id, sender, emoji, at_s FROM reactions WHERE reaction_id > ? "
            "ORDER BY reaction_id LIMIT ?",
            (reaction_id, limit),
        )
        return [Reaction(*row) for row in found]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, sql: str, parameters: Mapping[str, object] | tuple[object, ...]) -> list[tuple[Any, ...]]:
        connection = self._open()
        return connection.execute(sql, parameters).fetchall() if connection is not None else []

    def _open(self) -> sqlite3.Connection | None:
        """The connection, once the service has created the file and the last table of its schema."""
        if self._connection is None and self.path.exists():
            connection = connect_reader(self.path)
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'reactions'").fetchall():
                self._connection = connection
            else:
                connection.close()
        return self._connection
