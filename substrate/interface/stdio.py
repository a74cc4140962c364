"""JSON lines for programs and tests: one object a line on standard input, one on standard output.

Standard output carries nothing else, whatever a library prints (see streams).

Input is not read before the instance is ready. What is sent earlier waits in the pipe, which holds a fast
sender back without a queue of ours, and `ready` is always the first answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any

from substrate.end_signals import END_SIGNALS
from substrate.errors import SubstrateError
from substrate.interface.client import ServiceClient
from substrate.interface.inputs import BadInput, Input, LineSplitter, read_line
from substrate.interface.instance_port import InstancePort
from substrate.wire import command_failure

_READ_BYTES = 64 * 1024
_FLUSH_TIMEOUT_S = 5.0
_COMMAND_THREADS = 4
_SHOWN = frozenset({"accepted", "reply", "delta", "silence", "error"})
"""The service's events that are lines of ours too; the rest is between the service and its client."""


_log = logging.getLogger(__name__)


def error_object(error: Exception) -> dict[str, Any]:
    """An exception as an `error` object."""
    message, hint = getattr(error, "message", None), getattr(error, "hint", "")
    if isinstance(message, str):  # SubstrateError, or what shared memory raises
        return {"type": "error", "message": message, "hint": hint}
    return {"type": "error", "message": f"{type(error).__name__}: {error}", "hint": "see the log"}


class LineWriter:
    """Writes objects as lines from a thread of its own, so that a slow reader never stops the loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: queue.SimpleQueue[bytes | Callable[[], object] | None] = queue.SimpleQueue()
        self.is_broken = threading.Event()
        """Set when the reading side has gone away; what is written after that is dropped."""
        self._thread = threading.Thread(target=self._run, name="stdio-writer", daemon=True)
        self._thread.start()

    def write(self, value: dict[str, Any]) -> None:
        self._lines.put(_json_line(value))

    def when_written(self, do: Callable[[], object]) -> None:
        """Call `do`, on the writer's thread, once all before is written or nobody reads any more."""
        self._lines.put(do)

    def close(self) -> None:
        """Write what is waiting, for at most 5 s if nobody reads it."""
        self._lines.put(None)
        self._thread.join(_FLUSH_TIMEOUT_S)
        if self._thread.is_alive():
            _log.warning("standard output was not read: %d lines or more are lost", self._lines.qsize())

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            if callable(line):
                line()
                continue
            try:
                while line and not self.is_broken.is_set():
                    line = line[os.write(self._descriptor, line) :]
            except OSError as error:
                _log.warning("nobody reads standard output any more: %s", error)
                self.is_broken.set()


