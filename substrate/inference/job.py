"""What the lane works on: tokens that shall stand in the KV cache, and perhaps a reply that grows from them.

A job's `tokens` are everything that belongs at positions 0, 1, ... of its sequence; what the sequence does
not hold yet is unread. So reading a prompt, decoding a token, coming back after a preemption and settling are
the same thing at different lengths of "unread", and a job can lose its sequence at any step without losing
itself.
"""

from __future__ import annotations

from substrate.inference.drafts import Draft
from substrate.inference.handover import Handover
from substrate.inference.protocol import Blend, GenerateRequest, Priority, Sink
from substrate.inference.reply_text import ReplyText
from substrate.inference.sampling import TokenSampler
from substrate.inference.sequences import Sequence
from substrate.inference.tokens import Tokens, token_list

_LIKELY_REPLY = 128
"""Tokens of a reply that room is kept for; most are shorter, and longer ones may have to make room."""


class Reply:
    """The generating half of a job: where its tokens come from and where its text goes."""

    __slots__ = (
        "draft",
        "first_token_ns",
        "generated",
        "handover",
        "is_late_bound",
        "opening_length",
        "request",
        "sampler",
        "started_ns",
        "stream",
        "text",
    )

    def __init__(self, request: GenerateRequest, handover: Handover, stream: Sink, started_ns: int) -> None:
        self.request = request
        self.handover = handover
        self.stream = stream
        self.started_ns = started_ns
        self.first_token_ns = 0
        self.is_late_bound = False
        self.opening_length = 0
        self.generated = 0
        self.text = ReplyText(request.sampling.stop)
        self.sampler: TokenSampler | None = None
        self.draft: Draft | None = None


class Job:
    """One piece of work for one conversation. Without a reply it only reads (settling, reading ahead)."""

    __slots__ = (
        "arrived",
        "blend",
        "conversation",
        "is_forgotten",
        "is_set_aside",
        "leader",
        "leader_length",
        "persona_id",
        "priority",
        "read",
        "reply",
        "reused",
        "sequence",
        "tokens",
        "volatile_from",
    )

    def __init__(
        self,
        persona_id: str,
        conversation: str,
        priority: Priority,
        blend: Blend = (),
        reply: Reply | None = None,
    ) -> None:
        self.persona_id = persona_id
        self.conversation = conversation
        self.priority = priority
        self.blend = blend
        self.reply = reply
        self.arrived = 0
        self.tokens: Tokens[int] = token_list()
        # Where what may not go to disk begins: a late block, or what somebody is typing.
        self.volatile_from: int | None = None
        self.sequence: Sequence | None = None
        # Another job that is about to read the same beginning, and how long that beginning is.
        self.leader: Job | None = None
        self.leader_length = 0
        # Gave its cells back when they ran out; waits until another job has ended.
        self.is_set_aside = False
        # Nothing of it may be kept when it ends.
        self.is_forgotten = False
        self.reused = 0
        self.read = 0

    @property
    def held(self) -> int:
        """Tokens that stand in the KV cache."""
        return len(self.sequence.tokens) if self.sequence is not None else 0

    @property
    def unread(self) -> int:
        sequence = self.sequence
        return len(self.tokens) - (len(sequence.tokens) if sequence is not None else 0)

    @property
    def precedence(self) -> tuple[int, int]:
        """Who comes first: the more urgent, then who came before."""
        return self.priority, self.arrived

    @property
    def reusable(self) -> Tokens[int]:
        """What of its tokens may be taken over. A prompt whose late block is bound needs the logits of its
        last token: that one is read in any case."""
        is_bound = self.reply is not None and self.reply.is_late_bound
        return self.tokens[: len(self.tokens) - 1] if is_bound else self.tokens

    @property
    def cells(self) -> int:
        """Cells that the job will need, those shared with others included, the reply estimated."""
        expected = 0
        if self.reply is not None:
            left = self.reply.request.sampling.max_tokens - self.reply.generated
            expected = min(left, _LIKELY_REPLY)
        return len(self.tokens) + expected

    @property
    def is_decoding(self) -> bool:
        """Has chosen a token that is not read yet: one row away from the next."""
        return self.reply is not None and self.reply.generated > 0 and self.unread == 1
