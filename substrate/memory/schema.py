"""The schema of longterm.db, as named steps."""

from __future__ import annotations

from substrate.sqlite_migrations import Migration

MIGRATIONS = (
    Migration(
        "engrams",
        """
        CREATE TABLE engrams (
            row_id INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            domain TEXT NOT NULL,
            kind INTEGER NOT NULL,
            form INTEGER NOT NULL,
            speaker TEXT NOT NULL,
            text TEXT NOT NULL,
            entities TEXT NOT NULL,
            in_reply_to INTEGER,
            said_at_s REAL NOT NULL,
            touched_at_s REAL NOT NULL,
            access_count INTEGER NOT NULL DEFAULT 0,
            reactions REAL NOT NULL DEFAULT 0,
            outcomes REAL NOT NULL DEFAULT 0,
            protected_until_s REAL NOT NULL DEFAULT 0,
            embedder TEXT,
            embedding BLOB,
            PRIMARY KEY (row_id, ordinal),
            UNIQUE (message_id, ordinal)
        );
        """,
    ),
    Migration(
        "edges",
        """
        CREATE TABLE edges (
            kind INTEGER NOT NULL,
            source_row INTEGER NOT NULL,
            source_ordinal INTEGER NOT NULL,
            target_row INTEGER NOT NULL,
            target_ordinal INTEGER NOT NULL,
            weight REAL NOT NULL,
            UNIQUE (kind, source_row, source_ordinal, target_row, target_ordinal)
        );
        CREATE INDEX edges_by_target ON edges (target_row, target_ordinal);
        CREATE INDEX edges_by_source ON edges (source_row, source_ordinal);
        """,
    ),
    Migration(
        "forgotten",
        """
        CREATE TABLE forgotten (message_id TEXT, ordinal INTEGER, PRIMARY KEY (message_id, ordinal))
            WITHOUT ROWID;
        """,
    ),
    Migration(
        "marks",
        """
        CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """,
    ),
    Migration(
        "understood",
        """
        ALTER TABLE engrams ADD COLUMN terms TEXT NOT NULL DEFAULT '';
        ALTER TABLE engrams ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE engrams ADD COLUMN reading INTEGER NOT NULL DEFAULT 0;
        """,
    ),
    Migration(
        "attended",
        """
        ALTER TABLE engrams RENAME COLUMN reactions TO attended;
        """,
    ),
)
