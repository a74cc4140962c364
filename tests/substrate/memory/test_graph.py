"""The engram graph: order, degrees, eviction, and how far activation flows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from substrate.memory.graph import Edge, EdgeKind, EngramGraph


def spread(graph: EngramGraph, seeds: dict[int, float], size: int) -> list[float]:
    activation = np.zeros(size, np.float32)
    for seed, value in seeds.items():
        activation[seed] = value
    graph.spread(np.array(list(seeds), np.int32), activation, fade=0.4, floor=0.05)
    return [round(float(value), 4) for value in activation]


def test_neighbors_come_in_order_of_insertion() -> None:
    graph = EngramGraph()
    for target in (5, 2, 9):
        graph.add_edge(EdgeKind.CITED_IN, 1, target, 0.5)
    assert graph.neighbors(1) == [Edge(EdgeKind.CITED_IN, target, 0.5) for target in (5, 2, 9)]
    assert graph.neighbors(42) == []


def test_an_edge_counts_once_and_keeps_its_larger_weight() -> None:
    graph = EngramGraph()
    graph.add_edge(EdgeKind.SHARED_TOPIC, 1, 2, 0.5)
    graph.add_edge(EdgeKind.SHARED_TOPIC, 1, 2, 0.8)
    graph.add_edge(EdgeKind.SHARED_TOPIC, 1, 2, 0.1)
    graph.add_edge(EdgeKind.REPLY, 1, 2)
    assert graph.edge_count == graph.in_degree(2) == 2
    assert graph.neighbors(1)[0].weight == pytest.approx(0.8)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=40), st.integers(0, 8))
def test_eviction_removes_both_directions_and_can_be_repeated(
    pairs: list[tuple[int, int]], gone: int
) -> None:
    graph = EngramGraph()
    for source, target in pairs:
        graph.add_edge(EdgeKind.SHARED_ENTITY, source, target)
    left = {pair for pair in pairs if gone not in pair}

    for _ in range(2):
        graph.evict(gone)
        assert graph.edge_count == len(left)

    assert {(node, edge.target) for node in range(9) for edge in graph.neighbors(node)} == left
    assert sum(map(graph.in_degree, range(9))) == len(left)


def test_activation_fades_by_hop_reaches_two_and_flows_both_ways() -> None:
    graph = EngramGraph()
    for source, target in ((0, 1), (2, 1), (2, 3)):
        graph.add_edge(EdgeKind.REPLY, source, target)
    assert spread(graph, {0: 1.0}, 4) == [1.0, 0.4, 0.16, 0.0]


def test_the_largest_activation_wins_and_the_smallest_are_dropped() -> None:
    graph = EngramGraph()
    graph.add_edge(EdgeKind.REPLY, 0, 2, 0.5)
    graph.add_edge(EdgeKind.REPLY, 1, 2, 1.0)
    graph.add_edge(EdgeKind.REPLY, 0, 3, 0.1)
    assert spread(graph, {0: 1.0, 1: 1.0}, 4) == [1.0, 1.0, 0.4, 0.0]


EDGES = st.tuples(
    st.sampled_from(EdgeKind), st.integers(0, 6), st.integers(0, 6), st.sampled_from((0.25, 0.5, 1.0))
)


@given(st.lists(EDGES, max_size=30), st.integers(0, 30))
def test_many_edges_at_once_are_the_same_graph_as_one_by_one(
    edges: list[tuple[EdgeKind, int, int, float]], border: int
) -> None:
    one_by_one, at_once = EngramGraph(), EngramGraph()
    for edge in edges:
        one_by_one.add_edge(*edge)
    known = {edge[:3] for edge in edges[:border]}
    at_once.add_edges(edges[:border])
    at_once.add_edges([edge for edge in edges[border:] if edge[:3] not in known])
    for edge in edges[border:]:
        at_once.add_edge(*edge)

    assert at_once.edge_count == one_by_one.edge_count
    for node in range(7):
        assert set(at_once.edges_of(node)) == set(one_by_one.edges_of(node))
        assert at_once.in_degree(node) == one_by_one.in_degree(node)
