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
    """Okapi BM25 (Robertson and Zaragoza 2009); messages are short, so length counts little."""

    k1: float = 0.9
    b: float = 0.4


@dataclass(frozen=True, slots=True)
class MixSettings:
    """The topical score that neighbours and sessions hand on: lexical and semantic, on one scale each."""

    lexical: float = 0.59
    semantic: float = 0.41


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """The weights of a recall's score, in log-odds: how much each sign adds to "this is what is meant".

    The first twelve but `rarely_heard_of` were fitted by benchmarks/locomo.py: a softmax over all turns of a
    conversation, the turns that hold the evidence for a question against all others. They are meant to be
    general, and reported with the conversation that they are scored on left out: that figure is the one to
    trust. The rest cannot be seen in one long chat in one room and are first constants, or were chosen by
    hand where it says so.
    """

    lexical: float = 1.04
    semantic: float = 0.44
    answered_question: float = 0.68
    same_speaker_before: float = 0.51
    same_speaker_after: float = 0.11
    said_next: float = 0.2
    session: float = 1.72
    speaker_asked_about: float = 1.22
    rarely_heard_of: float = 1.0
    """How much that weight grows with the log-odds against it in all that was heard. Not fitted: LoCoMo's two
    speakers say about as much."""
    ends_asking: float = -1.03
    length: float = 0.93
    time_asked_about: float = 4.4
    said_later_s: float = 7 * DAY_S
    """So long before or after the time asked about, a memory has half of that weight. Chosen by hand, not
    fitted: from one day to two weeks hardly anything changes (docs/memory.md)."""
    spread: float = 0.2
    channel: float = 2.5
    domain: float = 1.7
    salience: float = 3.0
    recency: float = 0.3
    other_channel: float = 0.6
    other_domain: float = 0.7
    fade: float = 0.4
    """Of the activation, per hop."""
    floor: float = 0.05
    """Activation under this is dropped."""
    asked_share: float = 0.5
    """A statement that holds this share of a question's terms (by idf) is what the question asks about.
    Chosen by hand, not fitted: LoCoMo hardly sees it."""
    even_odds: float = 6.0
    """The sum of the parts that is shown as a score of 0.5."""

    @property
    def structure(self) -> tuple[float, ...]:
        """The weights of kernels.score_structure in its order, then that of the time asked about."""
        return (
            self.answered_question,
            self.same_speaker_before,
            self.same_speaker_after,
            self.said_next,
            self.session,
            self.speaker_asked_about,
            self.ends_asking,
            self.length,
            self.time_asked_about,
        )


@dataclass(frozen=True, slots=True)
class DecaySettings:
    """Salience-modulated decay: recency = 0.5 ** (age / (half_life * (1 + salience) ** 2))."""

    half_life_s: float = 30 * DAY_S
    novelty_s: float = DAY_S
    """A novel engram does not fade for this long."""
    novel_below: float = 0.43
    """An engram is novel when no other one is as near as this: a share of the way from having nothing to do
    with each other to being alike (see nearness), so that it holds for any embedder."""
    repeated_from: float = 0.95
    """From this nearness on nobody comes back to it: the same is said once more."""
    topic_from: float = 0.64
    """From this nearness on an engram and the nearest one before it share a topic."""
    neighbour_window: int = 4096
    """An engram is compared with this many of those before it."""


@dataclass(frozen=True, slots=True)
class CapacitySettings:
    """How much a persona keeps, and what it never lets go of."""

    engrams: int = 200_000
    floor_salience: float = 0.12
    """Engrams that matter this much are never evicted: one reaction, or two replies that used them."""
    slack: float = 0.05
    """Share of the capacity that an eviction makes room for, so that it is rare."""
    base_value: float = 0.1
    """What an engram is worth that nobody ever reacted to."""


@dataclass(frozen=True, slots=True)
class SalienceSettings:
    """Weights of the counters that make an engram matter, and what one count of each is worth."""

    reactions: float = 0.4
    rehearsal: float = 0.2
    centrality: float = 0.2
    outcome: float = 0.2
    saturation: float = 2.0
    """The count at which a counter has given 1 - 1/e of its weight."""
    shown: float = 0.05
    """What being shown in a prompt counts as rehearsal; being used in the reply counts 1 as outcome."""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """All of them."""

    admission: AdmissionSettings = field(default_factory=AdmissionSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    lexical: LexicalSettings = field(default_factory=LexicalSettings)
    mix: MixSettings = field(default_factory=MixSettings)
    score: ScoreSettings = field(default_factory=ScoreSettings)
    decay: DecaySettings = field(default_factory=DecaySettings)
    salience: SalienceSettings = field(default_factory=SalienceSettings)
    capacity: CapacitySettings = field(default_factory=CapacitySettings)
