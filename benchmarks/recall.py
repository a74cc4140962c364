"""How long does a recall take, and what does a memory weigh?

    python -m benchmarks.recall --json

A recall on demand is everything from the question's text to the engrams in rank order, embedding included.
Beside it: the search for the nearest 20 in sqlite-vec, faiss (flat) and chromadb, where they are installed,
in the same vectors and without embedding the question. What embedding a question takes is timed apart, for
the embedded table and for all-MiniLM-L6-v2. Messages are admitted and committed in pages of the size in which
the program catches up. `--full` adds a million engrams, for ours, sqlite-vec and faiss.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil

from benchmarks._measure import Percentiles, benchmark_arguments, print_result, print_table, time_singly
from benchmarks._peers import PeerMissing
from benchmarks._vector_peers import ALL_PEERS, EXACT_PEERS, Vectors, minilm_folder
from substrate.memory import EngramStore, Message, RecallQuery, recall
from substrate.memory.embedding import VOCABULARY, StaticEmbedder
from substrate.memory.intake import PAGE

SIZES = (1_000, 10_000, 100_000)
FULL_SIZES = (*SIZES, 1_000_000)
QUESTIONS = 200
_CHROMADB_UP_TO = 100_000
_PROGRESS = PAGE * 1600
_NOW_S = 1_700_000_000.0
_CHANNELS = ("general", "code", "game")
_SPEAKERS = ("joel", "Paige", "ana")

Asked = TypeVar("Asked")


class Chatter:
    """Messages of 4 to 36 words whose frequencies follow Zipf's law, in conversations of some hours."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        pieces = VOCABULARY.read_text(encoding="utf-8").split("\n")
        self._words = [piece for piece in pieces if piece.isascii() and piece.isalpha()][:15_000]
        self._weights = list(accumulate(1.0 / rank**0.9 for rank in range(1, len(self._words) + 1)))

    def text(self, words: int) -> str:
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=words))

    def message(self, row: int) -> Message:
        """Row `row`; four minutes after the one before it, a pause of an hour after every thirtieth."""
        return Message(
            message_id=f"{row:026d}",
            row_id=row,
            channel=_CHANNELS[row // 30 % 3],
            speaker=_SPEAKERS[row % 3],
            text=f"{self.text(self._random.randint(4, 36)).capitalize()}.",
            said_at_s=_NOW_S - 1e9 + row * 240.0 + row // 30 * 3600.0,
        )


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--full", action="store_true", help="also a million engrams (takes a quarter of an hour)"
    )
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    rows: list[list[object]] = []
    missing: list[str] = []
    for size in FULL_SIZES if arguments.full else SIZES:
        # Each in a process of its own: freed memory of one size would hide what the next one holds.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
            measured = child.submit(measure_size, size).result()
        result |= measured.figures
        rows += measured.rows
        missing = measured.missing
    print_table("Recall, in milliseconds", ["engrams", "what", "p50", "p99"], rows)
    missing += measure_embedding(result)
    for name in missing:
        print(f"not installed: {name}")
    print_result(result, arguments)


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures by name, rows for the table, and which peers are not installed."""

    figures: dict[str, object]
    rows: list[list[object]]
    missing: list[str]


def measure_size(size: int) -> Measured:
    """One memory of `size` engrams, and its peers."""
    result: dict[str, object] = {}
    rows: list[list[object]] = []
    missing: list[str] = []
    name, chatter = _short(size), Chatter()
    with tempfile.TemporaryDirectory() as folder:
        process = psutil.Process()
        gc.collect()
        before_bytes = process.memory_full_info().uss
        store = EngramStore(Path(folder) / "longterm.db", "bench")
        spent_s = 0.0
        for first in range(1, size + 1, PAGE):
            messages = [chatter.message(row) for row in range(first, min(first + PAGE, size + 1))]
            started_s = time.perf_counter()
            store.admit(messages)
            spent_s += time.perf_counter() - started_s
            if first % _PROGRESS == 1:
                _say(f"{size:,} engrams: {first - 1:,} admitted")
        del messages
        gc.collect()
        held_bytes = process.memory_full_info().uss - before_bytes
        queries = [
            RecallQuery(f"what about {chatter.text(7)}?", _NOW_S, "general", asker="joel")
            for _ in range(QUESTIONS)
        ]
        recall(store, queries[0])
        ours = _timed(partial(recall, store), queries)
        vectors = _unit(store.index.column("vector"))
        asked = _unit(np.stack([store.senses.read(query.text).vector for query in queries]))
        store.close()
    result[f"p50_ms_{name}"], result[f"p99_ms_{name}"] = ours.p50_us / 1000, ours.p99_us / 1000
    result[f"admit_per_s_{name}"] = size / spent_s
    rows.append([size, "recall", ours.p50_us / 1000, ours.p99_us / 1000])
    if size == _CHROMADB_UP_TO:
        result["ram_bytes_per_engram"] = held_bytes / size
        result["admit_per_s"] = size / spent_s
        print(f"{held_bytes / size:,.0f} bytes of memory per engram, {size / spent_s:,.0f} admitted a second")
    for peer, opened in (ALL_PEERS if size <= _CHROMADB_UP_TO else EXACT_PEERS).items():
        _say(f"{size:,} engrams: {peer}")
        try:
            with opened(vectors) as search:
                theirs = _timed(search, list(asked))
        except PeerMissing as error:
            missing.append(str(error))
            continue
        rows.append([size, peer, theirs.p50_us / 1000, theirs.p99_us / 1000])
        result[f"{peer}.p50_ms_{name}"] = theirs.p50_us / 1000
        result[f"{peer}.p99_ms_{name}"] = theirs.p99_us / 1000
    return Measured(result, rows, missing)


def measure_embedding(result: dict[str, object]) -> list[str]:
    """What embedding a question alone takes, into `result`; what is missing to compare it with."""
    chatter = Chatter(seed=8)
    questions = [f"what about {chatter.text(7)}?" for _ in range(QUESTIONS)]
    embedder = StaticEmbedder()
    embed: dict[str, Callable[[str], object]] = {"static": lambda text: embedder.embed([text])}
    missing: list[str] = []
    try:
        embed["minilm"] = _embed_with_minilm()
    except PeerMissing as error:
        missing.append(str(error))
    rows: list[list[object]] = []
    for name, embed_one in embed.items():
        taken = _timed(embed_one, questions)
        result[f"embed.{name}_p50_us"] = taken.p50_us
        rows.append([name, taken.p50_us, taken.p99_us])
    print_table("Embedding a question, in microseconds", ["embedder", "p50", "p99"], rows)
    return missing


def _embed_with_minilm() -> Callable[[str], object]:
    folder = minilm_folder()
    from benchmarks._minilm import MiniLM  # torch is an extra: only who has it needs it

    transformer = MiniLM(folder)
    return lambda text: transformer.embed([text])


def _say(text: str) -> None:
    """Progress, beside the figures."""
    print(text, file=sys.stderr, flush=True)


def _timed(run: Callable[[Asked], object], asked: Sequence[Asked]) -> Percentiles:
    """Each question once, timed singly."""
    questions = iter(asked)
    return Percentiles.of_ns(time_singly(lambda: run(next(questions)), len(asked)))


def _unit(vectors: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> Vectors:
    floats = vectors.astype(np.float32)
    lengths = np.linalg.norm(floats, axis=1, keepdims=True)
    return np.ascontiguousarray(floats / np.maximum(lengths, 1e-9), dtype=np.float32)


def _short(size: int) -> str:
    return f"{size // 1_000_000}m" if size >= 1_000_000 else f"{size // 1000}k"


if __name__ == "__main__":
    main()
