"""Do the memories of a message lie ready when the prompt is about to read them?

    python -m benchmarks.hitrate [--data locomo_dev.json] --json

The last 60 turns of each LoCoMo conversation are replayed as live chat at 20 times speed through the real
sensory, hippocampus and attention, each in its own process; what came before is already in memory. speaker_a
is the user, speaker_b the persona. A message of n words is typed for n/3 + 2 s, word by word, after the last
reply; the prompt's late block is read 10 ms after the message was committed.

A turn scores the share of what a recall on demand would have shown that the prefetch did show, under the
same budget: all of it counts 1, at least half 0.5, less 0. `hit_rate` is the mean over all turns;
`hit_rate_at_arrival` is the same at 0 ms, when only prediction can have helped.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._locomo_data import ChatTurn, Conversation, add_data_argument, read_conversations
from benchmarks._measure import benchmark_arguments, print_result, print_table
from benchmarks._region_stage import CHANNEL, RegionStage, await_intake, region_stage
from regions.attention import Attention
from regions.hippocampus import Hippocampus, staged_budget
from regions.sensory import Sensory
from substrate.memory import EngramStore, PrefetchedEngram, RecallQuery
from substrate.memory.intake import as_message
from substrate.memory.prefetch import PREFETCH, decode_prefetch, prefetched
from substrate.memory.recall import recall_unexplained
from substrate.memory.salience import SALIENCE
from substrate.persona.late_block import LateBlock
from substrate.persona.transcript import TranscriptRow
from substrate.region.contract import EventKind

LIVE_TURNS = 60
SPEED = 20.0
LATE_BINDING_S = 0.010
BUDGET_TOKENS = 600
VISIBLE_ROWS = 30
"""The prompt shows this many of the last messages anyway; they are left out of the late block."""
_REGIONS = (Sensory, Hippocampus, Attention)


@dataclass(frozen=True, slots=True)
class TurnScore:
    """One message: its score at arrival and at late binding, and how long the prefetch took, if it came."""

    at_arrival: float
    at_late_binding: float
    published_ms: float | None


class Chat:
    """One conversation, live: the benchmark plays the persona service and the user."""

    def __init__(self, stage: RegionStage, replica: EngramStore, talk: Conversation) -> None:
        self._stage, self._replica, self._talk = stage, replica, talk
        before, self._live = talk.turns[:-LIVE_TURNS], talk.turns[-LIVE_TURNS:]
        for turn in before:
            self._commit(turn, turn.at_s)
        self._persona_id = stage.persona.persona_id
        self._salience = stage.buffer(SALIENCE.name)
        self._staged = stage.buffer(PREFETCH.name).handle((self._persona_id, CHANNEL))
        stage.start()
        await_intake(stage.memory, len(before))

    def scores(self) -> Iterator[TurnScore]:
        """Live through the last turns; one score for each message of the user."""
        asked: TranscriptRow | None = None
        for turn in self._live:
            if turn.speaker == self._talk.speaker_b:
                row = self._commit(turn, time.time(), asked)
                self._stage.tell(EventKind.REPLY, row.row_id, turn.speaker, turn.text)
                continue
            self._type(turn)
            asked, score = self._say(turn)
            yield score

    def _say(self, turn: ChatTurn) -> tuple[TranscriptRow, TurnScore]:
        wanted_from = self._on_demand(turn)
        row = self._stage.commit(turn.speaker, turn.text, time.time())
        started_s = time.monotonic()
        self._stage.tell(EventKind.MESSAGE, row.row_id, turn.speaker, turn.text)
        arrival = self._staged_engrams()
        wanted = self._shown(row.row_id, wanted_from)
        time.sleep(max(0.0, started_s + LATE_BINDING_S - time.monotonic()))
        late = self._staged_engrams()
        self._replica.admit([as_message(row)])
        shown = self._shown(row.row_id, late.engrams)
        self._stage.tell(EventKind.RECALLED, row.row_id, self._talk.speaker_b, ",".join(shown))
        self._replica.rehearse(sorted(shown), [], time.time())
        took_ms = (late.published_s - started_s) * 1000 if late.for_row == row.row_id else None
        at_arrival = _score(wanted, self._shown(row.row_id, arrival.engrams))
        return row, TurnScore(at_arrival, _score(wanted, shown), took_ms)

    def _on_demand(self, turn: ChatTurn) -> tuple[PrefetchedEngram, ...]:
        """What a recall for the message finds in a memory that holds the same as the hippocampus'."""
        salient = self._salience.peek((self._persona_id,))
        if salient is not None:
            self._replica.set_salience(salient.value)
        query = RecallQuery(
            turn.text, time.time(), CHANNEL, asker=turn.speaker, asked=self._talk.speaker_b,
            budget=staged_budget(self._replica.settings.budget),
        )  # fmt: skip
        return tuple(prefetched(self._replica.index, recall_unexplained(self._replica, query)))

    def _shown(self, row_id: int, engrams: tuple[PrefetchedEngram, ...]) -> set[str]:
        """The engrams that the late block makes of a prefetch."""
        staged = _Staged([row_id, engrams])
        visible = frozenset(range(row_id - VISIBLE_ROWS, row_id + 1))
        block = LateBlock(
            row_id,
            visible,
            is_hidden=lambda row_id: False,
            budget_tokens=BUDGET_TOKENS,
            decides_as="",
            peek=lambda: staged,
            heard=(),
            hears=lambda row: True,
            count_tokens=lambda text: len(text) // 4,
        )
        block()
        return {engram.engram_id for engram in block.shown}

    def _staged_engrams(self) -> _Ready:
        staged = self._staged.peek()
        if staged is None:
            return _Ready(0, (), 0.0)
        prefetch = decode_prefetch(staged.value)
        return _Ready(prefetch.for_row, prefetch.engrams, staged.published_ns * 1e-9)

    def _type(self, turn: ChatTurn) -> None:
        words = turn.text.split()
        time.sleep(2.0 / SPEED)
        for count in range(1, len(words) + 1):
            time.sleep(1.0 / 3.0 / SPEED)
            self._stage.tell(EventKind.TYPING, 0, turn.speaker, " ".join(words[:count]))

    def _commit(self, turn: ChatTurn, at_s: float, asked: TranscriptRow | None = None) -> TranscriptRow:
        row = self._stage.commit(turn.speaker, turn.text, at_s, asked)
        self._replica.admit([as_message(row)])
        return row


