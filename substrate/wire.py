"""Messages between processes: msgpack maps in length-prefixed frames over a local stream socket.

One socket per serving process, in the run directory, mode 0600; commands are asked of the supervisor's. A
frame is a 4-byte big-endian length and a msgpack map. Requests carry `op`; what comes back carries `type`,
exactly as the JSON lines of `--stdio` do, so that a frontend passes it on unchanged. Commands are typed
envelopes: `name`, `params`, optional `handle`, `session_id`, `user_id`; answered by `success`, `data`,
`handle`, `error` (None, or a map of `message` and `hint`).

    client -> service   op: message (id, channel, sender, text) | typing (channel, sender, text)
                            reaction (id, message_id, emoji, sender) | cancel (channel) | regenerate (channel)
                            edit (message_id, text) | command (id, name, params, ...)
                            history (channel, limit)
                            resume (ids accepted, without an outcome yet: sent after a reconnect)
    service -> client   type: accepted (id, message_id, absent: whom it names and who does not hear it)
                            delta (persona, persona_id, channel, in_reply_to, text, thinking)
                            reply (persona, persona_id, channel, text, message_id, in_reply_to, latency,
                                   memories, thinking, stopped, cut) | silence (persona, in_reply_to, reason)
                            error (message, hint, id or in_reply_to, fatal)
                            outcomes_done (in_reply_to, message_id): nothing more will come of that message
                            history (id, channel, messages) | result | service-ready (model)
    client -> supervisor, supervisor -> region    op: command;  and back    type: result

`in_reply_to` is the `id` that the sender gave its message, or the message's `message_id` where it gave none
(and for what answers a persona's message). docs/turn.md says which outcomes there are and when they come.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgpack

from substrate.errors import SubstrateError

MAX_TEXT_BYTES = 64 * 1024
"""The longest message text, in UTF-8 bytes."""

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""The longest frame: results of commands can be long, messages never are."""

_LENGTH = struct.Struct(">I")


class WireError(SubstrateError):
    """A frame that does not follow the format; the connection that sent it is closed."""


def encode_frame(message: Mapping[str, Any]) -> bytes:
    """One message as a frame."""
    body: bytes = msgpack.packb(message)
    _check_length(len(body))
    return _LENGTH.pack(len(body)) + body


def _check_length(length: int) -> None:
    if length > MAX_FRAME_BYTES:
        raise WireError(f"a frame of {length} bytes is over the limit of {MAX_FRAME_BYTES}")


def encode_frames(messages: Iterable[Mapping[str, Any]]) -> bytes:
    """Several messages as one stretch of bytes, for one write."""
    pack = msgpack.Packer().pack
    parts: list[bytes] = []
    for message in messages:
        body: bytes = pack(message)
        _check_length(len(body))
        parts.append(_LENGTH.pack(len(body)))
        parts.append(body)
    return b"".join(parts)


def command_result(request: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """The answer to a command that succeeded; echoes `id`, `name` and `handle` of the request."""
    return {
        "type": "result",
        "id": request.get("id"),
        "name": request.get("name"),
        "success": True,
        "data": data,
        "handle": request.get("handle"),
        "error": None,
    }


def command_failure(request: Mapping[str, Any], error: SubstrateError) -> dict[str, Any]:
    """The answer to a command that failed; echoes `id`, `name` and `handle` of the request."""
    return {
        "type": "result",
        "id": request.get("id"),
        "name": request.get("name"),
        "success": False,
        "data": None,
        "handle": request.get("handle"),
        "error": {"message": error.message, "hint": error.hint},
    }


class FrameReader:
    """Cuts a byte stream into messages. Not thread-safe; one per connection."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Add what was received; yield every message that is now complete. Raises WireError."""
        self._pending += data
        while len(self._pending) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pending)
            if length > MAX_FRAME_BYTES:
                raise WireError(f"a frame claims {length} bytes, the limit is {MAX_FRAME_BYTES}")
            end = _LENGTH.size + length
            if len(self._pending) < end:
                return
            body = bytes(self._pending[_LENGTH.size : end])
            del self._pending[:end]
            try:
                message = msgpack.unpackb(body)
            except (ValueError, msgpack.UnpackException) as error:
                reason = str(error) or type(error).__name__
                raise WireError(f"a frame does not hold msgpack: {reason}") from error
            if not isinstance(message, dict):
                raise WireError(f"a frame holds {type(message).__name__}, not a map")
            yield message
