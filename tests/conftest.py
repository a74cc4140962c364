"""Fixtures for tests of the whole program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.program import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A home of its own for one test; nothing of it is left."""
    box = Sandbox()
    try:
        yield box
    finally:
        box.close()
