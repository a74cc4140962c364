"""A process that ends while the lane is at work ends in order: llama.cpp is never left running in it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from substrate.inference import InferenceError, LaneSettings, ModelLoadError
from substrate.inference.native import NativeModel
from substrate.models import EMBEDDED_MODEL

from .conftest import WAIT_S

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

WHILE_IT_LOADS = """
import sys, threading
from pathlib import Path
from substrate.inference import LlamaLane
from substrate.inference.native import NativeContext

begun = threading.Event()

class Noticed(NativeContext):
    def decode(self, batch):
        begun.set()
        return super().decode(batch)

NativeContext.decode = Noticed.decode
lane = LlamaLane(Path(sys.argv[1]))
threading.Thread(target=lane.warmup, daemon=True).start()
assert begun.wait(60)
"""
WHILE_IT_WRITES = """
import asyncio, sys
from pathlib import Path
from substrate.inference import Delta, GenerateRequest, LaneSettings, LlamaLane, Prompt, Sampling

lane = LlamaLane(
    sys.argv[1], LaneSettings(ctx=4096, flash_attention=True, parking_folder=Path(sys.argv[2]))
)
lane.warmup()

class Nobody:
    def arrive(self, event):
        has_begun.set()

async def leave():
    global has_begun
    has_begun = asyncio.Event()
    for number in range(4):
        prompt = Prompt(f"You are number {number}. " * 20, (), "joel: hi", str)
        sampling = Sampling(seed=1, max_tokens=2000)
        lane.submit(GenerateRequest("r", "p", f"c{number}", prompt, sampling), Nobody())
    await has_begun.wait()

asyncio.run(leave())
"""


def end_of(program: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )


def test_a_process_may_end_while_its_model_loads() -> None:
    ended = end_of(WHILE_IT_LOADS, EMBEDDED_MODEL)
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_a_process_may_end_while_replies_are_written_and_parks_what_was_read(
    tmp_path: Path, tiny_model: Path
) -> None:
    ended = end_of(WHILE_IT_WRITES, tiny_model, tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert len(list(tmp_path.glob("*.kv"))) >= 1


def test_closing_a_lane_whose_model_loads_gives_the_loading_up(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from substrate.inference import LlamaLane

    lane = LlamaLane(tiny_model, LaneSettings(threads=1, ctx=512, flash_attention=True))
    loads, closes = threading.Event(), threading.Event()
    check = NativeModel.check_it_writes

    def stop_here(model: NativeModel) -> None:
        loads.set()
        assert closes.wait(WAIT_S)
        check(model)

    monkeypatch.setattr(NativeModel, "check_it_writes", stop_here)
    errors: list[Exception] = []

    def warm_up() -> None:
        try:
            lane.warmup()
        except ModelLoadError as error:
            errors.append(error)

    loading = threading.Thread(target=warm_up)
    loading.start()
    assert loads.wait(WAIT_S)
    closing = threading.Thread(target=lane.close)
    closing.start()
    while not lane._closed:
        closing.join(0.001)
    closes.set()
    loading.join(WAIT_S)
    closing.join(WAIT_S)
    assert "given up" in str(errors[0])
    with pytest.raises(InferenceError, match="not running"):
        lane.count_tokens("x")


def test_a_lane_may_be_closed_from_several_threads_at_once(start_lane: Callable[..., LlamaLane]) -> None:
    lane = start_lane()
    threads = [threading.Thread(target=lane.close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive()
