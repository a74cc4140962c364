"""What can go wrong with shared memory, each with a class of its own.

`substrate.shm` imports nothing of the project, so its errors have a base of their own, of the same shape as
SubstrateError: `message` says what failed, with the sizes and names; `hint` says what to do about it.
"""


class ShmError(Exception):
    """What failed (`message`) and what to do about it (`hint`); `str()` shows both."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[type["ShmError"], tuple[str, str]]:
        return type(self), (self.message, self.hint)


class InvalidName(ShmError):
    """A segment, FIFO or socket name is empty, too long or holds characters that are not portable."""


class SegmentExists(ShmError):
    """`create` found a segment of that name: an instance is running, or a stale one was not swept."""


class SegmentMissing(ShmError):
    """`attach` or `adopt` found no segment of that name."""


class SegmentDamaged(ShmError):
    """The segment is not one of ours, is truncated, or its header contradicts itself."""


class LayoutMismatch(ShmError):
    """The segment was made by a release with another layout version."""


class NoSharedMemory(ShmError):
    """The shared-memory file system has no room for the segment."""


class ValueTooLarge(ShmError):
    """A value does not fit; nothing was published, nothing was cut short."""


class KeyTooLarge(ShmError):
    """An encoded key does not fit into an entry."""


class BufferFull(ShmError):
    """Every key that the buffer was created for is live."""


class BufferClosed(ShmError):
    """The handle was used after `close()`."""


class NotTheWriter(ShmError):
    """A reader called what only the one writer may call."""


class RunDirectoryError(ShmError):
    """The run directory cannot be made, locked or read."""
