"""Instances that are taken down whatever a test does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from substrate.supervisor.fork_server import start_fork_server, stop_fork_server
from tests.program import run_base
from tests.substrate.persona.service_process import Instance, settings

Make = Callable[..., Instance]


@pytest.fixture(scope="session")
def fork_server() -> Iterator[None]:
    start_fork_server()
    yield
    stop_fork_server()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def make_instance(home: Path, fork_server: None, base: Path) -> Iterator[Make]:
    """Instances with personas of the given names (by default Paige), none started yet."""
    made: list[Instance] = []

    def make(*names: str, **fields: Any) -> Instance:
        personas = fields.pop("personas", None) or tuple(settings(home, name) for name in names or ("Paige",))
        instance = Instance(home, base, personas, **fields)
        made.append(instance)
        return instance

    yield make
    for instance in made:
        instance.close()


@pytest.fixture(scope="module")
def shared_instance(fork_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One service for all tests of a module that leave nothing behind that others would notice."""
    home = tmp_path_factory.mktemp("home")
    with run_base() as base, closing(Instance(home, base, (settings(home, "Paige"),))) as instance:
        instance.start()
        yield instance


@pytest.fixture
def instance(make_instance: Make) -> Instance:
    """One persona, Paige."""
    return make_instance()
