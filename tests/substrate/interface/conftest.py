"""A folder that the stand-in service's socket fits into."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """With a short path: some systems allow 103 characters for a socket's, and pytest's own may be longer."""
    with tempfile.TemporaryDirectory(prefix="psub-test-") as folder:
        yield Path(folder)
