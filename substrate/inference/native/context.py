"""One KV pool with its sequences, and the decodes that fill it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import IntEnum

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from substrate.inference.native.batch import Batch
from substrate.inference.native.log import clear_log, is_about_memory, last_log_lines
from substrate.inference.native.model import NativeModel
from substrate.inference.protocol import InferenceError, ModelLoadError, OutOfMemory

_BYTES = ctypes.POINTER(ctypes.c_uint8)


class DecodeResult(IntEnum):
    """What `llama_decode` answers; every other negative number is a failure as well."""

    DONE = 0
    NO_CELLS = 1
    ABORTED = 2


@dataclass(frozen=True, slots=True)
class ContextShape:
    """What a context is made for. `cells` are shared by all `sequences` (one unified pool).

    `outputs` is the most rows of a batch whose logits are wanted: each costs four bytes for every token of
    the vocabulary.
    """

    cells: int
    sequences: int
    batch_rows: int
    outputs: int
    threads: int
    flash_attention: bool


class NativeContext:
    """One KV pool with its sequences. Used by one thread at a time."""

    def __init__(self, model: NativeModel, shape: ContextShape) -> None:
        """Raises ModelLoadError when llama.cpp cannot allocate the pool."""
        clear_log()
        params = llama.llama_context_default_params()
        params.n_ctx = shape.cells
        params.n_batch = shape.batch_rows
        params.n_ubatch = shape.batch_rows
        params.n_seq_max = shape.sequences
        params.n_outputs_max = shape.outputs
        params.n_threads = shape.threads
        params.n_threads_batch = shape.threads
        # One pool: a prefix that many sequences share is stored once and copied by reference.
        params.kv_unified = True
        params.flash_attn_type = (
            llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
            if shape.flash_attention
            else llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.no_perf = True
        self.pointer = llama.llama_init_from_model(model.pointer, params)
        if not self.pointer:
            said = last_log_lines() or "it gave no reason"
            kind = OutOfMemory if is_about_memory(said) else ModelLoadError
            raise kind(
                f"llama.cpp cannot make a context of {shape.cells} tokens for {model.name}: {said}",
                f"a token takes {model.bytes_per_cell} bytes; choose a smaller --ctx",
            )
        self.shape = shape
        self.model = model
        self.cells = int(llama.llama_n_ctx(self.pointer))
        self._memory = llama.llama_get_memory(self.pointer)
        self._threads = shape.threads

    def use_threads(self, count: int) -> None:
        """From the next decode on."""
        if count != self._threads:
            llama.llama_set_n_threads(self.pointer, count, count)
            self._threads = count

    def decode(self, batch: Batch) -> int:
        """Run the batch; a DecodeResult, or a negative number whose reason is in the log.

        Raises InferenceError for more rows, or more rows with logits, than the context is made for: llama.cpp
        would end the process.
        """
        if batch.size > self.shape.batch_rows or batch.outputs > self.shape.outputs:
            raise InferenceError(
                f"{batch.size} rows, {batch.outputs} with logits, do not fit into a step of "
                f"{self.shape.batch_rows}, {self.shape.outputs} with logits"
            )
        batch.native.n_tokens = batch.size
        return int(llama.llama_decode(self.pointer, batch.native))

    def rewind(self, sequence: int, length: int) -> bool:
        """Keep the first `length` tokens. False when this model's memory cannot forget only a part."""
        return bool(llama.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def clear(self, sequence: int) -> None:
        llama.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear_all(self) -> None:
        llama.llama_memory_clear(self._memory, True)

    def share(self, source: int, target: int, length: int) -> None:
        """Let the empty `target` hold the first `length` tokens of `source`, by reference."""
        llama.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def last_position(self, sequence: int) -> int:
        """The position of the last token held, -1 when empty."""
        return int(llama.llama_memory_seq_pos_max(self._memory, sequence))

    def can_go_on_from(self, sequence: int, length: int) -> bool:
        """Whether the tokens that a next one at position `length` looks back on are held.

        Layers that look back over a window only are saved with that much: in a sequence that was loaded
        again, earlier positions have nothing to look back on.
        """
        window = self.model.attention_window
        if window == 0 or length == 0:
            return True
        first = int(llama.llama_memory_seq_pos_min(self._memory, sequence))
        return first <= max(0, length - window + 1)

    def logits(self, row: int) -> NDArray[np.float32]:
        """A view of one row's logits, valid until the next decode."""
        pointer = llama.llama_get_logits_ith(self.pointer, row)
        if not pointer:
            raise InferenceError(f"row {row} of the batch has no logits: {last_log_lines()}")
        return np.ctypeslib.as_array(pointer, shape=(self.model.vocabulary,))

    def save_sequence(self, sequence: int) -> memoryview:
        """The KV state of a sequence; empty when it holds nothing."""
        size = llama.llama_state_seq_get_size(self.pointer, sequence)
        state = np.empty(size, np.uint8)
        written = llama.llama_state_seq_get_data(self.pointer, state.ctypes.data_as(_BYTES), size, sequence)
        return state.data[:written]

    def load_sequence(self, sequence: int, state: memoryview) -> bool:
        """Fill an empty sequence from a saved state; False when llama.cpp refuses it (its log says why)."""
        clear_log()
        data = np.frombuffer(state, np.uint8).ctypes.data_as(_BYTES)
        return bool(llama.llama_state_seq_set_data(self.pointer, data, len(state), sequence))

    def free(self) -> None:
        """Idempotent."""
        pointer, self.pointer = self.pointer, None  # first: llama.cpp is called without the GIL
        if pointer:
            llama.llama_free(pointer)
