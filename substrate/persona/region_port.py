"""The service's side of the regions: it tells them what happened and peeks at what they left ready.

Events go to the ring first and doorbells are rung once for all of a burst, only those of regions that wake on
what is in it. Nothing here waits, and no region can make it fail: a buffer that was never published to is a
miss.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from substrate.instance import InstanceSpec
from substrate.persona.late_block import Peek, Peeked
from substrate.persona.requests import MAX_NAME_CHARACTERS
from substrate.region.contract import EventKind, RegionSpec
from substrate.region.roles import EVENT_RING
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory
from substrate.shm.layout import EVENT_TEXT_BYTES_MAX

_UTF8_BYTES_MAX = 4
"""What one character may take."""

EVENT_TEXT_BYTES = EVENT_TEXT_BYTES_MAX - 2 * MAX_NAME_CHARACTERS * _UTF8_BYTES_MAX
"""What an event that has no transcript row to load its text from may carry: a slot of the ring holds it
beside the longest channel and sender."""


class Happening(NamedTuple):
    """One event to tell; see EventKind for what the fields hold."""

    kind: EventKind
    row_id: int
    channel: str
    sender: str
    text: str


def _nothing() -> None:
    return None


class RegionPort:
    """Ring, doorbells and buffers of one running instance. `peek` handles may be used from any thread."""

    def __init__(self, spec: InstanceSpec) -> None:
        """Adopts the event ring: its former writer, if any, was reaped. Raises ShmError."""
        run = RunDirectory.open(spec.run_directory)
        self._ring = EventRing.adopt(run.segment_name(EVENT_RING))
        self._bells = {region.id: Doorbell.attach(run, region.id) for region in spec.regions}
        self._unrung: set[EventKind] = set()
        self._bells_of = {
            kind: frozenset(
                region.id
                for region in spec.regions
                if kind in region.wakes_on and not _waits_for_another(region, kind, spec.regions)
            )
            for kind in EventKind
        }
        self._buffers = {
            buffer.name: ReadyBuffer.attach(run.segment_name(buffer.name))
            for region in spec.regions
            for buffer in region.buffers
        }

    def tell(self, happenings: Iterable[Happening]) -> None:
        """Append events in order, then wake whoever wakes on any of them, or on any that was only noted."""
        self.note(happenings)
        self.ring()

    def note(self, happenings: Iterable[Happening]) -> None:
        """Append events in order and wake nobody yet: who is awake finds them, the others at `ring`."""
        append = self._ring.append
        for happening in happenings:
            append(*happening)
            self._unrung.add(happening.kind)

    def ring(self) -> None:
        """Wake whoever wakes on an event that was noted since the last ring."""
        kinds, self._unrung = self._unrung, set()
        for region in frozenset().union(*[self._bells_of[kind] for kind in kinds]):
            self._bells[region].ring()

    def forget_events(self) -> None:
        """Overwrite all that the ring holds. Who has not read it yet finds that events were lost."""
        self._ring.overwrite(EventKind.BLANK)

    def peek(self, buffer: str, key: tuple[str, ...]) -> Peek:
        """How to look at one key; always a miss when no region of this instance writes the buffer."""
        attached = self._buffers.get(buffer)
        return _nothing if attached is None else attached.handle(key).peek

    def peek_first(self, buffer: str, *keys: tuple[str, ...]) -> Peek:
        """How to look at several keys, for the first that has a value. Only the first look counts."""
        attached = self._buffers.get(buffer)
        if attached is None:
            return _nothing
        first, *others = keys
        looks = [attached.handle(first).peek, *(attached.handle(key, observer=True).peek for key in others)]

        def look() -> Peeked | None:
            return next((staged for peek in looks if (staged := peek()) is not None), None)

        return look

    def close(self) -> None:
        """Who was to be rung at the end of a burst is not any more: the regions end, too."""
        self._unrung.clear()
        for bell in self._bells.values():
            bell.close()
        for buffer in self._buffers.values():
            buffer.close()
        self._ring.close()


def _waits_for_another(region: RegionSpec, kind: EventKind, regions: Iterable[RegionSpec]) -> bool:
    """Whether the region is rung by one that it builds on, when that has thought about the event."""
    return any(kind in other.wakes_on and region.is_behind(other) for other in regions)


def tail_that_fits(text: str) -> str:
    """The end of a text that an event can carry: of what is being typed, the last words tell the most."""
    encoded = text.encode()
    return text if len(encoded) <= EVENT_TEXT_BYTES else encoded[-EVENT_TEXT_BYTES:].decode(errors="ignore")


def joined_in_events(ids: Iterable[str]) -> list[str]:
    """Ids joined by commas, in as many texts as are needed for each to fit into an event."""
    texts: list[str] = []
    for id_ in ids:
        if texts and len(texts[-1]) + 1 + len(id_) <= EVENT_TEXT_BYTES:
            texts[-1] += f",{id_}"
        else:
            texts.append(id_)
    return texts
