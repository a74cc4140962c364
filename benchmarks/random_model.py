"""GGUF files with random weights in real shapes: speed does not depend on what a model has learnt.

Written with the `gguf` package, cached outside the repository. The vocabulary is byte-level: every byte is a
token, so that a prompt of plain English has as many tokens as characters. The rest are Cyrillic letters and
pairs of them: what the model writes is read again as about as many tokens as it wrote, as in a real one.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from substrate.inference.chat_template import CHATML

_CONTROL, _NORMAL = 3, 1
_FORMAT = 2
"""Of what is written here: files of another one are not taken from the cache."""
START, END = "<|im_start|>", "<|im_end|>"


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The dimensions of a transformer of the llama or qwen2 family."""

    name: str
    architecture: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    context: int
    quantization: gguf.GGMLQuantizationType
    ties_embeddings: bool


TINY = ModelShape("tiny", "llama", 2, 64, 4, 2, 128, 320, 2048, gguf.GGMLQuantizationType.F32, False)
"""Runs in microseconds: for tests."""
QWEN_05B = ModelShape(
    "qwen2.5-0.5b-shape", "qwen2", 24, 896, 14, 2, 4864, 32768, 32768, gguf.GGMLQuantizationType.Q8_0, True
)
"""The shape of Qwen2.5-0.5B with a vocabulary of 32k: 400 MB."""


def cached_model(shape: ModelShape) -> Path:
    """The file of a shape, made on first use under `$XDG_CACHE_HOME/persona-substrate`."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "persona-substrate"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{shape.name}-{_FORMAT}.gguf"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            write_random_model(Path(folder) / "model.gguf", shape).replace(path)
    return path


def write_random_model(
    path: Path,
    shape: ModelShape,
    *,
    template: str = CHATML,
    seed: int = 0,
    describe: Callable[[gguf.GGUFWriter], None] = lambda writer: None,
) -> Path:
    """Write a model of random weights; the same seed gives the same model. `describe` adds metadata."""
    writer = gguf.GGUFWriter(path, shape.architecture)
    writer.add_name(shape.name)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    if shape.architecture == "llama":
        writer.add_rope_dimension_count(shape.width // shape.heads)
    add_byte_tokenizer(writer, shape.vocabulary)
    writer.add_chat_template(template)
    describe(writer)
    _add_weights(writer, shape, np.random.default_rng(seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add_byte_tokenizer(writer: gguf.GGUFWriter, vocabulary: int) -> None:
    tokens = [*_byte_alphabet(), START, END]
    types = [_NORMAL] * 256 + [_CONTROL, _CONTROL]
    merges = list(itertools.islice(_merges(), vocabulary - len(tokens)))
    words = [first + second for first, second in merges]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens + words)
    writer.add_token_types(types + [_NORMAL] * len(words))
    writer.add_token_merges([f"{first} {second}" for first, second in merges])
    writer.add_eos_token_id(tokens.index(END))
    writer.add_add_bos_token(False)


def _merges() -> Iterator[tuple[str, str]]:
    """Two bytes make a letter, two letters make a word, in the alphabet of bytes."""
    alphabet = _byte_alphabet()
    codes = [*range(0x0400, 0x0482), *range(0x048A, 0x0500)]
    spelled = [[alphabet[byte] for byte in chr(code).encode()] for code in codes]
    yield from ((first, second) for first, second in spelled)
    letters = ["".join(letter) for letter in spelled]
    # Each letter comes first as often as every other one, also where few words fit into the vocabulary.
    for distance in range(len(letters)):
        for at, letter in enumerate(letters):
            yield letter, letters[(at + distance) % len(letters)]


def _byte_alphabet() -> list[str]:
    """The printable stand-ins of the 256 bytes, in byte order, as byte-level BPE has them (GPT-2)."""
    printable = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    alphabet, extra = [], 0
    for byte in range(256):
        if byte in printable:
            alphabet.append(chr(byte))
        else:
            alphabet.append(chr(256 + extra))
            extra += 1
    return alphabet


def _add_weights(writer: gguf.GGUFWriter, shape: ModelShape, random: np.random.Generator) -> None:
    width, kv_width = shape.width, shape.width // shape.heads * shape.kv_heads

    def matrix(name: str, rows: int, columns: int, scale: float) -> None:
        weights = random.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale)
        packed = gguf.quants.quantize(weights, shape.quantization)
        writer.add_tensor(name, packed, raw_dtype=shape.quantization)

    def vector(name: str, value: float, length: int = width) -> None:
        writer.add_tensor(name, np.full(length, value, np.float32))

    # Weights large enough that what stands far back in the prompt changes the choice of the next token.
    matrix("token_embd.weight", shape.vocabulary, width, 0.3)
    if not shape.ties_embeddings:
        matrix("output.weight", shape.vocabulary, width, 1.5 * width**-0.5)
    vector("output_norm.weight", 1.0)
    for layer in range(shape.layers):
        prefix = f"blk.{layer}."
        vector(f"{prefix}attn_norm.weight", 1.0)
        vector(f"{prefix}ffn_norm.weight", 1.0)
        matrix(f"{prefix}attn_q.weight", width, width, 2 * width**-0.5)
        matrix(f"{prefix}attn_k.weight", kv_width, width, 2 * width**-0.5)
        matrix(f"{prefix}attn_v.weight", kv_width, width, width**-0.5)
        matrix(f"{prefix}attn_output.weight", width, width, 2 * width**-0.5)
        matrix(f"{prefix}ffn_gate.weight", shape.feed_forward, width, width**-0.5)
        matrix(f"{prefix}ffn_up.weight", shape.feed_forward, width, width**-0.5)
        matrix(f"{prefix}ffn_down.weight", width, shape.feed_forward, shape.feed_forward**-0.5)
        if shape.architecture == "qwen2":
            vector(f"{prefix}attn_q.bias", 0.0)
            vector(f"{prefix}attn_k.bias", 0.0, kv_width)
            vector(f"{prefix}attn_v.bias", 0.0, kv_width)


def write_random_adapter(path: Path, shape: ModelShape, *, seed: int, rank: int = 4) -> Path:
    """Write a LoRA over the attention's queries and outputs, strong enough to change every reply."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, shape.architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(rank))
    for layer in range(shape.layers):
        for name in ("attn_q", "attn_output"):
            tensor = f"blk.{layer}.{name}.weight"
            down = random.standard_normal((rank, shape.width), dtype=np.float32)
            up = random.standard_normal((shape.width, rank), dtype=np.float32)
            writer.add_tensor(f"{tensor}.lora_a", down * np.float32(shape.width**-0.5))
            writer.add_tensor(f"{tensor}.lora_b", up)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
