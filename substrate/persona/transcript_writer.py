"""The one writer of the transcript: what is committed here is said, and stays said.

One transaction serves all that arrived in one round of the service's loop: a commit costs about as much as
ten rows. A message and the plan of who answers it stand in the same transaction, so that after a crash every
accepted message has either its outcomes or turns that are still pending.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import getrandbits
from typing import Any

from substrate.persona.outcome import Outcome, OutcomeKind
from substrate.persona.transcript import RECENT, ROW_COLUMNS, TranscriptRow
from substrate.persona.transcript_schema import MIGRATIONS, TranscriptError, connect_writer
from substrate.sqlite_migrations import migrate
from substrate.whole_words import name_key

ClientId = str | int
"""The id that a sender gave its message, unique in the session."""

ID_GAP = 4096
"""Left free behind the highest id at each opening: more rows than a power cut can take back. Whoever keeps a
cursor on the transcript may have seen those rows, so their ids are never given to others."""

_INSERT_MESSAGE = (
    f"INSERT INTO messages ({ROW_COLUMNS}, session, client_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_TURN = "INSERT INTO turns (row_id, persona_id, wave, decides) VALUES (?, ?, ?, ?)"
_SET_OUTCOME = (
    "UPDATE turns SET outcome = ?, reason = ?, hint = ? "
    "WHERE row_id = ? AND persona_id = ? AND outcome IS NULL"
)
_SET_ENDING = "UPDATE turns SET reason = ? WHERE row_id = ? AND persona_id = ? AND outcome IS NULL"
_SET_REPLY = (
    "UPDATE turns SET outcome = 'reply', reply_row = ? "
    "WHERE row_id = ? AND persona_id = ? AND outcome IS NULL"
)
_READ_REPLIES_OFF = """
UPDATE turns SET outcome = 'reply', reply_row = reply.row_id FROM messages AS reply
WHERE turns.outcome IS NULL AND reply.row_id > turns.row_id AND reply.in_reply_to = turns.row_id
AND reply.persona_id = turns.persona_id AND NOT reply.hidden
"""


class ClientIdKnown(Exception):
    """A message of this session has one of the client ids already: nothing of the batch was stored."""


@dataclass(slots=True)
class Batch:
    """What one transaction stores, in the order in which it is made."""

    messages: list[tuple[TranscriptRow, ClientId | None]] = field(default_factory=list)
    turns: list[tuple[int, str, int, bool]] = field(default_factory=list)
    """Row id, persona id, wave, whether the persona decides. The first attempt begins with the plan."""
    outcomes: list[tuple[int, str, Outcome]] = field(default_factory=list)
    """Row id, persona id, and an outcome other than a reply: that is a message, and says what it answers."""
    endings: list[tuple[str, int, str]] = field(default_factory=list)
    """The ending of a reply that is not whole, row id, persona id. A reply's turn has it as its reason."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn as the transcript has it; `kind` None while it is pending."""

    row_id: int
    persona_id: str
    wave: int
    decides: bool
    attempts: int
    kind: OutcomeKind | None
    reply_row: int | None
    reason: str
    hint: str


