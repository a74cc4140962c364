"""Another embedder: vectors of different embedders are never compared, and nothing waits for new ones."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from substrate.memory import EngramStore
from substrate.memory.embedding import Vector, quantised
from substrate.memory.errors import TextsRefused
from substrate.memory.features import words_of
from substrate.memory.graph import EdgeKind
from substrate.memory.nearness import UNRELATED, unrelated_similarity
from substrate.memory.senses import Senses
from tests.substrate.memory.memory_of import memory_of, recalled_texts, remark, shared_senses

TEXTS = ("We adopted a puppy.", "It rains again.", "The train was late.", "My sister is called Oluwaseun.")


class SlowEmbedder:
    """An embedder that takes its time, in as many dimensions as asked for; each word is a direction. What all
    texts have in common is one, too, and counts `leaning` times as much as all words together."""

    batch = 3

    def __init__(self, dimensions: int, leaning: float = 0.0) -> None:
        self.id = f"slow-{dimensions}-{leaning}"
        self.dimensions = dimensions
        self.answers = True
        self._leaning = leaning
        self.unrelated = unrelated_similarity(self.embed(UNRELATED) or [])

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector] | None:
        return [self._vector(text, without) for text in texts] if self.answers else None

    def embed_at_once(self, text: str, without: frozenset[str] = frozenset()) -> Vector | None:
        return None

    def _vector(self, text: str, without: frozenset[str]) -> Vector:
        words = set(words_of(text)) - without
        own = sum((self._direction(word) for word in words), np.zeros(self.dimensions, np.float32))
        return quantised(own / max(1, len(words)) ** 0.5 + self._leaning * self._direction(""))

    def _direction(self, word: str) -> NDArray[np.float32]:
        random = np.random.default_rng(zlib.crc32(word.encode()))
        return random.standard_normal(self.dimensions).astype(np.float32)


class PickyEmbedder(SlowEmbedder):
    """Makes no vector of some texts, nor of the others that it is asked for with them."""

    def __init__(self, poison: str, *, is_final: bool) -> None:
        self.poison, self.asked = "", list[list[str]]()
        self._is_final = is_final
        super().__init__(32)
        self.poison = poison

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector] | None:
        self.asked.append(list(texts))
        if self.poison and any(self.poison in text for text in texts):
            raise TextsRefused("no vector of that", "say something else", is_final=self._is_final)
        return super().embed(texts, without)


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


@pytest.mark.parametrize("leaning", [0.0, 1.0, 2.0])
def test_what_gets_its_vector_late_is_still_seen_to_be_novel_or_on_a_topic_by_any_embedder(
    tmp_path: Path, leaning: float
) -> None:
    embedder = SlowEmbedder(512, leaning)
    store = opened(tmp_path, embedder)
    store.admit([remark(1, "The gearbox needs a bearing."), remark(2, "Hotdogs, anyone?")])
    store.admit([remark(3, "The gearbox needs another bearing.")])

    while store.catch_up_vectors():
        pass

    protected_until_s = store.index.column("protected_until")
    assert protected_until_s[store.number("2.0")] > 0
    assert protected_until_s[store.number("3.0")] == 0
    assert embedder.unrelated == pytest.approx(leaning**2 / (1 + leaning**2), abs=0.1)
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


@pytest.mark.parametrize("is_final", [True, False])
def test_a_text_that_the_embedder_refuses_is_told_and_keeps_no_other_from_its_vector(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_final: bool
) -> None:
    store = opened(tmp_path, PickyEmbedder("Oluwaseun", is_final=is_final))
    store.admit([remark(number, f"{text} {number}") for number, text in enumerate(TEXTS * 3, 1)])

    work = [store.catch_up_vectors() for _ in range(60)]

    assert store.vectors_to_come == 0 == work[-1]
    has_vector = store.index.column("vector").any(axis=1).tolist()
    assert has_vector == ["Oluwaseun" not in text for text in store.index.texts]
    told = [record.getMessage() for record in caplog.records]
    assert [sum(f"message m{number} " in line for line in told) for number in (4, 8, 12)] == [1, 1, 1]
    assert "Oluwaseun" not in str(told)
    assert recalled_texts(store, "What is my sister called?")[0].startswith("My sister is called Oluwaseun.")
    store.close()


def test_what_was_refused_for_good_is_not_asked_for_again_and_what_may_come_later_is(tmp_path: Path) -> None:
    for is_final in (True, False):
        folder = tmp_path / str(is_final)
        store = opened(folder, PickyEmbedder("puppy", is_final=is_final))
        store.admit([remark(1, "We adopted a puppy."), remark(2, "It rains again.")])
        for _ in range(20):
            store.catch_up_vectors()
        assert store.vectors_to_come == 0
        store.close()

        again = opened(folder, PickyEmbedder("", is_final=is_final))
        assert again.vectors_to_come == (0 if is_final else 1)
        again.close()


def test_a_refused_text_is_understood_and_recalled_for_without_a_vector(tmp_path: Path) -> None:
    store = opened(tmp_path, PickyEmbedder("sister", is_final=True))
    store.admit([remark(number, text) for number, text in enumerate(TEXTS, 1)])
    while store.catch_up_vectors():
        pass

    assert recalled_texts(store, "What is my sister called?")[0] == "My sister is called Oluwaseun."
    store.correct("4.0", "My sister is called Ada.")
    assert recalled_texts(store, "What is my sister called?")[0] == "My sister is called Ada."
    store.close()
