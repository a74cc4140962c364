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
from substrate.inference.protocol import Blend, Sampling, SamplingError
from substrate.instance import PersonaSettings
from substrate.persona.identity import (
    PersonaDescription,
    create_seed,
    enrolled_settings,
    read_seeds,
    seed_path,
)
from substrate.persona.loaded_adapters import check_loaded
from substrate.whole_words import name_key

DEFAULT_PERSONA = PersonaDescription(name="Paige", role="a friend who remembers")
"""Who answers when no personas file is given. Short, because a small model reads all of it."""

MAX_NAME_CHARACTERS = 40
MAX_CHANNEL_CHARACTERS = 64

MAX_ADAPTER_WEIGHT = 100.0
"""Either way. An adapter is made for 1.0; far beyond it a model writes nonsense."""

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

_JOINERS = {0x200C: None, 0x200D: None}
"""They have no width of their own: Persian names are written with the one, emoji of several parts with the
other."""

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
        held = tomllib.loads(file.read_text(encoding="utf-8"))
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
            entry = PersonaEntry(parse_description(table), _sampling(table.get("sampling", {}), sampling))
        except PersonasFileError as error:
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


def parse_description(table: object) -> PersonaDescription:
    """A description from a TOML table or from the parameters of persona/enroll; raises PersonasFileError."""
    if not isinstance(table, Mapping):
        raise PersonasFileError("it is not a table", "write [[persona]], then one key = value a line")
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise PersonasFileError(f"unknown key {unknown[0]!r}", f"accepted: {', '.join(KEYS)}")
    name = _string(table, "name")
    if name != name.strip() or len(name) > MAX_NAME_CHARACTERS or not _is_printable(name):
        raise PersonasFileError(
            f"key 'name': {name!r} cannot be a name",
            f"at most {MAX_NAME_CHARACTERS} printable characters, no space at its ends",
        )
    return PersonaDescription(
        name=name,
        role=_string(table, "role"),
        about=_string(table, "about") if table.get("about") else "",
        channels=_channels(table.get("channels")),
        blend=_blend(table.get("adapters", {})),
    )


def _string(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        said = "is missing" if value is None else f"is {value!r}"
        raise PersonasFileError(f"key {key!r} {said}", f"{key} must be a text that is not empty")
    return value


def _channels(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    is_list = isinstance(value, list | tuple) and bool(value)
    if not is_list or not all(isinstance(name, str) and is_channel_name(name) for name in value):  # type: ignore[attr-defined]  # a list, checked before
        raise PersonasFileError(
            f"key 'channels' is {value!r}",
            f'channels must be a list of names such as ["general"], each at most {MAX_CHANNEL_CHARACTERS} '
            "printable characters; leave the key out for all channels",
        )
    return frozenset(value)  # type: ignore[call-overload, no-any-return]  # a list of str, checked before


def _blend(value: object) -> Blend:
    if not isinstance(value, Mapping):
        raise PersonasFileError(
            f"key 'adapters' is {value!r}", "adapters must be a table of names and weights: { pirate = 0.8 }"
        )
    for name, weight in value.items():
        is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not is_number or not abs(weight) <= MAX_ADAPTER_WEIGHT:  # not: no comparison holds of nan
            raise PersonasFileError(
                f"key 'adapters.{name}' is {weight!r}",
                f"a weight is a number of at most {MAX_ADAPTER_WEIGHT:g} either way, such as 0.8",
            )
    return tuple(sorted((name, float(weight)) for name, weight in value.items()))


def is_channel_name(name: str) -> bool:
    """Whether a text can name a channel."""
    return 0 < len(name) <= MAX_CHANNEL_CHARACTERS and _is_printable(name) and name == name.strip()


def _is_printable(name: str) -> bool:
    """Whether a name can be shown as it is, and something is seen of it."""
    shown = name.translate(_JOINERS)
    return bool(shown) and shown.isprintable()


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
