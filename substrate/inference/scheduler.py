"""The lane's policy: who gets a sequence, who reads how much in the next step, and who gives way.

- Live work before background work; within a priority, first come first served.
- Every decoding sequence gets its row in every step; prompts share what is left of the step in chunks, sized
  by the measured prefill rate so that nobody who is decoding, under whatever blend, waits much longer than
  `CHUNK_S`.
- A job that the cells would not suffice for waits, rather than taking them from those who work.
- A job whose beginning another job is just about to read waits for it and takes the cells over.
- A job of which more lies on disk takes its sequence and waits for that; the others go on meanwhile.
- Only jobs of one adapter blend share a step; blends take turns.
- Out of sequences or cells: idle kept prefixes go first, least recently used; then background work gives its
  cells back; then the youngest live job, which reads anew when there is room.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from substrate.inference.drafts import DRAFTING_AT_ONCE
from substrate.inference.job import Job
from substrate.inference.protocol import Blend, Priority
from substrate.inference.sequences import WORTH_WAITING_FOR, Sequence, SequencePool
from substrate.inference.tokens import common_prefix
from substrate.inference.unparking import Unparking

CHUNK_S = 0.25
"""How long a step may read prompts while others decode, or read for later while somebody may come."""
CHUNK_ALONE_S = 1.0
"""The same for live prompts while nobody decodes: bounds how late a cancellation is noticed."""
SMALLEST_CHUNK = 64
"""Rows below which a prompt's tokens cost markedly more each: 1.4 times at 32, 1.1 at 64, against 225 at once
(Q8_0 of the 0.5B shape, one thread, CPU time)."""


class Slice(NamedTuple):
    """What one job reads in a step: its next `length` unread tokens."""

    job: Job
    length: int
    draft: tuple[int, ...] = ()
    """Guessed tokens, decoded behind the unread one; each is kept only if it is then chosen."""


class Scheduler:
    """Chooses among the lane's jobs. Holds no cells itself; asks the pool."""

    def __init__(self, pool: SequencePool, *, batch_rows: int) -> None:
        self._pool = pool
        self._batch_rows = batch_rows
        self._last_blend: Blend = ()
        self.blends_taking_turns = 1
        """Among those who could have had a row in the last step that was planned."""
        self._refused: tuple[tuple[Job, Sequence | None, bool], ...] = ()
        """Who worked and who waited when somebody was last refused. Until that changes it would be for
        nothing to look again: those who work only ever need more cells, and all sequences stay taken."""
        self.unparking = Unparking(pool)

    def admit(self, jobs: Iterable[Job]) -> None:
        """Give waiting jobs their sequences, in order, as far as sequences last, and into these what has come
        from the disk."""
        self._admit(tuple(jobs))
        self.unparking.advance()

    def _admit(self, jobs: tuple[Job, ...]) -> None:
        waiting = [job for job in jobs if job.sequence is None]
        if not waiting:
            self._refused = ()
            return
        state = tuple([(job, job.sequence, job.is_set_aside) for job in jobs])
        if state == self._refused:
            return
        self._refused = ()
        anyone_works = len(waiting) < len(jobs)
        for job in sorted(waiting, key=lambda one: one.precedence):
            if self._is_following(job) or (job.is_set_aside and anyone_works):
                continue
            if not self._attach(job, jobs):
                if not any(one.leader for one in waiting):  # whose reading goes on with every step
                    self._refused = tuple([(one, one.sequence, one.is_set_aside) for one in jobs])
                return

    def plan(self, jobs: Iterable[Job], prefill_tokens_per_s: float) -> list[Slice]:
        """The rows of the next step; empty when there is nothing to do."""
        attached: list[Job] = []
        live: list[Job] = []
        for job in jobs:
            sequence = job.sequence
            if sequence is None or job in self.unparking:
                continue
            if len(job.tokens) > len(sequence.tokens):
                attached.append(job)
                if job.priority is Priority.LIVE:
                    live.append(job)
        decoding: list[Job] = []
        reading: list[Job] = []
        for job in self._one_blend(live or attached):
            (decoding if job.is_decoding else reading).append(job)
        drafts_fit = self._pool.can_rewind and len(decoding) <= DRAFTING_AT_ONCE
        if drafts_fit:
            spare = (self._batch_rows - len(decoding)) // DRAFTING_AT_ONCE
            slices = [Slice(job, 1, _draft(job)[:spare]) for job in decoding]
        else:
            slices = [Slice(job, 1) for job in decoding]
        if not reading:
            return slices
        rows = sum(1 + len(piece.draft) for piece in slices)
        # A state that comes from the disk is put in place between two steps.
        is_shared = bool(decoding) or self.unparking.is_awaited
        is_short = not live or is_shared or any(job.is_decoding for job in live)
        duration_s = CHUNK_S if is_short else CHUNK_ALONE_S
        room = self._batch_rows - rows
        budget = min(room, max(SMALLEST_CHUNK, int(prefill_tokens_per_s * duration_s)))
        for job in sorted(reading, key=lambda one: one.precedence):
            if budget == 0:
                break
            # A small rest is read along: a step of its own would cost more than the wait for it.
            is_nearly_all = job.unread <= min(room, budget + budget // 2)
            count = job.unread if is_nearly_all else min(job.unread, budget)
            slices.append(Slice(job, count))
            budget = max(0, budget - count)
            room -= count
        return slices

    def make_room(self, jobs: Iterable[Job]) -> bool:
        """Free cells by the least painful means; False when only one live job is left."""
        idle = self._pool.least_recently_used()
        if idle is not None:
            self._pool.evict(idle)
            return True
        holders = sorted((job for job in jobs if job.sequence is not None), key=lambda one: one.precedence)
        if len(holders) < 2:
            return False
        self.detach(holders[-1])
        holders[-1].is_set_aside = True
        return True

    def ended(self, jobs: Iterable[Job]) -> None:
        """A job gave its cells back: those who waited or gave way may try again."""
        self._refused = ()
        self.unparking.discard_ended()
        for job in jobs:
            job.is_set_aside = False

    def detach(self, job: Job) -> None:
        """Take a job's sequence away. Attached again, it finds its tokens on disk or reads them anew."""
        sequence = job.sequence
        if sequence is not None:
            self._interrupt(job)
            self._pool.evict(sequence)

    def _interrupt(self, job: Job) -> None:
        """Part a job from its sequence, which keeps what may be kept of it."""
        sequence, job.sequence = job.sequence, None
        self.unparking.discard(job)
        if sequence is not None:
            sequence.job = None
            sequence.volatile_from = job.volatile_from
            if job.is_forgotten:
                self._pool.release(sequence)

    def _one_blend(self, jobs: list[Job]) -> list[Job]:
        blends = list(dict.fromkeys([job.blend for job in jobs]))
        self.blends_taking_turns = max(1, len(blends))
        if len(blends) < 2:
            return jobs
        # The blend that comes after the last one served, in the order of arrival: each gets every n-th step.
        at = blends.index(self._last_blend) if self._last_blend in blends else -1
        self._last_blend = blends[(at + 1) % len(blends)]
        return [job for job in jobs if job.blend == self._last_blend]

    def _is_following(self, job: Job) -> bool:
        """Whether the job still waits for its leader to have read what both begin with."""
        leader = job.leader
        if leader is None:
            return False
        if (
            not self.unparking.is_slow_for(leader)
            and leader.sequence is not None
            and leader.held < job.leader_length
        ):
            return True
        job.leader = None
        return False

    def _attach(self, job: Job, jobs: tuple[Job, ...]) -> bool:
        """Find the job a sequence, with as much of its beginning as is held in memory."""
        wanted = job.reusable
        source, length = self._pool.longest_prefix(wanted, job.blend)
        leader, planned = self._longest_planned(job, jobs)
        if leader is not None and planned >= length + WORTH_WAITING_FOR:
            job.leader, job.leader_length = leader, planned
            return True
        if not self._has_room(job, jobs):
            return False
        own = self._own(job)
        # Then what lies on disk is what the conversation's own sequence holds.
        is_on_disk_alone = own is None or not own.is_parked
        target = own or self._pool.empty() or self._evicted(job, jobs, keep=source) or source
        if target is None:
            return False
        if target.job is not None:
            if target.job.priority <= job.priority:
                return False
            # Lesser work holds the one sequence left, and what both begin with: that stays where it is.
            self._interrupt(target.job)
        if target.conversation != job.conversation:
            self._pool.park(target)
            if target is source:
                length = self._pool.usable_prefix(target, wanted, job.blend)
        self._pool.fill(target, wanted, job.blend, source, length)
        target.volatile_from = None
        target.job = job
        target.blend = job.blend
        target.conversation = job.conversation
        target.persona_id = job.persona_id
        self._pool.touch(target)
        job.sequence = target
        if job.read == 0:
            job.reused = length
        is_much_missing = len(wanted) >= length + WORTH_WAITING_FOR
        is_worth_a_look = is_much_missing and is_on_disk_alone
        target.disk_has_more = is_worth_a_look and self._pool.may_be_parked(job.conversation, job.blend)
        if target.disk_has_more:
            self.unparking.add(job)
        return True

    def _has_room(self, job: Job, jobs: tuple[Job, ...]) -> bool:
        """Whether the cells suffice for the job beside those that work already; kept ones may go for it."""
        working = [one for one in jobs if one.sequence is not None and one.priority <= job.priority]
        if not working:
            return True
        needed = sum(one.cells for one in working) + job.cells
        if needed <= self._pool.cells:
            return True
        return needed - self._cells_in_common((*working, job)) <= self._pool.cells

    def _cells_in_common(self, jobs: tuple[Job, ...]) -> int:
        """Tokens that several jobs begin with, counted for all of these but the first.

        What only a kept conversation holds besides is nobody's but the job's own: when cells run out, that
        one goes and the job's stay.
        """
        if not self._pool.can_rewind:
            return 0
        return sum(
            max(
                (common_prefix(one.tokens, other.tokens) for other in jobs[:at] if other.blend == one.blend),
                default=0,
            )
            for at, one in enumerate(jobs)
        )

    def _own(self, job: Job) -> Sequence | None:
        """The conversation's own kept sequence, if it is under the job's blend."""
        own = self._pool.kept_for(job.conversation)
        return own if own is not None and own.blend == job.blend else None

    def _longest_planned(self, job: Job, jobs: tuple[Job, ...]) -> tuple[Job | None, int]:
        """The job that is about to read most of what both begin with, if it is as urgent as this one."""
        best, best_length = None, 0
        for other in jobs if self._pool.can_rewind else ():  # else nothing of it could be taken over
            if other.sequence is None or other.blend != job.blend or other.priority > job.priority:
                continue
            if self.unparking.is_slow_for(other):
                continue
            planned = common_prefix(other.tokens, job.tokens)
            if planned > max(best_length, other.held):
                best, best_length = other, planned
        return best, best_length

    def _evicted(self, job: Job, jobs: tuple[Job, ...], keep: Sequence | None) -> Sequence | None:
        """A sequence taken from what matters less than `job`."""
        idle = [one for one in self._pool if one.is_idle and one is not keep]
        if idle:
            victim = min(idle, key=lambda one: one.last_used)
            self._pool.evict(victim)
            return victim
        if job.priority is Priority.LIVE:
            lesser = [one for one in jobs if one.priority > job.priority and one.sequence is not None]
            lesser = [one for one in lesser if one.sequence is not keep]
            if lesser:
                victim_job = max(lesser, key=lambda one: one.precedence)
                sequence = victim_job.sequence
                self.detach(victim_job)
                return sequence
        return None


def _draft(job: Job) -> tuple[int, ...]:
    reply = job.reply
    if reply is None or reply.draft is None:
        return ()
    left = reply.request.sampling.max_tokens - reply.generated
    return tuple(reply.draft.next_tokens()[: max(0, left - 1)])
