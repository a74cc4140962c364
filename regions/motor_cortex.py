"""The motor cortex: what the persona is likely to be asked next, and what it is likely to say.

Three simple sources, each real. A room asks again what it asked before. A persona answers what it was asked
before as it did then, and greets and thanks in its own manner. And a memory that was just recalled is likely
to be asked about: "My sister is called Oluwaseun" makes "What is my sister called?" and its answer ready.

What it publishes are candidates, never replies: the engine may verify them, and pays little for a wrong one.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from substrate.memory.prefetch import PREFETCH, decode_prefetch
from substrate.persona.candidates import CANDIDATES, Scored, encode_candidates
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
    TickOutcome,
)

MAX_CANDIDATES = 5
MAX_TEXT_BYTES = 400
"""Longer utterances are not likely to be said again word for word."""

_PAGE = 256
_ROOM_MEMORY = 24
VOICE_MEMORY = 512
"""Exchanges of one persona that it is known from."""
_SAID_BEFORE, _MANNER, _REMEMBERED, _ASKED_BEFORE = 0.9, 0.7, 0.6, 0.5
_FADE = 0.85
"""How much less likely the next older question, or the next memory in rank, is."""

_OCCASIONS = {
    "greeting": frozenset({"hi", "hello", "hey", "morning", "evening", "greetings", "hiya"}),
    "thanks": frozenset({"thanks", "thank", "thx", "cheers"}),
    "farewell": frozenset({"bye", "goodbye", "goodnight", "cya", "farewell"}),
}


def _pattern(statement: str) -> re.Pattern[str]:
    return re.compile(rf"\b{statement}", re.IGNORECASE)


_STATEMENTS = (
    (_pattern(r"my (?P<what>[^.?!]+?)(?:'s name is| (?:is|are) (?:called|named)) (?P<value>[^.?!]+)"),
     "What is {whose} {what} called?", "{Whose} {what} is called {value}."),
    (_pattern(r"my (?P<what>[^.?!]+?) is (?P<value>[^.?!]+)"),
     "What is {whose} {what}?", "{Whose} {what} is {value}."),
    (_pattern(r"i (?P<what>live|work|study) (?P<value>(?:in|at|for|near) [^.?!]+)"),
     "Where do I {what}?", "You {what} {value}."),
    (_pattern(r"i (?P<what>like|love|hate|prefer|play|drive|own|have) (?P<value>[^.?!]+)"),
     "What do I {what}?", "You {what} {value}."),
)  # fmt: skip
"""What people say about themselves, the question that it answers, and the answer to that."""

_Place = tuple[str, str]
"""Where a reply is kept: under "text" and what was asked, or under "occasion" and its name."""


@dataclass(slots=True)
class Room:
    """What persons said in one channel lately."""

    said: deque[TranscriptRow] = field(default_factory=lambda: deque(maxlen=_ROOM_MEMORY))
    newest_row: int = 0


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A reply, the rows that it is known from, and where it is kept."""

    rows: frozenset[int]
    reply: str
    places: tuple[_Place, ...]


class Voice:
    """How one persona has answered lately: to the very question, and on the occasion."""

    def __init__(self) -> None:
        self._exchanges: deque[_Exchange] = deque()
        self._replies: dict[_Place, Counter[str]] = {}

    def learn(self, asked: TranscriptRow, reply: TranscriptRow) -> None:
        """Remember what was answered to what; the oldest exchange goes for it."""
        if len(reply.text.encode()) > MAX_TEXT_BYTES:
            return
        exchange = _Exchange(frozenset((asked.row_id, reply.row_id)), reply.text, _places_of(asked.text))
        self._exchanges.append(exchange)
        for place in exchange.places:
            self._replies.setdefault(place, Counter())[reply.text] += 1
        if len(self._exchanges) > VOICE_MEMORY:
            self._unlearn(self._exchanges.popleft())

    def forget(self, row_id: int) -> None:
        """A row was withdrawn: what was learnt from it goes."""
        for exchange in [one for one in self._exchanges if row_id in one.rows]:
            self._exchanges.remove(exchange)
            self._unlearn(exchange)

    def _unlearn(self, exchange: _Exchange) -> None:
        for place in exchange.places:
            replies = self._replies[place]
            replies[exchange.reply] -= 1
            if not replies[exchange.reply]:
                del replies[exchange.reply]
            if not replies:
                del self._replies[place]

    def says(self, text: str) -> Scored:
        """Likely replies to `text`."""
        found: Scored = []
        for place, weight in zip(_places_of(text), (_SAID_BEFORE, _MANNER), strict=False):
            replies = self._replies.get(place, Counter())
            total = replies.total()
            found += [(reply, weight * count / total) for reply, count in replies.items()]
        return found


