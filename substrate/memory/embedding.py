"""Texts as vectors, and the embedded embedder: the weighted sum of a text's word pieces' vectors.

The table was distilled from a sentence transformer by training/embedding_table.py: each row is what the
transformer makes of that word piece alone, without the components that all rows share, times a weight that
grows with the rarity of the piece. A weight that comes from the language and not from the store makes the
vector of a text the same for every persona and at any time, so it is computed once and never again.

The file is mapped, not read: all processes share one copy, and it counts as nobody's private memory.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from substrate.memory.errors import EmbedderUnusable
from substrate.memory.features import words_of
from substrate.memory.kernels import sum_of_pieces
from substrate.memory.nearness import UNRELATED, unrelated_similarity

TABLE = Path(__file__).parent / "token_vectors.npy"
VOCABULARY = Path(__file__).parent / "token_vocabulary.txt"
DIMENSIONS = 256
ROW_TYPE = np.dtype([("weight", "<f4"), ("vector", "i1", (DIMENSIONS,))])
"""One word piece; its vector is `weight * vector`."""

UNIT = 400.0
"""What 1.0 becomes in an int8 vector; a component of a unit vector of 256 is rarely over 0.3."""
_LONGEST_WORD = 40


Vector = NDArray[np.int8]
"""A unit vector times 400, of shape (dimensions,); zeros say nothing."""


class Embedder(Protocol):
    """Turns texts into vectors; vectors of different ids cannot be compared."""

    id: str
    dimensions: int
    batch: int
    """How many texts to ask for at once: many enough to be worth it, few enough not to be late for others."""
    unrelated: float
    """The cosine similarity of texts that have nothing to do with each other (see nearness)."""

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector] | None:
        """One vector a text, of what is left of it without the words `without` (lower case).

        None when that cannot be had now; asking again later helps. Raises TextsRefused when one of the texts
        is to blame.
        """
        ...

    def embed_at_once(self, text: str, without: frozenset[str] = frozenset()) -> Vector | None:
        """The vector if it costs microseconds, else None: for those who would rather have it later."""
        ...


class StaticEmbedder:
    """The embedded table; it always answers."""

    dimensions = DIMENSIONS
    batch = 64

    def __init__(self, table: Path = TABLE, vocabulary: Path = VOCABULARY) -> None:
        """Maps the table; raises EmbedderUnusable when a file is missing or damaged."""
        try:
            rows = np.asarray(np.load(table, mmap_mode="r"))  # reading a memmap costs 10 us more
            pieces = vocabulary.read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as error:
            raise EmbedderUnusable(
                f"the embedding table cannot be read: {error}",
                "install the package again, or make the table anew with training/embedding_table.py",
            ) from error
        if rows.dtype != ROW_TYPE or len(pieces) != len(rows):
            raise EmbedderUnusable(
                f"{table.name} has {len(rows)} rows of {rows.dtype}, {vocabulary.name} {len(pieces)} pieces",
                "both files come from one run of training/embedding_table.py; install the package again",
            )
        self.id = f"static-minilm-l6-{DIMENSIONS}"
        self._weights, self._vectors = rows["weight"], rows["vector"]
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._longest_piece = max(map(len, pieces))
        self._pieces_of = lru_cache(maxsize=1 << 14)(self._pieces)
        self.unrelated = unrelated_similarity(self.embed(UNRELATED))

    def embed(self, texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[Vector]:
        return [self.embed_at_once(text, without) for text in texts]

    def embed_at_once(self, text: str, without: frozenset[str] = frozenset()) -> Vector:
        words = words_of(text)
        numbers = [number for word in words if word not in without for number in self._pieces_of(word)]
        vector = np.zeros(DIMENSIONS, np.int8)
        sum_of_pieces(vector, self._weights, self._vectors, np.array(numbers, np.int64), UNIT)
        return vector

    def _pieces(self, word: str) -> tuple[int, ...]:
        """The longest known pieces from the left (WordPiece); nothing when the rest of a word is unknown."""
        word = plain(word)
        numbers: list[int] = []
        at, prefix = 0, ""
        while at < min(len(word), _LONGEST_WORD):
            for end in range(min(len(word), at + self._longest_piece), at, -1):
                number = self._numbers.get(prefix + word[at:end])
                if number is not None:
                    numbers.append(number)
                    at, prefix = end, "##"
                    break
            else:
                return ()
        return tuple(numbers)


def quantised(vector: NDArray[np.float32]) -> Vector:
    """A vector of any length as a unit vector in int8."""
    norm = float(np.sqrt(vector @ vector))
    if norm == 0.0:
        return np.zeros(len(vector), np.int8)
    whole: Vector = np.clip(np.rint(vector * (UNIT / norm)), -127, 127).astype(np.int8)
    return whole


def plain(word: str) -> str:
    """Lower case without accents, as the vocabulary is."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
