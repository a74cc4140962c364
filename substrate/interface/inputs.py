"""What a frontend may send, and what is refused: the one place that reads input from outside.

The table `INPUTS` is the definition: lines are checked against it, error messages name what it accepts, and
docs/interfaces.md is generated from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from substrate.errors import SubstrateError
from substrate.plain_text import ALLOWED, NOT_IN_NAMES, NOT_IN_TEXTS, refusal
from substrate.wire import MAX_TEXT_BYTES

MAX_LINE_BYTES = 4 * 1024 * 1024
"""A longer line is dropped without being read as JSON; room for any text that JSON escapes sixfold."""

MAX_NAME_CHARACTERS = 64
"""The longest channel, sender, id or emoji."""

MAX_DEPTH = 64
"""How deep objects and arrays may nest in one line."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKETS_AND_STRINGS = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*"')

Id = str | int
"""What a sender may use as an `id`; it is echoed as it came."""


class BadInput(SubstrateError):
    """One input that was refused; `sender_id` is its `id`, if one could be read."""

    def __init__(self, message: str, hint: str = "", sender_id: Id | None = None) -> None:
        super().__init__(message, hint)
        self.sender_id = sender_id


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an input: `read` returns the value or raises BadInput, told the field's name."""

    name: str
    read: Callable[[str, Any], Any]
    explanation: str
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class InputType:
    """One value of `type`, and the fields that come with it. Fields not named here are ignored."""

    name: str
    summary: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One input that passed: its type, the sender's id if there was one, and its checked fields."""

    type: str
    id: Id | None
    fields: dict[str, Any]


def checked_text(field: str, value: Any) -> str:
    """A message: not blank, at most 64 KiB of UTF-8, no control characters but line feed and tab."""
    text = _checked_string(field, value, refused=NOT_IN_TEXTS)
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise BadInput(
            f"`{field}` has {size} bytes, the limit is {MAX_TEXT_BYTES}",
            "send it in parts",
        )
    if not text.strip():
        raise BadInput(f"`{field}` is empty", "send at least one visible character")
    return text


def checked_partial_text(field: str, value: Any) -> str:
    """Like a message, but it may be empty: the input line was cleared."""
    if value == "":
        return ""
    text = _checked_string(field, value, refused=NOT_IN_TEXTS)
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise BadInput(f"`{field}` has {size} bytes, the limit is {MAX_TEXT_BYTES}")
    return text


def checked_name(field: str, value: Any) -> str:
    """A channel, a sender, an emoji or an id: one line of 1 to 64 characters."""
    name = _checked_string(field, value, refused=NOT_IN_NAMES)
    if not name.strip():
        raise BadInput(f"`{field}` is empty", "give it at least one visible character")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadInput(f"`{field}` has {len(name)} characters, the limit is {MAX_NAME_CHARACTERS}")
    return name


def checked_object(field: str, value: Any) -> dict[str, Any]:
    """A JSON object, as the parameters of a command are: of texts in UTF-8 and whole numbers of 64 bits."""
    if not isinstance(value, dict):
        raise BadInput(f"`{field}` must be an object, not {_json_type(value)}")
    for held in _values_in(value):
        if isinstance(held, str) and (half := _SURROGATE.search(held)):
            raise BadInput(
                f"`{field}` holds half a character, U+{ord(half[0]):04X}", "no UTF-8 text can hold one alone"
            )
        if isinstance(held, int) and not -(2**63) <= held < 2**63:
            raise BadInput(f"`{field}` holds {_shown(held)}, which is longer than 64 bits")
    return value


