"""One running instance per home directory.

The lock is an flock on a file in the home: it goes with the process that holds it, whatever kills that
process, and says in its text who holds it. Programs that attach to a running instance find it the same way.

The processes that write in the home outlive a killed supervisor for a moment. They share a second lock, and a
new instance begins when none of them holds it any more.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from substrate.errors import SubstrateError

_LOCK_NAME, _CHILDREN_LOCK_NAME = "instance.lock", "processes.lock"

_PATIENCE_S = 0.2
"""Who looks for a running instance holds the lock for an instant (find_instance)."""

_CHILDREN_PATIENCE_S = 3.0
"""Processes whose supervisor was killed end within 2 s (substrate.supervisor.orphan_guard)."""


class HomeUnusable(SubstrateError):
    """The home directory cannot be made or written."""


class HomeInUse(SubstrateError):
    """Another instance runs on this home."""


class NoInstance(SubstrateError):
    """No instance runs on this home."""


@dataclass(frozen=True, slots=True)
class RunningInstance:
    """Who holds a home: the pid of its supervisor and its run directory."""

    pid: int
    run_directory: Path


class HomeLock:
    """Holds a home for this process until `release()`; taken before anything in it is read or written."""

    def __init__(self, home: Path) -> None:
        """Raises HomeUnusable, and HomeInUse naming the other instance."""
        self.home = home
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(home / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeUnusable(
                f"the home directory {home} cannot be written: {error.strerror}",
                "give another one with --home, or change its owner or mode",
            ) from error
        if not _lock_within(self._descriptor, _PATIENCE_S):
            text = _read(self._descriptor)
            os.close(self._descriptor)
            raise HomeInUse(
                f"another instance runs on {home}{_described(text)}",
                "quit that one first, or start this one with another --home",
            )
        # What a killed instance left there must not be taken for this one, which nobody can reach yet.
        self._unswept = _read(self._descriptor)
        killed = _parsed(self._unswept)
        self.left_behind = None if killed is None else killed.run_directory
        """The run directory of an instance that was killed: its segments have to be removed."""
        os.ftruncate(self._descriptor, 0)
        try:
            _await_children(home)
        except BaseException:
            self.release()
            raise

    def announce(self, run_directory: Path) -> None:
        """Say for others where the instance runs."""
        text = json.dumps({"pid": os.getpid(), "run_directory": str(run_directory)})
        self._unswept = ""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def release(self) -> None:
        """Give the home back. Idempotent.

        The file stays: were it removed, two instances could each hold a lock, on two files of one name. What
        a killed instance left stands in it until one has been announced: that one has swept.
        """
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, self._unswept.encode(), 0)
            os.close(self._descriptor)
            self._descriptor = -1


def hold_home(home: Path) -> None:
    """For a child of the supervisor: until this process ends, no other instance begins on `home`."""
    descriptor = os.open(home / _CHILDREN_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def _await_children(home: Path) -> None:
    """Wait until no process of a former instance is left. Raises HomeInUse."""
    descriptor = os.open(home / _CHILDREN_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _lock_within(descriptor, _CHILDREN_PATIENCE_S):
            raise HomeInUse(
                f"processes of an instance on {home} still run, though the instance itself was killed",
                "try again in a few seconds; one that stays hangs, and has to be killed",
            )
    finally:
        os.close(descriptor)


def find_instance(home: Path) -> RunningInstance:
    """The instance that runs on `home`. Raises NoInstance."""
    hint = "start one with: python -m substrate.run --home " + str(home)
    try:
        descriptor = os.open(home / _LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NoInstance(f"no instance runs on {home}", hint) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        running = _parsed(_read(descriptor))
        if running is None:
            raise NoInstance(
                f"the instance on {home} is still starting, or ending", "try again in a second"
            ) from None
        return running
    finally:
        os.close(descriptor)
    raise NoInstance(f"no instance runs on {home}", hint)


def _lock_within(descriptor: int, patience_s: float) -> bool:
    deadline_s = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline_s:
                return False
            time.sleep(patience_s / 10)
        else:
            return True


def _read(descriptor: int) -> str:
    return os.pread(descriptor, 4096, 0).decode(errors="replace")


def _parsed(text: str) -> RunningInstance | None:
    try:
        held = json.loads(text)
        return RunningInstance(int(held["pid"]), Path(held["run_directory"]))
    except (ValueError, KeyError, TypeError):
        return None


def _described(text: str) -> str:
    held = _parsed(text)
    return f": process {held.pid}, run directory {held.run_directory}" if held else ""
