"""Whoever asks the program to end gets an end in order, also while it has hardly begun."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing

import psutil
import pytest

from substrate.shm import RunDirectory
from tests.program import Program, Sandbox, eventually, is_alive

Moment = Callable[[Sandbox, Program], bool]


def _has_children(number: int) -> Moment:
    return lambda sandbox, program: len(program.note_family()) >= number


def _has_run_directory(sandbox: Sandbox, program: Program) -> bool:
    return any(sandbox.run_base.glob("psub-*"))


def _has_taken_its_home(sandbox: Sandbox, program: Program) -> bool:
    return sandbox.home.exists()


MOMENTS: dict[str, Moment] = {
    "the fork server starts": _has_children(1),
    "the home is taken": _has_taken_its_home,
    "the run directory is there": _has_run_directory,
    "the first processes are there": _has_children(4),
    "all processes are there": _has_children(7),
}
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.mark.parametrize("mode", ["--stdio", "--headless"])
@pytest.mark.parametrize(
    ("moment", "number"), list(zip(MOMENTS, itertools.cycle(SIGNALS), strict=False)), ids=str
)
def test_a_signal_during_the_boot_ends_it_in_order(
    sandbox: Sandbox, mode: str, moment: str, number: signal.Signals
) -> None:
    program = sandbox.start(mode, "--model", "scripted:load_ms=60000")
    eventually(lambda: MOMENTS[moment](sandbox, program), moment)
    program.signal(number)
    family = _family_until_it_ends(program)
    assert program.exit_status() == 0, program.log
    assert "Traceback" not in program.log
    assert not [process for process in family if is_alive(process)]
    assert not list(sandbox.run_base.glob("psub-*"))
    assert RunDirectory.sweep(sandbox.run_base) == []


def test_a_second_signal_changes_nothing(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:delay_ms=60000")
    program.say("hello", "m1")
    program.wait_for("accepted", id="m1")
    family = program.note_family().values()
    for _ in range(3):
        program.signal(signal.SIGTERM)
    assert program.exit_status() == 0
    assert not [process for process in family if is_alive(process)]


def test_sigterm_to_the_whole_group_lets_a_reply_finish_that_is_being_written(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:delay_ms=700,text=Here it is")
    program.say("hello", "m1")
    program.wait_for("accepted", id="m1")
    family = program.note_family().values()
    os.killpg(program.pid, signal.SIGTERM)
    assert program.exit_status() == 0
    assert not [process for process in family if is_alive(process)]
    with closing(sqlite3.connect(sandbox.home / "transcript.db")) as transcript:
        assert transcript.execute("SELECT text FROM messages ORDER BY row_id").fetchall() == [
            ("hello",),
            ("Here it is",),
        ]


def _family_until_it_ends(program: Program) -> list[psutil.Process]:
    """All processes that it has had, also those that a boot which was under way still started."""

    def has_ended() -> bool:
        try:
            program.note_family()
            return bool(psutil.Process(program.pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    eventually(has_ended, "the program ends")
    return list(program.family.values())