def _values_in(value: Any) -> Iterator[Any]:
    """Everything in a value of JSON that is no object and no array, the names in objects among them."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield name
            yield from _values_in(held)
    elif isinstance(value, list):
        for held in value:
            yield from _values_in(held)
    else:
        yield value


_CHANNEL = Field("channel", checked_name, "the room, such as `general`; it comes into being when first used")
_SENDER = Field("sender", checked_name, "the name of the person who writes")

INPUTS = (
    InputType(
        "message",
        "A person says something. Answered by `accepted` once it is on disk, then by one `reply`, `silence` "
        "or `error` per persona addressed. A repeated `id` is taken once.",
        (
            _CHANNEL,
            _SENDER,
            Field("text", checked_text, "up to 64 KiB of UTF-8; line feed and tab are the only controls"),
        ),
    ),
    InputType(
        "typing",
        "What stands in the person's input line so far, so that memory and model can think ahead. Not "
        "answered.",
        (_CHANNEL, _SENDER, Field("text", checked_partial_text, "the partial text; empty when cleared")),
    ),
    InputType(
        "reaction",
        "A person reacts to a message or reply; it makes the memory of it matter more or less. Answered by "
        "`accepted`. The same one with the same `id` is taken once.",
        (
            Field("message_id", checked_name, "`message_id` of `accepted` or `reply`"),
            Field("emoji", checked_name, "such as 👍"),
            Field("sender", checked_name, "who reacts", required=False, default="somebody"),
        ),
    ),
    InputType(
        "command",
        "Ask the instance something, see Commands. Answered by `result`.",
        (
            Field("name", checked_name, "such as `region/stats`"),
            Field("params", checked_object, "the command's parameters", required=False),
            Field("handle", checked_name, "returned as it came", required=False),
            Field("session_id", checked_name, "for the sender's own use", required=False),
            Field("user_id", checked_name, "for the sender's own use", required=False),
        ),
    ),
)
"""Everything that may be sent, in the order in which it is documented."""

_BY_NAME = {input_type.name: input_type for input_type in INPUTS}
_ACCEPTED_TYPES = ", ".join(f"`{name}`" for name in _BY_NAME)


def read_line(line: bytes) -> Input:
    """One line of JSON as a checked input. Raises BadInput, with the line's id whenever it has one."""
    try:
        text = line.decode()
        _check_depth(text)
        value = json.loads(text)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"the line is not valid UTF-8: byte 0x{line[error.start]:02x} at position {error.start}",
            "send one JSON object a line, in UTF-8",
        ) from error
    except ValueError as error:
        raise BadInput(f"the line is not valid JSON: {error}", "send one JSON object a line") from error
    if not isinstance(value, dict):
        raise BadInput(
            f"the line holds {_json_type(value)}, not an object",
            f'for example {{"type": "message", ...}}; accepted types: {_ACCEPTED_TYPES}',
        )
    sender_id = _sender_id(value)
    try:
        return _read_object(value, sender_id)
    except BadInput as error:
        raise BadInput(error.message, error.hint, sender_id) from None


def _check_depth(text: str) -> None:
    """Refuse what would exhaust the parser's stack: CPython's own check there is not always survived."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKETS_AND_STRINGS.findall(text):
        depth += (bracket in "[{") - (bracket in "]}")
        if depth > MAX_DEPTH:
            raise BadInput(f"the line nests deeper than {MAX_DEPTH} levels", "send flat JSON objects")


def _sender_id(value: dict[str, Any]) -> Id | None:
    sender_id = value.get("id")
    if sender_id is None:
        return None
    if isinstance(sender_id, int) and not isinstance(sender_id, bool) and abs(sender_id) < 2**63:
        return sender_id
    if isinstance(sender_id, str):
        return checked_name("id", sender_id)
    what = _shown(sender_id) if isinstance(sender_id, int | float) else _json_type(sender_id)
    raise BadInput(f"`id` must be a string or an integer of 64 bits, not {what}")


def _read_object(value: dict[str, Any], sender_id: Id | None) -> Input:
    name = value.get("type")
    input_type = _BY_NAME.get(name) if isinstance(name, str) else None
    if input_type is None:
        what = "`type` is missing" if "type" not in value else f"unknown type {_shown(name)}"
        raise BadInput(what, f"accepted types: {_ACCEPTED_TYPES}")
    fields: dict[str, Any] = {}
    for field in input_type.fields:
        if value.get(field.name) is not None:
            fields[field.name] = field.read(field.name, value[field.name])
        elif field.required:
            needed = ", ".join(f"`{each.name}`" for each in input_type.fields if each.required)
            raise BadInput(f"`{field.name}` is missing", f"a {input_type.name} needs {needed}")
        else:
            fields[field.name] = field.default
    return Input(input_type.name, sender_id, fields)


def _checked_string(field: str, value: Any, *, refused: re.Pattern[str]) -> str:
    if not isinstance(value, str):
        raise BadInput(f"`{field}` must be a string, not {_json_type(value)}")
    if found := refusal(value, refused):
        raise BadInput(f"`{field}` holds {found}", ALLOWED)
    return value


def _json_type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def _shown(value: Any) -> str:
    """A value as an error message may quote it: short, on one line."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


class LineSplitter:
    """Cuts a byte stream into lines; a line that is too long becomes one BadInput and costs no memory."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._pending = bytearray()
        self._dropped_bytes = 0

    def feed(self, data: bytes) -> Iterator[bytes | BadInput]:
        """Add what was read; yield the lines that are now complete, without their line ends."""
        *complete, rest = data.split(b"\n")
        for part in complete:
            yield self._end_line(part)
        self._append(rest)

    def end(self) -> Iterator[bytes | BadInput]:
        """The stream is over: yield what stands there without a line end."""
        if self._pending or self._dropped_bytes:
            yield self._end_line(b"")

    def _append(self, part: bytes) -> None:
        if self._dropped_bytes or len(self._pending) + len(part) > self._max_line_bytes:
            self._dropped_bytes += len(self._pending) + len(part)
            self._pending.clear()
        else:
            self._pending += part

    def _end_line(self, part: bytes) -> bytes | BadInput:
        self._append(part)
        line, dropped_bytes = bytes(self._pending), self._dropped_bytes
        self._pending.clear()
        self._dropped_bytes = 0
        if dropped_bytes:
            return BadInput(
                f"a line of {dropped_bytes} bytes is over the limit of {self._max_line_bytes}",
                f"a text may have {MAX_TEXT_BYTES} bytes",
            )
        return line.rstrip(b"\r")
