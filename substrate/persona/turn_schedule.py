"""Which turns are open, which of them run, and when a message is done.

One persona answers one message at a time per channel; a message's turns come in waves; and a message of a
person is done when also everything is that personas said to each other because of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from substrate.persona.answer import End, failed_outcome
from substrate.persona.handler import Conversation, Handler
from substrate.persona.outcome import STOPPED, Ending, Outcome, OutcomeKind
from substrate.persona.reply_reader import read_reply
from substrate.persona.turn import OpenMessage, Turn

Which = Callable[[Turn], bool]


class TurnSchedule:
    """All open turns. `end` takes the outcome of each, `done` each person's message that is over."""

    def __init__(self, handler: Handler, end: End, done: Callable[[OpenMessage], None]) -> None:
        self._handler = handler
        self._end = end
        self._done = done
        self._can_answer = False
        self._messages: dict[int, OpenMessage] = {}
        """Persons' messages by row, with anything open that came of them."""
        self._turns: dict[Turn, None] = {}
        """In the order in which they were planned."""
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def open_messages(self) -> int:
        return len(self._messages)

    def find_open(self, row_id: int) -> OpenMessage | None:
        """A person's message that is not done."""
        return self._messages.get(row_id)

    def start_answering(self) -> None:
        """The model is loaded: begin with what has been waiting for it, in order."""
        self._can_answer = True
        for turn in list(self._turns):
            self._start_next(self._conversation(turn))

    async def finish(self) -> None:
        """Return when nothing is open."""
        await self._idle.wait()

    def begin(self, message: OpenMessage, waves: list[list[Turn]]) -> None:
        """Run the turns of a message, wave by wave; without any it is done at once."""
        turns = 0
        for wave in waves:
            turns += len(wave)
            for turn in wave:
                self._turns[turn] = None
                message.undecided += turn.decides
        if turns:
            self._hold(message, turns)
            message.waves = waves
            self._begin_wave(message)
        elif message.parent is None:
            self._done(message)

    def ask_again(self, turn: Turn) -> None:
        """Have a persona answer that had chosen not to. Its first attempt counts as waiting."""
        if turn.generation is not None:
            turn.waited_ns += turn.generation.finished_ns - turn.generation.started_ns
        turn.decides, turn.generation = False, None
        turn.said.clear()
        self._run(self._conversation(turn), turn)

    def retract(self, message: OpenMessage) -> None:
        """Take back a person's message that could not be committed: its turns come to nothing at all."""
        for turn in [turn for turn in self._turns if turn.message is message]:
            del self._turns[turn]
            turn.has_ended = True
            if turn.cancel is not None:
                turn.cancel()
            conversation = self._conversation(turn)
            if conversation.running is turn:
                conversation.running = None
                self._start_next(conversation)
            elif turn in conversation.waiting:
                conversation.waiting.remove(turn)
        self._forget(message)

    def stop(self, outcome: Outcome, which: Which) -> int:
        """End open turns before their time; returns how many."""
        stopped = [turn for turn in self._turns if not turn.has_ended and which(turn)]
        for turn in stopped:
            self._stop(turn, outcome)
        return len(stopped)

    def settle(self, turn: Turn) -> None:
        """A turn's outcome is out: begin what waited for it."""
        message = turn.message
        self._turns.pop(turn, None)
        conversation = self._conversation(turn)
        if conversation.running is turn:
            conversation.running = None
        self._start_next(conversation)
        message.in_wave -= 1
        if message.in_wave == 0 and message.waves:
            self._begin_wave(message)
        self._let_go(message)

    def _hold(self, message: OpenMessage, things: int) -> None:
        """Count what is open of a message; with its first it is itself open at the one that it answers."""
        was_closed = message.open == 0
        message.open += things
        if was_closed and message.parent is not None:
            self._hold(message.parent, 1)
        elif was_closed:
            self._messages[message.row.row_id] = message
            self._idle.clear()

    def _let_go(self, message: OpenMessage) -> None:
        message.open -= 1
        if message.open > 0:
            return
        if message.parent is not None:
            self._let_go(message.parent)
            return
        self._done(message)
        self._forget(message)

    def _forget(self, message: OpenMessage) -> None:
        self._messages.pop(message.row.row_id, None)
        if not self._messages:
            self._idle.set()

    def _begin_wave(self, message: OpenMessage) -> None:
        turns = message.waves.pop(0)
        message.in_wave = len(turns)
        for turn in turns:
            conversation = self._conversation(turn)
            conversation.waiting.append(turn)
            self._start_next(conversation)
            if conversation.running is not turn:
                turn.queued_ns = turn.queued_ns or time.monotonic_ns()
        for wave in message.waves:
            for turn in wave:
                turn.queued_ns = turn.queued_ns or time.monotonic_ns()

    def _start_next(self, conversation: Conversation) -> None:
        if conversation.running is not None or not conversation.waiting or not self._can_answer:
            return
        turn = conversation.running = conversation.waiting.popleft()
        if turn.queued_ns:
            turn.waited_ns = time.monotonic_ns() - turn.queued_ns
        self._run(conversation, turn)

    def _run(self, conversation: Conversation, turn: Turn) -> None:
        try:
            self._handler.begin(conversation, turn)
        except Exception as error:
            self._end(turn, failed_outcome(turn, error))

    def _stop(self, turn: Turn, outcome: Outcome) -> None:
        """End a turn wherever it stands: running, waiting for another turn, or for its wave."""
        if turn.cancel is not None:
            turn.cancel()
            self._end(turn, _stopped_outcome(turn, outcome))
            return
        conversation = self._conversation(turn)
        if turn in conversation.waiting:
            conversation.waiting.remove(turn)
        else:
            for wave in turn.message.waves:
                if turn in wave:
                    wave.remove(turn)
            turn.message.waves = [wave for wave in turn.message.waves if wave]
            turn.message.in_wave += 1
        self._end(turn, outcome)

    def _conversation(self, turn: Turn) -> Conversation:
        return self._handler.conversation(turn.persona, turn.message.row.channel)


def _stopped_outcome(turn: Turn, ended_by: Outcome) -> Outcome:
    """What a stopped turn ends in: what was said so far, if anything was and it may stay."""
    if ended_by is not STOPPED or turn.decides:
        return ended_by
    thinking, text = read_reply(turn.persona.name, "".join(turn.said))
    if not text:
        return ended_by
    return Outcome(OutcomeKind.REPLY, text=text, thinking=thinking, ending=Ending.STOPPED)
