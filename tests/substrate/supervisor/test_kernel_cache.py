"""Compiled kernels are kept somewhere on every machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from substrate.supervisor import kernel_cache
from substrate.supervisor.kernel_cache import provide_kernel_cache

VARIABLE = "NUMBA_CACHE_DIR"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "put back at the end")
    monkeypatch.delenv(VARIABLE)


def test_where_the_sources_can_be_written_nothing_is_asked_for(tmp_path: Path) -> None:
    provide_kernel_cache(tmp_path)
    assert VARIABLE not in os.environ


def test_without_another_place_it_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "_can_hold_files", lambda folder: False)
    provide_kernel_cache(tmp_path)
    assert os.environ[VARIABLE] == str(tmp_path / "kernels")
    monkeypatch.setenv(VARIABLE, "elsewhere")
    provide_kernel_cache(tmp_path)
    assert os.environ[VARIABLE] == "elsewhere"


def test_a_folder_that_may_not_be_looked_into_holds_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    original = Path.exists

    def exists(path: Path) -> bool:
        if closed in path.parents:
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setattr(os, "access", lambda path, mode: path == tmp_path / "open")
    (tmp_path / "open").mkdir()
    closed.mkdir()
    assert not kernel_cache._can_hold_files(closed / "cache" / "numba")
    assert kernel_cache._can_hold_files(tmp_path / "open" / "cache" / "numba")
    assert not kernel_cache._can_hold_files(None)
