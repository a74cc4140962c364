"""How often each memory was shown before, read from a long-term memory that another process writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def rehearsals(path: Path) -> list[tuple[int, int, float]]:
    """`(row_id, times shown, times used)` of every row that was ever shown; none where there is no file."""
    if not path.exists():
        return []
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute(
            "SELECT row_id, sum(access_count), sum(outcomes) FROM engrams WHERE access_count > 0 "
            "GROUP BY row_id"
        )
        return [(int(row_id), int(shown), float(used)) for row_id, shown, used in found]
    except sqlite3.OperationalError:
        return []  # The hippocampus has created the file, but not yet its tables.
    finally:
        connection.close()
