"""The JSON lines: each line gets its answer, whatever it holds, and standard output holds nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from substrate.errors import SubstrateError
from substrate.interface.stdio import LineWriter, StdioFrontend
from tests.substrate.interface.fake_service import PATIENCE_S, FakeInstance

MESSAGE = {"type": "message", "channel": "general", "sender": "joel", "text": "hello", "id": "m1"}


def talk(instance: FakeInstance, sent: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Send all of `sent`, end the input, and return the exit status and what came out."""
    input_read, input_write = os.pipe()
    output_read, output_write = os.pipe()
    os.set_blocking(output_read, False)
    output = LineWriter(output_write)

    async def run() -> int:
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(None, _send_all, input_write, sent)
        frontend = StdioFrontend(instance, input_descriptor=input_read, output=output)
        async with asyncio.timeout(PATIENCE_S):
            status = await frontend.run()
            await sending
        return status

    try:
        status = asyncio.run(run())
        output.close()
        received = b""
        while True:
            try:
                chunk = os.read(output_read, 1 << 20)
            except BlockingIOError:
                break
            if not chunk:
                break
            received += chunk
    finally:
        for descriptor in (input_read, output_read, output_write):
            os.close(descriptor)
    return status, [json.loads(line) for line in received.splitlines()]


def _send_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.close(descriptor)


def lines(*objects: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def test_a_message_is_accepted_then_answered_and_the_end_of_input_ends_everything(tmp_path: Path) -> None:
    instance = FakeInstance(tmp_path)
    status, out = talk(instance, lines(MESSAGE))
    assert status == 0
    assert [each["type"] for each in out] == ["ready", "accepted", "delta", "delta", "reply"]
    assert out[1]["id"] == "m1"
    assert out[4]["in_reply_to"] == "m1"
    assert out[4]["latency"].keys() == {"substrate_us", "ttft_ms", "total_ms"}
    assert instance.was_stopped.is_set()


def test_ready_comes_first_and_says_what_was_booted(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), lines(MESSAGE))
    ready = out[0]
    assert ready["personas"] == ["Paige"]
    assert ready["model"]["scripted"] is True
    assert [region["pid"] for region in ready["regions"]] == [11, 12]


def test_an_integer_id_is_echoed_as_an_integer(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), lines({**MESSAGE, "id": 7}))
    assert out[1]["id"] == 7
    assert out[-1]["in_reply_to"] == 7


def test_a_message_without_an_id_is_given_one(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), lines({k: v for k, v in MESSAGE.items() if k != "id"}))
    assert out[1]["id"]
    assert out[-1]["in_reply_to"] == out[1]["id"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{not json}", "not valid JSON"),
        (b'"a string"', "not an object"),
        (b"[1, 2]", "not an object"),
        (b"null", "not an object"),
        (b"[" * 100_000, "nests deeper"),
        (b'{"type":"x","y":' + b'{"y":' * 70 + b"1" + b"}" * 71, "nests deeper"),
        (lines({"type": "[" * 100}), "unknown type"),
        (b"\xff\xfe{}", "not valid UTF-8"),
        (b'{"id": "x"}', "`type` is missing"),
        (lines({**MESSAGE, "id": 1.5}), "not 1.5"),
        (lines({**MESSAGE, "id": 2**70}), "64 bits"),
        (b'{"type": "shout", "id": "x"}', "unknown type"),
        (b'{"type": 5, "id": "x"}', "unknown type"),
        (lines({**MESSAGE, "text": ""}), "`text` is empty"),
        (lines({**MESSAGE, "text": " \n "}), "`text` is empty"),
        (lines({**MESSAGE, "text": 5}), "`text` must be a string"),
        (lines({**MESSAGE, "text": "bell \a"}), "U+0007"),
        (lines({**MESSAGE, "text": "nul \0"}), "U+0000"),
        (b'{"type":"message","channel":"g","sender":"j","text":"\\ud800"}', "U+D800"),
        (lines({**MESSAGE, "text": "x" * (64 * 1024 + 1)}), "65537 bytes"),
        (lines({**MESSAGE, "text": "x" * 1_000_000}), "1000000 bytes"),
        (lines({**MESSAGE, "text": "x" * 5_000_000}), "over the limit"),
        (lines({**MESSAGE, "channel": None}), "`channel` is missing"),
        (lines({**MESSAGE, "channel": "a\nb"}), "U+000A"),
        (lines({**MESSAGE, "sender": "s" * 65}), "65 characters"),
        (lines({**MESSAGE, "id": [1]}), "`id` must be"),
        (lines({"type": "command", "id": "c"}), "`name` is missing"),
        (lines({"type": "command", "id": "c", "name": "region/stats", "params": 3}), "must be an object"),
        (lines({"type": "command", "id": "c", "name": "a/b", "params": {"n": [{"m": 2**63}]}}), "64 bits"),
        (b'{"type":"command","id":"c","name":"a/b","params":{"text":["\\udfff"]}}', "U+DFFF"),
        (lines({"type": "reaction", "id": "c", "emoji": "+"}), "`message_id` is missing"),
    ],
)
def test_bad_input_gets_one_error_that_names_it_and_everything_else_goes_on(
    tmp_path: Path, line: bytes, named: str
) -> None:
    status, out = talk(FakeInstance(tmp_path), line.rstrip(b"\n") + b"\n" + lines({**MESSAGE, "id": "ok"}))
    assert status == 0
    errors = [each for each in out if each["type"] == "error"]
    assert len(errors) == 1
    assert named in errors[0]["message"]
    assert out[-1]["type"] == "reply"
    assert out[-1]["in_reply_to"] == "ok"


