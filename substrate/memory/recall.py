"""Choosing engrams for a turn: the question to a memory, and its answer with reasons.

Two pools share the token budget. The focus pool holds what the channel and its topic call for, the
periphery everything the persona knows, and it starts with a floor of what was said last in any channel.
The surer the focus, the larger its share. Channel and domain are biases, never filters: what was said in
another room scores less, not nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from substrate.memory.engram import Engram, SpeechForm
from substrate.memory.errors import EngramUnknown
from substrate.memory.index import EngramIndex
from substrate.memory.moments import span_asked_about
from substrate.memory.scoring import Question, Scores, heard_before, score_all, speaker_asked_about
from substrate.memory.settings import BudgetSettings
from substrate.memory.stemming import stem
from substrate.memory.store import EngramStore

_QUERY_END_CHARS = 1000
_Offer = tuple[int, int]
"""An engram's number, and the tokens that it would take."""


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
    before_row: int | None = None
    """Only what stands before this transcript row is recalled: a message is no memory of itself."""
    persona_id: str | None = None
    """When given, the memory asked must be this persona's."""
    budget: BudgetSettings | None = None
    """None: the memory's own."""


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """Why an engram scored what it did: what each part added, in log-odds. Their sum is `log_odds`, unless
    the engram is a question that had to stand behind the statement that it asks about."""

    lexical: float
    semantic: float
    structural: float
    spread: float
    channel: float
    domain: float
    salience: float
    recency: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Recalled:
    """One engram of an answer; `score` is its log-odds as a share from 0 to 1."""

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


def recall(store: EngramStore, query: RecallQuery) -> RecallResult:
    """The engrams of `store` that matter for `query`, best first, within the token budget.

    Raises EngramUnknown when the query names another persona than the store's.
    """
    chosen = _choose(store, query)
    if chosen is None:
        return RecallResult((), 0.0, 0)
    index, ordered = store.index, chosen.ordered
    tokens = sum(estimated_tokens(index, ordered, query.budget or store.settings.budget))
    recalled = tuple(_recalled(index, chosen.scores, ordered, chosen.taken, query))
    return RecallResult(recalled, chosen.confidence, tokens)


def recall_unexplained(store: EngramStore, query: RecallQuery) -> list[tuple[int, float]]:
    """The numbers of `recall`'s engrams with their scores, without the reasons: those take a third of its
    time."""
    chosen = _choose(store, query)
    if chosen is None:
        return []
    even_odds, totals = store.settings.score.even_odds, chosen.scores.total[chosen.ordered].tolist()
    return [(at, _share(total - even_odds)) for at, total in zip(chosen.ordered, totals, strict=True)]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a recall came to: the engrams' numbers, best first, and why each was taken in."""

    scores: Scores
    confidence: float
    taken: Mapping[int, Pool]
    ordered: list[int]


def _choose(store: EngramStore, query: RecallQuery) -> _Chosen | None:
    """None: there is nothing to recall. Raises EngramUnknown."""
    if query.persona_id is not None and query.persona_id != store.persona_id:
        raise EngramUnknown(
            f"persona {query.persona_id} asked for the memory of {store.persona_id}",
            "a persona recalls its own memory only",
        )
    if not len(store):
        return None
    index, budget = store.index, query.budget or store.settings.budget
    scores = score_all(index, understood(store, query))
    confidence = focus_confidence(index, scores)
    taken = _fill_pools(index, scores, query, budget, confidence)
    return _Chosen(scores, confidence, taken, sorted(taken, key=scores.total.item, reverse=True))


def understood(store: EngramStore, query: RecallQuery) -> Question:
    """The query in the memory's own terms. Speakers' names are resolved, not searched for."""
    index = store.index
    names = index.speaker_words
    understood = store.senses.read(query_text(query.text), names=names)
    features = understood.features
    is_asked = features.contains_question or features.form is SpeechForm.QUESTION
    said = zip(features.terms, features.term_words, strict=True)
    terms, idf = index.postings.find(term for term, word in said if word not in names)
    asked_about = speaker_asked_about(index, features.words, query.asker, query.asked)
    return Question(
        terms=terms,
        idf=idf,
        # With most vectors still to come, the few that are there would stand out for that alone.
        vector=understood.vector if store.has_vectors else np.zeros_like(understood.vector),
        channel=index.channels.find(query.channel),
        domain=index.domains.find(query.domain),
        asked_about=asked_about,
        name_terms=index.postings.find(map(stem, asked_about.name))[0],
        now_s=query.now_s,
        before_row=query.before_row,
        span=span_asked_about(query.text, features.words, query.now_s) if is_asked else None,
    )


def query_text(text: str) -> str:
    """A long text's beginning and end, where its question is: a pasted document would match everything."""
    return (
        text
        if len(text) <= 2 * _QUERY_END_CHARS
        else f"{text[:_QUERY_END_CHARS]}\n{text[-_QUERY_END_CHARS:]}"
    )


