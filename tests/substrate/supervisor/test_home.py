from __future__ import annotations

import os
from pathlib import Path

import pytest

from substrate.supervisor.home import HomeInUse, HomeLock, HomeUnusable, NoInstance, find_instance


def test_a_held_home_is_refused_and_a_released_one_is_free(tmp_path: Path) -> None:
    first = HomeLock(tmp_path)
    with pytest.raises(HomeInUse):
        HomeLock(tmp_path)
    first.release()
    first.release()
    HomeLock(tmp_path).release()


def test_the_refusal_names_the_process_and_where_it_runs(tmp_path: Path) -> None:
    first = HomeLock(tmp_path)
    first.announce(Path("/run/somewhere"))
    with pytest.raises(HomeInUse, match=rf"process {os.getpid()}, run directory /run/somewhere"):
        HomeLock(tmp_path)
    first.release()


def test_an_instance_is_found_only_while_it_runs(tmp_path: Path) -> None:
    with pytest.raises(NoInstance):
        find_instance(tmp_path)
    lock = HomeLock(tmp_path)
    with pytest.raises(NoInstance, match="still starting"):
        find_instance(tmp_path)
    lock.announce(Path("/run/somewhere"))
    assert find_instance(tmp_path).pid == os.getpid()
    lock.release()
    with pytest.raises(NoInstance):
        find_instance(tmp_path)


def test_a_home_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusable, match="file/home"):
        HomeLock(tmp_path / "file" / "home")


def test_what_a_killed_instance_said_of_itself_is_not_taken_for_its_successor(tmp_path: Path) -> None:
    killed = HomeLock(tmp_path)
    killed.announce(tmp_path / "run")
    os.close(killed._descriptor)  # as the kernel does for one that is killed
    successor = HomeLock(tmp_path)
    assert successor.left_behind == tmp_path / "run"
    with pytest.raises(NoInstance, match="still starting"):
        find_instance(tmp_path)
    successor.release()  # before it came to sweep
    another = HomeLock(tmp_path)
    assert another.left_behind == tmp_path / "run"
    another.announce(tmp_path / "other")
    another.release()
    again = HomeLock(tmp_path)
    assert again.left_behind is None
    again.release()
