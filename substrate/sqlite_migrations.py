"""Schemas of the SQLite files as named steps: each is applied once, in order, and never edited afterwards."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a schema: a name that stays in the file, and the SQL that it runs."""

    name: str
    script: str


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply the steps that the file does not have yet, each in its own transaction.

    Returns the names of what was applied. `connection` must be in autocommit mode (isolation_level None).
    Raises sqlite3.Error; the steps before the failed one stay applied.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at_s REAL NOT NULL)"
    )
    done = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    applied = []
    for migration in migrations:
        if migration.name in done:
            continue
        connection.executescript(
            f"BEGIN IMMEDIATE; {migration.script}; "
            f"INSERT INTO migrations VALUES ('{migration.name}', {time.time()!r}); COMMIT;"
        )
        applied.append(migration.name)
    return applied
