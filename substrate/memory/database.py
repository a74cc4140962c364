"""L3: a persona's long-term memory on disk, one SQLite file with one writer.

WAL keeps readers (another region, a user with sqlite3) from ever blocking the writer or being blocked.
`synchronous=NORMAL` survives the death of every process at any instruction; a power cut may cost the last
second, which the transcript then gives back at the next start. `secure_delete` overwrites what is forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from substrate.memory.engram import EngramKind, SpeechForm
from substrate.memory.errors import StoreUnwritable
from substrate.memory.schema import MIGRATIONS
from substrate.sqlite_migrations import migrate

_COLUMNS = (
    "row_id, ordinal, message_id, channel, domain, kind, form, speaker, text, entities, in_reply_to, "
    "said_at_s, touched_at_s, access_count, reactions, outcomes, protected_until_s, embedder, embedding"
)


@dataclass(slots=True)
class StoredEngram:
    """One row of the table `engrams`. Times in seconds since the epoch."""

    row_id: int
    ordinal: int
    message_id: str
    channel: str
    domain: str
    kind: EngramKind
    form: SpeechForm
    speaker: str
    text: str
    entities: str
    """Joined by newlines."""
    in_reply_to: int | None
    said_at_s: float
    touched_at_s: float
    access_count: int = 0
    reactions: float = 0.0
    outcomes: float = 0.0
    protected_until_s: float = 0.0
    embedder: str | None = None
    """Whose vectors `embedding` speaks the language of."""
    embedding: bytes | None = None


class EngramDatabase:
    """The file, through its one writing connection. Used from one thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file and brings its schema up to date; raises StoreUnwritable."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "busy_timeout=2000"):
                self._connection.execute(f"PRAGMA {pragma}")
            migrate(self._connection, MIGRATIONS)
        except (OSError, sqlite3.Error) as error:
            raise _unwritable(path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; raises StoreUnwritable when the disk does not take it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise _unwritable(self.path, error) from error
            raise

    def load(self) -> Iterator[StoredEngram]:
        """Every engram in the order of the transcript."""
        for row in self._connection.execute(f"SELECT {_COLUMNS} FROM engrams ORDER BY row_id, ordinal"):
            yield _stored(row)

    def insert(self, engrams: Sequence[StoredEngram]) -> None:
        """Add engrams that are not there yet (see `missing`)."""
        self._connection.executemany(
            f"INSERT INTO engrams ({_COLUMNS}) VALUES ({', '.join('?' * 19)})",
            [
                (
                    engram.row_id, engram.ordinal, engram.message_id, engram.channel, engram.domain,
                    int(engram.kind), int(engram.form), engram.speaker, engram.text, engram.entities,
                    engram.in_reply_to, engram.said_at_s, engram.touched_at_s, engram.access_count,
                    engram.reactions, engram.outcomes, engram.protected_until_s, engram.embedder,
                    engram.embedding,
                )
                for engram in engrams
            ],
        )  # fmt: skip

    def holds(self, message_id: str) -> bool:
        """Whether the message was taken in before."""
        return self._found("SELECT 1 FROM engrams WHERE message_id = ? LIMIT 1", message_id)

    def delete(self, keys: Sequence[tuple[int, int]]) -> None:
        """Remove engrams by `(row_id, ordinal)` and every edge of theirs."""
        self._connection.executemany("DELETE FROM engrams WHERE row_id = ? AND ordinal = ?", keys)
        for end in ("source", "target"):
            self._connection.executemany(f"DELETE FROM edges WHERE {end}_row = ? AND {end}_ordinal = ?", keys)

    def add(self, column: str, amounts: Mapping[tuple[int, int], float]) -> None:
        """Add to one of the additive counters: `access_count`, `reactions` or `outcomes`."""
        self._connection.executemany(
            f"UPDATE engrams SET {column} = {column} + ? WHERE row_id = ? AND ordinal = ?",
            [(amount, *key) for key, amount in amounts.items()],
        )

    def forget(self, keys: Sequence[tuple[str, int]]) -> None:
        """Remember by `(message_id, ordinal)`, without the words, what is never to be taken in again."""
        self._connection.executemany("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", keys)

    def has_forgotten(self, message_id: str, ordinal: int) -> bool:
        """Whether that part of a message was forgotten on demand."""
        return self._found(
            "SELECT 1 FROM forgotten WHERE message_id = ? AND ordinal = ?", message_id, ordinal
        )

    def rewrite(self, engram: StoredEngram) -> None:
        """Replace what an engram says; its provenance stays."""
        self._connection.execute(
            "UPDATE engrams SET text = ?, kind = ?, form = ?, entities = ?, embedder = ?, embedding = ? "
            "WHERE row_id = ? AND ordinal = ?",
            (
                engram.text,
                int(engram.kind),
                int(engram.form),
                engram.entities,
                engram.embedder,
                engram.embedding,
                engram.row_id,
                engram.ordinal,
            ),
        )

    def read(self, row_id: int, ordinal: int) -> StoredEngram | None:
        """One engram, or None."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM engrams WHERE row_id = ? AND ordinal = ?", (row_id, ordinal)
        ).fetchone()
        return None if row is None else _stored(row)

    def connect_engrams(
        self, kind: int, source: tuple[int, int], target: tuple[int, int], weight: float = 1.0
    ) -> None:
        """Keep an edge that cannot be told from the engrams themselves."""
        self._connection.execute(
            "INSERT OR IGNORE INTO edges VALUES (?, ?, ?, ?, ?, ?)", (int(kind), *source, *target, weight)
        )

    def edges(self) -> Iterator[tuple[int, tuple[int, int], tuple[int, int], float]]:
        """Every kept edge: kind, source, target, weight."""
        for kind, *ends, weight in self._connection.execute(
            "SELECT kind, source_row, source_ordinal, target_row, target_ordinal, weight FROM edges"
        ):
            yield kind, (ends[0], ends[1]), (ends[2], ends[3]), weight

    def touch(self, keys: Sequence[tuple[int, int]], now_s: float) -> None:
        """Note that engrams were shown to the persona."""
        self._connection.executemany(
            "UPDATE engrams SET touched_at_s = ?, access_count = access_count + 1 "
            "WHERE row_id = ? AND ordinal = ?",
            [(now_s, *key) for key in keys],
        )

    def mark(self, name: str) -> int:
        """A number kept under a name; 0 when it was never set."""
        found = self._connection.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number, in the same transaction as what it speaks of."""
        self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def scrub(self) -> None:
        """Fold the write-ahead log into the file and empty it, so that deleted words are gone from both."""
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        self._connection.close()

    def _found(self, sql: str, *parameters: object) -> bool:
        return self._connection.execute(sql, parameters).fetchone() is not None


def _stored(row: tuple[Any, ...]) -> StoredEngram:
    engram = StoredEngram(*row)
    engram.kind, engram.form = EngramKind(engram.kind), SpeechForm(engram.form)
    return engram


def _unwritable(path: Path, error: Exception) -> StoreUnwritable:
    return StoreUnwritable(
        f"the long-term memory {path} cannot be written: {error}",
        "free some disk space and check that the folder belongs to you; the transcript keeps every "
        "message, and memory takes in what it missed as soon as it can write again",
    )
