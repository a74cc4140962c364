"""An engine elsewhere: anything that speaks the OpenAI chat API (llama-server, vLLM, Ollama) by its URL.

The server renders and tokenises, keeps its own cache and tells what it likes of it; so the prompt goes as
messages, with the late block as the tail of the last one, and the counts of tokens are the server's. Each
request has a thread of its own, which spends its life waiting for bytes.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import http.client
import itertools
import logging
import socket
import threading
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from substrate.inference.chat_server import ChatServer, RemoteSettings, RequestRefused
from substrate.inference.handover import EventStream, Handover
from substrate.inference.protocol import (
    Delta,
    FinishReason,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Prompt,
    Rates,
    Role,
)
from substrate.inference.rates import RateMeter

_log = logging.getLogger(__name__)

_AT_ONCE = 64
_ENOUGH_READ_TOKENS = 256
"""Below this the time until the first token is mostly the way there and back, and says nothing of reading."""


class _Dialect(NamedTuple):
    """What of the API a server takes: fields that only local servers know, and JSON schemas for replies."""

    extensions: bool
    schemas: bool


class _Call:
    """One request under way: shutting its socket down from outside ends the thread that reads from it."""

    __slots__ = ("is_cancelled", "request", "socket", "started_ns", "stream")

    def __init__(self, request: GenerateRequest, stream: EventStream) -> None:
        self.request = request
        self.stream = stream
        self.started_ns = time.monotonic_ns()
        # Held here because a response takes the connection's socket over.
        self.socket: socket.socket | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.socket is not None:
            # Shutting down wakes a blocked read; closing alone does not.
            with contextlib.suppress(OSError):  # it has ended by itself
                self.socket.shutdown(socket.SHUT_RDWR)


class _Words:
    """The text of a reply. Some servers tell a model's thoughts apart: they are put back into their block,
    where whoever reads the reply looks for them; under a grammar they are left out."""

    def __init__(self, *, shows_thoughts: bool) -> None:
        self._shows_thoughts = shows_thoughts
        self._is_thinking = False

    def of(self, delta: dict[str, Any]) -> str:
        """The text that a piece of the stream adds."""
        text = ""
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and self._shows_thoughts:
            text += thought if self._is_thinking else f"<think>{thought}"
            self._is_thinking = True
        said = delta.get("content")
        return text + self.rest() + said if said else text

    def rest(self) -> str:
        """What ends a block of thoughts that is still open."""
        if not self._is_thinking:
            return ""
        self._is_thinking = False
        return "</think>"


class RemoteAdapter:
    """An `InferenceAdapter` over HTTP. `api_key` comes from the environment, read by the caller."""

    def __init__(self, settings: RemoteSettings, *, api_key: str | None = None) -> None:
        """`settings.url` is one that `RemoteSettings.parse` accepts. Raises ModelLoadError for a bad key."""
        self.settings = settings
        self._server = ChatServer(settings, api_key)
        self._model = settings.model
        self._dialect = _Dialect(settings.sends_extensions, schemas=True)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="remote")
        self._meter = RateMeter()
        self._calls: set[_Call] = set()
        self._lock = threading.Lock()
        self._handover: Handover | None = None
        self._closed = False

    def warmup(self) -> ModelFacts:
        """Ask the server what it offers. Raises ModelLoadError when it does not answer or lacks the model."""
        connection: http.client.HTTPConnection | None = None
        try:
            connection = self._server.connect()
            offered = self._server.offered_models(connection)
        except InferenceError as error:
            raise ModelLoadError(error.message, error.hint) from error
        finally:
            if connection is not None:
                connection.close()
        if not self._model and offered:
            self._model = offered[0]
        if self._model not in offered:
            raise ModelLoadError(
                f"{self.settings.url} does not offer the model {self._model!r}",
                f"it offers {', '.join(offered) or 'none'}",
            )
        return ModelFacts(
            name=self._model,
            context_tokens=self.settings.context_tokens,
            vocabulary=0,
            parameters=0,
            savings_off=("kept prefixes and settling: the server decides what it keeps",),
        )

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
        """Stream a reply; closing the generator closes the connection."""
        request.sampling.check()
        loop = asyncio.get_running_loop()
        if self._handover is None or self._handover.loop is not loop:
            self._handover = Handover(loop)
        call = _Call(request, self._handover.open_stream())
        # Under the lock that closing takes: whatever is begun before it is cancelled by it.
        with self._lock:
            if self._closed:
                raise InferenceError("the remote engine was closed", "make a new RemoteAdapter")
            try:
                self._threads.submit(self._serve, call, self._handover)
            except RuntimeError as error:  # the interpreter ends
                raise InferenceError(f"no request can be made any more: {error}") from error
            self._calls.add(call)
        try:
            async for event in call.stream.events():
                yield event
        finally:
            with self._lock:
                is_running = call in self._calls
            if is_running:
                call.cancel()

    def count_tokens(self, text: str) -> int:
        """An estimate, since the API has no tokenizer: a token for every three bytes of UTF-8, rounded up.

        By bytes, because a character of a script other than Latin is a token or more.
        """
        return (len(text.encode()) + 2) // 3

    def rates(self) -> Rates:
        return self._meter.rates

    def close(self) -> None:
        with self._lock:
            self._closed = True
            calls = list(self._calls)
        for call in calls:
            call.cancel()
        self._threads.shutdown(wait=True)

    # What follows runs on a request's own thread.

    def _serve(self, call: _Call, handover: Handover) -> None:
        connection: http.client.HTTPConnection | None = None
        try:
            if not call.is_cancelled:
                connection = self._server.connect()
                call.socket = connection.sock
            if connection is not None and not call.is_cancelled:
                connection, events = self._completion(call, connection)
                try:
                    self._stream(call, handover, events)
                except (AttributeError, TypeError, ValueError) as error:
                    raise InferenceError(
                        f"{self.settings.url} does not answer as the OpenAI API does: {error!r}",
                        "check the URL, which ends in /v1 for most servers",
                    ) from error
        except Exception as error:
            if isinstance(error, (OSError, http.client.HTTPException)) and self._closed:
                error = InferenceError("the remote engine was closed")
            handover.post(call.stream, error)
        finally:
            if connection is not None:
                connection.close()
            with self._lock:
                self._calls.discard(call)
            handover.flush()

    def _completion(
        self, call: _Call, connection: http.client.HTTPConnection
    ) -> tuple[http.client.HTTPConnection, Iterator[dict[str, Any]]]:
        """Ask in the dialect that worked last; where the server refuses that, in the others. The first event
        has come when this returns. Raises InferenceError: what it said to the first."""
        request, known = call.request, self._dialect
        refusal: RequestRefused | None = None
        for dialect in self._dialects(request):
            if refusal is not None:
                connection.close()
                connection = self._server.connect()
                call.socket = connection.sock
                if call.is_cancelled:  # meanwhile: it was the former socket that was shut down
                    connection.close()
                    raise refusal
            events = self._server.completion(connection, self._body(request, dialect))
            try:
                first = next(events, None)
            except RequestRefused as error:
                refusal = refusal or error
                continue
            except BaseException:
                connection.close()
                raise
            if dialect != known:
                self._dialect = dialect
                _log.warning(
                    "%s refused a request: %s. From now on it is asked %s the fields of local servers "
                    "(top_k, min_p, repeat_penalty), and for decisions by %s",
                    self.settings.url,
                    refusal,
                    "with" if dialect.extensions else "without",
                    "a JSON schema" if dialect.schemas else "a grammar",
                )
            return connection, itertools.chain(() if first is None else (first,), events)
        connection.close()
        assert refusal is not None  # there is a dialect, and it was refused
        raise refusal

    def _dialects(self, request: GenerateRequest) -> list[_Dialect]:
        """The one that worked last, then what else says the same."""
        known = self._dialect
        dialects = [known]
        if request.schema is not None and known.extensions:
            dialects.append(_Dialect(extensions=True, schemas=not known.schemas))
        if known.extensions:
            dialects.append(_Dialect(extensions=False, schemas=True))
        return dialects

    def _stream(self, call: _Call, handover: Handover, events: Iterator[dict[str, Any]]) -> None:
        pieces: list[str] = []
        # Some servers cut their text at any UTF-16 unit: JSON then holds the halves of a character.
        halves = codecs.getincrementaldecoder("utf-16-le")("replace")
        words = _Words(shows_thoughts=call.request.grammar is None)
        reason = ""
        usage: dict[str, Any] = {}
        first_token_ns = 0
        for event in events:
            usage = event.get("usage") or usage
            for choice in (event.get("choices") or ())[:1]:
                said = words.of(choice.get("delta") or {})
                text = halves.decode(said.encode("utf-16-le", "surrogatepass"))
                reason = choice.get("finish_reason") or reason
                if text:
                    first_token_ns = first_token_ns or time.monotonic_ns()
                    pieces.append(text)
                    handover.post(call.stream, Delta(text))
                    handover.flush()
        rest = halves.decode(b"", final=True) + words.rest()
        if rest:
            pieces.append(rest)
            handover.post(call.stream, Delta(rest))
        if reason == "content_filter":
            raise InferenceError(
                f"{self.settings.url} withheld the rest of the reply: its content filter stopped it",
                "that is the server's rule; another server or model may not have it",
            )
        finished_ns = time.monotonic_ns()
        prompt_tokens = int(usage.get("prompt_tokens") or 0)
        reused = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        completion_tokens = int(usage.get("completion_tokens") or len(pieces))
        first_token_ns = first_token_ns or finished_ns
        if prompt_tokens - reused >= _ENOUGH_READ_TOKENS:
            self._meter.observe(
                prompt_rows=prompt_tokens - reused,
                decode_rows=0,
                duration_s=(first_token_ns - call.started_ns) / 1e9,
            )
        if completion_tokens > 1:
            each_s = (finished_ns - first_token_ns) / 1e9 / (completion_tokens - 1)
            self._meter.observe(prompt_rows=0, decode_rows=1, duration_s=each_s)
        handover.post(
            call.stream,
            Generation(
                text="".join(pieces),
                finish_reason=FinishReason.LENGTH if reason == "length" else FinishReason.STOP,
                prompt_tokens_reused=reused,
                prompt_tokens_read=prompt_tokens - reused,
                completion_tokens=completion_tokens,
                started_ns=call.started_ns,
                first_token_ns=first_token_ns,
                finished_ns=finished_ns,
            ),
        )

    def _body(self, request: GenerateRequest, dialect: _Dialect) -> dict[str, Any]:
        sampling = request.sampling
        body: dict[str, Any] = {
            "model": self._model,
            "messages": _messages(request.prompt),
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if dialect.extensions:
            body["top_k"] = sampling.top_k
            body["min_p"] = sampling.min_p
            body["repeat_penalty"] = sampling.repeat_penalty
        if request.schema is not None and dialect.schemas:
            # The strict schemas of the plain API have no bounds; servers that take extensions need them.
            schema = request.schema if dialect.extensions else _without_bounds(request.schema)
            shape = {"name": "reply", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif request.grammar is not None and dialect.extensions:
            body["grammar"] = request.grammar
        elif request.grammar is not None:
            raise InferenceError(
                f"{self.settings.url} is used without extensions and takes no grammar",
                "address the persona by name, or allow extensions if the server knows grammars",
            )
        return body


def _without_bounds(schema: Any) -> Any:
    """A JSON schema without what it says of the lengths of strings."""
    if isinstance(schema, Mapping):
        return {name: _without_bounds(held) for name, held in schema.items() if name != "maxLength"}
    return [_without_bounds(held) for held in schema] if isinstance(schema, list) else schema


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    """The prompt as chat messages; asks for the late block, which ends the last of them."""
    messages = [{"role": "system", "content": prompt.identity}]
    messages += [{"role": turn.role.value, "content": turn.text} for turn in prompt.history]
    message = prompt.message + prompt.late_text()
    if prompt.history and prompt.history[-1].role is Role.USER:
        messages[-1]["content"] += f"\n{message}"
    else:
        messages.append({"role": Role.USER.value, "content": message})
    return messages
