"""A real persona service in a process of its own, with real shared memory, and a client to drive it."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from substrate.inference import Sampling
from substrate.instance import SERVICE, InstanceSpec, ModelSettings, PersonaSettings
from substrate.persona.description import PersonaDescription
from substrate.persona.identity import create_seed
from substrate.persona.service import run_service
from substrate.region.contract import RegionSpec
from substrate.shm import RunDirectory
from substrate.supervisor.fork_server import context as fork_server_context
from substrate.supervisor.segments import create_segments
from substrate.wire import FrameReader, encode_frame

WAIT_S = 60.0
"""The bound of every wait; nothing here takes a hundredth of it unless it is broken."""
_RETRY_S = 0.005

Event = dict[str, Any]


class Client:
    """One connection, read in order. `received` keeps everything."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(WAIT_S)
        deadline_s = time.monotonic() + WAIT_S
        pause = threading.Event()
        while True:
            try:
                self._socket.connect(str(path))
                break
            except OSError:
                if time.monotonic() > deadline_s:
                    raise
                pause.wait(_RETRY_S)
        self._frames = FrameReader()
        self._unread: list[Event] = []
        self.received: list[Event] = []

    def send(self, *requests: Event) -> None:
        self._socket.sendall(b"".join(map(encode_frame, requests)))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def next(self) -> Event | None:
        """The next event; None when the service has closed the connection."""
        while not self._unread:
            data = self._socket.recv(65536)
            if not data:
                return None
            self._unread += self._frames.feed(data)
        self.received.append(self._unread[0])
        return self._unread.pop(0)

    def until(self, condition: Callable[[Event], bool]) -> Event:
        """The first event from here on for which the condition holds."""
        while (event := self.next()) is not None:
            if condition(event):
                return event
        raise AssertionError(f"the connection ended; received: {self.received}")

    def of_type(self, type: str, **fields: Any) -> Event:
        """The next event of a type with these fields."""
        wanted = {"type": type, **fields}
        return self.until(lambda event: wanted.items() <= event.items())

    def say(self, text: str, id_: str | int, channel: str = "general", sender: str = "joel") -> None:
        self.send({"op": "message", "id": id_, "channel": channel, "sender": sender, "text": text})

    def outcomes(self, id_: str | int) -> list[Event]:
        """Everything up to the end of a message; returns its outcomes."""
        done: Event = {"type": "outcomes_done", "in_reply_to": id_}
        if not any(done.items() <= event.items() for event in self.received):
            self.of_type(**done)
        kinds = ("reply", "silence", "error")
        return [
            event for event in self.received if event["type"] in kinds and event.get("in_reply_to") == id_
        ]

    def command(self, name: str, /, **params: Any) -> Event:
        self.send({"op": "command", "id": name, "name": name, "params": params})
        return self.of_type("result", id=name)

    def close(self) -> None:
        self._socket.close()


@dataclass
class Instance:
    """The surroundings of a service: home, run directory, segments. `close` leaves nothing."""

    home: Path
    base: Path
    personas: tuple[PersonaSettings, ...]
    regions: tuple[RegionSpec, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    session: str = "session-1"
    stream_deltas: bool = False
    run: RunDirectory = field(init=False)
    _processes: list[multiprocessing.process.BaseProcess] = field(init=False, default_factory=list)
    _clients: list[Client] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.run = RunDirectory.create(self.base)
        create_segments(self.run, self.spec("scripted"))

    def spec(self, model: str | Path) -> InstanceSpec:
        """`model`: a specification of a scripted one, or the path of a GGUF."""
        path, scripted = (None, model) if isinstance(model, str) else (model, None)
        return InstanceSpec(
            home=self.home,
            run_directory=self.run.path,
            session=self.session,
            personas=self.personas,
            model=ModelSettings(path, scripted, sampling=self.sampling),
            regions=self.regions,
            stream_deltas=self.stream_deltas,
        )

    def start(self, model: str | Path = "scripted") -> multiprocessing.process.BaseProcess:
        """Start the service's process; the one before it must have ended."""
        process = fork_server_context().Process(target=run_service, args=(self.spec(model),), name=SERVICE)
        process.start()
        self._processes.append(process)
        return process

    def kill(self) -> None:
        """SIGKILL the service and reap it."""
        self._processes[-1].kill()
        self._processes[-1].join(WAIT_S)

    def stop(self) -> int | None:
        """SIGTERM; returns the exit status."""
        process = self._processes[-1]
        process.terminate()
        process.join(WAIT_S)
        return process.exitcode

    def client(self) -> Client:
        client = Client(self.run.socket_path(SERVICE))
        self._clients.append(client)
        return client

    def ready_client(self) -> Client:
        client = self.client()
        client.of_type("service-ready")
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        for process in self._processes:
            process.kill()
            process.join(WAIT_S)
        self.run.close()


def settings(
    home: Path, name: str, channels: Iterable[str] | None = None, sampling: Sampling | None = None
) -> PersonaSettings:
    """A persona with a seed on disk."""
    present = None if channels is None else frozenset(channels)
    described = PersonaDescription(name, "a friend who remembers", channels=present)
    seed = create_seed(home, described, enrolled=False)
    return PersonaSettings(
        seed.persona_id, name, described.role, "", seed.created_at_s, present, sampling or Sampling()
    )