def estimated_tokens(
    index: EngramIndex, numbers: Sequence[int] | NDArray[np.int32], budget: BudgetSettings
) -> list[int]:
    """What each of these engrams takes in the prompt, estimated without the model's tokenizer."""
    text_bytes = index.column("text_bytes")[np.asarray(numbers, np.intp)].tolist()
    return [budget.overhead_tokens + int(size / budget.chars_per_token) for size in text_bytes]


def focus_confidence(index: EngramIndex, scores: Scores) -> float:
    """How high and how tight the best scores are, 0 to 1: the best one's odds, times the share of the five
    best that are within one log-odds of it."""
    if not len(scores.ranked):
        return 0.0
    best = [float(value) for value in scores.total[scores.ranked[:5]]]
    tight = sum(value > best[0] - 1.0 for value in best) / len(best)
    return _share(best[0] - index.settings.score.even_odds) * tight


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, log_odds))))


def _fill_pools(
    index: EngramIndex, scores: Scores, query: RecallQuery, budget: BudgetSettings, confidence: float
) -> dict[int, Pool]:
    """Which engrams to take, by pool, whole ones only."""
    share = budget.focus_base + budget.focus_span * confidence
    here = index.channels.find(query.channel)
    texts, heard = index.texts, heard_before(index, query.before_row)
    # What was said twice in the same words is shown once: the better one.
    distinct: dict[str, int] = {}
    ranked, ranked_here = list[_Offer](), list[_Offer]()
    channels = index.column("channel")[scores.ranked].tolist()
    costs = estimated_tokens(index, scores.ranked, budget)
    for at, cost, channel in zip(scores.ranked.tolist(), costs, channels, strict=True):
        if distinct.setdefault(texts[at], at) == at:
            ranked.append((at, cost))
            if channel == here:
                ranked_here.append((at, cost))
    taken: dict[int, Pool] = {}
    focus_tokens = int(budget.tokens * share)
    left = _take(taken, Pool.FOCUS, ranked_here, int(budget.engrams * share), focus_tokens)
    left += budget.tokens - focus_tokens
    newest = (distinct.setdefault(texts[at], at) for at in index.newest_first() if heard[at])
    recent = list(islice(_once(newest), budget.recent_engrams))
    offered = zip(recent, estimated_tokens(index, recent, budget), strict=True)
    left = _take(taken, Pool.RECENT, offered, budget.engrams, left)
    _take(taken, Pool.PERIPHERY, ranked, budget.engrams, left)
    return taken


def _once(numbers: Iterable[int]) -> Iterator[int]:
    """Each number when it comes for the first time."""
    seen: set[int] = set()
    for at in numbers:
        if at not in seen:
            seen.add(at)
            yield at


def _take(taken: dict[int, Pool], pool: Pool, offered: Iterable[_Offer], engrams: int, tokens: int) -> int:
    """Take what fits, in order, until there are `engrams` in all; the tokens that are left."""
    for at, cost in offered:
        if len(taken) >= engrams:
            break
        if cost <= tokens and at not in taken:
            taken[at] = pool
            tokens -= cost
    return tokens


def _recalled(
    index: EngramIndex, scores: Scores, numbers: list[int], taken: Mapping[int, Pool], query: RecallQuery
) -> Iterator[Recalled]:
    weights, wanted = index.settings.score, np.array(numbers, np.intp)
    is_known_channel = index.channels.find(query.channel) >= 0
    is_known_domain = index.domains.find(query.domain) >= 0
    engrams = index.engrams(numbers)
    parts = zip(
        (weights.lexical * scores.lexical[wanted]).tolist(),
        (weights.semantic * scores.semantic[wanted]).tolist(),
        scores.structural[wanted].tolist(),
        (weights.spread * scores.spread[wanted]).tolist(),
        (weights.recency * (scores.recency[wanted] - 1.0)).tolist(),
        scores.total[wanted].tolist(),
        strict=True,
    )
    for at, engram, (lexical, semantic, structural, spread, recency, total) in zip(
        numbers, engrams, parts, strict=True
    ):
        is_elsewhere = is_known_channel and engram.channel != query.channel
        is_other_domain = is_known_domain and engram.domain != query.domain
        why = ScoreParts(
            lexical=lexical,
            semantic=semantic,
            structural=structural,
            spread=spread,
            channel=weights.channel * (weights.other_channel - 1.0) * is_elsewhere,
            domain=weights.domain * (weights.other_domain - 1.0) * is_other_domain,
            salience=weights.salience * engram.salience,
            recency=recency,
            log_odds=total,
        )
        yield Recalled(engram, _share(total - weights.even_odds), why, taken[at])
