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


class MiniLM:
    """The sentence transformer itself; one text at a time, as a chat needs it."""

    def __init__(self, folder: Path) -> None:
        self._transformer = SentenceTransformer(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MOST_TOKENS)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (texts, 384)."""
        with torch.inference_mode():
            vectors = [
                self._transformer(torch.tensor([self._tokenizer.encode(text).ids]))[0] for text in texts
            ]
            stacked: NDArray[np.float32] = torch.nn.functional.normalize(torch.stack(vectors), dim=1).numpy()
        return stacked
