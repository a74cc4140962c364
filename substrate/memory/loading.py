"""From the file into the columns, at the start of a memory's process.

What was understood before is not understood again, unless an earlier version of this program understood it:
a hundred thousand engrams are loaded in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from substrate.memory.admission import understand_anew
from substrate.memory.backlog import Backlog, has_vector
from substrate.memory.database import EngramDatabase, StoredEngram
from substrate.memory.embedding import Embedder
from substrate.memory.features import READING
from substrate.memory.graph import EdgeKind, NewEdge
from substrate.memory.index import EngramIndex
from substrate.memory.salience import counted_salience


def load(database: EngramDatabase, index: EngramIndex, backlog: Backlog, embedder: Embedder) -> None:
    """Fill an empty index; what has no vector of `embedder` is left to `backlog`. Raises StoreUnwritable."""
    misread: list[StoredEngram] = []
    for page in database.load():
        for stored in page:
            if stored.reading != READING:
                understand_anew(stored)
                misread.append(stored)
        _note_missing_vectors(page, backlog, embedder)
        first = index.append(page)
        for at, stored in enumerate(page, first):
            if stored.access_count or stored.outcomes or stored.attended:
                own = counted_salience(stored.access_count, stored.outcomes, index.settings.salience)
                index.set_salience(at, max(stored.attended, own))
    index.graph.add_edges(_kept_edges(database, index))
    if misread:
        with database.transaction():
            for stored in misread:
                database.rewrite(stored)


def _note_missing_vectors(page: Iterable[StoredEngram], backlog: Backlog, embedder: Embedder) -> None:
    missing, unplaced = [], []
    for stored in page:
        if not has_vector(stored.embedding, stored.embedder, embedder):
            stored.embedding = None
            missing.append((stored.row_id, stored.ordinal))
            if stored.embedder is None:
                unplaced.append(missing[-1])
    backlog.add(missing, unplaced=unplaced)


def _kept_edges(database: EngramDatabase, index: EngramIndex) -> list[NewEdge]:
    edges = database.edges()
    if not edges:
        return []
    table = np.array([edge[1:5] for edge in edges], np.int64)
    sources, targets = index.find_all(table[:, :2]), index.find_all(table[:, 2:])
    numbers = zip(edges, sources.tolist(), targets.tolist(), strict=True)
    return [
        (EdgeKind(edge[0]), source, target, edge[5])
        for edge, source, target in numbers
        if source >= 0 and target >= 0 and source != target
    ]
