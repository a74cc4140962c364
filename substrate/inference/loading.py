"""Bringing a model up: load it, find out what it allows, size its pool, put the lane's parts together.

What a model or its template does not allow is found here and said in ModelFacts; nothing is guessed and no
other model is taken in its place.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import llama_cpp
import psutil

from substrate.inference.adapters import Adapters
from substrate.inference.attention_probe import prefers_flash_attention, processor_name
from substrate.inference.chat_template import ChatTemplate
from substrate.inference.drafts import DRAFT_ROWS, DRAFTING_AT_ONCE
from substrate.inference.engine import Engine
from substrate.inference.jobs import Jobs
from substrate.inference.native import Batch, ContextShape, DecodeResult, NativeContext, NativeModel
from substrate.inference.parking import ParkingLot, model_fingerprint
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import ModelFacts, ModelLoadError, OutOfMemory
from substrate.inference.rates import ENOUGH_ROWS, RateMeter
from substrate.inference.scheduler import Scheduler
from substrate.inference.sequences import SequencePool

_SHARE_OF_FREE_MEMORY = 0.25
_ROOM_FOR_SEVERAL = 16384
"""Cells that a small model gets beyond its own context, so that several conversations stay in the cache."""
_SMALLEST_CONTEXT = 256
"""Cells; llama.cpp rounds up to this many anyway."""
_SMALL_MACHINE_CORES = 4
_PROBED_TOKENS = 4
_ATTENTION_NOTES = "attention.json"


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How the model is run.

    `ctx` is the number of KV cells, shared by all conversations (None: as many as a quarter of the free
    memory holds, at most what the model was trained for). `threads` None: all physical cores, but one less on
    machines of up to four while regions work. `sequences` is how many conversations can be held at once.
    `flash_attention` None: what a probe finds faster, remembered in the parking folder. `adapters`: LoRA
    files by the names that requests blend. `parking_folder` (None: no parking) takes the KV of conversations
    that give up their sequence, and of all after `park_after_s` without work; what was parked under another
    `layout_version` (of the prompts' words) is not taken back.
    """

    ctx: int | None = None
    gpu_layers: int = 0
    threads: int | None = None
    sequences: int = 32
    batch_rows: int = 512
    flash_attention: bool | None = None
    adapters: Mapping[str, Path] = field(default_factory=dict)
    parking_folder: Path | None = None
    parking_max_bytes: int = 4 << 30
    park_after_s: float = 20.0
    layout_version: int = 0

    def __post_init__(self) -> None:
        """Raises ModelLoadError for numbers that do not go together."""
        if not 1 <= self.sequences <= self.batch_rows:
            raise ModelLoadError(
                f"{self.sequences} sequences do not fit into a step of {self.batch_rows} rows",
                "each sequence that decodes takes a row: choose more rows, or fewer sequences, at least one",
            )


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """Threads of llama.cpp while nobody else works, and while a region does.

    llama.cpp's threads wait for each other at every operation. On two cores beside a process that computes
    all the time, at the regions' niceness, two threads are mostly faster than one, but some steps take half
    a second; at the lane's own niceness steps take twice as long as with one (Q8_0 of the 0.5B shape).
    """

    alone: int
    beside: int


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """All that a lane runs on. `free` gives the memory back, in the order in which it depends."""

    facts: ModelFacts
    model: NativeModel
    context: NativeContext
    reader: PromptReader
    engine: Engine
    parking: ParkingLot | None
    threads: ThreadCounts

    def free(self) -> None:
        if self.parking is not None:
            self.parking.close()
        self.context.free()
        self.model.free()


def load_model(path: Path, settings: LaneSettings, is_given_up: Callable[[], bool]) -> LoadedModel:
    """Load and run the model once. Raises ModelLoadError, TemplateError or AdapterError.

    Ends early, in a ModelLoadError, once `is_given_up` says so.
    """
    with contextlib.ExitStack() as undo:
        model = NativeModel.load(path, gpu_layers=settings.gpu_layers, is_given_up=is_given_up)
        undo.callback(model.free)
        model.check_it_writes()
        template = _template(model)
        cells, context_tokens = _context_size(model, settings)
        threads = thread_counts(settings.threads)
        shape = ContextShape(
            cells=cells,
            sequences=settings.sequences,
            batch_rows=min(settings.batch_rows, cells),
            outputs=settings.sequences + DRAFTING_AT_ONCE * DRAFT_ROWS,
            threads=threads.alone,
            flash_attention=_flash_attention(model, settings, threads, is_given_up),
        )
        context = NativeContext(model, shape)
        undo.callback(context.free)
        can_rewind = _probe_rewind(model, context)
        adapters = Adapters(model, context, settings.adapters)
        parking = _parking(model, context, settings)
        reader = PromptReader(model, template)
        pool = SequencePool(context, can_rewind=can_rewind, parking=parking)
        scheduler = Scheduler(pool, batch_rows=shape.batch_rows)
        jobs = Jobs(model, reader, pool, adapters, scheduler, context_tokens=context_tokens)
        engine = Engine(context, pool, adapters, scheduler, jobs)
        _measure_rates(model, context, engine.meter)
        savings_off = []
        if not template.is_exact:
            savings_off.append("exact template: it frames longer conversations differently than is kept")
        if not can_rewind:
            savings_off.append("rewinding: the model's memory cannot forget only a part of a sequence")
        facts = ModelFacts(
            name=model.name,
            context_tokens=context_tokens,
            vocabulary=model.vocabulary,
            parameters=model.parameters,
            savings_off=tuple(savings_off),
        )
        if is_given_up():
            raise ModelLoadError(f"loading {path} was given up")
        undo.pop_all()
        return LoadedModel(facts, model, context, reader, engine, parking, threads)


