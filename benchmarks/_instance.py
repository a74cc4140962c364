"""A real instance, run as a user runs it, for benchmarks that measure the whole program."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

_END_S = 60.0


@dataclass(frozen=True, slots=True)
class RunningInstance:
    """One instance on `--stdio`, after its `ready` line."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    ready_s: float
    """From the start of the process to the arrival of the line."""

    def processes(self) -> list[psutil.Process]:
        """The main process and all that came of it."""
        main = psutil.Process(self.process.pid)
        return [main, *main.children(recursive=True)]

    def ask(self, name: str, **params: Any) -> Any:
        """The data of one command's result. Lines that are not its result are dropped."""
        self.send({"type": "command", "id": name, "name": name, "params": params})
        for answer in self.lines():
            if answer.get("type") == "result" and answer.get("id") == name:
                if not answer["success"]:
                    raise RuntimeError(f"{name}: {answer['error']}")
                return answer["data"]
        raise RuntimeError(f"the instance ended before it answered {name}")

    def send(self, *objects: dict[str, Any]) -> None:
        """Lines of input, written at once."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(json.dumps(value) + "\n" for value in objects))
        self.process.stdin.flush()

    def lines(self) -> Iterator[dict[str, Any]]:
        """What the instance says, as it comes."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)


@contextmanager
def running_instance(home: Path, options: Sequence[str] = ()) -> Iterator[RunningInstance]:
    """Boot `python -m substrate.run --stdio` on `home`; ended in order on leaving."""
    started_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "substrate.run", "--stdio", "--home", str(home), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        first = json.loads(process.stdout.readline() or '{"type": "nothing"}')
        if first["type"] != "ready":
            raise RuntimeError(f"the instance did not boot: {first}")
        yield RunningInstance(process, first, time.monotonic() - started_s)
        process.stdin.close()
        process.wait(_END_S)
    finally:
        _end(process)
        if process.stdout is not None:
            process.stdout.close()


def _end(process: subprocess.Popen[str]) -> None:
    """End an instance that is still there in order: killed, it would leave its shared memory behind."""
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_END_S)
