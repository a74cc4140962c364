"""L2: all engrams of one persona as flat columns, ready for the kernels.

Columns are only ever appended to. Forgetting clears an engram's `alive` flag and its text; the numbers of
the others stay valid until the next start packs them.
"""

from __future__ import annotations

import heapq
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns, NameTable
from substrate.memory.database import StoredEngram
from substrate.memory.engram import Engram, EngramKind, SpeechForm
from substrate.memory.features import words_of
from substrate.memory.graph import EdgeKind, EngramGraph, NewEdge
from substrate.memory.kernels import decay, order_moments
from substrate.memory.postings import Postings
from substrate.memory.settings import MemorySettings

_DTYPES: dict[str, type[np.generic]] = {
    "row_id": np.int64,
    "ordinal": np.int32,
    "said_at": np.float64,
    "protected_until": np.float64,
    "alive": np.bool_,
    "channel": np.int32,
    "domain": np.int16,
    "speaker": np.int32,
    "kind": np.int8,
    "form": np.int8,
    "asks": np.uint8,
    "length": np.uint16,
    "text_bytes": np.uint32,
    "session": np.int32,
    "reply_to": np.int32,
    "following": np.int32,
    "previous_same": np.int32,
    "following_same": np.int32,
    "salience": np.float32,
    "recency": np.float32,
}
_OF_ENGRAM = ("row_id", "ordinal", "channel", "domain", "kind", "form", "speaker", "said_at", "salience")
Place = TypeVar("Place")

_LINKS = ("reply_to", "following", "previous_same", "following_same")
"""Columns that hold the number of another engram, or -1."""
_KINDS, _FORMS = tuple(EngramKind), tuple(SpeechForm)
_MAX_ORDINALS = 1 << 16
"""More than a message of the longest text has parts."""
_MAX_LENGTH = int(np.iinfo(np.uint16).max)
FOR_GOOD_S = 1e15
"""Until when an engram is protected that people came back to while it was novel."""
_RECENCY_AGE_S = 60.0
"""Recency changes slowly: the column is computed again when it is older than this."""


