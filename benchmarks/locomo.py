"""How much of what a question is about does a recall find in months of conversation?

    python -m benchmarks.locomo --data locomo_dev.json --json

Every turn of a LoCoMo conversation is admitted as the program would admit it; every question with valid
evidence (categories 1 to 5) is recalled; now is a day after the last session. `recall_at_10` is the mean
share of a question's evidence turns among the first 10 turns of the recall, with the weights of the score
fitted on the other conversations (leave one out). `shipped` is the same with the weights that ship.
"""

from __future__ import annotations

import dataclasses
import re
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._listwise_fit import Contest, Floats, fit_weights
from benchmarks._locomo_data import Conversation, EvidenceQuestion, add_data_argument, read_conversations
from benchmarks._measure import benchmark_arguments, print_result, print_table
from benchmarks._peers import PeerMissing
from benchmarks._vector_peers import minilm_folder
from substrate.memory import BudgetSettings, EngramStore, Message, RecallQuery, recall
from substrate.memory.recall import understood
from substrate.memory.scoring import structural_part, topical_parts
from substrate.memory.settings import DAY_S, ScoreSettings

CHANNEL = "general"
CUTOFFS = (5, 10, 25)
BUDGET = BudgetSettings(engrams=40, tokens=100_000)
"""Room for 25 turns; what is scored and how is what ships."""

FITTED = (
    "lexical",
    "semantic",
    "answered_question",
    "same_speaker_before",
    "same_speaker_after",
    "said_next",
    "session",
    "speaker_asked_about",
    "ends_asking",
    "length",
    "time_asked_about",
)
"""The weights that are fitted: fields of ScoreSettings, in the order of the signs."""

