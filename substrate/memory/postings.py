"""The inverted index: which engrams hold a term, as linked lists through flat arrays.

The postings of one engram lie side by side, so the same arrays read forwards say which terms an engram
holds, and read along the links which engrams hold a term.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns, NameTable


class Postings:
    """Terms and where they occur. Documents are numbered from 0 in the order in which they are added."""

    def __init__(self) -> None:
        self._names = NameTable()
        self.terms = Columns({"head": np.int32, "frequency": np.int32}, fill=-1)
        self.entries = Columns(
            {"term": np.int32, "document": np.int32, "previous": np.int32, "count": np.uint8}
        )
        self.alive = 0
        """Documents that were added and not removed."""
        self._total_length = 0

    @property
    def mean_length(self) -> float:
        """Mean number of terms of a document; at least 1."""
        return max(1.0, self._total_length / self.alive) if self.alive else 1.0

    def add(self, document: int, terms: tuple[str, ...]) -> int:
        """Post the terms of the next document; its first entry."""
        counts = Counter(terms)
        first = self.entries.extend(len(counts))
        numbers = [self._number(term) for term in counts]
        entries, heads, frequency = self.entries, self.terms["head"], self.terms["frequency"]
        entries["term"][first:] = numbers
        entries["document"][first:] = document
        entries["count"][first:] = [min(count, 255) for count in counts.values()]
        # A document's terms are distinct, so its entries never link to one another.
        entries["previous"][first:] = heads[numbers]
        heads[numbers] = np.arange(first, first + len(numbers), dtype=np.int32)
        frequency[numbers] += 1
        self.alive += 1
        self._total_length += len(terms)
        return first

    def remove(self, document: int, first: int, length: int) -> None:
        """Uncount a document of `length` terms that no longer exists; its entries are skipped by `alive`."""
        own = self._own(document, first)
        self.terms["frequency"][self.entries["term"][own]] -= 1
        self.alive -= 1
        self._total_length -= length

    def find(self, terms: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The heads of the lists of those terms that occur, and their idf weights.

        idf = ln(1 + (N - n + 0.5) / (n + 0.5)), never negative (as in Lucene's BM25).
        """
        numbers = np.array(sorted({self._names.find(term) for term in terms} - {-1}), np.int32)
        numbers = numbers[self.terms["frequency"][numbers] > 0]
        return self.terms["head"][numbers], self.idf(numbers)

    def idf(self, numbers: NDArray[np.int32]) -> NDArray[np.float32]:
        """The idf weights of terms by number."""
        frequency = self.terms["frequency"][numbers]
        weights: NDArray[np.float32] = np.log1p((self.alive - frequency + 0.5) / (frequency + 0.5)).astype(
            np.float32
        )
        return weights

    def of_document(self, document: int, first: int) -> NDArray[np.int32]:
        """The numbers of the distinct terms of a document."""
        terms: NDArray[np.int32] = self.entries["term"][self._own(document, first)]
        return terms

    def _own(self, document: int, first: int) -> slice:
        documents = self.entries["document"]
        end = first
        while end < len(documents) and documents[end] == document:
            end += 1
        return slice(first, end)

    def _number(self, term: str) -> int:
        number = self._names.number(term)
        if number == self.terms.size:
            self.terms.extend()
            self.terms["frequency"][number] = 0
        return number
