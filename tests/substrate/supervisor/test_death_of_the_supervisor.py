"""What is left when the supervisor itself is killed: nothing, after a moment and the next boot's sweep."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from substrate.shm import RunDirectory
from substrate.supervisor.home import HomeInUse, HomeLock, NoInstance, find_instance
from tests.program import PATIENCE_S, is_alive
from tests.substrate.supervisor.waiting import room, until

_SEGMENTS = Path("/dev/shm")

_PROGRAM = """
import json, sys
from pathlib import Path
from tests.substrate.supervisor.small_instance import boot

if __name__ == "__main__":
    supervisor = boot(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(supervisor.status()), flush=True)
    sys.stdin.read()
    supervisor.stop()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "instance_program.py"
    path.write_text(_PROGRAM)
    return path


class _Booted(NamedTuple):
    """A program with an instance, once that is ready."""

    process: subprocess.Popen[str]
    status: dict[str, Any]
    children: list[psutil.Process]

    def await_children(self) -> None:
        until(lambda: not any(map(is_alive, self.children)), "every child has ended")


@contextmanager
def _booted(program: Path, home: Path, base: Path) -> Iterator[_Booted]:
    """Whatever happens inside, nothing is left of it after."""
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, str(program), str(home), str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(base.parent)},
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        status = json.loads(process.stdout.readline())
        yield _Booted(process, status, psutil.Process(process.pid).children(recursive=True))
    finally:
        _end(process)
        RunDirectory.sweep(base)


def _segments(run: RunDirectory) -> set[str]:
    return {name for name in run.segment_names() if (_SEGMENTS / name).exists()}


def test_children_end_with_a_killed_supervisor_and_the_next_boot_sweeps(
    program: Path, tmp_path: Path, base: Path
) -> None:
    home = tmp_path / "home"
    with _booted(program, home, base) as booted:
        assert {booted.status["service"]["pid"], *(r["pid"] for r in booted.status["regions"].values())} <= {
            child.pid for child in booted.children
        }
        run = RunDirectory.open(find_instance(home).run_directory)
        os.kill(booted.process.pid, signal.SIGKILL)
        booted.await_children()
        if _SEGMENTS.is_dir():
            assert _segments(run)
        assert not run.is_live()
        with pytest.raises(NoInstance):
            find_instance(home)
        names = run.segment_names()
        assert set(RunDirectory.sweep(base)) == set(names)
        assert not run.path.exists()
        HomeLock(home).release()


def test_a_child_that_hangs_ends_with_a_killed_supervisor_too(
    program: Path, tmp_path: Path, base: Path
) -> None:
    with _booted(program, tmp_path / "home", base) as booted:
        with room(find_instance(tmp_path / "home").run_directory) as general:
            general.say("hang in the shadow")
            until(lambda: general.staged("shadows", "seen") == "hanging", "the shadow hangs")
        os.kill(booted.process.pid, signal.SIGKILL)
        booted.await_children()


def test_a_home_is_not_taken_before_the_last_child_of_a_killed_supervisor_is_gone(
    program: Path, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with _booted(program, home, base) as booted:
        stopped = psutil.Process(booted.status["service"]["pid"])
        regions = [psutil.Process(region["pid"]) for region in booted.status["regions"].values()]
        stopped.suspend()
        try:
            os.kill(booted.process.pid, signal.SIGKILL)
            until(lambda: not any(map(is_alive, regions)), "the regions have ended")
            with monkeypatch.context() as patch:
                patch.setattr("substrate.supervisor.home._CHILDREN_PATIENCE_S", 0.05)
                with pytest.raises(HomeInUse, match="still run"):
                    HomeLock(home)
        finally:
            stopped.kill()
        HomeLock(home).release()
        booted.await_children()


def test_an_instance_that_is_asked_to_end_leaves_no_process(
    program: Path, tmp_path: Path, base: Path
) -> None:
    with _booted(program, tmp_path / "home", base) as booted:
        assert booted.process.stdin is not None
        booted.process.stdin.close()
        assert booted.process.wait(PATIENCE_S) == 0
        booted.await_children()
        assert not list(base.glob("psub-*"))


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(PATIENCE_S)
    for stream in (process.stdin, process.stdout):
        if stream is not None and not stream.closed:
            stream.close()
