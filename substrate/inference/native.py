"""llama.cpp as four small objects: a loaded model, a context, a batch, and the last lines of its log.

The low-level API is used because `llama_cpp.Llama` serves one sequence at a time: it exposes neither several
sequences nor the shared cell pool nor flash attention. Everything that llama.cpp reports by a null pointer or
a number becomes an exception here, with llama.cpp's own words; nothing above this file touches ctypes but the
samplers.
"""

from __future__ import annotations

import ctypes
import functools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from substrate.inference.protocol import InferenceError, ModelLoadError

_GGUF_MAGIC = b"GGUF"
_WARN, _ERROR, _CONTINUED = 3, 4, 5
_LOG_LINES: deque[str] = deque(maxlen=64)


def _keep_log_line(level: int, text: bytes, _: object) -> None:
    if level in (_WARN, _ERROR, _CONTINUED):
        _LOG_LINES.append(text.decode("utf-8", "replace"))


# llama.cpp has one log per process and calls this object from native code: it must live as long as that.
_LOG_CALLBACK = llama.llama_log_callback(_keep_log_line)


def last_log_lines(count: int = 3) -> str:
    """llama.cpp's own last complaints in one line, oldest first; empty when it said nothing."""
    lines = [line.strip() for line in "".join(_LOG_LINES).splitlines()]
    return "; ".join([line for line in lines if line][-count:])


def clear_log() -> None:
    """Forget earlier complaints, so that `last_log_lines` speaks of what is tried next."""
    _LOG_LINES.clear()


@functools.cache
def _start_backend() -> None:
    llama.llama_log_set(_LOG_CALLBACK, ctypes.c_void_p(0))
    llama.llama_backend_init()


class DecodeResult(IntEnum):
    """What `llama_decode` answers; every other negative number is a failure as well."""

    DONE = 0
    NO_CELLS = 1
    ABORTED = 2


