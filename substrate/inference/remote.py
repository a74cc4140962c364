"""An engine elsewhere: anything that speaks the OpenAI chat API (llama-server, vLLM, Ollama) by its URL.

The server renders and tokenises, keeps its own cache and tells what it likes of it; so the prompt goes as
messages, with the late block as the tail of the last one, and the counts of tokens are the server's. Each
request has a thread of its own, which spends its life waiting for bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import logging
import socket
import threading
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from substrate.inference.chat_reply import StreamedReply
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
_BROKEN_OFF = frozenset(("abort", "error"))
"""Reasons for a reply to end, beside a filter's, that leave it half."""


class _Dialect(NamedTuple):
    """What of the API a server takes: fields that only local servers know, and JSON schemas for replies."""

    extensions: bool
    schemas: bool


class _Call:
    """One request under way: shutting its socket down from outside ends the thread that reads from it."""

    __slots__ = ("is_cancelled", "request", "sent_ns", "socket", "started_ns", "stream")

    def __init__(self, request: GenerateRequest, stream: EventStream) -> None:
        self.request = request
        self.stream = stream
        self.started_ns = self.sent_ns = time.monotonic_ns()
        # Held here because a response takes the connection's socket over.
        self.socket: socket.socket | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.socket is not None:
            # Shutting down wakes a blocked read; closing alone does not.
            with contextlib.suppress(OSError):  # it has ended by itself
                self.socket.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises InferenceError when the call was cancelled."""
        if self.is_cancelled:
            raise _was_closed()


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
        """Post what a call brings, to the end that it has in any case."""
        try:
            with contextlib.closing(self._events(call)) as events:
                handover.post(call.stream, self._generation(call, handover, events))
        except BaseException as error:  # whatever it is: somebody waits for an end
            if call.is_cancelled:
                handover.post(call.stream, _was_closed())
            elif isinstance(error, Exception):
                handover.post(call.stream, error)
            else:
                handover.post(call.stream, InferenceError(f"the request broke off: {error!r}"))
        finally:
            with self._lock:
                self._calls.discard(call)
            handover.flush()

    @contextlib.contextmanager
    def _connection(self, call: _Call) -> Iterator[http.client.HTTPConnection]:
        """A connection that ends when the call is cancelled. Raises InferenceError."""
        call.check()
        with contextlib.closing(self._server.connect()) as connection:
            call.socket = connection.sock
            call.check()  # cancelled meanwhile, it had no socket to shut down
            yield connection

    def _events(self, call: _Call) -> Generator[dict[str, Any], None, None]:
        """Ask in the dialect that worked last; where the server refuses that, in the others.

        Raises InferenceError: what it said to the first.
        """
        body: dict[str, Any] = {}
        refusal: RequestRefused | None = None
        for dialect in self._dialects(call.request):
            with self._connection(call) as connection:
                body = body or self._body(call.request)  # once, since it asks for the late block
                asked = self._server.completion(connection, body | _fields(call.request, dialect))
                with contextlib.closing(asked) as events:
                    call.sent_ns = time.monotonic_ns()
                    try:
                        first = next(events, None)
                    except RequestRefused as error:
                        refusal = refusal or error
                        continue
                    if refusal is not None:
                        self._learn(dialect, refusal)
                    if first is not None:
                        yield first
                    yield from events
                    return
        assert refusal is not None  # there is a dialect, and it was refused
        raise refusal

    def _learn(self, dialect: _Dialect, refusal: RequestRefused) -> None:
        """Remember the dialect that the server takes, and say so once."""
        if dialect == self._dialect:  # another request has found out first
            return
        self._dialect = dialect
        _log.warning(
            "%s refused a request: %s. From now on it is asked %s the fields of local servers "
            "(top_k, min_p, repeat_penalty), and for decisions by %s",
            self.settings.url,
            refusal,
            "with" if dialect.extensions else "without",
            "a JSON schema" if dialect.schemas else "a grammar",
        )

    def _dialects(self, request: GenerateRequest) -> list[_Dialect]:
        """The one that worked last, then what else says the same. Raises InferenceError when none does."""
        known = self._dialect
        dialects = [known]
        has_only_grammar = request.grammar is not None and request.schema is None
        if not known.extensions:
            if has_only_grammar:
                raise InferenceError(
                    f"{self.settings.url} is used without extensions and takes no grammar",
                    "address the persona by name, or allow extensions if the server knows grammars",
                )
        elif not has_only_grammar:
            if request.schema is not None:
                dialects.append(_Dialect(extensions=True, schemas=not known.schemas))
            dialects.append(_Dialect(extensions=False, schemas=True))
        return dialects

    def _generation(self, call: _Call, handover: Handover, events: Iterator[dict[str, Any]]) -> Generation:
        """Post the text as it comes; returns the end of the reply. Raises InferenceError."""
        reply = StreamedReply(shows_thoughts=call.request.grammar is None)
        for event in events:
            try:
                text = reply.add(event)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise InferenceError(
                    f"{self.settings.url} does not answer as the OpenAI API does: {error!r}",
                    "check the URL, which ends in /v1 for most servers",
                ) from error
            if text:
                handover.post(call.stream, Delta(text))
                handover.flush()
        if rest := reply.rest():
            handover.post(call.stream, Delta(rest))
        if reply.reason == "content_filter":
            raise InferenceError(
                f"{self.settings.url} withheld the rest of the reply: its content filter stopped it",
                "that is the server's rule; another server or model may not have it",
            )
        if reply.reason in _BROKEN_OFF:
            raise InferenceError(
                f"{self.settings.url} gave the reply up, for the reason {reply.reason!r}",
                "see the server's own log",
            )
        self._measure(call, reply)
        finished_ns = time.monotonic_ns()
        return Generation(
            text=reply.text,
            finish_reason=FinishReason.LENGTH if reply.reason == "length" else FinishReason.STOP,
            prompt_tokens_reused=reply.reused_tokens,
            prompt_tokens_read=reply.prompt_tokens - reply.reused_tokens,
            completion_tokens=reply.completion_tokens,
            started_ns=call.started_ns,
            first_token_ns=reply.first_ns or finished_ns,
            finished_ns=finished_ns,
        )

    def _measure(self, call: _Call, reply: StreamedReply) -> None:
        """Reading takes until the first token; writing, from there to the last, all tokens but the first."""
        read = reply.prompt_tokens - reply.reused_tokens
        if read >= _ENOUGH_READ_TOKENS and not reply.hidden_tokens:
            duration_s = (reply.first_ns - call.sent_ns) / 1e9
            self._meter.observe(prompt_rows=read, decode_rows=0, duration_s=duration_s)
        written = reply.completion_tokens - reply.hidden_tokens
        if written > 1:
            each_s = (reply.last_ns - reply.first_ns) / 1e9 / (written - 1)
            self._meter.observe(prompt_rows=0, decode_rows=1, duration_s=each_s)

    def _body(self, request: GenerateRequest) -> dict[str, Any]:
        """What is asked in every dialect; asks for the late block."""
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
        return body


def _was_closed() -> InferenceError:
    return InferenceError("the remote engine was closed")


def _fields(request: GenerateRequest, dialect: _Dialect) -> dict[str, Any]:
    """What is asked in one dialect and not in another: how tokens are chosen, and the shape of the reply."""
    fields: dict[str, Any] = {}
    if dialect.extensions:
        sampling = request.sampling
        fields["top_k"] = sampling.top_k
        fields["min_p"] = sampling.min_p
        fields["repeat_penalty"] = sampling.repeat_penalty
    if request.schema is not None and dialect.schemas:
        # The strict schemas of the plain API have no bounds; servers that take extensions need them.
        schema = request.schema if dialect.extensions else _without_bounds(request.schema)
        shape = {"name": "reply", "strict": True, "schema": schema}
        fields["response_format"] = {"type": "json_schema", "json_schema": shape}
    elif request.grammar is not None:
        fields["grammar"] = request.grammar
    return fields


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
