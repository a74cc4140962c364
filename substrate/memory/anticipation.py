"""What will be asked of memory next, in each channel: from what is said and typed to what to recall for.

A message is recalled for as it comes; after the reply to it what comes next is about the exchange. What
somebody types is the best guess while nothing else is known; it does not displace what is staged for a
message whose prompt may not have been read yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from substrate.memory.prefetch import ANYWHERE
from substrate.region.contract import Event, EventKind

HEARD = {EventKind.TYPING: 0, EventKind.REPLY: 1, EventKind.MESSAGE: 2}
"""What is recalled for, by what comes first when several come at once."""

_UNANSWERED_S = 2.0
"""For so long a message is not displaced by what somebody types."""


@dataclass(frozen=True, slots=True)
class Staging:
    """What is to be recalled in a channel."""

    channel: str
    rooms: tuple[str, ...]
    """For which rooms that is staged."""
    text: str
    """What is recalled for."""
    said: str
    """The last thing said or typed: who is named there is to be served first."""
    asker: str | None = None
    for_row: int = 0
    """The transcript row that it is for; 0 for none."""
    before_row: int | None = None
    """Only what stands before this row is recalled."""


class Anticipation:
    """Follows the conversation of every channel."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[str, Event] = {}
        """The last message of a person in each channel."""
        self._unanswered_since_s: dict[str, float] = {}

    def of(self, events: Iterable[Event]) -> list[Staging]:
        """What to recall for after these events: for the last message in each channel, since only that can
        still be answered; where there is none, for the last reply, else for what is being typed."""
        latest: dict[str, Event] = {}
        for event in events:
            rank = HEARD.get(event.kind)
            known = latest.get(event.channel)
            if rank is not None and (known is None or rank >= HEARD[known.kind]):
                latest[event.channel] = event
        return self._stagings(list(latest.values()))

    def again(self, still_stands: Callable[[int], bool]) -> list[Staging]:
        """What was asked last in each channel, without the messages whose rows were withdrawn."""
        for channel, asked in list(self._asked.items()):
            if not still_stands(asked.row_id):
                del self._asked[channel]
        return self._stagings(list(self._asked.values()))

    def _stagings(self, events: Sequence[Event]) -> list[Staging]:
        return [staging for event in events if (staging := self._staging(event)) is not None]

    def _staging(self, event: Event) -> Staging | None:
        channel = event.channel
        if event.kind is EventKind.MESSAGE:
            self._asked[channel], self._unanswered_since_s[channel] = event, self._clock()
        elif event.kind is EventKind.REPLY:
            self._unanswered_since_s.pop(channel, None)
            rooms = (channel, ANYWHERE)  # It is also what they have in mind in the next room.
            asked = self._asked.get(channel)
            if asked is not None:
                text = f"{asked.text}\n{event.text}"
                return Staging(channel, rooms, text, event.text, asked.sender, event.row_id, asked.row_id)
            return Staging(channel, rooms, event.text, event.text, event.sender, event.row_id, event.row_id)
        elif self._clock() - self._unanswered_since_s.get(channel, float("-inf")) < _UNANSWERED_S:
            return None
        row = event.row_id
        return Staging(channel, (channel,), event.text, event.text, event.sender, row, row or None)
