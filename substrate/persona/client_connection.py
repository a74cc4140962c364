"""One client of the service's socket: frames in, frames out, in as few system calls as there are bursts.

A protocol class rather than streams: what arrives together is decoded together and handed on within the same
callback, without a task in between, and what leaves together is one write.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from substrate.wire import FrameReader, WireError, encode_frames

MAX_UNREAD_BYTES = 64 * 1024 * 1024
"""A client that lets this much pile up does not read any more; its connection is closed."""

_log = logging.getLogger(__name__)


class RequestTaker(Protocol):
    """What the connections of a service report to."""

    def connected(self, client: ClientConnection) -> None: ...

    def take(self, client: ClientConnection, given: Mapping[str, Any], read_ns: int) -> None:
        """One frame. `read_ns` is the monotonic time at which its bytes were read. Must not raise."""
        ...

    def disconnected(self, client: ClientConnection) -> None: ...


class ClientConnection(asyncio.Protocol):
    """The service's end of one connection."""

    def __init__(self, taker: RequestTaker) -> None:
        self._taker = taker
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._taker.connected(self)

    def data_received(self, data: bytes) -> None:
        read_ns = time.monotonic_ns()
        take = self._taker.take
        try:
            for given in self._frames.feed(data):
                take(self, given, read_ns)
        except WireError as error:
            self.send([{"type": "error", "message": error.message, "hint": error.hint}])
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._taker.disconnected(self)

    @property
    def is_open(self) -> bool:
        """Whether what is sent now has a chance to arrive."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Write messages with one call; what a client that has gone would have got is dropped."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        try:
            transport.write(encode_frames(messages))
        except WireError as error:
            _log.error("an answer was not sent: %s", error)
        if transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            _log.warning("a client does not read what it asked for; its connection is closed")
            transport.abort()

    def close(self) -> None:
        """Close after what was sent has left. Idempotent."""
        if self._transport is not None:
            self._transport.close()
