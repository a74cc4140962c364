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

_SPOKEN = {EventKind.TYPING: 0, EventKind.REPLY: 1, EventKind.MESSAGE: 2}
"""What is recalled for, by what comes first."""
_UNANSWERED_S = 2.0
"""For so long a message is not displaced by what somebody types."""


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
        self._asked_at_s: dict[str, float] = {}
        """When that was, monotonic, while nobody has answered."""
        self._heard_row = 0
        """The last transcript row that an event told of."""
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
        self._weigh(ctx)
        for event in ctx.events:
            if event.kind is EventKind.RECALLED:
                self._rehearse(event)
        behind = self._take_in(ctx)
        if self._forgetting or any(event.kind is EventKind.WITHDRAWN for event in ctx.events):
            published += self._unstage(ctx)
        published += self._stage_anywhere(ctx)
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

    def _take_in(self, ctx: RegionContext) -> bool:
        """Take in what was said, up to the last row that was recalled for; whether there is more.

        A row that stands in the transcript already, but whose event is still on its way, has to wait: what
        is asked first is what was known before. A tick without events catches up with everything.
        """
        self._heard_row = max((self._heard_row, *(event.row_id for event in ctx.events)))
        up_to_row = self._heard_row if ctx.events and not ctx.lost_events else None
        behind = take_in(self._transcript, self._memories.values(), up_to_row)
        while behind and ctx.remaining_s() > 0:
            behind = take_in(self._transcript, self._memories.values(), up_to_row)
        return behind

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
        text, asker, before_row, published = event.text, event.sender, event.row_id or None, 0
        asked = self._asked.get(event.channel)
        if event.kind is EventKind.MESSAGE:
            self._asked[event.channel] = event
            self._asked_at_s[event.channel] = time.monotonic()
        elif event.kind is EventKind.REPLY:
            self._asked_at_s.pop(event.channel, None)
            if asked is not None:
                text, asker, before_row = f"{asked.text}\n{text}", asked.sender, asked.row_id
        elif time.monotonic() - self._asked_at_s.get(event.channel, 0.0) < _UNANSWERED_S:
            return 0  # What is staged belongs to a message whose prompt may not have been read yet.
        for persona, store in self._memories.values():
            if not persona.is_present_in(event.channel):
                continue
            query = RecallQuery(
                text,
                time.time(),
                event.channel,
                asker=asker,
                asked=persona.name,
                before_row=before_row,
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
                times = Counter(filter(None, event.text.split(",")))
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
    """The last message in each channel: only that can still be answered. Where there is none, the last reply,
    else what is being typed."""
    latest: dict[str, Event] = {}
    for event in events:
        rank = _SPOKEN.get(event.kind)
        known = latest.get(event.channel)
        if rank is not None and (known is None or rank >= _SPOKEN[known.kind]):
            latest[event.channel] = event
    return list(latest.values())


def staged_budget(prompt: BudgetSettings) -> BudgetSettings:
    """More than the prompt takes in: what it shows anyway is left out at late binding."""
    return replace(
        prompt, engrams=prompt.engrams * prompt.staged_factor, tokens=prompt.tokens * prompt.staged_factor
    )
