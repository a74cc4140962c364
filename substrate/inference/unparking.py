"""Conversations on their way back from the disk.

A job takes its sequence first and waits here for what the disk may hold of its conversation. One state is
read at a time, on the parking lot's thread, since each may be hundreds of megabytes; the other jobs go on.
"""

from __future__ import annotations

from concurrent.futures import Future, wait
from typing import NamedTuple

from substrate.inference.job import Job
from substrate.inference.parking import ParkedState
from substrate.inference.sequences import WORTH_WAITING_FOR, Sequence, SequencePool

_PATIENCE_S = 0.005
"""How long a step may wait for a state to come: a small one is there by then."""


class _Fetch(NamedTuple):
    """A state on its way from the disk, and the job that it was first asked for."""

    job: Job
    found: Future[ParkedState | None]


class Unparking:
    """The jobs that wait for the disk, and the one state that is being read."""

    def __init__(self, pool: SequencePool) -> None:
        self._pool = pool
        self._waiting: list[Job] = []
        self._fetch: _Fetch | None = None

    def __contains__(self, job: Job) -> bool:
        return job in self._waiting

    @property
    def is_awaited(self) -> bool:
        """Whether any job waits."""
        return bool(self._waiting)

    @property
    def is_fetching(self) -> bool:
        """Whether a state is on its way from the disk."""
        return self._fetch is not None

    def is_slow_for(self, job: Job) -> bool:
        """Whether a job waits longer than a step."""
        return self._fetch is not None and job in self._waiting

    def add(self, job: Job) -> None:
        """Let a job that has its sequence wait for what the disk holds of it."""
        self._waiting.append(job)

    def discard(self, job: Job) -> None:
        """Let a job wait no more; what is on its way for it stays so until the next step."""
        if job in self._waiting:
            self._waiting.remove(job)

    def discard_ended(self) -> None:
        """The same for those whose sequence is gone."""
        self._waiting = [job for job in self._waiting if job.sequence is not None]

    def forget(self, persona_id: str, conversation: str | None) -> None:
        """What is on its way of a persona, or of one conversation of it, is not to be used."""
        job = None if self._fetch is None else self._fetch.job
        if job is not None and job.persona_id == persona_id and conversation in (None, job.conversation):
            self.drop()

    def drop(self) -> None:
        """What is on its way is not used; whoever waits for it has it asked for anew."""
        if self._fetch is not None:
            self._fetch.found.cancel()
            self._fetch = None

    def advance(self) -> None:
        """Put what has come into the sequences of those who wait; what has not is left for a later step."""
        while self._waiting:
            if self._fetch is None:
                job = min(self._waiting, key=lambda one: one.precedence)
                at_least = job.held + WORTH_WAITING_FOR
                found = self._pool.find_parked(job.conversation, job.blend, job.reusable, at_least)
                self._fetch = _Fetch(job, found)
                wait((found,), _PATIENCE_S)
            asked_for, found = self._fetch
            if not found.done():
                return
            self._fetch = None
            parked = found.result()
            for job in self._waiting:
                # Also one of the same conversation that came when the first had ended.
                if job is asked_for or (parked is not None and _is_of(parked, job)):
                    self._waiting.remove(job)
                    self._load(job, parked)
                    break
        self.drop()

    def _load(self, job: Job, parked: ParkedState | None) -> None:
        """Replace what the job's sequence holds by what the disk held, if that is more of it."""
        target, wanted = job.sequence, job.reusable
        assert target is not None
        target.disk_has_more = False
        if parked is None or job.is_forgotten:
            return
        if self._pool.gives(parked.tokens, wanted) < job.held + WORTH_WAITING_FOR:
            return
        self._restore(target, parked)
        source, length = self._pool.longest_prefix(wanted, job.blend)
        self._pool.fill(target, wanted, job.blend, source, length)
        if job.read == 0:
            job.reused = length

    def _restore(self, target: Sequence, parked: ParkedState) -> None:
        """Fill `target` from disk; kept conversations give up their cells for it. Empty when it cannot be."""
        while not self._pool.restore(target, parked):
            idle = self._pool.least_recently_used()
            if self._pool.has_room_for(len(parked.tokens)) or idle is None:
                return
            self._pool.evict(idle)


def _is_of(parked: ParkedState, job: Job) -> bool:
    return parked.conversation == job.conversation and parked.blend == job.blend