class EngramIndex:
    """The columns, the postings and who is linked to whom. One writer; used from one thread."""

    def __init__(self, settings: MemorySettings, dimensions: int) -> None:
        self.settings = settings
        self.columns = Columns(_DTYPES)
        self.columns.add_matrix("vector", dimensions, np.int8)
        self.postings = Postings()
        self.graph = EngramGraph()
        self.channels = NameTable()
        self.speakers = NameTable()
        self.domains = NameTable()
        self.texts: list[str] = []
        self.message_ids: list[str] = []
        self.speaker_words: frozenset[str] = frozenset()
        """The words of all speakers' names, lower case: they stay out of vectors and lexical queries."""
        self.session_count = 0
        self.newest_row = 0
        """The highest transcript row of all engrams, the forgotten ones included."""
        self._in_order = 0
        """So many engrams from the first on stand in the order of the transcript."""
        self._last_of_channel: dict[int, int] = {}
        self._last_of_speaker: dict[tuple[int, int], int] = {}
        self._last_of_entity: dict[str, tuple[int, int]] = {}
        self._recency_at_s = float("-inf")

    @property
    def size(self) -> int:
        """Engrams, the forgotten ones included."""
        return self.columns.size

    @property
    def alive_count(self) -> int:
        """Engrams that can be recalled."""
        return self.postings.alive

    def column(self, name: str) -> NDArray[Any]:
        """One column over all engrams, the forgotten ones included (see `alive`)."""
        return self.columns[name]

    def append(self, engrams: Sequence[StoredEngram]) -> int:
        """Add engrams; the number of the first. They come in the order of the transcript."""
        first = self._fill(engrams)
        edges = self._link_conversations(first, engrams)
        for at, engram in enumerate(engrams, first):
            edges += self._link_entities(at, engram.entities)
        self.graph.add_edges(edges)
        return first

    def replace(self, at: int, engram: StoredEngram) -> int:
        """Put an engram with other words in the place of `at`; its number. What it is linked with stays."""
        edges = [edge for edge in self.graph.edges_of(at) if edge[0] is not EdgeKind.SHARED_ENTITY]
        self.forget([at])
        new = self._fill([engram])
        columns = self.columns
        for name in ("session", "salience", *_LINKS):
            columns[name][new] = columns[name][at]
        for name in _LINKS:
            column = columns[name]
            column[column == at] = new
        _renumber(self._last_of_channel, at, new)
        _renumber(self._last_of_speaker, at, new)
        moved = [
            (kind, new if source == at else source, new if target == at else target, weight)
            for kind, source, target, weight in edges
        ]
        self.graph.add_edges(moved + self._link_entities(new, engram.entities))
        return new

    def _fill(self, engrams: Sequence[StoredEngram]) -> int:
        """Everything of new engrams but what they are linked with."""
        first = self.columns.extend(len(engrams))
        columns = self.columns
        columns["row_id"][first:] = rows = np.array([engram.row_id for engram in engrams], np.int64)
        columns["ordinal"][first:] = [engram.ordinal for engram in engrams]
        columns["said_at"][first:] = [engram.said_at_s for engram in engrams]
        columns["protected_until"][first:] = [engram.protected_until_s for engram in engrams]
        columns["alive"][first:] = True
        columns["channel"][first:] = [self.channels.number(engram.channel) for engram in engrams]
        columns["domain"][first:] = [self.domains.number(engram.domain) for engram in engrams]
        columns["speaker"][first:] = [self.meet(engram.speaker) for engram in engrams]
        columns["kind"][first:] = [engram.kind for engram in engrams]
        columns["form"][first:] = [engram.form for engram in engrams]
        columns["asks"][first:] = [engram.asks for engram in engrams]
        terms = [engram.terms.split() for engram in engrams]
        columns["length"][first:] = [min(len(own), _MAX_LENGTH) for own in terms]
        columns["text_bytes"][first:] = [len(engram.text.encode()) for engram in engrams]
        self.postings.add(terms)
        columns["recency"][first:] = 1.0
        oldest_s = min((engram.said_at_s for engram in engrams), default=float("inf"))
        if oldest_s < self._recency_at_s - _RECENCY_AGE_S:
            self._recency_at_s = float("-inf")  # Not new: it was said before the column was computed.
        for at, engram in enumerate(engrams, first):
            if engram.embedding is not None:
                columns["vector"][at] = np.frombuffer(engram.embedding, np.int8)
        self.newest_row = max(self.newest_row, int(rows.max(initial=0)))
        self.texts += [engram.text for engram in engrams]
        self.message_ids += [engram.message_id for engram in engrams]
        if self._in_order == first:
            places = self._places(max(0, first - 1))
            ends = np.flatnonzero(places[1:] < places[:-1])
            self._in_order = max(0, first - 1) + int(ends[0]) + 1 if len(ends) else self.size
        for name in _LINKS:
            columns[name][first:] = -1
        return first

    def forget(self, numbers: Iterable[int]) -> None:
        """Take engrams out of everything that a recall sees; their words leave memory."""
        columns = self.columns
        for at in numbers:
            if columns["alive"][at]:
                columns["alive"][at] = False
                columns["vector"][at] = 0
                self.texts[at] = ""
                self.graph.evict(at)
                self.postings.remove(at, int(columns["length"][at]))

    def of_row(self, row_id: int) -> list[int]:
        """The numbers of a transcript row's living engrams."""
        rows, alive = self.columns["row_id"], self.columns["alive"]
        begin, end = np.searchsorted(rows[: self._in_order], (row_id, row_id + 1)).tolist()
        found = [*range(begin, end)]
        if self._in_order < len(rows):
            found += (self._in_order + np.flatnonzero(rows[self._in_order :] == row_id)).tolist()
        return [at for at in found if alive[at]]

    def newest_first(self) -> Iterator[int]:
        """All numbers, from the end of the transcript on; a corrected engram stands where its words were."""
        if self._in_order == self.size:
            yield from reversed(range(self.size))
            return
        places = self._places()
        late = self._in_order + np.argsort(-places[self._in_order :])
        in_order = reversed(range(self._in_order))
        yield from heapq.merge(in_order, late.tolist(), key=places.item, reverse=True)

    def _places(self, first: int = 0) -> NDArray[np.int64]:
        """Where engrams from `first` on stand in the transcript, as numbers that grow with it."""
        rows, ordinals = self.columns["row_id"][first:], self.columns["ordinal"][first:]
        places: NDArray[np.int64] = rows * _MAX_ORDINALS + ordinals
        return places

    def key(self, at: int) -> tuple[int, int]:
        """Transcript row and ordinal of an engram."""
        return int(self.columns["row_id"][at]), int(self.columns["ordinal"][at])

    def find(self, row_id: int, ordinal: int) -> int:
        """The number of a living engram, or -1."""
        ordinals = self.columns["ordinal"]
        return next((at for at in self.of_row(row_id) if ordinals[at] == ordinal), -1)

    def find_all(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of many engrams by row id and ordinal, shape (n, 2); -1 for what is not held.

        For a memory that was just loaded: it stands in the order of the transcript.
        """
        own = self._places()
        wanted = keys[:, 0] * _MAX_ORDINALS + keys[:, 1]
        places = np.minimum(np.searchsorted(own, wanted), max(0, len(own) - 1))
        found: NDArray[np.int64] = np.where(own[places] == wanted, places, -1) if len(own) else wanted * 0 - 1
        return found

    def answers(self, row_id: int, speaker: str) -> list[int]:
        """The numbers of the engrams in which `speaker` answered a transcript row, oldest first."""
        own, reply_to, speakers = (
            self.speaker(speaker),
            self.columns["reply_to"],
            self.columns["speaker"],
        )
        return sorted(
            target
            for at in self.of_row(row_id)
            for kind, _, target, _ in self.graph.edges_of(at)
            if kind is EdgeKind.REPLY and reply_to[target] == at and speakers[target] == own
        )

    def engram(self, at: int) -> Engram:
        """One engram as a value."""
        return self.engrams([at])[0]

    def engrams(self, numbers: Sequence[int]) -> list[Engram]:
        """Engrams as values; columns are read once for all of them."""
        wanted = np.array(numbers, np.intp)
        read = {name: self.columns[name][wanted].tolist() for name in _OF_ENGRAM}
        return [
            Engram(
                row_id=read["row_id"][place],
                ordinal=read["ordinal"][place],
                message_id=self.message_ids[at],
                channel=self.channels.names[read["channel"][place]],
                domain=self.domains.names[read["domain"][place]],
                kind=_KINDS[read["kind"][place]],
                form=_FORMS[read["form"][place]],
                speaker=self.speakers.names[read["speaker"][place]],
                text=self.texts[at],
                said_at_s=read["said_at"][place],
                salience=read["salience"][place],
            )
            for place, at in enumerate(numbers)
        ]

    def terms_of(self, at: int) -> NDArray[np.int32]:
        """The numbers of the terms that an engram holds."""
        return self.postings.of_document(at)

    def recency(self, now_s: float) -> NDArray[np.float32]:
        """How fresh every engram is at `now_s`, 0 to 1, computed at most a minute before."""
        column: NDArray[np.float32] = self.columns["recency"]
        if abs(now_s - self._recency_at_s) > _RECENCY_AGE_S:
            self._recency_at_s = now_s
            moments, half_life_s = self._moments(now_s), self.settings.decay.half_life_s
            protected = self._protected(moments, now_s)
            decay(column, moments, protected, self.columns["salience"], now_s, half_life_s)
        return column

    def protected(self, now_s: float) -> NDArray[np.bool_]:
        """Which engrams do not fade now: novel ones for a while, those that people came back to for good."""
        return self._protected(self._moments(now_s), now_s)

    def _moments(self, now_s: float) -> NDArray[np.float64]:
        """When everything was said, whatever the clock was then."""
        moments = np.empty(self.size, np.float64)
        order_moments(moments, self.columns["said_at"], self.columns["row_id"], now_s)
        return moments

    def _protected(self, moments: NDArray[np.float64], now_s: float) -> NDArray[np.bool_]:
        until_s = self.columns["protected_until"]
        is_recent = moments + self.settings.decay.novelty_s > now_s
        protected: NDArray[np.bool_] = (until_s >= FOR_GOOD_S) | ((until_s > now_s) & is_recent)
        return protected

    def set_salience(self, at: int, salience: float) -> None:
        """Take over how much an engram matters, 0 to 1."""
        self.columns["salience"][at] = salience

    def meet(self, name: str) -> int:
        """The number of a speaker, known from now on: the name stays out of vectors."""
        number = self.speakers.number(unicodedata.normalize("NFC", name))
        if number == len(self.speakers) - 1:
            self.speaker_words |= name_words(name)
        return number

    def speaker(self, name: str) -> int:
        """The number of a speaker, however the name is encoded, or -1."""
        return self.speakers.find(unicodedata.normalize("NFC", name))

    def _link_conversations(self, first: int, engrams: Sequence[StoredEngram]) -> list[NewEdge]:
        """Sessions, who said what before and after, and what answers what; the edges of the latter."""
        columns, edges = self.columns, list[NewEdge]()
        said_at, sessions, speakers = columns["said_at"], columns["session"], columns["speaker"]
        reply_to, following = columns["reply_to"], columns["following"]
        previous_same, following_same = columns["previous_same"], columns["following_same"]
        gap_s = self.settings.admission.session_gap_s
        channels, own_speakers = columns["channel"][first:].tolist(), speakers[first:].tolist()
        for at, (engram, channel, speaker) in enumerate(
            zip(engrams, channels, own_speakers, strict=True), first
        ):
            before = self._last_of_channel.get(channel, -1)
            self._last_of_channel[channel] = at
            same = self._last_of_speaker.get((channel, speaker), -1)
            self._last_of_speaker[channel, speaker] = at
            answered = -1
            # A clock that was set far back leaves a gap that nobody knows the length of.
            if before >= 0 and abs(engram.said_at_s - said_at[before]) <= gap_s:
                session = sessions[at] = sessions[before]
                following[before] = at
                if speakers[before] != speaker:
                    answered = before
                if same >= 0 and sessions[same] == session:
                    previous_same[at] = same
                    following_same[same] = at
            else:
                sessions[at] = self.session_count
                self.session_count += 1
            if engram.in_reply_to is not None and (asked := self.of_row(engram.in_reply_to)):
                answered = asked[-1]
            if answered >= 0:
                reply_to[at] = answered
                edges.append((EdgeKind.REPLY, answered, at, 1.0))
        return edges

    def _link_entities(self, at: int, entities: str) -> list[NewEdge]:
        """Chain the engrams that name the same thing; the more often it is named, the less that says."""
        edges = []
        for entity in filter(None, entities.split("\n")):
            last, count = self._last_of_entity.get(entity, (-1, 0))
            if last >= 0 and last != at:
                edges.append((EdgeKind.SHARED_ENTITY, last, at, 1.0 / float(count) ** 0.5))
            self._last_of_entity[entity] = (at, count + 1)
        return edges


def _renumber(last_of: dict[Place, int], at: int, new: int) -> None:
    for place, last in last_of.items():
        if last == at:
            last_of[place] = new


@lru_cache(maxsize=1024)
def name_words(name: str) -> frozenset[str]:
    """The words of a name as they are looked for in texts."""
    return frozenset(word for word in words_of(name) if len(word) > 1)
