"""A remote engine answers through the same protocol, and its errors say what the server said."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from substrate.inference import (
    Delta,
    FinishReason,
    GenerateRequest,
    Generation,
    InferenceError,
    LateBlockError,
    ModelLoadError,
    PromptTooLong,
    RemoteAdapter,
    RemoteSettings,
    Role,
    Sampling,
    Turn,
)
from substrate.inference.chat_server import ChatServer

from .conftest import begin, make_request

WAIT_S = 60.0


class StubServer:
    """A server that answers with set pieces, and keeps what it was asked."""

    def __init__(self) -> None:
        self.pieces: list[str] = ["grü", "ße"]
        self.status = 200
        self.error: dict[str, Any] = {"error": {"message": "no such thing"}}
        self.ends_properly = True
        self.finish_reason: str | None = "stop"
        self.last_words = b"data: [DONE]\n\n"
        self.models: dict[str, Any] = {"data": [{"id": "stub-7b"}]}
        self.asked: list[dict[str, Any]] = []
        self.refused: frozenset[str] = frozenset()
        """Fields that it does not take."""
        self.prompt_tokens = 500
        self.keys: list[str | None] = []
        self.hang = threading.Event()
        self.hangs = False
        self.sent_while_it_hangs = b'data: {"choices": []}\n\n'
        self.gone = threading.Event()
        stub = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_json(stub.models)

            def do_POST(self) -> None:
                stub.keys.append(self.headers.get("Authorization"))
                stub.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if stub.status != 200:
                    self.send_json(stub.error)
                    return
                if unknown := sorted(stub.refused & stub.asked[-1].keys()):
                    self.send_json({"error": {"message": f"unrecognized: {unknown}"}}, 400)
                    return
                self.send_response(200)
                self.end_headers()
                try:
                    for piece in stub.pieces:
                        self.send_event({"choices": [{"delta": {stub.kind_of(piece): piece.lstrip("~")}}]})
                        if stub.hangs:
                            while not stub.hang.wait(0.01):
                                self.wfile.write(stub.sent_while_it_hangs)
                    if stub.ends_properly:
                        self.send_event({"choices": [{"delta": {}, "finish_reason": stub.finish_reason}]})
                        usage = {"prompt_tokens": stub.prompt_tokens, "completion_tokens": 2}
                        self.send_event({"choices": [], "usage": usage})
                    self.wfile.write(stub.last_words)
                except OSError:
                    stub.gone.set()

            def send_event(self, event: dict[str, Any]) -> None:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

            def send_json(self, value: dict[str, Any], status: int = 0) -> None:
                body = json.dumps(value).encode()
                self.send_response(status or stub.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def kind_of(self, piece: str) -> str:
        """A piece that begins with a tilde is a thought."""
        return "reasoning_content" if piece.startswith("~") else "content"

    def close(self) -> None:
        self.hang.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[StubServer]:
    stub = StubServer()
    yield stub
    stub.close()


class RawServer:
    """Answers every request with the same bytes, and then does with the connection what the test says."""

    def __init__(self, answer: bytes, then: str, *, reads: bool = True) -> None:
        """`then`: "close", "reset", "hold" (until this server is closed), or "listen" (say that no more will
        be sent, and set `gone` when the client has closed too). Without `reads`, the request is left unread.
        """
        self._answer = answer
        self._then = then
        self._reads = reads
        self._is_over = threading.Event()
        self.gone = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._is_over.set()
        socket.create_connection(self._listening.getsockname()).close()  # wakes who accepts
        self._threads[0].join()  # no other is begun behind it
        for connection in self._connections:
            with contextlib.suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self._is_over.is_set():
                connection.close()
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as request:
            if self._reads:
                length = 0
                while (line := request.readline()).strip():
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                request.read(length)
            else:
                connection.recv(1)
            connection.sendall(self._answer)
            if self._then == "hold":
                self._is_over.wait()
            elif self._then == "listen":
                connection.shutdown(socket.SHUT_WR)
                if request.read() == b"":
                    self.gone.set()
            elif self._then == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def event_of(**event: Any) -> bytes:
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def piece(text: str) -> bytes:
    return event_of(choices=[{"delta": {"content": text}}])


ENDED = event_of(choices=[{"delta": {}, "finish_reason": "stop"}])


@pytest.fixture
def answer() -> Iterator[Callable[..., RawServer]]:
    servers: list[RawServer] = []

    def start(said: bytes, then: str = "close", **more: Any) -> RawServer:
        servers.append(RawServer(said, then, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def connect() -> Iterator[Callable[..., RemoteAdapter]]:
    adapters: list[RemoteAdapter] = []

    def start(url: str, *, api_key: str | None = None, **settings: Any) -> RemoteAdapter:
        adapters.append(RemoteAdapter(RemoteSettings(url, **settings), api_key=api_key))
        return adapters[-1]

    yield start
    for adapter in adapters:
        adapter.close()


async def collect(adapter: RemoteAdapter, request: GenerateRequest) -> tuple[list[str], Generation]:
    deltas: list[str] = []
    async for event in adapter.generate(request):
        if isinstance(event, Delta):
            deltas.append(event.text)
        else:
            return deltas, event
    raise AssertionError("the stream ended without a Generation")


def ask(adapter: RemoteAdapter, request: GenerateRequest) -> tuple[list[str], Generation]:
    return asyncio.run(asyncio.wait_for(collect(adapter, request), WAIT_S))


def test_a_reply_streams_in_with_the_counts_of_the_server(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url, api_key="secret")
    assert adapter.warmup().name == "stub-7b"
    history = (Turn(Role.USER, "joel: hi"), Turn(Role.ASSISTANT, "Hello."), Turn(Role.USER, "ann: me too"))
    request = make_request(history=history, message="joel: well?", late=lambda: "\n\nMemories: one")
    deltas, generation = ask(adapter, request)
    assert deltas == ["grü", "ße"]
    assert generation.text == "grüße"
    assert generation.finish_reason is FinishReason.STOP
    assert (generation.prompt_tokens_read, generation.completion_tokens) == (500, 2)
    assert generation.started_ns <= generation.first_token_ns <= generation.finished_ns
    assert [message["role"] for message in server.asked[0]["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert server.asked[0]["messages"][-1]["content"] == "ann: me too\njoel: well?\n\nMemories: one"
    assert server.keys == ["Bearer secret"]
    assert adapter.rates().prefill_tokens_per_s > 0


def test_an_error_of_the_server_is_told_in_its_own_words(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url)
    server.status = 401
    server.error = {"error": {"message": "bad key for stub"}}
    with pytest.raises(InferenceError, match=r"401.*bad key for stub") as error:
        ask(adapter, make_request())
    assert "environment" in error.value.hint


def test_a_reply_that_breaks_off_is_an_error(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.ends_properly = False
    server.last_words = b""
    with pytest.raises(InferenceError, match="ended the reply early, after 2 events"):
        ask(connect(server.url), make_request())


@pytest.mark.parametrize(
    ("last_words", "says"),
    [
        (b'data: {"error": {"message": "out of memory"}}\n\n', "broke off: out of memory"),
        (b'{"error": {"message": "no streams here"}}\n', "it said: no streams here"),
        (b"data: 5\n\n", "broke off: 5"),
        (b"data: {half\n\n", "broke off"),
        (b'data: {"choices": [null]}\n\n', "broke off"),
        (b'data: {"choices": [{"delta": "words"}]}\n\n', "does not answer as the OpenAI API does"),
        (b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n', "does not answer as the OpenAI API does"),
        (b'data: {"choices": 5}\n\n', "broke off"),
        (
            b'data: {"usage": [50], "choices": []}\n\ndata: [DONE]\n\n',
            "does not answer as the OpenAI API does",
        ),
    ],
)
def test_what_a_server_says_instead_of_a_reply_is_told(
    server: StubServer, connect: Callable[..., RemoteAdapter], last_words: bytes, says: str
) -> None:
    server.ends_properly = False
    server.last_words = last_words
    with pytest.raises(InferenceError, match=says):
        ask(connect(server.url), make_request())


def test_a_stream_that_only_says_that_it_is_done_has_ended_well(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.finish_reason = None
    _, generation = ask(connect(server.url), make_request())
    assert (generation.text, generation.finish_reason) == ("grüße", FinishReason.STOP)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["~who ", "~asks?", "Ada", "."], "<think>who asks?</think>Ada."),
        (["~who ", "~asks?"], "<think>who asks?</think>"),
    ],
)
def test_thoughts_that_a_server_tells_apart_are_read_as_thoughts(
    server: StubServer, connect: Callable[..., RemoteAdapter], pieces: list[str], text: str
) -> None:
    server.pieces = pieces
    deltas, generation = ask(connect(server.url), make_request())
    assert generation.text == "".join(deltas) == text
    _, decided = ask(connect(server.url), make_request(grammar='root ::= "Ada."'))
    assert decided.text == "".join(piece for piece in pieces if not piece.startswith("~"))


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["so \ud83d", "\ude00 it is"], "so 😀 it is"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a\ud83d"], "a\ufffd"),
    ],
)
def test_a_character_that_a_server_splits_in_two_halves_is_shown_whole(
    server: StubServer, connect: Callable[..., RemoteAdapter], pieces: list[str], text: str
) -> None:
    server.pieces = pieces
    deltas, generation = ask(connect(server.url), make_request())
    assert generation.text == "".join(deltas) == text
    assert all(delta.encode() for delta in deltas)


def test_a_reply_that_a_filter_cut_is_an_error_and_not_a_short_reply(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.finish_reason = "content_filter"
    with pytest.raises(InferenceError, match="content filter"):
        ask(connect(server.url), make_request())


def test_the_key_is_in_no_error_even_if_the_server_repeats_it(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url, api_key=" secret-key\n")
    server.status = 401
    server.error = {"error": {"message": "wrong key: Bearer secret-key"}}
    with pytest.raises(InferenceError, match="wrong key") as error:
        ask(adapter, make_request())
    assert "secret-key" not in str(error.value)
    assert server.keys == ["Bearer secret-key"]
    server.error = {"detail": "x" * 180 + " secret-key"}  # where what is told of it ends
    with pytest.raises(InferenceError, match="xxx") as told:
        ask(adapter, make_request())
    assert "sec" not in str(told.value)
    with pytest.raises(ModelLoadError) as refused:
        connect(server.url, api_key="secret\nkey")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://joel:secret@host/v1", "https://host/v1?key=secret", "http://joel:secret@host:99999/v1"]
)
def test_a_url_that_carries_a_secret_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ModelLoadError, match="environment") as error:
        RemoteSettings.parse(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["localhost:8080", "http://", "http://host:99999/v1", "http://[::1/v1", "http://a b/v1", "http://ü"],
)
def test_what_is_no_url_is_refused_before_anything_is_tried(url: str) -> None:
    with pytest.raises(ModelLoadError, match="not an http or https URL"):
        RemoteSettings.parse(url)


def test_a_url_may_name_the_model_and_end_in_a_slash() -> None:
    settings = RemoteSettings.parse("http://127.0.0.1:8080/v1/#llama3:8b")
    assert (settings.url, settings.model) == ("http://127.0.0.1:8080/v1", "llama3:8b")


def test_a_server_of_another_kind_is_told_by_what_it_says(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.models = {"object": "error", "detail": "this is a printer"}
    with pytest.raises(ModelLoadError, match="this is a printer"):
        connect(server.url).warmup()


def test_a_port_that_does_not_speak_tls_is_told_apart_from_one_that_does_not_answer(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    with pytest.raises(ModelLoadError, match="in private") as error:
        connect(server.url.replace("http:", "https:")).warmup()
    assert "https" in error.value.hint


def test_closing_the_stream_closes_the_connection(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.hangs = True
    adapter = connect(server.url)

    async def leave() -> None:
        stream = adapter.generate(make_request())
        async for _ in stream:
            break
        await stream.aclose()

    asyncio.run(asyncio.wait_for(leave(), WAIT_S))
    assert server.gone.wait(WAIT_S)


def test_a_server_that_falls_silent_is_given_up(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        adapter = connect(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", silence_timeout_s=0.05)
        with pytest.raises(InferenceError, match="in time"):
            ask(adapter, make_request())


def test_a_server_that_only_keeps_the_line_open_is_given_up(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.hangs = True
    server.sent_while_it_hangs = b": still here\n\n"
    adapter = connect(server.url, event_timeout_s=0.2)
    with pytest.raises(InferenceError, match=r"0\.2 s and said nothing"):
        ask(adapter, make_request())
    assert server.gone.wait(WAIT_S)


def test_a_late_block_that_raises_fails_its_own_request_only(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url)

    def broken() -> str:
        raise ValueError("no buffer")

    with pytest.raises(LateBlockError, match="no buffer"):
        ask(adapter, make_request(late=broken))
    ask(adapter, make_request())


def test_what_is_wrong_at_boot_is_named(server: StubServer, connect: Callable[..., RemoteAdapter]) -> None:
    with pytest.raises(ModelLoadError, match="stub-9b") as error:
        connect(server.url, model="stub-9b").warmup()
    assert "stub-7b" in error.value.hint
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ModelLoadError, match="cannot be reached"):
        connect(f"http://127.0.0.1:{port}/v1").warmup()


def test_without_extensions_only_the_plain_api_is_spoken(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url, sends_extensions=False)
    ask(adapter, make_request())
    assert not {"top_k", "min_p", "repeat_penalty", "grammar"} & server.asked[0].keys()
    with pytest.raises(InferenceError, match="grammar"):
        ask(adapter, make_request(grammar='root ::= "x"'))


SCHEMA = {"type": "object", "properties": {"response": {"type": "string", "maxLength": 600}}}


def test_a_server_that_refuses_the_fields_of_local_ones_is_asked_without(
    server: StubServer, connect: Callable[..., RemoteAdapter], caplog: pytest.LogCaptureFixture
) -> None:
    adapter = connect(server.url)
    server.refused = frozenset({"min_p", "grammar"})
    for _ in range(2):
        ask(adapter, make_request(grammar='root ::= "x"', schema=SCHEMA))
        ask(adapter, make_request())
    assert not server.refused & server.asked[-1].keys()
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA
    plain = server.asked[-2]["response_format"]["json_schema"]["schema"]
    assert plain == {"type": "object", "properties": {"response": {"type": "string"}}}
    assert len(server.asked) == 4 + 2, "what it takes is found out once"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "min_p" in caplog.text


def test_a_server_that_knows_grammars_and_no_schemas_is_given_the_grammar(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url)
    server.refused = frozenset({"response_format"})
    for _ in range(2):
        ask(adapter, make_request(grammar='root ::= "x"', schema=SCHEMA))
    assert ["grammar" in asked for asked in server.asked] == [False, True, True]
    assert "min_p" in server.asked[-1]


def test_what_a_server_refuses_in_every_form_is_told_in_its_first_words(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url)
    server.refused = frozenset({"messages"})
    for request in (make_request(), make_request(grammar='root ::= "x"', schema=SCHEMA)):
        with pytest.raises(InferenceError, match=r"400.*messages"):
            ask(adapter, request)
    server.refused = frozenset()
    ask(adapter, make_request())
    assert "min_p" in server.asked[-1]


def test_a_short_prompt_says_nothing_of_how_fast_a_server_reads(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    adapter = connect(server.url)
    server.prompt_tokens = 40
    ask(adapter, make_request())
    assert adapter.rates().prefill_tokens_per_s == 0.0


def test_the_server_that_llama_cpp_python_ships_understands_every_field(
    tiny_model: Path, connect: Callable[..., RemoteAdapter]
) -> None:
    for module in ("fastapi", "uvicorn", "sse_starlette", "starlette_context", "pydantic_settings"):
        pytest.importorskip(module)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(tiny_model), "--port", str(port)]
    served = subprocess.Popen(
        [*command, "--n_ctx", "1024", "--api_key", "sesame"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        adapter = connect(url, api_key="sesame")
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                assert adapter.warmup().name == str(tiny_model)
                break
            except ModelLoadError:
                assert time.monotonic() < deadline
                with pytest.raises(subprocess.TimeoutExpired):  # else the server has ended
                    served.wait(timeout=0.05)
        with pytest.raises(ModelLoadError, match=r"401.*Invalid API key"):
            connect(url, api_key="guessed").warmup()
        history = (Turn(Role.USER, "joel: hi"), Turn(Role.ASSISTANT, "Hello."))
        sampling = Sampling(seed=1, max_tokens=8, stop=("never said",))
        deltas, generation = ask(adapter, make_request(history=history, sampling=sampling))
        assert generation.finish_reason is FinishReason.LENGTH
        assert generation.text == "".join(deltas)
        with pytest.raises(InferenceError, match="top_p"):
            ask(adapter, make_request(sampling=Sampling(top_p=7.0)))
        _, decided = ask(adapter, make_request(grammar='root ::= "yes" | "no"', sampling=sampling))
        assert decided.text in {"yes", "no"}
        either = make_request(grammar='root ::= "yes" | "no"', schema=SCHEMA, sampling=sampling)
        assert ask(adapter, either)[1].text in {"yes", "no"}
        with pytest.raises(InferenceError):  # longer than its context: said, not cut
            ask(adapter, make_request(message="much too long " * 1000))
        ask(adapter, make_request(sampling=sampling))
    finally:
        served.kill()
        served.wait()


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("hello", 2), ("猫" * 300, 300)])
def test_tokens_are_estimated_by_bytes(text: str, tokens: int) -> None:
    adapter = RemoteAdapter(RemoteSettings.parse("http://127.0.0.1:9"))
    assert adapter.count_tokens(text) == tokens
    adapter.close()


def test_closing_ends_every_reply_also_those_that_wait_for_a_thread(
    connect: Callable[..., RemoteAdapter],
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        adapter = connect(f"http://127.0.0.1:{silent.getsockname()[1]}/v1")

        async def ask_and_close() -> list[tuple[list[str], Generation] | BaseException]:
            asking = [await begin(collect(adapter, make_request(number))) for number in range(66)]
            await asyncio.to_thread(adapter.close)
            return await asyncio.gather(*asking, return_exceptions=True)

        ends = asyncio.run(asyncio.wait_for(ask_and_close(), WAIT_S))
    assert {(type(end), str(end)) for end in ends} == {(InferenceError, "the remote engine was closed")}


def test_closing_while_a_connection_is_made_ends_the_reply(
    server: StubServer, connect: Callable[..., RemoteAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = connect(server.url)
    is_connecting, is_closing = threading.Event(), threading.Event()
    make_connection, shut_down = ChatServer.connect, adapter._threads.shutdown

    def connect_meanwhile(chat_server: ChatServer) -> Any:
        is_connecting.set()
        assert is_closing.wait(WAIT_S)
        return make_connection(chat_server)

    def shut_down_then(*, wait: bool) -> None:
        is_closing.set()
        shut_down(wait=wait)

    monkeypatch.setattr(ChatServer, "connect", connect_meanwhile)
    monkeypatch.setattr(adapter._threads, "shutdown", shut_down_then)

    async def ask_and_close() -> None:
        asking = await begin(collect(adapter, make_request()))
        assert await asyncio.to_thread(is_connecting.wait, WAIT_S)
        await asyncio.to_thread(adapter.close)
        await asking

    with pytest.raises(InferenceError, match="the remote engine was closed"):
        asyncio.run(asyncio.wait_for(ask_and_close(), WAIT_S))
    assert server.asked == []


def test_closing_in_the_midst_of_a_reply_is_told_as_that(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.hangs = True
    adapter = connect(server.url)

    async def read_and_close() -> None:
        stream = adapter.generate(make_request())
        assert isinstance(await anext(stream), Delta)
        await asyncio.to_thread(adapter.close)
        await anext(stream)

    with pytest.raises(InferenceError, match="the remote engine was closed"):
        asyncio.run(asyncio.wait_for(read_and_close(), WAIT_S))


@pytest.mark.parametrize("then", ["close", "hold", "reset"])
@pytest.mark.parametrize("last", [DONE, ENDED, ENDED + DONE])
def test_a_whole_reply_is_kept_whatever_becomes_of_its_connection(
    answer: Callable[..., RawServer],
    connect: Callable[..., RemoteAdapter],
    monkeypatch: pytest.MonkeyPatch,
    last: bytes,
    then: str,
) -> None:
    if DONE not in last:  # else nothing more is waited for
        monkeypatch.setattr("substrate.inference.chat_server._AFTER_THE_END_S", 0.05)
    _, generation = ask(connect(answer(STREAM + piece("all") + last, then).url), make_request())
    assert (generation.text, generation.finish_reason) == ("all", FinishReason.STOP)


def test_a_whole_reply_is_not_kept_waiting_by_a_server_that_only_holds_the_line(
    server: StubServer, connect: Callable[..., RemoteAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("substrate.inference.chat_server._AFTER_THE_END_S", 0.05)
    server.hangs = True
    server.sent_while_it_hangs = ENDED + b": still here\n\n" * 3
    server.pieces = ["all"]

    class LaterAndLater:
        def __init__(self) -> None:
            self.now_s = 0.0

        def monotonic(self) -> float:
            self.now_s += 1.0
            return self.now_s

    monkeypatch.setattr("substrate.inference.chat_server.time", LaterAndLater())
    assert ask(connect(server.url), make_request())[1].text == "all"


def test_a_reply_without_an_end_is_an_error_also_if_the_connection_is_reset(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter]
) -> None:
    with pytest.raises(InferenceError, match="broke off"):
        ask(connect(answer(STREAM + piece("half"), "reset").url), make_request())


class LateBlock:
    """Counts how often it is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return f" memories: {self.asked}"


