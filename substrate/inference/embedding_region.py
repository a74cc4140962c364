"""The process of the embedding model that the user brought (`--embed-model`).

It is run like a region, so it is started, watched and started again like one, thinks at low priority, and a
crash in native code takes nothing else down. It decides nothing: sensory and hippocampus ask it for vectors.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from substrate.inference.protocol import ModelLoadError
from substrate.instance import EMBEDDER
from substrate.memory.admission import split_message
from substrate.memory.model_embedder import EMBED, FACTS
from substrate.memory.nearness import UNRELATED, unrelated_similarity
from substrate.region.contract import (
    BrainRegion,
    CadenceHint,
    Command,
    ComputeClass,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionEnvironment,
    RegionId,
    TickOutcome,
)

_CORES_PER_THREAD = 4
"""Beside the lane, which wants all cores, an embedder of a few milliseconds a text is fast enough on few."""


class EmbeddingModel(BrainRegion):
    """Answers what vectors texts have."""

    id = RegionId(EMBEDDER)
    pressure = PressureProfile(MemoryClass.HEAVY, ComputeClass.INFERENCE_LIGHT)
    wakes_on = frozenset()
    hard_limit_s = 60.0

    def open(self, environment: RegionEnvironment) -> None:
        from substrate.inference.embedder import LlamaEmbedder  # llama.cpp is loaded in this process only
        from substrate.inference.parking import model_fingerprint

        path = environment.embed_model
        if path is None:
            raise ModelLoadError("no embedding model was chosen", "give one with --embed-model PATH")
        threads = max(1, (os.cpu_count() or 1) // _CORES_PER_THREAD)
        self._model = LlamaEmbedder(path, threads=threads)
        self._id = f"gguf-{model_fingerprint(path)}"
        vectors = np.frombuffer(self._embed({"texts": UNRELATED})["vectors"], np.float32)
        self._unrelated = unrelated_similarity(list(vectors.reshape(len(UNRELATED), self._model.width)))

    def tick(self, ctx: RegionContext) -> TickOutcome:
        return TickOutcome(hint=CadenceHint.SLEEP)

    def commands(self) -> Mapping[str, Command]:
        return {FACTS: self._facts, EMBED: self._embed}

    def close(self) -> None:
        self._model.close()

    def _facts(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": self._id, "dimensions": self._model.width, "unrelated": self._unrelated}

    def _embed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Vectors of `texts` as float32, one after the other. Their length says nothing."""
        parts = [list(self._readable(text)) for text in params["texts"]]
        vectors = iter(self._model.embed([part for of_text in parts for part in of_text]))
        return {"vectors": b"".join(self._sum(islice(vectors, len(of_text))) for of_text in parts)}

    def _sum(self, vectors: Iterable[NDArray[np.float32]]) -> bytes:
        return sum(vectors, np.zeros(self._model.width, np.float32)).tobytes()

    def _readable(self, text: str) -> Iterator[str]:
        """The text in parts that the model can read, of whole words if possible; none of an empty one."""
        if not text.strip():
            return
        if len(text) == 1 or self._model.can_read(text):
            yield text
            return
        for half in split_message(text, (len(text) + 1) // 2):
            yield from self._readable(half)
