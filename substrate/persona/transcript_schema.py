"""The schema of transcript.db, and how its connections are opened.

WAL lets regions read while the service writes. `synchronous=NORMAL` writes a commit to the operating system
and does not wait for the disk: it survives the death of any process at any instruction. A power cut may cost
what was not yet flushed; substrate.persona.transcript_flush bounds that to about a second.

There is no index by channel. A commit writes every page that it touches, and an index in which each of twelve
channels has its own place costs twelve pages a round; a channel's newest messages are found by reading the
table backwards, which happens once per channel and start.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from substrate.errors import SubstrateError
from substrate.sqlite_migrations import Migration

MIGRATIONS = (
    Migration(
        "messages",
        """
        CREATE TABLE messages (
            row_id INTEGER PRIMARY KEY,
            message_id TEXT NOT NULL,
            session TEXT NOT NULL,
            client_id,
            channel TEXT NOT NULL,
            sender TEXT NOT NULL,
            persona_id TEXT,
            text TEXT NOT NULL,
            at_s REAL NOT NULL,
            in_reply_to INTEGER REFERENCES messages,
            hidden INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX messages_by_client ON messages (session, client_id) WHERE client_id IS NOT NULL;
        """,
    ),
    Migration(
        "channels",
        """
        CREATE TABLE channels (name TEXT PRIMARY KEY, first_row INTEGER NOT NULL) WITHOUT ROWID;
        """,
    ),
    Migration(
        "turns",
        """
        CREATE TABLE turns (
            row_id INTEGER NOT NULL REFERENCES messages,
            persona_id TEXT NOT NULL,
            wave INTEGER NOT NULL,
            decides INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 1,
            outcome TEXT CHECK (outcome IN ('reply', 'silence', 'error')),
            reply_row INTEGER REFERENCES messages,
            reason TEXT NOT NULL DEFAULT '',
            hint TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (row_id, persona_id)
        ) WITHOUT ROWID;
        """,
    ),
    Migration(
        "withdrawals",
        """
        CREATE TABLE withdrawals (
            withdrawal_id INTEGER PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES messages,
            at_s REAL NOT NULL
        );
        """,
    ),
    Migration(
        "reactions",
        """
        CREATE TABLE reactions (
            reaction_id INTEGER PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES messages,
            sender TEXT NOT NULL,
            emoji TEXT NOT NULL,
            at_s REAL NOT NULL
        );
        """,
    ),
    Migration(
        "reactions-by-client",
        """
        ALTER TABLE reactions ADD COLUMN session TEXT;
        ALTER TABLE reactions ADD COLUMN client_id;
        CREATE UNIQUE INDEX reactions_by_client ON reactions (session, client_id, row_id, sender, emoji)
        WHERE client_id IS NOT NULL;
        """,
    ),
)


class TranscriptError(SubstrateError):
    """The transcript cannot be opened or written."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one writing connection. Checkpoints are not its work (wal_autocheckpoint is off): they would block
    the loop that it is used on. Raises sqlite3.Error, OSError."""
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "wal_autocheckpoint=0",
        "secure_delete=ON",
        "automatic_index=OFF",  # the planner would index the whole table to read its last rows
        "busy_timeout=5000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection for another process or thread. Raises sqlite3.Error when there is no file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA busy_timeout=2000").fetchall()
    return connection
