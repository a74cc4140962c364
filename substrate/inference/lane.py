"""The lane: one GGUF model on which many personas' sequences decode together.

`LlamaLane` is the door that the persona service uses. Behind it one thread owns the context and runs the
engine's steps; requests go in through a queue, events come back in batches (see `handover`). docs/lane.md
follows a prompt through all of it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import llama_cpp.llama_cpp as llama
import psutil

from substrate.inference.adapters import Adapters
from substrate.inference.chat_template import ChatTemplate
from substrate.inference.drafts import DRAFT_ROWS, DRAFTING_AT_ONCE
from substrate.inference.engine import Engine, EngineCounters
from substrate.inference.handover import Handover
from substrate.inference.job import Reply
from substrate.inference.native import Batch, ContextShape, DecodeResult, NativeContext, NativeModel
from substrate.inference.parking import ParkingLot, model_fingerprint
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import (
    Delta,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Prompt,
    Rates,
)
from substrate.inference.scheduler import Scheduler
from substrate.inference.sequences import SequencePool
from substrate.inference.tokens import Blend

_log = logging.getLogger(__name__)

_SHARE_OF_FREE_MEMORY = 0.25
_ROOM_FOR_SEVERAL = 16384
"""Cells that a small model gets beyond its own context, so that several conversations stay in the cache."""
_SMALLEST_CONTEXT = 256
"""Cells; llama.cpp rounds up to this many anyway."""
_SMALL_MACHINE_CORES = 4
_STUCK_PATIENCE_S = 0.005
"""Between two looks at work that cannot go on yet."""


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How the model is run.

    `ctx` is the number of KV cells, shared by all conversations (None: as many as a quarter of the free
    memory holds, at most what the model was trained for). `threads` None: one core is left to the regions on
    machines of up to four cores. `sequences` is how many conversations can be held at once. `adapters`:
    LoRA files by the names that requests blend. `parking_folder` (None: no parking) takes the KV of
    conversations that give up their sequence, and of all after `park_after_s` without work.
    """

    ctx: int | None = None
    gpu_layers: int = 0
    threads: int | None = None
    sequences: int = 32
    batch_rows: int = 512
    flash_attention: bool = True
    adapters: Mapping[str, Path] = field(default_factory=dict)
    parking_folder: Path | None = None
    parking_max_bytes: int = 4 << 30
    park_after_s: float = 20.0


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
        self._model: NativeModel | None = None
        self._context: NativeContext | None = None
        self._reader: PromptReader | None = None
        self._engine: Engine | None = None
        self._parking: ParkingLot | None = None
        self._closed = False

    def warmup(self) -> ModelFacts:
        """Load the model, run it once, start the lane's thread. Raises ModelLoadError."""
        if self._thread is not None or self._closed:
            raise InferenceError("the lane was already started", "make a new LlamaLane for another model")
        model = NativeModel.load(self._path, gpu_layers=self.settings.gpu_layers)
        try:
            template = _template(model)
            cells, context_tokens = _context_size(model, self.settings.ctx)
            context = NativeContext(
                model,
                ContextShape(
                    cells=cells,
                    sequences=self.settings.sequences,
                    batch_rows=min(self.settings.batch_rows, cells),
                    outputs=self.settings.sequences + DRAFTING_AT_ONCE * DRAFT_ROWS,
                    threads=self.settings.threads or default_threads(),
                    flash_attention=self.settings.flash_attention,
                ),
            )
        except BaseException:
            model.free()
            raise
        try:
            can_rewind = _probe_rewind(model, context)
            adapters = Adapters(model, context, self.settings.adapters)
            self._parking = self._open_parking(context)
        except BaseException:
            context.free()
            model.free()
            raise
        savings_off = []
        if not template.extends_history:
            savings_off.append("kept history: the model's template renders an old reply differently")
        if not can_rewind:
            savings_off.append("rewinding: the model's memory cannot forget only a part of a sequence")
        self._model, self._context = model, context
        self._reader = PromptReader(model, template)
        pool = SequencePool(context, can_rewind=can_rewind, parking=self._parking)
        scheduler = Scheduler(pool, batch_rows=context.shape.batch_rows, can_rewind=can_rewind)
        self._engine = Engine(
            model, context, self._reader, pool, adapters, scheduler, context_tokens=context_tokens
        )
        self._thread = threading.Thread(target=self._run, args=(self._engine,), name="lane", daemon=True)
        self._thread.start()
        return ModelFacts(
            name=model.name,
            context_tokens=context_tokens,
            vocabulary=model.vocabulary,
            parameters=model.parameters,
            savings_off=tuple(savings_off),
        )

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
        """Stream a reply; closing the generator cancels it within one step."""
        started_ns = time.monotonic_ns()
        self._running_engine()
        loop = asyncio.get_running_loop()
        if self._handover is None or self._handover.loop is not loop:
            self._handover = Handover(loop)
        stream = self._handover.open_stream()
        reply = Reply(request, self._handover, stream, started_ns)
        self._inbox.put(lambda engine: engine.submit(reply))
        has_ended = False
        try:
            async for event in stream.events():
                has_ended = isinstance(event, Generation)
                yield event
        except Exception:
            has_ended = True
            raise
        finally:
            if not has_ended:
                self._inbox.put(lambda engine: engine.cancel(reply))

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        """Read identity, history and the message so far in idle time, at their final position.

        A later call for the conversation replaces an earlier one; what the texts have in common stays read.
        The late block is not asked for.
        """
        self._running_engine()
        self._inbox.put(lambda engine: engine.read_ahead(persona_id, conversation, prompt, blend))

    async def forget(self, persona_id: str, conversation: str | None = None) -> None:
        """Drop the KV of a persona, or of one conversation of it, from the cache and from disk.

        Returns when it is gone; what a reply under way has read goes when that ends.
        """
        self._running_engine()
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
        self._running_engine()
        assert self._reader is not None
        return self._reader.count(text)

    def rates(self) -> Rates:
        return self._running_engine().meter.rates

    @property
    def counters(self) -> EngineCounters:
        """Live totals of the engine."""
        return self._running_engine().counters

    def close(self) -> None:
        self._closed = True
        if self._thread is not None:
            self._inbox.put(None)
            self._thread.join()
            self._thread = None
        if self._parking is not None:
            self._parking.close()
        if self._context is not None:
            self._context.free()
        if self._model is not None:
            self._model.free()
        self._context = self._model = None

    def _open_parking(self, context: NativeContext) -> ParkingLot | None:
        folder = self.settings.parking_folder
        if folder is None:
            return None
        # What changes the meaning or the layout of a state; its size of pool does not (measured).
        key = model_fingerprint(
            self._path, llama.llama_version(), "f16", "unified", context.shape.flash_attention
        )
        return ParkingLot(folder, key=key, max_bytes=self.settings.parking_max_bytes)

    def _running_engine(self) -> Engine:
        if self._engine is None or self._closed:
            raise InferenceError("the lane is not running", "call warmup() first and close() last")
        return self._engine

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


