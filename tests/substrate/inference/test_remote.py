"""A remote engine answers through the same protocol, and its errors say what the server said."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
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
    RemoteAdapter,
    RemoteSettings,
    Role,
    Sampling,
    Turn,
)

from .conftest import make_request

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
