"""What is left of an instance whose boot cannot succeed: nothing."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import pytest

from substrate.instance import ModelSettings, PhaseTimes
from substrate.interface.local_instance import InstanceOptions, LocalInstance, Wiring
from substrate.shm import InvalidName
from substrate.supervisor.home import HomeLock
from tests.substrate.supervisor.stand_ins import Still


def _open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_a_temporary_folder_with_too_long_a_path_is_named_and_nothing_is_left_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / ("x" * 100)
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    options = InstanceOptions(
        model=ModelSettings(None, "scripted"),
        embed_model=None,
        personas_file=None,
        phases=PhaseTimes(),
        log_file=None,
        log_level=logging.INFO,
        stream_deltas=False,
        started_s=0.0,
    )
    instance = LocalInstance(HomeLock(tmp_path / "home"), options, lambda: Wiring((), Still))
    files = _open_files()
    with pytest.raises(InvalidName, match="TMPDIR"):
        instance.boot(lambda what: None)
    assert not list(temporary.glob("*/psub-*"))
    assert _open_files() == files
    instance.stop()
