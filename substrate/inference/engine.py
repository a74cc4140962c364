"""One step after another: plan, fill the batch, decode, let each job choose its next token.

Everything here runs on the lane's own thread. The scheduler decides, the pool keeps the ledger, llama.cpp
computes, jobs know what becomes of them; this file is the loop between them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from substrate.inference.adapters import AdapterError, Adapters
from substrate.inference.job import Job, Reply
from substrate.inference.jobs import Jobs
from substrate.inference.native import Batch, DecodeResult, NativeContext, clear_log, last_log_lines
from substrate.inference.protocol import InferenceError, NoCellsLeft
from substrate.inference.rates import RateMeter
from substrate.inference.scheduler import Scheduler, Slice
from substrate.inference.sequences import SequencePool


class Engine:
    """The steps of one context, on whose jobs they work."""

    def __init__(
        self,
        context: NativeContext,
        pool: SequencePool,
        adapters: Adapters,
        scheduler: Scheduler,
        jobs: Jobs,
    ) -> None:
        self._context = context
        self._pool = pool
        self._adapters = adapters
        self._scheduler = scheduler
        self._batch = Batch(context.shape.batch_rows)
        self.jobs = jobs
        self.meter = RateMeter()
        self.counters = jobs.counters
        # The end of the last step, while another one follows it.
        self._went_on_ns: int | None = None

    @property
    def has_work(self) -> bool:
        return bool(self.jobs.all)

    def step(self) -> bool:
        """One decode for everybody who can use it. False when there was nothing to do."""
        began_ns, self._went_on_ns = self._went_on_ns or time.perf_counter_ns(), None
        counters = self.counters
        prompt_rows, decode_rows = counters.prompt_rows, counters.decode_rows
        slices = self._everybody_writing()
        if slices:
            native_ns = self._write(slices)
        else:
            self._scheduler.admit(self.jobs.all)
            self.jobs.bind_late_blocks()
            slices = self._scheduler.plan(self.jobs.all, self.meter.rates.prefill_tokens_per_s)
            native_ns = self._run(slices) if slices else 0
            self.jobs.end_finished_reading()
        counters.steps += bool(slices)
        counters.native_ns += native_ns
        ended_ns = time.perf_counter_ns()
        counters.step_ns += ended_ns - began_ns
        if counters.prompt_rows == prompt_rows and counters.decode_rows > decode_rows:
            counters.decode_steps += 1
            counters.decode_overhead_ns += ended_ns - began_ns - native_ns
        self._went_on_ns = ended_ns if slices else None
        return bool(slices)

    def rest(self) -> None:
        """Nothing is left to do: the time until the next step is no part of it, and nobody waits for the
        disk."""
        self._went_on_ns = None
        self._scheduler.unparking.drop()

    def _everybody_writing(self) -> list[Slice]:
        """The next step, if all that there is to do is that every job goes on by one token, together; else
        none. Most steps are of this kind: what others need is not looked for in them."""
        jobs = self.jobs.all
        if not 0 < len(jobs) <= self._batch.capacity or self._scheduler.unparking.is_fetching:
            return []
        slices = []
        blend, priority = jobs[0].blend, jobs[0].priority
        for job in jobs:
            sequence, reply = job.sequence, job.reply
            if (
                sequence is None
                or reply is None
                or reply.generated == 0
                or reply.draft is not None
                or len(job.tokens) != len(sequence.tokens) + 1
                or job.priority is not priority
                or job.blend != blend
            ):
                return []
            slices.append(Slice(job, 1))
        return slices

    def _write(self, slices: Sequence[Slice]) -> int:
        """What `_run` comes to for those who write one token each; returns the ns spent in llama.cpp."""
        batch, pool, context = self._batch, self._pool, self._context
        batch.clear()
        for job, _, _ in slices:
            sequence = job.sequence
            assert sequence is not None
            batch.add_token(job.tokens[-1], len(sequence.tokens), sequence.id)
        was_read, native_ns = self._decode(slices)
        if not was_read:
            return native_ns
        self.counters.decode_rows += len(slices)
        clock = time.perf_counter_ns
        chosen: list[tuple[Job, Reply, int]] = []
        for row, (job, _, _) in enumerate(slices):
            sequence, reply = job.sequence, job.reply
            assert sequence is not None
            assert reply is not None
            assert reply.sampler is not None
            pool.append(sequence, job.tokens[-1])
            began_ns = clock()
            try:
                token = reply.sampler.sample(context, row)
            except Exception as error:  # whatever it is, those who share the step have no part in it
                self.jobs.fail(job, error)
                continue
            native_ns += clock() - began_ns
            chosen.append((job, reply, token))
        for job, reply, token in chosen:  # behind all samplers: see `_advance`
            self.jobs.take(job, reply, token)
        self.meter.observe(prompt_rows=0, decode_rows=len(slices), duration_s=native_ns / 1e9)
        return native_ns

    def _decode(self, slices: Sequence[Slice]) -> tuple[bool, int]:
        """Let llama.cpp read the batch, under the blend of the slices; whether it did, else all that it takes
        to go on was done; and the ns that it took."""
        began_ns = time.perf_counter_ns()
        try:
            self._adapters.apply(slices[0].job.blend)
        except AdapterError as error:
            for piece in slices:
                self.jobs.fail(piece.job, error)
            return False, 0
        result = self._context.decode(self._batch)
        native_ns = time.perf_counter_ns() - began_ns
        if result != DecodeResult.DONE:
            self._recover(result, slices)
        return result == DecodeResult.DONE, native_ns

    def _run(self, slices: Sequence[Slice]) -> int:
        """Decode the slices and advance their jobs; returns the ns spent in llama.cpp."""
        first_rows, decode_rows = self._fill_batch(slices)
        was_read, native_ns = self._decode(slices)
        if not was_read:
            return native_ns
        draft_rows = sum(len(piece.draft) for piece in slices)
        prompt_rows = self._batch.size - decode_rows - draft_rows
        self.counters.prompt_rows += prompt_rows
        self.counters.decode_rows += decode_rows
        self.counters.draft_rows += draft_rows
        for job, length, draft in slices:
            sequence = job.sequence
            assert sequence is not None
            held = len(sequence.tokens)
            if length == 1:
                self._pool.append(sequence, job.tokens[held])
            else:
                self._pool.extend(sequence, job.tokens[held : held + length])
            if draft:
                self._pool.extend(sequence, draft)
            if job.reply is None or job.reply.generated == 0:
                job.read += length
        native_ns += self._advance(slices, first_rows)
        if draft_rows == 0:  # a step that checks drafts is neither reading nor writing
            self.meter.observe(
                prompt_rows=prompt_rows,
                decode_rows=decode_rows,
                duration_s=native_ns / 1e9,
                turns=self._scheduler.blends_taking_turns,
            )
        return native_ns

    def _fill_batch(self, slices: Sequence[Slice]) -> tuple[list[int | None], int]:
        """The rows of a step; returns the first row to sample from for each slice, None where none is due,
        and how many slices go on with a reply."""
        batch = self._batch
        batch.clear()
        first_rows: list[int | None] = []
        decode_rows = 0
        for job, length, draft in slices:
            sequence, reply = job.sequence, job.reply
            assert sequence is not None
            held = len(sequence.tokens)
            last = held + length
            is_due = last == len(job.tokens) and reply is not None and reply.is_late_bound
            decode_rows += is_due and length == 1 and reply is not None and reply.generated > 0
            if draft:
                tokens = [job.tokens[held], *draft]
                batch.add_tokens(tokens, held, sequence.id, len(tokens))
                first_rows.append(batch.size - len(tokens))
                continue
            if is_due and length == 1:
                batch.add_token(job.tokens[held], held, sequence.id)
            else:
                batch.add_tokens(job.tokens[held:last], held, sequence.id, int(is_due))
            first_rows.append(batch.size - 1 if is_due else None)
        return first_rows, decode_rows

    def _advance(self, slices: Sequence[Slice], first_rows: Sequence[int | None]) -> int:
        """Choose a token for each job that is due one, then tell all; returns the ns spent in samplers.

        Not one job after another: a sampler goes through the whole vocabulary, and what the processor had at
        hand of this code is gone behind it. Told together, eight tokens cost little more than one or two.
        """
        native_ns = 0
        clock = time.perf_counter_ns
        chosen: list[tuple[Slice, list[int]]] = []
        for piece, row in zip(slices, first_rows, strict=True):
            if row is None:
                continue
            reply = piece.job.reply
            assert reply is not None
            assert reply.sampler is not None
            began_ns = clock()
            try:
                tokens = [reply.sampler.sample(self._context, row)]
                # And after each row of a draft, as long as that is followed.
                for at, guess in enumerate(piece.draft):
                    if tokens[at] != guess:
                        break
                    tokens.append(reply.sampler.sample(self._context, row + at + 1))
            except Exception as error:  # whatever it is, those who share the step have no part in it
                self.jobs.fail(piece.job, error)
                continue
            native_ns += clock() - began_ns
            chosen.append((piece, tokens))
        for piece, tokens in chosen:
            if piece.draft:
                self._take_drafted(piece, tokens)
            else:
                job = piece.job
                assert job.reply is not None
                self.jobs.take(job, job.reply, tokens[0])
        return native_ns

    def _take_drafted(self, piece: Slice, tokens: Sequence[int]) -> None:
        job, reply = piece.job, piece.job.reply
        assert reply is not None
        kept = -1
        for token in tokens:
            kept += 1
            if self.jobs.take(job, reply, token):
                break
        self.counters.drafts_kept += kept
        self.jobs.payoff.observe(job.persona_id, checked=len(piece.draft), kept=kept)
        if job.sequence is not None:
            # All of the draft was read; what was not chosen leaves the cache again.
            self._pool.rewind(job.sequence, len(job.tokens) - 1)

    def _recover(self, result: int, slices: Sequence[Slice]) -> None:
        """A step that llama.cpp refused leaves nothing behind: make room, or find out whose fault it was."""
        self._pool.match_cells()
        if result == DecodeResult.NO_CELLS:
            if any(piece.draft for piece in slices):
                self._run([Slice(piece.job, piece.length) for piece in slices])  # guesses cost nobody cells
                return
            if self._scheduler.make_room(self.jobs.all):
                self.counters.preempted += 1
                return
            for piece in slices:
                self.jobs.fail(piece.job, self._no_cells(piece.job))
        elif len(slices) > 1:
            for piece in slices:
                if piece.job.sequence is not None:  # unless making room for one before it took that away
                    clear_log()
                    self._run([piece])
        else:
            reason = last_log_lines() or f"llama_decode returned {result}"
            self.jobs.fail(slices[0].job, InferenceError(f"llama.cpp could not run the request: {reason}"))

    def _no_cells(self, job: Job) -> NoCellsLeft:
        return NoCellsLeft(
            f"the KV cache of {self._context.cells} tokens cannot hold {len(job.tokens)} tokens: "
            f"{last_log_lines() or 'llama.cpp gives no reason'}",
            "shorten the prompt or choose a larger --ctx",
        )
