"""Events of many requests cross from an engine's thread to the asyncio loop in one wake-up.

`loop.call_soon_threadsafe` costs a lock, a handle and a write to the loop's pipe. A dozen sequences that
decode together produce a dozen events a step, so the engine's thread posts them to a queue and wakes the
loop only if a wake-up is not already on its way. Streams are touched on the loop alone and need no lock.

The write also lets go of Python's lock, and whoever wrote gets it back only once the loop has delivered: up
to a millisecond in which a lane could already decode. So the lane leaves the call to a `Waker`.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import AsyncGenerator

from substrate.inference.protocol import Delta, Generation, InferenceError, Sink

_log = logging.getLogger(__name__)

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

    __slots__ = ("_loop", "_open", "_posted", "_wake_up_pending")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._posted: deque[tuple[Sink, StreamEvent]] = deque()
        # Requests whose last event is still to be posted.
        self._open: set[object] = set()
        self._wake_up_pending = False

    def open_stream(self) -> EventStream:
        return EventStream(self._loop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def post(self, sink: Sink, event: StreamEvent) -> None:
        """Queue an event, from any thread; nobody is woken before `flush`."""
        self._posted.append((sink, event))

    def begin(self, request: object) -> None:
        """Events of the request will come: until its `end`, no other loop may take this one's place."""
        self._open.add(request)

    def end(self, request: object) -> None:
        """The request's last event was posted, or nobody waits for one. From any thread, also twice."""
        self._open.discard(request)

    @property
    def is_needed(self) -> bool:
        """Whether the loop lives and has events to come."""
        return not self._loop.is_closed() and (bool(self._open) or self.is_posted)

    @property
    def is_posted(self) -> bool:
        """Whether events wait for the loop."""
        return bool(self._posted)

    def flush(self) -> None:
        """Wake the loop once for all that was posted."""
        if self._posted and not self._wake_up_pending:
            self._wake_up_pending = True
            try:
                self._loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed: nobody is left to listen
                self._wake_up_pending = False
                self._posted.clear()
            except BaseException:  # no wake-up is on its way: the next flush must try again
                self._wake_up_pending = False
                raise

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


def handover_to_this_loop(current: Handover | None) -> Handover:
    """`current` if it leads to the running loop, else a new one. Raises InferenceError while that would leave
    another loop without its events: an engine serves one at a time."""
    loop = asyncio.get_running_loop()
    if current is not None:
        if current.loop is loop:
            return current
        if current.is_needed:
            raise InferenceError(
                "the engine still works for another asyncio loop",
                "ask from one loop only, or wait until the requests of the other have ended",
            )
    return Handover(loop)


class Waker:
    """A thread that wakes loops for an engine's thread, which only says whose turn it is."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Handover | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="lane-waker", daemon=True)
        self._thread.start()

    def wake(self, handover: Handover) -> None:
        """Have all that was posted delivered soon. Keeps Python's lock: costs what a queue's put costs."""
        if handover.is_posted:
            self._asked.put(handover)

    def close(self) -> None:
        """Returns when the loops are woken for all that was asked before."""
        self._asked.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (handover := self._asked.get()) is not None:
            try:
                handover.flush()
            except Exception:
                _log.exception("a loop was not woken for its events")
