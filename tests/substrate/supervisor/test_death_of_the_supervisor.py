"""What is left when the supervisor itself is killed: nothing, after a moment and the next boot's sweep."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

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


def _boot(program: Path, home: Path, base: Path) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parents[3]
    return subprocess.Popen(
        [sys.executable, str(program), str(home), str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(base.parent)},
        start_new_session=True,
    )


def _segments(run: RunDirectory) -> set[str]:
    return {name for name in run.segment_names() if (_SEGMENTS / name).exists()}


def test_children_end_with_a_killed_supervisor_and_the_next_boot_sweeps(
    program: Path, tmp_path: Path, base: Path
) -> None:
    home = tmp_path / "home"
    process = _boot(program, home, base)
    try:
        assert process.stdout is not None
        status = json.loads(process.stdout.readline())
        children = psutil.Process(process.pid).children(recursive=True)
        assert {status["service"]["pid"], *(r["pid"] for r in status["regions"].values())} <= {
            child.pid for child in children
        }
        run = RunDirectory.open(find_instance(home).run_directory)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: not any(map(is_alive, children)), "every child has ended")
        if _SEGMENTS.is_dir():
            assert _segments(run)
        assert not run.is_live()
        with pytest.raises(NoInstance):
            find_instance(home)
        names = run.segment_names()
        assert set(RunDirectory.sweep(base)) == set(names)
        assert not run.path.exists()
        HomeLock(home).release()
    finally:
        _end(process)
        RunDirectory.sweep(base)


def test_a_child_that_hangs_ends_with_a_killed_supervisor_too(
    program: Path, tmp_path: Path, base: Path
) -> None:
    process = _boot(program, tmp_path / "home", base)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        with room(find_instance(tmp_path / "home").run_directory) as general:
            general.say("hang in the shadow")
            until(lambda: general.staged("shadows", "seen") == "hanging", "the shadow hangs")
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: not any(map(is_alive, children)), "every child has ended")
    finally:
        _end(process)
        RunDirectory.sweep(base)


def test_a_home_is_not_taken_before_the_last_child_of_a_killed_supervisor_is_gone(
    program: Path, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    process = _boot(program, home, base)
    try:
        assert process.stdout is not None
        status = json.loads(process.stdout.readline())
        children = psutil.Process(process.pid).children(recursive=True)
        stopped = psutil.Process(status["service"]["pid"])
        regions = [psutil.Process(region["pid"]) for region in status["regions"].values()]
        stopped.suspend()
        try:
            os.kill(process.pid, signal.SIGKILL)
            until(lambda: not any(map(is_alive, regions)), "the regions have ended")
            with monkeypatch.context() as patch:
                patch.setattr("substrate.supervisor.home._CHILDREN_PATIENCE_S", 0.05)
                with pytest.raises(HomeInUse, match="still run"):
                    HomeLock(home)
        finally:
            stopped.kill()
        HomeLock(home).release()
        until(lambda: not any(map(is_alive, children)), "every child has ended")
    finally:
        _end(process)
        RunDirectory.sweep(base)


def test_an_instance_that_is_asked_to_end_leaves_no_process(
    program: Path, tmp_path: Path, base: Path
) -> None:
    process = _boot(program, tmp_path / "home", base)
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
        until(lambda: not any(map(is_alive, children)), "every child has ended")
        assert not list(base.glob("psub-*"))
    finally:
        _end(process)
        RunDirectory.sweep(base)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(PATIENCE_S)
    for stream in (process.stdin, process.stdout):
        if stream is not None and not stream.closed:
            stream.close()
