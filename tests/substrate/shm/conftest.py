"""Instances of their own for tests, which leave nothing behind, also when a test fails."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from substrate.shm import ReadyBuffer, RunDirectory


@pytest.fixture
def run(base: Path) -> Iterator[RunDirectory]:
    """An instance; closing it removes its segments."""
    directory = RunDirectory.create(base)
    yield directory
    directory.close()


@pytest.fixture
def new_name(run: RunDirectory) -> Callable[[], str]:
    """Names of segments that the instance removes at its end."""
    numbers = itertools.count()
    return lambda: run.segment_name(f"test{next(numbers)}")


@pytest.fixture
def buffer(new_name: Callable[[], str]) -> Iterator[ReadyBuffer]:
    """A small buffer's writer."""
    created = ReadyBuffer.create(new_name(), keys=8, value_bytes=256, versions=4)
    yield created
    created.close()
