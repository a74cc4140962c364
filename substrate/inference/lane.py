"""The lane: one GGUF model on which many personas' sequences decode together.

`LlamaLane` is the door that the persona service uses. Behind it one thread owns the context and runs the
engine's steps; requests go in through a queue, events come back in batches (see `handover`). docs/lane.md
follows a prompt through all of it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from substrate.inference.counters import EngineCounters
from substrate.inference.delivery import stream
from substrate.inference.engine import Engine
from substrate.inference.handover import Handover
from substrate.inference.job import Reply
from substrate.inference.loading import LaneSettings, LoadedModel, load_model
from substrate.inference.protocol import (
    Delta,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    Prompt,
    Rates,
    Sink,
)
from substrate.inference.tokens import Blend

_log = logging.getLogger(__name__)

_STUCK_PATIENCE_S = 0.005
"""Between two looks at work that cannot go on yet."""


class LlamaLane:
    """An `InferenceAdapter` on llama.cpp."""

    def __init__(
        self,
        model_path: Path | str,
        settings: LaneSettings | None = None,
        *,
        on_busy: Callable[[bool], None] = lambda busy: None,
    ) -> None:
        """`on_busy` is called on the lane's thread whenever it starts or stops computing."""
        self._path = Path(model_path)
        self.settings = settings or LaneSettings()
        self._on_busy = on_busy
        self._inbox: queue.SimpleQueue[Callable[[Engine], None] | None] = queue.SimpleQueue()
        self._handover: Handover | None = None
        self._thread: threading.Thread | None = None
        self._loaded: LoadedModel | None = None
        self._closed = False

    def warmup(self) -> ModelFacts:
        """Load the model, run it once, start the lane's thread. Raises ModelLoadError."""
        if self._thread is not None or self._closed:
            raise InferenceError("the lane was already started", "make a new LlamaLane for another model")
        self._loaded = load_model(self._path, self.settings)
        self._thread = threading.Thread(
            target=self._run, args=(self._loaded.engine,), name="lane", daemon=True
        )
        self._thread.start()
        return self._loaded.facts

    def generate(self, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
        """Stream a reply; closing the generator cancels it within one step."""
        return stream(self, request)

    def submit(self, request: GenerateRequest, sink: Sink) -> Callable[[], None]:
        started_ns = time.monotonic_ns()
        self._running()
        loop = asyncio.get_running_loop()
        if self._handover is None or self._handover.loop is not loop:
            self._handover = Handover(loop)
        reply = Reply(request, self._handover, sink, started_ns)
        self._inbox.put(lambda engine: engine.submit(reply))
        return lambda: self._inbox.put(lambda engine: engine.cancel(reply))

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        """Read identity, history and the message so far in idle time, at their final position.

        A later call for the conversation replaces an earlier one; what the texts have in common stays read.
        The late block is not asked for.
        """
        self._running()
        self._inbox.put(lambda engine: engine.read_ahead(persona_id, conversation, prompt, blend))

    async def forget(self, persona_id: str, conversation: str | None = None) -> None:
        """Drop the KV of a persona, or of one conversation of it, from the cache and from disk.

        Returns when it is gone; what a reply under way has read goes when that ends.
        """
        self._running()
        done: concurrent.futures.Future[None] = concurrent.futures.Future()

        def forget(engine: Engine) -> None:
            try:
                engine.forget(persona_id, conversation)
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        self._inbox.put(forget)
        await asyncio.wrap_future(done)

    def count_tokens(self, text: str) -> int:
        return self._running().reader.count(text)

    def rates(self) -> Rates:
        return self._running().engine.meter.rates

    @property
    def counters(self) -> EngineCounters:
        """Live totals of the engine."""
        return self._running().engine.counters

    def close(self) -> None:
        self._closed = True
        if self._thread is not None:
            self._inbox.put(None)
            self._thread.join()
            self._thread = None
        if self._loaded is not None:
            self._loaded.free()

    def _running(self) -> LoadedModel:
        if self._loaded is None or self._closed:
            raise InferenceError("the lane is not running", "call warmup() first and close() last")
        return self._loaded

    def _run(self, engine: Engine) -> None:
        """The lane's thread: take what has come in, then one step, until nothing is left; then wait."""
        is_busy = has_parked = False
        patience_s: float | None = 0.0
        while self._take_commands(engine, patience_s):
            if engine.has_work and not is_busy:
                is_busy = True
                self._tell_busy(True)
            try:
                has_stepped = engine.step()
            except Exception as error:
                _log.exception("the lane's step failed")
                engine.fail_all(InferenceError(f"the lane's step failed: {error!r}"))
                has_stepped = False
            if self._handover is not None:
                self._handover.flush()
            if is_busy and not engine.has_work:
                is_busy = has_parked = False
                self._tell_busy(False)
            elif not engine.has_work and not has_parked:
                # Nothing came for a while: what is held goes to disk once, then the thread sleeps.
                engine.park_idle()
                has_parked = True
            if engine.has_work:
                patience_s = 0.0 if has_stepped else _STUCK_PATIENCE_S
            else:
                patience_s = None if has_parked else self.settings.park_after_s
        while not self._inbox.empty():  # what came in behind the order to close is still answered
            self._take_commands(engine, 0.0)
        engine.fail_all(InferenceError("the lane was closed"))
        engine.park_idle()
        if self._handover is not None:
            self._handover.flush()

    def _tell_busy(self, is_busy: bool) -> None:
        try:
            self._on_busy(is_busy)
        except Exception:
            _log.exception("on_busy failed; the lane goes on")

    def _take_commands(self, engine: Engine, patience_s: float | None) -> bool:
        """Run what has come in, waiting for the first at most `patience_s`. False when the lane closes."""
        try:
            command = self._inbox.get(timeout=patience_s) if patience_s != 0.0 else self._inbox.get_nowait()
            while command is not None:
                try:
                    command(engine)
                except Exception:
                    _log.exception("a request to the lane failed")
                command = self._inbox.get_nowait()
        except queue.Empty:
            return True
        return False
