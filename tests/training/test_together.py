"""Processes that train together descend the mean of their gradients, and end together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.program import eventually

torch = pytest.importorskip("torch")

from training.model import ModelShape  # noqa: E402  # after importorskip
from training.together import Together, run_together  # noqa: E402
from training.train import prepare_tokenizer  # noqa: E402

GIVEN_S = 60.0


def _average(folder: Path, peers: Together) -> None:
    weight = torch.nn.Parameter(torch.zeros(2, 2))
    unused = torch.nn.Parameter(torch.zeros(3))
    weight.grad = torch.full((2, 2), float(peers.rank))
    means = peers.average([weight, unused], [10.0 * peers.rank, 1.0])
    found = [os.getpid(), means, weight.grad.tolist()]
    (folder / f"{peers.rank}.json").write_text(json.dumps(found))


def test_gradients_and_numbers_are_averaged_over_all_processes(tmp_path: Path) -> None:
    run_together(3, partial(_average, tmp_path))
    found = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(3)]
    assert len({process for process, *_ in found}) == 3
    for _, means, gradient in found:
        assert means == [10.0, 1.0]
        assert gradient == [[1.0, 1.0], [1.0, 1.0]]


def test_one_process_alone_changes_nothing() -> None:
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    assert Together().average([weight], [3.0]) == [3.0]
    assert weight.grad.tolist() == [1.0, 1.0]


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _fail_in_the_first(folder: Path, peers: Together) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / f"{peers.rank}.pid").write_text(str(os.getpid()))
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    peers.average([weight], [0.0])
    if peers.rank == 0:
        raise OSError("disk full")
    peers.average([weight], [0.0])


def test_an_error_of_the_first_process_ends_the_others_too(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(OSError, match="disk full"):
            run_together(2, partial(_fail_in_the_first, tmp_path))
    finally:
        signal.signal(signal.SIGTERM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "1.pid").read_text()), 0)


def test_killed_before_all_have_met_nobody_stays(tmp_path: Path) -> None:
    program = "import time, sys; from training.together import run_together; run_together(3, print)"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:
        eventually(lambda: any(tmp_path.glob("training-*")), "the processes are being started")
        process.kill()
    eventually(lambda: not _group_lives(process.pid), "the others have ended")


def test_asked_to_end_all_processes_end_and_the_run_can_go_on(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    prepare_tokenizer(run / "tokenizer.json", ModelShape().vocabulary, seed=1, lessons=400)
    command = [
        sys.executable, "-m", "training.train", "--run", str(run), "--processes", "2", "--tokens", "1e9",
        "--precision", "float32", "--no-compile", "--out", str(tmp_path / "x.gguf"),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if "parameters" in line:
                    break
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=GIVEN_S) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    eventually(lambda: not _group_lives(process.pid), "all processes of the run have ended")
    saved = torch.load(run / "checkpoint.pt", weights_only=True)
    assert saved["step"] >= 1
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout)
        assert any(line.startswith(f"resumed at step {saved['step']},") for line in lines)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=GIVEN_S) == 0
