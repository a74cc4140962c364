"""The import rule: who may know whom, read from the source of every module."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ("substrate", "regions", "governor")
WIRING = Path("substrate/run.py")


def imported_names(source: Path) -> Iterator[str]:
    """Absolute dotted names of everything that a module imports, wherever in the file."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source} imports relatively; absolute imports show who knows whom"
            yield node.module or ""


def modules_below(folder: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))


def project_imports(source: Path) -> set[str]:
    return {name for name in imported_names(ROOT / source) if name.split(".")[0] in PROJECT}


@pytest.mark.parametrize("source", modules_below("substrate/shm"), ids=str)
def test_shared_memory_imports_nothing_else_of_the_project(source: Path) -> None:
    assert all(name.startswith("substrate.shm") for name in project_imports(source))


@pytest.mark.parametrize("source", [path for path in modules_below("substrate") if path != WIRING], ids=str)
def test_substrate_knows_neither_regions_nor_governor(source: Path) -> None:
    assert not {name.split(".")[0] for name in project_imports(source)} & {"regions", "governor"}


@pytest.mark.parametrize(("package", "stranger"), [("regions", "governor"), ("governor", "regions")])
def test_regions_and_governor_never_know_each_other(package: str, stranger: str) -> None:
    for source in modules_below(package):
        assert stranger not in {name.split(".")[0] for name in project_imports(source)}, source


@pytest.mark.parametrize("source", modules_below("regions"), ids=str)
def test_a_region_never_imports_another_region(source: Path) -> None:
    others = {name for name in project_imports(source) if name.startswith("regions.")}
    assert not others - {"regions." + source.stem}


def test_supervisor_and_regions_load_neither_the_engine_nor_the_terminal_library() -> None:
    modules = [
        ".".join(path.with_suffix("").parts)
        for folder in ("substrate/supervisor", "substrate/region", "regions", "governor")
        for path in modules_below(folder)
        if path.stem != "dashboard"
    ]
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name.removesuffix('.__init__'))\n"
        "print(sorted({'llama_cpp', 'torch', 'textual'} & set(sys.modules)))"
    )
    # As in the fork server: it forks, so its libraries may not start threads.
    single_threaded = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | single_threaded,
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"
