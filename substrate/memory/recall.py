"""Choosing engrams for a turn: the question to a memory, and its answer with reasons.

Two pools share the token budget. The focus pool holds what the channel and its topic call for, the
periphery everything the persona knows, and it starts with a floor of what was said last in any channel.
The surer the focus, the larger its share. Channel and domain are biases, never filters: what was said in
another room scores less, not nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from substrate.memory.engram import Engram, SpeechForm
from substrate.memory.errors import EngramUnknown
from substrate.memory.features import Features, understand
from substrate.memory.index import EngramIndex
from substrate.memory.kernels import accumulate_bm25
from substrate.memory.settings import BudgetSettings
from substrate.memory.store import EngramStore

_CANDIDATES = 256
"""How many engrams are looked at one by one after scoring all of them."""


class Pool(Enum):
    """Why an engram was taken in."""

    FOCUS = "focus"
    PERIPHERY = "periphery"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class RecallQuery:
    """What is asked of a memory. `now_s` in seconds since the epoch."""

    text: str
    now_s: float
    channel: str = ""
    domain: str = "chat"
    asker: str | None = None
    """Who says `text`; `I` and `my` are about them."""
    asked: str | None = None
    """To whom it is said; `you` and `your` are about them."""
    persona_id: str | None = None
    """When given, the memory asked must be this persona's."""
    budget: BudgetSettings | None = None
    """None: the memory's own."""


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """Why an engram scored what it did; each part in [0, 1] before its weight, `score` their sum."""

    topical: float
    lexical: float
    semantic: float
    channel: float
    domain: float
    salience: float
    recency: float
    structural: float


@dataclass(frozen=True, slots=True)
class Recalled:
    """One engram of an answer."""

    engram: Engram
    score: float
    parts: ScoreParts
    pool: Pool


@dataclass(frozen=True, slots=True)
class RecallResult:
    """The answer: engrams in rank order, best first, within the budget."""

    engrams: tuple[Recalled, ...]
    focus_confidence: float
    tokens: int
    """Estimated tokens of all engrams together."""


@dataclass(slots=True)
class _Scores:
    """All engrams' scores and their parts, one array each."""

    total: NDArray[np.float32]
    lexical: NDArray[np.float32]
    topical: NDArray[np.float32]
    channel: NDArray[np.float32]
    domain: NDArray[np.float32]
    salience: NDArray[np.float32]
    recency: NDArray[np.float32]
    structural: NDArray[np.float32]
    ranked: list[int] = field(default_factory=list)


def recall(store: EngramStore, query: RecallQuery) -> RecallResult:
    """The engrams of `store` that matter for `query`, best first, within the token budget.

    Raises EngramUnknown when the query names another persona than the store's.
    """
    if query.persona_id is not None and query.persona_id != store.persona_id:
        raise EngramUnknown(
            f"persona {query.persona_id} asked for the memory of {store.persona_id}",
            "a persona recalls its own memory only",
        )
    index = store.index
    budget = query.budget or store.settings.budget
    if not len(store):
        return RecallResult((), 0.0, 0)
    features = understand(query.text)
    scores = _score(index, query, features)
    confidence = _focus_confidence(scores)
    taken = _fill_pools(index, scores, query, budget, confidence)
    result = [_recalled(index, scores, at, pool) for at, pool in taken.items()]
    result.sort(key=lambda recalled: -recalled.score)
    tokens = sum(estimated_tokens(recalled.engram.text, budget) for recalled in result)
    return RecallResult(tuple(result), confidence, tokens)


def estimated_tokens(text: str, budget: BudgetSettings) -> int:
    """What one memory takes in the prompt, estimated without the model's tokenizer."""
    return budget.overhead_tokens + int(len(text.encode()) / budget.chars_per_token)


def _score(index: EngramIndex, query: RecallQuery, features: Features) -> _Scores:
    settings = index.settings
    alive = index.column("alive")
    lexical = np.zeros(index.size, np.float32)
    heads, weights = index.query_terms(features.terms)
    accumulate_bm25(
        lexical,
        heads,
        weights,
        index.postings("previous"),
        index.postings("document"),
        index.postings("count"),
        index.column("length"),
        index.mean_length,
        settings.lexical.k1,
        settings.lexical.b,
    )
    topical = _squashed(lexical)
    structural = _structural(index, query, features, topical)
    mix = settings.score
    channel = _bias(index.column("channel") == index.channels.find(query.channel), mix.other_channel)
    domain = _bias(index.column("domain") == index.domains.find(query.domain), mix.other_domain)
    salience = index.column("salience")
    age_s = np.maximum(0.0, query.now_s - index.column("said_at"))
    age_s[index.column("protected_until") > query.now_s] = 0.0
    half_life_s = settings.decay.half_life_s * (1.0 + salience) ** 2
    recency = np.exp2(-age_s / half_life_s).astype(np.float32)
    total = (
        mix.topical * topical
        + mix.channel * channel
        + mix.domain * domain
        + mix.salience * salience
        + mix.recency * recency
        + mix.structural * structural
    ).astype(np.float32)
    total[~alive] = -1.0
    scores = _Scores(total, lexical, topical, channel, domain, salience, recency, structural)
    top = np.argpartition(-total, min(_CANDIDATES, len(total) - 1))[:_CANDIDATES]
    scores.ranked = [int(at) for at in top[np.argsort(-total[top], kind="stable")] if alive[at]]
    _let_statements_lead(index, scores)
    return scores


