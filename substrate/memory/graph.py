"""The engram graph: what one memory leads to, and how activation spreads along it.

Nodes are engram numbers. Each node has two runs of edges, those that leave it and those that enter it, in
order of insertion: CSR form that edges can be added to and taken out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from substrate.memory.kernels import spread_activation
from substrate.memory.runs import Runs

_MOST_REACHED = 1024
"""Activation stops when it has reached so many engrams."""


class EdgeKind(IntEnum):
    """Why one engram leads to another."""

    SHARED_ENTITY = 0
    SHARED_TOPIC = 1
    CITED_IN = 2
    CO_RECALL = 3
    REPLY = 4
    OUTCOME = 5


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge as seen from its source."""

    kind: EdgeKind
    target: int
    weight: float


NewEdge = tuple[EdgeKind, int, int, float]
"""Kind, source, target, weight."""


class EngramGraph:
    """Weighted directed edges between engrams. One writer."""

    def __init__(self) -> None:
        fields: dict[str, type[np.generic]] = {"other": np.int32, "weight": np.float32, "kind": np.int8}
        self._out, self._in = Runs(fields), Runs(fields)
        self.edge_count = 0

    def add_edge(self, kind: EdgeKind, source: int, target: int, weight: float = 1.0) -> None:
        """Connect two engrams; an edge that is there already takes the larger weight."""
        if not len(_places(self._out, source, target, kind)):
            self.add_edges([(kind, source, target, weight)])
            return
        for runs, node, other in ((self._out, source, target), (self._in, target, source)):
            weights, places = runs.of(node, "weight"), _places(runs, node, other, kind)
            weights[places] = np.maximum(weights[places], weight)

    def add_edges(self, edges: Sequence[NewEdge]) -> None:
        """Connect engrams none of which are connected by that kind yet.

        Equal ones among them count once, with the larger weight.
        """
        if not edges:
            return
        table = np.array(edges, np.float64)
        # By source, target and kind, the heaviest last: of equals it stays.
        order = np.lexsort((table[:, 3], table[:, 0], table[:, 2], table[:, 1]))
        equal = (table[order[1:], :3] == table[order[:-1], :3]).all(axis=1)
        kept = np.sort(order[np.append(~equal, True)])
        kinds, sources, targets = table[kept, :3].astype(np.int32).T
        self._out.append(sources, other=targets, weight=table[kept, 3], kind=kinds)
        self._in.append(targets, other=sources, weight=table[kept, 3], kind=kinds)
        self.edge_count += len(kept)

    def neighbors(self, node: int) -> list[Edge]:
        """What leaves `node`, in order of insertion."""
        return [Edge(*edge) for edge in _edges(self._out, node)]

    def edges_of(self, node: int) -> list[NewEdge]:
        """What leaves `node` and what enters it."""
        return [(kind, node, other, weight) for kind, other, weight in _edges(self._out, node)] + [
            (kind, other, node, weight) for kind, other, weight in _edges(self._in, node)
        ]

    def in_degree(self, node: int) -> int:
        """How many edges enter `node`."""
        return len(self._in.of(node, "other"))

    def evict(self, node: int) -> None:
        """Remove every edge from and to `node`; a node without edges stays as it is."""
        for own, others in ((self._out, self._in), (self._in, self._out)):
            for kind, other, _ in reversed(_edges(own, node)):
                own.remove(node, len(own.of(node, "other")) - 1)
                others.remove(other, int(_places(others, other, node, kind)[0]))
                self.edge_count -= 1

    def spread(
        self, seeds: NDArray[np.int32], activation: NDArray[np.float32], *, fade: float, floor: float
    ) -> NDArray[np.int32]:
        """Let the activation of `seeds` flow along edges, both ways, at most 2 hops; what it reached.

        `activation` holds one value per engram and is changed in place: a hop gives a neighbour the
        activation times the edge's weight times `fade`; what is under `floor` is dropped; the largest wins
        (Collins and Loftus 1975). An engram that was reached twice stands in the answer twice.
        """
        reached = np.empty(_MOST_REACHED, np.int32)
        count = spread_activation(
            reached,
            activation,
            seeds,
            self._out.starts,
            self._out.lengths,
            self._out.field("other"),
            self._out.field("weight"),
            self._in.starts,
            self._in.lengths,
            self._in.field("other"),
            self._in.field("weight"),
            fade,
            floor,
        )
        return reached[:count]


def _edges(runs: Runs, node: int) -> list[tuple[EdgeKind, int, float]]:
    """Kind, other end and weight of the edges on one side of a node."""
    fields = (runs.of(node, name).tolist() for name in ("kind", "other", "weight"))
    return [(EdgeKind(kind), other, weight) for kind, other, weight in zip(*fields, strict=True)]


def _places(runs: Runs, node: int, other: int, kind: int) -> NDArray[np.intp]:
    return np.flatnonzero((runs.of(node, "other") == other) & (runs.of(node, "kind") == kind))
