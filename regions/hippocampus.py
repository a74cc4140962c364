"""The hippocampus: turns what is said into engrams and keeps the memories of the next prompt ready.

When a message arrives it recalls first and takes in second: the model is reading the message meanwhile, and
what was recalled before it has read it costs the turn nothing. Between messages it recalls for what is being
typed, and after a reply for what the conversation is about.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from substrate.memory import (
    ANYWHERE,
    PREFETCH,
    BudgetSettings,
    EngramStore,
    RecallQuery,
    encode_prefetch,
    prefetched,
    recall,
)
from substrate.memory.commands import (
    correct_command,
    forget_command,
    list_command,
    recall_command,
    rows_command,
)
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.intake import take_in
from substrate.memory.salience import SALIENCE
from substrate.memory.senses import FEATURES, Senses, content_hash, decode_understood
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
        self._senses = Senses(StaticEmbedder())
        self._memories: dict[str, tuple[PersonaProfile, EngramStore]] = {}
        self._staged: set[tuple[str, str]] = set()
        """The keys under which something is published."""
        self._forgetting = False
        self._asked: dict[str, Event] = {}
        """The last message of a person in each channel."""
        self._weighed: dict[str, object] = {}
        """What attention held important when it was last taken over, by persona."""

    def open(self, environment: RegionEnvironment) -> None:
        self._environment = environment
        self._transcript = TranscriptReader(environment.transcript)
        self._meet(environment.personas)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        self._meet(ctx.personas)
        self._sense(ctx)
        published = sum(self._stage(ctx, event) for event in _latest_by_channel(ctx.events))
        for event in ctx.events:
            if event.kind is EventKind.RECALLED:
                self._rehearse(event)
        behind = take_in(self._transcript, self._memories.values())
        while behind and ctx.remaining_s() > 0:
            behind = take_in(self._transcript, self._memories.values())
        if self._forgetting or any(event.kind is EventKind.WITHDRAWN for event in ctx.events):
            published += self._unstage(ctx)
        published += self._stage_anywhere(ctx)
        if not ctx.events:
            self._weigh(ctx)
        return TickOutcome(published, hint=CadenceHint.FASTER if behind else CadenceHint.HOLD)

    def commands(self) -> Mapping[str, Command]:
        def held() -> list[tuple[PersonaProfile, EngramStore]]:
            return list(self._memories.values())

        return {
            "memory/recall": lambda params: recall_command(held(), params, time.time()),
            "memory/list": lambda params: list_command(held(), params),
            "memory/correct": lambda params: self._changed(correct_command(held(), params)),
            "memory/forget": lambda params: self._changed(forget_command(held(), params)),
            "memory/rows": lambda params: rows_command(held(), params),
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
                self._memories[persona_id] = (persona, EngramStore(path, persona_id, senses=self._senses))

    def _sense(self, ctx: RegionContext) -> None:
        """Take over what the sensory region has understood already; the rest is understood on the way."""
        for event in ctx.events:
            if event.kind in (EventKind.MESSAGE, EventKind.REPLY):
                for names in {store.index.speaker_words for _, store in self._memories.values()}:
                    key = content_hash(
                        event.text,
                        by_persona=event.kind is EventKind.REPLY,
                        names=names,
                        embedder_id=self._senses.embedder.id,
                    )
                    value = None if self._senses.knows(key) else ctx.peek(FEATURES.name, (key,))
                    if value is not None:
                        self._senses.learn(key, decode_understood(value))

    def _stage(self, ctx: RegionContext, event: Event) -> int:
        """Recall for what was just said or is being typed, for everybody who hears it.

        After a reply what comes next is about the exchange: the message and what was answered.
        """
        text, asker, published = event.text, event.sender, 0
        if event.kind is EventKind.MESSAGE:
            self._asked[event.channel] = event
        elif event.kind is EventKind.REPLY and event.channel in self._asked:
            asked = self._asked[event.channel]
            text, asker = f"{asked.text}\n{text}", asked.sender
        for persona, store in self._memories.values():
            if not persona.is_present_in(event.channel):
                continue
            query = RecallQuery(
                text,
                time.time(),
                event.channel,
                asker=asker,
                asked=persona.name,
                persona_id=persona.persona_id,
                budget=staged_budget(store.settings.budget),
            )
            value = encode_prefetch(
                event.row_id, map(prefetched, recall(store, query).engrams), PREFETCH.value_bytes
            )
            for channel in (event.channel, ANYWHERE):
                ctx.publish(PREFETCH.name, (persona.persona_id, channel), value)
                self._staged.add((persona.persona_id, channel))
            published += 1
        return published

    def _changed(self, data: dict[str, Any]) -> dict[str, Any]:
        self._forgetting = True
        return data

    def _unstage(self, ctx: RegionContext) -> int:
        """Take back everything that is staged: it may hold words that are to be forgotten."""
        for key in self._staged:
            ctx.publish(PREFETCH.name, key, encode_prefetch(0, (), PREFETCH.value_bytes))
        taken_back = len(self._staged)
        self._staged.clear()
        self._asked.clear()
        self._senses.forget_all()
        self._forgetting = False
        return taken_back

    def _stage_anywhere(self, ctx: RegionContext) -> int:
        """Before anything was said since the start: what is recent and what matters, for whatever room."""
        missing = [
            (persona, store)
            for persona, store in self._memories.values()
            if (persona.persona_id, ANYWHERE) not in self._staged and len(store)
        ]
        for persona, store in missing:
            query = RecallQuery(
                "",
                time.time(),
                asked=persona.name,
                persona_id=persona.persona_id,
                budget=staged_budget(store.settings.budget),
            )
            value = encode_prefetch(0, map(prefetched, recall(store, query).engrams), PREFETCH.value_bytes)
            ctx.publish(PREFETCH.name, (persona.persona_id, ANYWHERE), value)
            self._staged.add((persona.persona_id, ANYWHERE))
        return len(missing)

    def _rehearse(self, event: Event) -> None:
        for persona, store in self._memories.values():
            if event.sender in (persona.name, persona.persona_id) and event.text:
                times = Counter(event.text.split(","))
                used = [engram_id for engram_id, count in times.items() if count > 1]
                store.rehearse(list(times), used, time.time(), cited_in_row=event.row_id)

    def _weigh(self, ctx: RegionContext) -> None:
        """Take over what attention holds important; let go of what matters least when there is no room."""
        for persona_id, (_, store) in self._memories.items():
            salient = ctx.peek(SALIENCE.name, (persona_id,))
            # An unchanged value is the same object: nothing to do then, which is nearly always.
            if salient is not None and salient is not self._weighed.get(persona_id):
                store.set_salience(salient)
                self._weighed[persona_id] = salient
            store.evict(time.time())


def _latest_by_channel(events: tuple[Event, ...]) -> list[Event]:
    """What was said or typed last in each channel: only that can still be answered."""
    return list({event.channel: event for event in events if event.kind in _SPOKEN}.values())


def staged_budget(prompt: BudgetSettings) -> BudgetSettings:
    """More than the prompt takes in: what it shows anyway is left out at late binding."""
    return replace(
        prompt, engrams=prompt.engrams * prompt.staged_factor, tokens=prompt.tokens * prompt.staged_factor
    )
