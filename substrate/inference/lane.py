"""The lane: one GGUF model on which many personas' sequences decode together.

`LlamaLane` is the door that the persona service uses. Behind it one thread owns the context and runs the
engine's steps; requests go in through a queue, events come back in batches (see `handover`). docs/lane.md
follows a prompt through all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from substrate.inference.chat_template import ChatTemplate
from substrate.inference.engine import Engine, EngineCounters
from substrate.inference.handover import Handover
from substrate.inference.job import Reply
from substrate.inference.native import Batch, ContextShape, DecodeResult, NativeContext, NativeModel
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import (
    Delta,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Rates,
)

_SHARE_OF_FREE_MEMORY = 0.25
_ROOM_FOR_SEVERAL = 16384
"""Cells that a small model gets beyond its own context, so that several conversations stay in the cache."""
_SMALL_MACHINE_CORES = 4


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How the model is run.

    `ctx` is the number of KV cells, shared by all conversations (None: as many as a quarter of the free
    memory holds, at most what the model was trained for). `threads` None: one core is left to the regions on
    machines of up to four cores. `sequences` is how many conversations can be held at once.
    """

    ctx: int | None = None
    gpu_layers: int = 0
    threads: int | None = None
    sequences: int = 32
    batch_rows: int = 512
    flash_attention: bool = True


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
                    threads=self.settings.threads or default_threads(),
                    flash_attention=self.settings.flash_attention,
                ),
            )
        except BaseException:
            model.free()
            raise
        can_rewind = _probe_rewind(model, context)
        savings_off = []
        if not template.extends_history:
            savings_off.append("kept history: the model's template renders an old reply differently")
        if not can_rewind:
            savings_off.append("rewinding: the model's memory cannot forget only a part of a sequence")
        self._model, self._context = model, context
        self._reader = PromptReader(model, template)
        self._engine = Engine(
            model, context, self._reader, context_tokens=context_tokens, can_rewind=can_rewind
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
        if self._context is not None:
            self._context.free()
        if self._model is not None:
            self._model.free()
        self._context = self._model = None

    def _running_engine(self) -> Engine:
        if self._engine is None or self._closed:
            raise InferenceError("the lane is not running", "call warmup() first and close() last")
        return self._engine

    def _run(self, engine: Engine) -> None:
        """The lane's thread: take what has come in, then one step, until nothing is left; then wait."""
        busy = False
        while True:
            try:
                while (command := self._inbox.get(block=not engine.has_work)) is not None:
                    command(engine)
                    if not busy and engine.has_work:
                        busy = True
                        self._on_busy(True)
                break
            except queue.Empty:
                pass
            try:
                engine.step()
            except Exception as error:
                engine.fail_all(InferenceError(f"the lane's step failed: {error!r}"))
            if self._handover is not None:
                self._handover.flush()
            if busy and not engine.has_work:
                busy = False
                self._on_busy(False)
        engine.fail_all(InferenceError("the lane was closed"))
        if self._handover is not None:
            self._handover.flush()


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
        return wanted, min(wanted, model.trained_context)
    free_bytes = psutil.virtual_memory().available
    affordable = int(free_bytes * _SHARE_OF_FREE_MEMORY) // max(1, model.bytes_per_cell)
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