class NativeModel:
    """Weights, vocabulary and metadata of one GGUF file. Tokenising is thread-safe."""

    def __init__(self, pointer: Any, path: Path) -> None:
        self.pointer = pointer
        self.path = path
        self.vocab = llama.llama_model_get_vocab(pointer)
        self.vocabulary: int = llama.llama_vocab_n_tokens(self.vocab)
        self.trained_context: int = llama.llama_model_n_ctx_train(pointer)
        self.parameters: int = llama.llama_model_n_params(pointer)
        self._pieces: dict[int, bytes] = {}
        self._ends: dict[int, bool] = {}

    @classmethod
    def load(cls, path: Path, *, gpu_layers: int) -> NativeModel:
        """Load `path`. Raises ModelLoadError: missing, empty, not a GGUF, damaged, or unsupported."""
        _check_file(path)
        _start_backend()
        clear_log()
        params = llama.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        pointer = llama.llama_model_load_from_file(str(path).encode(), params)
        if not pointer:
            raise ModelLoadError(
                f"llama.cpp cannot load {path}: {last_log_lines() or 'it gave no reason'}",
                "the file may be damaged or of an architecture this llama.cpp does not know; "
                "download it again or update llama-cpp-python",
            )
        return cls(pointer, path)

    @property
    def name(self) -> str:
        return self.metadata("general.name") or self.path.stem

    @property
    def description(self) -> str:
        buffer = ctypes.create_string_buffer(256)
        llama.llama_model_desc(self.pointer, buffer, 256)
        return buffer.value.decode("utf-8", "replace")

    @property
    def chat_template(self) -> str | None:
        template = llama.llama_model_chat_template(self.pointer, None)
        return template.decode("utf-8", "replace") if template else None

    @property
    def bytes_per_cell(self) -> int:
        """KV bytes of one token at 16 bits: keys and values of every layer; at least 1."""
        heads = max(1, int(llama.llama_model_n_head(self.pointer)))
        kv_heads = max(1, int(llama.llama_model_n_head_kv(self.pointer)))
        architecture = self.metadata("general.architecture") or ""
        default_length = llama.llama_model_n_embd(self.pointer) // heads
        key_length = int(self.metadata(f"{architecture}.attention.key_length") or default_length)
        value_length = int(self.metadata(f"{architecture}.attention.value_length") or default_length)
        layers = int(llama.llama_model_n_layer(self.pointer))
        return max(1, layers * kv_heads * (key_length + value_length) * 2)

    def metadata(self, key: str) -> str | None:
        """A metadata value as text, None when the file has no such key."""
        size = 256
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama.llama_model_meta_val_str(self.pointer, key.encode(), buffer, size)
            if length < 0:
                return None
            if length < size:
                return buffer.value.decode("utf-8", "replace")
            size = length + 1

    def special_text(self, token: int) -> str:
        """The text of a special token such as the beginning of a text; empty when the model has none."""
        if token < 0:
            return ""
        return (llama.llama_vocab_get_text(self.vocab, token) or b"").decode("utf-8", "replace")

    @property
    def bos(self) -> int:
        return int(llama.llama_vocab_bos(self.vocab))

    @property
    def eos(self) -> int:
        return int(llama.llama_vocab_eos(self.vocab))

    @property
    def adds_bos(self) -> bool:
        return bool(llama.llama_vocab_get_add_bos(self.vocab))

    def tokenize(self, text: str, *, parse_special: bool, add_special: bool = False) -> list[int]:
        """Tokens of `text`; `add_special` puts around it what the model wants around a whole text."""
        data = text.encode("utf-8", "replace")
        capacity = len(data) + 16
        buffer = (ctypes.c_int32 * capacity)()
        count = llama.llama_tokenize(
            self.vocab, data, len(data), buffer, capacity, add_special, parse_special
        )
        if count < 0:
            raise InferenceError(f"llama.cpp cannot tokenise a text of {len(data)} bytes: {last_log_lines()}")
        return buffer[:count]

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; empty for control tokens."""
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(256)
            length = llama.llama_token_to_piece(self.vocab, token, buffer, 256, 0, False)
            piece = self._pieces[token] = buffer.raw[: max(0, length)]
        return piece

    def ends_generation(self, token: int) -> bool:
        """Whether the model means the end of its turn by this token."""
        ends = self._ends.get(token)
        if ends is None:
            ends = self._ends[token] = bool(llama.llama_vocab_is_eog(self.vocab, token))
        return ends

    def free(self) -> None:
        if self.pointer:
            llama.llama_model_free(self.pointer)
            self.pointer = None


class Batch:
    """The rows of one `llama_decode`, in memory that numpy fills and llama.cpp reads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._tokens: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._positions: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._sequences: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._counts: NDArray[np.int32] = np.ones(capacity, np.int32)
        self._outputs: NDArray[np.int8] = np.zeros(capacity, np.int8)
        # Each row belongs to exactly one sequence, so each row's list of sequences is one fixed cell.
        self._lists: NDArray[np.uintp] = np.uintp(self._sequences.ctypes.data) + 4 * np.arange(
            capacity, dtype=np.uintp
        )
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
        self.size = 0

    def add_token(self, token: int, position: int, sequence: int) -> None:
        """One row whose logits are wanted."""
        row = self.size
        self._tokens[row] = token
        self._positions[row] = position
        self._sequences[row] = sequence
        self._outputs[row] = 1
        self.size = row + 1

    def add_tokens(self, tokens: Sequence[int], position: int, sequence: int, outputs: int) -> None:
        """Consecutive rows of one sequence; logits are wanted of the last `outputs` of them."""
        start, end = self.size, self.size + len(tokens)
        self._tokens[start:end] = tokens
        self._positions[start:end] = np.arange(position, position + len(tokens), dtype=np.int32)
        self._sequences[start:end] = sequence
        self._outputs[start:end] = 0
        if outputs:
            self._outputs[end - outputs : end] = 1
        self.size = end


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
            raise ModelLoadError(
                f"llama.cpp cannot make a context of {shape.cells} tokens for {model.name}: "
                f"{last_log_lines() or 'it gave no reason'}",
                f"a token takes {model.bytes_per_cell} bytes; choose a smaller --ctx",
            )
        self.shape = shape
        self.model = model
        self.cells = int(llama.llama_n_ctx(self.pointer))
        self._memory = llama.llama_get_memory(self.pointer)

    def decode(self, batch: Batch) -> int:
        """Run the batch; a DecodeResult, or a negative number whose reason is in the log."""
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

    def logits(self, row: int) -> NDArray[np.float32]:
        """A view of one row's logits, valid until the next decode."""
        pointer = llama.llama_get_logits_ith(self.pointer, row)
        if not pointer:
            raise InferenceError(f"row {row} of the batch has no logits: {last_log_lines()}")
        return np.ctypeslib.as_array(pointer, shape=(self.model.vocabulary,))

    def save_sequence(self, sequence: int) -> bytes:
        """The KV state of a sequence; empty when it holds nothing."""
        size = llama.llama_state_seq_get_size(self.pointer, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = llama.llama_state_seq_get_data(self.pointer, buffer, size, sequence)
        return bytes(memoryview(buffer)[:written])

    def load_sequence(self, sequence: int, state: bytes) -> bool:
        """Fill an empty sequence from a saved state; False when llama.cpp refuses it."""
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(llama.llama_state_seq_set_data(self.pointer, buffer, len(state), sequence))

    def free(self) -> None:
        if self.pointer:
            llama.llama_free(self.pointer)
            self.pointer = None


def _check_file(path: Path) -> None:
    """What can be said about a bad file without llama.cpp, said more clearly."""
    if not path.exists():
        raise ModelLoadError(f"there is no model file {path}", "check the path given by --model")
    if not path.is_file():
        raise ModelLoadError(f"{path} is not a file", "--model takes the path of one .gguf file")
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise ModelLoadError(
            f"the model file {path} cannot be read: {error.strerror}", "check its permissions"
        ) from error
    if not magic:
        raise ModelLoadError(f"the model file {path} is empty", "download it again")
    if magic != _GGUF_MAGIC:
        raise ModelLoadError(
            f"{path} is not a GGUF file (it starts with {magic!r})",
            "use a model in llama.cpp's GGUF format; others can be converted with its tools",
        )
