"""Which sequence of the KV pool holds which tokens.

llama.cpp knows cells; it does not know what was read into them. This ledger does, so that a prompt is
compared with everything that is already held, and only the rest is read. The comparison is a plain scan:
with tens of sequences it takes a fraction of a millisecond and needs no tree that has to be kept in step.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from substrate.inference.native import NativeContext, last_log_lines
from substrate.inference.parking import ParkedState, ParkingLot
from substrate.inference.protocol import Blend
from substrate.inference.tokens import Tokens, common_prefix, token_list

if TYPE_CHECKING:
    from substrate.inference.job import Job

_log = logging.getLogger(__name__)

WORTH_WAITING_FOR = 32
"""Tokens that another job must be about to read, or that the disk must hold, before waiting for it beats
reading them again."""
_WORTH_PARKING = 64
"""Tokens below which reading anew costs less than a file."""


class Sequence:
    """One sequence id, the tokens at its positions 0, 1, ..., and whose conversation they are."""

    __slots__ = (
        "blend",
        "conversation",
        "disk_has_more",
        "id",
        "is_parked",
        "job",
        "last_used",
        "persona_id",
        "tokens",
        "volatile_from",
    )

    def __init__(self, number: int) -> None:
        self.id = number
        self.tokens: Tokens[int] = token_list()
        # Once idle: where what may not go to disk begins, None for nowhere.
        self.volatile_from: int | None = None
        self.blend: Blend = ()
        self.persona_id = ""
        self.conversation: str | None = None
        # What it holds now was given to the parking lot as well.
        self.is_parked = False
        # What was parked of its conversation may be more than it holds, and is not to be written over by it.
        self.disk_has_more = False
        self.job: Job | None = None
        self.last_used = 0

    @property
    def is_idle(self) -> bool:
        """Holds tokens that no job works on: kept for a next turn, and evictable."""
        return self.job is None and len(self.tokens) > 0

    @property
    def is_empty(self) -> bool:
        return self.job is None and not self.tokens


class SequencePool:
    """All sequences of one context, and the few operations that keep ledger and cells equal."""

    def __init__(
        self, context: NativeContext, *, can_rewind: bool, parking: ParkingLot | None = None
    ) -> None:
        self._context = context
        self._parking = parking
        self.can_rewind = can_rewind
        self._sequences = tuple(Sequence(number) for number in range(context.shape.sequences))
        self._clock = 0

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._sequences)

    @property
    def cells(self) -> int:
        return self._context.cells

    @property
    def tokens_held(self) -> int:
        """Tokens over all sequences; shared ones count once for each."""
        return sum(len(sequence.tokens) for sequence in self._sequences)

    def has_room_for(self, tokens: int) -> bool:
        """Whether so many more fit for sure, nothing shared."""
        return self.tokens_held + tokens <= self.cells

    def touch(self, sequence: Sequence) -> None:
        self._clock += 1
        sequence.last_used = self._clock

    def usable_prefix(self, sequence: Sequence, wanted: Tokens[int], blend: Blend) -> int:
        """How many of the `wanted` tokens can be taken over from `sequence`."""
        if sequence.blend != blend:
            return 0
        length = common_prefix(sequence.tokens, wanted)
        return length if self._can_be_cut(sequence, length) else 0

    def _can_be_cut(self, sequence: Sequence, length: int) -> bool:
        """Whether the sequence's first `length` tokens can be gone on from."""
        if length >= len(sequence.tokens):
            return True
        return self.can_rewind and self._context.can_go_on_from(sequence.id, length)

    def longest_prefix(self, wanted: Tokens[int], blend: Blend) -> tuple[Sequence | None, int]:
        """The sequence that holds most of `wanted` from its start."""
        best, best_length = None, 0
        for sequence in self._sequences:
            if len(sequence.tokens) > best_length:
                length = self.usable_prefix(sequence, wanted, blend)
                if length > best_length:
                    best, best_length = sequence, length
        return best, best_length

    def kept_for(self, conversation: str) -> Sequence | None:
        """The idle sequence that was last used for `conversation`."""
        kept = [one for one in self._sequences if one.conversation == conversation and one.is_idle]
        return max(kept, key=lambda one: one.last_used, default=None)

    def empty(self) -> Sequence | None:
        return next((one for one in self._sequences if one.is_empty), None)

    def least_recently_used(self) -> Sequence | None:
        idle = [one for one in self._sequences if one.is_idle]
        return min(idle, key=lambda one: one.last_used, default=None)

    def rewind(self, sequence: Sequence, length: int) -> None:
        """Keep the first `length` tokens; none where these cannot be gone on from."""
        if length >= len(sequence.tokens):
            return
        can_be_cut = length > 0 and self._can_be_cut(sequence, length)
        if not can_be_cut or not self._context.rewind(sequence.id, length):
            self.clear(sequence)
        else:
            del sequence.tokens[length:]
            sequence.is_parked = False
            if sequence.volatile_from is not None and length <= sequence.volatile_from:
                sequence.volatile_from = None

    def match_cells(self) -> None:
        """Take out of the cells what the ledger does not know: a step that broke off may have left some."""
        for sequence in self._sequences:
            held = len(sequence.tokens)
            if self._context.last_position(sequence.id) < held or (
                held > 0 and self._context.rewind(sequence.id, held)
            ):
                continue
            self._context.clear(sequence.id)
            del sequence.tokens[:]

    def extend(self, sequence: Sequence, tokens: Iterable[int]) -> None:
        """llama.cpp has read these tokens behind what the sequence held."""
        sequence.tokens.extend(tokens)
        sequence.is_parked = False

    def append(self, sequence: Sequence, token: int) -> None:
        """The same for one token."""
        sequence.tokens.append(token)
        sequence.is_parked = False

    def clear(self, sequence: Sequence) -> None:
        if sequence.tokens:
            self._context.clear(sequence.id)
            del sequence.tokens[:]
        sequence.is_parked = sequence.disk_has_more = False
        sequence.volatile_from = None

    def release(self, sequence: Sequence) -> None:
        """Give the sequence back empty."""
        self.clear(sequence)
        sequence.conversation = None
        sequence.persona_id = ""
        sequence.job = None
        sequence.blend = ()

    def share(self, source: Sequence, target: Sequence, length: int) -> None:
        """Let `target`, emptied, hold the first `length` tokens of `source`: nothing is read."""
        self.clear(target)
        self._context.share(source.id, target.id, length)
        target.tokens.extend(source.tokens[:length])
        target.blend = source.blend

    def fill(
        self,
        target: Sequence,
        wanted: Tokens[int],
        blend: Blend,
        source: Sequence | None,
        length: int,
    ) -> None:
        """Let `target` hold the first `length` tokens of `wanted`, as `source` does, and no more."""
        if source is target or self.usable_prefix(target, wanted, blend) == length:
            self.rewind(target, length)
        elif source is not None:
            self.share(source, target, length)

    def evict(self, sequence: Sequence) -> None:
        """Give up what an idle sequence holds; a conversation that comes back finds it on disk."""
        self.park(sequence)
        self.release(sequence)

    def park(self, sequence: Sequence) -> bool:
        """Write an idle sequence's state to disk. False when it is there already, not worth it, or cannot be.

        What is volatile leaves the sequence before: memories, and words that were never sent, stay off it.
        """
        conversation = sequence.conversation
        if self._parking is None or conversation is None or sequence.disk_has_more:
            return False
        if sequence.is_parked and not self._parking.is_missing(conversation, sequence.blend):
            return False
        if sequence.volatile_from is not None:
            self.rewind(sequence, sequence.volatile_from)
        if len(sequence.tokens) < _WORTH_PARKING or self._is_superseded(sequence):
            return False
        try:
            state = self._context.save_sequence(sequence.id)
        except MemoryError as error:  # it is as large as the conversation's cells
            _log.warning("the state of %s was not parked: %s", conversation, error)
            return False
        self._parking.park(
            ParkedState(sequence.persona_id, conversation, sequence.blend, sequence.tokens[:], state)
        )
        sequence.is_parked = True
        return True

    def _is_superseded(self, sequence: Sequence) -> bool:
        """Whether a later state of its conversation is held: there is one file for both."""
        return any(
            one.conversation == sequence.conversation
            and one.blend == sequence.blend
            and one.last_used > sequence.last_used
            and len(one.tokens) >= _WORTH_PARKING
            for one in self._sequences
        )

    def may_be_parked(self, conversation: str, blend: Blend) -> bool:
        """Whether something of the conversation may be on disk."""
        return self._parking is not None and self._parking.may_hold(conversation, blend)

    def find_parked(
        self, conversation: str, blend: Blend, wanted: Tokens[int], at_least: int
    ) -> Future[ParkedState | None]:
        """What is on disk of a conversation, if that gives at least so many of the wanted tokens."""
        assert self._parking is not None  # see may_be_parked
        wanted = wanted[:]  # looked at on another thread
        return self._parking.find(conversation, blend, lambda tokens: self.gives(tokens, wanted) >= at_least)

    def gives(self, parked: Tokens[int], wanted: Tokens[int]) -> int:
        """How many of the `wanted` tokens a sequence holds that was filled with the `parked` ones."""
        length = common_prefix(parked, wanted)
        return length if self.can_rewind or length == len(parked) else 0

    def restore(self, sequence: Sequence, parked: ParkedState) -> bool:
        """Fill a sequence from disk. False when there is no room for it now; then it is empty.

        A state that llama.cpp refuses though there is room is dropped, and its prompt read anew.
        """
        self.clear(sequence)
        if not self._context.load_sequence(sequence.id, parked.state):
            self._context.clear(sequence.id)
            if self._parking is not None and self.has_room_for(len(parked.tokens)):
                self._parking.refused(
                    parked, f"llama.cpp refuses it: {last_log_lines() or 'no reason given'}"
                )
            return False
        sequence.tokens.extend(parked.tokens)
        sequence.blend = parked.blend
        sequence.is_parked = True
        return True

    def forget(self, persona_id: str, conversation: str | None, keep: Tokens[int]) -> None:
        """Drop what is kept of a persona, or of one conversation of it: here all that goes beyond `keep`, on
        disk everything (see ParkingLot.forget for when)."""
        for sequence in self._sequences:
            is_meant = sequence.persona_id == persona_id and conversation in (None, sequence.conversation)
            if is_meant and sequence.is_idle:
                self.rewind(sequence, common_prefix(sequence.tokens, keep))
                sequence.is_parked = False
                if not sequence.tokens:
                    self.release(sequence)
        if self._parking is not None:
            self._parking.forget(persona_id, conversation)
