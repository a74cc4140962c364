"""The personas file (TOML): who lives in this instance.

[[persona]]
name = "Paige"
role = "a friend who remembers"
about = "You like short answers."        # more of the identity text; optional
channels = ["general", "code"]           # present only there; optional, everywhere without it
adapters = { pirate = 0.8 }              # LoRA adapters to speak with, of those given by --lora; optional

[persona.sampling]                       # optional, all keys as in substrate.inference.Sampling
temperature = 0.6
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.inference.protocol import Sampling, SamplingError
from substrate.instance import PersonaSettings
from substrate.persona.description import KEYS as DESCRIBED
from substrate.persona.description import DescriptionError, PersonaDescription, parse_description
from substrate.persona.identity import create_seed, enrolled_settings, read_seeds, seed_path
from substrate.persona.loaded_adapters import check_loaded
from substrate.whole_words import name_key

DEFAULT_PERSONA = PersonaDescription(name="Paige", role="a friend who remembers")
"""Who answers when no personas file is given. Short, because a small model reads all of it."""

KEYS = {
    "name": "what people call it; no two personas may share one",
    "role": "who it is, in a few words",
    "about": "more of the text that tells it who it is",
    "channels": 'a list of the rooms in which it is present, such as `["code"]`; without it, all',
    "adapters": "the LoRA adapters that it speaks with and their weights, such as `{ pirate = 0.8 }`; their "
    "names are those given by `--lora`",
    "sampling": "a table of how its words are chosen: "
    + ", ".join(f"`{field.name}`" for field in fields(Sampling)),
}
"""The keys of a `[[persona]]`, as docs/interfaces.md explains them."""

STANDARD_SAMPLING = Sampling()
"""For models that are not known to answer best in another way."""


class PersonasFileError(SubstrateError):
    """The personas file says something that cannot be."""


@dataclass(frozen=True, slots=True)
class PersonaEntry:
    """One `[[persona]]` of the file."""

    description: PersonaDescription
    sampling: Sampling


def load_personas(
    home: Path,
    file: Path | None,
    sampling: Sampling = STANDARD_SAMPLING,
    adapters: Collection[str] = (),
) -> tuple[PersonaSettings, ...]:
    """The personas of this boot: those of the file (without one, Paige), then those enrolled at run time.

    `sampling` is the model's: what the file does not say of a persona's own. `adapters` are the names of
    those that the model is loaded with. Seeds are found by name and created where there are none, so ids
    survive restarts. Raises PersonasFileError, IdentityError and AdapterNotLoaded.
    """
    entries = (
        (PersonaEntry(DEFAULT_PERSONA, sampling),) if file is None else read_personas_file(file, sampling)
    )
    for entry in entries:
        check_loaded(entry.description, adapters, f"take it out of {file}")
    seeds = read_seeds(home)
    personas = []
    for entry in entries:
        described = entry.description
        seed = seeds.pop(name_key(described.name), None) or create_seed(home, described, enrolled=False)
        personas.append(
            PersonaSettings(
                persona_id=seed.persona_id,
                name=described.name,
                role=described.role,
                about=described.about,
                created_at_s=seed.created_at_s,
                channels=described.channels,
                sampling=entry.sampling,
                blend=described.blend,
            )
        )
    for seed in seeds.values():
        if seed.enrolled is not None:
            check_loaded(seed.enrolled, adapters, f"take it out of {seed_path(home, seed.persona_id)}")
    enrolled = (enrolled_settings(seed, sampling) for seed in seeds.values())
    personas.extend(settings for settings in enrolled if settings is not None)
    return tuple(personas)


def read_personas_file(file: Path, sampling: Sampling) -> tuple[PersonaEntry, ...]:
    """Read and check the file. `sampling` fills in what a persona's own table leaves out.

    Raises PersonasFileError naming the file, the persona and the key.
    """
    try:
        held = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PersonasFileError(
            f"the personas file {file} cannot be read: {error.strerror}", "give the path of a TOML file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PersonasFileError(f"the personas file {file} is not valid TOML: {error}") from error
    unknown = sorted(set(held) - {"persona"})
    if unknown:
        raise PersonasFileError(f"{file}: unknown key {unknown[0]!r}", "accepted: [[persona]] tables")
    tables = held.get("persona")
    if not isinstance(tables, list) or not tables:
        raise PersonasFileError(f"{file} names no persona", "begin each one with [[persona]]")
    entries = []
    taken: dict[str, str] = {}
    for number, table in enumerate(tables, start=1):
        name = table.get("name") if isinstance(table, dict) else None
        where = f"{file}: persona {name!r}" if isinstance(name, str) else f"{file}: persona number {number}"
        try:
            entry = _entry(table, sampling)
        except (PersonasFileError, DescriptionError) as error:
            raise PersonasFileError(f"{where}: {error.message}", error.hint) from None
        folded = name_key(entry.description.name)
        if folded in taken:
            raise PersonasFileError(
                f"{where}: key 'name': another persona is called {taken[folded]!r}",
                "names must differ in more than upper and lower case: people address personas by them",
            )
        taken[folded] = entry.description.name
        entries.append(entry)
    return tuple(entries)


def _entry(table: object, sampling: Sampling) -> PersonaEntry:
    if not isinstance(table, Mapping):
        raise PersonasFileError("it is not a table", "write [[persona]], then one key = value a line")
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise PersonasFileError(f"unknown key {unknown[0]!r}", f"accepted: {', '.join(KEYS)}")
    described = parse_description({key: table[key] for key in DESCRIBED if key in table})
    return PersonaEntry(described, _sampling(table.get("sampling", {}), sampling))


def _sampling(table: object, defaults: Sampling) -> Sampling:
    if not isinstance(table, dict):
        raise PersonasFileError(f"key 'sampling' is {table!r}", "write it as a table: [persona.sampling]")
    accepted = {field.name for field in fields(Sampling)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in accepted:
            raise PersonasFileError(
                f"unknown key 'sampling.{key}'", f"accepted: {', '.join(sorted(accepted))}"
            )
        if key == "stop":
            is_right = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
            wanted = "a list of texts"
        elif isinstance(getattr(defaults, key), float):
            is_right = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            wanted = "a number from 0 up"
        else:
            is_right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
            wanted = "a whole number from 0 up"
        if not is_right:
            raise PersonasFileError(f"key 'sampling.{key}' is {value!r}", f"it must be {wanted}")
        values[key] = tuple(value) if key == "stop" else value
    sampling = replace(defaults, **values)
    try:
        sampling.check()
    except SamplingError as error:
        raise PersonasFileError(f"key 'sampling': {error.message}", error.hint) from error
    return sampling
