"""Engrams that have no vector yet, or one of another embedder: they get theirs bit by bit.

An embedder that is exchanged makes every stored vector meaningless, and one that takes milliseconds a text is
not waited for when something is taken in. Vectors of different embedders are never compared: an engram
without one is found by its words and by what it is linked with.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from substrate.memory.database import EngramDatabase
from substrate.memory.embedding import Embedder
from substrate.memory.graph import EdgeKind
from substrate.memory.index import EngramIndex
from substrate.memory.neighbourhood import Key, Neighbourhood

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

        0 when there is nothing to do, or when the embedder does not answer now. Raises StoreUnwritable.
        """
        index, embedder = self._index, self._embedder
        keys = list(islice(self._waiting, embedder.batch))
        places = {key: at for key in keys if (at := index.find(*key)) >= 0}
        vectors = embedder.embed([index.texts[at] for at in places.values()], index.speaker_words)
        if vectors is None:
            return 0
        made = dict(zip(places, vectors, strict=True))
        with self._database.transaction():
            self._database.set_vectors(embedder.id, {key: vector.tobytes() for key, vector in made.items()})
        for key, vector in made.items():
            index.column("vector")[places[key]] = vector
        for _ in keys:
            self._waiting.popleft()
        unplaced = self._unplaced.intersection(made)
        self._unplaced.difference_update(keys)
        if unplaced:
            self._place(unplaced)
        return len(keys)

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
