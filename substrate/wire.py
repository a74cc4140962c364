"""Messages between processes: msgpack maps in length-prefixed frames over a local stream socket.

One socket per serving process, in the run directory, mode 0600. A frame is a 4-byte big-endian length and a
msgpack map. Requests carry `op`; what comes back carries `type`, exactly as the JSON lines of `--stdio` do,
so that a frontend passes it on unchanged. Commands are typed envelopes: `name`, `params`, optional `handle`,
`session_id`, `user_id`; answered by `success`, `data`, `handle`, `error`.

    client -> service   op: message (id, channel, sender, text) | typing (channel, sender, text)
                            reaction (message_id, emoji, sender) | cancel (channel) | regenerate (channel)
                            edit (message_id, text) | command (id, name, params, ...)
                            resume (ids accepted, without an outcome yet: sent after a reconnect)
    service -> client   type: accepted | reply | delta | silence | error | result | outcomes_done
    client -> region    op: command;  region -> client  type: result
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
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


def encode_frame(message: dict[str, Any]) -> bytes:
    """One message as a frame."""
    body: bytes = msgpack.packb(message)
    if len(body) > MAX_FRAME_BYTES:
        raise WireError(f"a frame of {len(body)} bytes is over the limit of {MAX_FRAME_BYTES}")
    return _LENGTH.pack(len(body)) + body


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
                raise WireError(f"a frame does not hold msgpack: {error}") from error
            if not isinstance(message, dict):
                raise WireError(f"a frame holds {type(message).__name__}, not a map")
            yield message
