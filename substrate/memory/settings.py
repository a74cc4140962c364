"""Every constant of the memory, in one settings object per algorithm."""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class AdmissionSettings:
    """How messages become engrams."""

    engram_chars: int = 400
    """A longer message becomes several engrams, cut at sentence borders."""
    session_gap_s: float = 0.5 * HOUR_S
    """A channel that was silent for longer starts a new session."""


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """How much the prompt takes in, and how that is shared between the pools (design: two-pool recall)."""

    engrams: int = 20
    tokens: int = 600
    staged_factor: int = 2
    """A prefetch holds this many budgets: what the prompt shows anyway is left out at late binding."""
    chars_per_token: float = 3.6
    overhead_tokens: int = 14
    """Speaker, channel and age of one memory."""
    focus_base: float = 0.5
    focus_span: float = 0.4
    recent_engrams: int = 5
    """The periphery starts with this many of the most recent engrams of any channel."""


@dataclass(frozen=True, slots=True)
class LexicalSettings:
    """Okapi BM25 (Robertson and Zaragoza, 2009)."""

    k1: float = 1.2
    b: float = 0.6


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """The mix of a recall's score."""

    topical: float = 0.35
    channel: float = 0.15
    domain: float = 0.10
    salience: float = 0.20
    recency: float = 0.10
    structural: float = 0.10
    other_channel: float = 0.6
    other_domain: float = 0.7


@dataclass(frozen=True, slots=True)
class DecaySettings:
    """Salience-modulated decay: recency = 0.5 ** (age / (half_life * (1 + salience) ** 2))."""

    half_life_s: float = 7 * DAY_S
    novelty_s: float = DAY_S
    """A novel engram does not fade for this long."""


@dataclass(frozen=True, slots=True)
class SalienceSettings:
    """Weights of the counters that make an engram matter, and what one count of each is worth."""

    reactions: float = 0.4
    rehearsal: float = 0.2
    centrality: float = 0.2
    outcome: float = 0.2
    saturation: float = 2.0
    """The count at which a counter has given 1 - 1/e of its weight."""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """All of them."""

    admission: AdmissionSettings = field(default_factory=AdmissionSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    lexical: LexicalSettings = field(default_factory=LexicalSettings)
    score: ScoreSettings = field(default_factory=ScoreSettings)
    decay: DecaySettings = field(default_factory=DecaySettings)
    salience: SalienceSettings = field(default_factory=SalienceSettings)
