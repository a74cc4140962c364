"""What the engine says for one turn, and the outcome that it comes to.

A sink rather than a task: with a dozen personas answering at once, waking a dozen tasks would be the largest
part of what the substrate costs a turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from substrate.errors import SubstrateError
from substrate.inference.protocol import Delta, FinishReason, Generation
from substrate.persona.decision import decided_outcome
from substrate.persona.outcome import Ending, Outcome, OutcomeKind
from substrate.persona.reply_reader import ReplyReader, Spoken, read_reply
from substrate.persona.turn import Turn

_log = logging.getLogger(__name__)

Show = Callable[[Turn, list[Spoken]], None]
"""Called with pieces of a reply as they come."""

End = Callable[[Turn, Outcome], None]
"""Called once, with what the turn came to."""


class Answer:
    """The sink of one turn's request. Never raises: what goes wrong is the turn's outcome."""

    __slots__ = ("_end", "_show", "_turn")

    def __init__(self, turn: Turn, show: Show | None, end: End) -> None:
        """`show` None: the reply is announced whole only."""
        self._turn = turn
        self._show = show
        self._end = end

    def arrive(self, event: Delta | Generation | Exception) -> None:
        """Called on the loop. What comes after the turn was stopped is dropped."""
        turn = self._turn
        if turn.has_ended:
            return
        try:
            if isinstance(event, Delta):
                turn.said.append(event.text)
                if self._show is not None:
                    self._show_piece(event.text, self._show)
                return
            if isinstance(event, Exception):
                raise event
            turn.generation = event
            outcome = self._outcome(event)
        except Exception as error:
            outcome = failed_outcome(turn, error)
        self._end(turn, outcome)

    def _outcome(self, generation: Generation) -> Outcome:
        turn, written = self._turn, generation.text
        is_cut = generation.finish_reason is FinishReason.LENGTH
        if turn.decides:
            decided = decided_outcome(written)
            if decided.kind is not OutcomeKind.REPLY:
                return decided
            written, is_cut = decided.text, False  # the contract came to its end
        thinking, text = read_reply(turn.persona.name, written)
        if self._show is not None and turn.reader is not None:
            rest = turn.reader.finish()
            if rest:
                self._show(turn, rest)
        if text:
            ending = Ending.CUT if is_cut else Ending.WHOLE
            return Outcome(OutcomeKind.REPLY, text=text, thinking=thinking, ending=ending)
        reason = "thought, but said nothing" if thinking else "had nothing to say"
        if is_cut:
            reason += f" within its limit of {generation.completion_tokens} tokens"
        return Outcome(OutcomeKind.SILENCE, reason=reason)

    def _show_piece(self, piece: str, show: Show) -> None:
        turn = self._turn
        if turn.reader is None:
            turn.reader = ReplyReader(turn.persona.name)
        spoken = turn.reader.feed(piece)
        if spoken:
            show(turn, spoken)


def failed_outcome(turn: Turn, error: Exception) -> Outcome:
    """The error that a turn ends in; other turns carry on."""
    name, row_id = turn.persona.name, turn.message.row.row_id
    if isinstance(error, SubstrateError):
        _log.warning("%s did not answer row %d: %s", name, row_id, error)
        return Outcome(OutcomeKind.ERROR, reason=error.message, hint=error.hint)
    _log.error("%s failed to answer row %d", name, row_id, exc_info=error)
    return Outcome(
        OutcomeKind.ERROR,
        reason=f"the turn failed: {type(error).__name__}: {error}",
        hint="the log has the traceback; the other personas carry on",
    )
