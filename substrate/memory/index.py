"""L2: all engrams of one persona as flat columns, ready for the kernels.

Columns are only ever appended to. Forgetting clears an engram's `alive` flag and its text; the numbers of
the others stay valid until the next start packs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns, NameTable
from substrate.memory.database import StoredEngram
from substrate.memory.embedding import DIMENSIONS
from substrate.memory.engram import Engram, EngramKind, SpeechForm
from substrate.memory.features import Features
from substrate.memory.graph import EdgeKind, EngramGraph
from substrate.memory.kernels import CONTAINS_QUESTION, ENDS_ASKING, decay
from substrate.memory.postings import Postings
from substrate.memory.settings import MemorySettings

_DTYPES: dict[str, type[np.generic]] = {
    "row_id": np.int64,
    "ordinal": np.int32,
    "said_at": np.float64,
    "protected_until": np.float64,
    "alive": np.bool_,
    "channel": np.int16,
    "domain": np.int16,
    "speaker": np.int32,
    "kind": np.int8,
    "form": np.int8,
    "asks": np.uint8,
    "length": np.uint16,
    "text_bytes": np.uint32,
    "first_posting": np.int32,
    "session": np.int32,
    "reply_to": np.int32,
    "following": np.int32,
    "previous_same": np.int32,
    "following_same": np.int32,
    "salience": np.float32,
    "recency": np.float32,
}
_OF_ENGRAM = ("row_id", "ordinal", "channel", "domain", "kind", "form", "speaker", "said_at", "salience")
_KINDS, _FORMS = tuple(EngramKind), tuple(SpeechForm)
_MAX_LENGTH = int(np.iinfo(np.uint16).max)
_RECENCY_AGE_S = 60.0
"""Recency changes slowly: the column is computed again when it is older than this."""


class EngramIndex:
    """The columns, the postings and who is linked to whom. One writer; used from one thread."""

    def __init__(self, settings: MemorySettings) -> None:
        self.settings = settings
        self.columns = Columns(_DTYPES)
        self.columns.add_matrix("vector", DIMENSIONS, np.int8)
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

    def append(self, engram: StoredEngram, features: Features, vector: NDArray[np.int8]) -> int:
        """Add one engram; its number. Engrams come in the order of the transcript."""
        at = self.columns.extend()
        columns = self.columns
        columns["row_id"][at] = engram.row_id
        columns["ordinal"][at] = engram.ordinal
        columns["said_at"][at] = engram.said_at_s
        columns["protected_until"][at] = engram.protected_until_s
        columns["alive"][at] = True
        columns["channel"][at] = channel = self.channels.number(engram.channel)
        columns["domain"][at] = self.domains.number(engram.domain)
        columns["speaker"][at] = speaker = self.meet(engram.speaker)
        columns["kind"][at] = engram.kind
        columns["form"][at] = engram.form
        columns["asks"][at] = (
            CONTAINS_QUESTION * features.contains_question + ENDS_ASKING * features.ends_asking
        )
        columns["length"][at] = min(len(features.terms), _MAX_LENGTH)
        columns["text_bytes"][at] = len(engram.text.encode())
        columns["first_posting"][at] = self.postings.add(at, features.terms)
        columns["recency"][at] = 1.0
        if engram.said_at_s < self._recency_at_s - _RECENCY_AGE_S:
            self._recency_at_s = float("-inf")  # Not new: it was said before the column was computed.
        columns["vector"][at] = vector
        self.texts.append(engram.text)
        self.message_ids.append(engram.message_id)
        self._link_conversation(at, channel, speaker, engram.in_reply_to)
        self._link_entities(at, features.entities)
        return at

    def forget(self, numbers: Iterable[int]) -> None:
        """Take engrams out of everything that a recall sees; their words leave memory."""
        columns = self.columns
        for at in numbers:
            if columns["alive"][at]:
                columns["alive"][at] = False
                columns["vector"][at] = 0
                self.texts[at] = ""
                self.graph.evict(at)
                self.postings.remove(at, int(columns["first_posting"][at]), int(columns["length"][at]))

    def of_row(self, row_id: int) -> list[int]:
        """The numbers of a transcript row's living engrams."""
        rows = self.columns["row_id"]
        return [int(at) for at in np.flatnonzero(rows == row_id) if self.columns["alive"][at]]

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
        return self.postings.of_document(at, int(self.columns["first_posting"][at]))

    def recency(self, now_s: float) -> NDArray[np.float32]:
        """How fresh every engram is at `now_s`, 0 to 1, at most a minute old."""
        column: NDArray[np.float32] = self.columns["recency"]
        if abs(now_s - self._recency_at_s) > _RECENCY_AGE_S:
            self._recency_at_s = now_s
            columns, half_life_s = self.columns, self.settings.decay.half_life_s
            decay(
                column,
                columns["said_at"],
                columns["protected_until"],
                columns["salience"],
                now_s,
                half_life_s,
            )
        return column

    def set_salience(self, at: int, salience: float) -> None:
        """Take over how much an engram matters, 0 to 1."""
        self.columns["salience"][at] = salience

    def meet(self, name: str) -> int:
        """The number of a speaker, known from now on: the name stays out of vectors."""
        number = self.speakers.number(name)
        if number == len(self.speakers) - 1:
            self.speaker_words |= name_words(name)
        return number

    def _link_conversation(self, at: int, channel: int, speaker: int, in_reply_to: int | None) -> None:
        columns = self.columns
        columns["reply_to"][at] = columns["following"][at] = -1
        columns["previous_same"][at] = columns["following_same"][at] = -1
        before = self._last_of_channel.get(channel, -1)
        self._last_of_channel[channel] = at
        same = self._last_of_speaker.get((channel, speaker), -1)
        self._last_of_speaker[channel, speaker] = at
        gap_s = self.settings.admission.session_gap_s
        if before >= 0 and columns["said_at"][at] - columns["said_at"][before] <= gap_s:
            columns["session"][at] = columns["session"][before]
            columns["following"][before] = at
            if columns["speaker"][before] != speaker:
                columns["reply_to"][at] = before
            if same >= 0 and columns["session"][same] == columns["session"][at]:
                columns["previous_same"][at] = same
                columns["following_same"][same] = at
        else:
            columns["session"][at] = self.session_count
            self.session_count += 1
        if in_reply_to is not None and (asked := self.of_row(in_reply_to)):
            columns["reply_to"][at] = asked[-1]
        if columns["reply_to"][at] >= 0:
            self.graph.add_edge(EdgeKind.REPLY, int(columns["reply_to"][at]), at)

    def _link_entities(self, at: int, entities: Iterable[str]) -> None:
        """Chain the engrams that name the same thing; the more often it is named, the less that says."""
        for entity in entities:
            last, count = self._last_of_entity.get(entity, (-1, 0))
            if last >= 0 and last != at:
                self.graph.add_edge(EdgeKind.SHARED_ENTITY, last, at, 1.0 / float(count) ** 0.5)
            self._last_of_entity[entity] = (at, count + 1)


def name_words(name: str) -> frozenset[str]:
    """The words of a name as they are looked for in texts."""
    return frozenset(word for word in name.lower().split() if len(word) > 1)
