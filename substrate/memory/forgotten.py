"""What a persona was asked to forget, read from a long-term memory that another process writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def forgotten_messages(path: Path) -> set[str]:
    """The ids of messages of which the persona has forgotten something; none where there is no file."""
    if not path.exists():
        return set()
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return {message_id for (message_id,) in connection.execute("SELECT message_id FROM forgotten")}
    except sqlite3.OperationalError:
        return set()  # The hippocampus has created the file, but not yet its tables.
    finally:
        connection.close()
