"""What llama.cpp refuses arrives as an error of its own kind, in its own words, at whoever asked for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.random_model import TINY, write_random_adapter, write_random_model
from substrate.inference import Generation, InferenceError, LaneSettings, ModelLoadError
from substrate.inference.adapters import AdapterError
from substrate.inference.native import Batch, NativeContext, NativeModel
from substrate.inference.protocol import NoCellsLeft, UnsupportedArchitecture
from substrate.inference.sampling import GrammarError, TokenSampler
from substrate.inference.sequences import Sequence, SequencePool
from tests.random_bert import write_random_bert

from .conftest import WAIT_S, ReferenceEngine, finish, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]


def test_an_unknown_architecture_is_an_error_of_its_own_kind(start_lane: StartLane, tmp_path: Path) -> None:
    path = write_random_model(tmp_path / "odd.gguf", replace(TINY, architecture="perceptron"))
    with pytest.raises(UnsupportedArchitecture, match="unknown model architecture: 'perceptron'"):
        start_lane(path=path)


def test_an_embedding_model_is_told_what_it_is_for(start_lane: StartLane, tmp_path: Path) -> None:
    path = write_random_bert(tmp_path / "minilm.gguf")
    with pytest.raises(UnsupportedArchitecture, match=r"minilm\.gguf is a bert model") as error:
        start_lane(path=path)
    assert "--embed-model" in error.value.hint


def test_a_damaged_file_is_told_apart_from_an_unknown_one(
    start_lane: StartLane, tmp_path: Path, tiny_model: Path
) -> None:
    half = tmp_path / "half.gguf"
    half.write_bytes(tiny_model.read_bytes()[: tiny_model.stat().st_size // 2])
    with pytest.raises(ModelLoadError, match=r"half.gguf: .*(bounds|corrupt)") as error:
        start_lane(path=half)
    assert not isinstance(error.value, UnsupportedArchitecture)


@pytest.fixture
def odd_folder(tmp_path: Path) -> Path:
    """One whose name is not UTF-8, as file systems of other times have them."""
    folder = tmp_path / os.fsdecode(b"mod\xe8les")
    with contextlib.suppress(OSError):
        folder.mkdir()
        return folder
    pytest.skip("the file system takes names in UTF-8 only")


def test_files_are_loaded_whatever_bytes_their_paths_are_made_of(
    start_lane: StartLane, odd_folder: Path, tiny_model: Path
) -> None:
    adapter = write_random_adapter(odd_folder / "calm.gguf", TINY, seed=1)
    path = Path(shutil.copy(tiny_model, odd_folder / os.fsdecode(b"\xe9.gguf")))
    lane = start_lane(path=path, adapters={"calm": adapter})
    (generation,) = run(lane, make_request(blend=(("calm", 1.0),)))
    assert generation.completion_tokens > 0


def test_a_damaged_file_in_such_a_path_is_an_error_of_the_load(odd_folder: Path, tiny_model: Path) -> None:
    half = odd_folder / "half.gguf"
    half.write_bytes(tiny_model.read_bytes()[: tiny_model.stat().st_size // 2])
    with pytest.raises(ModelLoadError, match=r"half\.gguf"):
        NativeModel.load(half, gpu_layers=0)


def test_a_model_that_has_no_name_has_that_of_its_file_as_text_that_can_be_sent(
    odd_folder: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(tiny_model, odd_folder / os.fsdecode(b"caf\xe9.gguf")))
    model = NativeModel.load(path, gpu_layers=0)
    try:
        monkeypatch.setattr(model, "metadata", lambda key: None)
        assert model.name == "caf\ufffd"
    finally:
        model.free()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of the address space are not kept elsewhere")
def test_memory_that_is_not_granted_is_an_error_and_not_the_end_of_the_process(tiny_model: Path) -> None:
    program = f"""
import resource
from pathlib import Path
import psutil
from substrate.inference import LaneSettings, LlamaLane
from substrate.inference.native import NativeModel
from substrate.inference.protocol import OutOfMemory
NativeModel.load(Path({str(tiny_model)!r}), gpu_layers=0).free()  # libraries and threads are there
granted = psutil.Process().memory_info().vms + (200 << 20)
resource.setrlimit(resource.RLIMIT_AS, (granted, granted))
try:
    LlamaLane({str(tiny_model)!r}, LaneSettings(ctx=2_000_000, threads=1, flash_attention=True)).warmup()
except OutOfMemory as error:
    print(error.message, error.hint)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=WAIT_S)
    assert "failed to allocate" in ended.stdout, ended.stderr[-2000:]
    assert "--ctx" in ended.stdout
    assert ended.returncode == 0


def test_an_adapter_for_another_model_is_refused_in_llama_cpps_words(
    start_lane: StartLane, tmp_path: Path
) -> None:
    wider = replace(TINY, width=128)
    with pytest.raises(AdapterError, match=r"calm.*(shape|size|dim|incorrect|match)"):
        start_lane(adapters={"calm": write_random_adapter(tmp_path / "calm.gguf", wider, seed=1)})
    with pytest.raises(AdapterError, match=r"gone\.gguf"):
        start_lane(adapters={"gone": tmp_path / "gone.gguf"})


