"""The doorbell: wakes a sleeping process at once, and costs nothing while it is awake.

A word in shared memory says whether the sleeper sleeps; a FIFO in the run directory carries the wake-up. The
FIFO has a name, so that a restarted region finds it, works on macOS too, and can be polled beside other
descriptors: a parent's sentinel, a socket. The protocol is in doorbell_kernels.py.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from substrate.shm import doorbell_kernels, layout
from substrate.shm.atomics import entry_point
from substrate.shm.errors import BufferClosed, SegmentDamaged, SegmentExists, SegmentMissing
from substrate.shm.run_directory import RunDirectory
from substrate.shm.segment import Segment

_fall_asleep = entry_point(doorbell_kernels.fall_asleep)
_wake_up = entry_point(doorbell_kernels.wake_up)
_sleeping_since = entry_point(doorbell_kernels.sleeping_since)
_mark_woken = entry_point(doorbell_kernels.mark_woken)


@dataclass(frozen=True, slots=True)
class Wake:
    """Why a wait ended. False in a condition when it was only the timeout."""

    rung: bool
    """The bell was rung, or the look before the sleep found something."""
    ready: tuple[int, ...] = ()
    """Those of the `also` descriptors that became readable or were hung up."""

    def __bool__(self) -> bool:
        return self.rung or bool(self.ready)


_RUNG = Wake(rung=True)


def _nothing_new() -> bool:
    return False


class Doorbell:
    """One sleeper's bell. Any process may ring it; only the process that owns it waits.

    The supervisor creates it, the sleeper adopts it, ringers attach. `wait` is for one thread, `ring` for
    any.
    """

    __slots__ = ("_address", "_also", "_fifo", "_only_rung", "_poll", "_rung", "_segment", "name")

    def __init__(self, segment: Segment, fifo: int) -> None:
        self.name = segment.name
        self._segment = segment
        self._address = segment.address
        self._fifo = fifo
        self._rung = False  # a byte waits in the FIFO, to be read before the next sleep
        self._only_rung = [(fifo, select.POLLIN)]
        self._also: tuple[int, ...] = ()
        self._poll = _poll_of(fifo, ())

    @classmethod
    def create(cls, run: RunDirectory, name: str) -> Doorbell:
        """Make the bell `name` (at most 14 characters) in the run directory. Raises SegmentExists."""
        segment = Segment.create(_segment_name(run, name), layout.BELL_MAGIC, layout.HEADER_BYTES, ())
        try:
            os.mkfifo(run.fifo_path(name), 0o600)
            return cls(segment, _open_fifo(run, name))
        except FileExistsError as error:
            segment.close()
            segment.unlink()
            path = run.fifo_path(name)
            raise SegmentExists(f"{path} exists already", "give each doorbell a name of its own") from error
        except BaseException:
            segment.close()
            segment.unlink()
            raise

    @classmethod
    def attach(cls, run: RunDirectory, name: str) -> Doorbell:
        """A ringer's side. Raises SegmentMissing, SegmentDamaged, LayoutMismatch."""
        segment = Segment.attach(_segment_name(run, name), layout.BELL_MAGIC)
        try:
            return cls(segment, _open_fifo(run, name))
        except BaseException:
            segment.close()
            raise

    @classmethod
    def adopt(cls, run: RunDirectory, name: str) -> Doorbell:
        """The sleeper's side, after the former sleeper was reaped.

        What was published before is not rung again: look at the rings once before the first wait.
        """
        bell = cls.attach(run, name)
        bell._segment.raise_epoch()
        _wake_up(bell._address)
        bell._drain()
        return bell

    def ring(self) -> bool:
        """Wake the sleeper if it sleeps; call it after publishing. No system call while it is awake.

        Returns whether a wake-up was sent. Raises BufferClosed.
        """
        state = _sleeping_since(self._address)
        if not state:
            return False
        try:
            os.write(self._fifo, b"\0")
        except BlockingIOError:
            return True  # full of wake-ups: the sleeper cannot miss them all
        except OSError:
            self._require_open()
            raise
        _mark_woken(self._address, state)
        return True

    def wait(
        self,
        timeout_s: float,
        also: Sequence[int] = (),
        look: Callable[[], bool] = _nothing_new,
    ) -> Wake:
        """Sleep until rung, until a descriptor of `also` is readable, or for `timeout_s` seconds.

        `look` is called after the sleep was announced and before it begins; it says whether there is work
        already (the head of any ring moved, the policy changed). It may be anything quick that sees what
        ringers publish before they ring. Raises BufferClosed.
        """
        if self._also != also:
            self._require_open()
            self._also = tuple(also)
            self._poll = _poll_of(self._fifo, self._also)
        if self._rung:
            self._rung = False
            self._drain()
        _fall_asleep(self._address)
        try:
            if look():
                _wake_up(self._address)
                return _RUNG
            fired = self._poll.poll(max(0.0, timeout_s) * 1000)
        except BaseException:
            _wake_up(self._address)
            raise
        if fired == self._only_rung:
            # Nothing else stands between the ring and the sleeper's work: the ringer marks it awake, and the
            # byte is read before the next sleep.
            self._rung = True
            return _RUNG
        _wake_up(self._address)
        ready = tuple(descriptor for descriptor, _ in fired if descriptor != self._fifo)
        self._rung = len(ready) < len(fired)
        return Wake(self._rung, ready)

    def fileno(self) -> int:
        """The FIFO's descriptor, for an event loop of the sleeper's own."""
        return self._fifo

    def close(self) -> None:
        """Let go of the bell; it stays for others. Idempotent."""
        if self._address:
            self._address = 0
            fifo, self._fifo = self._fifo, -1  # the number may soon be another file's
            os.close(fifo)
            self._segment.close()

    def unlink(self) -> None:
        """Remove the segment's name; the FIFO goes with the run directory. Idempotent."""
        self._segment.unlink()

    def _drain(self) -> None:
        """Merge the wake-ups that are waiting into one. A few bytes: ringers stop once one has rung."""
        try:
            with contextlib.suppress(BlockingIOError):
                os.read(self._fifo, 4096)
        except OSError:
            self._require_open()
            raise

    def _require_open(self) -> None:
        if self._fifo < 0:
            raise BufferClosed("the doorbell was closed", "attach to the doorbell again")


def _poll_of(fifo: int, also: tuple[int, ...]) -> select.poll:
    poll = select.poll()
    for descriptor in (fifo, *also):
        poll.register(descriptor, select.POLLIN)
    return poll


def _segment_name(run: RunDirectory, name: str) -> str:
    return run.segment_name(f"b-{name}")


def _open_fifo(run: RunDirectory, name: str) -> int:
    path = run.fifo_path(name)
    try:
        # For reading and writing on both sides: opening never waits, and the FIFO never reports a hang-up.
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise SegmentMissing(
            f"the FIFO {path} of doorbell {name} is missing", "the instance has shut down"
        ) from error
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SegmentDamaged(f"{path} is not a FIFO", "remove it, and restart the instance")
    return descriptor
