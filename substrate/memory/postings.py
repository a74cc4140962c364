"""The inverted index: which engrams hold a term, and which terms an engram holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns, NameTable
from substrate.memory.kernels import held_terms
from substrate.memory.runs import Runs


class Postings:
    """Terms and where they occur. Documents are numbered from 0 in the order in which they are added."""

    def __init__(self) -> None:
        self._names = NameTable()
        self._terms = Columns({"frequency": np.int32})
        self.runs = Runs({"document": np.int32, "count": np.uint8})
        """Of each term, the documents that hold it and how often; the removed ones included."""
        self._documents = Columns({"first": np.int32})
        self._held = Columns({"term": np.int32})
        """The distinct terms of all documents, one document after the other."""
        self.alive = 0
        """Documents that were added and not removed."""
        self._total_length = 0

    @property
    def mean_length(self) -> float:
        """Mean number of terms of a document; at least 1."""
        return max(1.0, self._total_length / self.alive) if self.alive else 1.0

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        """Post the terms of the next documents."""
        lengths = np.fromiter(map(len, documents), np.int64, len(documents))
        said = np.fromiter(
            (self._names.number(term) for terms in documents for term in terms), np.int64, int(lengths.sum())
        )
        # One entry for each document and term: equal pairs are neighbours once they are sorted.
        names = max(1, len(self._names))
        pairs = np.repeat(np.arange(len(documents)), lengths) * names + said
        pairs, counts = np.unique(pairs, return_counts=True)
        of_document, numbers = np.divmod(pairs, names)
        first_document, first = self._documents.extend(len(documents)), self._held.extend(len(numbers))
        self._held["term"][first:] = numbers
        self._documents["first"][first_document:] = first + np.searchsorted(
            of_document, np.arange(len(documents))
        )
        self.runs.append(
            numbers.astype(np.int32), document=first_document + of_document, count=np.minimum(counts, 255)
        )
        self._terms.extend(len(self._names) - self._terms.size)
        np.add.at(self._terms["frequency"], numbers, 1)
        self.alive += len(documents)
        self._total_length += int(lengths.sum())

    def remove(self, document: int, length: int) -> None:
        """Uncount a document of `length` terms that no longer exists; in the runs it stays."""
        self._terms["frequency"][self.of_document(document)] -= 1
        self.alive -= 1
        self._total_length -= length

    def find(self, terms: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The numbers of those terms that occur, and their idf weights.

        idf = ln(1 + (N - n + 0.5) / (n + 0.5)), never negative (as in Lucene's BM25).
        """
        known = sorted({self._names.find(term) for term in terms} - {-1})
        # A question has few terms: plain numbers are done before an array operation has begun.
        frequencies = self._terms["frequency"][known].tolist() if known else []
        found = [(number, n) for number, n in zip(known, frequencies, strict=True) if n > 0]
        weights = [math.log1p((self.alive - n + 0.5) / (n + 0.5)) for _, n in found]
        return np.array([number for number, _ in found], np.int32), np.array(weights, np.float32)

    def idf(self, numbers: NDArray[np.int32]) -> NDArray[np.float32]:
        """The idf weights of terms by number."""
        frequency = self._terms["frequency"][numbers]
        weights: NDArray[np.float32] = np.log1p((self.alive - frequency + 0.5) / (frequency + 0.5)).astype(
            np.float32
        )
        return weights

    def shared_by(self, documents: NDArray[np.int32], asked: NDArray[np.int32]) -> NDArray[np.int64]:
        """Which of up to 63 terms each document holds, as bits in the order of `asked`."""
        held = np.empty(len(documents), np.int64)
        held_terms(held, documents, self._documents["first"], self._held["term"], asked)
        return held

    def of_document(self, document: int) -> NDArray[np.int32]:
        """The numbers of the distinct terms of a document."""
        firsts = self._documents["first"]
        end = firsts[document + 1] if document + 1 < len(firsts) else self._held.size
        terms: NDArray[np.int32] = self._held["term"][firsts[document] : end]
        return terms
