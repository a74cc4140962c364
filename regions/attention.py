"""Attention: what matters, and what each channel is about.

It follows the transcript, so nothing depends on an event that was lost; what is not in the transcript (that
memories were shown to a persona) it counts as it happens, on top of what the long-term memory has counted
before. It publishes the most salient rows per persona and the focus per channel, and only when they changed.
"""

from __future__ import annotations

import contextlib

from substrate.memory.engram import parse_engram_id
from substrate.memory.errors import StoreUnwritable
from substrate.memory.focus import FOCUS, ChannelFocus, encode_focus
from substrate.memory.rehearsals import rehearsals
from substrate.memory.salience import SALIENCE, Counter, SalienceLedger
from substrate.memory.settings import SalienceSettings
from substrate.persona.transcript import TranscriptReader, TranscriptRow
from substrate.region.contract import (
    BrainRegion,
    CadenceHint,
    ComputeClass,
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
from substrate.whole_words import Words

_PAGE = 256
_SETTINGS = SalienceSettings()


class Attention(BrainRegion):
    """Keeps the salience map and the focus of every channel."""

    id = RegionId("attention")
    pressure = PressureProfile(
        MemoryClass.LIGHT, ComputeClass.BOOKKEEPING, frozenset({RegionSignal.PERSONA_CREATED})
    )
    buffers = (SALIENCE, FOCUS)
    # What was said is weighed at the next tick: when a message comes, the processor belongs to its recall.
    wakes_on = frozenset({EventKind.REACTION, EventKind.WITHDRAWN})

    def __init__(self) -> None:
        self._ledgers: dict[str, SalienceLedger] = {}
        self._names: dict[str, Words] = {}
        self._channels: dict[str, ChannelFocus] = {}
        self._untold: dict[str, set[str]] = {}
        """By persona, the channels whose focus changed since it was published; who waits longest is first."""
        self._row = self._reaction = self._withdrawal = 0

    def open(self, environment: RegionEnvironment) -> None:
        self._environment = environment
        self._transcript = TranscriptReader(environment.transcript)
        for persona in environment.personas:
            self._meet(persona)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        for persona in ctx.personas:
            if persona.persona_id not in self._ledgers:
                self._meet(persona)
        for event in ctx.events:
            if event.kind is EventKind.RECALLED:
                self._rehearse(ctx.personas, event.sender, event.text)
        withdrawn_before = self._withdrawal
        heard, behind = self._follow(ctx.personas)
        while behind and ctx.remaining_s() > 0:
            more, behind = self._follow(ctx.personas)
            heard |= more
        if self._withdrawal != withdrawn_before:
            ctx.scrub(FOCUS.name)
        self._note(ctx.personas, heard)
        # What is read is published once it is all read: before, it only changes again.
        published = 0 if behind else self._publish(ctx)
        return TickOutcome(published, hint=CadenceHint.FASTER if behind or self._untold else CadenceHint.HOLD)

    def close(self) -> None:
        self._transcript.close()

    def _meet(self, persona: PersonaProfile) -> None:
        ledger = self._ledgers[persona.persona_id] = SalienceLedger(_SETTINGS)
        self._names[persona.persona_id] = Words(persona.name)
        path = self._environment.persona_home(persona.persona_id) / "longterm.db"
        with contextlib.suppress(StoreUnwritable):  # the hippocampus says so: that persona has no memory
            for row_id, shown, used in rehearsals(path):
                ledger.add(row_id, Counter.REHEARSAL, shown * _SETTINGS.shown)
                ledger.add(row_id, Counter.OUTCOME, used)

    def _rehearse(self, personas: tuple[PersonaProfile, ...], shown_to: str, engram_ids: str) -> None:
        for persona in personas:
            if shown_to in (persona.name, persona.persona_id):
                ledger, shown = self._ledgers[persona.persona_id], list(filter(None, engram_ids.split(",")))
                for text in set(shown):
                    row_id, _ = parse_engram_id(text)
                    ledger.add(row_id, Counter.REHEARSAL, _SETTINGS.shown)
                    # What the reply used stands there twice.
                    ledger.add(row_id, Counter.OUTCOME, shown.count(text) - 1.0)

    def _follow(self, personas: tuple[PersonaProfile, ...]) -> tuple[set[str], bool]:
        """Read one page of what is new; the channels it was in, and whether there may be more."""
        rows = self._transcript.rows_after(self._row, _PAGE)
        for row in rows:
            self._hear(row, personas)
        reactions = self._transcript.reactions_after(self._reaction, _PAGE)
        for reaction in reactions:
            self._reaction = reaction.reaction_id
            for ledger in self._ledgers.values():
                ledger.add(reaction.row_id, Counter.REACTIONS)
        withdrawals = self._transcript.withdrawals_after(self._withdrawal, _PAGE)
        gone = {withdrawal.row_id for withdrawal in withdrawals}
        if gone:
            self._withdrawal = withdrawals[-1].withdrawal_id
            for ledger in self._ledgers.values():
                ledger.forget(gone)
            for focus in self._channels.values():
                focus.forget(gone)
        heard = set(self._channels) if gone else {row.channel for row in rows}
        return heard, _PAGE in (len(rows), len(reactions), len(withdrawals))

    def _hear(self, row: TranscriptRow, personas: tuple[PersonaProfile, ...]) -> None:
        self._row = row.row_id
        focus = self._channels.setdefault(row.channel, ChannelFocus())
        focus.hear(row.row_id, row.text)
        for persona in personas:
            ledger = self._ledgers[persona.persona_id]
            if row.persona_id is None and self._names[persona.persona_id].search(row.text):
                ledger.add(row.row_id, Counter.CENTRALITY)
            if row.in_reply_to is not None and row.persona_id != persona.persona_id:
                ledger.add(row.in_reply_to, Counter.CENTRALITY)

    def _note(self, personas: tuple[PersonaProfile, ...], heard: set[str]) -> None:
        """Who is to be told something new, and of which channels."""
        for persona in personas:
            channels = {channel for channel in heard if persona.is_present_in(channel)}
            if channels or self._ledgers[persona.persona_id].changed:
                self._untold.setdefault(persona.persona_id, set()).update(channels)

    def _publish(self, ctx: RegionContext) -> int:
        """For one persona, and for as many more as there is time for."""
        published = 0
        for persona_id in list(self._untold):
            ledger = self._ledgers[persona_id]
            if ledger.changed:
                ctx.publish(SALIENCE.name, (persona_id,), ledger.top())
                published += 1
            for channel in self._untold.pop(persona_id):
                value = encode_focus(self._channels[channel].focus())
                ctx.publish(FOCUS.name, (persona_id, channel), value)
                published += 1
            if ctx.remaining_s() <= 0:
                break
        return published
