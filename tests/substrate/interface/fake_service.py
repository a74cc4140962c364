"""A stand-in for a running instance: speaks the service's side of the wire, with none of its insides."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.interface.instance_port import BootSummary, ModelSummary, RegionSummary, Report
from substrate.wire import FrameReader, encode_frame

Answer = Callable[[dict[str, Any]], list[dict[str, Any]]]

PATIENCE_S = 60.0
"""What anything may take on a machine that is busy with other things; nothing here takes that long."""


def accept_and_reply(request: dict[str, Any]) -> list[dict[str, Any]]:
    """What a healthy service with one persona sends back for one request."""
    if request["op"] == "reaction":
        return [{"type": "accepted", "id": request["id"], "message_id": request["message_id"]}]
    if request["op"] != "message":
        return []
    common = {"persona": "Paige", "channel": request["channel"], "in_reply_to": request["id"]}
    latency = {"substrate_us": 210.0, "ttft_ms": 31.0, "total_ms": 160.0}
    return [
        {"type": "accepted", "id": request["id"], "message_id": f"t-{request['id']}"},
        {"type": "delta", "text": "You said ", **common},
        {"type": "delta", "text": request["text"], **common},
        {
            "type": "reply",
            "text": f"You said {request['text']}",
            "message_id": f"r-{request['id']}",
            "latency": latency,
            "memories": [],
            "thinking": "",
            "stopped": False,
            "cut": False,
            **common,
        },
        {"type": "outcomes_done", "in_reply_to": request["id"]},
    ]


def status_of(*personas: str, rooms: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parts of `persona/status` that a frontend reads."""
    described = [{"name": name, "role": "a friend", "channels": None, "state": "live"} for name in personas]
    return {"personas": described, "channels": list(rooms)}


class FakeService:
    """Listens on a unix socket of the running loop; `answer` decides what each request gets back."""

    def __init__(self, socket_path: Path, answer: Answer = accept_and_reply) -> None:
        self.socket_path = socket_path
        self.answer = answer
        self.requests: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self.socket_path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self.socket_path))

    async def die(self) -> None:
        """Drop every connection and stop listening, as a killed process does."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def tell_all(self, event: dict[str, Any]) -> None:
        for writer in self._writers:
            writer.write(encode_frame(event))

    async def wait_for(self, op: str, count: int = 1) -> list[dict[str, Any]]:
        """Return the requests named `op` as soon as there are `count` of them."""
        while len(found := [request for request in self.requests if request["op"] == op]) < count:
            self.arrived.clear()
            async with asyncio.timeout(PATIENCE_S):
                await self.arrived.wait()
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        frames = FrameReader()
        try:
            while data := await reader.read(65536):
                for request in frames.feed(data):
                    self.requests.append(request)
                    self.arrived.set()
                    for event in self.answer(request):
                        writer.write(encode_frame(event))
        except (ConnectionError, asyncio.CancelledError):
            pass  # asyncio's streams log a cancelled handler as an error
        finally:
            self._writers.discard(writer)
            writer.close()


class FakeInstance:
    """An `InstancePort` whose service runs in a thread; `boot_error` and `commands` script the rest."""

    def __init__(
        self, folder: Path, answer: Answer = accept_and_reply, boot_error: Exception | None = None
    ) -> None:
        self.service_socket = folder / "service.sock"
        self.boot_error = boot_error
        self.commands: dict[str, Any] = {"persona/status": status_of("Paige")}
        self.asked: list[dict[str, Any]] = []
        self.service: FakeService | None = None
        self.was_stopped = threading.Event()
        self.may_boot = threading.Event()
        """Cleared by tests that look at what happens while it boots."""
        self.may_boot.set()
        self._failure: Exception | None = None
        self._over = threading.Event()
        self._answer = answer
        self.loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    def boot(self, report: Report) -> BootSummary:
        report("starting the persona service")
        assert self.may_boot.wait(PATIENCE_S)
        if self.boot_error is not None:
            raise self.boot_error
        started = threading.Event()

        async def serve() -> None:
            self.service = FakeService(self.service_socket, self._answer)
            await self.service.start()
            started.set()

        def run() -> None:
            self.loop.run_until_complete(serve())
            self.loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(PATIENCE_S)
        report("ready")
        return BootSummary(
            session="test",
            home="/home/test",
            boot_s=0.1,
            personas=("Paige",),
            model=ModelSummary("scripted", "", 4096, 0, scripted=True),
            regions=(RegionSummary("hippocampus", 11), RegionSummary("attention", 12)),
            service_pid=10,
            supervisor_pid=9,
        )

    def command(self, envelope: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(envelope)
        if envelope["name"] not in self.commands:
            error = {"message": f"unknown command {envelope['name']}", "hint": "persona/status"}
            return {"success": False, "data": None, "handle": envelope.get("handle"), "error": error}
        data = self.commands[envelope["name"]]
        return {"success": True, "data": data, "handle": envelope.get("handle"), "error": None}

    def fail(self, message: str) -> None:
        self._failure = SubstrateError(message, "start again")
        self._over.set()

    def wait_failed(self) -> Exception | None:
        self._over.wait()
        return self._failure

    async def _end(self) -> None:
        assert self.service is not None
        await self.service.die()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(PATIENCE_S)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(PATIENCE_S)
            self._thread = None
            self.loop.close()
        self.was_stopped.set()
