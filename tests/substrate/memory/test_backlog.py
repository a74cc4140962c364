"""Another embedder: vectors of different embedders are never compared, and nothing waits for new ones."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from substrate.memory import EngramStore
from substrate.memory.embedding import Vector, quantised
from substrate.memory.features import words_of
from substrate.memory.graph import EdgeKind
from substrate.memory.senses import Senses
from tests.substrate.memory.memory_of import memory_of, recalled_texts, remark, shared_senses

TEXTS = ("We adopted a puppy.", "It rains again.", "The train was late.", "My sister is called Oluwaseun.")


class SlowEmbedder:
    """An embedder that takes its time, in as many dimensions as asked for; each word is a direction."""

    batch = 3

    def __init__(self, dimensions: int, name: str = "slow") -> None:
        self.id = f"{name}-{dimensions}"
        self.dimensions = dimensions
        self.answers = True

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector] | None:
        return [self._vector(text, without) for text in texts] if self.answers else None

    def embed_at_once(self, text: str, without: frozenset[str] = frozenset()) -> Vector | None:
        return None

    def _vector(self, text: str, without: frozenset[str]) -> Vector:
        total = np.zeros(self.dimensions, np.float32)
        for word in set(words_of(text)) - without:
            total += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self.dimensions)
        return quantised(total)


def opened(folder: Path, embedder: SlowEmbedder) -> EngramStore:
    return EngramStore(folder / "longterm.db", "p-paige", senses=Senses(embedder))


def test_vectors_of_another_embedder_are_made_anew_bit_by_bit_in_its_dimensions(tmp_path: Path) -> None:
    memory_of(tmp_path, [remark(number, text) for number, text in enumerate(TEXTS, 1)]).close()
    store = opened(tmp_path, SlowEmbedder(48))

    assert store.vectors_to_come == 4
    assert store.index.column("vector").shape == (4, 48)
    assert not store.index.column("vector").any()
    assert [store.catch_up_vectors() for _ in range(3)] == [3, 1, 0]
    assert store.vectors_to_come == 0
    assert store.index.column("vector").any(axis=1).all()
    store.close()

    again = opened(tmp_path, SlowEmbedder(48))
    assert again.vectors_to_come == 0
    again.close()


def test_while_vectors_are_missing_what_was_said_is_found_by_its_words(tmp_path: Path) -> None:
    memory_of(tmp_path, [remark(number, text) for number, text in enumerate(TEXTS, 1)]).close()
    store = opened(tmp_path, SlowEmbedder(48))
    store.catch_up_vectors()  # three of four have theirs now: they must not stand out for that

    assert not store.has_vectors
    assert recalled_texts(store, "What is my sister called?")[0] == "My sister is called Oluwaseun."
    store.close()


def test_an_embedder_that_does_not_answer_keeps_nothing_from_being_taken_in(tmp_path: Path) -> None:
    embedder = SlowEmbedder(32)
    embedder.answers = False
    store = opened(tmp_path, embedder)
    store.admit([remark(number, text) for number, text in enumerate(TEXTS, 1)])

    assert store.catch_up_vectors() == 0
    assert recalled_texts(store, "What is my sister called?")[0] == "My sister is called Oluwaseun."
    embedder.answers = True
    while store.catch_up_vectors():
        pass
    assert store.vectors_to_come == 0
    store.close()


def test_what_gets_its_vector_late_is_still_seen_to_be_novel_or_on_a_topic(tmp_path: Path) -> None:
    store = opened(tmp_path, SlowEmbedder(64))
    store.admit([remark(1, "The gearbox needs a bearing."), remark(2, "Hotdogs, anyone?")])
    store.admit([remark(3, "The gearbox needs another bearing.")])

    while store.catch_up_vectors():
        pass

    assert store.index.column("protected_until")[store.number("2.0")] > 0
    kinds = {kind for kind, *_ in store.index.graph.edges_of(store.number("3.0"))}
    assert EdgeKind.SHARED_TOPIC in kinds
    store.close()


def test_a_memory_without_a_vector_can_be_forgotten_before_it_gets_one(tmp_path: Path) -> None:
    store = opened(tmp_path, SlowEmbedder(32))
    store.admit([remark(number, text) for number, text in enumerate(TEXTS, 1)])
    store.forget(["2.0"])
    while store.catch_up_vectors():
        pass
    assert store.vectors_to_come == 0
    assert len(store) == 3
    store.close()


def test_going_back_to_the_embedded_embedder_makes_its_vectors_anew(tmp_path: Path) -> None:
    store = opened(tmp_path, SlowEmbedder(32))
    store.admit([remark(number, text) for number, text in enumerate(TEXTS, 1)])
    while store.catch_up_vectors():
        pass
    store.close()

    again = EngramStore(tmp_path / "longterm.db", "p-paige", senses=shared_senses())
    while again.catch_up_vectors():
        pass

    assert recalled_texts(again, "Which pet do I have?")[0] == "We adopted a puppy."
    again.close()
