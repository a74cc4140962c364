"""How often each memory was shown before, read from a long-term memory that another process writes."""

from __future__ import annotations

from pathlib import Path

from substrate.memory.side_reading import read_beside

_SHOWN = "SELECT row_id, sum(access_count), sum(outcomes) FROM engrams WHERE access_count > 0 GROUP BY row_id"


def rehearsals(path: Path) -> list[tuple[int, int, float]]:
    """`(row_id, times shown, times used)` of every row that was ever shown; none where there is no file.

    Raises StoreUnwritable.
    """
    return [
        (int(row_id), int(shown), float(used)) for row_id, shown, used in read_beside(path, "engrams", _SHOWN)
    ]
