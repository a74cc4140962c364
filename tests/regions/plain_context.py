"""A region's context without processes and shared memory: what was published can be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgpack

from substrate.memory.focus import FOCUS
from substrate.memory.prefetch import PREFETCH
from substrate.memory.salience import SALIENCE
from substrate.memory.senses import FEATURES
from substrate.persona.candidates import CANDIDATES
from substrate.region.contract import Event, EventKind, PersonaProfile, Policy
from substrate.shm import ValueTooLarge

_VALUE_BYTES = {spec.name: spec.value_bytes for spec in (CANDIDATES, FEATURES, FOCUS, PREFETCH, SALIENCE)}


class PlainContext:
    """Implements RegionContext; values make the way through msgpack as they do in a ready buffer, which takes
    no larger ones."""

    def __init__(
        self,
        personas: tuple[PersonaProfile, ...],
        events: tuple[Event, ...] = (),
        others: Mapping[tuple[str, tuple[str, ...]], Any] | None = None,
        remaining_s: float = 1.0,
        *,
        tick: int = 1,
        lost_events: int = 0,
    ) -> None:
        self.tick = tick
        self.personas = personas
        self.events = events
        self.lost_events = lost_events
        self.policy = Policy()
        self.published: dict[tuple[str, tuple[str, ...]], Any] = {}
        self.scrubbed: set[str] = set()
        self._others = dict(others or {})
        self._remaining_s = remaining_s

    def remaining_s(self) -> float:
        return self._remaining_s

    def publish(self, buffer: str, key: tuple[str, ...], value: Any) -> int:
        packed = msgpack.packb(value)
        if len(packed) > _VALUE_BYTES[buffer]:
            raise ValueTooLarge(f"{len(packed)} bytes for {buffer}", f"it takes {_VALUE_BYTES[buffer]}")
        self.published[buffer, key] = msgpack.unpackb(packed)
        return len(self.published)

    def scrub(self, buffer: str) -> None:
        for key in [key for key in self.published if key[0] == buffer]:
            del self.published[key]
        self.scrubbed.add(buffer)

    def peek(self, buffer: str, key: tuple[str, ...]) -> Any | None:
        return self._others.get((buffer, key))


def event(kind: EventKind, row_id: int, channel: str, sender: str, text: str) -> Event:
    return Event(1, kind, row_id, channel, sender, text)
