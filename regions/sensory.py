"""The sensory region: understands every message once, for all personas.

What it publishes under the hash of a text - terms, names, whether it asks or tells, a vector - is what the
others would make of it themselves. Whoever comes later finds it ready; whoever is faster does not wait.
"""

from __future__ import annotations

from substrate.memory.admission import split_message
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.index import name_words
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

_SPOKEN = frozenset({EventKind.MESSAGE, EventKind.REPLY})


class Sensory(BrainRegion):
    """Features of each new message, keyed by content hash. See substrate.memory.senses."""

    id = RegionId("sensory")
    pressure = PressureProfile(MemoryClass.LIGHT, ComputeClass.CPU_VECTORIZED)
    buffers = (FEATURES,)
    wakes_on = _SPOKEN

    def open(self, environment: RegionEnvironment) -> None:
        self._senses = Senses(StaticEmbedder())
        self._engram_chars = AdmissionSettings().engram_chars
        self._names: frozenset[str] = frozenset()
        """The words of the names of all who spoke and of all personas."""

    def tick(self, ctx: RegionContext) -> TickOutcome:
        for persona in ctx.personas:
            self._names |= name_words(persona.name)
        return TickOutcome(sum(self._understand(ctx, event) for event in ctx.events if event.kind in _SPOKEN))

    def _understand(self, ctx: RegionContext, event: Event) -> int:
        self._names |= name_words(event.sender)
        by_persona = event.kind is EventKind.REPLY
        parts = split_message(event.text, self._engram_chars)
        for part in parts:
            understood = self._senses.read(part, by_persona=by_persona, names=self._names)
            key = content_hash(
                part, by_persona=by_persona, names=self._names, embedder_id=self._senses.embedder.id
            )
            ctx.publish(FEATURES.name, (key,), encode_understood(understood))
        self._senses.forget_all()
        return len(parts)
