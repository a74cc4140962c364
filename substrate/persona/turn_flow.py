"""From a message to its outcomes, in rounds: begin turns, commit, announce, tell the regions.

All that arrives and all that ends within one round of the loop shares one transaction, one look at the
doorbells and one write to each client. The order within a round is the promise of the transcript: nothing is
acknowledged, announced or told to a region before it is committed. The engine alone begins at once: it reads
while the disk takes the message, and a turn whose message is not taken comes to nothing.
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
from substrate.persona.outcome import CHOSE_SILENCE, NOT_IN_TIME, WITHDRAWN, Ending, Outcome, OutcomeKind
from substrate.persona.parked_conversations import ParkedConversations
from substrate.persona.region_news import RegionNews
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
class Arrival:
    """A message with its turns, to be committed."""

    client_id: ClientId | None
    message: OpenMessage
    plan: TurnPlan


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
        self._news = RegionNews(loop, regions)
        self.handler = Handler(
            adapter,
            regions,
            parked,
            recent,
            roster.forgotten,
            roster.absences,
            self._show if streams else None,
            self._end,
        )
        self.schedule = TurnSchedule(self.handler, self._end, self._done)
        self.statistics = TurnStatistics()
        self._arrivals: list[Arrival] = []
        self._endings: list[_Ending] = []
        self._commit_is_due = False
        self._send_is_due = False
        self._outbox: dict[ClientConnection, list[Announcement]] = {}
        self._stored = StoredOutcomes(transcript, roster)
        self._replied: list[tuple[int, TranscriptRow]] = []
        """Rows with their replies, committed and announced, that are not noted at their turns yet."""
        self._untold: set[int] = set()
        """Messages whose outcomes came when their client was gone."""

    def arrive(self, request: MessageRequest, client: ClientConnection, read_ns: int) -> None:
        """Take in a message and begin its turns; it is committed with all else of this round.

        Raises SubstrateError.
        """
        arrival = self.prepare(request, client, read_ns)
        self._arrivals.append(arrival)
        self._commit_soon()
        self._begin_arrived(arrival)

    def prepare(self, request: MessageRequest, client: ClientConnection, read_ns: int) -> Arrival:
        """A message that is not taken in yet. Raises SubstrateError."""
        client_id, channel, sender, text = request
        if self._roster.is_taken(sender):
            raise SubstrateError(f"{sender!r} is the name of a persona", "choose another name for the sender")
        row = self._transcript.new_row(channel=channel, sender=sender, text=text, at_s=time.time())
        plan = self._roster.planner.for_person(channel, text, CAPACITY, self.handler.rates)
        known_as = row.message_id if client_id is None else client_id
        return Arrival(client_id, OpenMessage(row, known_as, client, read_ns), plan)

    def store(self, arrival: Arrival) -> None:
        """Store a message with what else is in the caller's transaction; `begin_stored` follows."""
        batch = Batch()
        _add_arrival(batch, arrival)
        self._transcript.store(batch)

    def begin_stored(self, arrival: Arrival) -> None:
        """Begin the turns of a message that is committed already."""
        self._begin_arrived(arrival)
        self._flush.committed()
        self._after_commit([arrival], [])

    def _begin_arrived(self, arrival: Arrival) -> None:
        self.handler.heard(arrival.message.row)
        self._begin(arrival.message, arrival.plan)

    def tell_again(self, client: ClientConnection, row: TranscriptRow, known_as: ClientId) -> None:
        """Tell the outcomes that a message has, and tell this client those that are to come."""
        self._note_replies()  # one of this very round may be the outcome
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
        """Commit and announce what this round brought so far: the transcript is then up to date."""
        self._end_round()
        self._note_replies()

    # Committing

    def _commit_soon(self) -> None:
        if not self._commit_is_due:
            self._commit_is_due = True
            self._loop.call_soon(self._end_round)

    def _end_round(self) -> None:
        self._commit_is_due = False
        arrivals, endings = self._arrivals, self._endings
        if arrivals or endings:
            self._arrivals, self._endings = [], []
            self._commit(arrivals, endings)

    def _commit(self, arrivals: list[Arrival], endings: list[_Ending]) -> None:
        known: list[Arrival] = []
        try:
            try:
                self._store(arrivals, endings)
            except ClientIdKnown:
                known = self._known(arrivals)
                endings = self._retract(known, endings)
                arrivals = [arrival for arrival in arrivals if arrival not in known]
                self._store(arrivals, endings)
        except TranscriptError as error:
            _log.error("%s", error)
            endings = self._retract(arrivals, endings)
            for arrival in arrivals:
                self.post(arrival.message.client, announcements.refused(arrival.client_id, error))
            arrivals = []
            for ending in endings:
                ending.reply, ending.plan = None, NOBODY
                ending.outcome = Outcome(OutcomeKind.ERROR, reason=error.message, hint=error.hint)
        else:
            self._flush.committed()
        self._after_commit(arrivals, endings)
        for arrival in known:
            self._answer_known(arrival)

    def _store(self, arrivals: list[Arrival], endings: list[_Ending]) -> None:
        """One transaction. Raises TranscriptError, and ClientIdKnown when a message came for the second time;
        nothing is stored then."""
        batch = Batch()
        for arrival in arrivals:
            _add_arrival(batch, arrival)
        if endings:
            now_s = time.time()
            for ending in endings:
                self._add_ending(batch, ending, now_s)
        with self._transcript.transaction():
            self._transcript.store(batch)

    def _add_ending(self, batch: Batch, ending: _Ending, now_s: float) -> None:
        """A reply is its own outcome: its row says what it answers. Anything else is noted at the turn."""
        turn, outcome = ending.turn, ending.outcome
        row, persona_id = turn.message.row, turn.persona.persona_id
        if outcome.kind is not OutcomeKind.REPLY:
            batch.outcomes.append((row.row_id, persona_id, outcome))
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
        if outcome.ending is not Ending.WHOLE:
            batch.endings.append((outcome.ending.value, row.row_id, persona_id))
        if outcome.ending is Ending.STOPPED:
            return  # whoever stops a reply wants silence: nobody answers what was said of it
        ending.plan = self._roster.planner.for_persona(
            row.channel, outcome.text, persona_id, turn.message.in_a_row, CAPACITY
        )
        _add_plan(batch, reply, ending.plan)

    def _known(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Those that came before, in this round or an earlier one."""
        known: list[Arrival] = []
        ids: set[ClientId] = set()
        for arrival in arrivals:
            client_id = arrival.client_id
            if client_id is None:
                continue
            if client_id in ids or self._transcript.find_by_client(client_id) is not None:
                known.append(arrival)
            ids.add(client_id)
        return known

    def _retract(self, arrivals: list[Arrival], endings: list[_Ending]) -> list[_Ending]:
        """Undo what began for messages that are not taken; returns the endings that are not theirs."""
        for arrival in arrivals:
            self.schedule.retract(arrival.message)
            self.handler.unheard(arrival.message.row)
        retracted = {id(arrival.message) for arrival in arrivals}
        return [ending for ending in endings if id(ending.turn.message) not in retracted]

    def _answer_known(self, arrival: Arrival) -> None:
        """A message that came before: acknowledge the same again, refuse another under its id."""
        client_id, client, said = arrival.client_id, arrival.message.client, arrival.message.row
        assert client_id is not None and client is not None  # it was found by its id, and a client sent it
        found = self._transcript.find_by_client(client_id)
        if found is None:  # the one that came in the same round could not be stored
            error = SubstrateError(f"the message {client_id!r} was not stored", "send it again")
            self.post(client, announcements.refused(client_id, error))
            return
        row, is_withdrawn = found
        is_same = (row.channel, row.sender, row.text) == (said.channel, said.sender, said.text)
        if not (is_same or is_withdrawn):
            error = SubstrateError(
                f"the id {client_id!r} was used for another message already",
                "give every message an id of its own; the same id is for sending the same again",
            )
            self.post(client, announcements.refused(client_id, error))
            return
        self.post(client, announcements.accepted(client_id, row))
        if self.schedule.find_open(row.row_id) is not None or self._may_be_untold(row.row_id):
            self.tell_again(client, row, client_id)
        else:
            self.post(client, announcements.outcomes_done(client_id, row))

    def _may_be_untold(self, row_id: int) -> bool:
        """Whether nobody may have heard of its outcomes: a former process may not have come to tell them."""
        return row_id in self._untold or row_id < self._transcript.first_row_id

    def _note_replies(self) -> None:
        """Bring the turns of announced replies up to date: a second transaction, for which nobody waits.

        What a crash leaves out here is read off the replies themselves (recovery).
        """
        replied, self._replied = self._replied, []
        if not replied:
            return
        try:
            with self._transcript.transaction():
                self._transcript.note_replies(replied)
        except TranscriptError as error:
            _log.error("%s", error)
            self._replied = replied + self._replied

    # After the commit

    def _after_commit(self, arrivals: list[Arrival], endings: list[_Ending]) -> None:
        """Replies leave first, then the regions hear of it all, then what nobody waits for leaves."""
        self._send_is_due = True  # what is posted from here on leaves in as few writes as there are clients
        if endings:
            self._acknowledge(arrivals)  # a turn that failed as it began may be among the endings
            self._announce(endings)
            self._send()
            self._send_is_due = True
        replies = []
        for ending in endings:
            if ending.reply is not None:
                self.handler.heard(ending.reply)
                replies.append(ending.reply)
                self._replied.append((ending.turn.message.row.row_id, ending.reply))
        for ending in endings:
            self._settle(ending)
        self._news.said([arrival.message.row for arrival in arrivals], replies)
        if not endings:
            self._acknowledge(arrivals)
        self._loop.call_soon(self._send)
        if self._replied:
            self._loop.call_soon(self._note_replies)
        recalled = [ending for ending in endings if ending.turn.late is not None and ending.turn.late.shown]
        if recalled:
            self._loop.call_soon(self._tell_recalled, recalled)

    def _acknowledge(self, arrivals: list[Arrival]) -> None:
        """Say what is committed, whom it does not reach, and who will not answer it."""
        for arrival in arrivals:
            message, plan = arrival.message, arrival.plan
            row = message.row
            absent = self._roster.planner.absent(row.channel, row.text)
            self.post(message.client, announcements.accepted(arrival.client_id, row, absent))
            if plan.unheard:
                unheard = [Turn(message, self._roster.known(one), decides=True) for one in plan.unheard]
                self._announce([_Ending(turn, NOT_IN_TIME) for turn in unheard])
            if not plan.turns:
                self._done(message)

    def _begin(self, message: OpenMessage, plan: TurnPlan) -> None:
        if plan.turns:
            waves: list[list[Turn]] = []
            for planned in plan.turns:
                if planned.wave == len(waves):
                    waves.append([])
                waves[planned.wave].append(
                    Turn(message, self._roster.known(planned.persona_id), planned.decides)
                )
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
        """A turn came to its outcome; it is committed with all else of this round.

        A question must not be left standing because each persona thought that another would answer: the last
        one that chooses silence is asked once more, and then answers.
        """
        if turn.decides:
            message = turn.message
            message.undecided -= 1
            message.is_answered |= outcome.kind is OutcomeKind.REPLY
            nobody_answers = message.undecided == 0 and not message.is_answered
            if outcome is CHOSE_SILENCE and nobody_answers and message.row.text.rstrip().endswith("?"):
                self.schedule.ask_again(turn)
                return
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
        self._news.in_passing(happenings)

    def _send(self) -> None:
        self._send_is_due = False
        outbox, self._outbox = self._outbox, {}
        for client, messages in outbox.items():
            client.send(messages)


def _add_arrival(batch: Batch, arrival: Arrival) -> None:
    batch.messages.append((arrival.message.row, arrival.client_id))
    _add_plan(batch, arrival.message.row, arrival.plan)


def _add_plan(batch: Batch, row: TranscriptRow, plan: TurnPlan) -> None:
    for planned in plan.turns:
        batch.turns.append((row.row_id, planned.persona_id, planned.wave, planned.decides))
    for persona_id in plan.unheard:
        batch.turns.append((row.row_id, persona_id, 0, True))
        batch.outcomes.append((row.row_id, persona_id, NOT_IN_TIME))
