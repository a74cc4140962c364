"""How often each memory was shown before, read from a long-term memory that another process writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def rehearsals(path: Path) -> list[tuple[int, int]]:
    """`(row_id, times shown)` of every row that was shown at least once; none where there is no file yet."""
    if not path.exists():
        return []
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute(
            "SELECT row_id, sum(access_count) FROM engrams WHERE access_count > 0 GROUP BY row_id"
        )
        return [(int(row_id), int(count)) for row_id, count in found]
    except sqlite3.OperationalError:
        return []  # The hippocampus has created the file, but not yet its tables.
    finally:
        connection.close()
