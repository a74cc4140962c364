"""What regions may take of a host at most, by its cores and its memory."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class HostTier:
    """Bounds for every region on hosts of this size. Times in seconds."""

    name: str
    most_cores: int
    """The tier holds up to this many cores ..."""
    most_memory_bytes: int
    """... or up to this much memory, whichever is reached first."""
    fastest_cadence_s: float
    budget_s: float
    """The soft limit of a tick at weight 1 while somebody is about; multiplied by the weight."""
    most_budget_s: float
    quiet_while_decoding: bool
    """Whether regions take short event ticks only while the lane decodes (substrate.region.host)."""


TIERS = (
    HostTier("small", 4, 8 * _GIB, 0.1, 0.02, 0.05, True),
    HostTier("medium", 12, 32 * _GIB, 0.05, 0.05, 0.1, False),
    HostTier("large", 1 << 16, 1 << 62, 0.02, 0.1, 0.25, False),
)
"""From small to large. On up to four cores a busy region costs the decoding lane more than it gives."""


def tier_of(cores: int, memory_bytes: int) -> HostTier:
    """The first tier that holds a host of this size."""
    return next(tier for tier in TIERS if cores <= tier.most_cores or memory_bytes <= tier.most_memory_bytes)


def this_host() -> HostTier:
    """The tier of the machine we run on, by the cores that this process may use. Limits of containers on
    memory and time are not known here."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else (os.cpu_count() or 1)
    return tier_of(cores, psutil.virtual_memory().total)
