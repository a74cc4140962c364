"""Speaking the OpenAI chat API over HTTP: connections, requests, streams, and what a server says of errors.

Nothing here knows of prompts or personas. The key is sent and never shown: it is refused in a URL, and taken
out of whatever a server says, since errors are logged.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from substrate.inference.protocol import InferenceError, ModelLoadError

API_KEY = "OPENAI_API_KEY"
"""The environment variable that holds the server's key, for servers that want one."""

_LONGEST_LINE_BYTES = 1 << 20
"""Of a stream; what is longer is cut there and then is no JSON."""
_LONGEST_ANSWER_BYTES = 1 << 22
_LONGEST_QUOTE = 200
"""Characters of an answer that is no error of the API's form."""
_REFUSED = frozenset((400, 422))
_NOT_EVERYWHERE = ("response_format", "grammar", "top_k", "min_p", "repeat_penalty")
"""Fields that not every server takes; some fail over them instead of refusing them."""
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
    """The server did not take a request as it was: a field that it does not know, or does not like."""


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
        connection = kind(parts.hostname or "", parts.port, timeout=self._settings.connect_timeout_s)
        try:
            connection.connect()
        except ssl.SSLError as error:
            raise InferenceError(
                f"{self._settings.url} cannot be spoken to in private: {error}",
                "does the server speak https, with a certificate that this machine trusts?",
            ) from error
        except OSError as error:
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
        except (ValueError, KeyError, TypeError) as error:
            raise InferenceError(
                f"{self._settings.url}/models does not answer as the OpenAI API does, it says: "
                f"{self._said(body)}",
                _HINTS[404],
            ) from error

    def completion(
        self, connection: http.client.HTTPConnection, body: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Ask for a streamed chat completion: the JSON objects of its events.

        Raises InferenceError, also for a stream that ends without having said so: the reply is not whole.
        """
        response = self._ask(connection, "POST", "/chat/completions", json.dumps(body).encode())
        events = 0
        heard_s = time.monotonic()
        other = b""
        has_ended = False
        try:
            while line := response.readline(_LONGEST_LINE_BYTES):
                field, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(":")
                value = value.strip()
                if field != "data":
                    other = other or line.strip()
                    if time.monotonic() - heard_s > self._settings.event_timeout_s:
                        raise InferenceError(
                            f"{self._settings.url} kept the line open for "
                            f"{self._settings.event_timeout_s:g} s and said nothing",
                            "is the server overloaded, or stuck?",
                        )
                elif value == "[DONE]":
                    has_ended = True
                elif value:
                    heard_s = time.monotonic()
                    event = json.loads(value)
                    if not isinstance(event, dict) or "error" in event:
                        said = self._said(value.encode())
                        raise InferenceError(f"{self._settings.url} broke off: {said}", _SEE_ITS_LOG)
                    choices = event.get("choices") or ()
                    has_ended = has_ended or any(choice.get("finish_reason") for choice in choices)
                    events += 1
                    yield event
        except TimeoutError as error:
            raise InferenceError(
                f"{self._settings.url} fell silent for {self._settings.silence_timeout_s:g} s",
                "is the server overloaded?",
            ) from error
        except (OSError, http.client.HTTPException, ValueError, AttributeError, TypeError) as error:
            raise InferenceError(f"{self._settings.url} broke off: {error!r}", _SEE_ITS_LOG) from error
        finally:
            response.close()  # it holds the socket, and an error that somebody keeps would hold the response
        if not has_ended:
            said = f"; it said: {self._said(other)}" if other else ""
            raise InferenceError(
                f"{self._settings.url} ended the reply early, after {events} events{said}", _SEE_ITS_LOG
            )

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None
    ) -> http.client.HTTPResponse:
        """Send a request; returns the response if it is a good one. Raises InferenceError."""
        url = f"{self._settings.url}{path}"
        try:
            connection.request(method, self._path + path, body, self._headers)
            response = connection.getresponse()
        except TimeoutError as error:
            raise InferenceError(f"{url} does not answer in time", "is the server overloaded?") from error
        except (OSError, http.client.HTTPException) as error:
            raise InferenceError(f"{url} broke off: {error!r}", _SEE_ITS_LOG) from error
        if response.status != http.client.OK:
            said = self._said(self._read(response))
            is_refused = response.status in _REFUSED or (
                response.status >= http.client.INTERNAL_SERVER_ERROR
                and any(one in said for one in _NOT_EVERYWHERE)
            )
            kind = RequestRefused if is_refused else InferenceError
            raise kind(
                f"{url} answered {response.status} {response.reason}: {said}",
                _HINTS.get(response.status, _SEE_ITS_LOG),
            )
        return response

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """A whole answer, within reason. Raises InferenceError."""
        try:
            return response.read(_LONGEST_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise InferenceError(f"{self._settings.url} broke off: {error!r}", _SEE_ITS_LOG) from error

    def _said(self, body: bytes) -> str:
        """What the server says of an error: in the API's form if it keeps to it, else its first words.

        Some servers repeat the key that they refuse: it is taken out, since errors are logged.
        """
        text = body.decode("utf-8", "replace").strip()
        try:
            error = json.loads(text)["error"]
            said, longest = str(error["message"] if isinstance(error, dict) else error), None
        except (ValueError, KeyError, TypeError):
            said, longest = text or "nothing", _LONGEST_QUOTE
        # Taken out before anything is cut: half a key is a secret as well.
        return (said.replace(self._api_key, "(the key)") if self._api_key else said)[:longest]
