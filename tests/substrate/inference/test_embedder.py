"""Embedding models give one vector a text, whatever stands beside it in the batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import InferenceError, LlamaEmbedder, ModelLoadError
from tests.random_bert import CONTEXT, WIDTH, write_random_bert


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaEmbedder]:
    path = write_random_bert(tmp_path_factory.mktemp("bert") / "bert.gguf")
    made = LlamaEmbedder(path, threads=1)
    yield made
    made.close()


def test_vectors_have_length_one_and_tell_texts_apart(embedder: LlamaEmbedder) -> None:
    vectors = embedder.embed(["a lamp", "the sea", "a lamp"])
    assert vectors.shape == (3, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
    assert vectors[0] @ vectors[2] == pytest.approx(1.0, abs=1e-4)
    assert vectors[0] @ vectors[1] < 0.999


def test_a_text_has_the_same_vector_alone_and_among_many(embedder: LlamaEmbedder) -> None:
    texts = [f"{chr(97 + n % 26)} word {'and more ' * (n % 4)}" for n in range(50)]
    together = embedder.embed(texts)
    for index in (0, 17, 49):
        np.testing.assert_allclose(embedder.embed([texts[index]])[0], together[index], atol=1e-3)


@pytest.mark.parametrize("pooling", [gguf.PoolingType.MEAN, gguf.PoolingType.CLS], ids=["mean", "cls"])
def test_vectors_are_those_of_llama_cpp(tmp_path: Path, pooling: gguf.PoolingType) -> None:
    from llama_cpp import Llama

    path = write_random_bert(tmp_path / "bert.gguf", pooling)
    texts = ["a lamp", "the sea is calm tonight and so are we", "x"]
    reference = Llama(str(path), embedding=True, n_threads=1, verbose=False)
    embedder = LlamaEmbedder(path, threads=1)
    try:
        expected = [reference.embed(text, normalize=True) for text in texts]
        np.testing.assert_allclose(embedder.embed(texts), expected, rtol=0, atol=2e-3)
    finally:
        embedder.close()
        reference.close()


def test_a_model_that_reads_forwards_only_is_not_made_to_read_both_ways(tmp_path: Path) -> None:
    """Embedding models made of a language model: the vector is that of the last token."""
    from llama_cpp import Llama

    path = write_random_model(
        tmp_path / "reader.gguf", TINY, describe=lambda writer: writer.add_pooling_type(gguf.PoolingType.LAST)
    )
    texts = ["the lamp", "a longer text about the sea", "z"]
    reference = Llama(str(path), embedding=True, n_ctx=512, n_threads=1, verbose=False)
    embedder = LlamaEmbedder(path, threads=1)
    try:
        expected = [reference.embed(text, normalize=True) for text in texts]
        for _ in range(2):  # nothing of the first time is left
            np.testing.assert_allclose(embedder.embed(texts), expected, rtol=0, atol=5e-3)
        assert not embedder.can_read("long " * 2100)
        with pytest.raises(InferenceError, match="empty"):
            embedder.embed([""])
    finally:
        embedder.close()
        reference.close()


def test_nothing_is_nothing_and_a_closed_model_says_so(tmp_path: Path) -> None:
    embedder = LlamaEmbedder(write_random_bert(tmp_path / "bert.gguf"), threads=1)
    assert embedder.embed([]).shape == (0, WIDTH)
    embedder.close()
    embedder.close()
    with pytest.raises(InferenceError, match="closed"):
        embedder.embed(["a lamp"])
    with pytest.raises(InferenceError, match="closed"):
        embedder.can_read("a lamp")


def test_the_model_cannot_be_freed_while_a_text_is_looked_at(
    embedder: LlamaEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    tokens = LlamaEmbedder._tokens

    def look(embedder: LlamaEmbedder, text: str) -> list[int]:
        held.append(embedder._lock.locked())
        return tokens(embedder, text)

    monkeypatch.setattr(LlamaEmbedder, "_tokens", look)
    assert embedder.can_read("a lamp")
    assert held == [True]


def test_a_text_that_is_too_long_is_refused_with_both_numbers(embedder: LlamaEmbedder) -> None:
    with pytest.raises(InferenceError, match=f"reads {CONTEXT}"):
        embedder.embed(["fine", "long " * CONTEXT])


def test_a_model_that_writes_is_refused(tiny_model: Path) -> None:
    with pytest.raises(ModelLoadError, match="no embedding model"):
        LlamaEmbedder(tiny_model, threads=1)
