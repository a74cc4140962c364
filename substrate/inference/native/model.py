"""Weights, vocabulary and metadata of one GGUF file."""

from __future__ import annotations

import ctypes
import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from substrate.inference.model_file import check_model_file
from substrate.inference.native.log import clear_log, is_about_memory, last_log_lines, start_backend
from substrate.inference.protocol import InferenceError, ModelLoadError, OutOfMemory, UnsupportedArchitecture

_LEAD = "\x01"
"""A byte of its own in every vocabulary that has bytes; no text of a prompt holds it."""

_LONGEST_USUAL_PIECE = 256

_LONGEST_STRETCH = 1000
"""Characters that llama.cpp splits into words without harm, whatever they are. Many BPE vocabularies split by
an expression for which it uses std::regex, and that goes deeper with every character of a match: by 335 bytes
of stack, measured, so that a match of 24,000 characters ends a process whose threads have 8 MiB, and one of
1,550 where they have 512 KiB, as on macOS."""
_LINE_END = re.compile(r"(?<=\n)(?=[^\s/])")
"""Where no expression's match goes on. It may go on over blank lines, and over slashes that begin a line."""
_UP_TO_A_WORD = re.compile(r".+(?<=\S)(?= [^\W_])", re.DOTALL)
"""To the last place where nearly every expression ends a word: a cut there leaves the tokens as they are."""


