"""The persona service's process: transcript, turns and engine, behind one local socket.

It serves before it can answer: messages are committed and acknowledged while the model still loads on a
thread of its own, and are answered in order once it is warm. Its clients (frontends, the supervisor) are told
with `service-ready`, or with one fatal error after which the process ends with status 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.inference import InferenceAdapter, ModelFacts, ScriptedAdapter, ScriptedSettings
from substrate.instance import SERVICE, InstanceSpec, ModelSettings
from substrate.memory.last_marks import last_marks
from substrate.persona.absences import newest_row_of_absences
from substrate.persona.channel_log import LOG_ROWS
from substrate.persona.client_connection import ClientConnection
from substrate.persona.commands import Commands
from substrate.persona.front_desk import FrontDesk
from substrate.persona.outcome import SHUT_DOWN
from substrate.persona.parked_conversations import ParkedConversations
from substrate.persona.prompt import LAYOUT_VERSION
from substrate.persona.recovery import note_second_attempts, recover
from substrate.persona.region_port import Happening, RegionPort
from substrate.persona.roster import Roster
from substrate.persona.service_parts import ServiceParts
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.persona.turn_flow import TurnFlow
from substrate.persona.withdrawal import Withdrawals
from substrate.region.contract import EventKind
from substrate.region.lane_flag import LANE_SPEC, LaneFlagWriter
from substrate.region.work_watch import WorkWatch
from substrate.shm import ReadyBuffer, RunDirectory

GRACE_S = 2.0
"""Replies that are being written when the service is asked to end may take this long."""

PARKED_FOLDER = "kv"
"""Of the home: what conversations look like to the engine, so that a restart need not read them again."""

YOUNG_COLLECTIONS = (20_000, 20, 20)
"""Thresholds of the garbage collector: with Python's own one would fall into every third burst of turns."""

DELIVERY_S = 5.0
"""How long a fatal error waits for a client to be told of it."""

_log = logging.getLogger(__name__)


def run_service(spec: InstanceSpec) -> None:
    """The life of the service's process; returns on an orderly end or when the supervisor is gone.

    Raises SubstrateError, told to all clients before, when the model cannot be loaded.
    """
    asyncio.run(PersonaService(spec).run())


