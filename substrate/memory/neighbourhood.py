"""Who is nearest to a new engram: whether it is novel, or goes on with a topic.

A remark that is far from everything else may be the beginning of something; that shows only later, so it is
protected for a day. One that is near to an earlier one shares its topic: activation may flow between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from substrate.memory.embedding import UNIT
from substrate.memory.index import EngramIndex
from substrate.memory.kernels import dot_rows

Key = tuple[int, int]
"""Transcript row and ordinal of an engram."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest engram before a new one, and the cosine similarity; (0, 0) and 0 when there is none."""

    key: Key
    similarity: float


class Neighbourhood:
    """The newest engrams of a memory, those of the batch that is being admitted included."""

    def __init__(self, index: EngramIndex) -> None:
        self._window = window = index.settings.decay.neighbour_window
        self._vectors = index.column("vector")[-window:]
        self._rows = index.column("row_id")[-window:]
        self._ordinals = index.column("ordinal")[-window:]
        self._batch: list[NDArray[np.int8]] = []
        self._batch_keys: list[Key] = []

    def nearest(self, vector: NDArray[np.int8]) -> Nearest:
        """Of everything before, what is nearest to `vector`."""
        best = Nearest((0, 0), 0.0)
        asked = vector.astype(np.float32)
        if len(self._vectors):
            similarity = _similarities(self._vectors, asked)
            at = int(similarity.argmax())
            best = Nearest((int(self._rows[at]), int(self._ordinals[at])), float(similarity[at]))
        if self._batch:
            similarity = _similarities(np.stack(self._batch), asked)
            at = int(similarity.argmax())
            if similarity[at] > best.similarity:
                best = Nearest(self._batch_keys[at], float(similarity[at]))
        return best

    def add(self, key: Key, vector: NDArray[np.int8]) -> None:
        """One more engram of the batch."""
        self._batch.append(vector)
        self._batch_keys.append(key)
        if len(self._batch) > self._window:
            del self._batch[0], self._batch_keys[0]


def _similarities(vectors: NDArray[np.int8], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    similarity = np.empty(len(vectors), np.float32)
    dot_rows(similarity, vectors, asked)
    similarity *= np.float32(1.0 / UNIT**2)
    return similarity