@pytest.mark.parametrize(
    "grammar",
    [
        "root ::= (",
        'leaf ::= "x"',
        "root ::= nothing",
        "root ::= root root",
        "",
        "\x00",
        "root ::= [z-",
        "\udc80",
        "root ::= " + "(" * 20_000 + '"x"' + ")" * 20_000,
    ],
    ids=["open", "no root", "undefined", "endless", "empty", "zero", "class", "surrogate", "deep"],
)
def test_a_bad_grammar_fails_its_own_request_only(
    start_lane: StartLane, reference: ReferenceEngine, grammar: str
) -> None:
    lane = start_lane()
    good = make_request(1, conversation="good")

    async def both() -> list[object]:
        asked = [make_request(2, conversation="bad", grammar=grammar), good]
        return list(await asyncio.gather(*(finish(lane, one) for one in asked), return_exceptions=True))

    refused, served = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert isinstance(refused, GrammarError)
    assert "grammar" in refused.message
    assert isinstance(served, Generation)
    reference.check(good, served)


@pytest.mark.parametrize(
    ("code", "kind"), [(-3, InferenceError), (1, NoCellsLeft)], ids=["failed", "no cells"]
)
def test_a_step_that_llama_cpp_refuses_fails_only_the_one_whose_fault_it_is(
    start_lane: StartLane,
    reference: ReferenceEngine,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    kind: type[InferenceError],
) -> None:
    lane = start_lane()
    good = make_request(1, conversation="good")
    long = make_request(2, conversation="long", message="joel: " + "why, why, " * 60)
    decode = NativeContext.decode

    def refuse(context: NativeContext, batch: Batch) -> int:
        reaches = np.ctypeslib.as_array(batch.native.pos, shape=(batch.size,)).max()
        return code if reaches >= 400 else decode(context, batch)

    monkeypatch.setattr(NativeContext, "decode", refuse)

    async def both() -> list[object]:
        return list(
            await asyncio.gather(*(finish(lane, one) for one in (long, good)), return_exceptions=True)
        )

    refused, served = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert isinstance(refused, kind), refused
    assert isinstance(served, Generation)
    reference.check(good, served)
    monkeypatch.undo()
    (again,) = run(lane, long)
    reference.check(long, again)


def test_a_step_that_breaks_ends_what_is_under_way_and_leaves_nothing_behind(
    start_lane: StartLane, reference: ReferenceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    asked = [make_request(n, conversation=f"c{n}") for n in range(2)]
    breaks = iter([True])

    def broken(pool: SequencePool, sequence: Sequence, tokens: Iterable[int]) -> None:
        if next(breaks, False):
            raise RuntimeError("the ledger broke")
        extend(pool, sequence, tokens)

    extend = SequencePool.extend
    monkeypatch.setattr(SequencePool, "extend", broken)

    async def together() -> list[object]:
        return list(await asyncio.gather(*(finish(lane, one) for one in asked), return_exceptions=True))

    for failure in asyncio.run(asyncio.wait_for(together(), WAIT_S)):
        assert isinstance(failure, InferenceError)
        assert "the ledger broke" in failure.message
    for one, generation in zip(asked, run(lane, *asked), strict=True):
        reference.check(one, generation)


def test_steps_that_cannot_hold_the_sequences_are_refused_when_settings_are_made() -> None:
    with pytest.raises(ModelLoadError, match="32 sequences do not fit into a step of 24 rows"):
        LaneSettings(sequences=32, batch_rows=24)
    with pytest.raises(ModelLoadError, match="0 sequences"):
        LaneSettings(sequences=0)


def test_drafts_share_a_small_step_with_those_who_decode(start_lane: StartLane) -> None:
    lane = start_lane(sequences=2, batch_rows=8)
    sentences = ["the lamp is lit again", "the sea is calm tonight"]
    asked = [
        make_request(n, conversation=f"c{n}", grammar=f'root ::= "{sentence}"', drafts=(sentence,))
        for n, sentence in enumerate(sentences)
    ]
    assert [one.text for one in run(lane, *asked)] == sentences
    assert lane.counters.drafts_kept > 0


def test_a_sampler_that_breaks_fails_its_own_request_only(
    start_lane: StartLane, reference: ReferenceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    good = make_request(1, conversation="good")
    sample = TokenSampler.sample
    chosen = 0

    def sample_or_break(sampler: TokenSampler, context: NativeContext, row: int) -> int:
        nonlocal chosen
        if sampler._grammar is not None:
            chosen += 1
            if chosen == 3:
                raise RuntimeError("the sampler broke")
        return sample(sampler, context, row)

    monkeypatch.setattr(TokenSampler, "sample", sample_or_break)

    async def both() -> list[object]:
        asked = (make_request(2, conversation="bad", grammar="root ::= [a-z]{20}"), good)
        return list(await asyncio.gather(*(finish(lane, one) for one in asked), return_exceptions=True))

    broken, served = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert isinstance(broken, RuntimeError)
    assert isinstance(served, Generation)
    reference.check(good, served)