class MotorCortex(BrainRegion):
    """Publishes candidate utterances for every persona in every channel with somebody in it."""

    id = RegionId("motor-cortex")
    pressure = PressureProfile(MemoryClass.LIGHT, ComputeClass.CPU)
    buffers = (CANDIDATES,)
    wakes_on = frozenset({EventKind.MESSAGE, EventKind.REPLY, EventKind.WITHDRAWN})
    follows = frozenset({PREFETCH.name})

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._voices: dict[str, Voice] = {}
        self._rows: OrderedDict[int, TranscriptRow] = OrderedDict()
        self._cursor = self._withdrawn = 0
        self._is_behind = True
        """Whether the transcript may hold more than was read."""
        self._gone: set[int] = set()
        """The withdrawn rows: what lies ready may have been recalled before."""
        self._staged: dict[tuple[str, str], tuple[int, Any]] = {}
        """For each key, the newest row and the recalled memories that the published candidates came from."""

    def open(self, environment: RegionEnvironment) -> None:
        self._transcript = TranscriptReader(environment.transcript)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        if self._is_behind or ctx.events or ctx.lost_events:
            self._is_behind = self._follow(ctx)
            while self._is_behind and ctx.remaining_s() > 0:
                self._is_behind = self._follow(ctx)
        if self._is_behind:
            return TickOutcome(hint=CadenceHint.FASTER)
        published = 0
        for channel, room in self._rooms.items():
            for persona in ctx.personas:
                if persona.is_present_in(channel):
                    published += self._stage(ctx, persona, channel, room)
        return TickOutcome(published)

    def close(self) -> None:
        self._transcript.close()

    def _follow(self, ctx: RegionContext) -> bool:
        """Read one page of what is new; whether there may be more."""
        rows = self._transcript.rows_after(self._cursor, _PAGE)
        for row in rows:
            self._hear(row)
        withdrawals = self._transcript.withdrawals_after(self._withdrawn, _PAGE)
        for withdrawal in withdrawals:
            self._withdrawn = withdrawal.withdrawal_id
            self._forget(withdrawal.row_id)
        if withdrawals:
            ctx.scrub(CANDIDATES.name)
        return _PAGE in (len(rows), len(withdrawals))

    def _hear(self, row: TranscriptRow) -> None:
        self._cursor = row.row_id
        self._rows[row.row_id] = row
        while len(self._rows) > VOICE_MEMORY:
            self._rows.popitem(last=False)
        room = self._rooms.setdefault(row.channel, Room())
        room.newest_row = row.row_id
        if row.persona_id is None:
            room.said.append(row)
            return
        asked = None if row.in_reply_to is None else self._rows.get(row.in_reply_to)
        if asked is not None:
            self._voices.setdefault(row.persona_id, Voice()).learn(asked, row)

    def _forget(self, row_id: int) -> None:
        self._gone.add(row_id)
        self._rows.pop(row_id, None)
        for room in self._rooms.values():
            room.said = deque((row for row in room.said if row.row_id != row_id), _ROOM_MEMORY)
        for voice in self._voices.values():
            voice.forget(row_id)
        self._staged.clear()

    def _stage(self, ctx: RegionContext, persona: PersonaProfile, channel: str, room: Room) -> int:
        """Publish what is likely now, unless nothing changed since; the number of values published."""
        key = (persona.persona_id, channel)
        recalled = ctx.peek(PREFETCH.name, key)
        newest, seen = self._staged.get(key, (-1, None))
        if newest == room.newest_row and seen is recalled:
            return 0
        self._staged[key] = (room.newest_row, recalled)
        last = room.said[-1] if room.said else None
        remembered = list(self._remembered(recalled, "" if last is None else last.sender))
        asked = asked_before(room.said) + [(question, score) for question, _, score in remembered]
        says: Scored = []
        if last is not None:
            voice = self._voices.get(persona.persona_id)
            says += [] if voice is None else voice.says(last.text)
            wanted = normalised(last.text)
            says += [
                (answer, score) for question, answer, score in remembered if normalised(question) == wanted
            ]
            asked = [(text, score) for text, score in asked if normalised(text) != wanted]
        value = encode_candidates(room.newest_row, best(asked), best(says))
        ctx.publish(CANDIDATES.name, key, value)
        return 1

    def _remembered(self, recalled: Any, asker: str) -> Iterator[tuple[str, str, float]]:
        """Question, answer and score for each recalled memory that states something."""
        if recalled is None:
            return
        for rank, engram in enumerate(decode_prefetch(recalled).engrams):
            pair = question_and_answer(engram.text, engram.speaker, asker)
            if pair is not None and engram.row_id not in self._gone:
                yield (*pair, _REMEMBERED * _FADE**rank)


def asked_before(said: Iterable[TranscriptRow]) -> Scored:
    """The room's questions, the newest most likely."""
    questions = [row.text for row in said if row.text.rstrip().endswith("?")]
    return [(text, _ASKED_BEFORE * _FADE**age) for age, text in enumerate(reversed(questions))]


def question_and_answer(statement: str, speaker: str, asker: str) -> tuple[str, str] | None:
    """The question that a statement answers, as `asker` would put it, and the answer to that; or None."""
    whose, answered_whose = ("my", "Your") if speaker == asker else (f"{speaker}'s", f"{speaker}'s")
    for pattern, question, answer in _STATEMENTS:
        if speaker != asker and "whose" not in question:
            continue
        found = pattern.search(statement)
        if found is None:
            continue
        what, value = found["what"].strip(), found["value"].strip()
        return (
            question.format(whose=whose, what=what),
            answer.format(Whose=answered_whose, what=what, value=value),
        )
    return None


def _places_of(text: str) -> tuple[_Place, ...]:
    """Where replies to such a text are kept: under the text, then under its occasion."""
    occasion = occasion_of(text)
    return (("text", normalised(text)), *([("occasion", occasion)] if occasion else []))


def occasion_of(text: str) -> str | None:
    """Whether a short text greets, thanks or says goodbye."""
    words = normalised(text).split()
    if len(words) > 6:
        return None
    return next((name for name, marks in _OCCASIONS.items() if marks.intersection(words)), None)


def normalised(text: str) -> str:
    """The words alone, so that "Hi!" and "hi" are the same."""
    return " ".join(re.findall(r"\w+", text.lower()))


def best(scored: Scored) -> list[tuple[str, float]]:
    """The likeliest, each text once, best first."""
    highest: dict[str, float] = {}
    for text, score in scored:
        if len(text.encode()) <= MAX_TEXT_BYTES:
            highest[text] = max(score, highest.get(text, 0.0))
    return sorted(highest.items(), key=lambda pair: -pair[1])[:MAX_CANDIDATES]
