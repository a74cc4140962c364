"""What clients of the service's socket may ask for, checked once, at the door.

Every request becomes a typed value or one error that names what is wrong with it; nothing is stripped or cut
on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from substrate.errors import SubstrateError
from substrate.persona.transcript_writer import ClientId
from substrate.plain_text import NOT_IN_NAMES, NOT_IN_TEXTS
from substrate.wire import MAX_TEXT_BYTES

MAX_NAME_CHARACTERS = 64
"""The longest channel, sender or emoji."""

MAX_ID_CHARACTERS = 128

MAX_HISTORY = 1000

_TOO_LONG_IN_ANY_CASE = MAX_TEXT_BYTES
_SHORT_IN_ANY_CASE = MAX_TEXT_BYTES // 4


class BadRequest(SubstrateError):
    """A request that is refused; nothing of it was done."""


class MessageRequest(NamedTuple):
    """Somebody said something. A tuple, because it is made for every message."""

    client_id: ClientId | None
    channel: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class TypingRequest:
    """What stands in somebody's input line right now."""

    channel: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class ReactionRequest:
    client_id: ClientId | None
    message: ClientId
    sender: str
    emoji: str


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Stop what is being written in a channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class RegenerateRequest:
    """Take the answers to the last message of a channel back and have them written again."""

    client_id: ClientId | None
    channel: str


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Replace a message's text; it and what answered it are withdrawn, the new text is answered."""

    client_id: ClientId | None
    message: ClientId
    text: str


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    client_id: ClientId | None
    channel: str
    limit: int


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """Ids whose outcomes the client still waits for."""

    ids: tuple[ClientId, ...]


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A typed envelope; `envelope` is echoed into the result."""

    name: str
    params: Mapping[str, Any]
    envelope: Mapping[str, Any]


Request = (
    MessageRequest
    | TypingRequest
    | ReactionRequest
    | CancelRequest
    | RegenerateRequest
    | EditRequest
    | HistoryRequest
    | ResumeRequest
    | CommandRequest
)


def read_request(given: Mapping[str, Any]) -> Request:
    """The request in a frame. Raises BadRequest."""
    op = given.get("op")
    match op:
        case "message":
            return MessageRequest(
                read_id(given), _name(given, "channel"), _name(given, "sender"), read_text(given)
            )
        case "typing":
            return TypingRequest(_name(given, "channel"), _name(given, "sender"), _plain_text(given))
        case "reaction":
            return ReactionRequest(
                read_id(given), _message(given), _name(given, "sender"), _name(given, "emoji")
            )
        case "cancel":
            return CancelRequest(_name(given, "channel"))
        case "regenerate":
            return RegenerateRequest(read_id(given), _name(given, "channel"))
        case "edit":
            return EditRequest(read_id(given), _message(given), read_text(given))
        case "history":
            return HistoryRequest(read_id(given), _name(given, "channel"), _limit(given))
        case "resume":
            ids = given.get("ids")
            if not isinstance(ids, list):
                raise BadRequest(f"ids of a resume is {_shown(ids)}", "ids is a list of message ids")
            return ResumeRequest(tuple(_id(id_) for id_ in ids))
        case "command":
            return _command(given)
    raise BadRequest(
        f"unknown op {_shown(op)}",
        "accepted: message, typing, reaction, cancel, regenerate, edit, history, resume, command",
    )


def read_id(given: Mapping[str, Any]) -> ClientId | None:
    """The optional `id` of a request. Raises BadRequest."""
    id_ = given.get("id")
    return None if id_ is None else _id(id_)


def read_text(given: Mapping[str, Any]) -> str:
    """The `text` of a request. Raises BadRequest when it is missing, empty, too long or not plain."""
    text = _plain_text(given)
    if not text or text.isspace():
        raise BadRequest("the text is empty", "a message needs at least one character that can be seen")
    return text


def _plain_text(given: Mapping[str, Any]) -> str:
    """A text that may be empty, or blank so far: an input line is, before its first word."""
    text = given.get("text")
    if not isinstance(text, str):
        raise BadRequest(f"text is {_shown(text)}", "text is a string")
    if len(text) > _SHORT_IN_ANY_CASE:
        size = MAX_TEXT_BYTES + 1 if len(text) > _TOO_LONG_IN_ANY_CASE else len(text.encode(errors="replace"))
        if size > MAX_TEXT_BYTES:
            raise BadRequest(
                f"the text has {len(text)} characters, more than the {MAX_TEXT_BYTES} bytes that a message "
                "may take",
                "send it in several messages",
            )
    refused = NOT_IN_TEXTS.search(text)
    if refused:
        raise BadRequest(
            f"the text holds the control character {_code(refused.group())} at position {refused.start()}",
            "only line breaks (U+000A) and tabs may stand in a text",
        )
    return text


def _name(given: Mapping[str, Any], key: str) -> str:
    name = given.get(key)
    if not isinstance(name, str) or not name or name.isspace():
        raise BadRequest(f"{key} is {_shown(name)}", f"{key} is a text that is not empty")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadRequest(
            f"{key} has {len(name)} characters", f"at most {MAX_NAME_CHARACTERS} characters are accepted"
        )
    refused = NOT_IN_NAMES.search(name)
    if refused:
        raise BadRequest(
            f"{key} holds the control character {_code(refused.group())}", f"{key} is one line of plain text"
        )
    return name


def _message(given: Mapping[str, Any]) -> ClientId:
    message = given.get("message_id")
    if not _is_id(message):
        raise BadRequest(
            f"message_id is {_shown(message)}",
            "give the message_id that `accepted` or `reply` named, or the id that the message was sent with",
        )
    return message


def _limit(given: Mapping[str, Any]) -> int:
    limit = given.get("limit")
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_HISTORY:
        raise BadRequest(f"limit is {_shown(limit)}", f"limit is a whole number from 1 to {MAX_HISTORY}")
    return limit


def _id(id_: object) -> ClientId:
    if not _is_id(id_):
        raise BadRequest(
            f"id is {_shown(id_)}",
            f"an id is a whole number, or a text of 1 to {MAX_ID_CHARACTERS} characters",
        )
    return id_


def _is_id(id_: object) -> TypeGuard[ClientId]:
    if isinstance(id_, str):
        return 0 < len(id_) <= MAX_ID_CHARACTERS
    return isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 2**63


def _command(given: Mapping[str, Any]) -> CommandRequest:
    name, params = given.get("name"), given.get("params")
    if not isinstance(name, str):
        raise BadRequest(f"the name of a command is {_shown(name)}", "name is a text such as persona/status")
    if params is None:
        params = {}
    if not isinstance(params, Mapping):
        raise BadRequest(f"params of {name} is {_shown(params)}", "params is an object")
    return CommandRequest(name, params, given)


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}... ({type(value).__name__})"


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
