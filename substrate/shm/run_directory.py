"""The run directory of an instance: what it owns, and whether it lives.

An instance is a folder of mode 0700 that holds its FIFOs and sockets, a manifest of its shared-memory
segments, and a lock file. Liveness is an flock on that file, held by the supervisor as long as it lives and
released by the kernel however it dies. A pid would lie: pids are used again, and containers hide them.

Each name is written to the manifest before the thing itself is made. So a boot can sweep whatever killed
instances left, wherever they were killed, and never touches what belongs to a living one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from substrate.shm.errors import InvalidName, RunDirectoryError
from substrate.shm.segment import NAME_CHARACTERS_MAX, unlink_segment

SOCKET_PATH_BYTES_MAX = 103
"""What fits into sockaddr_un on macOS, which has the smaller one."""

_PREFIX = "psub-"
_ROLE_CHARACTERS_MAX = NAME_CHARACTERS_MAX - len(_PREFIX) - 9
_ROLE = re.compile(r"[A-Za-z0-9._-]+")
_INSTANCE = re.compile(r"[0-9a-f]{8}")
_LOCK, _MANIFEST, _BASE_LOCK = "lock", "segments", ".sweep-lock"


class RunDirectory:
    """One instance's folder. The supervisor creates it and holds its lock; children open it by its path."""

    __slots__ = ("_lock", "instance_id", "path")

    def __init__(self, path: Path, instance_id: str, lock: int | None) -> None:
        self.path = path
        self.instance_id = instance_id
        self._lock = lock

    @classmethod
    def create(cls, base: Path) -> RunDirectory:
        """Make a new instance's folder under `base` and lock it. Raises RunDirectoryError."""
        with _base_locked(base):
            instance_id = secrets.token_hex(4)
            path = base / f"{_PREFIX}{instance_id}"
            try:
                path.mkdir(mode=0o700)
                lock = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RunDirectoryError(
                    f"cannot make the run directory {path}: {error.strerror}",
                    "set TMPDIR to a folder that can be written",
                ) from error
        return cls(path, instance_id, lock)

    @classmethod
    def open(cls, path: Path) -> RunDirectory:
        """The folder of a running instance, as its children and observers see it: without the lock."""
        instance_id = path.name.removeprefix(_PREFIX)
        if not _INSTANCE.fullmatch(instance_id) or not path.is_dir():
            raise RunDirectoryError(
                f"{path} is not the run directory of an instance", "is the instance still running?"
            )
        return cls(path, instance_id, None)

    @property
    def owned(self) -> bool:
        """Whether this object holds the instance's lock."""
        return self._lock is not None

    def is_live(self) -> bool:
        """Whether the instance's supervisor holds its lock; one that has lost the file counts as living."""
        return self.owned or (self.path.is_dir() and not _is_dead(self.path))

    def segment_name(self, role: str) -> str:
        """The name of the segment for `role` (at most 16 characters); the owner notes it in the manifest."""
        _check_role(role, _ROLE_CHARACTERS_MAX)
        name = f"{_PREFIX}{self.instance_id}-{role}"
        if self.owned and name not in _manifest(self.path):
            with (self.path / _MANIFEST).open("a", encoding="ascii") as manifest:
                manifest.write(f"{name}\n")
        return name

    def fifo_path(self, name: str) -> Path:
        """Where the FIFO `name` lies."""
        _check_role(name, 64)
        return self.path / f"{name}.fifo"

    def socket_path(self, name: str) -> Path:
        """Where the socket `name` lies. Raises InvalidName when no unix socket can have so long a path."""
        _check_role(name, 64)
        path = self.path / f"{name}.sock"
        length = len(os.fsencode(path))
        if length > SOCKET_PATH_BYTES_MAX:
            raise InvalidName(
                f"the socket path {path} has {length} bytes, the system allows {SOCKET_PATH_BYTES_MAX}",
                "run directories lie in the temporary folder: set TMPDIR to a shorter one, such as /tmp",
            )
        return path

    def segment_names(self) -> list[str]:
        """The segments in the manifest, in the order in which they were named."""
        return _manifest(self.path)

    def keep_young(self) -> None:
        """Touch all that lies here: systems clean their temporary folders of what is days old."""
        with contextlib.suppress(OSError):  # one of them has just gone, or all have: the next time, then
            for path in (self.path, *self.path.iterdir()):
                os.utime(path, follow_symlinks=False)

    def close(self) -> None:
        """The owner removes its segments, its folder and the lock; others just let go. Idempotent."""
        if self._lock is None:
            return
        _remove_instance(self.path)
        os.close(self._lock)
        self._lock = None

    @staticmethod
    def sweep(base: Path) -> list[str]:
        """Remove the segments and folders of dead instances under `base`; returns the segments removed.

        Dead is an instance whose lock can be taken. Live ones are not touched, nor one that has lost its lock
        file: something else cleans the temporary folder, and it may live.
        """
        if not base.is_dir():
            return []
        removed: list[str] = []
        with _base_locked(base):
            for path in _instance_folders(base):
                if _is_dead(path):
                    removed += _remove_instance(path)
        return removed


@contextmanager
def _base_locked(base: Path) -> Iterator[None]:
    """Creating and sweeping exclude each other: a new folder is not swept before it is locked."""
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(base.stat().st_mode) & 0o022 and not base.stat().st_mode & stat.S_ISVTX:
            raise RunDirectoryError(
                f"{base} can be written by other users", f"chmod 700 {base}, or set TMPDIR to another folder"
            )
        descriptor = os.open(base / _BASE_LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RunDirectoryError(
            f"cannot use {base} for run directories: {error.strerror}",
            "set TMPDIR to a folder that can be written",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _instance_folders(base: Path) -> list[Path]:
    """The run directories under `base`, and nothing that only looks like one."""
    return [
        path
        for path in sorted(base.glob(f"{_PREFIX}????????"))
        if _INSTANCE.fullmatch(path.name.removeprefix(_PREFIX)) and path.is_dir() and not path.is_symlink()
    ]


def _is_dead(path: Path) -> bool:
    """Whether the lock of the instance at `path` can be taken, or was never made."""
    try:
        descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Under the base lock nobody is between making the folder and making its lock.
        return not (path / _MANIFEST).exists()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _manifest(path: Path) -> list[str]:
    try:
        lines = (path / _MANIFEST).read_text("ascii").splitlines()
    except FileNotFoundError:
        return []
    prefix = f"{path.name}-"
    return [line for line in lines if line.startswith(prefix)]


def _remove_instance(path: Path) -> list[str]:
    removed = [name for name in _manifest(path) if unlink_segment(name)]
    # First, so that whatever cuts this short leaves a folder that counts as dead.
    (path / _MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)
    return removed


def _check_role(role: str, characters_max: int) -> None:
    if len(role) > characters_max or not _ROLE.fullmatch(role):
        raise InvalidName(
            f"{role!r} cannot be a role",
            f"use 1 to {characters_max} letters, digits, dots, dashes and underscores; it has {len(role)}",
        )
