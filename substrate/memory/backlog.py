"""Engrams that have no vector yet, or one of another embedder: they get theirs bit by bit.

An embedder that is exchanged makes every stored vector meaningless, and one that takes milliseconds a text is
not waited for when something is taken in. Vectors of different embedders are never compared: an engram
without one is found by its words and by what it is linked with.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from substrate.memory.database import EngramDatabase
from substrate.memory.embedding import Embedder, Vector
from substrate.memory.engram import engram_id
from substrate.memory.errors import TextsRefused
from substrate.memory.graph import EdgeKind
from substrate.memory.index import EngramIndex
from substrate.memory.neighbourhood import Key, Neighbourhood

_log = logging.getLogger(__name__)

_TRIES = 3
"""How often a text is asked for over which the embedder falls silent."""
_MANY = 0.1
"""With more than this share of vectors missing, how near a vector is to a question says little."""


class Backlog:
    """What one memory has to embed, newest first: what was said lately is asked for most."""

    def __init__(self, index: EngramIndex, database: EngramDatabase, embedder: Embedder) -> None:
        self._index = index
        self._database = database
        self._embedder = embedder
        self._waiting: deque[Key] = deque()
        self._unplaced: set[Key] = set()
        self._alone: set[Key] = set()
        """What is to be asked for alone: with others it was refused."""
        self._tries: Counter[Key] = Counter()

    def __len__(self) -> int:
        """How many engrams wait, those included that are forgotten meanwhile."""
        return len(self._waiting)

    @property
    def is_large(self) -> bool:
        """Whether vectors are to be left out of recalls for now."""
        return len(self._waiting) > _MANY * self._index.alive_count

    def add(self, keys: Iterable[Key], *, unplaced: Iterable[Key] = ()) -> None:
        """Note engrams without a vector, oldest first; the `unplaced` never had one, of no embedder."""
        self._waiting.extendleft(keys)
        self._unplaced.update(unplaced)

    def work(self) -> int:
        """Embed the next few, in one commit; how many are done with.

        0 when there is nothing to do, or when the embedder does not answer now. Of those that it refuses each
        is asked for alone; one that it refuses alone goes without a vector, and that is logged. Raises
        StoreUnwritable.
        """
        keys = self._next()
        try:
            made = self._vectors_of(keys)
        except TextsRefused as error:
            if len(keys) > 1:
                self._alone.update(keys)
                return self.work() if error.is_final else 0
            if not error.is_final and self._may_be_tried_again(keys[0]):
                return 0
            made = self._without_vector(keys[0], error)
        if made is None:
            return 0
        with self._database.transaction():
            self._database.set_vectors(
                self._embedder.id, {key: vector.tobytes() for key, vector in made.items()}
            )
        for key, vector in made.items():
            self._index.column("vector")[self._index.find(*key)] = vector
        for key in keys:
            self._waiting.popleft()
            self._alone.discard(key)
        unplaced = self._unplaced.intersection(made)
        self._unplaced.difference_update(keys)
        if unplaced:
            self._place(unplaced)
        return len(keys)

    def _vectors_of(self, keys: Sequence[Key]) -> dict[Key, Vector] | None:
        """Vectors of those that are still there; None when they cannot be had now. Raises TextsRefused."""
        index = self._index
        places = {key: at for key in keys if (at := index.find(*key)) >= 0}
        vectors = self._embedder.embed([index.texts[at] for at in places.values()], index.speaker_words)
        return None if vectors is None else dict(zip(places, vectors, strict=True))

    def _without_vector(self, key: Key, refusal: TextsRefused) -> dict[Key, Vector]:
        """What is kept in place of a vector: one that says nothing, where asking again would not help. What
        the embedder only fell silent over is asked for again after the next start."""
        _log.warning(
            "memory %s of message %s has no vector, and is found by its words alone: %s",
            engram_id(*key),
            self._index.message_ids[self._index.find(*key)],
            refusal,
        )
        return {key: np.zeros(self._embedder.dimensions, np.int8)} if refusal.is_final else {}

    def _next(self) -> list[Key]:
        """What to ask for at once."""
        keys = list(islice(self._waiting, self._embedder.batch))
        alone = next((place for place, key in enumerate(keys) if key in self._alone), len(keys))
        return keys[: max(1, alone)]

    def _may_be_tried_again(self, key: Key) -> bool:
        """Whether it is put behind all others to be asked for once more."""
        self._tries[key] += 1
        if self._tries[key] == _TRIES:
            del self._tries[key]
            return False
        self._waiting.rotate(-1)
        return True

    def _place(self, keys: Iterable[Key]) -> None:
        """See whether engrams are novel or go on with a topic, as it is done at once where vectors are."""
        index, neighbours = self._index, Neighbourhood(self._index, self._embedder)
        with self._database.transaction():
            for key in sorted(keys):
                at = index.find(*key)
                vector = index.column("vector")[at]
                placed = neighbours.place(key, vector, float(index.column("said_at")[at]))
                if placed.protected_until_s:
                    index.column("protected_until")[at] = placed.protected_until_s
                    self._database.protect(key, placed.protected_until_s)
                if placed.topic is not None:
                    near = placed.topic
                    self._database.connect_engrams(EdgeKind.SHARED_TOPIC, near.key, key, near.nearness)
                    index.graph.add_edge(EdgeKind.SHARED_TOPIC, index.find(*near.key), at, near.nearness)


def has_vector(embedding: bytes | None, embedder_id: str | None, embedder: Embedder) -> bool:
    """Whether a stored vector is one of this embedder's."""
    return embedder_id == embedder.id and embedding is not None and len(embedding) == embedder.dimensions
