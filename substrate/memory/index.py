"""L2: all engrams of one persona as flat columns, ready for the kernels.

Columns grow by a third at a time and are only ever appended to. Forgetting clears an engram's `alive`
flag and its text; the numbers of the others stay valid until the next start packs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from substrate.memory.database import StoredEngram
from substrate.memory.engram import Engram, EngramKind, SpeechForm
from substrate.memory.features import Features
from substrate.memory.settings import MemorySettings

_FIRST_CAPACITY = 256


class NameTable:
    """Small numbers for names that come back: channels, speakers, domains."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The name's number, a new one if it is new."""
        known = self._numbers.setdefault(name, len(self.names))
        if known == len(self.names):
            self.names.append(name)
        return known

    def find(self, name: str) -> int:
        """The name's number, or -1."""
        return self._numbers.get(name, -1)


class EngramIndex:
    """The columns, the postings and who is linked to whom. One writer; used from one thread."""

    def __init__(self, settings: MemorySettings) -> None:
        self.settings = settings
        self.size = 0
        self.posting_count = 0
        self.alive_count = 0
        self.total_length = 0
        self.terms = NameTable()
        self.channels = NameTable()
        self.speakers = NameTable()
        self.domains = NameTable()
        self.texts: list[str] = []
        self.message_ids: list[str] = []
        self._last_of_channel: dict[int, int] = {}
        self._columns: dict[str, NDArray[Any]] = {}
        for name, dtype in (
            ("row_id", np.int64), ("ordinal", np.int32), ("said_at", np.float64), ("alive", np.bool_),
            ("channel", np.int16), ("speaker", np.int32), ("domain", np.int16), ("kind", np.int8),
            ("form", np.int8), ("length", np.uint16), ("previous", np.int32), ("reply_to", np.int32),
            ("session", np.int32), ("salience", np.float32), ("protected_until", np.float64),
            ("first_posting", np.int32),
        ):  # fmt: skip
            self._columns[name] = np.zeros(_FIRST_CAPACITY, dtype)
        self._postings: dict[str, NDArray[Any]] = {
            "term": np.zeros(_FIRST_CAPACITY * 8, np.int32),
            "document": np.zeros(_FIRST_CAPACITY * 8, np.int32),
            "previous": np.zeros(_FIRST_CAPACITY * 8, np.int32),
            "count": np.zeros(_FIRST_CAPACITY * 8, np.uint8),
        }
        self._heads = np.full(_FIRST_CAPACITY, -1, np.int32)
        self._frequency = np.zeros(_FIRST_CAPACITY, np.int32)

    def column(self, name: str) -> NDArray[Any]:
        """One column over all engrams, the forgotten ones included (see `alive`)."""
        return self._columns[name][: self.size]

    def postings(self, name: str) -> NDArray[Any]:
        """One column of the postings: `document`, `previous` or `count`."""
        return self._postings[name]

    def append(self, engram: StoredEngram, features: Features) -> int:
        """Add one engram; its number. Engrams come in the order of the transcript."""
        at = self.size
        if at == len(self._columns["row_id"]):
            for name, column in self._columns.items():
                self._columns[name] = _grown(column, at + 1)
        channel = self.channels.number(engram.channel)
        columns = self._columns
        columns["row_id"][at] = engram.row_id
        columns["ordinal"][at] = engram.ordinal
        columns["said_at"][at] = engram.said_at_s
        columns["alive"][at] = True
        columns["channel"][at] = channel
        columns["speaker"][at] = self.speakers.number(engram.speaker)
        columns["domain"][at] = self.domains.number(engram.domain)
        columns["kind"][at] = engram.kind
        columns["form"][at] = engram.form
        columns["protected_until"][at] = engram.protected_until_s
        columns["previous"][at] = columns["reply_to"][at] = -1
        columns["session"][at] = at
        self._link(at, channel, engram)
        self._post(at, features.terms)
        self.texts.append(engram.text)
        self.message_ids.append(engram.message_id)
        self.size += 1
        self.alive_count += 1
        return at

    def forget(self, numbers: Iterable[int]) -> None:
        """Take engrams out of everything that a recall sees; their words leave memory."""
        for at in numbers:
            if not self._columns["alive"][at]:
                continue
            self._columns["alive"][at] = False
            self.texts[at] = ""
            self.alive_count -= 1
            self.total_length -= int(self._columns["length"][at])
            posting = int(self._columns["first_posting"][at])
            while posting < self.posting_count and self._postings["document"][posting] == at:
                self._frequency[self._postings["term"][posting]] -= 1
                posting += 1

    def of_row(self, row_id: int) -> list[int]:
        """The numbers of a transcript row's living engrams."""
        found = np.flatnonzero((self.column("row_id") == row_id) & self.column("alive"))
        return [int(at) for at in found]

    def engram(self, at: int) -> Engram:
        """One engram as a value."""
        columns = self._columns
        return Engram(
            row_id=int(columns["row_id"][at]),
            ordinal=int(columns["ordinal"][at]),
            message_id=self.message_ids[at],
            channel=self.channels.names[columns["channel"][at]],
            domain=self.domains.names[columns["domain"][at]],
            kind=EngramKind(int(columns["kind"][at])),
            form=SpeechForm(int(columns["form"][at])),
            speaker=self.speakers.names[columns["speaker"][at]],
            text=self.texts[at],
            said_at_s=float(columns["said_at"][at]),
            salience=float(columns["salience"][at]),
        )

    def query_terms(self, terms: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Heads of the posting lists and idf weights of those terms that occur at all."""
        known = {self.terms.find(term) for term in terms} - {-1}
        numbers = np.fromiter(sorted(known), np.int32, len(known))
        frequency = self._frequency[numbers]
        held = frequency > 0
        weights = np.log1p((self.alive_count - frequency[held] + 0.5) / (frequency[held] + 0.5))
        return self._heads[numbers[held]], weights.astype(np.float32)

    @property
    def mean_length(self) -> float:
        """Mean number of terms of an engram; at least 1."""
        return max(1.0, self.total_length / self.alive_count) if self.alive_count else 1.0

    def _link(self, at: int, channel: int, engram: StoredEngram) -> None:
        before = self._last_of_channel.get(channel, -1)
        self._last_of_channel[channel] = at
        columns = self._columns
        if before >= 0:
            gap_s = engram.said_at_s - columns["said_at"][before]
            if gap_s <= self.settings.admission.session_gap_s:
                columns["session"][at] = columns["session"][before]
                columns["previous"][at] = before
                if engram.in_reply_to is None and columns["speaker"][before] != columns["speaker"][at]:
                    columns["reply_to"][at] = before
        if engram.in_reply_to is not None:
            asked = self.of_row(engram.in_reply_to)
            columns["reply_to"][at] = asked[-1] if asked else -1

    def _post(self, at: int, terms: tuple[str, ...]) -> None:
        counts = Counter(terms)
        first = self.posting_count
        self._columns["first_posting"][at] = first
        length = min(len(terms), np.iinfo(np.uint16).max)
        self._columns["length"][at] = length
        self.total_length += length
        if first + len(counts) > len(self._postings["document"]):
            for name, column in self._postings.items():
                self._postings[name] = _grown(column, first + len(counts))
        for posting, (term, count) in enumerate(counts.items(), start=first):
            number = self.terms.number(term)
            if number == len(self._heads):
                self._heads = _grown(self._heads, number + 1, fill=-1)
                self._frequency = _grown(self._frequency, number + 1)
            self._postings["term"][posting] = number
            self._postings["document"][posting] = at
            self._postings["count"][posting] = min(count, 255)
            self._postings["previous"][posting] = self._heads[number]
            self._heads[number] = posting
            self._frequency[number] += 1
        self.posting_count = first + len(counts)


def _grown(column: NDArray[Any], needed: int, fill: int = 0) -> NDArray[Any]:
    grown = np.full(max(needed, len(column) + len(column) // 3), fill, column.dtype)
    grown[: len(column)] = column
    return grown