def _squashed(lexical: NDArray[np.float32]) -> NDArray[np.float32]:
    best = float(lexical.max(initial=0.0))
    return lexical / np.float32(best) if best > 0 else lexical


def _bias(same: NDArray[np.bool_], other: float) -> NDArray[np.float32]:
    return np.where(same, np.float32(1.0), np.float32(other))


def _structural(
    index: EngramIndex, query: RecallQuery, features: Features, topical: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A question hands its score to the turn that answers it; who is asked about gets a bonus."""
    structural = np.zeros(index.size, np.float32)
    reply_to = index.column("reply_to")
    answers = np.flatnonzero(reply_to >= 0)
    asked = reply_to[answers]
    asks = index.column("form")[asked] == SpeechForm.QUESTION
    structural[answers[asks]] = 0.5 * topical[asked[asks]]
    for name in _asked_about(index, query, features):
        structural[index.column("speaker") == name] += 0.5
    return structural


def _asked_about(index: EngramIndex, query: RecallQuery, features: Features) -> Iterator[int]:
    words = set(features.words)
    named = {
        number
        for number, speaker in enumerate(index.speakers.names)
        if words & {part for part in speaker.lower().split() if len(part) > 1}
    }
    if query.asker is not None and words & {"i", "my", "me", "mine", "i'm", "i've"}:
        named.add(index.speakers.find(query.asker))
    if query.asked is not None and words & {"you", "your", "yours", "you're", "you've"}:
        named.add(index.speakers.find(query.asked))
    yield from named - {-1}


def _let_statements_lead(index: EngramIndex, scores: _Scores) -> None:
    """Move a question, or a reply that does not know, behind the statements that share its topic."""
    forms, total = index.column("form"), scores.total
    hollow = (SpeechForm.QUESTION, SpeechForm.UNKNOWING)
    best = float(scores.topical[scores.ranked].max(initial=0.0))
    told = [
        float(total[at])
        for at in scores.ranked
        if forms[at] not in hollow and scores.topical[at] >= 0.3 * best and scores.topical[at] > 0
    ]
    if not told:
        return
    ceiling = min(told)
    for at in scores.ranked:
        if forms[at] in hollow and total[at] >= ceiling:
            total[at] = ceiling * np.float32(0.999)
    scores.ranked.sort(key=lambda at: -float(total[at]))


def _focus_confidence(scores: _Scores) -> float:
    """How high and how tight the best topical scores are, 0 to 1."""
    top = np.sort(scores.topical[scores.ranked[:20]])[::-1]
    if not len(top) or top[0] <= 0:
        return 0.0
    spread = float(top[: min(5, len(top))].std())
    covered = min(1.0, float(scores.lexical.max()) / 10.0)
    return max(0.0, min(1.0, covered * (1.0 - spread)))


def _fill_pools(
    index: EngramIndex, scores: _Scores, query: RecallQuery, budget: BudgetSettings, confidence: float
) -> dict[int, Pool]:
    """Which engrams to take, by pool, whole ones only."""
    share = budget.focus_base + budget.focus_span * confidence
    here = index.channels.find(query.channel)
    channels, alive = index.column("channel"), index.column("alive")
    taken: dict[int, Pool] = {}
    left = budget.tokens

    def take(at: int, pool: Pool, reserve: int) -> None:
        nonlocal left
        cost = estimated_tokens(index.texts[at], budget)
        if at not in taken and len(taken) < budget.engrams and cost <= left - reserve:
            taken[at] = pool
            left -= cost

    for at in scores.ranked:
        if channels[at] == here and scores.topical[at] + scores.structural[at] > 0:
            take(at, Pool.FOCUS, int(budget.tokens * (1.0 - share)))
    recent = 0
    for at in range(index.size - 1, -1, -1):
        if recent == budget.recent_engrams:
            break
        if alive[at]:
            recent += 1
            take(at, Pool.RECENT, 0)
    for at in scores.ranked:
        take(at, Pool.PERIPHERY, 0)
    return taken


def _recalled(index: EngramIndex, scores: _Scores, at: int, pool: Pool) -> Recalled:
    parts = ScoreParts(
        topical=float(scores.topical[at]),
        lexical=float(scores.lexical[at]),
        semantic=0.0,
        channel=float(scores.channel[at]),
        domain=float(scores.domain[at]),
        salience=float(scores.salience[at]),
        recency=float(scores.recency[at]),
        structural=float(scores.structural[at]),
    )
    return Recalled(index.engram(at), float(scores.total[at]), parts, pool)