def thread_counts(chosen: int | None) -> ThreadCounts:
    """Physical cores; beside working regions one less on machines of up to four. A chosen number stays."""
    if chosen is not None:
        return ThreadCounts(chosen, chosen)
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    with contextlib.suppress(AttributeError):  # not on macOS
        cores = min(cores, len(os.sched_getaffinity(0)))
    return ThreadCounts(cores, max(1, cores - 1) if cores <= _SMALL_MACHINE_CORES else cores)


def _flash_attention(
    model: NativeModel, settings: LaneSettings, threads: ThreadCounts, is_given_up: Callable[[], bool]
) -> bool:
    if settings.flash_attention is not None:
        return settings.flash_attention
    folder = settings.parking_folder
    key = model_fingerprint(
        model.path,
        llama_cpp.__version__,
        settings.gpu_layers,
        threads.alone,
        processor_name(),
        os.cpu_count(),
    )
    notes = None if folder is None else folder / _ATTENTION_NOTES
    return prefers_flash_attention(
        model, threads=threads.alone, notes=notes, key=key, is_given_up=is_given_up
    )


def _template(model: NativeModel) -> ChatTemplate:
    source = model.chat_template
    if source is None:
        raise ModelLoadError(
            f"{model.name} has no chat template in its metadata",
            "use an instruction-tuned model whose file carries tokenizer.chat_template",
        )
    return ChatTemplate.parse(source, bos=model.special_text(model.bos), eos=model.special_text(model.eos))


def _context_size(model: NativeModel, settings: LaneSettings) -> tuple[int, int]:
    """KV cells of the pool, and the most that one conversation may use of them."""
    wanted, free_bytes = settings.ctx, psutil.virtual_memory().available
    if wanted is not None:
        if wanted < _SMALLEST_CONTEXT:
            raise ModelLoadError(
                f"a context of {wanted} tokens holds no conversation",
                f"choose a --ctx of at least {_SMALLEST_CONTEXT}",
            )
        needed_bytes = wanted * model.bytes_per_cell
        # llama.cpp would be granted the memory and die of using it. On a GPU it is not this memory.
        if settings.gpu_layers == 0 and needed_bytes > free_bytes:
            raise OutOfMemory(
                f"a context of {wanted} tokens takes {needed_bytes >> 20} MiB, free are {free_bytes >> 20}",
                f"choose a --ctx of at most {free_bytes // model.bytes_per_cell}",
            )
        return wanted, min(wanted, model.trained_context)
    affordable = int(free_bytes * _SHARE_OF_FREE_MEMORY) // model.bytes_per_cell
    if affordable < _SMALLEST_CONTEXT:
        raise OutOfMemory(
            f"a quarter of the free {free_bytes >> 20} MiB holds {affordable} tokens of {model.name}",
            "free some memory, choose a smaller model, or insist with --ctx",
        )
    cells = min(affordable, max(model.trained_context, _ROOM_FOR_SEVERAL))
    return cells, min(cells, model.trained_context)


def _probe_rewind(model: NativeModel, context: NativeContext) -> bool:
    """Run the model once, and find out whether a part of what it read can be forgotten again."""
    batch = Batch(_PROBED_TOKENS)
    batch.add_tokens([_harmless_token(model)] * _PROBED_TOKENS, 0, 0, 1)
    result = context.decode(batch)
    if result != DecodeResult.DONE:
        raise ModelLoadError(f"the model loads but cannot be run: llama_decode returned {result}")
    can_rewind = context.rewind(0, 2) and context.last_position(0) == 1
    context.clear_all()
    return can_rewind


def _measure_rates(model: NativeModel, context: NativeContext, meter: RateMeter) -> None:
    """First rates, so that the first prompt's budget is a measured one too. The model has run before."""
    token = _harmless_token(model)
    rows = min(ENOUGH_ROWS, context.shape.batch_rows)
    batch = Batch(rows)
    batch.add_tokens([token] * rows, 0, 0, 1)
    meter.observe(prompt_rows=rows, decode_rows=0, duration_s=_decode_s(context, batch))
    batch.clear()
    batch.add_tokens([token], rows, 0, 1)
    meter.observe(prompt_rows=0, decode_rows=1, duration_s=_decode_s(context, batch))
    context.clear_all()


def _decode_s(context: NativeContext, batch: Batch) -> float:
    began_s = time.perf_counter()
    context.decode(batch)
    context.logits(batch.size - 1)
    return time.perf_counter() - began_s


def _harmless_token(model: NativeModel) -> int:
    """One that stands for text."""
    return next((token for token in range(model.vocabulary) if model.piece(token)), 0)


def _parking(model: NativeModel, context: NativeContext, settings: LaneSettings) -> ParkingLot | None:
    folder = settings.parking_folder
    if folder is None:
        return None
    # What changes the meaning or the layout of a state. The size of the pool does not (measured), unless the
    # model turns positions by other factors in a context that is longer than its first one.
    first_context = model.metadata(f"{model.architecture}.rope.scaling.original_context_length")
    key = model_fingerprint(
        model.path,
        model.path.stat().st_mtime_ns,
        llama_cpp.__version__,
        settings.layout_version,
        "keys and values in f16",
        "one pool",
        context.shape.flash_attention,
        first_context is not None and context.cells > int(first_context),
    )
    adapter_keys = {name: model_fingerprint(file) for name, file in settings.adapters.items()}
    return ParkingLot(folder, key=key, max_bytes=settings.parking_max_bytes, adapter_keys=adapter_keys)
