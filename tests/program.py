"""Drives `python -m substrate.run` as its users do: by its standard streams and by signals, not by imports.

Everything that waits has a bound and fails with what the program said. Whatever a test does, `close` leaves
no process, no segment and no folder behind.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from substrate.memory.prefetch import PREFETCH, decode_prefetch
from substrate.shm import ReadyBuffer, RunDirectory, SegmentMissing, ShmError
from substrate.shm.segment import Segment

PATIENCE_S = 120.0
"""What one answer may take on a machine that is busy with other things; nothing here takes that long."""

Line = dict[str, Any]


class Sandbox:
    """A home and a temporary folder with short paths, for programs that are started one after another."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="psub-test-"))
        self.home = self.folder / "home"
        self._programs: list[Program] = []

    def start(self, *arguments: str) -> Program:
        """Start the program on this home; returns at once."""
        program = Program(self, arguments)
        self._programs.append(program)
        return program

    def boot(self, *arguments: str) -> Program:
        """Start it with --stdio and wait for `ready`."""
        program = self.start("--stdio", *arguments)
        program.ready = program.wait_for("ready")
        return program

    @property
    def run_base(self) -> Path:
        """Where run directories lie."""
        return self.folder / f"psub-{os.getuid()}"

    def close(self) -> None:
        for program in self._programs:
            program.kill_all()
        RunDirectory.sweep(self.run_base)
        shutil.rmtree(self.folder)


class Program:
    """One running `python -m substrate.run`."""

    def __init__(self, sandbox: Sandbox, arguments: tuple[str, ...]) -> None:
        self.ready: Line = {}
        self.lines: list[Line] = []
        """Everything that standard output held so far, and was waited for."""
        self._sandbox = sandbox
        self._incoming: queue.Queue[Line | None] = queue.Queue()
        self._errors: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "substrate.run", "--home", str(sandbox.home), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(sandbox.folder)},
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=target, daemon=True) for target in (self._read_lines, self._read_log)
        ]
        for reader in self._readers:
            reader.start()
        self._family: dict[int, psutil.Process] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def family(self) -> dict[int, psutil.Process]:
        """All processes that were noted so far."""
        return dict(self._family)

    @property
    def log(self) -> str:
        """Standard error so far."""
        return "".join(self._errors)

    def send(self, *objects: Line) -> None:
        for value in objects:
            self.send_raw(json.dumps(value).encode() + b"\n")

    def send_raw(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def say(self, text: str, message_id: str, channel: str = "general", sender: str = "joel") -> None:
        self.send({"type": "message", "channel": channel, "sender": sender, "text": text, "id": message_id})

    def ask(self, text: str, message_id: str, channel: str = "general") -> Line:
        """Say something and wait for the outcome."""
        self.say(text, message_id, channel)
        return self.outcome(message_id)

    def outcome(self, message_id: str) -> Line:
        """Wait for what became of a message."""
        return self._wait(
            lambda line: (
                line["type"] in ("reply", "silence", "error") and line.get("in_reply_to") == message_id
            ),
            f"an outcome of {message_id}",
        )

    def command(self, name: str, /, **params: Any) -> Any:
        """Ask and return the data of the result; fails when the command does."""
        command_id = f"{name}-{time.monotonic_ns()}"
        self.send({"type": "command", "name": name, "params": params, "id": command_id})
        result = self._wait(lambda line: line.get("id") == command_id, f"the result of {name}")
        assert result["success"], result
        return result["data"]

    def wait_for(self, kind: str, **fields: Any) -> Line:
        """Wait for a line of a type, with these fields."""
        return self._wait(
            lambda line: (
                line["type"] == kind and all(line.get(name) == value for name, value in fields.items())
            ),
            f"{kind} {fields}",
        )

    def note_family(self) -> dict[int, psutil.Process]:
        """Remember all processes of the program, to be asked about when it is gone."""
        children = psutil.Process(self.pid).children(recursive=True)
        self._family.update({child.pid: child for child in children})
        return self.family

    def segments(self) -> list[str]:
        """The names of the shared-memory segments of this instance."""
        return self._run.segment_names()

    def type_and_wait(self, text: str, channel: str, staged: str) -> None:
        """Type, and wait until a memory that holds `staged` lies ready for the first persona there."""
        persona_id = self.command("persona/status")["personas"][0]["persona_id"]
        self.send({"type": "typing", "channel": channel, "sender": "joel", "text": text})
        with closing(ReadyBuffer.attach(self._run.segment_name(PREFETCH.name), observer=True)) as buffer:

            def is_ready() -> bool:
                found = buffer.peek((persona_id, channel))
                engrams = () if found is None else decode_prefetch(found.value).engrams
                return any(staged in engram.text for engram in engrams)

            eventually(is_ready, f"{staged!r} lies ready in {channel}")

    @property
    def _run(self) -> RunDirectory:
        return RunDirectory.open(self._sandbox.run_base / f"psub-{self.ready['session']}")

    def end_input(self) -> int:
        """End of input, then the exit status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self.exit_status()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def exit_status(self) -> int:
        """Wait for the end."""
        try:
            status = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end; its log:\n{self.log}") from None
        for reader in self._readers:
            reader.join(PATIENCE_S)
        while (line := self._next_line(0.0)) is not None:
            self.lines.append(line)
        return status

    def kill_all(self) -> None:
        """SIGKILL to whatever is left of it; returns when nothing is."""
        if self._process.poll() is None:
            with suppress(psutil.NoSuchProcess):
                self.note_family()
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for process in self._family.values():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        eventually(lambda: not any(map(is_alive, self._family.values())), "its processes are gone")
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            try:
                stream.close()
            except OSError:
                continue  # what was still buffered for a program that is gone

    def _wait(self, is_wanted: Callable[[Line], bool], what: str) -> Line:
        for line in self.lines:
            if is_wanted(line):
                return line
        deadline_s = time.monotonic() + PATIENCE_S
        while (line_or_end := self._next_line(deadline_s - time.monotonic())) is not None:
            self.lines.append(line_or_end)
            if is_wanted(line_or_end):
                return line_or_end
        raise AssertionError(f"{what} did not come; lines: {self.lines[-5:]}; log:\n{self.log}")

    def _next_line(self, timeout_s: float) -> Line | None:
        try:
            return (
                self._incoming.get(timeout=max(0.0, timeout_s)) if timeout_s else self._incoming.get_nowait()
            )
        except queue.Empty:
            return None

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._incoming.put(json.loads(line))
        self._incoming.put(None)

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line.decode(errors="replace"))


@contextmanager
def run_base() -> Iterator[Path]:
    """A folder for run directories with a path short enough for sockets; swept at the end."""
    with tempfile.TemporaryDirectory(prefix="psub-test-") as folder:
        path = Path(folder) / "run"
        yield path
        RunDirectory.sweep(path)


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs: neither gone nor waiting to be reaped."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def eventually(is_true: Callable[[], bool], what: str, bound_s: float = PATIENCE_S) -> None:
    """Wait until something holds that nobody announces."""
    deadline_s = time.monotonic() + bound_s
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < deadline_s, f"{what}: not within {bound_s} s"
        pause.wait(0.02)


def segment_exists(name: str) -> bool:
    """Whether a segment of this name is in the system."""
    try:
        Segment.attach(name, magic=0).close()
    except SegmentMissing:
        return False
    except ShmError:
        return True  # it is there; what kind of segment it is was not the question
    return True