Ranking = Callable[[EvidenceQuestion], list[str]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A conversation and the memory of it."""

    conversation: Conversation
    store: EngramStore
    now_s: float

    def query(self, question: EvidenceQuestion) -> RecallQuery:
        return RecallQuery(question.text, self.now_s, CHANNEL, budget=BUDGET)

    def turn_ids(self, rows: Sequence[int]) -> list[str]:
        """The distinct turns of transcript rows, in order of first appearance."""
        return list(dict.fromkeys(self.conversation.turns[row - 1].turn_id for row in rows))


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    add_data_argument(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        memories = [remember(talk, Path(folder)) for talk in read_conversations(arguments.data)]
        result = measure(memories)
        for memory in memories:
            memory.store.close()
    print_result(result, arguments)


def remember(conversation: Conversation, folder: Path) -> Remembered:
    """Admit a conversation as the program would: speaker_b is the persona."""
    store = EngramStore(folder / conversation.name / "longterm.db", conversation.name)
    store.admit(
        [
            Message(
                message_id=turn.turn_id,
                row_id=row,
                channel=CHANNEL,
                speaker=turn.speaker,
                text=turn.text,
                said_at_s=turn.at_s,
                by_persona=turn.speaker == conversation.speaker_b,
            )
            for row, turn in enumerate(conversation.turns, start=1)
        ]
    )
    return Remembered(conversation, store, conversation.turns[-1].at_s + DAY_S)


def measure(memories: Sequence[Remembered]) -> dict[str, object]:
    """All figures, by name."""
    contests = [contests_of(memory) for memory in memories]
    left_out: dict[EvidenceQuestion, Mapping[int, float]] = {}
    fits = []
    for number, memory in enumerate(memories):
        others = [contest for at, own in enumerate(contests) if at != number for contest in own]
        fits.append(fit_weights(others or contests[number]))
        left_out |= scored(memory, recall_ranking(memory, fits[-1]))
    rankings: dict[str, Callable[[Remembered], Ranking]] = {
        "shipped": recall_ranking,
        "bm25": lexical_ranking,
        "static": semantic_ranking,
    }
    try:
        rankings["minilm"] = transformer_rankings(minilm_folder())
    except PeerMissing as error:
        print(f"not installed: {error}")
    compared = {name: _of_all(memories, rank) for name, rank in rankings.items()}
    table = {"recall (left out)": left_out, **compared}
    print_table(
        "Share of the evidence found", ["", *(f"@{cutoff}" for cutoff in CUTOFFS)],
        [[name, *(mean_share(shares, cutoff) for cutoff in CUTOFFS)] for name, shares in table.items()],
    )  # fmt: skip
    everything = fit_weights([contest for own in contests for contest in own])
    print_table(
        "Fitted weights", ["weight", "all", "least", "most"],
        [[name, float(everything[at]), float(np.min(fits, 0)[at]), float(np.max(fits, 0)[at])]
         for at, name in enumerate(FITTED)],
    )  # fmt: skip
    result: dict[str, object] = {"questions": len(left_out)}
    for cutoff in CUTOFFS:
        result[f"recall_at_{cutoff}"] = mean_share(left_out, cutoff)
        for name, shares in compared.items():
            result[f"{name}.recall_at_{cutoff}"] = mean_share(shares, cutoff)
    for category in sorted({question.category for question in left_out}):
        own = {question: shares for question, shares in left_out.items() if question.category == category}
        result[f"by_category.{category}"] = mean_share(own, 10)
    for memory in memories:
        own = {question: left_out[question] for question in memory.conversation.questions}
        result[f"by_conversation.{memory.conversation.name}"] = mean_share(own, 10)
    return result


def contests_of(memory: Remembered) -> list[Contest]:
    """The signs of every engram for every question, and which engrams are evidence."""
    index, contests = memory.store.index, []
    alive = index.column("alive")
    count = len(index.settings.score.structure)
    units = [tuple(float(at == sign) for at in range(count)) for sign in range(count)]
    for question in memory.conversation.questions:
        asked = understood(memory.store, memory.query(question))
        lexical, semantic, mixed = topical_parts(index, asked, alive)
        structure = [structural_part(index, asked, mixed, unit, alive) for unit in units]
        rows = [int(row) for row in index.column("row_id")]
        is_evidence = np.array(
            [memory.conversation.turns[row - 1].turn_id in question.evidence for row in rows]
        )
        signs = np.stack([lexical, semantic, *structure], 1).astype(np.float64)
        contests.append(Contest(signs, is_evidence))
    return contests


def recall_ranking(memory: Remembered, weights: Floats | None = None) -> Ranking:
    """The production recall, with fitted weights or the ones that ship."""
    index = memory.store.index
    own = index.settings
    fitted = own.score if weights is None else _with_weights(own.score, weights)

    def rank(question: EvidenceQuestion) -> list[str]:
        index.settings = dataclasses.replace(own, score=fitted)
        found = recall(memory.store, memory.query(question))
        index.settings = own
        return memory.turn_ids([recalled.engram.row_id for recalled in found.engrams])

    return rank


def lexical_ranking(memory: Remembered) -> Ranking:
    """BM25 alone."""
    return lambda question: _ranked_by(memory, question, 0)


def semantic_ranking(memory: Remembered) -> Ranking:
    """The static embedding alone."""
    return lambda question: _ranked_by(memory, question, 1)


def transformer_rankings(folder: Path) -> Callable[[Remembered], Ranking]:
    """all-MiniLM-L6-v2 alone, the speakers' names kept out of the texts as they are kept out of ours."""
    from benchmarks._minilm import MiniLM  # torch is an extra: only who asks for it needs it

    transformer = MiniLM(folder)

    def ranking(memory: Remembered) -> Ranking:
        talk = memory.conversation
        names = re.compile(rf"\b({talk.speaker_a}|{talk.speaker_b})('s)?\b", re.IGNORECASE)
        vectors = transformer.embed([names.sub("", turn.text) for turn in talk.turns])
        asked = transformer.embed([names.sub("", question.text) for question in talk.questions])
        scores = dict(zip(talk.questions, asked @ vectors.T, strict=True))

        def rank(question: EvidenceQuestion) -> list[str]:
            return memory.turn_ids([int(at) + 1 for at in np.argsort(-scores[question], kind="stable")])

        return rank

    return ranking


def _of_all(
    memories: Sequence[Remembered], ranking: Callable[[Remembered], Ranking]
) -> Mapping[EvidenceQuestion, Mapping[int, float]]:
    return {
        question: shares
        for memory in memories
        for question, shares in scored(memory, ranking(memory)).items()
    }


def _ranked_by(memory: Remembered, question: EvidenceQuestion, part: int) -> list[str]:
    index = memory.store.index
    asked = understood(memory.store, memory.query(question))
    scores = topical_parts(index, asked, index.column("alive"))[part]
    order = np.argsort(-scores, kind="stable")[: BUDGET.engrams]
    return memory.turn_ids([int(index.column("row_id")[at]) for at in order])


def scored(memory: Remembered, rank: Ranking) -> dict[EvidenceQuestion, Mapping[int, float]]:
    """For each question the share of its evidence within each cutoff."""
    result: dict[EvidenceQuestion, Mapping[int, float]] = {}
    for question in memory.conversation.questions:
        ranked = rank(question)
        result[question] = {
            cutoff: len(question.evidence.intersection(ranked[:cutoff])) / len(question.evidence)
            for cutoff in CUTOFFS
        }
    return result


def mean_share(shares: Mapping[EvidenceQuestion, Mapping[int, float]], cutoff: int) -> float:
    """Mean over questions."""
    return statistics.fmean(by_cutoff[cutoff] for by_cutoff in shares.values())


def _with_weights(score: ScoreSettings, weights: Floats) -> ScoreSettings:
    named = {name: float(weight) for name, weight in zip(FITTED, weights, strict=True)}
    return dataclasses.replace(score, **named)


if __name__ == "__main__":
    main()
