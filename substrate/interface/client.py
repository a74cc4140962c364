"""The frontends' side of the persona service's socket: nothing that was sent is lost, nothing comes twice.

The service may die at any instruction and is restarted by the supervisor. Two facts make that invisible here:
a message is acknowledged (`accepted`) only after it is on disk, and ids are idempotent. So after a reconnect
the client first names what was accepted but has no outcome yet (`resume`), then sends again what was never
acknowledged: messages in the order in which they were first sent, then reactions, which are about messages.
Outcomes that come a second time are dropped.

What is about now is the exception: without a connection, typing, stopping and asking anew are forgotten.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from substrate.errors import SubstrateError
from substrate.wire import FrameReader, WireError, encode_frame

RequestId = str | int
"""What names a request; echoed as it came."""

Deliver = Callable[[dict[str, Any]], None]
"""Called on the client's loop with each event of the service, and with `reconnected`; must not block."""

_READ_BYTES = 64 * 1024
_FIRST_RETRY_S, _LAST_RETRY_S = 0.01, 0.25
_REMEMBERED_IDS = 4096
_OUTCOMES = frozenset({"reply", "silence", "error"})

_log = logging.getLogger(__name__)


class ClientClosed(SubstrateError):
    """Something was sent after `close()`."""


class ServiceClient:
    """One connection to the persona service, kept up until `close()`. Used from one asyncio loop."""

    def __init__(self, socket_path: Path, deliver: Deliver) -> None:
        self._socket_path = socket_path
        self._deliver = deliver
        self._writer: asyncio.StreamWriter | None = None
        self._unacknowledged: dict[RequestId, dict[str, Any]] = {}
        self._reactions: dict[RequestId, dict[str, Any]] = {}
        """Those without `accepted`, which is all that comes of them. A message may have the same id."""
        self._early: dict[RequestId, set[str]] = {}
        """Personas whose outcome arrived before the `accepted` that was sent again."""
        self._open: dict[RequestId, set[str]] = {}
        """Accepted ids without `outcomes_done`, with the personas whose outcome has arrived."""
        self._told: dict[RequestId, set[str]] = {}
        """The same of the newest finished ones: the service tells it all again when an id is repeated."""
        self._questions: dict[str, dict[str, Any]] = {}
        """Unanswered questions by the type of their answer."""
        self._settled = asyncio.Event()
        self._settled.set()
        self._runner: asyncio.Task[None] | None = None
        self._was_connected = False
        self._closed = False

    @property
    def open_ids(self) -> tuple[RequestId, ...]:
        """Ids that were sent and have no complete outcome yet: messages, oldest first, then reactions."""
        return (*self._open, *self._unacknowledged, *self._reactions)

    def start(self) -> None:
        """Begin to connect, in the background. What is sent before the connection stands waits for it."""
        self._runner = asyncio.get_running_loop().create_task(self._run(), name="service-client")

    async def wait_settled(self) -> None:
        """Return when everything that was sent has its outcomes."""
        await self._settled.wait()

    async def close(self) -> None:
        """Drop the connection. Idempotent; what is still open stays open for the next boot."""
        self._closed = True
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
            self._runner = None

    def message(self, channel: str, sender: str, text: str, request_id: RequestId | None = None) -> RequestId:
        """Send one message; returns its id, a new one when the sender gave none."""
        return self._send_until_acknowledged(
            request_id, {"op": "message", "channel": channel, "sender": sender, "text": text}
        )

    def edit(self, message_id: str, text: str) -> RequestId:
        """Replace an earlier message's text; its answers are withdrawn, the new text is answered."""
        return self._send_until_acknowledged(None, {"op": "edit", "message_id": message_id, "text": text})

    def reaction(self, message_id: str, emoji: str, sender: str, request_id: RequestId | None = None) -> None:
        """React to a message, by the sender's id or the service's; answered by `accepted`."""
        self._require_open()
        request_id = new_id() if request_id is None else request_id
        request = {
            "op": "reaction",
            "id": request_id,
            "message_id": message_id,
            "emoji": emoji,
            "sender": sender,
        }
        self._reactions[request_id] = request
        self._settled.clear()
        self._send(request)

    def typing(self, channel: str, sender: str, text: str) -> None:
        """Say what stands in the sender's input line right now."""
        self._send({"op": "typing", "channel": channel, "sender": sender, "text": text})

    def history(self, channel: str, limit: int) -> None:
        """Ask for the newest `limit` messages of a channel; answered by an event of type `history`."""
        self._ask_again_when_connected("history", {"op": "history", "channel": channel, "limit": limit})

    def cancel(self, channel: str) -> None:
        """Stop the reply that is being written in this channel; what is there of it stays."""
        self._send({"op": "cancel", "channel": channel})

    def regenerate(self, channel: str) -> None:
        """Take the last reply in this channel back and have it written again."""
        self._send({"op": "regenerate", "id": new_id(), "channel": channel})

    def _send_until_acknowledged(self, request_id: RequestId | None, request: dict[str, Any]) -> RequestId:
        self._require_open()
        if request_id is None:
            request_id = new_id()
        request["id"] = request_id
        if request_id not in self._open:
            self._unacknowledged[request_id] = request
            self._settled.clear()
        self._send(request)
        return request_id

    def _require_open(self) -> None:
        if self._closed:
            raise ClientClosed("the connection to the persona service was closed")

    def _ask_again_when_connected(self, what: str, request: dict[str, Any]) -> None:
        """Only the newest question of a kind matters; it is asked anew on each connection until answered."""
        request["id"] = new_id()
        self._questions[what] = request
        self._send(request)

    def _send(self, request: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encode_frame(request))

    async def _run(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            # Whether the service not being there is fatal is for the supervisor to say, not for us.
            if await self._serve_one_connection():
                retry_s = _FIRST_RETRY_S
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, _LAST_RETRY_S)

    async def _serve_one_connection(self) -> bool:
        """Connect and receive until the connection ends; False when there was none."""
        try:
            reader, self._writer = await asyncio.open_unix_connection(str(self._socket_path))
        except OSError:
            return False
        try:
            self._take_up_again()
            if self._was_connected:
                self._deliver({"type": "reconnected"})
            self._was_connected = True
            await self._receive(reader)
        except (OSError, WireError) as error:
            _log.warning("lost the persona service: %s", error)
        finally:
            self._writer.close()
            self._writer = None
        return True

    def _take_up_again(self) -> None:
        if self._open:
            self._send({"op": "resume", "ids": list(self._open)})
        for request in (*self._unacknowledged.values(), *self._reactions.values()):
            self._send(request)
        for request in self._questions.values():
            self._send(request)

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        frames = FrameReader()
        while data := await reader.read(_READ_BYTES):
            for event in frames.feed(data):
                if self._is_news(event):
                    self._deliver(event)
        _log.info("the persona service closed the connection")

    def _is_news(self, event: dict[str, Any]) -> bool:
        """Keep the books of what is open; False for what the frontend has already been told."""
        kind = event.get("type")
        if kind == "accepted":
            self._accepted(event["id"])
            return True
        if kind == "outcomes_done":
            self._finish(event["in_reply_to"])
            return True
        if kind == "error" and self._refused(event.get("id")):
            return True
        self._questions = {
            what: question for what, question in self._questions.items() if question["id"] != event.get("id")
        }
        if kind in _OUTCOMES:
            answered = event.get("in_reply_to", "")
            seen = self._open.get(answered)
            if seen is None and answered in self._unacknowledged:
                seen = self._early.setdefault(answered, set())
            if seen is not None:
                persona = event.get("persona_id") or event.get("persona", "")
                if persona in seen:
                    return False
                seen.add(persona)
        return True

    def _accepted(self, request_id: RequestId) -> None:
        if self._unacknowledged.pop(request_id, None) is not None:
            told = self._told.pop(request_id, set())
            self._open[request_id] = told | self._early.pop(request_id, set())
        elif self._reactions.pop(request_id, None) is not None:
            self._check_settled()

    def _refused(self, request_id: RequestId | None) -> bool:
        """False when nothing of that id waited for `accepted`; the error is the last that is said of it."""
        if request_id is None:
            return False
        if self._unacknowledged.pop(request_id, None) is not None:
            self._early.pop(request_id, None)
        elif self._reactions.pop(request_id, None) is None:
            return False
        self._check_settled()
        return True

    def _finish(self, message_id: RequestId) -> None:
        seen = self._open.pop(message_id, None)
        if seen is not None:
            self._told[message_id] = seen
            if len(self._told) > _REMEMBERED_IDS:
                del self._told[next(iter(self._told))]
        self._check_settled()

    def _check_settled(self) -> None:
        if not (self._open or self._unacknowledged or self._reactions):
            self._settled.set()


def new_id() -> str:
    """An id for an input whose sender gave none."""
    return uuid4().hex
