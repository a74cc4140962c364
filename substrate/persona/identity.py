"""Who a persona is, kept in `personas/<persona_id>/seed.json` under the home directory.

The seed gives a persona its id once; settings of the personas file may change around it. A persona that was
enrolled while the substrate ran has no entry in that file, so its seed also holds what the entry would say.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.inference.protocol import Sampling
from substrate.instance import PersonaSettings
from substrate.persona.description import DescriptionError, PersonaDescription, parse_description
from substrate.plain_text import plain_text
from substrate.whole_words import name_key

SEED_FILE = "seed.json"

_ENROLLED = ("about", "channels", "adapters")
"""What the seed of who was enrolled says beside name and role."""


class IdentityError(SubstrateError):
    """A seed cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Seed:
    """The lasting identity. `created_at_s`: seconds since the epoch.

    `enrolled` is set when the persona was created at run time: the seed is then its only description.
    """

    persona_id: str
    name: str
    role: str
    created_at_s: float
    enrolled: PersonaDescription | None = None


def seed_path(home: Path, persona_id: str) -> Path:
    """The file of one persona's seed."""
    return persona_home(home, persona_id) / SEED_FILE


def persona_home(home: Path, persona_id: str) -> Path:
    """The folder of one persona's files."""
    return home / "personas" / persona_id


def read_seeds(home: Path) -> dict[str, Seed]:
    """All seeds under `home` by `name_key`. Raises IdentityError naming the file that is damaged."""
    seeds: dict[str, Seed] = {}
    ids = set()
    for path in sorted((home / "personas").glob(f"*/{SEED_FILE}")):
        seed = _read_seed(path)
        if name_key(seed.name) in seeds or seed.persona_id in ids:
            what = "name the same persona" if name_key(seed.name) in seeds else "have the id of one persona,"
            raise IdentityError(
                f"two seeds {what} {seed.name!r}; one is {path}",
                "move the folder of one of them out of the personas directory",
            )
        seeds[name_key(seed.name)] = seed
        ids.add(seed.persona_id)
    return seeds


def create_seed(home: Path, description: PersonaDescription, *, enrolled: bool) -> Seed:
    """Give a described persona an id and write its seed. Raises IdentityError."""
    seed = Seed(
        persona_id=str(uuid.uuid4()),
        name=description.name,
        role=description.role,
        created_at_s=int(time.time() * 1000) / 1000,  # as the seed writes it, never later than now
        enrolled=description if enrolled else None,
    )
    _write_seed(home, seed)
    return seed


def enroll_again(home: Path, seed: Seed, description: PersonaDescription) -> Seed:
    """Somebody with a past is described at run time: the same id from here on. Raises IdentityError."""
    seed = replace(seed, name=description.name, role=description.role, enrolled=description)
    _write_seed(home, seed)
    return seed


def _write_seed(home: Path, seed: Seed) -> None:
    folder = persona_home(home, seed.persona_id)
    try:
        for private in (folder.parent, folder):
            private.mkdir(parents=True, mode=0o700, exist_ok=True)
        write_atomically(folder / SEED_FILE, _seed_text(seed))
    except OSError as error:
        raise IdentityError(
            f"the seed of persona {seed.name!r} cannot be written to {folder}: {error}",
            "check that the home directory is yours to write and that the disk has room",
        ) from error


def enrolled_settings(seed: Seed, sampling: Sampling) -> PersonaSettings | None:
    """The settings of a persona that was enrolled at run time, None of others. `sampling` is the model's."""
    described = seed.enrolled
    if described is None:
        return None
    return PersonaSettings(
        persona_id=seed.persona_id,
        name=seed.name,
        role=seed.role,
        about=described.about,
        created_at_s=seed.created_at_s,
        channels=described.channels,
        sampling=sampling,
        blend=described.blend,
    )


def _read_seed(path: Path) -> Seed:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        enrolled = held.get("enrolled")
        if not isinstance(enrolled, dict | None):
            raise TypeError(f"enrolled is {enrolled!r}")
        described = {} if enrolled is None else {key: enrolled[key] for key in _ENROLLED if key in enrolled}
        # What was stored before such characters were refused is read without them.
        plain = {
            key: plain_text(value) if isinstance(value, str) else value
            for key, value in {"role": held["role"], **described}.items()
        }
        description = parse_description({"name": held["name"], **plain})
        return Seed(
            persona_id=str(uuid.UUID(held["persona_id"])),
            name=description.name,
            role=description.role,
            created_at_s=datetime.fromisoformat(held["created_at"]).timestamp(),
            enrolled=None if enrolled is None else description,
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, repr(error)) from error
    except DescriptionError as error:
        raise _unreadable(path, f"{error.message} ({error.hint})") from error


def _unreadable(path: Path, why: str) -> IdentityError:
    return IdentityError(
        f"the seed {path} cannot be read: {why}",
        "restore the file, or move its folder away: the persona then starts anew with another id",
    )


def _seed_text(seed: Seed) -> str:
    held: dict[str, Any] = {
        "persona_id": seed.persona_id,
        "name": seed.name,
        "role": seed.role,
        "created_at": datetime.fromtimestamp(seed.created_at_s, UTC).isoformat(timespec="milliseconds"),
    }
    if seed.enrolled is not None:
        channels = seed.enrolled.channels
        held["enrolled"] = {
            "about": seed.enrolled.about,
            "channels": None if channels is None else sorted(channels),
            "adapters": dict(seed.enrolled.blend),
        }
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n"


def write_atomically(path: Path, text: str) -> None:
    """All of the text or nothing, also through a power cut; mode 0600."""
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
