"""The sensory region: understands every message once, for all personas, while and when it is said.

What it publishes under the hash of a text - terms, names, whether it asks or tells, a vector - is what the
hippocampus recalls by and takes in, so its publishing is what rings the hippocampus. Nobody waits for it: who
finds nothing under a hash understands the text himself, and comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from substrate.memory.admission import split_message
from substrate.memory.index import name_words
from substrate.memory.model_embedder import open_embedder
from substrate.memory.recall import query_text
from substrate.memory.senses import FEATURES, Senses, content_hash, encode_understood
from substrate.memory.settings import AdmissionSettings
from substrate.region.contract import (
    BrainRegion,
    ComputeClass,
    Event,
    EventKind,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionEnvironment,
    RegionId,
    TickOutcome,
)
from substrate.shm import BufferFull, ValueTooLarge

_SPOKEN = frozenset({EventKind.MESSAGE, EventKind.REPLY})
_MOST_PARTS = 32
"""Of one message: a pasted book leaves the buffer to the conversation around it."""

Heard = tuple[str, bool]
"""A text, and whether a persona said it."""


class Sensory(BrainRegion):
    """Features of what is said and typed, keyed by content hash. See substrate.memory.senses."""

    id = RegionId("sensory")
    pressure = PressureProfile(MemoryClass.LIGHT, ComputeClass.CPU_VECTORIZED)
    buffers = (FEATURES,)
    wakes_on = _SPOKEN | {EventKind.TYPING, EventKind.WITHDRAWN}

    def open(self, environment: RegionEnvironment) -> None:
        self._senses = Senses(open_embedder(environment))
        self._engram_chars = AdmissionSettings().engram_chars
        self._names: frozenset[str] = frozenset()
        """The words of the names of all who spoke and of all personas."""

    def tick(self, ctx: RegionContext) -> TickOutcome:
        for persona in ctx.personas:
            self._names |= name_words(persona.name)
        for event in ctx.events:
            self._names |= name_words(event.sender)
        events = _since_the_last_withdrawal(ctx.events)
        # A withdrawal may also be among events that were lost, or that a predecessor took with it.
        if len(events) < len(ctx.events) or ctx.lost_events or ctx.tick == 1:
            ctx.scrub(FEATURES.name)
        heard = dict.fromkeys((*self._asked(events), *self._told(events)))
        published = sum(self._publish(ctx, text, by_persona) for text, by_persona in heard)
        self._senses.forget_all()
        return TickOutcome(published)

    def _asked(self, events: Iterable[Event]) -> Iterator[Heard]:
        """What memory is asked by: messages, and what is being typed, the last of it in each channel."""
        typed: dict[str, str] = {}
        for event in events:
            if event.kind is EventKind.MESSAGE:
                typed.pop(event.channel, None)
                yield query_text(event.text), False
            elif event.kind is EventKind.TYPING:
                typed[event.channel] = event.text
        yield from ((query_text(text), False) for text in typed.values())

    def _told(self, events: Iterable[Event]) -> Iterator[Heard]:
        """What memory takes in."""
        for event in events:
            if event.kind in _SPOKEN:
                parts = split_message(event.text, self._engram_chars)[:_MOST_PARTS]
                yield from ((part, event.kind is EventKind.REPLY) for part in parts)

    def _publish(self, ctx: RegionContext, text: str, by_persona: bool) -> int:
        """Values published: none where the buffer has no room for what was understood, as with a page of
        text without spaces. Who needs it makes it then."""
        understood = self._senses.read(text, by_persona=by_persona, names=self._names)
        key = content_hash(
            text, by_persona=by_persona, names=self._names, embedder_id=self._senses.embedder.id
        )
        try:
            ctx.publish(FEATURES.name, (key,), encode_understood(understood))
        except (ValueTooLarge, BufferFull):
            return 0
        return 1


def _since_the_last_withdrawal(events: Sequence[Event]) -> Sequence[Event]:
    """What came before it may be what is to be forgotten."""
    places = [place for place, event in enumerate(events) if event.kind is EventKind.WITHDRAWN]
    return events[places[-1] + 1 :] if places else events
