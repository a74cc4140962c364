"""One step after another: plan, fill the batch, decode, take each job a step further.

Everything here runs on the lane's own thread. The scheduler decides, the pool keeps the ledger, llama.cpp
computes; this file is the loop between them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from substrate.inference.adapters import AdapterError, Adapters
from substrate.inference.counters import EngineCounters
from substrate.inference.drafts import Draft, DraftPayoff
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
    Blend,
    Delta,
    FinishReason,
    Generation,
    InferenceError,
    NoCellsLeft,
    Priority,
    Prompt,
    PromptTooLong,
)
from substrate.inference.rates import RateMeter
from substrate.inference.sampling import TokenSampler
from substrate.inference.scheduler import Scheduler, Slice
from substrate.inference.sequences import SequencePool
from substrate.inference.tokens import common_prefix, token_list

_log = logging.getLogger(__name__)


class Engine:
    """All jobs of one context."""

    def __init__(
        self,
        model: NativeModel,
        context: NativeContext,
        reader: PromptReader,
        pool: SequencePool,
        adapters: Adapters,
        scheduler: Scheduler,
        *,
        context_tokens: int,
    ) -> None:
        self._model = model
        self._context = context
        self._reader = reader
        self._context_tokens = context_tokens
        self._batch = Batch(context.shape.batch_rows)
        self._adapters = adapters
        self._scheduler = scheduler
        self._payoff = DraftPayoff()
        self._jobs: list[Job] = []
        self._arrivals = 0
        self.pool = pool
        self.meter = RateMeter()
        self.counters = EngineCounters()

    @property
    def has_work(self) -> bool:
        return bool(self._jobs)

    # What comes in.

    def submit(self, reply: Reply) -> None:
        """Take up a request. What is wrong with it reaches its own stream, nobody else's."""
        request = reply.request
        job = Job(request.persona_id, request.conversation, request.priority, reply=reply)
        try:
            job.blend = self._adapters.checked(request.blend)
            job.tokens = self._reader.opening(request.prompt)
            reply.opening_length = len(job.tokens)
            self._check_length(job)
            reply.sampler = TokenSampler(self._model, request.sampling, request.grammar)
            if request.drafts and self._payoff.is_worth_it(request.persona_id):
                reply.draft = Draft([self._reader.content(text) for text in request.drafts])
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

    def read_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend) -> None:
        """Read all of a prompt that stands before its late block, for a turn that may come.

        Not where a memory cannot forget a part: there every change of the text would mean reading all anew.
        """
        if not self.pool.can_rewind:
            return
        job = Job(persona_id, conversation, Priority.BACKGROUND, self._adapters.checked(blend))
        job.tokens = self._reader.opening(prompt)
        job.volatile_from = len(self._reader.opening(prompt._replace(message="")))
        if len(job.tokens) < self._context_tokens:
            self._withdraw_reading(conversation)
            self._add(job)

    def forget(self, persona_id: str, conversation: str | None, keep: Prompt | None = None) -> None:
        """Drop what is held of a persona or of one conversation, but for what it has in common with the
        opening of `keep`; of a reply under way, all of it at its end."""
        kept = token_list() if keep is None else self._reader.opening(keep)
        for job in [one for one in self._jobs if one.persona_id == persona_id]:
            if conversation not in (None, job.conversation):
                continue
            if job.reply is None:
                self._end(job, keep=common_prefix(job.tokens, kept))
            else:
                job.is_forgotten = True
        self.pool.forget(persona_id, conversation, kept)

    def park_one(self) -> bool:
        """Nothing to do: bring a conversation that is held to disk, so that it outlasts the process.

        False when nothing was left to bring there. One at a time, since a turn may come.
        """
        return any(sequence.is_idle and self.pool.park(sequence) for sequence in self.pool)

    def fail_all(self, error: InferenceError) -> None:
        """End all work; what it held is not trusted any more, so nothing of it is kept."""
        for job in list(self._jobs):
            job.is_forgotten = True
            self._fail(job, error)
        self.pool.match_cells()

    def close(self, error: InferenceError) -> None:
        """End all work with `error` and bring all that was read to disk, settled or not."""
        for job in list(self._jobs):
            if job.reply is not None:
                self._fail(job, error)
            else:
                self._end(job, keep=job.held)
        while self.park_one():
            pass

    # One step.

    def step(self) -> bool:
        """One decode for everybody who can use it. False when there was nothing to do."""
        began_ns = time.perf_counter_ns()
        self._scheduler.admit(self._jobs)
        self._bind_late_blocks()
        slices = self._scheduler.plan(self._jobs, self.meter.rates.prefill_tokens_per_s)
        native_ns = self._run(slices) if slices else 0
        self._end_finished_reading()
        counters = self.counters
        counters.steps += bool(slices)
        counters.native_ns += native_ns
        counters.step_ns += time.perf_counter_ns() - began_ns
        return bool(slices)

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
                if late:
                    job.volatile_from = reply.opening_length
                job.tokens.extend(self._reader.late(late))
                self._check_length(job)
            except Exception as error:
                self._fail(job, error)
            self.counters.late_ns += time.perf_counter_ns() - asked_ns

    def _run(self, slices: Sequence[Slice]) -> int:
        """Decode the slices and advance their jobs; returns the ns spent in llama.cpp."""
        decode_rows = sum(piece.job.is_decoding for piece in slices)
        first_rows = self._fill_batch(slices)
        began_ns = time.perf_counter_ns()
        try:
            self._adapters.apply(slices[0].job.blend)
        except AdapterError as error:
            for piece in slices:
                self._fail(piece.job, error)
            return 0
        result = self._context.decode(self._batch)
        native_ns = time.perf_counter_ns() - began_ns
        if result != DecodeResult.DONE:
            self._recover(result, slices)
            return native_ns
        draft_rows = sum(len(piece.draft) for piece in slices)
        prompt_rows = self._batch.size - decode_rows - draft_rows
        self.counters.prompt_rows += prompt_rows
        self.counters.decode_rows += decode_rows
        self.counters.draft_rows += draft_rows
        for piece in slices:
            job, sequence = piece.job, piece.job.sequence
            assert sequence is not None
            held = len(sequence.tokens)
            self.pool.extend(sequence, job.tokens[held : held + piece.length])
            if piece.draft:
                self.pool.extend(sequence, piece.draft)
            if job.reply is None or job.reply.generated == 0:
                job.read += piece.length
        for piece, row in zip(slices, first_rows, strict=True):
            if row is not None:
                native_ns += self._advance(piece, row)
        if draft_rows == 0:  # a step that checks drafts is neither reading nor writing
            self.meter.observe(prompt_rows=prompt_rows, decode_rows=decode_rows, duration_s=native_ns / 1e9)
        return native_ns

    def _fill_batch(self, slices: Sequence[Slice]) -> list[int | None]:
        """The rows of a step; returns the first row to sample from for each slice, None where none is due."""
        batch = self._batch
        batch.clear()
        first_rows: list[int | None] = []
        for piece in slices:
            job, sequence = piece.job, piece.job.sequence
            assert sequence is not None
            held = len(sequence.tokens)
            last = held + piece.length
            is_due = job.reply is not None and job.reply.is_late_bound and last == len(job.tokens)
            if piece.draft:
                tokens = [job.tokens[held], *piece.draft]
                batch.add_tokens(tokens, held, sequence.id, len(tokens))
                first_rows.append(batch.size - len(tokens))
                continue
            if is_due and piece.length == 1:
                batch.add_token(job.tokens[held], held, sequence.id)
            else:
                batch.add_tokens(job.tokens[held:last], held, sequence.id, int(is_due))
            first_rows.append(batch.size - 1 if is_due else None)
        return first_rows

    def _recover(self, result: int, slices: Sequence[Slice]) -> None:
        """A step that llama.cpp refused leaves nothing behind: make room, or find out whose fault it was."""
        self.pool.match_cells()
        if result == DecodeResult.NO_CELLS:
            if any(piece.draft for piece in slices):
                self._run([Slice(piece.job, piece.length) for piece in slices])  # guesses cost nobody cells
                return
            if self._scheduler.make_room(self._jobs):
                self.counters.preempted += 1
                return
            for piece in slices:
                self._fail(piece.job, self._no_cells(piece.job))
        elif len(slices) > 1:
            for piece in slices:
                if piece.job.sequence is not None:  # unless making room for one before it took that away
                    clear_log()
                    self._run([piece])
        else:
            reason = last_log_lines() or f"llama_decode returned {result}"
            self._fail(slices[0].job, InferenceError(f"llama.cpp could not run the request: {reason}"))

    # One job.

    def _advance(self, piece: Slice, row: int) -> int:
        """Choose the next token after `row`, and after each draft row as long as the draft is followed."""
        job, reply = piece.job, piece.job.reply
        assert reply is not None
        native_ns = 0
        kept = 0
        for guess in (*piece.draft, None):
            assert reply.sampler is not None
            began_ns = time.perf_counter_ns()
            try:
                token = reply.sampler.sample(self._context, row + kept)
            except Exception as error:  # whatever it is, those who share the step have no part in it
                self._fail(job, error)
                return native_ns
            native_ns += time.perf_counter_ns() - began_ns
            has_ended = self._take(job, reply, token)
            if has_ended or token != guess:
                break
            kept += 1
        if piece.draft:
            self.counters.drafts_kept += kept
            self._payoff.observe(job.persona_id, checked=len(piece.draft), kept=kept)
            if job.sequence is not None:
                # All of the draft was read; what was not chosen leaves the cache again.
                self.pool.rewind(job.sequence, len(job.tokens) - 1)
        return native_ns

    def _take(self, job: Job, reply: Reply, token: int) -> bool:
        """A token was chosen: show it, and say whether it was the last."""
        if reply.generated == 0:
            reply.first_token_ns = time.monotonic_ns()
        reply.generated += 1
        if self._model.ends_generation(token):
            self._finish(job, reply, FinishReason.STOP)
            return True
        job.tokens.append(token)
        if reply.draft is not None:
            reply.draft.follow(token)
        piece = self._model.piece(token)
        if reply.generated == 1 and reply.request.grammar is None:
            piece = self._reader.reply_opening.encode() + piece
        shown = reply.text.feed(piece)
        if shown:
            reply.handover.post(reply.stream, Delta(shown))
        if reply.text.stopped:
            self._finish(job, reply, FinishReason.STOP)
        elif reply.generated >= reply.request.sampling.max_tokens or len(job.tokens) >= self._context_tokens:
            self._finish(job, reply, FinishReason.LENGTH)
        else:
            return False
        return True

    def _finish(self, job: Job, reply: Reply, reason: FinishReason) -> None:
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
        self._end(job, keep=min(job.held, len(job.tokens)))
        if not job.is_forgotten:
            self._settle(job, reply, text)

    def _settle(self, job: Job, reply: Reply, text: str) -> None:
        """Queue the reading that lets the next turn start behind this one: plain message, then the reply."""
        settling = Job(job.persona_id, job.conversation, Priority.BACKGROUND, job.blend)
        settling.tokens = job.tokens[: reply.opening_length]
        try:
            history_text = reply.request.history_text(text)
            if history_text:
                settling.tokens = self._reader.settled(reply.request.prompt, history_text)
        except Exception:
            _log.exception("the history text of %s is not known; its reply is not settled", job.conversation)
        if len(settling.tokens) < self._context_tokens:
            self._add(settling)

    def _withdraw_reading(self, conversation: str) -> None:
        """A turn has come: what was read for it stays, reading on would only be in its way."""
        for job in [one for one in self._jobs if one.reply is None and one.conversation == conversation]:
            self._end(job, keep=job.held)

    def _end_finished_reading(self) -> None:
        for job in [one for one in self._jobs if one.reply is None]:
            if job.is_set_aside:
                self._end(job, keep=0)
            elif job.sequence is not None and job.unread == 0:
                self.counters.settled += 1
                self._end(job, keep=job.held)

    def _add(self, job: Job) -> None:
        self._arrivals += 1
        job.arrived = self._arrivals
        self._jobs.append(job)

    def _fail(self, job: Job, error: Exception) -> None:
        self.counters.failed += 1
        if job.reply is not None:
            job.reply.handover.post(job.reply.stream, error)
        self._end(job, keep=job.reply.opening_length if job.reply is not None else 0)

    def _end(self, job: Job, *, keep: int) -> None:
        """Take the job off the list; its sequence stays for the conversation with its first `keep` tokens."""
        if job in self._jobs:
            self._jobs.remove(job)
        sequence = job.sequence
        job.sequence = None
        if sequence is not None:
            sequence.job = None
            sequence.volatile_from = job.volatile_from
            self.pool.rewind(sequence, 0 if job.is_forgotten else keep)
            if not sequence.tokens:
                self.pool.release(sequence)
        if job.reply is not None and job.reply.sampler is not None:
            job.reply.sampler.free()
            job.reply.sampler = None
        self._scheduler.ended(self._jobs)

    def _check_length(self, job: Job) -> None:
        # One more token than the prompt must fit, or there is no room for a reply.
        if len(job.tokens) >= self._context_tokens:
            raise PromptTooLong(
                f"the prompt takes {len(job.tokens)} tokens and the model's context holds "
                f"{self._context_tokens}, reply included",
                "shorten the identity or the message, or choose a larger --ctx",
            )

    def _no_cells(self, job: Job) -> NoCellsLeft:
        return NoCellsLeft(
            f"the KV cache of {self._context.cells} tokens cannot hold {len(job.tokens)} tokens: "
            f"{last_log_lines() or 'llama.cpp gives no reason'}",
            "shorten the prompt or choose a larger --ctx",
        )