class PersonaService:
    """One run of the service."""

    def __init__(self, spec: InstanceSpec) -> None:
        self._spec = spec
        self._model: dict[str, Any] | None = None
        self._fatal: dict[str, Any] | None = None
        self._delivered = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGTERM or the supervisor's end. Raises SubstrateError."""
        spec, loop = self._spec, asyncio.get_running_loop()
        stopped = asyncio.Event()
        with contextlib.ExitStack() as resources:
            for ended in _ends():
                loop.add_reader(ended, stopped.set)
            loop.add_signal_handler(signal.SIGTERM, stopped.set)
            run = RunDirectory.open(spec.run_directory)
            flag = LaneFlagWriter(ReadyBuffer.adopt(run.segment_name(LANE_SPEC.name)))
            resources.callback(flag.close)
            watch = WorkWatch(run, (region.id for region in spec.regions))
            resources.callback(watch.close)
            adapter = make_adapter(spec.model, flag.set, watch.is_anyone_thinking, spec.home / PARKED_FOLDER)
            regions = RegionPort(spec)
            resources.callback(regions.close)
            roster = Roster(spec.home, spec.run_directory, spec.personas, spec.model.sampling)
            seen_row, seen_withdrawal = last_marks(spec.home / "personas")
            seen = (max(seen_row, newest_row_of_absences(spec.home)), seen_withdrawal)
            transcript = TranscriptWriter(spec.transcript, spec.session, seen=seen)
            resources.callback(transcript.close)
            flush = TranscriptFlush(spec.transcript)
            resources.callback(flush.close)
            parked = ParkedConversations(spec.home / PARKED_FOLDER, transcript)
            parked.catch_up({persona.persona_id for persona in roster.all})
            flow = TurnFlow(
                loop,
                transcript,
                flush,
                roster,
                regions,
                adapter,
                parked,
                lambda channel: transcript.recent(channel, LOG_ROWS),
                streams=spec.stream_deltas,
            )
            withdrawals = Withdrawals(transcript, flush, flow, regions)
            withdrawals.tell_last()
            roster.note_who_is_here(transcript.newest_row_id)
            # Regions that were faster, or outlived a service that told nobody, read anew who is here.
            regions.tell([Happening(EventKind.PERSONA, 0, "", "", "created")])
            parts = ServiceParts(transcript, roster, regions, flow, withdrawals)
            desk = FrontDesk(parts, Commands(parts, lambda: self._model, spec.model.adapters), self._greeting)
            recovered = recover(transcript, roster)
            for pending in recovered:
                flow.schedule.begin(pending.message, [list(wave) for wave in pending.waves])
            server = await _listen(run.socket_path(SERVICE), desk)
            resources.callback(server.close)
            load = _loading(adapter, loop)
            stop = asyncio.ensure_future(stopped.wait())
            waited: set[asyncio.Future[Any]] = {load, stop}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                load.cancel()
                await self._shut_down(flow, desk, parked)
                return
            try:
                facts = load.result()
                flow.handler.model_loaded(facts, roster.all)
            except SubstrateError as error:
                await self._tell_fatal(desk, error)
                raise
            resources.callback(adapter.close)
            note_second_attempts(transcript, recovered)
            self._become_ready(desk, flow, facts)
            await stop
            await self._shut_down(flow, desk, parked)

    def _greeting(self) -> dict[str, Any] | None:
        """What a client is told when it connects."""
        if self._fatal is not None:
            self._delivered.set()
            return self._fatal
        return None if self._model is None else {"type": "service-ready", "model": self._model}

    def _become_ready(self, desk: FrontDesk, flow: TurnFlow, facts: ModelFacts) -> None:
        # What is loaded stays: the collector need not look at it again in the middle of a turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*YOUNG_COLLECTIONS)
        settings = self._spec.model
        self._model = {
            **asdict(facts),
            "savings_off": list(facts.savings_off),
            "path": str(settings.path or settings.url or ""),
            "scripted": settings.scripted is not None,
        }
        _log.info("%s is ready with %d tokens of context", facts.name, facts.context_tokens)
        for client in tuple(desk.clients):
            client.send([{"type": "service-ready", "model": self._model}])
        flow.schedule.start_answering()

    async def _tell_fatal(self, desk: FrontDesk, error: SubstrateError) -> None:
        """Tell every client, or the next one that comes, and let it leave with the error in its hands."""
        self._fatal = {"type": "error", "message": error.message, "hint": error.hint, "fatal": True}
        for client in tuple(desk.clients):
            client.send([self._fatal])
            self._delivered.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._delivered.wait(), DELIVERY_S)
        await _close_clients(desk)

    async def _shut_down(self, flow: TurnFlow, desk: FrontDesk, parked: ParkedConversations) -> None:
        """Let replies finish that are nearly done, give the rest its outcome, and say goodbye."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(flow.schedule.finish(), GRACE_S if self._model is not None else 0.0)
        flow.schedule.stop(SHUT_DOWN, lambda turn: True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(flow.schedule.finish(), GRACE_S)
        flow.commit()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(parked.finished(), GRACE_S)
        await _close_clients(desk)


def make_adapter(
    model: ModelSettings,
    on_busy: Callable[[bool], None],
    others_work: Callable[[], bool],
    parking_folder: Path,
) -> InferenceAdapter:
    """The engine that the settings ask for, not loaded yet. Raises SubstrateError.

    What a lane has read outlasts the process in `parking_folder`. On its own thread, a lane calls `on_busy`
    whenever it starts or stops computing, and `others_work` to know whether to leave a core to others.
    """
    if model.scripted is not None:
        return ScriptedAdapter(ScriptedSettings.parse(model.scripted))
    if model.url is not None:
        from substrate.inference import RemoteAdapter, RemoteSettings
        from substrate.inference.chat_server import API_KEY

        settings = RemoteSettings.parse(model.url)
        if model.context_tokens is not None:
            settings = replace(settings, context_tokens=model.context_tokens)
        return RemoteAdapter(settings, api_key=os.environ.get(API_KEY))
    if model.path is None:
        raise SubstrateError("no model was chosen", "give one with --model PATH")
    from substrate.inference import LaneSettings, LlamaLane  # llama.cpp is loaded here and nowhere else

    return LlamaLane(
        model.path,
        LaneSettings(
            ctx=model.context_tokens,
            gpu_layers=model.gpu_layers,
            threads=model.threads,
            adapters=model.adapters,
            parking_folder=parking_folder,
            layout_version=LAYOUT_VERSION,
        ),
        on_busy=on_busy,
        others_work=others_work,
    )


def _ends() -> list[int]:
    """What becomes readable when the supervisor is gone."""
    parent = multiprocessing.parent_process()
    return [] if parent is None else [parent.sentinel]


async def _listen(path: Path, desk: FrontDesk) -> asyncio.AbstractServer:
    path.unlink(missing_ok=True)  # left by a predecessor that was killed
    before = os.umask(0o177)
    try:
        return await asyncio.get_running_loop().create_unix_server(lambda: ClientConnection(desk), str(path))
    finally:
        os.umask(before)


def _loading(adapter: InferenceAdapter, loop: asyncio.AbstractEventLoop) -> asyncio.Future[ModelFacts]:
    """Load the model on a thread that the end of the process does not wait for."""
    loaded: asyncio.Future[ModelFacts] = loop.create_future()

    def settle(facts: ModelFacts | None, error: Exception | None) -> None:
        if loaded.cancelled():
            return
        if facts is not None:
            loaded.set_result(facts)
        elif error is not None:
            loaded.set_exception(error)

    def load() -> None:
        facts, failure = None, None
        try:
            facts = adapter.warmup()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits
            loop.call_soon_threadsafe(settle, facts, failure)

    threading.Thread(target=load, name="model-load", daemon=True).start()
    return loaded


async def _close_clients(desk: FrontDesk) -> None:
    """Close every connection once what was sent has left; give up on clients that do not read."""
    for client in tuple(desk.clients):
        client.close()
    for _ in range(int(DELIVERY_S / 0.01)):
        if not desk.clients:
            return
        await asyncio.sleep(0.01)
