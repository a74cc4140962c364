"""From one lesson to token ids: what of it is taught, and where heads shall look meanwhile."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap

from substrate.inference.chat_template import Piece
from substrate.persona.prompt import LATE_HEADING, decision_text
from training.grounding import Look
from training.kinds import KINDS
from training.lesson import Ground, Lesson, Telling, as_decision
from training.tokenizer import TEMPLATE, PieceTokenizer

FIRST_LOOK_WEIGHT = 6.0
"""Of the look before the first token of a reply: there it is decided whether anything is known."""
DECIDING_WEIGHT = 3.0
"""Of the first token of a reply that rests on a fact, or on the lack of one, of its value and of what comes
right behind it: whether that was all of it. The rest follows."""
UNKNOWN_WEIGHT = 3.5
"""Of the first token of a reply that rests on nothing, besides: in doubt it shall say that it does not know,
because an answer that was made up is worse than one that is missing."""
BLOCK_WEIGHT = 3.0
"""Of a reply right behind a late block: at run time every reply that needs memory stands there."""


_DECISION = as_decision("").removesuffix('"}')
"""With what every decision to answer begins."""
_UNDECIDED = as_decision(None).partition("false")[0]
"""With what every decision begins, before it says whether to answer."""
_BEFORE_NAME, _BEHIND_NAME = decision_text("\0").split("\0")
"""What asks for a decision, around the name of whom it asks."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Token ids; for each position, what the *next* token weighs as part of a taught reply (0 outside of
    them); where heads shall look; and what kinds of facts it is about."""

    ids: list[int]
    weights: list[float]
    finding: list[Look]
    copying: list[Look]
    owning: list[Look]
    valuing: list[Look]
    kinds: list[tuple[int, int]]
    """Positions, and which kind of fact (its number in `KINDS`) is told or asked for where they stand."""
    lines: list[int]
    """Positions behind an end of a line."""


class _Encoding:
    """The token ids of a prompt so far, and which characters of its text each token stands for."""

    def __init__(self, tokenizer: PieceTokenizer) -> None:
        self._tokenizer = tokenizer
        self.text = ""
        self.ids: list[int] = []
        self.weights: list[float] = []
        self._starts: list[int] = []
        self._message_at = 0
        self.finding: list[Look] = []
        self.copying: list[Look] = []
        self.owning: list[Look] = []
        self.valuing: list[Look] = []
        self.kinds: list[tuple[int, int]] = []

    @property
    def lines(self) -> list[int]:
        """Positions behind an end of a line."""
        starts = enumerate(pairwise(self._starts), 1)
        return [at for at, (before, start) in starts if start != before and self.text[start - 1] == "\n"]

    def add_frame(self, piece: Piece, *, ends_reply: bool) -> None:
        """`ends_reply`: its first token ends a taught reply, and is taught too."""
        ids = self._tokenizer.encode(piece)
        self.ids += ids
        self.weights += [self._weight() if ends_reply else 0.0] + [0.0] * (len(ids) - 1)
        self._starts += [len(self.text)] * len(ids)
        self.text += piece.text

    def add_content(self, text: str, weight: float = 0.0) -> None:
        ids, starts = self._tokenizer.encode_with_starts(text)
        self.ids += ids
        self.weights += [weight] * len(ids)
        self._starts += [len(self.text) + start for start in starts]
        self.text += text

    def begin_message(self) -> None:
        """What comes next is what the next reply answers."""
        self._message_at = len(self.text)

    def _weight(self) -> float:
        return BLOCK_WEIGHT if LATE_HEADING in self.text[self._message_at :] else 1.0

    def add_reply(self, text: str, ground: Ground | None, *, is_taught: bool) -> None:
        """`ground` becomes what heads shall look at until the reply's value has been written."""
        first, first_character = len(self.ids), len(self.text)
        weight = self._weight()
        self.add_content(text, weight if is_taught else 0.0)
        if text.startswith(_UNDECIDED):
            self._look_for_own_name(first_character, weight)
        if ground is None:
            return
        steps = ground.in_order
        self._read_kind(first - 1, steps[0].kind)
        if text.startswith(_DECISION):
            # What it says begins behind what is the same in every decision to answer.
            first = bisect_left(self._starts, first_character + len(_DECISION))
        begin, deciding = first, {first}
        for step in steps:
            told = self._places(step.texts, 0, first_character)
            value = self._written_value(text, first_character, step.value)
            end = value[1] if value else len(self.ids)
            if value:
                deciding |= set(range(value[0], min(value[1] + 1, len(self.ids))))
            if step.texts and not told:
                begin = end
                continue
            sentences = tuple((start, stop + 1) for start, stop in starmap(self._tokens, told)) or ((0, 1),)
            self.finding += [
                Look(at - 1, sentences, weight * (FIRST_LOOK_WEIGHT if at == first else 1.0))
                for at in range(begin, end)
            ]
            owner = self._owner(step, first_character)
            if owner:
                self.owning += [Look(at - 1, (owner,), weight) for at in range(begin, end)]
            if value:
                self._look_at_value(value, step.value, told, weight)
            begin = end
        if is_taught:
            for at in deciding:
                self.weights[at] *= DECIDING_WEIGHT
            if not steps[0].texts:
                self.weights[first] *= UNKNOWN_WEIGHT

    def _look_for_own_name(self, reply_at: int, weight: float) -> None:
        """From where a persona decides whether to answer, heads shall look at its name as the contract gives
        it, like at any owner's, and so for its name in the message: there, or at the first token when it does
        not stand in it. At the end of a name, since only there all of it was read."""
        asked = self.text.rindex(_BEFORE_NAME, self._message_at, reply_at)
        name_at = asked + len(_BEFORE_NAME)
        name = self.text[name_at : self.text.index(_BEHIND_NAME, name_at)]
        block = self.text.find(LATE_HEADING, self._message_at, asked)
        said = self._name_at(name, self._message_at, block if block >= 0 else asked)
        found = self._end_of(said, said + len(name)) if said >= 0 else (0, 1)
        decides, _ = self._tokens(*[reply_at + len(_UNDECIDED)] * 2)
        self.owning.append(Look(decides - 1, (self._end_of(name_at, name_at + len(name)),), weight))
        self.finding.append(Look(decides - 1, (found,), weight * FIRST_LOOK_WEIGHT))
        self.weights[decides] *= DECIDING_WEIGHT

    def _written_value(self, reply: str, reply_at: int, value: str) -> tuple[int, int] | None:
        """The tokens of the last place in a reply where the value stands."""
        at = reply.rfind(value) if value else -1
        return self._tokens(reply_at + at, reply_at + at + len(value)) if at >= 0 else None

    def _look_at_value(
        self, written: tuple[int, int], value: str, told: Sequence[tuple[int, int]], weight: float
    ) -> None:
        """Each token of a value that is written shall be looked at where it was told.

        Aligned from the end: at the start of a sentence a value's first pieces may differ.
        """
        first, end = written
        places: dict[int, list[tuple[int, int]]] = {}
        for start, stop in told:
            for place in self._places((value,), start, stop):
                first_told, end_told = self._tokens(*place)
                for back in range(1, min(end - first, end_told - first_told) + 1):
                    if self.ids[end - back] != self.ids[end_told - back]:
                        break
                    places.setdefault(end - back, []).append((end_told - back, end_told - back + 1))
        self.copying += [Look(at - 1, tuple(spans), weight) for at, spans in sorted(places.items())]

    def read_tellings(self, tellings: Sequence[Telling]) -> None:
        """Once a fact has been read, its kind is known; heads shall look at its value and its owner."""
        for telling in tellings:
            for start, end in self._places((telling.text,), 0, len(self.text)):
                _, last = self._tokens(start, end)
                self._read_kind(last - 1, telling.kind)
                at = self._value_at(telling.value, start, end)
                if at < 0:
                    continue
                value, _ = self._tokens(at, at)
                ends = range(max(value, last - 1), min(last + 1, len(self.ids)))
                self.valuing += [Look(position, ((value, value + 1),)) for position in ends]
                owners = self._told_owners(telling, start, end)
                if owners:
                    read = range(max(value, *(stop for _, stop in owners)), min(last + 1, len(self.ids)))
                    self.owning += [Look(position, owners) for position in read]

    def _told_owners(self, telling: Telling, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The name of whom a sentence is about: before its line, if that is who wrote it, else inside; and a
        relative's, who can be asked about by either."""
        line = self.text.rfind("\n", 0, start) + 1
        owner, called = telling.owner, telling.called
        written = re.compile(rf"- (?:\[[^\]]*\] )?(?={re.escape(owner)}: )").match(self.text, line)
        name = written.end() if written else self._name_at(owner, start, end)
        relative = self._name_at(called, line, end) if called else -1
        places = ((name, name + len(owner)), (relative, relative + len(called)))
        return tuple(self._tokens(first, stop) for first, stop in places if first >= 0)

    def _name_at(self, name: str, start: int, end: int) -> int:
        """Where somebody is named, whatever the case, with or without the s of possession; -1 if nowhere."""
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?=s?(?!\w))", re.IGNORECASE)
        found = pattern.search(self.text, start, end)
        return found.start() if found else -1

    def _value_at(self, value: str, start: int, end: int) -> int:
        """Where a value stands as whole words; -1 if it does not."""
        found = (
            re.compile(rf"(?<!\w){re.escape(value)}(?!\w)").search(self.text, start, end) if value else None
        )
        return found.start() if found else -1

    def _read_kind(self, at: int, kind: str) -> None:
        if kind in KINDS:
            self.kinds.append((at, KINDS[kind]))

    def _owner(self, ground: Ground, before: int) -> tuple[int, int] | None:
        """The name, in the message that is answered, of whom it is about: its writer's, if it says "my"."""
        if not ground.owner:
            return None
        writer = self.text.rfind(f"- {ground.asker}: ", self._message_at, before)
        if writer < 0:
            return None
        at = writer + 2
        if ground.owner != ground.asker:
            block = self.text.find(LATE_HEADING, writer, before)
            end = block if block >= 0 else before
            at = self._name_at(ground.owner, at + len(ground.asker), end)
        return self._tokens(at, at + len(ground.owner)) if at >= 0 else None

    def _tokens(self, start: int, end: int) -> tuple[int, int]:
        """The tokens that stand for these characters; the space before belongs to the first one."""
        return bisect_left(self._starts, start - 1), bisect_left(self._starts, end)

    def _end_of(self, start: int, end: int) -> tuple[int, int]:
        """The last token that stands for these characters, and the one behind it."""
        _, behind = self._tokens(start, end)
        return behind - 1, behind + 1

    def _places(self, texts: Sequence[str], start: int, end: int) -> list[tuple[int, int]]:
        """The characters of every place between `start` and `end` where one of `texts` stands."""
        found: list[tuple[int, int]] = []
        for text in filter(None, texts):
            at = self.text.find(text, start, end)
            while at >= 0:
                found.append((at, at + len(text)))
                at = self.text.find(text, at + len(text), end)
        return found


def encode(lesson: Lesson, tokenizer: PieceTokenizer) -> Sample:
    """Tokenise as the run time does; replies of the history that are taught end with their end-of-turn."""
    encoding = _Encoding(tokenizer)
    replies, grounds = iter(lesson.taught), iter(lesson.grounds)
    in_reply = is_reply = False
    for piece in TEMPLATE.pieces(lesson.prompt):
        if piece.is_frame:
            encoding.add_frame(piece, ends_reply=in_reply)
            is_reply = piece.text == TEMPLATE.reply_header
            in_reply = is_reply and next(replies, False)
            if not is_reply:
                encoding.begin_message()
        elif is_reply:
            encoding.add_reply(piece.text, next(grounds, None), is_taught=in_reply)
        else:
            encoding.add_content(piece.text)
    encoding.add_reply(lesson.reply, next(grounds, None), is_taught=True)
    encoding.read_tellings(lesson.tellings)
    ids = [*encoding.ids, tokenizer.turn_end_id]
    weights = [*encoding.weights[1:], encoding.weights[-1], 0.0]
    return Sample(
        ids,
        weights,
        encoding.finding,
        encoding.copying,
        encoding.owning,
        encoding.valuing,
        encoding.kinds,
        encoding.lines,
    )
