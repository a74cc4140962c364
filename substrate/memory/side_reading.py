"""Reading a long-term memory that another process writes, before that process has even created it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from substrate.memory.database import refused


def read_beside(path: Path, table: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query; none while there is no such file, or no such table in it.

    Raises StoreUnwritable, or StoreDamaged, when the file cannot be read: what was to be forgotten must not
    come up again because nobody could look.
    """
    if not path.exists():
        return []
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
            return connection.execute(sql).fetchall() if known else []
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise refused(path, error) from error
