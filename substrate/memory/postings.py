"""The inverted index: which engrams hold a term, as linked lists through flat arrays.

The postings of one engram lie side by side, so the same arrays read forwards say which terms an engram
holds, and read along the links which engrams hold a term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

    def add(self, first_document: int, documents: Sequence[Sequence[str]]) -> NDArray[np.int32]:
        """Post the terms of the next documents; the first entry of each."""
        lengths = np.fromiter(map(len, documents), np.int64, len(documents))
        said = np.fromiter(
            (self._number(term) for terms in documents for term in terms), np.int64, int(lengths.sum())
        )
        # One entry for each document and term: equal pairs are neighbours once they are sorted.
        pairs = np.repeat(np.arange(len(documents)), lengths) * max(1, len(self._names)) + said
        pairs, counts = np.unique(pairs, return_counts=True)
        of_document, numbers = np.divmod(pairs, max(1, len(self._names)))
        first = self.entries.extend(len(pairs))
        entries, heads, frequency = self.entries, self.terms["head"], self.terms["frequency"]
        entries["term"][first:] = numbers
        entries["document"][first:] = first_document + of_document
        entries["count"][first:] = np.minimum(counts, 255)
        # What stands before an entry in its term's list: the last one of this batch, else of all before.
        order = np.argsort(numbers, kind="stable")
        by_term, places = numbers[order], first + order
        begins = np.append(True, by_term[1:] != by_term[:-1])[: len(order)]
        previous = np.empty(len(order), np.int64)
        previous[1:] = places[:-1]
        previous[begins] = heads[by_term[begins]]
        entries["previous"][places] = previous
        ends = np.append(begins[1:], True)[: len(order)]
        heads[by_term[ends]] = places[ends]
        frequency += np.bincount(numbers, minlength=len(frequency)).astype(np.int32)
        self.alive += len(documents)
        self._total_length += int(lengths.sum())
        firsts = first + np.searchsorted(of_document, np.arange(len(documents)))
        return firsts.astype(np.int32)

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
