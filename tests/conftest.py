"""Fixtures for tests of whole programs and of instances: whatever a test does, nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.program import Sandbox, run_base

# How long an example takes says something of the machine, not of the code.
settings.register_profile("substrate", deadline=None)
settings.load_profile("substrate")


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder for run directories."""
    with run_base() as path:
        yield path


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A home of its own for one test; nothing of it is left."""
    box = Sandbox()
    try:
        yield box
    finally:
        box.close()
