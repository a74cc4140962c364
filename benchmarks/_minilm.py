"""all-MiniLM-L6-v2 in torch, where its files are at hand: what the embedded table was distilled from.

Needs the extra `train` and a folder with the model's model.safetensors and tokenizer.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.embedding_table import SentenceTransformer

_MOST_TOKENS = 256
_WIDTH = 384


class MiniLM:
    """The sentence transformer itself."""

    def __init__(self, folder: Path) -> None:
        self._transformer = SentenceTransformer(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MOST_TOKENS)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (texts, 384). Texts of one length go through together."""
        by_length: dict[int, list[int]] = {}
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        for at, own in enumerate(tokens):
            by_length.setdefault(len(own), []).append(at)
        vectors = np.empty((len(texts), _WIDTH), np.float32)
        with torch.inference_mode():
            for numbers in by_length.values():
                means = self._transformer(torch.tensor([tokens[at] for at in numbers]))
                vectors[numbers] = torch.nn.functional.normalize(means, dim=1).numpy()
        return vectors