class StdioFrontend:
    """Passes lines to the instance and its events back. One run, one instance."""

    def __init__(self, instance: InstancePort, *, input_descriptor: int, output: LineWriter) -> None:
        self._instance = instance
        self._input_descriptor = input_descriptor
        self._output = output
        self._commands = ThreadPoolExecutor(_COMMAND_THREADS, thread_name_prefix="command")
        self._running_commands: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Serve until the end of input or a signal; returns the exit status."""
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        for number in END_SIGNALS:
            loop.add_signal_handler(number, stopped.set)
        try:
            return await self._serve(stopped)
        except Exception as error:
            _log.debug("the instance failed", exc_info=True)
            self._output.write(error_object(error))
            return 1
        finally:
            await loop.run_in_executor(None, self._instance.stop)
            self._commands.shutdown(wait=False, cancel_futures=True)
            for number in END_SIGNALS:
                loop.remove_signal_handler(number)

    async def _serve(self, stopped: asyncio.Event) -> int:
        loop = asyncio.get_running_loop()
        stop: asyncio.Future[Any] = loop.create_task(stopped.wait())
        boot: asyncio.Future[Any] = loop.run_in_executor(None, self._instance.boot, _log.info)
        boot.add_done_callback(lambda ended: ended.exception())  # nobody asks when a signal came first
        await asyncio.wait({stop, boot}, return_when=asyncio.FIRST_COMPLETED)
        if not boot.done():
            # `stop()` ends a boot that is under way, and with it the thread that waits for it.
            return 0
        self._output.write({"type": "ready", **boot.result().as_dict()})

        failed: asyncio.Future[Any] = loop.run_in_executor(None, self._instance.wait_failed)
        client = ServiceClient(self._instance.service_socket, self._tell)
        client.start()
        feed: asyncio.Future[Any] = loop.create_task(self._feed(client))
        try:
            await asyncio.wait({stop, feed, failed}, return_when=asyncio.FIRST_COMPLETED)
            if failed.done() and (error := failed.result()) is not None:
                raise error
            if feed.done():
                await feed
        finally:
            feed.cancel()
            await asyncio.gather(feed, return_exceptions=True)
            await client.close()
        return 0

    async def _feed(self, client: ServiceClient) -> None:
        """Handle every line, then wait until all that they asked for has been answered."""
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[bytes | BadInput | None] = asyncio.Queue(maxsize=64)
        reader = threading.Thread(target=self._read, args=(loop, lines), name="stdio-reader", daemon=True)
        reader.start()
        while (line := await lines.get()) is not None:
            if self._output.is_broken.is_set():
                return
            self._take(line, client)
        await client.wait_settled()
        await asyncio.gather(*self._running_commands)
        # However slow the reader is: only a signal, or its end, cuts short what it was told.
        written = asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: a signal came first
                loop.call_soon_threadsafe(written.set)

        self._output.when_written(tell)
        await written.wait()

    def _read(self, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[bytes | BadInput | None]) -> None:
        """Reads the descriptor, not `sys.stdin`: a thread blocked in there holds a lock at exit."""
        splitter = LineSplitter()

        def put(line: bytes | BadInput | None) -> None:
            asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

        try:
            for data in _chunks(self._input_descriptor):
                for line in splitter.feed(data):
                    put(line)
            for line in splitter.end():
                put(line)
            put(None)
        except (RuntimeError, CancelledError):
            # The loop has ended while this thread was reading: nobody is left to hand lines to.
            return

    def _take(self, line: bytes | BadInput, client: ServiceClient) -> None:
        try:
            if isinstance(line, BadInput):
                raise line
            if line.strip():
                self._dispatch(read_line(line), client)
        except BadInput as error:
            answer = error_object(error)
            if error.sender_id is not None:
                answer["id"] = error.sender_id
            self._output.write(answer)

    def _dispatch(self, given: Input, client: ServiceClient) -> None:
        fields = given.fields
        match given.type:
            case "message":
                client.message(fields["channel"], fields["sender"], fields["text"], given.id)
            case "typing":
                client.typing(fields["channel"], fields["sender"], fields["text"])
            case "reaction":
                client.reaction(fields["message_id"], fields["emoji"], fields["sender"], given.id)
            case "command":
                task = asyncio.get_running_loop().create_task(self._answer_command(given))
                self._running_commands.add(task)
                task.add_done_callback(self._running_commands.discard)

    async def _answer_command(self, given: Input) -> None:
        envelope = {key: value for key, value in given.fields.items() if value is not None}
        envelope.setdefault("params", {})
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._commands, self._instance.command, envelope)
        except Exception as error:
            _log.exception("command %s failed", envelope["name"])
            answer = command_failure(
                envelope, SubstrateError(f"{type(error).__name__}: {error}", "see the log")
            )
        result = {**answer, "type": "result", "id": given.id, "name": envelope["name"]}
        self._output.write(result)

    def _tell(self, event: dict[str, Any]) -> None:
        """Pass an event of the service on, unless it is between the service and its client."""
        if event.get("type") in _SHOWN:
            self._output.write(event)


def _chunks(descriptor: int) -> Iterator[bytes]:
    """What can be read until the end; an input that breaks has ended, too."""
    try:
        while data := os.read(descriptor, _READ_BYTES):
            yield data
    except OSError as error:
        _log.warning("standard input cannot be read any more: %s", error)


def _json_line(value: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_as_json)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, default=_as_json)
    return text.encode() + b"\n"


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: a figure that is none becomes null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(held) for held in value]
    return value


def _as_json(value: Any) -> str:
    """What msgpack can carry and JSON cannot: bytes."""
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")
