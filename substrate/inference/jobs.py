"""What becomes of a piece of work: from its request, token by token, to what is kept of it at its end.

A job ends in one place, whatever ends it, so that its cells, its sequence and its sampler always come back.
"""

from __future__ import annotations

import logging
import time

from substrate.inference.adapters import Adapters
from substrate.inference.counters import EngineCounters
from substrate.inference.drafts import Draft, DraftPayoff
from substrate.inference.job import Job, Reply
from substrate.inference.native import NativeModel
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import (
    Blend,
    Delta,
    FinishReason,
    Generation,
    InferenceError,
    Priority,
    Prompt,
    PromptTooLong,
)
from substrate.inference.sampling import TokenSampler
from substrate.inference.scheduler import Scheduler
from substrate.inference.sequences import SequencePool
from substrate.inference.tokens import common_prefix, token_list

_log = logging.getLogger(__name__)


class Jobs:
    """All jobs of one context. Used on the lane's own thread."""

    def __init__(
        self,
        model: NativeModel,
        reader: PromptReader,
        pool: SequencePool,
        adapters: Adapters,
        scheduler: Scheduler,
        *,
        context_tokens: int,
    ) -> None:
        """`context_tokens` is the most that one conversation may hold, its reply included."""
        self._model = model
        self._reader = reader
        self._pool = pool
        self._adapters = adapters
        self._scheduler = scheduler
        self._context_tokens = context_tokens
        self._arrivals = 0
        self.all: list[Job] = []
        """In the order in which they came."""
        self.payoff = DraftPayoff()
        self.counters = EngineCounters()

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
            if request.drafts and self.payoff.is_worth_it(request.persona_id):
                reply.draft = Draft([self._reader.content(text) for text in request.drafts])
        except Exception as error:
            self.fail(job, error)
            return
        self._withdraw_reading(request.conversation)
        self._add(job)

    def cancel(self, reply: Reply) -> None:
        """Its consumer has gone: give everything back but what a next turn can use."""
        for job in self.all:
            if job.reply is reply:
                self.counters.cancelled += 1
                self._end(job, keep=reply.opening_length)
                return

    def read_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend) -> None:
        """Read all of a prompt that stands before its late block, for a turn that may come.

        Not where a memory cannot forget a part: there every change of the text would mean reading all anew.
        """
        if not self._pool.can_rewind:
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
        for job in [one for one in self.all if one.persona_id == persona_id]:
            if conversation not in (None, job.conversation):
                continue
            if job.reply is None:
                self._end(job, keep=common_prefix(job.tokens, kept))
            else:
                job.is_forgotten = True
        self._scheduler.unparking.forget(persona_id, conversation)
        self._pool.forget(persona_id, conversation, kept)

    def park_one(self) -> bool:
        """Nothing to do: bring a conversation that is held to disk, so that it outlasts the process.

        False when nothing was left to bring there. One at a time, since a turn may come.
        """
        return any(sequence.is_idle and self._pool.park(sequence) for sequence in self._pool)

    def fail_all(self, error: InferenceError) -> None:
        """End all work; what it held is not trusted any more, so nothing of it is kept."""
        for job in list(self.all):
            job.is_forgotten = True
            self.fail(job, error)
        self._pool.match_cells()

    def close(self, error: InferenceError) -> None:
        """End all work with `error`. What was read is kept, settled or not, and can be parked."""
        for job in list(self.all):
            if job.reply is not None:
                self.fail(job, error)
            else:
                self._end(job, keep=job.held)

    def park_all(self) -> None:
        """Bring all that is held to disk."""
        while self.park_one():
            pass

    # What becomes of it.

    def bind_late_blocks(self) -> None:
        """Ask for the late blocks of those who have read everything before them."""
        for job in list(self.all):
            reply = job.reply
            if reply is None or reply.is_late_bound or job.sequence is None or job.unread > 0:
                continue
            asked_ns = time.perf_counter_ns()
            try:
                late = reply.request.prompt.late_text()
                reply.is_late_bound = True
                if late:
                    job.volatile_from = reply.opening_length
                job.tokens.extend(self._reader.late(late))
                self._check_length(job)
            except Exception as error:
                self.fail(job, error)
            self.counters.late_ns += time.perf_counter_ns() - asked_ns

    def take(self, job: Job, reply: Reply, token: int) -> bool:
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
        shown = ""
        if reply.generated == 1 and reply.request.grammar is None:
            shown = reply.text.show(self._reader.reply_opening)
        shown += reply.text.feed(*self._model.piece_and_text(token))
        if shown:
            reply.handover.post(reply.stream, Delta(shown))
        if reply.text.stopped:
            self._finish(job, reply, FinishReason.STOP)
        elif reply.generated >= reply.request.sampling.max_tokens or len(job.tokens) >= self._context_tokens:
            self._finish(job, reply, FinishReason.LENGTH)
        else:
            return False
        return True

    def end_finished_reading(self) -> None:
        """What had only to be read and has been, or gave its cells to others, is done."""
        for job in [one for one in self.all if one.reply is None]:
            if job.is_set_aside:
                self._end(job, keep=0)
            elif job.sequence is not None and job.unread == 0:
                self.counters.settled += 1
                self._end(job, keep=job.held)

    def fail(self, job: Job, error: Exception) -> None:
        """End a job with an error, told to whoever waits for its reply."""
        self.counters.failed += 1
        if job.reply is not None:
            job.reply.handover.post(job.reply.stream, error)
        self._end(job, keep=job.reply.opening_length if job.reply is not None else 0)

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
        for job in [one for one in self.all if one.reply is None and one.conversation == conversation]:
            self._end(job, keep=job.held)

    def _add(self, job: Job) -> None:
        self._arrivals += 1
        job.arrived = self._arrivals
        self.all.append(job)

    def _end(self, job: Job, *, keep: int) -> None:
        """Take the job off the list; its sequence stays for the conversation with its first `keep` tokens."""
        if job in self.all:
            self.all.remove(job)
        sequence = job.sequence
        job.sequence = None
        if sequence is not None:
            sequence.job = None
            sequence.volatile_from = job.volatile_from
            self._pool.rewind(sequence, 0 if job.is_forgotten else keep)
            if not sequence.tokens:
                self._pool.release(sequence)
        if job.reply is not None:
            job.reply.handover.end(job.reply)
            if job.reply.sampler is not None:
                job.reply.sampler.free()
                job.reply.sampler = None
        self._scheduler.ended(self.all)

    def _check_length(self, job: Job) -> None:
        # One more token than the prompt must fit, or there is no room for a reply.
        if len(job.tokens) >= self._context_tokens:
            raise PromptTooLong(
                f"the prompt takes {len(job.tokens)} tokens and the model's context holds "
                f"{self._context_tokens}, reply included",
                "shorten the identity or the message, or choose a larger --ctx",
            )
