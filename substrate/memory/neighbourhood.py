"""Who is nearest to a new engram: whether it is novel, or goes on with a topic.

A remark that is far from everything else may be the beginning of something; that shows only later, so it is
protected for a day. One that is near to an earlier one shares its topic: activation may flow between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns
from substrate.memory.database import StoredEngram
from substrate.memory.embedding import UNIT, Embedder
from substrate.memory.engram import SpeechForm
from substrate.memory.index import EngramIndex
from substrate.memory.kernels import dot_rows
from substrate.memory.nearness import nearness

Key = tuple[int, int]
"""Transcript row and ordinal of an engram."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest engram before a new one, and how near it is (see nearness); (0, 0) and -1 for none."""

    key: Key
    nearness: float


@dataclass(frozen=True, slots=True)
class Placed:
    """What the nearest engram makes of a new one: seconds since the epoch until which it is protected (0: it
    is not novel), what it comes back to, and what it shares its topic with, which takes being nearer."""

    protected_until_s: float
    mentions: Nearest | None
    topic: Nearest | None


class Neighbourhood:
    """The newest engrams of a memory, those of the batch that is being admitted included."""

    def __init__(self, index: EngramIndex, embedder: Embedder) -> None:
        self._unrelated = embedder.unrelated
        self._settings = index.settings.decay
        self._window = window = self._settings.neighbour_window
        self._vectors = index.column("vector")[-window:]
        self._rows = index.column("row_id")[-window:]
        self._ordinals = index.column("ordinal")[-window:]
        self._batch = Columns({})
        self._batch.add_matrix("vector", self._vectors.shape[1], np.int8)
        self._batch_keys: list[Key] = []

    def place(self, key: Key, vector: NDArray[np.int8], said_at_s: float) -> Placed:
        """Whether an engram is novel, and what it shares its topic with, if there is such a one."""
        if not vector.any():
            return Placed(0.0, None, None)
        near = self.nearest(key, vector)
        is_novel = near.nearness < self._settings.novel_below
        return Placed(
            said_at_s + self._settings.novelty_s if is_novel else 0.0,
            None if is_novel else near,
            near if near.nearness >= self._settings.topic_from else None,
        )

    def nearest(self, key: Key, vector: NDArray[np.int8]) -> Nearest:
        """What is nearest to the engram `key`, itself aside."""
        best = Nearest((0, 0), -1.0)
        asked = vector.astype(np.int16)
        if len(self._vectors):
            near = self._nearness(self._vectors, asked)
            near[(self._rows == key[0]) & (self._ordinals == key[1])] = -1.0
            at = int(near.argmax())
            best = Nearest((int(self._rows[at]), int(self._ordinals[at])), float(near[at]))
        if self._batch_keys:
            first = max(0, len(self._batch_keys) - self._window)
            near = self._nearness(self._batch["vector"][first:], asked)
            at = int(near.argmax())
            if near[at] > best.nearness:
                best = Nearest(self._batch_keys[first + at], float(near[at]))
        return best

    def add(self, key: Key, vector: NDArray[np.int8]) -> None:
        """One more engram of the batch."""
        at = self._batch.extend()
        self._batch["vector"][at] = vector
        self._batch_keys.append(key)

    def _nearness(self, vectors: NDArray[np.int8], asked: NDArray[np.int16]) -> NDArray[np.float32]:
        similarity = np.empty(len(vectors), np.float32)
        dot_rows(similarity, vectors, asked)
        similarity *= np.float32(1.0 / UNIT**2)
        return nearness(similarity, self._unrelated)


def place_all(index: EngramIndex, embedder: Embedder, engrams: Iterable[StoredEngram]) -> dict[Key, Placed]:
    """For each of these new engrams that has a vector, where it stands among those before it.

    What is novel is protected from now on.
    """
    before, placed = Neighbourhood(index, embedder), dict[Key, Placed]()
    for stored in engrams:
        if stored.embedding is not None:
            key, vector = (stored.row_id, stored.ordinal), np.frombuffer(stored.embedding, np.int8)
            placed[key] = before.place(key, vector, stored.said_at_s)
            before.add(key, vector)
            stored.protected_until_s = placed[key].protected_until_s
    return placed


def mentioned_again(
    index: EngramIndex, engrams: Iterable[StoredEngram], placed: Mapping[Key, Placed]
) -> set[Key]:
    """The novel engrams that people come back to, in other words, while those are protected."""
    said = {(stored.row_id, stored.ordinal): stored for stored in engrams}
    mentioned: set[Key] = set()
    for key, stored in said.items():
        near = placed[key].mentions if key in placed else None
        if near is None or near.key[0] == key[0] or near.nearness >= index.settings.decay.repeated_from:
            continue
        if stored.form in (SpeechForm.STATEMENT, SpeechForm.QUESTION):
            before = said.get(near.key)
            at = -1 if before is not None else index.find(*near.key)
            until_s = before.protected_until_s if before else index.column("protected_until")[at]
            # What is protected for longer yet was said by a clock ahead of time, nobody knows when.
            if stored.said_at_s < until_s <= stored.said_at_s + 2.0 * index.settings.decay.novelty_s:
                mentioned.add(near.key)
    return mentioned
