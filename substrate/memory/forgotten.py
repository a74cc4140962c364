"""What a persona was asked to forget, read from a long-term memory that another process writes."""

from __future__ import annotations

from pathlib import Path

from substrate.memory.side_reading import read_beside


def forgotten_messages(path: Path) -> set[str]:
    """The ids of messages of which the persona has forgotten something; none where there is no file.

    Raises StoreUnwritable.
    """
    return {
        message_id for (message_id,) in read_beside(path, "forgotten", "SELECT message_id FROM forgotten")
    }
