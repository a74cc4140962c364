"""Do the memories of a message lie ready when the prompt is about to read them?

    python -m benchmarks.hitrate --data locomo_dev.json --json

The last 60 turns of each LoCoMo conversation are replayed as live chat at 20 times speed through the real
hippocampus and attention, each in its own process; what came before is already in memory. speaker_a is the
user, speaker_b the persona. A message of n words is typed for n/3 + 2 s, word by word, after the last reply;
the prompt's late block is read 10 ms after the message was committed.

A turn scores the share of what a recall on demand would have shown that the prefetch did show, under the
same budget: all of it counts 1, at least half 0.5, less 0. `hit_rate` is the mean over all turns;
`hit_rate_at_arrival` is the same at 0 ms, when only prediction can have helped.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._locomo_data import ChatTurn, Conversation, read_conversations
from benchmarks._measure import benchmark_arguments, print_result, print_table
from regions.attention import Attention
from regions.hippocampus import Hippocampus, staged_budget
from substrate.instance import InstanceSpec, ModelSettings, PersonaSettings
from substrate.memory import EngramStore, PrefetchedEngram, RecallQuery, recall
from substrate.memory.intake import as_message
from substrate.memory.prefetch import PREFETCH, decode_prefetch, prefetched
from substrate.memory.salience import SALIENCE
from substrate.persona.late_block import LateBlock
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import Batch, TranscriptWriter
from substrate.region.contract import EventKind, RegionSpec
from substrate.region.roles import EVENT_RING
from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.child import region_child
from substrate.supervisor.fork_server import context, start_fork_server
from substrate.supervisor.segments import create_segments

LIVE_TURNS = 60
SPEED = 20.0
LATE_BINDING_S = 0.010
BUDGET_TOKENS = 600
VISIBLE_ROWS = 30
"""The prompt shows this many of the last messages anyway; they are left out of the late block."""
CHANNEL = "general"
_REGIONS = (Hippocampus, Attention)
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class TurnScore:
    """One message: its score at arrival and at late binding, and how long the prefetch took, if it came."""

    at_arrival: float
    at_late_binding: float
    published_ms: float | None


class Chat:
    """One conversation, live: the benchmark plays the persona service and the user."""

    def __init__(self, run: RunDirectory, home: Path, talk: Conversation) -> None:
        self._talk = talk
        self._persona = PersonaSettings(str(uuid.uuid4()), talk.speaker_b, "a friend", "", 0.0)
        spec = InstanceSpec(
            home, run.path, "bench", (self._persona,), ModelSettings(None, "none"),
            tuple(RegionSpec.of(region) for region in _REGIONS),
        )  # fmt: skip
        (home / "personas" / self._persona.persona_id).mkdir(parents=True)
        create_segments(run, spec)
        self._transcript = TranscriptWriter(spec.transcript, spec.session)
        self._replica = EngramStore(home / "replica.db", self._persona.persona_id)
        before, self._live = talk.turns[:-LIVE_TURNS], talk.turns[-LIVE_TURNS:]
        for turn in before:
            self._commit(turn, turn.at_s)
        self._ring = EventRing.adopt(run.segment_name(EVENT_RING))
        self._bells = [Doorbell.attach(run, region.id) for region in _REGIONS]
        key = (self._persona.persona_id, CHANNEL)
        self._prefetch = ReadyBuffer.attach(run.segment_name(PREFETCH.name))
        self._salience = ReadyBuffer.attach(run.segment_name(SALIENCE.name))
        self._staged = self._prefetch.handle(key)
        self._processes = [
            context().Process(target=region_child, args=(spec, region), daemon=True)
            for region in spec.regions
        ]
        for process in self._processes:
            process.start()
        self._await_intake(home / "personas" / self._persona.persona_id / "longterm.db", len(before))

    def scores(self) -> Iterator[TurnScore]:
        """Live through the last turns; one score for each message of the user."""
        asked: TranscriptRow | None = None
        for turn in self._live:
            if turn.speaker == self._talk.speaker_b:
                row = self._commit(turn, time.time(), asked)
                self._tell(EventKind.REPLY, row.row_id, turn.speaker, turn.text)
                continue
            self._type(turn)
            asked, score = self._say(turn)
            yield score

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_PATIENCE_S)
            process.kill()
        self._transcript.close()
        self._replica.close()
        for bell in self._bells:
            bell.close()
        for buffer in (self._prefetch, self._salience):
            buffer.close()
        self._ring.close()

    def _say(self, turn: ChatTurn) -> tuple[TranscriptRow, TurnScore]:
        wanted_from = self._on_demand(turn)
        row = self._transcript_row(turn, time.time(), None)
        started_s = time.perf_counter()
        self._tell(EventKind.MESSAGE, row.row_id, turn.speaker, turn.text)
        wanted = self._shown(row.row_id, wanted_from)
        arrival = self._staged_engrams()[1]
        published_ms = None
        while (passed_s := time.perf_counter() - started_s) < LATE_BINDING_S:
            if published_ms is None and self._staged_engrams()[0] == row.row_id:
                published_ms = passed_s * 1000
            time.sleep(0.0003)
        late = self._staged_engrams()[1]
        self._replica.admit([as_message(row)])
        shown = self._shown(row.row_id, late)
        self._tell(EventKind.RECALLED, row.row_id, self._talk.speaker_b, ",".join(shown))
        self._replica.rehearse(sorted(shown), [], time.time())
        return row, TurnScore(
            _score(wanted, self._shown(row.row_id, arrival)), _score(wanted, shown), published_ms
        )

    def _on_demand(self, turn: ChatTurn) -> tuple[PrefetchedEngram, ...]:
        """What a recall for the message finds in a memory that holds the same as the hippocampus'."""
        salient = self._salience.peek((self._persona.persona_id,))
        if salient is not None:
            self._replica.set_salience(salient.value)
        query = RecallQuery(
            turn.text, time.time(), CHANNEL, asker=turn.speaker, asked=self._talk.speaker_b,
            budget=staged_budget(self._replica.settings.budget),
        )  # fmt: skip
        return tuple(prefetched(recalled) for recalled in recall(self._replica, query).engrams)

    def _shown(self, row_id: int, engrams: tuple[PrefetchedEngram, ...]) -> set[str]:
        """The engrams that the late block makes of a prefetch."""
        staged = _Staged([row_id, [_as_list(engram) for engram in engrams]])
        visible = frozenset(range(row_id - VISIBLE_ROWS, row_id + 1))
        block = LateBlock(
            row_id,
            visible,
            BUDGET_TOKENS,
            decides_as="",
            peek=lambda: staged,
            heard=(),
            hears=lambda row: True,
            count_tokens=lambda text: len(text) // 4,
        )
        block()
        return {engram.engram_id for engram in block.shown}

    def _staged_engrams(self) -> tuple[int, tuple[PrefetchedEngram, ...]]:
        staged = self._staged.peek()
        if staged is None:
            return 0, ()
        prefetch = decode_prefetch(staged.value)
        return prefetch.for_row, prefetch.engrams

    def _type(self, turn: ChatTurn) -> None:
        words = turn.text.split()
        time.sleep(2.0 / SPEED)
        for count in range(1, len(words) + 1):
            time.sleep(1.0 / 3.0 / SPEED)
            self._tell(EventKind.TYPING, 0, turn.speaker, " ".join(words[:count]))

    def _commit(self, turn: ChatTurn, at_s: float, asked: TranscriptRow | None = None) -> TranscriptRow:
        row = self._transcript_row(turn, at_s, asked)
        self._replica.admit([as_message(row)])
        return row

    def _transcript_row(self, turn: ChatTurn, at_s: float, asked: TranscriptRow | None) -> TranscriptRow:
        by_persona = turn.speaker == self._talk.speaker_b
        row = self._transcript.new_row(
            channel=CHANNEL,
            sender=turn.speaker,
            text=turn.text,
            at_s=at_s,
            persona_id=self._persona.persona_id if by_persona else None,
            in_reply_to=asked.row_id if asked is not None else None,
        )
        with self._transcript.transaction():
            self._transcript.store(Batch([(row, None)]))
        return row

    def _tell(self, kind: EventKind, row_id: int, sender: str, text: str) -> None:
        self._ring.append(kind, row_id, CHANNEL, sender, text)
        for bell in self._bells:
            bell.ring()

    def _await_intake(self, path: Path, rows: int) -> None:
        deadline_s = time.monotonic() + _PATIENCE_S
        while _taken_in(path) < rows:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"the hippocampus took in {_taken_in(path)} of {rows} messages")
            time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class _Staged:
    value: object


def _as_list(engram: PrefetchedEngram) -> list[object]:
    return [
        engram.engram_id, engram.row_id, engram.speaker, engram.channel, engram.at_s, engram.text,
        engram.score,
    ]  # fmt: skip


def _taken_in(path: Path) -> int:
    if not path.exists():
        return 0
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT value FROM marks WHERE name = 'row'").fetchone()
        return int(found[0]) if found else 0
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def _score(wanted: set[str], shown: set[str]) -> float:
    if not wanted:
        return 1.0
    share = len(wanted & shown) / len(wanted)
    return 1.0 if share == 1.0 else 0.5 if share >= 0.5 else 0.0


@contextmanager
def live_chat(talk: Conversation) -> Iterator[Chat]:
    """A conversation with its regions running; taken down on leaving."""
    start_fork_server()
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory.create(Path(folder) / "run")
        try:
            chat = Chat(run, Path(folder) / "home", talk)
            try:
                yield chat
            finally:
                chat.close()
        finally:
            run.close()


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
    parser.add_argument("--data", type=Path, required=True, help="a LoCoMo file")
    arguments = parser.parse_args()
    print_result(measure(read_conversations(arguments.data)), arguments)


if __name__ == "__main__":
    main()
