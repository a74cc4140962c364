"""When a persona was not there: dismissed, or left out of the personas file for a while.

It knows nothing of what was said meanwhile: neither the history that it reads nor its memory takes that in.
Kept beside its seed, and in rows of the transcript, so that no clock is needed to tell.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from substrate.persona.identity import IdentityError, persona_home, write_atomically

Absence = tuple[int, int | None]
"""The last row that was heard before, and the last that was missed; None while the persona is not back."""

ABSENCES_FILE = "absences.json"


def was_absent(absences: Sequence[Absence], row_id: int) -> bool:
    """Whether a row was said while the persona was not there."""
    if not absences:  # nearly always, and asked of every row that a turn looks at
        return False
    return any(heard < row_id and (missed is None or row_id <= missed) for heard, missed in absences)


def read_absences(home: Path, persona_id: str) -> tuple[Absence, ...]:
    """Oldest first. Raises IdentityError naming a file that is damaged."""
    path = persona_home(home, persona_id) / ABSENCES_FILE
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return tuple((int(heard), None if missed is None else int(missed)) for heard, missed in held)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        raise IdentityError(
            f"{path} cannot be read: {error!r}",
            "move it away: the persona then counts as having been there all the time",
        ) from error


def newest_row_of_absences(home: Path) -> int:
    """The highest row of a transcript that any persona's absences speak of, 0 if none do; a transcript that
    begins anew goes on behind it. Raises IdentityError."""
    found = (path.parent.name for path in (home / "personas").glob(f"*/{ABSENCES_FILE}"))
    rows = (missed or heard for one in found for heard, missed in read_absences(home, one))
    return max(rows, default=0)


def begin_absence(home: Path, persona_id: str, newest_row: int) -> None:
    """From now on it hears nothing, if it did not before. Raises IdentityError."""
    absences = read_absences(home, persona_id)
    if not (absences and absences[-1][1] is None):
        _write(home, persona_id, (*absences, (newest_row, None)))


def end_absence(home: Path, persona_id: str, newest_row: int) -> None:
    """It is back, if it was away. Raises IdentityError."""
    absences = read_absences(home, persona_id)
    if absences and absences[-1][1] is None:
        *before, (heard, _) = absences
        has_missed = newest_row > heard
        _write(home, persona_id, (*before, (heard, newest_row)) if has_missed else tuple(before))


def _write(home: Path, persona_id: str, absences: Sequence[Absence]) -> None:
    path = persona_home(home, persona_id) / ABSENCES_FILE
    try:
        write_atomically(path, json.dumps(absences) + "\n")
    except OSError as error:
        raise IdentityError(
            f"{path} cannot be written: {error}",
            "check that the home directory is yours to write and that the disk has room",
        ) from error