@pytest.mark.parametrize("refused", [{"min_p"}, {"response_format", "min_p", "grammar"}, {"messages"}])
def test_the_late_block_is_asked_for_once_however_often_the_server_is(
    server: StubServer, connect: Callable[..., RemoteAdapter], refused: set[str]
) -> None:
    server.refused = frozenset(refused)
    late = LateBlock()
    try:
        ask(connect(server.url), make_request(grammar='root ::= "x"', schema=SCHEMA, late=late))
    except InferenceError as error:
        assert "unrecognized" in str(error)
    assert len(server.asked) > 1
    assert late.asked == 1
    assert len({json.dumps(asked["messages"]) for asked in server.asked}) == 1


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
        "prompt is too long: 9000 tokens > 8192 maximum",
    ],
)
def test_a_prompt_that_is_too_long_is_sent_once(
    server: StubServer, connect: Callable[..., RemoteAdapter], said: str
) -> None:
    server.status = 400
    server.error = {"error": {"message": said}}
    adapter = connect(server.url)
    for request in (make_request(), make_request(grammar='root ::= "x"', schema=SCHEMA)):
        server.asked.clear()
        with pytest.raises(PromptTooLong) as error:
            ask(adapter, request)
        assert said in str(error.value)
        assert len(server.asked) == 1


