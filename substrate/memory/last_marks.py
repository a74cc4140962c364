"""How far memories have followed a transcript, read from files that another process writes.

A transcript that is moved away is followed by one that begins anew, and memories stay. If the new one gave
its rows the ids of the old one's, memories would pass them over, or take one row for another.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from substrate.memory.errors import StoreDamaged
from substrate.memory.side_reading import read_beside


def last_marks(personas: Path) -> tuple[int, int]:
    """The highest row id and withdrawal id that any memory below `personas` has taken in; 0 where none has.

    A damaged file does not count: nothing can be recalled from it. Raises StoreUnwritable.
    """
    highest = {"row": 0, "withdrawal": 0}
    for path in personas.glob("*/longterm.db"):
        with contextlib.suppress(StoreDamaged):
            for name, value in read_beside(path, "marks", "SELECT name, value FROM marks"):
                highest[name] = max(highest.get(name, 0), int(value))
    return highest["row"], highest["withdrawal"]
