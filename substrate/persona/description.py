"""How a persona is described: in the personas file, to `persona/enroll`, in the seed of who was enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from substrate.errors import SubstrateError
from substrate.inference.protocol import Blend
from substrate.plain_text import ALLOWED, NOT_IN_TEXTS, refusal

KEYS = ("name", "role", "about", "channels", "adapters")

MAX_NAME_CHARACTERS = 40
MAX_CHANNEL_CHARACTERS = 64

MAX_ADAPTER_WEIGHT = 100.0
"""Either way. An adapter is made for 1.0; far beyond it a model writes nonsense."""

_JOINERS = {0x200C: None, 0x200D: None}
"""They have no width of their own: Persian names are written with the one, emoji of several parts with the
other."""


class DescriptionError(SubstrateError):
    """A persona cannot be as it is described."""


@dataclass(frozen=True, slots=True)
class PersonaDescription:
    """A persona as somebody describes it, before it has an id.

    `channels` None: present everywhere. `blend`: the LoRA adapters that it speaks with.
    """

    name: str
    role: str
    about: str = ""
    channels: frozenset[str] | None = None
    blend: Blend = ()


def parse_description(table: Mapping[str, Any]) -> PersonaDescription:
    """Reads the `KEYS` of a table. Raises DescriptionError naming the key."""
    name = _string(table, "name")
    if name != name.strip() or len(name) > MAX_NAME_CHARACTERS or not _is_printable(name):
        raise DescriptionError(
            f"key 'name': {name!r} cannot be a name",
            f"at most {MAX_NAME_CHARACTERS} printable characters, no space at its ends",
        )
    return PersonaDescription(
        name=name,
        role=_string(table, "role"),
        about=_about(table.get("about")),
        channels=_channels(table.get("channels")),
        blend=_blend(table.get("adapters", {})),
    )


def _string(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        said = "is missing" if value is None else f"is {value!r}"
        raise DescriptionError(f"key {key!r} {said}", f"{key} must be a text that is not empty")
    _require_plain(key, value)
    return value


def _about(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DescriptionError(f"key 'about' is {value!r}", "about must be a text")
    _require_plain("about", value)
    return value


def _require_plain(key: str, text: str) -> None:
    if found := refusal(text, NOT_IN_TEXTS):
        raise DescriptionError(f"key {key!r} holds {found}", ALLOWED)


def _channels(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    is_list = isinstance(value, list | tuple) and bool(value)
    if not is_list or not all(isinstance(name, str) and is_channel_name(name) for name in value):  # type: ignore[attr-defined]  # a list, checked before
        raise DescriptionError(
            f"key 'channels' is {value!r}",
            f'channels must be a list of names such as ["general"], each at most {MAX_CHANNEL_CHARACTERS} '
            "printable characters; leave the key out for all channels",
        )
    return frozenset(value)  # type: ignore[call-overload, no-any-return]  # a list of str, checked before


def _blend(value: object) -> Blend:
    if not isinstance(value, Mapping):
        raise DescriptionError(
            f"key 'adapters' is {value!r}", "adapters must be a table of names and weights: { pirate = 0.8 }"
        )
    for name, weight in value.items():
        is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not is_number or not abs(weight) <= MAX_ADAPTER_WEIGHT:  # not: no comparison holds of nan
            raise DescriptionError(
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
