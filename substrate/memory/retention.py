"""What stays and what goes: salience slows decay, and capacity decides.

Nothing is deleted while there is room: a sister's name said once and never again is still known next year.
When a memory is full, the engrams of the lowest retained value go; what matters is never among them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from substrate.memory.index import EngramIndex


def retained_values(index: EngramIndex, now_s: float) -> NDArray[np.float32]:
    """What every engram is worth keeping for: (base + salience) * recency, recency decaying by salience."""
    capacity = index.settings.capacity
    values: NDArray[np.float32] = (
        np.float32(capacity.base_value) + index.column("salience")
    ) * index.recency(now_s)
    return values


def engrams_to_evict(index: EngramIndex, now_s: float) -> list[int]:
    """The numbers of the engrams that have to go so that the memory fits its capacity; none while it does.

    Engrams over the salience floor and protected ones never go, even if the memory then stays too large.
    """
    capacity = index.settings.capacity
    surplus = index.alive_count - capacity.engrams
    if surplus <= 0:
        return []
    surplus += int(capacity.engrams * capacity.slack)
    may_go = index.column("alive") & (index.column("salience") < capacity.floor_salience)
    may_go &= ~index.protected(now_s)
    numbers = np.flatnonzero(may_go)
    order = np.argsort(retained_values(index, now_s)[numbers], kind="stable")
    return [int(at) for at in numbers[order[:surplus]]]
