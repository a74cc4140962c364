"""Speaking the OpenAI chat API over HTTP: connections, requests, streams, and what a server says of errors.

Nothing here knows of prompts or personas. The key is sent and never shown: it is refused in a URL, and taken
out of whatever a server says, since errors are logged.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import ssl
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from substrate.inference.protocol import InferenceError, ModelLoadError, PromptTooLong

API_KEY = "OPENAI_API_KEY"
"""The environment variable that holds the server's key, for servers that want one."""

_LONGEST_LINE_BYTES = 1 << 20
"""Of a stream; what is longer is cut there and then is no JSON. No event is longer in all its lines."""
_LONGEST_ANSWER_BYTES = 1 << 22
_LONGEST_QUOTE = 200
"""Characters of an answer that is no error of the API's form."""
_AFTER_THE_END_S = 5.0
"""How long the counts of a reply may take behind its end."""
_BYTE_ORDER_MARK = "\ufeff"
_DONE = "[DONE]"
_NOTHING_SAID = frozenset(("", "event", "id", "retry"))
"""Fields of a stream that hold no words of the server; the one without a name is a comment."""
_NOT_AS_AGREED = (
    OSError,
    http.client.HTTPException,
    AttributeError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading a stream raises that breaks off or is not of the API's form."""
_REFUSED = frozenset((400, 422))
_NOT_EVERYWHERE = ("response_format", "grammar", "top_k", "min_p", "repeat_penalty")
"""Fields that not every server takes; some fail over them instead of refusing them."""
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|token count|prompt length|reduce the length"
    r"|(prompt|input|request|message).{0,80}(too long|longer than|too many tokens)",
    re.IGNORECASE | re.DOTALL,
)
"""How servers say that a prompt is longer than what their model reads; the API has no code for it."""
_SEE_ITS_LOG = "see the server's own log"
_HINTS = {
    401: f"give the server's key in the environment variable {API_KEY}",
    403: "the key may not use this model",
    404: "check the URL, which ends in /v1 for most servers, and the name of the model",
    429: "the server is busy or the account has no credit left",
}


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """Where the engine is and how patient to be.

    `url` is the API's base, such as http://127.0.0.1:8080/v1. `model` empty takes the first that the server
    offers. `context_tokens` must be said here, since the API does not tell. `sends_extensions` adds what
    local servers understand and OpenAI's own refuses: top_k, min_p, repeat_penalty and grammar; a server that
    refuses them is asked without. A server is given up that sends nothing for `silence_timeout_s`, or for
    `event_timeout_s` nothing but comments, by which some keep a connection open while they read a long
    prompt.
    """

    url: str
    model: str = ""
    context_tokens: int = 8192
    connect_timeout_s: float = 10.0
    silence_timeout_s: float = 120.0
    event_timeout_s: float = 600.0
    sends_extensions: bool = True

    @classmethod
    def parse(cls, specification: str) -> RemoteSettings:
        """Read `URL` or `URL#model`. Raises ModelLoadError for what cannot be one."""
        base, _, model = specification.partition("#")
        if "@" in base or "?" in base:
            # Not shown: what stands there is most likely a secret, and errors are logged.
            raise ModelLoadError(
                "the URL of the engine carries more than an address",
                "leave out user names, passwords and what follows a question mark; a key is read from the "
                "environment",
            )
        try:
            parts = urlsplit(base)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is no port, brackets that do not close
            is_url = False
        if not is_url or not base.isascii() or not base.isprintable() or " " in base:
            raise ModelLoadError(
                f"{base!r} is not an http or https URL", "for example http://127.0.0.1:8080/v1"
            )
        return cls(base.rstrip("/"), model)


class RequestRefused(InferenceError):
    """The server did not take a request as it was, maybe for a field that not every server takes."""