class NativeModel:
    """Weights, vocabulary and metadata of one GGUF file. Tokenising is thread-safe, reading pieces is not."""

    def __init__(self, pointer: Any, path: Path) -> None:
        self.pointer = pointer
        self.path = path
        self.vocab = llama.llama_model_get_vocab(pointer)
        self.vocabulary: int = llama.llama_vocab_n_tokens(self.vocab)
        self.trained_context: int = llama.llama_model_n_ctx_train(pointer)
        self.parameters: int = llama.llama_model_n_params(pointer)
        # Tokens that some layers look back on; 0 where all look back on everything.
        self.attention_window: int = llama.llama_model_n_swa(pointer)
        self._pieces: dict[int, bytes] = {}
        self._texts: dict[int, tuple[bytes, str | None]] = {}
        self._piece_buffer = ctypes.create_string_buffer(_LONGEST_USUAL_PIECE)
        # Asked about every token that is written: a look-up here, a call into llama.cpp otherwise.
        self._ends = frozenset(
            token for token in range(self.vocabulary) if llama.llama_vocab_is_eog(self.vocab, token)
        )
        self._splits_by_expression = llama.llama_vocab_type(self.vocab) == llama.LLAMA_VOCAB_TYPE_BPE
        self._lead = self._tokens_of_lead()

    @classmethod
    def load(
        cls, path: Path, *, gpu_layers: int, is_given_up: Callable[[], bool] = lambda: False
    ) -> NativeModel:
        """Load `path`. Raises ModelLoadError: missing, empty, not a GGUF, damaged, or unsupported.

        `is_given_up` is asked again and again meanwhile; when it says so, loading ends in that error as well.
        """
        check_model_file(path)
        start_backend()
        clear_log()
        params = llama.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.progress_callback = llama.llama_progress_callback(lambda share, _: not is_given_up())
        pointer = llama.llama_model_load_from_file(os.fsencode(path), params)
        if not pointer:
            raise ModelLoadError(f"loading {path} was given up") if is_given_up() else _load_error(path)
        return cls(pointer, path)

    @property
    def name(self) -> str:
        # What is not UTF-8 in a path would fail wherever the name is sent.
        return self.metadata("general.name") or os.fsencode(self.path.stem).decode("utf-8", "replace")

    @property
    def architecture(self) -> str:
        return self.metadata("general.architecture") or ""

    def check_it_writes(self) -> None:
        """Raises UnsupportedArchitecture for what embeds, translates or fills in rather than writes on."""
        is_causal = self.metadata(f"{self.architecture}.attention.causal") != "false"
        has_encoder = llama.llama_model_has_encoder(self.pointer)
        if not is_causal or has_encoder or llama.llama_model_is_diffusion(self.pointer):
            raise UnsupportedArchitecture(
                f"{self.path} is a {self.architecture} model, which does not continue a text",
                "use a chat model; one that makes vectors is given with --embed-model",
            )

    @property
    def chat_template(self) -> str | None:
        template = llama.llama_model_chat_template(self.pointer, None)
        return template.decode("utf-8", "replace") if template else None

    @property
    def bytes_per_cell(self) -> int:
        """KV bytes of one token at 16 bits: keys and values of every layer; at least 1."""
        heads = max(1, int(llama.llama_model_n_head(self.pointer)))
        kv_heads = max(1, int(llama.llama_model_n_head_kv(self.pointer)))
        architecture = self.architecture
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
        """Tokens of `text`; `add_special` puts around it what the model wants around a whole text.

        Lines of more than 1,000 characters could overflow llama.cpp's stack where the vocabulary is BPE: they
        are tokenised in pieces, cut between words, or in the middle of what has none.
        """
        pieces = _pieces(text) if self._splits_by_expression else [text]
        if len(pieces) == 1:
            return self._tokenize_at_once(text, parse_special, add_special)
        tokens = [token for piece in pieces for token in self._tokenize_at_once(piece, parse_special, False)]
        if add_special and self.adds_bos:
            tokens.insert(0, self.bos)
        if add_special and llama.llama_vocab_get_add_eos(self.vocab):
            tokens.append(self.eos)
        return tokens

    def _tokenize_at_once(self, text: str, parse_special: bool, add_special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        capacity = len(data) + 16
        buffer = (ctypes.c_int32 * capacity)()
        count = llama.llama_tokenize(
            self.vocab, data, len(data), buffer, capacity, add_special, parse_special
        )
        if count < 0:
            raise InferenceError(f"llama.cpp cannot tokenise a text of {len(data)} bytes: {last_log_lines()}")
        return buffer[:count]

    def tokenize_part(self, text: str, *, parse_special: bool) -> list[int]:
        """Tokens of a text that stands behind others.

        A SentencePiece vocabulary puts a space before whatever it is given: here before a character that
        joins with nothing, and it leaves with that.
        """
        if not self._lead or not text:
            return self.tokenize(text, parse_special=parse_special)
        return self.tokenize(_LEAD + text, parse_special=parse_special)[len(self._lead) :]

    def _tokens_of_lead(self) -> list[int]:
        puts_space = self.metadata("tokenizer.ggml.add_space_prefix") != "false"
        is_sentencepiece = llama.llama_vocab_type(self.vocab) == llama.LLAMA_VOCAB_TYPE_SPM
        return self.tokenize(_LEAD, parse_special=False) if is_sentencepiece and puts_space else []

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; empty for control tokens."""
        piece = self._pieces.get(token)
        if piece is None:
            piece = self._pieces[token] = self._read_piece(token)
        return piece

    def piece_and_text(self, token: int) -> tuple[bytes, str | None]:
        """The same beside its text, None where the bytes are not whole characters of UTF-8."""
        found = self._texts.get(token)
        if found is None:
            piece = self.piece(token)
            try:
                found = piece, piece.decode()
            except UnicodeDecodeError:
                found = piece, None
            self._texts[token] = found
        return found

    def _read_piece(self, token: int) -> bytes:
        buffer = self._piece_buffer
        length = llama.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, False)
        if length < 0:  # it does not fit, and this is its length, with a minus
            buffer = self._piece_buffer = ctypes.create_string_buffer(-length)
            length = llama.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, False)
        return ctypes.string_at(buffer, length)

    def ends_generation(self, token: int) -> bool:
        """Whether the model means the end of its turn by this token."""
        return token in self._ends

    def free(self) -> None:
        """Idempotent. Adapters that were loaded for the model go with it."""
        pointer, self.pointer = self.pointer, None  # first: llama.cpp is called without the GIL
        if pointer:
            llama.llama_model_free(pointer)


def _pieces(text: str) -> list[str]:
    """The text, cut wherever a stretch that may be one match would be too long."""
    if len(text) <= _LONGEST_STRETCH:
        return [text]
    cuts, end = [0], 0
    for stretch in _LINE_END.split(text):
        start, end = end, end + len(stretch)
        while end - start > _LONGEST_STRETCH:
            furthest = start + _LONGEST_STRETCH
            words = _UP_TO_A_WORD.match(text, start, furthest)
            start = furthest if words is None else words.end()
            cuts.append(start)
    return [text[begin:end] for begin, end in itertools.pairwise([*cuts, len(text)])]


def _load_error(path: Path) -> ModelLoadError:
    """Why a model did not load, by what llama.cpp's log says."""
    said = last_log_lines() or "it gave no reason"
    message = f"llama.cpp cannot load {path}: {said}"
    if "unknown model architecture" in said:
        return UnsupportedArchitecture(message, "update llama-cpp-python, or choose another model")
    if is_about_memory(said):
        return OutOfMemory(message, "close other programs, or choose a smaller model or quantisation")
    return ModelLoadError(message, "the file may be damaged or incomplete; download it again")
