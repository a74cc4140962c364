"""What turns tell the regions, and when those are woken for it.

A message wakes them at once: what they make of it is wanted while the engine reads. Nobody waits for what
they make of a reply, and a region that is woken between two replies takes a processor from the second. So
replies go to the event ring at once, and the bells ring when the burst is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from substrate.persona.region_port import Happening, RegionPort
from substrate.persona.transcript import TranscriptRow
from substrate.region.contract import EventKind

RING_AFTER_S = 0.005
"""How long the regions are left asleep after a reply: others of the same burst end within this time."""

_log = logging.getLogger(__name__)


class RegionNews:
    """Whatever is wrong with the regions' shared memory, the conversation goes on. Used on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, regions: RegionPort) -> None:
        self._loop = loop
        self._regions = regions
        self._ring_is_due = False

    def said(self, messages: Sequence[TranscriptRow], replies: Sequence[TranscriptRow]) -> None:
        """Rows that were committed together, in their order."""
        happenings = [_happening(EventKind.MESSAGE, row) for row in messages]
        happenings += [_happening(EventKind.REPLY, row) for row in replies]
        if messages:
            self._attempt(self._regions.tell, happenings)
        elif replies:
            self.in_passing(happenings)

    def in_passing(self, happenings: Sequence[Happening]) -> None:
        """What nobody waits for."""
        self._attempt(self._regions.note, happenings)
        if not self._ring_is_due:
            self._ring_is_due = True
            self._loop.call_later(RING_AFTER_S, self._ring)

    def _ring(self) -> None:
        self._ring_is_due = False
        self._attempt(self._regions.tell, ())

    def _attempt(self, tell: Callable[[Sequence[Happening]], None], happenings: Sequence[Happening]) -> None:
        try:
            tell(happenings)
        except Exception:
            _log.exception("the regions were not told of %d events", len(happenings))


def _happening(kind: EventKind, row: TranscriptRow) -> Happening:
    return Happening(kind, row.row_id, row.channel, row.sender, row.text)
