"""The engram graph: what one memory leads to, and how activation spreads along it.

Nodes are engram numbers. Every edge is in two linked lists through flat arrays, the one of what leaves its
source and the one of what enters its target, in order of insertion; adding one moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns
from substrate.memory.kernels import spread_activation


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
        self._nodes = Columns(
            {"first_out": np.int32, "last_out": np.int32, "first_in": np.int32, "last_in": np.int32}, fill=-1
        )
        self._edges = Columns(
            {"source": np.int32, "target": np.int32, "next_out": np.int32, "next_in": np.int32}, fill=-1
        )
        self._weights = Columns({"weight": np.float32, "kind": np.int8})
        self.edge_count = 0

    def add_edge(self, kind: EdgeKind, source: int, target: int, weight: float = 1.0) -> None:
        """Connect two engrams; an edge that is there already takes the larger weight."""
        for known in self._walk(source, "out"):
            if self._edges["target"][known] == target and self._weights["kind"][known] == kind:
                weights = self._weights["weight"]
                weights[known] = max(float(weights[known]), weight)
                return
        self._make_nodes(max(source, target))
        edge = self._edges.extend()
        self._weights.extend()
        self._edges["source"][edge], self._edges["target"][edge] = source, target
        self._weights["weight"][edge], self._weights["kind"][edge] = weight, kind
        self._link(source, edge, "out")
        self._link(target, edge, "in")
        self.edge_count += 1

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
        self._make_nodes(int(max(sources.max(), targets.max())))
        first = self._edges.extend(len(kept))
        self._weights.extend(len(kept))
        self._edges["source"][first:], self._edges["target"][first:] = sources, targets
        self._weights["weight"][first:], self._weights["kind"][first:] = table[kept, 3], kinds
        self._link_all(sources, first, "out")
        self._link_all(targets, first, "in")
        self.edge_count += len(kept)

    def neighbors(self, node: int) -> list[Edge]:
        """What leaves `node`, in order of insertion."""
        targets, weights, kinds = self._edges["target"], self._weights["weight"], self._weights["kind"]
        return [
            Edge(EdgeKind(int(kinds[edge])), int(targets[edge]), float(weights[edge]))
            for edge in self._walk(node, "out")
        ]

    def edges_of(self, node: int) -> list[NewEdge]:
        """What leaves `node` and what enters it."""
        edges, weights = self._edges, self._weights
        return [
            (
                EdgeKind(int(weights["kind"][edge])),
                int(edges["source"][edge]),
                int(edges["target"][edge]),
                float(weights["weight"][edge]),
            )
            for edge in (*self._walk(node, "out"), *self._walk(node, "in"))
        ]

    def in_degree(self, node: int) -> int:
        """How many edges enter `node`."""
        return sum(1 for _ in self._walk(node, "in"))

    def evict(self, node: int) -> None:
        """Remove every edge from and to `node`; a node without edges stays as it is."""
        for edge in {*self._walk(node, "out"), *self._walk(node, "in")}:
            self._weights["weight"][edge] = 0.0
            self.edge_count -= 1

    def spread(
        self, seeds: NDArray[np.int32], activation: NDArray[np.float32], *, fade: float, floor: float
    ) -> None:
        """Let the activation of `seeds` flow along edges, both ways, at most 2 hops.

        `activation` holds one value per engram and is changed in place: a hop gives a neighbour the
        activation times the edge's weight times `fade`; what is under `floor` is dropped; the largest wins
        (Collins and Loftus 1975).
        """
        spread_activation(
            activation,
            seeds,
            self._nodes["first_out"],
            self._edges["next_out"],
            self._edges["target"],
            self._nodes["first_in"],
            self._edges["next_in"],
            self._edges["source"],
            self._weights["weight"],
            fade,
            floor,
        )

    def _walk(self, node: int, side: str) -> Iterator[int]:
        if node >= self._nodes.size:
            return
        edge = int(self._nodes[f"first_{side}"][node])
        following, weights = self._edges[f"next_{side}"], self._weights["weight"]
        while edge >= 0:
            if weights[edge] > 0:
                yield edge
            edge = int(following[edge])

    def _link(self, node: int, edge: int, side: str) -> None:
        last = int(self._nodes[f"last_{side}"][node])
        if last < 0:
            self._nodes[f"first_{side}"][node] = edge
        else:
            self._edges[f"next_{side}"][last] = edge
        self._nodes[f"last_{side}"][node] = edge

    def _link_all(self, nodes: NDArray[np.int32], first: int, side: str) -> None:
        """Put the edges from `first` on at the end of their nodes' lists, in order."""
        order = np.argsort(nodes, kind="stable")
        by_node, edges = nodes[order], (first + order).astype(np.int32)
        begins = np.append(True, by_node[1:] != by_node[:-1])
        following = self._edges[f"next_{side}"]
        following[edges[:-1][~begins[1:]]] = edges[1:][~begins[1:]]
        firsts, lasts = self._nodes[f"first_{side}"], self._nodes[f"last_{side}"]
        heads, starts = by_node[begins], edges[begins]
        known = lasts[heads]
        following[known[known >= 0]] = starts[known >= 0]
        firsts[heads[known < 0]] = starts[known < 0]
        ends = np.append(begins[1:], True)
        lasts[by_node[ends]] = edges[ends]

    def _make_nodes(self, highest: int) -> None:
        if highest >= self._nodes.size:
            self._nodes.extend(highest + 1 - self._nodes.size)
