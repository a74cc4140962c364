"""Whether the inference lane is decoding, told by the persona service to every region.

On few cores a busy neighbour slows decoding out of proportion, so regions keep still meanwhile. They look at
this flag themselves: through the governor the word would arrive after the reply.
"""

from __future__ import annotations

from substrate.region.contract import BufferSpec
from substrate.shm import ReadyBuffer

LANE_SPEC = BufferSpec("lane", keys=1, value_bytes=16, versions=4)
"""The segment that the supervisor creates."""

_KEY = ("decoding",)
_DECODING, _QUIET = b"\1", b"\0"


class LaneFlagWriter:
    """The persona service's side. A new process starts with the lane quiet."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self._buffer.publish_bytes(_KEY, _QUIET)

    def set(self, is_decoding: bool) -> None:
        self._buffer.publish_bytes(_KEY, _DECODING if is_decoding else _QUIET)

    def close(self) -> None:
        self._buffer.close()


class LaneFlag:
    """A region's side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self._handle = buffer.handle(_KEY, observer=True)

    def is_decoding(self) -> bool:
        return self._handle.peek_bytes() == _DECODING

    def close(self) -> None:
        self._buffer.close()
