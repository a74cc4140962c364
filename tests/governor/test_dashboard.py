"""The dashboard beside a running instance of stand-ins."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from governor.dashboard import main
from governor.dashboard_picture import picture
from tests.substrate.supervisor.conftest import Launch, fork_server, launch
from tests.substrate.supervisor.waiting import room, until

__all__ = ["fork_server", "launch"]


def test_once_prints_one_json_snapshot_of_the_running_instance(
    launch: Launch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    supervisor = launch(home=tmp_path / "home")
    with room(supervisor.spec.run_directory) as general:
        general.say("hello")
        general.hears("hello")
    until(lambda: supervisor.region_stats()["echo"]["published"] == 1, "it is counted")
    assert main(["--home", str(tmp_path / "home"), "--once"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    seen = json.loads(line)
    assert seen["events"] == 1
    assert seen["regions"]["echo"]["pid"] == supervisor.region_stats()["echo"]["pid"]
    assert seen["regions"]["echo"]["published"] == 1


def test_watching_counts_nothing(
    launch: Launch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    supervisor = launch(home=tmp_path / "home")
    before = supervisor.region_stats()["echo"]
    for _ in range(3):
        main(["--home", str(tmp_path / "home"), "--once"])
    after = supervisor.region_stats()["echo"]
    assert (after["hits"], after["misses"]) == (before["hits"], before["misses"])
    capsys.readouterr()


def test_without_an_instance_it_says_so_and_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "--once"]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path) in said
    assert "python -m substrate.run --home" in said


REGION = {
    "pid": 12,
    "state": "resting",
    "restarts": 3,
    "message": "RuntimeError: no",
    "phase": "idle",
    "pressure": "nominal",
    "last_tick_ms": None,
    "longest_tick_ms": 1.0,
    "cadence_s": 0.1,
    "published": 5,
    "consumed": 4,
    "misses": 1,
    "weight": 1.5,
}


def drawn(width: int) -> str:
    """The picture of one region in a terminal of this width."""
    seen = {
        "personas": ["Paige"],
        "events": 7,
        "service": {"state": "ready", "pid": 11, "restarts": 0},
        "regions": {"hippocampus": REGION},
    }
    screen = io.StringIO()
    Console(file=screen, width=width).print(picture(seen, width))
    return screen.getvalue()


def test_the_picture_shows_every_region_with_its_state_and_what_went_wrong() -> None:
    shown = drawn(140)
    wanted = ("Paige", "idle", "hippocampus", "resting", "RuntimeError: no", "1.50", "misses", "80%")
    assert all(word in shown for word in wanted), shown


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_nothing_in_the_picture_is_cut_short(width: int) -> None:
    shown = drawn(width)
    assert "…" not in shown
    assert all(len(line) <= width for line in shown.splitlines())
    assert all(word in shown for word in ("hippocampus", "resting", "80%"))


def test_without_a_terminal_only_a_snapshot_can_be_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path)]) == 1
    assert "--once" in capsys.readouterr().err
