"""What the Makefile installs with: when an environment is whole, and when the engine has to be compiled."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tools.install import allows, install_engine, is_installed, is_usable


@pytest.mark.parametrize(
    ("requirement", "version", "is_allowed"),
    [
        ("name>=0.3.36,<0.4", "0.3.36", True),
        ("name>=0.3.36,<0.4", "0.3.100", True),
        ("name>=0.3.36,<0.4", "0.3.9", False),
        ("name>=0.3.36,<0.4", "0.4", False),
        ("name>=0.3.36,<0.4", "0.4.0", False),
        ("name == 1.2", "1.2.0+cu121", True),
        ("name != 1.2", "1.2", False),
        ("name", "0.0.1", True),
    ],
)
def test_a_version_is_compared_number_by_number(requirement: str, version: str, is_allowed: bool) -> None:
    assert allows(requirement, version) is is_allowed


def stand_in(folder: Path, script: str) -> Path:
    """A python that is a shell script."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return python


def test_an_environment_without_pip_gets_it_or_is_made_anew(tmp_path: Path) -> None:
    assert not is_usable(tmp_path / "nothing", None)
    assert is_usable(Path(sys.executable), None)
    assert not is_usable(stand_in(tmp_path, "exit 1"), None)
    assert is_usable(stand_in(tmp_path, "exit 1"), "uv")
    assert is_usable(stand_in(tmp_path, 'test "$2" = ensurepip'), None)


@pytest.mark.parametrize(
    ("version", "asked", "compiled_with"),
    [
        ("0.3.99", "", None),
        ("0.3.99", "-DGGML_CUDA=on", None),
        ("0.3.99", "-DGGML_VULKAN=on", "-DGGML_VULKAN=on"),
        ("0.3.1", "", "-DGGML_CUDA=on"),
        ("", "", "-DGGML_CUDA=on"),
    ],
)
def test_the_engine_is_compiled_again_only_for_another_build_or_version_and_then_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, asked: str, compiled_with: str | None
) -> None:
    monkeypatch.chdir(Path(__file__).parents[1])
    monkeypatch.setenv("CMAKE_ARGS", asked)
    recorded, built = tmp_path / "llama-cmake-args", tmp_path / "built"
    recorded.write_text("-DGGML_CUDA=on\n")
    python = stand_in(tmp_path, f"echo {version}; test -n '{version}'")
    assert is_installed(python, "name>=0.3.36") is (version == "0.3.99")
    pip = tmp_path / "pip"
    pip.write_text(f'#!/bin/sh\necho "$CMAKE_ARGS" > "{built}"\n')
    pip.chmod(0o700)
    install_engine([str(pip)], python, recorded)
    assert (built.read_text().strip() if built.exists() else None) == compiled_with
    assert recorded.read_text().strip() == (compiled_with or "-DGGML_CUDA=on")
