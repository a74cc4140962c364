"""One step after another: plan, fill the batch, decode, take each job a step further.

Everything here runs on the lane's own thread. The scheduler decides, the pool keeps the ledger, llama.cpp
computes; this file is the loop between them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from substrate.inference.job import Job, Reply
from substrate.inference.native import (
    Batch,
    DecodeResult,
    NativeContext,
    NativeModel,
    clear_log,
    last_log_lines,
)
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import (
    Delta,
    FinishReason,
    Generation,
    InferenceError,
    Priority,
    PromptTooLong,
)
from substrate.inference.rates import RateMeter
from substrate.inference.sampling import TokenSampler
from substrate.inference.scheduler import Scheduler, Slice
from substrate.inference.sequences import SequencePool


@dataclass(slots=True)
class EngineCounters:
    """Totals since the start. `native_ns` is the part of `step_ns` spent inside llama.cpp."""

    steps: int = 0
    step_ns: int = 0
    native_ns: int = 0
    prompt_rows: int = 0
    decode_rows: int = 0
    finished: int = 0
    failed: int = 0
    cancelled: int = 0
    settled: int = 0
    preempted: int = 0
    evicted: int = 0
    late_ns: int = 0


class Engine:
    """All jobs of one context."""

    def __init__(
        self,
        model: NativeModel,
        context: NativeContext,
        reader: PromptReader,
        *,
        context_tokens: int,
        can_rewind: bool,
    ) -> None:
        self._model = model
        self._context = context
        self._reader = reader
        self._context_tokens = context_tokens
        self._batch = Batch(context.shape.batch_rows)
        self.pool = SequencePool(context, can_rewind=can_rewind)
        self._scheduler = Scheduler(self.pool, batch_rows=context.shape.batch_rows)
        self._jobs: list[Job] = []
        self._arrivals = 0
        self.meter = RateMeter()
        self.counters = EngineCounters()

    @property
    def has_work(self) -> bool:
        return bool(self._jobs)

    def submit(self, reply: Reply) -> None:
        """Take up a request. What is wrong with it reaches its own stream, nobody else's."""
        request = reply.request
        job = Job(request.conversation, request.priority, request.blend, reply)
        try:
            job.tokens = self._reader.opening(request.prompt)
            reply.opening_length = len(job.tokens)
            self._check_length(job)
            reply.sampler = TokenSampler(self._model, request.sampling, request.grammar)
        except Exception as error:
            self._fail(job, error)
            return
        self._withdraw_reading(request.conversation)
        self._add(job)

    def cancel(self, reply: Reply) -> None:
        """Its consumer has gone: give everything back but what a next turn can use."""
        for job in self._jobs:
            if job.reply is reply:
                self.counters.cancelled += 1
                self._end(job, keep=reply.opening_length)
                return

    def fail_all(self, error: InferenceError) -> None:
        for job in list(self._jobs):
            self._fail(job, error)

    def step(self) -> bool:
        """One decode for everybody who can use it. False when there was nothing to do."""
        began_ns = time.perf_counter_ns()
        self._scheduler.admit(self._jobs)
        self._bind_late_blocks()
        slices = self._scheduler.plan(self._jobs, self.meter.rates.prefill_tokens_per_s)
        if not slices:
            self._drop_finished_reading()
            return False
        native_ns = self._run(slices)
        self._drop_finished_reading()
        counters = self.counters
        counters.steps += 1
        counters.native_ns += native_ns
        counters.step_ns += time.perf_counter_ns() - began_ns
        return True

    def _add(self, job: Job) -> None:
        self._arrivals += 1
        job.arrived = self._arrivals
        self._jobs.append(job)

    def _check_length(self, job: Job) -> None:
        # One more token than the prompt must fit, or there is no room for a reply.
        if len(job.tokens) >= self._context_tokens:
            raise PromptTooLong(
                f"the prompt takes {len(job.tokens)} tokens and the model's context holds "
                f"{self._context_tokens}, reply included",
                "shorten the identity or the message, or choose a larger --ctx",
            )

    def _bind_late_blocks(self) -> None:
        """Ask for the late blocks of those who have read everything before them."""
        for job in list(self._jobs):
            reply = job.reply
            if reply is None or reply.is_late_bound or job.sequence is None or job.unread > 0:
                continue
            asked_ns = time.perf_counter_ns()
            try:
                late = reply.request.prompt.late()
                reply.is_late_bound = True
                job.tokens.extend(self._reader.late(late))
                reply.prompt_length = len(job.tokens)
                self._check_length(job)
            except Exception as error:
                self._fail(job, error)
            self.counters.late_ns += time.perf_counter_ns() - asked_ns

    def _run(self, slices: list[Slice]) -> int:
        """Decode the slices and advance their jobs; returns the ns spent in llama.cpp."""
        batch = self._batch
        batch.clear()
        sampled_rows: list[tuple[Job, int]] = []
        decode_rows = 0
        for piece in slices:
            job, count = piece.job, piece.count
            held = job.held
            assert job.sequence is not None
            last = held + count
            wants_logits = job.reply is not None and job.reply.is_late_bound and last == len(job.tokens)
            if count == 1 and wants_logits:
                batch.add_token(job.tokens[held], held, job.sequence.id)
            else:
                batch.add_tokens(job.tokens[held:last], held, job.sequence.id, int(wants_logits))
            if wants_logits:
                sampled_rows.append((job, batch.size - 1))
            decode_rows += job.is_decoding
        began_ns = time.perf_counter_ns()
        result = self._context.decode(batch)
        native_ns = time.perf_counter_ns() - began_ns
        if result != DecodeResult.DONE:
            self._recover(result, slices)
            return native_ns
        prompt_rows = batch.size - decode_rows
        counters = self.counters
        counters.prompt_rows += prompt_rows
        counters.decode_rows += decode_rows
        for piece in slices:
            job = piece.job
            assert job.sequence is not None
            held = len(job.sequence.tokens)
            job.sequence.tokens.extend(job.tokens[held : held + piece.count])
            if not job.reply or job.reply.generated == 0:
                job.read += piece.count
        for job, row in sampled_rows:
            native_ns += self._advance(job, row)
        self.meter.observe(prompt_rows=prompt_rows, decode_rows=decode_rows, duration_s=native_ns / 1e9)
        return native_ns

    def _recover(self, result: int, slices: list[Slice]) -> None:
        """A step that llama.cpp refused changed nothing: make room, or find out whose fault it was."""
        if result == DecodeResult.NO_CELLS:
            if self._scheduler.make_room(self._jobs):
                self.counters.preempted += 1
                return
            for piece in slices:
                self._fail(
                    piece.job,
                    PromptTooLong(
                        f"the KV cache of {self._context.cells} tokens cannot hold "
                        f"{len(piece.job.tokens)} tokens",
                        "shorten the prompt or choose a larger --ctx",
                    ),
                )
            return
        if len(slices) > 1:
            for piece in slices:
                clear_log()
                self._run([piece])
            return
        reason = last_log_lines() or f"llama_decode returned {result}"
        self._fail(slices[0].job, InferenceError(f"llama.cpp could not run the request: {reason}"))

    def _advance(self, job: Job, row: int) -> int:
        """Choose the next token after `row`; returns the ns spent in llama.cpp."""
        reply = job.reply
        assert reply is not None
        assert reply.sampler is not None
        began_ns = time.perf_counter_ns()
        try:
            token = reply.sampler.sample(self._context, row)
        except InferenceError as error:
            self._fail(job, error)
            return 0
        now_ns = time.perf_counter_ns()
        if reply.generated == 0:
            reply.first_token_ns = time.monotonic_ns()
        reply.generated += 1
        if self._model.ends_generation(token):
            self._finish(job, FinishReason.STOP)
            return now_ns - began_ns
        job.tokens.append(token)
        shown = reply.text.feed(self._model.piece(token))
        if shown:
            reply.handover.post(reply.stream, Delta(shown))
        if reply.text.stopped:
            self._finish(job, FinishReason.STOP)
        elif reply.generated >= reply.request.sampling.max_tokens or len(job.tokens) >= self._context_tokens:
            self._finish(job, FinishReason.LENGTH)
        return now_ns - began_ns

    def _finish(self, job: Job, reason: FinishReason) -> None:
        reply = job.reply
        assert reply is not None
        rest = reply.text.finish()
        if rest:
            reply.handover.post(reply.stream, Delta(rest))
        text = reply.text.text
        self.counters.finished += 1
        reply.handover.post(
            reply.stream,
            Generation(
                text=text,
                finish_reason=reason,
                prompt_tokens_reused=job.reused,
                prompt_tokens_read=job.read,
                completion_tokens=reply.generated,
                started_ns=reply.started_ns,
                first_token_ns=reply.first_token_ns,
                finished_ns=time.monotonic_ns(),
            ),
        )
        reply.handover.flush()
        sequence = job.sequence
        self._end(job, keep=len(job.tokens))
        if sequence is not None:
            self._settle(job, text)

    def _settle(self, job: Job, text: str) -> None:
        """Queue the reading that lets the next turn start behind this one: plain message, then the reply."""
        assert job.reply is not None
        kept_text = job.reply.request.history_text(text)
        settling = Job(job.conversation, Priority.BACKGROUND, job.blend)
        if not kept_text:
            settling.tokens = job.tokens[: job.reply.opening_length]
        else:
            settling.tokens = self._reader.settled(job.reply.request.prompt, kept_text)
        if len(settling.tokens) < self._context_tokens:
            self._add(settling)

    def _withdraw_reading(self, conversation: str) -> None:
        """A turn has come: what was read for it ahead of time stays, reading on would only be in its way."""
        for job in [one for one in self._jobs if one.reply is None and one.conversation == conversation]:
            self._end(job, keep=job.held)

    def _drop_finished_reading(self) -> None:
        for job in [one for one in self._jobs if one.reply is None]:
            if job.is_set_aside:
                self._end(job, keep=0)
            elif job.sequence is not None and job.unread == 0:
                self.counters.settled += 1
                self._end(job, keep=job.held)

    def _fail(self, job: Job, error: Exception) -> None:
        self.counters.failed += 1
        if job.reply is not None:
            job.reply.handover.post(job.reply.stream, error)
            job.reply.handover.flush()
        self._end(job, keep=job.reply.opening_length if job.reply is not None else 0)

    def _end(self, job: Job, *, keep: int) -> None:
        """Take the job off the list; its sequence stays for the conversation with its first `keep` tokens."""
        if job in self._jobs:
            self._jobs.remove(job)
        sequence = job.sequence
        job.sequence = None
        if sequence is not None:
            sequence.job = None
            self.pool.rewind(sequence, keep)
            if not sequence.tokens:
                self.pool.release(sequence)
        if job.reply is not None and job.reply.sampler is not None:
            job.reply.sampler.free()
            job.reply.sampler = None
        self._scheduler.ended(self._jobs)
