"""A service, regions and a governor that are real processes and do next to nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.instance import GOVERNOR, SERVICE, InstanceSpec
from substrate.region.contract import (
    BrainRegion,
    BufferSpec,
    Command,
    ComputeClass,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionEnvironment,
    RegionId,
    TickOutcome,
)
from substrate.region.roles import EVENT_RING
from substrate.shm import Doorbell, EventRing, RunDirectory
from substrate.wire import FrameReader, command_result, encode_frame

_PROFILE = PressureProfile(MemoryClass.LIGHT, ComputeClass.BOOKKEEPING)


class Echo(BrainRegion):
    """Publishes every event's text under its channel; `crash`, `hang` and `exit` do as they say."""

    id = RegionId("echo")
    pressure = _PROFILE
    buffers = (BufferSpec("echoes", keys=16, value_bytes=2048),)

    def __init__(self) -> None:
        self._heard = 0

    def tick(self, ctx: RegionContext) -> TickOutcome:
        for event in ctx.events:
            self._heard += 1
            if event.text == "crash":
                raise RuntimeError("asked to crash")
            if event.text == "hang":
                signal.pause()
            if event.text == "exit":
                os._exit(7)
            ctx.publish("echoes", (event.channel,), {"text": event.text, "pid": os.getpid()})
        return TickOutcome(published=len(ctx.events))

    def commands(self) -> Mapping[str, Command]:
        return {
            "echo/heard": lambda params: {"heard": self._heard},
            "echo/modules": lambda params: sorted(sys.modules),
        }


class HurriedEcho(Echo):
    """An Echo whose ticks may not take long."""

    hard_limit_s = 0.5


class Shadow(BrainRegion):
    """Looks at what Echo published and publishes its own view of it."""

    id = RegionId("shadow")
    pressure = _PROFILE
    buffers = (BufferSpec("shadows", keys=16, value_bytes=2048),)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        if any(event.text == "hang in the shadow" for event in ctx.events):
            ctx.publish("shadows", ("seen",), "hanging")
            threading.Event().wait()
        ctx.publish("shadows", ("seen",), ctx.peek("echoes", ("general",)))
        return TickOutcome(published=1)


class Mortal(BrainRegion):
    """Dies at its start as long as a file `deadly` lies in the home."""

    id = RegionId("mortal")
    pressure = _PROFILE

    def open(self, environment: RegionEnvironment) -> None:
        if (environment.home / "deadly").exists():
            os._exit(9)

    def tick(self, ctx: RegionContext) -> TickOutcome:
        return TickOutcome()


class Unable(BrainRegion):
    """Cannot start."""

    id = RegionId("unable")
    pressure = _PROFILE

    def open(self, environment: object) -> None:
        raise SubstrateError("the store is damaged", "restore it from the backup")

    def tick(self, ctx: RegionContext) -> TickOutcome:
        return TickOutcome()


def service(spec: InstanceSpec) -> None:
    """Says that it is ready, and appends what it is sent to the event ring."""
    asyncio.run(_serve(spec))


def failing_service(spec: InstanceSpec) -> None:
    raise SubstrateError("the model is missing", "give one with --model")


async def _serve(spec: InstanceSpec) -> None:
    run = RunDirectory.open(spec.run_directory)
    ring = EventRing.adopt(run.segment_name(EVENT_RING))
    bells = [Doorbell.attach(run, name) for name in (GOVERNOR, *(region.id for region in spec.regions))]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        writer.write(encode_frame({"type": "service-ready", "model": {"name": "stand-in"}}))
        while data := await reader.read(65536):
            for request in frames.feed(data):
                if request["op"] == "command":
                    writer.write(encode_frame(command_result(request, {"pid": os.getpid()})))
                    continue
                ring.append(1, 0, request["channel"], request["sender"], request["text"])
                for bell in bells:
                    bell.ring()
        writer.close()

    path = run.socket_path(SERVICE)
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(serve, path)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    loop.add_reader(parent.sentinel, ended.set)
    await ended.wait()
    server.close()


def end_slowly(folder: Path, released: Path) -> None:
    """Says in `folder` that it runs, and that it ends: when asked to, once somebody writes to the FIFO
    `released`."""

    def end(*_: object) -> None:
        released.read_bytes()
        (folder / "ended").touch()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    (folder / "started").touch()
    while True:
        signal.pause()


class Still:
    """A governor that leaves everything as it is."""

    def __init__(self, spec: InstanceSpec, run: RunDirectory) -> None:
        self._started_s = time.monotonic()

    def step(self) -> float:
        return 10.0

    def has_news(self) -> bool:
        return False

    def status(self) -> dict[str, Any]:
        return {"age_s": time.monotonic() - self._started_s}

    def yields(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        pass
