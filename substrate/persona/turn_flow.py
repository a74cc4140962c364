"""From a message to its outcomes: commit, acknowledge, tell the regions, run the turns, commit, announce.

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
from typing import Any

from substrate.errors import SubstrateError
from substrate.inference.protocol import InferenceAdapter, Rates
from substrate.persona.answer import failed_outcome
from substrate.persona.client_connection import ClientConnection
from substrate.persona.handler import Conversation, Handler
from substrate.persona.outcome import STOPPED, WITHDRAWN, Outcome, OutcomeKind
from substrate.persona.region_port import Happening, RegionPort, joined_in_events
from substrate.persona.reply_reader import Spoken, read_reply
from substrate.persona.requests import MessageRequest
from substrate.persona.roster import Roster
from substrate.persona.stored_outcomes import StoredOutcomes
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_schema import TranscriptError
from substrate.persona.transcript_writer import Batch, ClientId, ClientIdKnown, TranscriptWriter
from substrate.persona.turn import OpenMessage, Turn
from substrate.persona.turn_plan import NOBODY, TurnPlan
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
    """Everything that is open. Used on the loop's thread only."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transcript: TranscriptWriter,
        flush: TranscriptFlush,
        roster: Roster,
        regions: RegionPort,
        adapter: InferenceAdapter,
        recent: Callable[[str], Iterable[TranscriptRow]],
        *,
        streams: bool,
    ) -> None:
        self._loop = loop
        self._transcript = transcript
        self._flush = flush
        self._roster = roster
        self._regions = regions
        self._adapter = adapter
        self.handler = Handler(adapter, regions, recent, self._show if streams else None, self._end)
        self.statistics = TurnStatistics()
        self._can_answer = False
        self._arrivals: list[_Arrival] = []
        self._endings: list[_Ending] = []
        self._commit_is_due = False
        self._send_is_due = False
        self._outbox: dict[ClientConnection, list[dict[str, Any]]] = {}
        self._open: dict[int, OpenMessage] = {}
        """Messages of persons, and persons' only, with anything open that came of them."""
        self._turns: dict[Turn, None] = {}
        """Every turn without a settled outcome, in the order in which they were planned."""
        self._stored = StoredOutcomes(transcript, roster)
        self._untold: set[int] = set()
        """Messages whose outcomes came when their client was gone."""
        self._idle = asyncio.Event()
        self._idle.set()

    # What others ask of the flow

    @property
    def open_messages(self) -> int:
        return len(self._open)

    @property
    def rates(self) -> Rates:
        """What the engine has measured; zeros before it is loaded."""
        return self._adapter.rates() if self._can_answer else Rates(0.0, 0.0)

    def arrive(self, request: MessageRequest, client: ClientConnection, read_ns: int) -> None:
        """Take in a message; it is committed with all else of this round. Raises SubstrateError."""
        if self._roster.is_taken(request.sender):
            raise SubstrateError(
                f"{request.sender!r} is the name of a persona", "choose another name for the sender"
            )
        self._arrivals.append(_Arrival(request, client, read_ns))
        self._commit_soon()

    def start_answering(self) -> None:
        """The model is loaded: begin with what has been waiting for it."""
        self._can_answer = True
        for message in self._open.values():
            for conversation in self.handler.conversations_in(message.row.channel):
                self._start_next(conversation)

    def begin_again(self, message: OpenMessage, waves: list[list[Turn]]) -> None:
        """Run turns that the transcript has already."""
        self._begin_waves(message, waves)

    def find_open(self, row_id: int) -> OpenMessage | None:
        """A person's message that is not done."""
        return self._open.get(row_id)

    def tell_again(self, client: ClientConnection, row: TranscriptRow, known_as: ClientId) -> None:
        """Tell the outcomes that a message has, and tell this client those that are to come."""
        for outcome in self._stored.of(row, known_as):
            self.post(client, outcome)
        message = self._open.get(row.row_id)
        if message is not None:
            message.client = client
        else:
            self._untold.discard(row.row_id)
            self.post(client, _done(known_as, row))

    def stop(self, channel: str, outcome: Outcome = STOPPED, row_ids: set[int] | None = None) -> int:
        """End the open turns of a channel (or only those of some rows); returns how many."""
        stopped = [
            turn
            for turn in self._turns
            if turn.message.row.channel == channel
            and not turn.has_ended
            and (row_ids is None or turn.message.row.row_id in row_ids)
        ]
        for turn in stopped:
            self._stop(turn, outcome)
        return len(stopped)

    def stop_persona(self, persona_id: str, outcome: Outcome) -> None:
        """End every open turn of a persona."""
        for turn in [turn for turn in self._turns if turn.persona.persona_id == persona_id]:
            if not turn.has_ended:
                self._stop(turn, outcome)

    def stop_all(self, outcome: Outcome) -> None:
        """End every open turn."""
        for turn in list(self._turns):
            if not turn.has_ended:
                self._stop(turn, outcome)

    async def finish(self) -> None:
        """Return when nothing is open."""
        await self._idle.wait()

    def post(self, client: ClientConnection | None, message: dict[str, Any]) -> None:
        """Send at the end of the round, after the turns that begin in it."""
        if client is not None:
            self._send_soon()
            self._outbox.setdefault(client, []).append(message)

    def commit(self) -> None:
        """Commit and announce what this round brought. Called by itself at the end of the round."""
        self._commit_is_due = False
        arrivals, endings = self._arrivals, self._endings
        if arrivals or endings:
            self._arrivals, self._endings = [], []
            self._commit(arrivals, endings)

    def _send_soon(self) -> None:
        if not self._send_is_due:
            self._send_is_due = True
            self._loop.call_soon(self._send)

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
                self.post(arrival.client, _error(arrival.request.client_id, error))
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
                request.channel, request.text, CAPACITY, self.rates
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
            self.post(arrival.client, _error(request.client_id, error))
            return
        self.post(arrival.client, {"type": "accepted", "id": request.client_id, "message_id": row.message_id})
        assert request.client_id is not None  # it was found by it
        if row.row_id in self._open or self._may_be_untold(row.row_id):
            self.tell_again(arrival.client, row, request.client_id)
        else:
            self.post(arrival.client, _done(request.client_id, row))

    def _may_be_untold(self, row_id: int) -> bool:
        """Whether nobody may have heard of its outcomes: a former process may not have come to tell them."""
        return row_id in self._untold or row_id < self._transcript.first_row_id

    # After the commit

    def _after_commit(self, arrivals: list[_Arrival], endings: list[_Ending]) -> None:
        happenings = []
        for ending in endings:
            if ending.reply is not None:
                self.handler.heard(ending.reply)
                happenings.append(_happening(EventKind.REPLY, ending.reply))
        if endings:
            self._announce(endings)
            self._send()
        self._send_is_due = True  # all else is sent behind the turns that begin now
        for arrival in arrivals:
            assert arrival.row is not None  # it was stored
            self.handler.heard(arrival.row)
            happenings.append(_happening(EventKind.MESSAGE, arrival.row))
        self._tell(happenings)
        for arrival in arrivals:
            row, plan, known_as = arrival.row, arrival.plan, arrival.request.client_id
            assert row is not None and plan is not None  # it was stored
            self.post(arrival.client, {"type": "accepted", "id": known_as, "message_id": row.message_id})
            message = OpenMessage(
                row, row.message_id if known_as is None else known_as, arrival.client, arrival.read_ns
            )
            self._begin(message, plan)
        for ending in endings:
            self._settle(ending)
        self._loop.call_soon(self._send)
        recalled = [ending for ending in endings if ending.turn.late is not None and ending.turn.late.shown]
        if recalled:
            self._loop.call_soon(self._tell_recalled, recalled)

    def _announce(self, endings: list[_Ending]) -> None:
        """Outcomes to the clients of the messages with which they began, all under one time stamp."""
        announced = [(ending.turn, _announcement(ending)) for ending in endings]
        now_ns = time.monotonic_ns()
        for turn, message in announced:
            if message["type"] == "reply":
                message["latency"] = self._latency(turn, now_ns)
            self.post(turn.message.root.client, message)
        for ending in endings:
            self.statistics.ended(ending.turn, ending.outcome)

    def _latency(self, turn: Turn, now_ns: int) -> dict[str, float | int | None]:
        read_ns, generation = turn.message.read_ns, turn.generation
        if generation is None:  # stopped before its engine was done
            return {"substrate_us": None, "ttft_ms": None, "total_ms": _ms(now_ns - read_ns)}
        inside_ns = generation.finished_ns - generation.started_ns
        overhead_ns = now_ns - read_ns - turn.waited_ns - inside_ns
        self.statistics.overhead(overhead_ns)
        return {
            "substrate_us": overhead_ns // 1000,
            "ttft_ms": _ms(generation.first_token_ns - read_ns),
            "total_ms": _ms(now_ns - read_ns),
            "waited_ms": _ms(turn.waited_ns),
            "read_tokens": generation.prompt_tokens_read,
            "reused_tokens": generation.prompt_tokens_reused,
            "written_tokens": generation.completion_tokens,
        }

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

    # Turns

    def _begin(self, message: OpenMessage, plan: TurnPlan) -> None:
        waves: list[list[Turn]] = []
        for planned in plan.turns:
            persona = self._roster.get(planned.persona_id)
            assert persona is not None  # the plan was made from the roster
            while len(waves) <= planned.wave:
                waves.append([])
            waves[planned.wave].append(Turn(message, persona, planned.decides))
        if plan.unheard:
            self._announce_unheard(message, plan.unheard)
        self._begin_waves(message, waves)

    def _announce_unheard(self, message: OpenMessage, persona_ids: Iterable[str]) -> None:
        personas = filter(None, map(self._roster.get, persona_ids))
        self._announce([_Ending(Turn(message, persona, decides=True), _NOT_IN_TIME) for persona in personas])

    def _begin_waves(self, message: OpenMessage, waves: list[list[Turn]]) -> None:
        turns = [turn for wave in waves for turn in wave]
        if not turns:
            self._message_done(message)
            return
        self._hold(message, len(turns))
        now_ns = time.monotonic_ns()
        for turn in turns:
            turn.queued_ns = now_ns
            self._turns[turn] = None
        message.waves = waves
        self._begin_wave(message)

    def _hold(self, message: OpenMessage, things: int) -> None:
        """Count what is open of a message; with its first it is itself open at the one that it answers."""
        was_closed = message.open == 0
        message.open += things
        if was_closed and message.parent is not None:
            self._hold(message.parent, 1)
        elif was_closed:
            self._open[message.row.row_id] = message
            self._idle.clear()

    def _begin_wave(self, message: OpenMessage) -> None:
        turns = message.waves.pop(0)
        message.in_wave = len(turns)
        for turn in turns:
            conversation = self.handler.conversation(turn.persona, message.row.channel)
            conversation.waiting.append(turn)
            self._start_next(conversation)

    def _start_next(self, conversation: Conversation) -> None:
        if conversation.running is not None or not conversation.waiting or not self._can_answer:
            return
        turn = conversation.running = conversation.waiting.popleft()
        turn.waited_ns = time.monotonic_ns() - turn.queued_ns
        try:
            self.handler.begin(conversation, turn)
        except Exception as error:
            self._end(turn, failed_outcome(turn, error))

    def _stop(self, turn: Turn, outcome: Outcome) -> None:
        """End a turn wherever it stands: running, waiting for another turn, or for its wave."""
        if turn.cancel is not None:
            turn.cancel()
            self._end(turn, _stopped_outcome(turn, outcome))
            return
        conversation = self.handler.conversation(turn.persona, turn.message.row.channel)
        if turn in conversation.waiting:
            conversation.waiting.remove(turn)
        else:
            for wave in turn.message.waves:
                if turn in wave:
                    wave.remove(turn)
            turn.message.waves = [wave for wave in turn.message.waves if wave]
            turn.message.in_wave += 1
        self._end(turn, outcome)

    def _end(self, turn: Turn, outcome: Outcome) -> None:
        turn.has_ended = True
        self._endings.append(_Ending(turn, outcome))
        self._commit_soon()

    def _settle(self, ending: _Ending) -> None:
        """An outcome is out: place it in the persona's view and begin what waited for it."""
        turn, message = ending.turn, ending.turn.message
        self._turns.pop(turn, None)
        conversation = self.handler.conversation(turn.persona, message.row.channel)
        if ending.outcome is not WITHDRAWN:
            self.handler.ended(conversation, turn, ending.reply)
        if ending.reply is not None and ending.plan.turns:
            answer = OpenMessage(
                row=ending.reply,
                known_as=ending.reply.message_id,
                client=None,
                read_ns=time.monotonic_ns(),
                parent=message,
                in_a_row=message.in_a_row + 1,
            )
            self._begin(answer, ending.plan)
        if conversation.running is turn:
            conversation.running = None
        self._start_next(conversation)
        message.in_wave -= 1
        if message.in_wave == 0 and message.waves:
            self._begin_wave(message)
        self._close_one(message)

    def _close_one(self, message: OpenMessage) -> None:
        message.open -= 1
        if message.open == 0:
            if message.parent is not None:
                self._close_one(message.parent)
            else:
                self._message_done(message)

    def _message_done(self, message: OpenMessage) -> None:
        if message.parent is not None:
            return
        self._open.pop(message.row.row_id, None)
        if message.client is not None and message.client.is_open:
            self.post(message.client, _done(message.known_as, message.row))
        else:
            self._untold.add(message.row.row_id)
        if not self._open:
            self._idle.set()

    def _show(self, turn: Turn, spoken: list[Spoken]) -> None:
        """Pieces of a reply that is being written."""
        message = turn.message
        for piece in spoken:
            self.post(
                message.root.client,
                {
                    "type": "delta",
                    "persona": turn.persona.name,
                    "persona_id": turn.persona.persona_id,
                    "channel": message.row.channel,
                    "in_reply_to": message.known_as,
                    "text": piece.text,
                    "thinking": piece.is_thinking,
                },
            )


