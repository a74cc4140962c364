"""A BERT of random weights as a GGUF file: small enough to be made by every test that needs one."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

WIDTH, LAYERS, FEED_FORWARD, CONTEXT = 32, 2, 64, 64
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_random_bert(path: Path, pooling: gguf.PoolingType = gguf.PoolingType.MEAN) -> Path:
    """A BERT of random weights that reads lower-case letters."""
    random = np.random.default_rng(0)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = [*SPECIAL, *(f"\u2581{letter}" for letter in letters), *letters]
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(2)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(pooling)
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(2)
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)))
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_eos_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_mask_token_id(4)

    def matrix(name: str, rows: int, columns: int) -> None:
        writer.add_tensor(name, random.standard_normal((rows, columns), dtype=np.float32) * np.float32(0.3))

    def vector(name: str, value: float, length: int = WIDTH) -> None:
        writer.add_tensor(name, np.full(length, value, np.float32))

    def norm(name: str) -> None:
        vector(f"{name}.weight", 1.0)
        vector(f"{name}.bias", 0.0)

    def linear(name: str, rows: int, columns: int) -> None:
        matrix(f"{name}.weight", rows, columns)
        vector(f"{name}.bias", 0.0, rows)

    matrix("token_embd.weight", len(tokens), WIDTH)
    matrix("token_types.weight", 2, WIDTH)
    matrix("position_embd.weight", CONTEXT, WIDTH)
    norm("token_embd_norm")
    for layer in range(LAYERS):
        prefix = f"blk.{layer}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            linear(prefix + name, WIDTH, WIDTH)
        norm(f"{prefix}attn_output_norm")
        linear(f"{prefix}ffn_up", FEED_FORWARD, WIDTH)
        linear(f"{prefix}ffn_down", WIDTH, FEED_FORWARD)
        norm(f"{prefix}layer_output_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
