"""Taking back what was said: edited, regenerated or forgotten rows disappear everywhere.

The text leaves the transcript in the same transaction that hides the row; the log is emptied soon after. Open
windows lose it at once, so that no prompt shows it again, and regions are told to drop what they made of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from substrate.persona.outcome import WITHDRAWN
from substrate.persona.region_port import Happening, RegionPort
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.persona.turn_flow import TurnFlow
from substrate.region.contract import EventKind


class Withdrawals:
    """Two steps: `store` inside a transaction, `tell` when that is committed."""

    def __init__(
        self, transcript: TranscriptWriter, flush: TranscriptFlush, flow: TurnFlow, regions: RegionPort
    ) -> None:
        self._transcript = transcript
        self._flush = flush
        self._flow = flow
        self._regions = regions

    def store(self, rows: Iterable[TranscriptRow]) -> list[TranscriptRow]:
        """Hide and scrub rows; call inside a transaction. Returns them for `tell`."""
        withdrawn = list(rows)
        now_s = time.time()
        for row in withdrawn:
            self._transcript.withdraw(row.row_id, now_s)
        return withdrawn

    def tell_last(self) -> None:
        """At the start: tell the regions once more what was withdrawn last. A predecessor that was killed
        behind the commit told nobody, and no other withdrawal can have been cut off there. Nothing else
        needs to hear of it: no window is open yet, and what lies parked has been caught up with."""
        self._tell_regions(self._transcript.last_withdrawn())

    def tell(self, withdrawn: list[TranscriptRow]) -> None:
        """After the commit: stop turns at these rows, take them out of every view, tell the regions."""
        all_rows = {row.row_id for row in withdrawn}
        by_channel: dict[str, set[int]] = {}
        for row in withdrawn:
            by_channel.setdefault(row.channel, set()).add(row.row_id)
        self._flow.schedule.stop(WITHDRAWN, lambda turn: turn.message.row.row_id in all_rows)
        for channel, row_ids in by_channel.items():
            self._flow.handler.withdrawn(channel, row_ids)
        self._tell_regions(withdrawn)

    def _tell_regions(self, withdrawn: list[TranscriptRow]) -> None:
        if withdrawn:
            self._flush.withdrawn()
            self._regions.forget_events()
            self._regions.tell(
                Happening(EventKind.WITHDRAWN, row.row_id, row.channel, row.sender, "") for row in withdrawn
            )