_NOT_IN_TIME = Outcome(
    OutcomeKind.SILENCE, reason="would not have been heard within the time for all replies"
)


def _stopped_outcome(turn: Turn, ended_by: Outcome) -> Outcome:
    """What a stopped turn ends in: what was said so far, if anything was and it may stay."""
    if ended_by is not STOPPED or turn.decides:
        return ended_by
    thinking, text = read_reply(turn.persona.name, "".join(turn.said))
    return Outcome(OutcomeKind.REPLY, text=text, thinking=thinking, stopped=True) if text else ended_by


def _add_plan(batch: Batch, row: TranscriptRow, plan: TurnPlan) -> None:
    for planned in plan.turns:
        batch.turns.append((row.row_id, planned.persona_id, planned.wave, planned.decides))
    for persona_id in plan.unheard:
        batch.turns.append((row.row_id, persona_id, 0, True))
        batch.outcomes.append((row.row_id, persona_id, _NOT_IN_TIME, None))


def _announcement(ending: _Ending) -> dict[str, Any]:
    turn, outcome = ending.turn, ending.outcome
    announced: dict[str, Any] = {
        "type": outcome.kind.value,
        "persona": turn.persona.name,
        "persona_id": turn.persona.persona_id,
        "channel": turn.message.row.channel,
        "in_reply_to": turn.message.known_as,
    }
    if ending.reply is not None:
        announced["text"] = outcome.text
        announced["message_id"] = ending.reply.message_id
        announced["thinking"] = outcome.thinking
        announced["stopped"] = outcome.stopped
        announced["memories"] = [] if ending.turn.late is None else ending.turn.late.as_shown()
    elif outcome.kind is OutcomeKind.SILENCE:
        announced["reason"] = outcome.reason
    else:
        announced["message"] = outcome.reason
        announced["hint"] = outcome.hint
    return announced


def _happening(kind: EventKind, row: TranscriptRow) -> Happening:
    return Happening(kind, row.row_id, row.channel, row.sender, row.text)


def _error(client_id: str | int | None, error: SubstrateError) -> dict[str, Any]:
    return {"type": "error", "id": client_id, "message": error.message, "hint": error.hint}


def _done(known_as: ClientId, row: TranscriptRow) -> dict[str, Any]:
    return {"type": "outcomes_done", "in_reply_to": known_as, "message_id": row.message_id}


def _ms(nanoseconds: int) -> float:
    return round(nanoseconds / 1e6, 3)
