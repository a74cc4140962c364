"""The hippocampus: turns what is said into engrams and keeps the memories of the next prompt ready.

When a message arrives it recalls first and takes in second: the model is reading the message meanwhile, and
what was recalled before it has read it costs the turn nothing. Between messages it recalls for what is being
typed, and after a reply for what the conversation is about.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from substrate.memory import (
    PREFETCH,
    EngramStore,
    PrefetchedEngram,
    RecallQuery,
    RecallResult,
    encode_prefetch,
    recall,
)
from substrate.memory.commands import list_command, recall_command
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.intake import take_in
from substrate.memory.salience import SALIENCE
from substrate.persona.transcript import TranscriptReader
from substrate.region.contract import (
    BrainRegion,
    CadenceHint,
    Command,
    ComputeClass,
    Event,
    EventKind,
    MemoryClass,
    PersonaProfile,
    PressureProfile,
    RegionContext,
    RegionEnvironment,
    RegionId,
    RegionSignal,
    TickOutcome,
)

_SPOKEN = frozenset({EventKind.MESSAGE, EventKind.REPLY, EventKind.TYPING})


class Hippocampus(BrainRegion):
    """Stores, recalls, stages. See substrate.memory for how."""

    id = RegionId("hippocampus")
    pressure = PressureProfile(
        MemoryClass.MODERATE,
        ComputeClass.CPU_VECTORIZED,
        frozenset({RegionSignal.PERSONA_CREATED, RegionSignal.PERSONA_DESTROYED}),
    )
    buffers = (PREFETCH,)

    def __init__(self) -> None:
        self._embedder = StaticEmbedder()
        self._memories: dict[str, tuple[PersonaProfile, EngramStore]] = {}
        self._weighed: dict[str, object] = {}
        """What attention held important when it was last taken over, by persona."""

    def open(self, environment: RegionEnvironment) -> None:
        self._environment = environment
        self._transcript = TranscriptReader(environment.transcript)
        self._meet(environment.personas)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        self._meet(ctx.personas)
        published = sum(self._stage(ctx, event) for event in _latest_by_channel(ctx.events))
        for event in ctx.events:
            if event.kind is EventKind.RECALLED:
                self._rehearse(event)
        behind = take_in(self._transcript, self._memories.values())
        while behind and ctx.remaining_s() > 0:
            behind = take_in(self._transcript, self._memories.values())
        if not ctx.events:
            self._weigh(ctx)
        return TickOutcome(published, hint=CadenceHint.FASTER if behind else CadenceHint.HOLD)

    def commands(self) -> Mapping[str, Command]:
        return {
            "memory/recall": lambda params: recall_command(self._memories.values(), params, time.time()),
            "memory/list": lambda params: list_command(self._memories.values(), params),
        }

    def close(self) -> None:
        for _, store in self._memories.values():
            store.close()
        self._transcript.close()

    def _meet(self, personas: tuple[PersonaProfile, ...]) -> None:
        """Open the memory of every persona that is here now, close the others'."""
        present = {persona.persona_id: persona for persona in personas}
        for persona_id in self._memories.keys() - present.keys():
            self._memories.pop(persona_id)[1].close()
        for persona_id, persona in present.items():
            if persona_id in self._memories:
                self._memories[persona_id] = (persona, self._memories[persona_id][1])
            else:
                path = self._environment.persona_home(persona_id) / "longterm.db"
                self._memories[persona_id] = (persona, EngramStore(path, persona_id, embedder=self._embedder))

    def _stage(self, ctx: RegionContext, event: Event) -> int:
        """Recall for what was just said or is being typed, for everybody who hears it."""
        published = 0
        for persona, store in self._memories.values():
            if not persona.is_present_in(event.channel):
                continue
            prompt = store.settings.budget
            staged = replace(
                prompt,
                engrams=prompt.engrams * prompt.staged_factor,
                tokens=prompt.tokens * prompt.staged_factor,
            )
            query = RecallQuery(
                event.text,
                time.time(),
                event.channel,
                asker=event.sender,
                asked=persona.name,
                persona_id=persona.persona_id,
                budget=staged,
            )
            value = encode_prefetch(event.row_id, _staged(recall(store, query)), PREFETCH.value_bytes)
            ctx.publish(PREFETCH.name, (persona.persona_id, event.channel), value)
            published += 1
        return published

    def _rehearse(self, event: Event) -> None:
        for persona, store in self._memories.values():
            if event.sender in (persona.name, persona.persona_id) and event.text:
                store.touch(event.text.split(","), time.time())

    def _weigh(self, ctx: RegionContext) -> None:
        """Take over what attention holds important."""
        for persona_id, (_, store) in self._memories.items():
            salient = ctx.peek(SALIENCE.name, (persona_id,))
            # An unchanged value is the same object: nothing to do then, which is nearly always.
            if salient is not None and salient is not self._weighed.get(persona_id):
                store.set_salience(dict(salient))
                self._weighed[persona_id] = salient


def _latest_by_channel(events: tuple[Event, ...]) -> list[Event]:
    """What was said or typed last in each channel: only that can still be answered."""
    return list({event.channel: event for event in events if event.kind in _SPOKEN}.values())


def _staged(result: RecallResult) -> list[PrefetchedEngram]:
    return [
        PrefetchedEngram(
            recalled.engram.engram_id,
            recalled.engram.row_id,
            recalled.engram.speaker,
            recalled.engram.channel,
            recalled.engram.said_at_s,
            recalled.engram.text,
            round(recalled.score, 4),
        )
        for recalled in result.engrams
    ]
