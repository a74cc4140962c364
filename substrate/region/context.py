"""What a tick is given: events, policy, time left, its own buffers to write, all others to look at."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from substrate.errors import SubstrateError
from substrate.region.contract import Event, PersonaProfile, Policy
from substrate.shm import BufferFull, ReadyBuffer

STALE_AFTER_S = (60.0, 15.0, 4.0, 1.0, 0.25, 0.06, 0.015)
"""When a buffer is full, values older than the first of these make room; if there are none, older than the
next, and so on. In a burst of messages a second is old, in a slow conversation a minute is not."""


class UnknownBuffer(SubstrateError):
    """A region published into a buffer that it did not declare."""


class HostContext:
    """The one context of a region's process, renewed for every tick. Implements RegionContext."""

    def __init__(
        self,
        region: str,
        personas: tuple[PersonaProfile, ...],
        own_buffers: Mapping[str, ReadyBuffer],
        open_observer: Callable[[str], ReadyBuffer | None],
    ) -> None:
        self.tick = 0
        self.personas = personas
        self.events: tuple[Event, ...] = ()
        self.lost_events = 0
        self.policy = Policy()
        self.published = 0
        """Values published in this tick."""
        self._region = region
        self._own = own_buffers
        self._open_observer = open_observer
        self._observed: dict[str, ReadyBuffer | None] = {}
        self._deadline_s = 0.0

    def begin(self, tick: int, events: tuple[Event, ...], lost_events: int, policy: Policy) -> None:
        """Start the next tick's clock."""
        self.tick = tick
        self.events = events
        self.lost_events = lost_events
        self.policy = policy
        self.published = 0
        self._deadline_s = time.monotonic() + policy.budget_s

    def remaining_s(self) -> float:
        return self._deadline_s - time.monotonic()

    def publish(self, buffer: str, key: tuple[str, ...], value: Any) -> int:
        """Publish one value; returns its version.

        Raises UnknownBuffer, ValueTooLarge, and BufferFull when everything in the buffer is brand new.
        """
        own = self._writable(buffer)
        try:
            version = own.publish(key, value)
        except BufferFull:
            if not any(own.evict_stale(age_s) for age_s in STALE_AFTER_S):
                raise
            version = own.publish(key, value)
        self.published += 1
        return version

    def scrub(self, buffer: str) -> None:
        """See RegionContext. Raises UnknownBuffer."""
        self._writable(buffer).scrub()

    def peek(self, buffer: str, key: tuple[str, ...]) -> Any | None:
        """The freshest value of another region's buffer, or None; never waits.

        A buffer that no region of this instance writes is always empty: a small host runs fewer regions.
        """
        try:
            observed = self._observed[buffer]
        except KeyError:
            observed = self._observed[buffer] = self._open_observer(buffer)
        staged = None if observed is None else observed.peek(key)
        return None if staged is None else staged.value

    def _writable(self, buffer: str) -> ReadyBuffer:
        own = self._own.get(buffer)
        if own is None:
            writes = ", ".join(self._own) or "none"
            raise UnknownBuffer(f"{self._region} does not write a buffer {buffer!r}", f"it writes: {writes}")
        return own

    def close(self) -> None:
        for observed in self._observed.values():
            if observed is not None:
                observed.close()
        self._observed.clear()
