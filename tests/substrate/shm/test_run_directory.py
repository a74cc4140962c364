"""An instance removes its own, sweeps the dead, and never touches the living."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from substrate.shm import (
    Doorbell,
    InvalidName,
    ReadyBuffer,
    RunDirectory,
    RunDirectoryError,
    SegmentMissing,
)

INSTANCE = """
import sys
from pathlib import Path
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory
run = RunDirectory.create(Path(sys.argv[1]))
buffer = ReadyBuffer.create(run.segment_name("buffer"), keys=4, value_bytes=64)
ring = EventRing.create(run.segment_name("ring"), slots=8)
bell = Doorbell.create(run, "bell")
print(run.path, flush=True)
sys.stdin.read()
run.close()
"""


@contextmanager
def instance(base: Path) -> Iterator[tuple[subprocess.Popen[str], RunDirectory]]:
    """Another process that holds an instance until its standard input ends."""
    command = [sys.executable, "-c", INSTANCE, str(base)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, RunDirectory.open(Path(process.stdout.readline().strip()))
        finally:
            process.kill()


def existing(names: list[str]) -> list[str]:
    found = []
    for name in names:
        try:
            ReadyBuffer.attach(name, observer=True).close()
        except SegmentMissing:
            continue
        except Exception:  # of another kind: it exists
            pass
        found.append(name)
    return found


def test_what_a_killed_instance_left_is_swept(base: Path) -> None:
    with instance(base) as (process, run):
        names = run.segment_names()
        assert existing(names) == names and len(names) == 3
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert existing(names) == names
    assert RunDirectory.sweep(base) == names
    assert existing(names) == []
    assert not run.path.exists()
    assert RunDirectory.sweep(base) == []


def test_a_living_instance_is_never_swept(base: Path) -> None:
    with instance(base) as (process, other):
        own = RunDirectory.create(base)
        buffer = ReadyBuffer.create(own.segment_name("buffer"), keys=4, value_bytes=64)
        assert RunDirectory.sweep(base) == []
        assert RunDirectory.open(own.path).is_live() and other.is_live()
        own.close()
        names = other.segment_names()
        assert existing(names) == names
        process.communicate()
        assert existing(names) == []
        buffer.close()
    assert not own.is_live() and not other.is_live()


def test_two_instances_have_names_of_their_own(base: Path) -> None:
    first, second = RunDirectory.create(base), RunDirectory.create(base)
    assert first.instance_id != second.instance_id
    assert first.segment_name("ring") != second.segment_name("ring")
    ReadyBuffer.create(first.segment_name("same"), keys=1, value_bytes=8).close()
    kept = ReadyBuffer.create(second.segment_name("same"), keys=1, value_bytes=8)
    first.close()
    assert ReadyBuffer.attach(kept.name).is_empty()
    second.close()


def test_a_folder_that_died_before_its_lock_was_made_is_swept(base: Path) -> None:
    RunDirectory.create(base).close()
    (base / "psub-0123abcd").mkdir()
    RunDirectory.sweep(base)
    assert not (base / "psub-0123abcd").exists()


def test_a_folder_that_only_looks_like_an_instance_is_left_alone(base: Path) -> None:
    RunDirectory.create(base).close()
    for name in ("psub-my notes", "psub-ABCDEFGH", "other"):
        (base / name).mkdir()
    (base / "psub-0123abcd").symlink_to(base / "other")
    RunDirectory.sweep(base)
    assert {path.name for path in base.iterdir() if path.is_dir()} == {
        "psub-my notes",
        "psub-ABCDEFGH",
        "other",
        "psub-0123abcd",
    }


def test_a_manifest_cannot_make_the_sweep_touch_another_instance(base: Path) -> None:
    living = RunDirectory.create(base)
    buffer = ReadyBuffer.create(living.segment_name("buffer"), keys=1, value_bytes=8)
    dead = base / "psub-0123abcd"
    dead.mkdir()
    (dead / "segments").write_text(f"{buffer.name}\npsub-0123abcd-gone\n")
    assert RunDirectory.sweep(base) == []
    assert existing([buffer.name]) == [buffer.name]
    living.close()


def test_the_folder_is_private_and_closing_removes_it(base: Path) -> None:
    run = RunDirectory.create(base)
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
    bell = Doorbell.create(run, "bell")
    assert run.fifo_path("bell").is_fifo()
    assert stat.S_IMODE(run.fifo_path("bell").stat().st_mode) == 0o600
    bell.close()
    run.close()
    run.close()
    assert not run.path.exists()


def test_a_child_names_segments_without_owning_them(run: RunDirectory) -> None:
    name = run.segment_name("buffer")
    child = RunDirectory.open(run.path)
    assert child.segment_name("buffer") == name
    child.segment_name("never-made")
    assert run.segment_names() == [name]
    assert child.is_live() and not child.owned
    child.close()
    assert run.path.exists()


@pytest.mark.parametrize("role", ["", "x" * 17, "a/b", "white space"])
def test_roles_that_do_not_fit_are_refused(run: RunDirectory, role: str) -> None:
    with pytest.raises(InvalidName):
        run.segment_name(role)


def test_names_of_segments_fit_every_system(run: RunDirectory) -> None:
    assert len(run.segment_name("x" * 16)) == 30


def test_a_socket_path_that_is_too_long_is_refused_with_its_length(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / ("x" * 100))
    with pytest.raises(InvalidName, match=r"the system allows 103"):
        run.socket_path("service")
    run.close()


def test_only_a_run_directory_can_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "psub-0123abcd"):
        with pytest.raises(RunDirectoryError, match="is not the run directory"):
            RunDirectory.open(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_base_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RunDirectoryError, match=str(tmp_path)):
        RunDirectory.create(tmp_path / "run")


def test_a_base_that_is_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(RunDirectoryError, match=str(path)):
        RunDirectory.create(path)


def test_an_instance_whose_lock_file_was_cleaned_away_is_not_taken_for_a_dead_one(base: Path) -> None:
    """Systems clean their temporary folders of what is old."""
    living = RunDirectory.create(base)
    buffer = ReadyBuffer.create(living.segment_name("buffer"), keys=1, value_bytes=8)
    (living.path / "lock").unlink()
    assert RunDirectory.open(living.path).is_live()
    assert RunDirectory.sweep(base) == []
    assert existing([buffer.name]) == [buffer.name]
    buffer.close()
    living.close()
    assert existing([buffer.name]) == []


def test_what_lies_in_the_folder_is_kept_young(base: Path) -> None:
    run = RunDirectory.create(base)
    run.segment_name("buffer")
    for path in run.path.iterdir():
        os.utime(path, (1.0, 1.0))
    run.keep_young()
    assert all(path.stat().st_mtime > 1e9 for path in run.path.iterdir())
    run.close()
    run.keep_young()  # as when somebody has cleaned the folder away
