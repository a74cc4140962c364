"""An engine without a thread, stepped by hand, whose context can be told to refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar

import numpy as np

from substrate.inference import Delta, GenerateRequest, Sampling, Sink
from substrate.inference.adapters import Adapters
from substrate.inference.chat_template import CHATML, ChatTemplate
from substrate.inference.engine import Engine
from substrate.inference.handover import EventStream, Handover, StreamEvent
from substrate.inference.job import Reply
from substrate.inference.jobs import Jobs
from substrate.inference.native import Batch, ContextShape, DecodeResult, NativeContext, NativeModel
from substrate.inference.parking import ParkedState, ParkingLot
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import Blend, InferenceError
from substrate.inference.sampling import TokenSampler
from substrate.inference.scheduler import Scheduler
from substrate.inference.sequences import Sequence, SequencePool
from substrate.inference.tokens import Tokens

from .conftest import NEAR_TIE

CELLS, SEQUENCES, ROWS = 512, 4, 64
BROKEN_OFF, RAISES = -2, -99


class CollectingHandover(Handover):
    """Keeps the events of each stream instead of waking a loop."""

    __slots__ = ("collected",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.collected: dict[int, list[StreamEvent]] = {}

    def post(self, sink: Sink, event: StreamEvent) -> None:
        self.collected.setdefault(id(sink), []).append(event)


class RefusingContext(NativeContext):
    """Answers the next decodes with what the test says, without running them: as llama.cpp does when it
    refuses. A decode that broke off was run, and left its cells behind."""

    answers: ClassVar[list[int]] = []

    def decode(self, batch: Batch) -> int:
        answer = self.answers.pop(0) if self.answers else None
        if answer == RAISES:
            super().decode(batch)
            raise OSError("something nobody foresaw")
        if answer in (None, BROKEN_OFF):
            result = super().decode(batch)
            return result if answer is None else BROKEN_OFF
        return answer


class LateState(Future[ParkedState | None]):
    """What was read from the disk, told only when it has been asked for so many times."""

    def __init__(self, parked: ParkedState | None, times: int) -> None:
        super().__init__()
        self._times = times
        self.set_result(parked)

    def done(self) -> bool:
        self._times -= 1
        return self._times < 0


class LateDisk(ParkingLot):
    """Its states come as many steps late as the test says."""

    steps_late: ClassVar[int] = 0

    def find(
        self, conversation: str, blend: Blend, is_wanted: Callable[[Tokens[int]], bool]
    ) -> Future[ParkedState | None]:
        return LateState(super().find(conversation, blend, is_wanted).result(), self.steps_late)


class CountedSampler(TokenSampler):
    """Knows how many samplers were made and not freed."""

    alive: ClassVar[set[int]] = set()

    def __init__(self, model: NativeModel, sampling: Sampling, grammar: str | None) -> None:
        super().__init__(model, sampling, grammar)
        self.alive.add(id(self))

    def free(self) -> None:
        super().free()
        self.alive.remove(id(self))


class Bench:
    """An engine without a thread, its context, and what it was given."""

    def __init__(self, path: Path, adapters: Mapping[str, Path] | None = None) -> None:
        self.model = NativeModel.load(path, gpu_layers=0)
        shape = ContextShape(
            CELLS, SEQUENCES, batch_rows=ROWS, outputs=SEQUENCES + 32, threads=1, flash_attention=True
        )
        self.context = RefusingContext(self.model, shape)
        self.adapters = Adapters(self.model, self.context, adapters or {})
        self.loop = asyncio.new_event_loop()
        self.parking: ParkingLot | None = None
        self.start()

    def start(self, parking_folder: Path | None = None) -> None:
        """Begin anew, with nothing but what lies in the folder."""
        CountedSampler.alive.clear()
        LateDisk.steps_late = 0
        self.handover = CollectingHandover(self.loop)
        self.replies: list[Reply] = []
        self.restart(parking_folder)

    def restart(self, parking_folder: Path | None = None) -> None:
        """Another engine on the emptied context; what was asked of the one before is remembered."""
        self.stop_parking()
        self.context.clear_all()
        self.context.answers.clear()
        if parking_folder is not None:
            self.parking = LateDisk(parking_folder, key="k", max_bytes=1 << 30)
        self.pool = SequencePool(self.context, can_rewind=True, parking=self.parking)
        reader = PromptReader(self.model, ChatTemplate.parse(CHATML))
        scheduler = Scheduler(self.pool, batch_rows=ROWS)
        jobs = Jobs(self.model, reader, self.pool, self.adapters, scheduler, context_tokens=CELLS)
        self.engine = Engine(self.context, self.pool, self.adapters, scheduler, jobs)

    def stop_parking(self) -> None:
        """Returns when all is written."""
        parking, self.parking = self.parking, None
        if parking is not None:
            parking.close()

    def ask(self, request: GenerateRequest) -> Reply:
        reply = Reply(request, self.handover, EventStream(self.loop), 0)
        self.replies.append(reply)
        self.handover.begin(reply)
        self.engine.jobs.submit(reply)
        return reply

    def step(self) -> None:
        """As the lane does it: a step that fails ends what is under way."""
        try:
            self.engine.step()
        except OSError as error:
            self.engine.jobs.fail_all(InferenceError(str(error)))

    def step_until_idle(self) -> None:
        for _ in range(5000):
            if not self.engine.has_work:
                return
            self.step()
        raise AssertionError("the work does not end")

    def events(self, reply: Reply) -> list[StreamEvent]:
        return self.handover.collected.get(id(reply.stream), [])

    def ends(self, reply: Reply) -> list[StreamEvent]:
        return [event for event in self.events(reply) if not isinstance(event, Delta)]

    def check_ledger(self) -> None:
        """What the ledger says of each sequence is what llama.cpp holds."""
        for sequence in self.pool:
            assert self.context.last_position(sequence.id) == len(sequence.tokens) - 1

    def check_what_is_kept(self, fresh: NativeContext) -> None:
        """Kept cells hold what the ledger says: the last token comes out as if all were read now.

        `fresh` is a context of the same model without adapters; what was read under some is left out.
        """
        self.context.answers.clear()
        self.adapters.apply(())
        for sequence in self.pool:
            if sequence.is_idle and sequence.blend == ():
                kept, anew = self._last_logits(sequence), _read_anew(fresh, list(sequence.tokens))
                assert float(np.abs(kept - anew).max()) < NEAR_TIE

    def _last_logits(self, sequence: Sequence) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        *before, last = sequence.tokens
        self.context.rewind(sequence.id, len(before))
        batch = Batch(1)
        batch.add_tokens([last], len(before), sequence.id, 1)
        assert self.context.decode(batch) == DecodeResult.DONE
        return self.context.logits(0).copy()

    def check_all_cells_are_free(self) -> None:
        """As many tokens as there are cells can be read into one sequence."""
        self.context.answers.clear()
        batch = Batch(ROWS)
        for position in range(0, CELLS, ROWS):
            batch.clear()
            batch.add_tokens([0] * ROWS, position, 0, 0)
            assert self.context.decode(batch) == DecodeResult.DONE
        self.context.clear(0)

    def close(self) -> None:
        self.stop_parking()
        self.context.free()
        self.model.free()
        self.loop.close()


def _read_anew(context: NativeContext, tokens: list[int]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    context.clear_all()
    batch = Batch(ROWS)
    for position in range(0, len(tokens), ROWS):
        part = tokens[position : position + ROWS]
        batch.clear()
        batch.add_tokens(part, position, 0, 1)
        assert context.decode(batch) == DecodeResult.DONE
    return context.logits(batch.size - 1).copy()
