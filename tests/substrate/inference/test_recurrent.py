"""A model whose memory cannot forget only a part is served correctly, and it is said what that costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from benchmarks.random_model import add_byte_tokenizer
from substrate.inference import LaneSettings, Role, Turn
from substrate.inference.chat_template import CHATML

from .conftest import WAIT_S, ReferenceEngine, finish, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

WIDTH, INNER, STATE, RANK, KERNEL, VOCABULARY, LAYERS = 64, 128, 16, 4, 4, 320, 2


def write_random_mamba(path: Path) -> Path:
    random = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "mamba")
    writer.add_name("tiny-mamba")
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(LAYERS)
    writer.add_ssm_conv_kernel(KERNEL)
    writer.add_ssm_inner_size(INNER)
    writer.add_ssm_state_size(STATE)
    writer.add_ssm_time_step_rank(RANK)
    writer.add_layer_norm_rms_eps(1e-5)
    add_byte_tokenizer(writer, VOCABULARY)
    writer.add_chat_template(CHATML)

    def matrix(name: str, rows: int, columns: int, scale: float) -> None:
        writer.add_tensor(name, random.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale))

    def vector(name: str, value: float, length: int) -> None:
        writer.add_tensor(name, np.full(length, value, np.float32))

    matrix("token_embd.weight", VOCABULARY, WIDTH, 0.3)
    matrix("output.weight", VOCABULARY, WIDTH, 0.3)
    vector("output_norm.weight", 1.0, WIDTH)
    for layer in range(LAYERS):
        prefix = f"blk.{layer}."
        vector(f"{prefix}attn_norm.weight", 1.0, WIDTH)
        matrix(f"{prefix}ssm_in.weight", 2 * INNER, WIDTH, 0.3)
        matrix(f"{prefix}ssm_conv1d.weight", INNER, KERNEL, 0.5)
        vector(f"{prefix}ssm_conv1d.bias", 0.0, INNER)
        matrix(f"{prefix}ssm_x.weight", RANK + 2 * STATE, INNER, 0.2)
        matrix(f"{prefix}ssm_dt.weight", INNER, RANK, 0.5)
        vector(f"{prefix}ssm_dt.bias", -2.0, INNER)
        writer.add_tensor(
            f"{prefix}ssm_a",
            -np.tile(np.arange(1, STATE + 1, dtype=np.float32), (INNER, 1)) * np.float32(0.2),
        )
        vector(f"{prefix}ssm_d", 1.0, INNER)
        matrix(f"{prefix}ssm_out.weight", WIDTH, INNER, 0.3)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def mamba(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_mamba(tmp_path_factory.mktemp("mamba") / "mamba.gguf")


def test_conversations_stay_correct_and_the_loss_is_named(
    start_lane: Callable[..., LlamaLane], mamba: Path
) -> None:
    from substrate.inference import LlamaLane

    lane = LlamaLane(mamba, LaneSettings(threads=1, ctx=1024, sequences=4))
    try:
        facts = lane.warmup()
        assert any("rewinding" in saving for saving in facts.savings_off)
        reference = ReferenceEngine(mamba)

        async def converse() -> None:
            history: tuple[Turn, ...] = ()
            for number in range(4):
                message = f"joel: {number}?"
                asked = make_request(number, history=history, message=message, late=lambda: " note")
                generation = await finish(lane, asked)
                assert reference.check(asked, generation) > 0
                history += (Turn(Role.USER, message), Turn(Role.ASSISTANT, generation.text))

        asyncio.run(asyncio.wait_for(converse(), WAIT_S))
        asked = [make_request(n, conversation=f"c{n}", message=f"joel: {n}") for n in range(8)]
        for one, generation in zip(asked, run(lane, *asked), strict=True):
            reference.check(one, generation)
    finally:
        lane.close()


def test_a_restart_changes_nothing_that_is_said(
    start_lane: Callable[..., LlamaLane], mamba: Path, tmp_path: Path
) -> None:
    reference = ReferenceEngine(mamba)
    history: tuple[Turn, ...] = ()
    for number in range(3):
        lane = start_lane(path=mamba, ctx=1024, sequences=2, parking_folder=tmp_path / "parked")
        message = f"joel: {number}?"
        asked = make_request(number, history=history, message=message, late=lambda: "")
        (generation,) = run(lane, asked)
        reference.check(asked, generation)
        asyncio.run(asyncio.wait_for(lane.idle(), WAIT_S))
        history += (Turn(Role.USER, message), Turn(Role.ASSISTANT, generation.text))
        lane.close()
    assert list((tmp_path / "parked").glob("*.kv"))
