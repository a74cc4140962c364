"""A model whose layers look back over a window only keeps its prefixes, and says the same as without them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from benchmarks.random_model import add_byte_tokenizer
from substrate.inference import Role, Turn
from substrate.inference.chat_template import CHATML

from .conftest import WAIT_S, ReferenceEngine, finish, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

WIDTH, HEADS, FEED_FORWARD, VOCABULARY, LAYERS, WINDOW = 64, 4, 128, 320, 4, 48


def write_random_sliding_model(path: Path) -> Path:
    """Three layers of four look back over WINDOW tokens, far less than a prompt takes."""
    random = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "cohere2")
    writer.add_name("tiny-sliding")
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_block_count(LAYERS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_sliding_window(WINDOW)
    writer.add_logit_scale(1.0)
    add_byte_tokenizer(writer, VOCABULARY)
    writer.add_chat_template(CHATML)

    def matrix(name: str, rows: int, columns: int, scale: float) -> None:
        writer.add_tensor(name, random.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale))

    matrix("token_embd.weight", VOCABULARY, WIDTH, 0.3)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        prefix = f"blk.{layer}."
        writer.add_tensor(f"{prefix}attn_norm.weight", np.ones(WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{prefix}{name}.weight", WIDTH, WIDTH, 2 * WIDTH**-0.5)
        matrix(f"{prefix}ffn_gate.weight", FEED_FORWARD, WIDTH, WIDTH**-0.5)
        matrix(f"{prefix}ffn_up.weight", FEED_FORWARD, WIDTH, WIDTH**-0.5)
        matrix(f"{prefix}ffn_down.weight", WIDTH, FEED_FORWARD, FEED_FORWARD**-0.5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def sliding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_sliding_model(tmp_path_factory.mktemp("sliding") / "sliding.gguf")


def test_turns_far_longer_than_the_window_are_those_of_llama_cpp(
    start_lane: Callable[..., LlamaLane], sliding: Path, tmp_path: Path
) -> None:
    reference = ReferenceEngine(sliding)
    history: tuple[Turn, ...] = ()
    lane = start_lane(path=sliding, parking_folder=tmp_path / "parked")
    certain = 0

    async def turn(number: int) -> int:
        nonlocal history, certain
        message = f"joel: and number {number}?"
        asked = make_request(number, history=history, message=message, late=lambda: f" note {number} " * 8)
        generation = await finish(lane, asked)
        certain += reference.check(asked, generation)
        await lane.idle()
        history += (Turn(Role.USER, message), Turn(Role.ASSISTANT, generation.text))
        return generation.prompt_tokens_reused

    def reused(number: int) -> int:
        return asyncio.run(asyncio.wait_for(turn(number), WAIT_S))

    assert reused(0) == 0
    assert reused(1) > 2 * WINDOW
    assert reused(2) > 2 * WINDOW
    # Taken back to the first turn: further than the window reaches, but all of it is held.
    history = history[:2]
    assert reused(3) > 2 * WINDOW
    assert reused(4) > 2 * WINDOW
    lane.close()
    lane = start_lane(path=sliding, parking_folder=tmp_path / "parked")
    assert reused(5) > 2 * WINDOW
    # Taken back as well: of what came from disk, those layers know the last of it only.
    history = history[:2]
    assert reused(6) == 0
    assert certain > 10, "too many near ties to prove anything"


def test_conversations_that_share_a_beginning_are_those_of_llama_cpp(
    start_lane: Callable[..., LlamaLane], sliding: Path
) -> None:
    reference = ReferenceEngine(sliding)
    lane = start_lane(path=sliding)
    asked = [make_request(n, conversation=f"c{n}", message=f"p{n}: " + "and more, " * n) for n in range(6)]
    for one, generation in zip(asked, run(lane, *asked), strict=True):
        reference.check(one, generation)