def test_an_unknown_type_is_told_which_ones_are_accepted_and_its_id(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), lines({"type": "shout", "id": "s1"}))
    assert out[1]["id"] == "s1"
    for accepted in ("message", "typing", "reaction", "command"):
        assert accepted in out[1]["hint"]


def test_a_command_is_answered_with_its_id_and_its_name(tmp_path: Path) -> None:
    instance = FakeInstance(tmp_path)
    instance.commands["region/stats"] = {"regions": []}
    command = {"type": "command", "id": "c1", "name": "region/stats", "handle": "h"}
    _, out = talk(instance, lines(command, {**command, "name": "region/nonsense", "id": "c2"}))
    results = {each["id"]: each for each in out if each["type"] == "result"}
    assert results["c1"]["success"] is True
    assert results["c1"]["data"] == {"regions": []}
    assert results["c1"]["handle"] == "h"
    assert results["c2"]["success"] is False


def test_the_end_of_input_waits_until_a_reaction_is_accepted(tmp_path: Path) -> None:
    reaction = {"type": "reaction", "message_id": "t-0", "emoji": "👍", "id": "r1"}
    status, out = talk(FakeInstance(tmp_path), lines(reaction))
    assert status == 0
    assert [(each["type"], each.get("id")) for each in out[1:]] == [("accepted", "r1")]


def test_a_failed_boot_is_one_error_and_exit_1(tmp_path: Path) -> None:
    broken = SubstrateError("the model /no/such.gguf does not exist", "check --model")
    instance = FakeInstance(tmp_path, boot_error=broken)
    status, out = talk(instance, lines(MESSAGE))
    assert status == 1
    assert out == [{"type": "error", "message": broken.message, "hint": broken.hint}]
    assert instance.was_stopped.is_set()


def test_blank_lines_and_carriage_returns_at_line_ends_are_no_input(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), b"\n  \r\n" + json.dumps(MESSAGE).encode() + b"\r\n")
    assert [each["type"] for each in out] == ["ready", "accepted", "delta", "delta", "reply"]


def test_a_last_line_without_a_line_end_is_taken(tmp_path: Path) -> None:
    _, out = talk(FakeInstance(tmp_path), json.dumps(MESSAGE).encode())
    assert out[-1]["type"] == "reply"


def test_figures_that_json_cannot_hold_become_null(tmp_path: Path) -> None:
    instance = FakeInstance(tmp_path)
    instance.commands["region/stats"] = {"load": float("inf"), "rates": [float("nan"), 1.5]}
    _, out = talk(instance, lines({"type": "command", "id": "c1", "name": "region/stats"}))
    assert out[1]["data"] == {"load": None, "rates": [None, 1.5]}


def test_a_reader_that_is_slow_at_the_end_of_input_gets_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("substrate.interface.stdio._FLUSH_TIMEOUT_S", 0.0)
    all_asked = threading.Event()

    class Counting(FakeInstance):
        def command(self, envelope: dict[str, Any]) -> dict[str, Any]:
            answer = super().command(envelope)
            if len(self.asked) == 50:
                all_asked.set()
            return answer

    instance = Counting(tmp_path)
    instance.commands["region/stats"] = {"filler": "x" * 8192}
    input_read, input_write = os.pipe()
    output_read, output_write = os.pipe()
    output = LineWriter(output_write)
    received = bytearray()

    def read_late() -> None:
        assert all_asked.wait(PATIENCE_S)
        while chunk := os.read(output_read, 1 << 16):
            received.extend(chunk)

    reader = threading.Thread(target=read_late)
    reader.start()
    asks = [{"type": "command", "id": f"c{number}", "name": "region/stats"} for number in range(50)]
    sender = threading.Thread(target=_send_all, args=(input_write, lines(*asks)))
    sender.start()
    try:
        frontend = StdioFrontend(instance, input_descriptor=input_read, output=output)
        assert asyncio.run(frontend.run()) == 0
        output.close()
    finally:
        for descriptor in (input_read, output_write):
            os.close(descriptor)
        reader.join()
        sender.join()
        os.close(output_read)
    assert len(received.splitlines()) == 51