@dataclass(frozen=True, slots=True)
class _Ready:
    """A prefetch as it lies ready; `published_s` by the monotonic clock."""

    for_row: int
    engrams: tuple[PrefetchedEngram, ...]
    published_s: float


@dataclass(frozen=True, slots=True)
class _Staged:
    value: object


def _score(wanted: set[str], shown: set[str]) -> float:
    if not wanted:
        return 1.0
    share = len(wanted & shown) / len(wanted)
    return 1.0 if share == 1.0 else 0.5 if share >= 0.5 else 0.0


@contextmanager
def live_chat(talk: Conversation) -> Iterator[Chat]:
    """A conversation with its regions running; taken down on leaving."""
    with region_stage(_REGIONS, talk.speaker_b) as stage, tempfile.TemporaryDirectory() as folder:
        replica = EngramStore(Path(folder) / "replica.db", stage.persona.persona_id)
        try:
            yield Chat(stage, replica, talk)
        finally:
            replica.close()


def measure(talks: Sequence[Conversation]) -> dict[str, object]:
    """All figures, by name."""
    result: dict[str, object] = {}
    rows, everything = [], []
    for talk in talks:
        with live_chat(talk) as chat:
            scores = list(chat.scores())
        everything += scores
        rate = statistics.fmean(score.at_late_binding for score in scores)
        rows.append([talk.name, len(scores), rate, statistics.fmean(score.at_arrival for score in scores)])
        result[f"by_conversation.{talk.name}"] = rate
    print_table("Pre-staging", ["conversation", "turns", "hit rate", "at arrival"], rows)
    published = sorted(score.published_ms for score in everything if score.published_ms is not None)
    return {
        "hit_rate": statistics.fmean(score.at_late_binding for score in everything),
        "hit_rate_at_arrival": statistics.fmean(score.at_arrival for score in everything),
        "turns": len(everything),
        "staged_in_time": len(published) / len(everything),
        "published_ms.p50": published[len(published) // 2] if published else None,
        "published_ms.p99": published[round(0.99 * (len(published) - 1))] if published else None,
        **result,
    }


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    add_data_argument(parser)
    arguments = parser.parse_args()
    print_result(measure(read_conversations(arguments.data)), arguments)


if __name__ == "__main__":
    main()
