"""How many tokens each part of a prompt may take, from the model's context and its measured speed.

A large context on a slow machine is not a reason to read for minutes: what has to be read anew at a cold
start (history) and what is read at every turn (the late block) are bounded by time as well, at the rate that
the engine measured on this machine. Until it has measured one, only the context bounds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from substrate.errors import SubstrateError
from substrate.inference.protocol import Rates


class ContextTooSmall(SubstrateError):
    """The model's context does not hold a persona's identity and an answer."""


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """Shares are fractions of what the identity leaves of the context; times are in seconds."""

    reply_share: float = 0.25
    """The most that is kept free for the reply."""
    memory_share: float = 0.25
    memory_read_s: float = 1.0
    """Reading the late block may delay the first token by this much."""
    cold_read_s: float = 10.0
    """A history that nothing is kept of is read within the budget for a first reply."""
    least_tokens: int = 64
    """The least that the identity must leave for a message and its answer."""


@dataclass(frozen=True, slots=True)
class PromptBudget:
    """Tokens per part. `history` includes the new message; `reply` is kept free."""

    history: int
    memory: int
    reply: int


def prompt_budget(
    context_tokens: int,
    identity_tokens: int,
    reply_tokens: int,
    rates: Rates,
    settings: BudgetSettings = BudgetSettings(),
) -> PromptBudget:
    """Split the context; the parts and the identity never add up to more than it.

    `reply_tokens` is the most that the persona's sampling asks for. Raises ContextTooSmall.
    """
    free = context_tokens - identity_tokens
    if free < settings.least_tokens:
        raise ContextTooSmall(
            f"the identity takes {identity_tokens} of the model's {context_tokens} tokens of context and "
            f"leaves less than {settings.least_tokens} for a message and its answer",
            "shorten the persona's role and about, raise --ctx, or choose a model with a larger context",
        )
    reply = min(reply_tokens, int(free * settings.reply_share))
    memory = int(free * settings.memory_share)
    history = free - reply - memory
    prefill_rate = rates.prefill_tokens_per_s
    if prefill_rate > 0.0:
        memory = min(memory, int(prefill_rate * settings.memory_read_s))
        history = min(history, int(prefill_rate * settings.cold_read_s))
    return PromptBudget(history, memory, reply)
