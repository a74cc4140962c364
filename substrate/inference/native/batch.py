"""The rows of one decode: which token, where, of which sequence, and whether its logits are wanted."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray


class Batch:
    """The rows of one `llama_decode`, in memory that numpy fills and llama.cpp reads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self.outputs = 0
        self._tokens: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._positions: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._sequences: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._counts: NDArray[np.int32] = np.ones(capacity, np.int32)
        self._outputs: NDArray[np.int8] = np.zeros(capacity, np.int8)
        # Each row belongs to exactly one sequence, so each row's list of sequences is one fixed cell.
        self._lists: NDArray[np.uintp] = np.uintp(self._sequences.ctypes.data) + 4 * np.arange(
            capacity, dtype=np.uintp
        )
        # The same memory for single rows: a number is put in at a third of what numpy takes.
        self._token_at = self._tokens.data
        self._position_at = self._positions.data
        self._sequence_at = self._sequences.data
        self._output_at = self._outputs.data
        int32_p = ctypes.POINTER(ctypes.c_int32)
        self.native = llama.llama_batch(
            n_tokens=0,
            token=self._tokens.ctypes.data_as(int32_p),
            embd=None,
            pos=self._positions.ctypes.data_as(int32_p),
            n_seq_id=self._counts.ctypes.data_as(int32_p),
            seq_id=self._lists.ctypes.data_as(ctypes.POINTER(int32_p)),
            logits=self._outputs.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def clear(self) -> None:
        self.size = self.outputs = 0

    def add_token(self, token: int, position: int, sequence: int) -> None:
        """One row whose logits are wanted."""
        row = self.size
        self._token_at[row] = token
        self._position_at[row] = position
        self._sequence_at[row] = sequence
        self._output_at[row] = 1
        self.size = row + 1
        self.outputs += 1

    def add_tokens(self, tokens: Sequence[int], position: int, sequence: int, outputs: int) -> None:
        """Consecutive rows of one sequence; logits are wanted of the last `outputs` of them."""
        start, end = self.size, self.size + len(tokens)
        self._tokens[start:end] = tokens
        self._positions[start:end] = np.arange(position, position + len(tokens), dtype=np.int32)
        self._sequences[start:end] = sequence
        self._outputs[start:end] = 0
        if outputs:
            self._outputs[end - outputs : end] = 1
            self.outputs += outputs
        self.size = end
