"""The hippocampus: turns what is said into engrams and keeps the memories of the next prompt ready.

When a message arrives it recalls first and takes in second: the model is reading the message meanwhile, and
what was recalled before it has read it costs the turn nothing. Those who are addressed come first. Between
messages it recalls for what is being typed, after a reply for the exchange, and in a room where nobody has
spoken since the start for what that was about before.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from substrate.memory import (
    ANYWHERE,
    PREFETCH,
    BudgetSettings,
    EngramStore,
    RecallQuery,
    StoreUnwritable,
    encode_prefetch,
)
from substrate.memory.absent import forget_in_absent, withdraw_from_absent
from substrate.memory.anticipation import HEARD, Anticipation, Staging
from substrate.memory.commands import (
    correct_command,
    forget_command,
    list_command,
    recall_command,
    refuse_unopened,
    rows_command,
)
from substrate.memory.domains import domain_of
from substrate.memory.errors import StoreDamaged
from substrate.memory.focus import FOCUS, decode_focus
from substrate.memory.intake import Memory, take_in, withdraw
from substrate.memory.model_embedder import open_embedder
from substrate.memory.prefetch import prefetched
from substrate.memory.recall import query_text, recall_unexplained
from substrate.memory.refusals import Refusals
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
from substrate.whole_words import Names, name_key

_log = logging.getLogger(__name__)

_OPEN_AGAIN_S = 10.0
"""After so long a memory that could not be opened is tried again: trying may take two seconds."""
_CATCH_UP_S = 0.25
"""So long a tick may last that nobody waits for, while there is much to take in."""


class Hippocampus(BrainRegion):
    """Stores, recalls, stages. See substrate.memory for how."""

    id = RegionId("hippocampus")
    pressure = PressureProfile(
        MemoryClass.MODERATE,
        ComputeClass.CPU_VECTORIZED,
        frozenset({RegionSignal.PERSONA_CREATED, RegionSignal.PERSONA_DESTROYED}),
    )
    buffers = (PREFETCH,)
    follows = frozenset({FEATURES.name})

    def __init__(self) -> None:
        self._met: tuple[PersonaProfile, ...] = ()
        self._names = Names(())
        self._memories: dict[str, Memory] = {}
        self._unopened: dict[str, tuple[PersonaProfile, StoreUnwritable]] = {}
        """Who is here without a memory: one that is damaged until the file is moved away and the program
        started again, one that is locked or full until it can be opened."""
        self._opens_again_s = 0.0
        """When the latter is tried next."""
        self._staged: set[tuple[str, str]] = set()
        """The keys under which something is published."""
        self._forgetting = False
        self._scrub: Callable[[str], None] | None = None
        """Empties a buffer, from the first tick on."""
        self._owes_the_absent = True
        """Memories of personas that are not here may hold what was withdrawn."""
        self._refusal = ""
        """What the disk did not take when everything was last written, and that it was said."""
        self._anticipation = Anticipation()
        self._heard_row = 0
        """The last transcript row that an event told of."""
        self._weighed: dict[str, object] = {}
        """What attention held important when it was last taken over, by persona."""

    def open(self, environment: RegionEnvironment) -> None:
        self._environment = environment
        self._senses = Senses(open_embedder(environment))
        self._transcript = TranscriptReader(environment.transcript)
        # A predecessor may have ended in the tick that was told of a withdrawal.
        self._forgetting = bool(self._transcript.withdrawals_after(0, 1))
        self._meet(environment.personas)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        self._scrub = ctx.scrub
        self._meet(ctx.personas)
        if not ctx.events:
            self._open_again()
        was_withdrawn = any(event.kind is EventKind.WITHDRAWN for event in ctx.events)
        if self._forgetting or was_withdrawn or ctx.lost_events:
            self._forget(ctx)
        self._sense(ctx)
        published = self._stage_all(ctx, self._anticipation.of(ctx.events))
        if not ctx.events:
            published += self._stage_rooms(ctx)
        try:
            behind = self._write(ctx)
        except StoreUnwritable as error:
            # What is remembered already is recalled on; the transcript keeps the rest until there is room.
            behind = False
            if str(error) != self._refusal:
                _log.error("%s", error)
            self._refusal = str(error)
        else:
            if not ctx.events:  # only then everything has its turn
                self._refusal = ""
        return TickOutcome(published, hint=CadenceHint.FASTER if behind else CadenceHint.HOLD)

    def commands(self) -> Mapping[str, Command]:
        def held(params: Mapping[str, Any]) -> list[Memory]:
            refuse_unopened(self._unopened.values(), params, are_others_held=bool(self._memories))
            return list(self._memories.values())

        return {
            "memory/recall": lambda params: recall_command(held(params), params, time.time()),
            "memory/list": lambda params: list_command(held(params), params, self._transcript),
            "memory/correct": lambda params: self._changed(correct_command(held(params), params)),
            "memory/forget": lambda params: self._changed(forget_command(held(params), params)),
            "memory/rows": lambda params: self._changed(self._rows(held(params), params)),
        }

    def close(self) -> None:
        for _, store in self._memories.values():
            store.close()
        self._transcript.close()

    def _meet(self, personas: tuple[PersonaProfile, ...]) -> None:
        """Open the memory of every persona that is here now, close the others'.

        One whose file is damaged, or cannot be opened now, takes part without a memory, and keeps nobody else
        from having one.
        """
        if personas == self._met:
            return
        present = {persona.persona_id: persona for persona in personas}
        for persona_id in self._memories.keys() - present.keys():
            self._memories.pop(persona_id)[1].close()
        for persona_id in self._unopened.keys() - present.keys():
            del self._unopened[persona_id]
        for persona_id, persona in present.items():
            if persona_id in self._memories:
                self._memories[persona_id] = (persona, self._memories[persona_id][1])
            elif persona_id not in self._unopened:
                self._open_memory(persona)
        self._met = personas
        self._introduce()

    def _introduce(self) -> None:
        """Tell every memory the names of all who are here."""
        self._names = Names(persona.name for persona in self._met)
        for _, store in self._memories.values():
            for persona in self._met:
                store.index.meet(persona.name)

    def _open_again(self) -> None:
        """Try memories that could not be opened before; nobody waits for it."""
        shut = [persona for persona, why in self._unopened.values() if not isinstance(why, StoreDamaged)]
        if shut and time.monotonic() >= self._opens_again_s:
            for persona in shut:
                self._open_memory(persona)
            self._introduce()

    def _open_memory(self, persona: PersonaProfile) -> None:
        path = self._environment.persona_home(persona.persona_id) / "longterm.db"
        try:
            store = EngramStore(path, persona.persona_id, senses=self._senses)
        except StoreUnwritable as error:
            if persona.persona_id not in self._unopened:
                _log.error("%s has no memory: %s", persona.name, error)
            self._unopened[persona.persona_id] = (persona, error)
            self._opens_again_s = time.monotonic() + _OPEN_AGAIN_S
            return
        self._unopened.pop(persona.persona_id, None)
        self._memories[persona.persona_id] = (persona, store)
        if store.vectors_to_come:
            _log.info("%s: %d memories get new vectors", persona.name, store.vectors_to_come)

    def _write(self, ctx: RegionContext) -> bool:
        """Everything that changes memories; whether there is more to do. Raises StoreUnwritable."""
        behind, refusals = False, Refusals()
        for persona_id, (_, store) in self._memories.items():
            with refusals.noted():
                self._weigh(ctx, persona_id, store)
        with refusals.noted():
            behind = self._take_in(ctx)
        for event in ctx.events:
            if event.kind is EventKind.RECALLED:
                with refusals.noted():
                    self._rehearse(event)
        if not ctx.events:
            for persona, store in self._memories.values():
                with refusals.noted():
                    behind |= not store.finish_forgetting()
                with refusals.noted():
                    behind |= self._catch_up_vectors(ctx, persona, store)
            with refusals.noted():
                behind |= self._forget_for_the_absent()
        refusals.tell()
        return behind

    def _take_in(self, ctx: RegionContext) -> bool:
        """Take in what was said, up to the last row that was recalled for; whether there is more.

        A row that stands in the transcript already, but whose event is still on its way, has to wait: what
        is asked first is what was known before. A tick without events catches up with everything.
        """
        self._heard_row = max((self._heard_row, *(event.row_id for event in ctx.events)))
        up_to_row = self._heard_row if ctx.events and not ctx.lost_events else None
        until_s = 0.0 if ctx.events else time.monotonic() + _CATCH_UP_S
        return take_in(
            self._transcript,
            self._memories.values(),
            up_to_row,
            lambda: ctx.remaining_s() > 0 or time.monotonic() < until_s,
        )

    def _sense(self, ctx: RegionContext) -> None:
        """Take over what the sensory region has understood; what it has not is understood on the way."""
        senses = self._senses
        names_of = {store.index.speaker_words for _, store in self._memories.values()}
        for event in ctx.events:
            if event.kind not in HEARD:
                continue
            by_persona = event.kind is EventKind.REPLY
            for names in names_of:
                for text in dict.fromkeys((event.text, query_text(event.text))):
                    key = content_hash(
                        text, by_persona=by_persona, names=names, embedder_id=senses.embedder.id
                    )
                    value = None if senses.knows(key) else ctx.peek(FEATURES.name, (key,))
                    if value is not None:
                        senses.learn(key, decode_understood(value))

    def _stage_all(self, ctx: RegionContext, stagings: list[Staging]) -> int:
        """Recall and publish, for everybody who hears it, in the order in which it will be needed.

        Who is not going to answer is served in the time that is left.
        """
        jobs = [
            (rank, staging, persona, store)
            for staging in stagings
            for rank, (persona, store) in self._ranked(staging)
            if persona.is_present_in(staging.channel)
        ]
        published = 0
        for rank, staging, persona, store in sorted(jobs, key=lambda job: job[0]):
            if rank < 2 or ctx.remaining_s() > 0:
                self._stage(ctx, staging, persona, store)
                published += 1
        return published

    def _ranked(self, staging: Staging) -> list[tuple[int, Memory]]:
        """Who is named answers, so 0; nobody else does then, so 2; all may where nobody is named, so 1."""
        named = set(self._names.in_order(staging.said))
        is_named = {
            persona_id: name_key(persona.name) in named for persona_id, (persona, _) in self._memories.items()
        }
        others = 2 if any(is_named.values()) else 1
        return [(0 if is_named[persona_id] else others, held) for persona_id, held in self._memories.items()]

    def _stage(
        self, ctx: RegionContext, staging: Staging, persona: PersonaProfile, store: EngramStore
    ) -> None:
        query = RecallQuery(
            staging.text,
            time.time(),
            staging.channel,
            domain_of(staging.channel),
            asker=staging.asker,
            asked=persona.name,
            before_row=staging.before_row,
            persona_id=persona.persona_id,
            budget=staged_budget(store.settings.budget),
        )
        found = prefetched(store.index, recall_unexplained(store, query))
        value = encode_prefetch(staging.for_row, found, PREFETCH.value_bytes)
        for channel in staging.rooms:
            ctx.publish(PREFETCH.name, (persona.persona_id, channel), value)
            self._staged.add((persona.persona_id, channel))

    def _changed(self, data: dict[str, Any]) -> dict[str, Any]:
        """Before it is answered the buffer is empty: whoever hears that it is done meets the old words
        nowhere. The next tick recalls anew."""
        if self._scrub is not None:
            self._scrub(PREFETCH.name)
            self._staged.clear()
        self._forgetting = True
        return data

    def _rows(self, held: list[Memory], params: Mapping[str, Any]) -> dict[str, Any]:
        """For everybody, those included who are not here: their words may stand nowhere else."""
        data = rows_command(held, params, self._transcript)
        if params.get("text"):
            try:
                data["forgotten"] += forget_in_absent(self._homes, self._present, params["text"])
            except StoreUnwritable as error:
                # Nobody else may keep the words because of that.
                _log.error("somebody who is not here may still remember: %s", error)
                data["not_reached"] = str(error)
        return data

    def _forget(self, ctx: RegionContext) -> None:
        """Let go of what was withdrawn, before anything is recalled: on disk, in memory, in the buffer.

        What was asked last and still stands is recalled for again: its answer may be what was taken back.
        """
        ctx.scrub(PREFETCH.name)
        # If the disk does not take it now, it is done where memory is written, again and again.
        with contextlib.suppress(StoreUnwritable):
            withdraw(self._transcript, self._memories.values())
        self._staged.clear()
        self._senses.forget_all()
        self._forgetting, self._owes_the_absent = False, True
        self._stage_all(ctx, self._anticipation.again(lambda row: self._transcript.row(row) is not None))

    @property
    def _homes(self) -> Path:
        """The folder of all personas' folders, of those that are not here, too."""
        return self._environment.home / "personas"

    @property
    def _present(self) -> set[str]:
        return self._memories.keys() | self._unopened.keys()

    def _forget_for_the_absent(self) -> bool:
        """What was withdrawn leaves the memories of personas that are not here; whether it has to be tried
        again."""
        if self._owes_the_absent:
            is_done = withdraw_from_absent(self._transcript, self._homes, self._present)
            self._owes_the_absent = not is_done
        return self._owes_the_absent

    def _stage_rooms(self, ctx: RegionContext) -> int:
        """Where nothing was said since the start: what the room was about, and what is recent and matters.

        For one room of each persona at a time: nobody waits for it.
        """
        published = 0
        for persona, store in self._memories.values():
            for room in (ANYWHERE, *filter(persona.is_present_in, store.index.channels.names)):
                if (persona.persona_id, room) in self._staged or not len(store):
                    continue
                topic = "" if room == ANYWHERE else self._topic(ctx, persona, room)
                if topic is not None:
                    self._stage(ctx, Staging(room, (room,), topic, topic), persona, store)
                    published += 1
                    break
        return published

    @staticmethod
    def _topic(ctx: RegionContext, persona: PersonaProfile, channel: str) -> str | None:
        """What attention says that a channel is about for a persona; None while it has not said so."""
        value = ctx.peek(FOCUS.name, (persona.persona_id, channel))
        return None if value is None else " ".join(decode_focus(value).terms)

    @staticmethod
    def _catch_up_vectors(ctx: RegionContext, persona: PersonaProfile, store: EngramStore) -> bool:
        """Give a memory the vectors that it waits for; whether there is more to do."""
        while store.vectors_to_come and ctx.remaining_s() > 0 and store.catch_up_vectors():
            if not store.vectors_to_come:
                _log.info("%s: all memories have their vectors", persona.name)
        return store.vectors_to_come > 0

    def _rehearse(self, event: Event) -> None:
        for persona, store in self._memories.values():
            if event.sender in (persona.name, persona.persona_id) and event.text:
                times = Counter(filter(None, event.text.split(",")))
                used = [engram_id for engram_id, count in times.items() if count > 1]
                store.rehearse(
                    list(times), used, time.time(), asked_in_row=event.row_id, answered_by=persona.name
                )

    def _weigh(self, ctx: RegionContext, persona_id: str, store: EngramStore) -> None:
        """Take over what attention holds important; let go of what matters least when there is no room."""
        salient = ctx.peek(SALIENCE.name, (persona_id,))
        # An unchanged value is the same object: nothing to do then, which is nearly always.
        if salient is not None and salient is not self._weighed.get(persona_id):
            store.set_salience(salient)
            self._weighed[persona_id] = salient
        store.evict(time.time())


def staged_budget(prompt: BudgetSettings) -> BudgetSettings:
    """More than the prompt takes in: what it shows anyway is left out at late binding."""
    return replace(
        prompt, engrams=prompt.engrams * prompt.staged_factor, tokens=prompt.tokens * prompt.staged_factor
    )