def test_a_grammar_that_a_server_refuses_is_told_in_its_words(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.refused = frozenset({"grammar"})
    with pytest.raises(InferenceError, match=r"400.*unrecognized.*grammar"):
        ask(connect(server.url), make_request(grammar='root ::= "x"'))
    assert len(server.asked) == 1, "there is no other way to ask for it"


def test_a_late_block_that_ends_its_thread_ends_its_reply_too(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    def leave() -> str:
        raise SystemExit(1)

    with pytest.raises(InferenceError, match="SystemExit"):
        ask(connect(server.url), make_request(late=leave))


def test_a_late_block_that_no_request_is_sent_for_is_not_asked_for(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    late = LateBlock()
    with pytest.raises(InferenceError, match="takes no grammar"):
        ask(
            connect(server.url, sends_extensions=False),
            make_request(grammar='root ::= "x"', late=late),
        )
    assert (late.asked, server.asked) == (0, [])


class ToldServer:
    """Events and the seconds before each of them, by a clock that only they move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *told: tuple[float, dict[str, Any]]) -> None:
        self.now_ns = 0
        self._told = told
        clock = SimpleNamespace(monotonic_ns=lambda: self.now_ns)
        for module in ("remote", "chat_reply"):
            monkeypatch.setattr(f"substrate.inference.{module}.time", clock)
        monkeypatch.setattr(ChatServer, "completion", self._completion)

    def _completion(self, *_: object) -> Iterator[dict[str, Any]]:
        for after_s, event in self._told:
            self.now_ns += int(after_s * 1e9)
            yield event


def delta_of(**delta: str) -> dict[str, Any]:
    return {"choices": [{"delta": delta}]}


def used(prompt: int, completion: int, **more: Any) -> dict[str, Any]:
    return {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion, **more}}


@pytest.mark.parametrize("grammar", [None, 'root ::= "yes"'])
def test_thoughts_count_as_written_also_where_they_are_not_shown(
    server: StubServer,
    connect: Callable[..., RemoteAdapter],
    monkeypatch: pytest.MonkeyPatch,
    grammar: str | None,
) -> None:
    adapter = connect(server.url)
    ToldServer(
        monkeypatch,
        (0.5, delta_of(role="assistant", content="")),
        (1.5, delta_of(reasoning_content="is ")),
        (1.0, delta_of(reasoning_content="it?")),
        (1.0, delta_of(content="yes")),
        (5.0, used(1000, 5)),
    )
    _, generation = ask(adapter, make_request(grammar=grammar))
    assert generation.first_token_ns == 2_000_000_000
    assert generation.finished_ns == 9_000_000_000
    rates = adapter.rates()
    assert rates.prefill_tokens_per_s == pytest.approx(1000 / 2.0)
    assert rates.decode_tokens_per_s == pytest.approx(4 / 2.0)


def test_a_server_that_does_not_count_is_counted_by_its_pieces_thoughts_among_them(
    server: StubServer, connect: Callable[..., RemoteAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = connect(server.url)
    ToldServer(
        monkeypatch,
        (1.0, delta_of(reasoning_content="is ")),
        (1.0, delta_of(reasoning_content="it?")),
        (1.0, delta_of(content="yes")),
    )
    _, generation = ask(adapter, make_request(grammar='root ::= "yes"'))
    assert generation.completion_tokens == 3
    assert adapter.rates().decode_tokens_per_s == pytest.approx(1.0)


def test_thoughts_that_a_server_keeps_to_itself_are_in_no_rate(
    server: StubServer, connect: Callable[..., RemoteAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = connect(server.url)
    ToldServer(
        monkeypatch,
        (30.0, delta_of(content="y")),
        (1.0, delta_of(content="es")),
        (0.0, used(1000, 302, completion_tokens_details={"reasoning_tokens": 300})),
    )
    _, generation = ask(adapter, make_request())
    assert generation.completion_tokens == 302
    rates = adapter.rates()
    assert rates.prefill_tokens_per_s == 0.0, "the time until the first piece was not spent on reading"
    assert rates.decode_tokens_per_s == pytest.approx(1.0)


def test_reading_is_measured_from_when_the_request_was_sent(
    server: StubServer, connect: Callable[..., RemoteAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = connect(server.url)
    told = ToldServer(monkeypatch, (2.0, delta_of(content="yes")), (0.0, used(1000, 1)))

    def slow() -> str:
        told.now_ns += 3_000_000_000
        return ""

    _, generation = ask(adapter, make_request(late=slow))
    assert (generation.started_ns, generation.first_token_ns) == (0, 5_000_000_000)
    assert adapter.rates().prefill_tokens_per_s == pytest.approx(1000 / 2.0)


def test_an_error_that_is_null_is_none(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter]
) -> None:
    told = event_of(error=None, choices=[{"delta": {"content": "all"}}])
    assert ask(connect(answer(STREAM + told + DONE).url), make_request())[1].text == "all"


def in_chunks(stream: bytes, size: int) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = (stream[start : start + size] for start in range(0, len(stream), size))
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


PLAIN = piece("grü") + piece("ße 😀") + DONE


@pytest.mark.parametrize(
    "told",
    [
        STREAM + PLAIN.replace(b"\n", b"\r\n"),
        STREAM + "\ufeff".encode() + PLAIN,
        STREAM + PLAIN.replace(b"data: ", b"data:"),
        STREAM + PLAIN.replace(b"\n\n", b"\n"),
        STREAM + PLAIN.replace(b"data: {", b": ping\nid: 1\nevent: message\ndata: {"),
        STREAM + PLAIN.replace(b"{", b"{\ndata: ").replace(b"}", b"\ndata:\ndata: }"),
        STREAM + PLAIN.replace(b"[{", b"[\r\ndata: {"),
        in_chunks(PLAIN, 1),
        in_chunks(PLAIN, 7),
    ],
    ids=[
        "crlf",
        "bom",
        "no space",
        "no blank lines",
        "other fields",
        "lines",
        "lines crlf",
        "bytes",
        "chunks",
    ],
)
def test_a_stream_is_read_in_whatever_form_it_comes(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter], told: bytes
) -> None:
    assert ask(connect(answer(told).url), make_request())[1].text == "grüße 😀"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b'error: {"code": 500, "message": "slot lost"}\n\n' + DONE, "broke off: slot lost"),
        (b': ping\nevent: error\n\n{"error": {"message": "too busy"}}\n', "it said: too busy"),
        (b"data: {half\n" + DONE, "broke off"),
        (b"data: {half\ndata: " + b"x" * (1 << 20) + b"\n" + DONE, "broke off"),
        (b"data: " + b"[" * 100_000 + b"\n\n" + DONE, "broke off"),
        (
            event_of(choices=[], usage={"prompt_tokens": float("inf")}) + DONE,
            "does not answer as the OpenAI API",
        ),
        (event_of(choices=[{"delta": {}, "finish_reason": "abort"}]) + DONE, "gave the reply up"),
        (event_of(choices=[{"delta": {}, "finish_reason": "error"}]) + DONE, "gave the reply up"),
    ],
    ids=["error field", "behind a comment", "half", "no end", "nested", "no number", "abort", "error"],
)
def test_half_a_reply_is_never_taken_for_a_whole_one(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter], told: bytes, says: str
) -> None:
    with pytest.raises(InferenceError, match=says):
        ask(connect(answer(STREAM + piece("half") + told).url), make_request())


def test_a_server_that_sends_events_without_data_is_given_up(
    server: StubServer, connect: Callable[..., RemoteAdapter]
) -> None:
    server.hangs = True
    server.sent_while_it_hangs = b"data:\n"
    with pytest.raises(InferenceError, match=r"0\.2 s and said nothing"):
        ask(connect(server.url, event_timeout_s=0.2), make_request())


def failed(status: str, body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (
        status.encode(),
        len(body) if length is None else length,
        body,
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (failed("500 Oops", b"<html>\xff</html>"), "500 Oops: <html>"),
        (failed("500 Oops", b""), "500 Oops: nothing"),
        (failed("500 Oops", b'["none"]'), r'500 Oops: \["none"\]'),
        (failed("500 Oops", b'{"error": null, "detail": "no"}'), '500 Oops: {"error": null, "detail": "no"}'),
        (failed("500 Oops", b'{"error": {"message": null, "code": 7}}'), "500 Oops: .*7"),
        (failed("500 Oops", b'{"object": "error", "message": "flat"}'), r"500 Oops: flat \(see"),
        (failed("500 Oops", b"[" * 100_000), r"500 Oops: \[\["),
        (b"HTTP/1.1 401 Who\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", "401 Who.*broke off"),
    ],
)
def test_an_error_is_told_with_its_status_whatever_comes_with_it(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter], told: bytes, says: str
) -> None:
    with pytest.raises(InferenceError, match=says):
        ask(connect(answer(told).url), make_request())


def test_what_a_server_says_before_it_has_read_the_request_is_told(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter]
) -> None:
    server = answer(failed("413 Too Large", b"at most 1 MB"), reads=False)
    with pytest.raises(InferenceError, match="413 Too Large: at most 1 MB"):
        ask(connect(server.url), make_request(message="x" * (16 << 20)))


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 500 Oops\r\n\r\nout of everything",
        STREAM + event_of(choices=[{"delta": "words"}]),
        STREAM + event_of(error={"message": "lost"}),
    ],
    ids=["status", "no api", "broke off"],
)
def test_an_error_that_somebody_keeps_holds_no_connection(
    answer: Callable[..., RawServer], connect: Callable[..., RemoteAdapter], told: bytes
) -> None:
    server = answer(told, "listen")
    with pytest.raises(InferenceError) as kept:
        ask(connect(server.url), make_request())
    assert server.gone.wait(WAIT_S)
    assert kept.value.__traceback__ is not None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://[::1]/v1", ("::1", 80)),
        ("http://[fe80::abcd]/v1", ("fe80::abcd", 80)),
        ("https://[::1]/v1", ("::1", 443)),
        ("http://[::1]:8080/v1", ("::1", 8080)),
        ("http://host", ("host", 80)),
    ],
)
def test_an_address_is_reached_at_its_port(
    connect: Callable[..., RemoteAdapter],
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    address: tuple[str, int],
) -> None:
    tried: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *_: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(ModelLoadError, match="cannot be reached"):
        connect(RemoteSettings.parse(url).url).warmup()
    assert tried == [address]


def test_a_host_that_cannot_be_looked_up_is_an_error_like_one_that_is_not_there(
    connect: Callable[..., RemoteAdapter],
) -> None:
    with pytest.raises(ModelLoadError, match="cannot be reached"):
        connect(RemoteSettings.parse("http://a..b/v1").url).warmup()
