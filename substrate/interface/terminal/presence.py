"""Who is here: the personas, the rooms they hear, and the rooms that there are. Told by `persona/status`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from substrate.whole_words import name_key


@dataclass(frozen=True, slots=True)
class Member:
    """One persona. `rooms` None: it hears every room. Who is not live answers nothing."""

    name: str
    role: str
    rooms: frozenset[str] | None
    is_live: bool

    def is_in(self, room: str) -> bool:
        return self.is_live and (self.rooms is None or room in self.rooms)


@dataclass(frozen=True, slots=True)
class Presence:
    """Everybody, and every room in which something was said, in this run or an earlier one."""

    members: tuple[Member, ...] = ()
    rooms: tuple[str, ...] = ()

    @classmethod
    def of(cls, status: Mapping[str, Any]) -> Presence:
        """From the data of `persona/status`."""
        members = (
            Member(
                persona["name"],
                persona["role"],
                None if persona["channels"] is None else frozenset(persona["channels"]),
                persona["state"] == "live",
            )
            for persona in status["personas"]
        )
        return cls(tuple(members), tuple(status["channels"]))

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, wherever they are."""
        return tuple(member.name for member in self.members)

    def find(self, name: str) -> Member | None:
        """The persona of that name, whatever its case and however Unicode writes it."""
        wanted = name_key(name)
        return next((member for member in self.members if name_key(member.name) == wanted), None)

    def present(self, room: str) -> tuple[str, ...]:
        """Who hears this room and may answer."""
        return tuple(member.name for member in self.members if member.is_in(room))

    def all_rooms(self, more: Iterable[str]) -> tuple[str, ...]:
        """Where one may want to go: rooms with a past, those a persona is bound to, and `more`."""
        bound = (room for member in self.members for room in sorted(member.rooms or ()))
        return tuple(dict.fromkeys((*self.rooms, *bound, *more)))


def joined(names: Sequence[str], most: int = 3) -> str:
    """`Ada`, `Ada and Bo`, `Ada, Bo and Cy`, `Ada, Bo and 5 others`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nobody"