class TranscriptWriter:
    """Owns transcript.db. Writing methods are called inside `transaction()`; all on one thread."""

    def __init__(self, path: Path, session: str, *, seen: tuple[int, int] = (0, 0)) -> None:
        """Open or create the file and bring its schema up to date; raises TranscriptError.

        `seen`: the highest row id and withdrawal id that somebody has noted, of this transcript or of one
        that was there before; new ids are higher.
        """
        self.path = path
        self._session = session
        try:
            self._connection = connect_writer(path)
            migrate(self._connection, MIGRATIONS)
            self._channels = {name for (name,) in self._connection.execute("SELECT name FROM channels")}
            self.first_row_id = self._first_free("messages", "row_id", seen[0])
            """The first row of this process."""
            self.newest_row_id = self.first_row_id - 1
            """The last row that was made, committed or not."""
            self._withdrawal_ids = count(self._first_free("withdrawals", "withdrawal_id", seen[1]))
            self._reaction_ids = count(self._first_free("reactions", "reaction_id"))
        except (OSError, sqlite3.Error) as error:
            raise TranscriptError(
                f"the transcript {path} cannot be opened: {error}",
                "check that the home directory is yours to write and that the disk has room; a damaged file "
                "can be moved away, with those beside it that end in -wal and -shm: the conversation then "
                "starts anew, memories stay",
            ) from error
        self._execute = self._connection.execute

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or nothing. Raises TranscriptError when the disk does not take it."""
        execute = self._execute
        try:
            execute("BEGIN IMMEDIATE")
            yield
            execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise TranscriptError(
                    f"the transcript {self.path} could not be written: {error}",
                    "free some disk space; nothing of this message was stored, send it again",
                ) from error
            raise

    def new_row(
        self,
        *,
        channel: str,
        sender: str,
        text: str,
        at_s: float,
        persona_id: str | None = None,
        in_reply_to: int | None = None,
    ) -> TranscriptRow:
        """A row with ids of its own, not stored yet."""
        self.newest_row_id = row_id = self.newest_row_id + 1
        return TranscriptRow(
            row_id, message_id(row_id, at_s), channel, sender, persona_id, text, at_s, in_reply_to
        )

    def store(self, batch: Batch) -> None:
        """Write a batch inside a transaction. Raises ClientIdKnown: leave the transaction then."""
        session = self._session
        try:
            self._connection.executemany(
                _INSERT_MESSAGE, [(*row, session, client_id) for row, client_id in batch.messages]
            )
        except sqlite3.IntegrityError as error:
            raise ClientIdKnown from error
        for row, _ in batch.messages:
            if row.channel not in self._channels:
                self._execute("INSERT OR IGNORE INTO channels VALUES (?, ?)", (row.channel, row.row_id))
                self._channels.add(row.channel)
        self._connection.executemany(_INSERT_TURN, batch.turns)
        if batch.endings:
            self._connection.executemany(_SET_ENDING, batch.endings)
        self._connection.executemany(
            _SET_OUTCOME,
            [
                (outcome.kind.value, outcome.reason, outcome.hint, row_id, persona_id)
                for row_id, persona_id, outcome in batch.outcomes
            ],
        )

    # Messages

    def find_by_client(self, client_id: ClientId) -> tuple[TranscriptRow, bool] | None:
        """The message that came with this id in this session, and whether it was withdrawn since."""
        found = self._execute(
            f"SELECT {ROW_COLUMNS}, hidden FROM messages WHERE session = ? AND client_id = ?",
            (self._session, client_id),
        ).fetchone()
        return (TranscriptRow(*found[:-1]), bool(found[-1])) if found else None

    def find_by_message_id(self, message_id: str) -> TranscriptRow | None:
        """A visible row by its message id, which ends in the row id."""
        try:
            row = self.row(int(message_id[-_ROW_DIGITS:], 16))
        except ValueError:
            return None
        return row if row is not None and row.message_id == message_id else None

    def row(self, row_id: int) -> TranscriptRow | None:
        """A visible row."""
        return self._one(f"SELECT {ROW_COLUMNS} FROM messages WHERE row_id = ? AND NOT hidden", row_id)

    def client_id(self, row_id: int) -> ClientId | None:
        """The id that the sender gave this row, if it did so in this session."""
        found = self._execute(
            "SELECT client_id FROM messages WHERE row_id = ? AND session = ?", (row_id, self._session)
        ).fetchone()
        return found[0] if found else None

    def recent(self, channel: str, limit: int) -> list[TranscriptRow]:
        """The newest `limit` visible rows of a channel, oldest first."""
        found = self._execute(RECENT, {"channel": channel, "limit": limit}).fetchall()
        return [TranscriptRow(*row) for row in reversed(found)]

    def last_from_a_person(self, channel: str) -> TranscriptRow | None:
        """The newest visible message of a channel that no persona wrote."""
        return self._one(
            f"SELECT {ROW_COLUMNS} FROM messages WHERE channel = ?1 AND persona_id IS NULL AND NOT hidden "
            "AND row_id >= (SELECT first_row FROM channels WHERE name = ?1) ORDER BY row_id DESC LIMIT 1",
            channel,
        )

    def answers_to(self, row_id: int) -> list[TranscriptRow]:
        """Visible rows that answer a row, those that answer these, and so on, oldest first.

        An answer comes after what it answers, so only the rows behind it are looked at.
        """
        found = self._execute(
            "WITH RECURSIVE tree(row_id) AS (SELECT ? UNION "
            "SELECT messages.row_id FROM tree JOIN messages "
            "ON messages.row_id > tree.row_id AND messages.in_reply_to = tree.row_id) "
            f"SELECT {ROW_COLUMNS} FROM messages WHERE row_id IN tree AND row_id != ? AND NOT hidden "
            "ORDER BY row_id",
            (row_id, row_id),
        ).fetchall()
        return [TranscriptRow(*row) for row in found]

    def has_spoken(self, name: str) -> bool:
        """Whether a person has said anything under this name, in any case. Reads the whole table."""
        senders = self._execute(
            "SELECT DISTINCT sender FROM messages WHERE persona_id IS NULL AND NOT hidden"
        ).fetchall()
        return name_key(name) in {name_key(sender) for (sender,) in senders}

    def channels(self) -> list[str]:
        """Every channel in which something was said."""
        return sorted(self._channels)

    # Turns

    def begin_second_attempt(self, row_id: int, persona_id: str) -> None:
        self._execute(
            "UPDATE turns SET attempts = attempts + 1 WHERE row_id = ? AND persona_id = ?",
            (row_id, persona_id),
        )

    def reopen_turn(self, row_id: int, persona_id: str) -> None:
        """Make a turn pending again, as if its message had just been said."""
        self._execute(
            "UPDATE turns SET outcome = NULL, reply_row = NULL, reason = '', hint = '', attempts = 1 "
            "WHERE row_id = ? AND persona_id = ?",
            (row_id, persona_id),
        )

    def note_replies(self, replies: Iterable[tuple[int, TranscriptRow]]) -> None:
        """Note at the turns of messages (by row id) the replies that ended them, which are stored already."""
        self._connection.executemany(
            _SET_REPLY, [(reply.row_id, row_id, reply.persona_id) for row_id, reply in replies]
        )

    def pending_turns(self) -> list[StoredTurn]:
        """Turns without an outcome, in the order of their messages. Once per start, in a transaction.

        Replies that a predecessor stored and did not come to note are noted first. Reads the whole table.
        """
        self._execute(_READ_REPLIES_OFF)
        return self._turns("outcome IS NULL")

    def turns_of(self, row_id: int) -> list[StoredTurn]:
        """All turns of one message."""
        return self._turns("row_id = ?", row_id)

    # Withdrawals and reactions

    def withdraw(self, row_id: int, at_s: float) -> None:
        """Hide a row and remove its text from the file (`flush` and truncation remove it from the log)."""
        self._execute("UPDATE messages SET hidden = 1, text = '' WHERE row_id = ?", (row_id,))
        # Why a turn failed may quote it.
        self._execute("UPDATE turns SET reason = '', hint = '' WHERE row_id = ?", (row_id,))
        self._execute("INSERT INTO withdrawals VALUES (?, ?, ?)", (next(self._withdrawal_ids), row_id, at_s))

    def last_withdrawn(self) -> list[TranscriptRow]:
        """The rows that were withdrawn together in the last withdrawal, without their text."""
        found = self._execute(
            f"SELECT {ROW_COLUMNS} FROM messages WHERE row_id IN (SELECT row_id FROM withdrawals "
            "WHERE at_s = (SELECT at_s FROM withdrawals ORDER BY withdrawal_id DESC LIMIT 1)) ORDER BY row_id"
        )
        return [TranscriptRow(*row) for row in found]

    def newest_withdrawal(self) -> int:
        """The id of the newest withdrawal, 0 when nothing was ever withdrawn."""
        (newest,) = self._execute("SELECT max(withdrawal_id) FROM withdrawals").fetchone()
        return newest or 0

    def channels_withdrawn_after(self, withdrawal_id: int) -> set[str]:
        """The channels of the rows that were withdrawn behind the cursor."""
        found = self._execute(
            "SELECT DISTINCT channel FROM withdrawals JOIN messages USING (row_id) WHERE withdrawal_id > ?",
            (withdrawal_id,),
        )
        return {channel for (channel,) in found}

    def add_reaction(
        self, row_id: int, sender: str, emoji: str, at_s: float, client_id: ClientId | None = None
    ) -> None:
        """Once per client id, however often it is sent."""
        self._execute(
            "INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?, ?, ?, ?)",
            (next(self._reaction_ids), row_id, sender, emoji, at_s, self._session, client_id),
        )

    def close(self) -> None:
        self._connection.close()

    def _one(self, sql: str, parameter: Any) -> TranscriptRow | None:
        found = self._execute(sql, (parameter,)).fetchone()
        return TranscriptRow(*found) if found else None

    def _turns(self, condition: str, *parameters: int) -> list[StoredTurn]:
        found = self._execute(
            "SELECT row_id, persona_id, wave, decides, attempts, outcome, reply_row, reason, hint FROM turns "
            f"WHERE {condition} ORDER BY row_id, wave, persona_id",
            parameters,
        )
        return [
            StoredTurn(row, persona, wave, bool(decides), attempts, kind and OutcomeKind(kind), *rest)
            for row, persona, wave, decides, attempts, kind, *rest in found
        ]

    def _first_free(self, table: str, column: str, seen: int = 0) -> int:
        (stored,) = self._connection.execute(f"SELECT max({column}) FROM {table}").fetchone()
        highest = max(stored or 0, seen)
        return highest + ID_GAP if highest else 1


_ROW_DIGITS = 12


def message_id(row_id: int, at_s: float) -> str:
    """A version 8 UUID (RFC 9562: the layout is its maker's own): the time in ms, 24 random bits, the row id.

    It is found again by the row id in it, so the transcript needs no index on it: random keys would touch
    another page for every message.
    """
    at_ms, chance = int(at_s * 1000), getrandbits(24)
    time_part = f"{at_ms >> 16:08x}-{at_ms & 0xFFFF:04x}"
    return f"{time_part}-8{chance >> 12:03x}-8{chance & 0xFFF:03x}-{row_id:0{_ROW_DIGITS}x}"