def default_threads() -> int:
    """Physical cores; one of them is left to the regions on machines of up to four."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    with contextlib.suppress(AttributeError):  # not on macOS
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores - 1) if cores <= _SMALL_MACHINE_CORES else cores


def _template(model: NativeModel) -> ChatTemplate:
    source = model.chat_template
    if source is None:
        raise ModelLoadError(
            f"{model.name} has no chat template in its metadata",
            "use an instruction-tuned model whose file carries tokenizer.chat_template",
        )
    return ChatTemplate.parse(source, bos=model.special_text(model.bos), eos=model.special_text(model.eos))


def _context_size(model: NativeModel, wanted: int | None) -> tuple[int, int]:
    """KV cells of the pool, and the most that one conversation may use of them."""
    if wanted is not None:
        if wanted < _SMALLEST_CONTEXT:
            raise ModelLoadError(
                f"a context of {wanted} tokens holds no conversation",
                f"choose a --ctx of at least {_SMALLEST_CONTEXT}",
            )
        return wanted, min(wanted, model.trained_context)
    free_bytes = psutil.virtual_memory().available
    affordable = int(free_bytes * _SHARE_OF_FREE_MEMORY) // max(1, model.bytes_per_cell)
    if affordable < _SMALLEST_CONTEXT:
        raise ModelLoadError(
            f"a quarter of the free {free_bytes >> 20} MiB holds {affordable} tokens of {model.name}",
            "free some memory, choose a smaller model, or insist with --ctx",
        )
    cells = min(affordable, max(model.trained_context, _ROOM_FOR_SEVERAL))
    return cells, min(cells, model.trained_context)


def _probe_rewind(model: NativeModel, context: NativeContext) -> bool:
    """Run the model once, and find out whether a part of what it read can be forgotten again."""
    batch = Batch(8)
    token = next((t for t in range(model.vocabulary) if model.piece(t)), 0)
    batch.add_tokens([token] * 4, 0, 0, 1)
    result = context.decode(batch)
    if result != DecodeResult.DONE:
        raise ModelLoadError(f"the model loads but cannot be run: llama_decode returned {result}")
    can_rewind = context.rewind(0, 2) and context.last_position(0) == 1
    context.clear_all()
    return can_rewind
