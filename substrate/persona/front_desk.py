"""Takes the requests of all clients and answers those that are not messages.

Whatever is wrong with one request is told to the client that sent it, in one error, and touches nobody else.
A request sees everything that was requested before it: what is waiting for the round's commit is committed
first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from substrate.errors import SubstrateError
from substrate.persona.client_connection import ClientConnection
from substrate.persona.commands import Commands
from substrate.persona.outcome import STOPPED
from substrate.persona.region_port import Happening, tail_that_fits
from substrate.persona.requests import (
    BadRequest,
    CancelRequest,
    CommandRequest,
    EditRequest,
    HistoryRequest,
    MessageRequest,
    ReactionRequest,
    RegenerateRequest,
    Request,
    ResumeRequest,
    TypingRequest,
    read_request,
)
from substrate.persona.service_parts import ServiceParts
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import ClientId
from substrate.persona.turn import OpenMessage, Turn
from substrate.region.contract import EventKind
from substrate.wire import command_failure, command_result

_log = logging.getLogger(__name__)


class FrontDesk:
    """What the service's connections report to."""

    def __init__(
        self,
        parts: ServiceParts,
        commands: Commands,
        greeting: Callable[[], Mapping[str, Any] | None],
    ) -> None:
        """`greeting` is what a new client is told first: that the service is ready, or why it cannot be."""
        self._transcript, self._roster, self._regions, self._flow, self._withdrawals = parts
        self._commands = commands
        self._greeting = greeting
        self.clients: set[ClientConnection] = set()

    def connected(self, client: ClientConnection) -> None:
        self.clients.add(client)
        greeting = self._greeting()
        if greeting is not None:
            client.send([greeting])

    def disconnected(self, client: ClientConnection) -> None:
        self.clients.discard(client)

    def take(self, client: ClientConnection, given: Mapping[str, Any], read_ns: int) -> None:
        try:
            request = read_request(given)
            if type(request) is MessageRequest:
                self._flow.arrive(request, client, read_ns)
            else:
                self._flow.commit()
                self._answer(client, request, read_ns)
        except SubstrateError as error:
            self._refuse(client, given, error)
        except Exception as error:
            _log.exception("a request failed: %.200r", given)
            failure = SubstrateError(
                f"the request failed: {type(error).__name__}: {error}", "the log has the traceback"
            )
            self._refuse(client, given, failure)

    def _refuse(self, client: ClientConnection, given: Mapping[str, Any], error: SubstrateError) -> None:
        if given.get("op") == "command":
            self._flow.post(client, command_failure(given, error))
            return
        id_ = given.get("id")
        echoed = id_ if isinstance(id_, str | int) else None
        self._flow.post(client, {"type": "error", "id": echoed, "message": error.message, "hint": error.hint})

    def _answer(self, client: ClientConnection, request: Request, read_ns: int) -> None:
        match request:
            case TypingRequest():
                self._flow.handler.typed(request.channel, request.sender, request.text)
                text = tail_that_fits(request.text)
                self._regions.tell([Happening(EventKind.TYPING, 0, request.channel, request.sender, text)])
            case CancelRequest():
                self._flow.schedule.stop(STOPPED, lambda turn: turn.message.row.channel == request.channel)
            case ResumeRequest():
                for id_ in request.ids:
                    self._resume(client, id_)
            case HistoryRequest():
                self._history(client, request)
            case ReactionRequest():
                self._react(client, request)
            case RegenerateRequest():
                self._regenerate(client, request, read_ns)
            case EditRequest():
                self._edit(client, request, read_ns)
            case CommandRequest():
                data = self._commands.answer(request)
                self._flow.post(client, command_result(request.envelope, data))

    def _history(self, client: ClientConnection, request: HistoryRequest) -> None:
        rows = self._transcript.recent(request.channel, request.limit)
        shown = {row.row_id: row.message_id for row in rows}
        self._flow.post(
            client,
            {
                "type": "history",
                "id": request.client_id,
                "channel": request.channel,
                "messages": [
                    {
                        "message_id": row.message_id,
                        "sender": row.sender,
                        "persona_id": row.persona_id,
                        "text": row.text,
                        "at_s": row.at_s,
                        "in_reply_to": None if row.in_reply_to is None else shown.get(row.in_reply_to),
                    }
                    for row in rows
                ],
            },
        )

    def _react(self, client: ClientConnection, request: ReactionRequest) -> None:
        row = self._find(request.message)
        with self._transcript.transaction():
            self._transcript.add_reaction(
                row.row_id, request.sender, request.emoji, time.time(), request.client_id
            )
        self._regions.tell(
            [Happening(EventKind.REACTION, row.row_id, row.channel, request.sender, request.emoji)]
        )
        self._flow.post(client, {"type": "accepted", "id": request.client_id, "message_id": row.message_id})

    def _regenerate(self, client: ClientConnection, request: RegenerateRequest, read_ns: int) -> None:
        row = self._transcript.last_from_a_person(request.channel)
        if row is None:
            raise BadRequest(
                f"nobody has said anything in {request.channel!r}", "there is nothing to answer anew"
            )
        turns = self._transcript.turns_of(row.row_id)
        stored = [turn for turn in turns if self._roster.is_live(turn.persona_id)]
        if not stored:
            raise BadRequest(f"nobody answers in {request.channel!r}", "no live persona was asked")
        self._require_done(row)
        with self._transcript.transaction():
            withdrawn = self._withdrawals.store(self._transcript.answers_to(row.row_id))
            for turn in stored:
                self._transcript.reopen_turn(row.row_id, turn.persona_id)
        self._withdrawals.tell(withdrawn)
        self._flow.post(client, {"type": "accepted", "id": request.client_id, "message_id": row.message_id})
        client_id = self._transcript.client_id(row.row_id)
        message = OpenMessage(row, row.message_id if client_id is None else client_id, client, read_ns)
        waves: dict[int, list[Turn]] = {}
        for turn in stored:
            waves.setdefault(turn.wave, []).append(
                Turn(message, self._roster.find(turn.persona_id), turn.decides)
            )
        self._flow.schedule.begin(message, list(waves.values()))

    def _edit(self, client: ClientConnection, request: EditRequest, read_ns: int) -> None:
        known = None if request.client_id is None else self._transcript.find_by_client(request.client_id)
        if known is not None:  # sent again, because the answer to the first time was lost
            row, _ = known
            again = MessageRequest(request.client_id, row.channel, row.sender, request.text)
            self._flow.arrive(again, client, read_ns)
            return
        row = self._find(request.message)
        if row.persona_id is not None:
            raise BadRequest("a persona's message cannot be edited", "ask for it anew with regenerate")
        self._require_done(row)
        message = MessageRequest(request.client_id, row.channel, row.sender, request.text)
        arrival = self._flow.prepare(message, client, read_ns)
        with self._transcript.transaction():
            withdrawn = self._withdrawals.store([row, *self._transcript.answers_to(row.row_id)])
            self._flow.store(arrival)
        self._withdrawals.tell(withdrawn)
        self._flow.begin_stored(arrival)

    def _require_done(self, row: TranscriptRow) -> None:
        if self._flow.schedule.find_open(row.row_id) is not None:
            raise BadRequest("the message is still being answered", "stop that first, or wait for it")

    def _resume(self, client: ClientConnection, id_: ClientId) -> None:
        """Tell the outcomes that a message has, and be told of those that are to come."""
        found = self._transcript.find_by_client(id_)
        if found is not None:
            self._flow.tell_again(client, found[0], id_)
            return
        never = {
            "type": "error",
            "in_reply_to": id_,
            "message": f"the message {id_!r} was never accepted",
            "hint": "send it again",
        }
        self._flow.post(client, never)
        self._flow.post(client, {"type": "outcomes_done", "in_reply_to": id_, "message_id": None})

    def _find(self, message: ClientId) -> TranscriptRow:
        """A visible row, by its message id or by the id that its sender gave it."""
        row = self._transcript.find_by_message_id(message) if isinstance(message, str) else None
        if row is not None:
            return row
        found = self._transcript.find_by_client(message)
        if found is None or found[1]:
            raise BadRequest(
                f"there is no message {message!r}", "it was never accepted in this session, or was withdrawn"
            )
        return found[0]
