"""From a message to its outcomes, in rounds: commit, announce, tell the regions, begin turns.

All that arrives and all that ends within one round of the loop shares one transaction, one look at the
doorbells and one write to each client. The order within a round is the promise of the transcript: nothing is
acknowledged, announced or thought about before it is committed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from substrate.errors import SubstrateError
from substrate.inference.protocol import InferenceAdapter
from substrate.persona import announcements
from substrate.persona.announcements import Announcement
from substrate.persona.client_connection import ClientConnection
from substrate.persona.handler import Handler
from substrate.persona.outcome import NOT_IN_TIME, WITHDRAWN, Outcome, OutcomeKind
from substrate.persona.parked_conversations import ParkedConversations
from substrate.persona.region_port import Happening, RegionPort, joined_in_events
from substrate.persona.reply_reader import Spoken
from substrate.persona.requests import MessageRequest
from substrate.persona.roster import Roster
from substrate.persona.stored_outcomes import StoredOutcomes
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_schema import TranscriptError
from substrate.persona.transcript_writer import Batch, ClientId, ClientIdKnown, TranscriptWriter
from substrate.persona.turn import OpenMessage, Turn
from substrate.persona.turn_plan import NOBODY, TurnPlan
from substrate.persona.turn_schedule import TurnSchedule
from substrate.persona.turn_statistics import TurnStatistics
from substrate.region.contract import EventKind

CAPACITY = 12
"""How many turns are given to the engine together; a plan's further turns form the next wave."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Arrival:
    request: MessageRequest
    client: ClientConnection
    read_ns: int
    row: TranscriptRow | None = None
    plan: TurnPlan | None = None


@dataclass(slots=True, eq=False)
class _Ending:
    turn: Turn
    outcome: Outcome
    reply: TranscriptRow | None = None
    plan: TurnPlan = NOBODY


