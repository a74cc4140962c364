"""The program in a real (pseudo) terminal: it draws, talks, gives the terminal back and leaves nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator

import psutil
import pytest

from tests.program import PATIENCE_S, Sandbox, eventually, is_alive

ALTERNATE_SCREEN_ON, ALTERNATE_SCREEN_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
CTRL_C = b"\x03"


class PseudoTerminal:
    """A terminal with the program in it; `seen` is every byte that was drawn."""

    def __init__(
        self,
        sandbox: Sandbox,
        *arguments: str,
        term: str = "xterm-256color",
        columns: int = 140,
        lines: int = 42,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.settings_before = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "substrate.run",
                "--home",
                str(sandbox.home),
                "--user",
                "Joel",
                *arguments,
            ],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TMPDIR": str(sandbox.folder), "TERM": term},
            start_new_session=True,
        )
        self.seen = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def settings(self) -> list[object]:
        """The terminal's modes now."""
        return list(termios.tcgetattr(self._slave))

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def wait_for(self, text: str) -> None:
        eventually(lambda: text.encode() in self.seen, f"{text!r} on the screen")

    def family(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def close(self) -> None:
        for process in self.family() if self.process.poll() is None else []:
            process.kill()
        self.process.kill()
        self.process.wait()
        os.close(self._slave)
        self._reader.join(PATIENCE_S)
        os.close(self._master)

    def _read(self) -> None:
        try:
            while data := os.read(self._master, 65536):
                self.seen += data
        except OSError:
            return  # every descriptor of the other end is closed


@pytest.fixture
def terminal(sandbox: Sandbox) -> Iterator[PseudoTerminal]:
    program = PseudoTerminal(sandbox, "--model", "scripted:delay_ms=20,text=Pleased to meet you")
    try:
        program.wait_for("Write to Paige")
        yield program
    finally:
        program.close()


def test_a_conversation_and_ctrl_c_give_the_terminal_back_as_it_was(
    terminal: PseudoTerminal, sandbox: Sandbox
) -> None:
    family = terminal.family()
    terminal.press(b"Hello there\r")
    terminal.wait_for("Pleased to meet you")
    terminal.press(CTRL_C)
    assert terminal.process.wait(PATIENCE_S) == 0
    eventually(lambda: ALTERNATE_SCREEN_OFF in terminal.seen, "the alternate screen is left")
    assert terminal.seen.rindex(ALTERNATE_SCREEN_OFF) > terminal.seen.rindex(ALTERNATE_SCREEN_ON)
    assert terminal.settings == terminal.settings_before
    assert not [process for process in family if is_alive(process)]
    assert not list(sandbox.run_base.glob("psub-*"))


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_everything_in_order(
    terminal: PseudoTerminal, sandbox: Sandbox, number: signal.Signals
) -> None:
    family = terminal.family()
    terminal.process.send_signal(number)
    assert terminal.process.wait(PATIENCE_S) == 0
    assert not [process for process in family if is_alive(process)]
    assert not list(sandbox.run_base.glob("psub-*"))


def test_an_error_at_boot_is_said_on_the_terminal_after_it_was_given_back(sandbox: Sandbox) -> None:
    program = PseudoTerminal(sandbox, "--model", "scripted:fail_load=its weights are damaged")
    try:
        assert program.process.wait(PATIENCE_S) == 1
        program.wait_for("its weights are damaged")
        assert program.seen.rindex(b"its weights are damaged") > program.seen.rindex(ALTERNATE_SCREEN_OFF)
    finally:
        program.close()


def test_a_terminal_without_a_size_is_refused_in_words(sandbox: Sandbox) -> None:
    program = PseudoTerminal(sandbox, lines=0, columns=0)
    try:
        assert program.process.wait(PATIENCE_S) == 1
        program.wait_for("0 columns and 0 lines")
        assert ALTERNATE_SCREEN_ON not in program.seen
    finally:
        program.close()


def test_a_terminal_without_a_cursor_to_move_is_refused_in_words(sandbox: Sandbox) -> None:
    program = PseudoTerminal(sandbox, term="dumb")
    try:
        assert program.process.wait(PATIENCE_S) == 1
        program.wait_for("TERM is `dumb`")
        assert ALTERNATE_SCREEN_ON not in program.seen
    finally:
        program.close()
