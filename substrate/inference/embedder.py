"""Sentence vectors from a BERT-type GGUF, through the same engine: optional, asked for by `--embed-model`.

The built-in static embedding costs microseconds and suffices for recall; this one costs milliseconds a
sentence and is for those who bring a model that knows their language or field better.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from substrate.inference.native import Batch, NativeModel, clear_log, last_log_lines
from substrate.inference.protocol import InferenceError, ModelLoadError

_TEXTS_AT_ONCE = 16
_LONGEST_TEXT = 2048
"""Tokens of a text; memory for the batch grows with it, and a memory that long says nothing exactly."""


class LlamaEmbedder:
    """One embedding model. Thread-safe; calls wait for each other."""

    def __init__(self, path: Path | str, *, threads: int, gpu_layers: int = 0) -> None:
        """Raises ModelLoadError, also for a model that is made to write rather than to embed."""
        model = NativeModel.load(Path(path), gpu_layers=gpu_layers)
        clear_log()
        params = llama.llama_context_default_params()
        # A text is read as a whole, both ways: it must fit into one batch.
        self._max_tokens = min(model.trained_context, _LONGEST_TEXT)
        params.n_ctx = params.n_batch = params.n_ubatch = self._max_tokens
        params.n_seq_max = _TEXTS_AT_ONCE
        params.n_threads = params.n_threads_batch = threads
        params.embeddings = True
        params.kv_unified = True
        params.no_perf = True
        self._context = llama.llama_init_from_model(model.pointer, params)
        pools = bool(self._context) and llama.llama_pooling_type(self._context) not in (
            llama.LLAMA_POOLING_TYPE_NONE,
            llama.LLAMA_POOLING_TYPE_RANK,
        )
        if not pools:
            said = last_log_lines() or "it does not say how a text's vectors become one"
            if self._context:
                llama.llama_free(self._context)
            model.free()
            raise ModelLoadError(
                f"{path} is no embedding model: {said}",
                "--embed-model takes a BERT-type GGUF, such as one of all-MiniLM-L6-v2",
            )
        self._model = model
        self.width = int(llama.llama_model_n_embd_out(model.pointer))
        self._batch = Batch(self._max_tokens)
        self._lock = threading.Lock()

    def can_read(self, text: str) -> bool:
        """Whether the model reads the text as a whole. Raises InferenceError once it is closed."""
        with self._lock:
            self._check_open()
            return len(self._tokens(text)) <= self._max_tokens

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one row a text: shape (len(texts), width).

        Raises InferenceError for a text longer than the model reads, of which nothing is cut, and once it is
        closed.
        """
        vectors = np.zeros((len(texts), self.width), np.float32)
        with self._lock:
            self._check_open()
            group: list[tuple[int, list[int]]] = []
            rows = 0
            for index, text in enumerate(texts):
                tokens = self._tokens(text)
                if len(tokens) > self._max_tokens:
                    raise InferenceError(
                        f"text {index} takes {len(tokens)} tokens, "
                        f"the embedding model reads {self._max_tokens}",
                        "embed it in parts",
                    )
                if not tokens:
                    raise InferenceError(f"text {index} is empty to the embedding model", "leave it out")
                if len(group) == _TEXTS_AT_ONCE or rows + len(tokens) > self._max_tokens:
                    self._embed_group(group, vectors)
                    group, rows = [], 0
                group.append((index, tokens))
                rows += len(tokens)
            if group:
                self._embed_group(group, vectors)
        return vectors

    def close(self) -> None:
        with self._lock:
            if self._context:
                llama.llama_free(self._context)
                self._context = None
            self._model.free()

    def _check_open(self) -> None:
        if not self._context:
            raise InferenceError("the embedding model was closed", "make a new LlamaEmbedder")

    def _tokens(self, text: str) -> list[int]:
        return self._model.tokenize(text, parse_special=False, add_special=True)

    def _embed_group(self, group: list[tuple[int, list[int]]], vectors: NDArray[np.float32]) -> None:
        batch = self._batch
        batch.clear()
        for sequence, (_, tokens) in enumerate(group):
            batch.add_tokens(tokens, 0, sequence, len(tokens))
        batch.native.n_tokens = batch.size
        clear_log()
        # A BERT has no memory and reads both ways, others keep what they read: llama_decode knows which.
        memory = llama.llama_get_memory(self._context)
        if memory:
            llama.llama_memory_clear(memory, True)
        if llama.llama_decode(self._context, batch.native) != 0:
            raise InferenceError(f"llama.cpp could not embed {len(group)} texts: {last_log_lines()}")
        for sequence, (index, _) in enumerate(group):
            pointer = llama.llama_get_embeddings_seq(self._context, sequence)
            if not pointer:
                raise InferenceError(f"llama.cpp made no vector of text {index}: {last_log_lines()}")
            vector = np.ctypeslib.as_array(pointer, shape=(self.width,))
            length = float(np.linalg.norm(vector))
            if not np.isfinite(length) or length == 0.0:
                raise InferenceError(
                    f"the embedding model makes a vector of length {length} of text {index}",
                    "the model file may be damaged",
                )
            vectors[index] = vector / length