class TurnFlow:
    """Takes messages in and brings outcomes out. Used on the loop's thread only."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transcript: TranscriptWriter,
        flush: TranscriptFlush,
        roster: Roster,
        regions: RegionPort,
        adapter: InferenceAdapter,
        parked: ParkedConversations,
        recent: Callable[[str], Iterable[TranscriptRow]],
        *,
        streams: bool,
    ) -> None:
        self._loop = loop
        self._transcript = transcript
        self._flush = flush
        self._roster = roster
        self._regions = regions
        self.handler = Handler(adapter, regions, parked, recent, self._show if streams else None, self._end)
        self.schedule = TurnSchedule(self.handler, self._end, self._done)
        self.statistics = TurnStatistics()
        self._arrivals: list[_Arrival] = []
        self._endings: list[_Ending] = []
        self._commit_is_due = False
        self._send_is_due = False
        self._outbox: dict[ClientConnection, list[Announcement]] = {}
        self._stored = StoredOutcomes(transcript, roster)
        self._untold: set[int] = set()
        """Messages whose outcomes came when their client was gone."""

    def arrive(self, request: MessageRequest, client: ClientConnection, read_ns: int) -> None:
        """Take in a message; it is committed with all else of this round. Raises SubstrateError."""
        if self._roster.is_taken(request.sender):
            raise SubstrateError(
                f"{request.sender!r} is the name of a persona", "choose another name for the sender"
            )
        self._arrivals.append(_Arrival(request, client, read_ns))
        self._commit_soon()

    def tell_again(self, client: ClientConnection, row: TranscriptRow, known_as: ClientId) -> None:
        """Tell the outcomes that a message has, and tell this client those that are to come."""
        for outcome in self._stored.of(row, known_as):
            self.post(client, outcome)
        message = self.schedule.find_open(row.row_id)
        if message is not None:
            message.client = client
        else:
            self._untold.discard(row.row_id)
            self.post(client, announcements.outcomes_done(known_as, row))

    def post(self, client: ClientConnection | None, message: Announcement) -> None:
        """Send at the end of the round, after the turns that begin in it."""
        if client is not None:
            if not self._send_is_due:
                self._send_is_due = True
                self._loop.call_soon(self._send)
            self._outbox.setdefault(client, []).append(message)

    def commit(self) -> None:
        """Commit and announce what this round brought. Called by itself at the end of the round."""
        self._commit_is_due = False
        arrivals, endings = self._arrivals, self._endings
        if arrivals or endings:
            self._arrivals, self._endings = [], []
            self._commit(arrivals, endings)

    # Committing

    def _commit_soon(self) -> None:
        if not self._commit_is_due:
            self._commit_is_due = True
            self._loop.call_soon(self.commit)

    def _commit(self, arrivals: list[_Arrival], endings: list[_Ending]) -> None:
        now_s = time.time()
        try:
            try:
                self._store(arrivals, endings, now_s)
            except ClientIdKnown:
                arrivals = self._without_known(arrivals)
                self._store(arrivals, endings, now_s)
        except TranscriptError as error:
            _log.error("%s", error)
            for arrival in arrivals:
                self.post(arrival.client, announcements.refused(arrival.request.client_id, error))
            arrivals = []
            for ending in endings:
                ending.reply, ending.plan = None, NOBODY
                ending.outcome = Outcome(OutcomeKind.ERROR, reason=error.message, hint=error.hint)
        else:
            self._flush.committed()
        self._after_commit(arrivals, endings)

    def _store(self, arrivals: list[_Arrival], endings: list[_Ending], now_s: float) -> None:
        """One transaction. Raises TranscriptError, and ClientIdKnown when a message came for the second time;
        nothing is stored then."""
        batch = Batch()
        for ending in endings:
            self._add_ending(batch, ending, now_s)
        for arrival in arrivals:
            request = arrival.request
            arrival.row = self._transcript.new_row(
                channel=request.channel, sender=request.sender, text=request.text, at_s=now_s
            )
            arrival.plan = self._roster.planner.for_person(
                request.channel, request.text, CAPACITY, self.handler.rates
            )
            batch.messages.append((arrival.row, request.client_id))
            _add_plan(batch, arrival.row, arrival.plan)
        with self._transcript.transaction():
            self._transcript.store(batch)

    def _add_ending(self, batch: Batch, ending: _Ending, now_s: float) -> None:
        turn, outcome = ending.turn, ending.outcome
        row, persona_id = turn.message.row, turn.persona.persona_id
        if outcome.kind is not OutcomeKind.REPLY:
            batch.outcomes.append((row.row_id, persona_id, outcome, None))
            return
        ending.reply = reply = self._transcript.new_row(
            channel=row.channel,
            sender=turn.persona.name,
            text=outcome.text,
            at_s=now_s,
            persona_id=persona_id,
            in_reply_to=row.row_id,
        )
        batch.messages.append((reply, None))
        batch.outcomes.append((row.row_id, persona_id, outcome, reply.row_id))
        ending.plan = self._roster.planner.for_persona(
            row.channel, outcome.text, persona_id, turn.message.in_a_row, CAPACITY
        )
        _add_plan(batch, reply, ending.plan)

    def _without_known(self, arrivals: list[_Arrival]) -> list[_Arrival]:
        """Answer the messages that came before: acknowledge the same again, refuse another under its id.

        An id that comes twice in one round is looked at again in the next one.
        """
        new: list[_Arrival] = []
        ids: set[ClientId] = set()
        for arrival in arrivals:
            client_id = arrival.request.client_id
            if client_id in ids:
                self._arrivals.append(arrival)
            elif client_id is None or (known := self._transcript.find_by_client(client_id)) is None:
                new.append(arrival)
                if client_id is not None:
                    ids.add(client_id)
            else:
                self._answer_known(arrival, *known)
        return new

    def _answer_known(self, arrival: _Arrival, row: TranscriptRow, is_withdrawn: bool) -> None:
        request = arrival.request
        said = (row.channel, row.sender, row.text)
        if not is_withdrawn and said != (request.channel, request.sender, request.text):
            error = SubstrateError(
                f"the id {request.client_id!r} was used for another message already",
                "give every message an id of its own; the same id is for sending the same again",
            )
            self.post(arrival.client, announcements.refused(request.client_id, error))
            return
        self.post(arrival.client, announcements.accepted(request.client_id, row))
        assert request.client_id is not None  # it was found by it
        if self.schedule.find_open(row.row_id) is not None or self._may_be_untold(row.row_id):
            self.tell_again(arrival.client, row, request.client_id)
        else:
            self.post(arrival.client, announcements.outcomes_done(request.client_id, row))

    def _may_be_untold(self, row_id: int) -> bool:
        """Whether nobody may have heard of its outcomes: a former process may not have come to tell them."""
        return row_id in self._untold or row_id < self._transcript.first_row_id

    # After the commit

    def _after_commit(self, arrivals: list[_Arrival], endings: list[_Ending]) -> None:
        happenings = []
        if endings:
            self._announce(endings)
            self._send()
            for ending in endings:
                if ending.reply is not None:
                    self.handler.heard(ending.reply)
                    happenings.append(_happening(EventKind.REPLY, ending.reply))
        self._send_is_due = True  # all else is sent behind the turns that begin now
        for arrival in arrivals:
            assert arrival.row is not None  # it was stored
            self.handler.heard(arrival.row)
            happenings.append(_happening(EventKind.MESSAGE, arrival.row))
        self._tell(happenings)
        for arrival in arrivals:
            self._begin_arrival(arrival)
        for ending in endings:
            self._settle(ending)
        self._loop.call_soon(self._send)
        recalled = [ending for ending in endings if ending.turn.late is not None and ending.turn.late.shown]
        if recalled:
            self._loop.call_soon(self._tell_recalled, recalled)

    def _begin_arrival(self, arrival: _Arrival) -> None:
        row, plan, known_as = arrival.row, arrival.plan, arrival.request.client_id
        assert row is not None and plan is not None  # it was stored
        self.post(arrival.client, announcements.accepted(known_as, row))
        if known_as is None:
            known_as = row.message_id
        self._begin(OpenMessage(row, known_as, arrival.client, arrival.read_ns), plan)

    def _begin(self, message: OpenMessage, plan: TurnPlan) -> None:
        waves: list[list[Turn]] = []
        for planned in plan.turns:
            if planned.wave == len(waves):
                waves.append([])
            waves[planned.wave].append(Turn(message, self._roster.known(planned.persona_id), planned.decides))
        if plan.unheard:
            unheard = [Turn(message, self._roster.known(one), decides=True) for one in plan.unheard]
            self._announce([_Ending(turn, NOT_IN_TIME) for turn in unheard])
        self.schedule.begin(message, waves)

    def _settle(self, ending: _Ending) -> None:
        """An outcome is out: place it in the persona's view and begin what it brought about."""
        turn, reply = ending.turn, ending.reply
        if ending.outcome is not WITHDRAWN:
            self.handler.ended(turn, reply)
        if reply is not None and ending.plan.turns:
            answer = OpenMessage(
                row=reply,
                known_as=reply.message_id,
                client=None,
                read_ns=time.monotonic_ns(),
                parent=turn.message,
                in_a_row=turn.message.in_a_row + 1,
            )
            self._begin(answer, ending.plan)
        self.schedule.settle(turn)

    def _announce(self, endings: list[_Ending]) -> None:
        """Outcomes to the clients of the messages with which they began, all under one time stamp."""
        announced = [
            (ending.turn, announcements.outcome_of(ending.turn, ending.outcome, ending.reply))
            for ending in endings
        ]
        now_ns = time.monotonic_ns()
        for turn, message in announced:
            if message["type"] == "reply":
                message["latency"] = announcements.latency(turn, now_ns)
            self.post(turn.message.root.client, message)
        for ending in endings:
            self.statistics.ended(ending.turn, ending.outcome, announcements.overhead_ns(ending.turn, now_ns))

    def _end(self, turn: Turn, outcome: Outcome) -> None:
        """A turn came to its outcome; it is committed with all else of this round."""
        turn.has_ended = True
        self._endings.append(_Ending(turn, outcome))
        self._commit_soon()

    def _done(self, message: OpenMessage) -> None:
        """Nothing more will come of a person's message."""
        if message.client is not None and message.client.is_open:
            self.post(message.client, announcements.outcomes_done(message.known_as, message.row))
        else:
            self._untold.add(message.row.row_id)

    def _show(self, turn: Turn, spoken: list[Spoken]) -> None:
        """Pieces of a reply that is being written."""
        for piece in spoken:
            self.post(turn.message.root.client, announcements.spoken_piece(turn, piece))

    def _tell(self, happenings: list[Happening]) -> None:
        """Tell the regions. Whatever is wrong with their shared memory, the conversation goes on."""
        if happenings:
            try:
                self._regions.tell(happenings)
            except Exception:
                _log.exception("the regions were not told of %d events", len(happenings))

    def _tell_recalled(self, endings: list[_Ending]) -> None:
        """Tell which memories were shown; after all else, because nobody waits for it."""
        happenings: list[Happening] = []
        for ending in endings:
            turn = ending.turn
            assert turn.late is not None
            row = turn.message.row
            happenings.extend(
                Happening(EventKind.RECALLED, row.row_id, row.channel, turn.persona.name, ids)
                for ids in joined_in_events(turn.late.shown_and_used(ending.outcome.text))
            )
        self._tell(happenings)

    def _send(self) -> None:
        self._send_is_due = False
        outbox, self._outbox = self._outbox, {}
        for client, messages in outbox.items():
            client.send(messages)


def _add_plan(batch: Batch, row: TranscriptRow, plan: TurnPlan) -> None:
    for planned in plan.turns:
        batch.turns.append((row.row_id, planned.persona_id, planned.wave, planned.decides))
    for persona_id in plan.unheard:
        batch.turns.append((row.row_id, persona_id, 0, True))
        batch.outcomes.append((row.row_id, persona_id, NOT_IN_TIME, None))


def _happening(kind: EventKind, row: TranscriptRow) -> Happening:
    return Happening(kind, row.row_id, row.channel, row.sender, row.text)
