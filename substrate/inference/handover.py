"""Events of many requests cross from an engine's thread to the asyncio loop in one wake-up.

`loop.call_soon_threadsafe` costs a lock, a handle and a write to the loop's pipe. A dozen sequences that
decode together produce a dozen events a step, so the engine's thread posts them to a queue and wakes the
loop only if a wake-up is not already on its way. Streams are touched on the loop alone and need no lock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from substrate.inference.protocol import Delta, Generation, Sink

StreamEvent = Delta | Generation | Exception


class EventStream:
    """The events of one request, in order, as its consumer on the loop awaits them: a Sink."""

    __slots__ = ("_arrived", "_loop", "_waiter")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._arrived: deque[StreamEvent] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def arrive(self, event: StreamEvent) -> None:
        """Called on the loop only."""
        self._arrived.append(event)
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    async def events(self) -> AsyncGenerator[Delta | Generation, None]:
        """Yield events up to and including the Generation; raises the error that ended the request."""
        arrived = self._arrived
        while True:
            while arrived:
                event = arrived.popleft()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, Generation):
                    return
            self._waiter = self._loop.create_future()
            await self._waiter


class Handover:
    """The queue between one engine thread (posts) and one asyncio loop (delivers)."""

    __slots__ = ("_loop", "_posted", "_wake_up_pending")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._posted: deque[tuple[Sink, StreamEvent]] = deque()
        self._wake_up_pending = False

    def open_stream(self) -> EventStream:
        return EventStream(self._loop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def post(self, sink: Sink, event: StreamEvent) -> None:
        """Queue an event, from any thread; nobody is woken before `flush`."""
        self._posted.append((sink, event))

    def flush(self) -> None:
        """Wake the loop once for all that was posted."""
        if self._posted and not self._wake_up_pending:
            self._wake_up_pending = True
            try:
                self._loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed: nobody is left to listen
                self._wake_up_pending = False
                self._posted.clear()

    def _deliver(self) -> None:
        # Cleared before the queue is emptied: an event posted meanwhile is either taken here or wakes again.
        self._wake_up_pending = False
        posted = self._posted
        while posted:
            sink, event = posted.popleft()
            try:
                sink.arrive(event)
            except Exception as error:  # its own fault: the events of the others are delivered all the same
                self._loop.call_exception_handler({"message": "a sink failed", "exception": error})