class ChatServer:
    """One server by its settings. Thread-safe; a connection belongs to the thread that uses it."""

    def __init__(self, settings: RemoteSettings, api_key: str | None) -> None:
        """`settings.url` is one that `RemoteSettings.parse` accepts. Raises ModelLoadError for a bad key."""
        self._settings = settings
        self._path = urlsplit(settings.url).path
        self._api_key = (api_key or "").strip()
        self._headers = {"Content-Type": "application/json"}
        if self._api_key:
            if not (self._api_key.isascii() and self._api_key.isprintable()):
                raise ModelLoadError(
                    "the server's key holds characters that no key has",
                    "set the environment variable anew, without quotes and line breaks",
                )
            self._headers["Authorization"] = f"Bearer {self._api_key}"

    def connect(self) -> http.client.HTTPConnection:
        """A connection that gives up on a silent server. Raises InferenceError."""
        parts = urlsplit(self._settings.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        # Without a port given, the last part of an address of IP version 6 would be taken for one.
        port = parts.port or kind.default_port
        connection = kind(parts.hostname or "", port, timeout=self._settings.connect_timeout_s)
        try:
            connection.connect()
        except ssl.SSLError as error:
            raise InferenceError(
                f"{self._settings.url} cannot be spoken to in private: {error}",
                "does the server speak https, with a certificate that this machine trusts?",
            ) from error
        except (OSError, UnicodeError) as error:  # the latter: a name that no host can have
            raise InferenceError(
                f"{self._settings.url} cannot be reached: {error}", "is the server running?"
            ) from error
        connection.sock.settimeout(self._settings.silence_timeout_s)
        return connection

    def offered_models(self, connection: http.client.HTTPConnection) -> list[str]:
        """The names of the server's models. Raises InferenceError."""
        body = self._read(self._ask(connection, "GET", "/models", None))
        try:
            return [str(model["id"]) for model in json.loads(body)["data"]]
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            raise InferenceError(
                f"{self._settings.url}/models does not answer as the OpenAI API does, it says: "
                f"{self._said(body)}",
                _HINTS[404],
            ) from error

    def completion(
        self, connection: http.client.HTTPConnection, body: dict[str, Any]
    ) -> Generator[dict[str, Any], None, None]:
        """Ask for a streamed chat completion: the JSON objects of its events.

        Raises InferenceError, also for a stream that ends without having said so: the reply is not whole. One
        that is whole stays so, whatever becomes of the connection.
        """
        url = self._settings.url
        held = connection.sock  # a response that ends with its connection takes it over
        response = self._ask(connection, "POST", "/chat/completions", json.dumps(body).encode())
        patience_s = self._settings.event_timeout_s
        heard_s = time.monotonic()
        events = 0
        other = ""
        has_ended = False
        try:
            for part in _server_sent(response):
                if part.field == "error":  # llama-server ends a reply so, and says that it is done
                    said = self._said(part.text.removeprefix("error:").encode())
                    raise InferenceError(f"{url} broke off: {said}", _SEE_ITS_LOG)
                if part.field != "data":
                    if part.field not in _NOTHING_SAID:
                        other = other or part.text
                    if time.monotonic() - heard_s > patience_s:
                        if has_ended:
                            return
                        raise InferenceError(
                            f"{url} kept the line open for {patience_s:g} s and said nothing",
                            "is the server overloaded, or stuck?",
                        )
                    continue
                if part.text == _DONE:
                    return
                event = part.event
                if not isinstance(event, dict) or event.get("error"):
                    raise InferenceError(f"{url} broke off: {self._said(part.text.encode())}", _SEE_ITS_LOG)
                choices = event.get("choices") or ()
                if not has_ended and any(choice.get("finish_reason") for choice in choices):
                    has_ended = True
                    patience_s = min(patience_s, _AFTER_THE_END_S)
                    held.settimeout(min(self._settings.silence_timeout_s, _AFTER_THE_END_S))
                heard_s = time.monotonic()
                events += 1
                yield event
        except TimeoutError as error:
            if has_ended:
                return
            raise InferenceError(
                f"{url} fell silent for {self._settings.silence_timeout_s:g} s", "is the server overloaded?"
            ) from error
        except _NOT_AS_AGREED as error:
            if has_ended:
                return
            raise InferenceError(f"{url} broke off: {error!r}", _SEE_ITS_LOG) from error
        finally:
            response.close()  # it holds the socket, and an error that somebody keeps would hold the response
        if not has_ended:
            said = f"; it said: {self._said(other.encode())}" if other else ""
            raise InferenceError(f"{url} ended the reply early, after {events} events{said}", _SEE_ITS_LOG)

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None
    ) -> http.client.HTTPResponse:
        """Send a request; returns the response if it is a good one. Raises InferenceError: RequestRefused if
        it may do in another form, PromptTooLong if only a shorter one will."""
        url = f"{self._settings.url}{path}"
        try:
            # A server that answers before it has read everything may not listen to the rest.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, self._path + path, body, self._headers)
            response = connection.getresponse()
        except TimeoutError as error:
            raise InferenceError(f"{url} does not answer in time", "is the server overloaded?") from error
        except (OSError, http.client.HTTPException) as error:
            raise InferenceError(f"{url} broke off: {error!r}", _SEE_ITS_LOG) from error
        if response.status != http.client.OK:
            try:
                said = self._said(self._read(response))
            except InferenceError as error:  # the status is told all the same
                said = error.message
            kind = _kind_of(response.status, said)
            hint = "give the server a larger context" if kind is PromptTooLong else _SEE_ITS_LOG
            raise kind(
                f"{url} answered {response.status} {response.reason}: {said}",
                _HINTS.get(response.status, hint),
            )
        return response

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """A whole answer, within reason; closes the response. Raises InferenceError."""
        try:
            return response.read(_LONGEST_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise InferenceError(f"{self._settings.url} broke off: {error!r}", _SEE_ITS_LOG) from error
        finally:
            response.close()

    def _said(self, body: bytes) -> str:
        """What the server says of an error: in the API's form if it keeps to it, else its first words.

        Some servers repeat the key that they refuse: it is taken out, since errors are logged.
        """
        text = body.decode("utf-8", "replace").strip()
        try:
            answer = json.loads(text)
            error = answer.get("error") or answer  # some say it without that name around it
            message = error["message"] if isinstance(error, dict) else error
        except (AttributeError, KeyError, RecursionError, ValueError):
            message = None
        said, longest = (str(message), None) if message else (text or "nothing", _LONGEST_QUOTE)
        # Taken out before anything is cut: half a key is a secret as well.
        return (said.replace(self._api_key, "(the key)") if self._api_key else said)[:longest]


class _Part(NamedTuple):
    """Of a stream: an event that is whole ("data", with its JSON), or a line and the field that it names."""

    field: str
    text: str
    event: Any = None


def _server_sent(response: http.client.HTTPResponse) -> Iterator[_Part]:
    """Server-sent events as they come. Raises ValueError for one that is no JSON."""
    data = ""
    while line := response.readline(_LONGEST_LINE_BYTES):
        text = line.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK).rstrip("\r\n")
        field, _, value = text.partition(":")
        # An event in one line, as most are, does not wait for the empty line that ends it.
        may_be_whole = not data or not text
        if field == "data":
            data += f"\n{value}" if data else value.strip()
            field = ""
            if len(data) > _LONGEST_LINE_BYTES:
                raise ValueError("an event without an end")
        part = _Part(field, text)
        if data and may_be_whole:
            try:
                part = _Part("data", data, None if data == _DONE else json.loads(data))
                data = ""
            except ValueError:
                if not text:
                    raise
        yield part


def _kind_of(status: int, said: str) -> type[InferenceError]:
    """Which error an answer is, by its status and what the server said with it."""
    may_be_a_field = status in _REFUSED or status >= http.client.INTERNAL_SERVER_ERROR
    if may_be_a_field and any(field in said for field in _NOT_EVERYWHERE):
        return RequestRefused
    if status not in _REFUSED:
        return InferenceError
    return PromptTooLong if _TOO_LONG.search(said) else RequestRefused
