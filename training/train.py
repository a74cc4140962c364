"""Train the seedling from scratch: `python -m training.train --help`.

Each process makes up conversations and trains on them; all together descend the mean of their gradients. The
first writes a checkpoint every few minutes and asks the model a few questions every hour. Asked to end
(SIGTERM, Ctrl+C) it writes a checkpoint first; in any case it goes on from the last one. The learning rate
stays flat for a quarter of the token budget, is halved, and falls to zero over the rest; `--tokens` may be
changed between runs, and `--hours` brings it to zero within that time, so that a run can be brought to its
end early. At the end the model is converted to GGUF and checked through llama.cpp.

Replies carry the loss. A little of it also falls on a sample of all other tokens, some heads are told where
to look (training/grounding.py), and the middle of the network what kind of fact it reads (training/kinds.py).
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from substrate.errors import SubstrateError
from substrate.models import EMBEDDED_MODEL
from training.batches import Batch, make_batches
from training.check import quick_check
from training.convert import ConversionError, Converted, Trained, convert, read_gguf
from training.generator import make_lesson
from training.grounding import Head, attention_loss
from training.kinds import KINDS, KindReader
from training.lesson import Difficulty
from training.model import IGNORED, ModelShape, Seedling
from training.optimiser import Optimiser
from training.together import Together, run_together
from training.tokenizer import TEMPLATE, PieceTokenizer, train_tokenizer

RUNS = Path(__file__).parent / "runs"
REPLY_WEIGHT, REST_WEIGHT = 1.0, 0.15
FINDING_WEIGHT, COPYING_WEIGHT, OWNING_WEIGHT, VALUING_WEIGHT, KIND_WEIGHT = 0.3, 0.1, 0.2, 0.2, 0.3
SHOWN_EVERY_S, CHECKED_EVERY_S = 20.0, 3600.0


class TrainingError(SubstrateError):
    """A run cannot begin or go on."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Which heads are told where to look, and after which block the kind of a fact is read."""

    owning: tuple[Head, ...] = ((3, 3), (3, 5))
    valuing: tuple[Head, ...] = ((3, 0), (3, 1))
    kind_layer: int = 3
    finding: tuple[Head, ...] = ((5, 1), (5, 3), (6, 3))
    copying: tuple[Head, ...] = ((6, 1), (6, 5), (7, 0), (7, 4))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained, how and on what, the seed included; how many processes there are decides it too."""

    seed: int = 2026
    tokens: int = 64_000_000
    batch_tokens: int = 4608
    matrix_rate: float = 3e-3
    other_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup_steps: int = 100
    decay_share: float = 0.75
    falls_from: float = 0.5
    """Share of the full rate at which it begins to fall: at its height, the steps are too large for what a
    batch says once the easy part is learned."""
    short_tokens: int = 10_000_000
    """Until here a late block holds at most 6 memories: most replies per token, copying is learned first."""
    ramp_tokens: int = 4_000_000
    """Over these tokens it then grows to 20."""
    taught: Taught = Taught()

    def rate_factor(self, step: int, tokens_seen: int, time_left: float) -> float:
        """`time_left`: share of the time budget that is left, 1 when there is none."""
        left = max(0.0, 1.0 - tokens_seen / self.tokens) / self.decay_share
        height = 1.0 if left > 1.0 else self.falls_from
        return min(height, (step + 1) / self.warmup_steps, height * max(min(left, time_left), 0.02))

    def difficulty(self, tokens_seen: int, time_left: float) -> Difficulty:
        ramp = min(1.0, max(0, tokens_seen - self.short_tokens) / self.ramp_tokens)
        is_late = tokens_seen > 0.9 * self.tokens or time_left < 0.3
        return Difficulty(
            most_memories=6 + round(14 * ramp),
            most_exchanges=8,
            long_share=0.12 if is_late else 0.02 * (ramp == 1.0),
            interview_share=0.4 if is_late else 0.5,
        )


def fastest_precision(device: str = "cpu") -> str:
    """bfloat16 where the device multiplies in it; elsewhere it is emulated, on a processor at a tenth of the
    speed."""
    if device == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_bfloat16 = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return "bfloat16" if has_bfloat16 else "float32"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where the run lives and what it may use."""

    run: Path
    device: str = "cpu"
    """Where the network is: `cpu` or `cuda`. Lessons are made on the processor in any case."""
    threads: int = 1
    precision: str = field(default_factory=fastest_precision)
    compiled: bool = True
    """Compile the blocks: a third faster, after half a minute."""
    checkpoint_s: float = 180.0
    hours: float | None = None
    """Time budget of this start; without one the token budget alone ends the run."""
    tokenizer_lessons: int = 6000
    start_from: Path | None = None
    """A seedling's GGUF: a new run begins with its tokenizer and weights, instead of from nothing."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Of one batch, in nats: per token of the replies and of the rest, per look of the heads, per fact."""

    reply: Tensor
    rest: Tensor
    finding: Tensor
    copying: Tensor
    owning: Tensor
    valuing: Tensor
    kind: Tensor

    @property
    def total(self) -> Tensor:
        """What is descended."""
        return (
            REPLY_WEIGHT * self.reply
            + REST_WEIGHT * self.rest
            + FINDING_WEIGHT * self.finding
            + COPYING_WEIGHT * self.copying
            + OWNING_WEIGHT * self.owning
            + VALUING_WEIGHT * self.valuing
            + KIND_WEIGHT * self.kind
        )

    def shown(self) -> dict[str, float]:
        names = ("reply", "finding", "copying", "owning", "valuing", "kind")
        return {name: getattr(self, name).item() for name in names}


def batch_losses(model: Seedling, reader: KindReader, batch: Batch, plan: Plan) -> Losses:
    hidden, traces = model.trace(batch.tokens, batch.positions)
    flat_hidden = hidden.flatten(0, 1)

    def mean_loss(labels: Tensor, weights: Tensor | None = None) -> Tensor:
        flat = labels.flatten()
        at = (flat != IGNORED).nonzero().squeeze(1)
        losses = functional.cross_entropy(model.logits(flat_hidden[at]), flat[at], reduction="none")
        if weights is None:
            return losses.mean()
        of_labels = weights.flatten()[at]
        return (losses * of_labels).sum() / of_labels.sum()

    return Losses(
        mean_loss(batch.reply_labels, batch.reply_weights),
        mean_loss(batch.rest_labels),
        attention_loss(traces, plan.taught.finding, batch.finding),
        attention_loss(traces, plan.taught.copying, batch.copying),
        attention_loss(traces, plan.taught.owning, batch.owning),
        attention_loss(traces, plan.taught.valuing, batch.valuing),
        reader.loss(traces[plan.taught.kind_layer].hidden, batch.kinds),
    )


def prepare_tokenizer(path: Path, vocabulary: int, seed: int, lessons: int = 6000) -> PieceTokenizer:
    """Load the run's tokenizer, or learn it from made-up conversations first."""
    if not path.exists():
        random = Random(seed)
        texts: list[str] = []
        for _ in range(lessons):
            lesson = make_lesson(random, Difficulty(most_memories=6))
            texts += [piece.text for piece in TEMPLATE.pieces(lesson.prompt) if not piece.is_frame]
            texts.append(lesson.reply)
        train_tokenizer(texts, vocabulary).save(str(path))
    return PieceTokenizer.load(path)


def load_checkpoint(path: Path, shape: ModelShape) -> dict[str, Any]:
    """Raises TrainingError when it is of a network of another shape, or of other kinds of facts."""
    saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    for what, now in (("shape", shape.as_dict()), ("kinds", list(KINDS))):
        if saved.get(what) != now:
            raise TrainingError(
                f"{path} is of a network of another {what}: {saved.get(what)}",
                "give another folder with --run",
            )
    return saved


def load_gguf(path: Path, shape: ModelShape) -> Converted:
    """A seedling's GGUF to go on from.

    Raises TrainingError when it is of a network of another shape, ConversionError when it is no seedling's.
    """
    started = read_gguf(path)
    if started.model.shape != shape:
        raise TrainingError(f"{path} is of a network of another shape: {started.model.shape}")
    return started


class _Progress:
    """Losses since they were last shown, and the speed since the start."""

    def __init__(self, tokens_seen: int) -> None:
        self.shown = self._started = time.monotonic()
        self._tokens_at_start = tokens_seen
        self._losses: list[dict[str, float]] = []

    def add(self, losses: dict[str, float]) -> None:
        self._losses.append(losses)

    def entry(self, step: int, tokens_seen: int, tokens_planned: int) -> dict[str, object]:
        self.shown = time.monotonic()
        rate = (tokens_seen - self._tokens_at_start) / (self.shown - self._started)
        losses = {
            f"{name}_loss": round(sum(loss[name] for loss in self._losses) / len(self._losses), 4)
            for name in self._losses[0]
        }
        self._losses.clear()
        return {
            "step": step,
            "tokens": tokens_seen,
            **losses,
            "tokens_per_s": round(rate),
            "hours_left": round((tokens_planned - tokens_seen) / rate / 3600, 2),
        }


class Trainer:
    """A network, its optimiser, and how far they have come."""

    def __init__(self, plan: Plan, shape: ModelShape, around: Circumstances, peers: Together) -> None:
        torch.set_num_threads(around.threads)
        around.run.mkdir(parents=True, exist_ok=True)
        self._plan, self._shape, self._around, self._peers = plan, shape, around, peers
        self._checkpoint = around.run / "checkpoint.pt"
        self.tokenizer = prepare_tokenizer(
            around.run / "tokenizer.json", shape.vocabulary, plan.seed, around.tokenizer_lessons
        )
        torch.manual_seed(plan.seed)
        # Made on the processor, so that a seed means the same weights everywhere.
        self.model = Seedling(shape).to(around.device)
        self.model.compute_dtype = torch.bfloat16 if around.precision == "bfloat16" else torch.float32
        self.reader = KindReader(shape.width).to(around.device)
        self._optimiser = Optimiser(
            self.model,
            [self.reader.weight],
            matrix_rate=plan.matrix_rate,
            other_rate=plan.other_rate,
            weight_decay=plan.weight_decay,
            peers=peers,
        )
        self.step = self.tokens_seen = self._pools = 0
        self._parameters = [*self.model.parameters(), self.reader.weight]
        self._is_asked_to_stop = self._is_ending = False
        self.time_left = 1.0
        """Share of the time budget that is left; 1 without a budget."""
        self._started = time.monotonic()
        if self._checkpoint.exists():
            self._resume()
        elif around.start_from:
            self._begin_from(around.start_from)
        if around.compiled:
            for block in self.model.blocks:
                block.compile(dynamic=True)

    def _resume(self) -> None:
        saved = load_checkpoint(self._checkpoint, self._shape)
        self.model.load_state_dict(saved["model"])
        self.reader.load_state_dict(saved["reader"])
        self._optimiser.load(saved["optimiser"])
        self.step, self.tokens_seen, self._pools = saved["step"], saved["tokens_seen"], saved["pools"]

    def _begin_from(self, path: Path) -> None:
        started = load_gguf(path, self._shape)
        self.model.load_state_dict(started.model.state_dict())
        self.tokens_seen = started.tokens_seen
        # Its pools were drawn when it was trained: others now, by a number that no run comes to.
        self._pools = self.tokens_seen

    def save(self) -> None:
        """Write the checkpoint; whoever is interrupted here keeps the one before."""
        state = {
            "model": self.model.state_dict(),
            "reader": self.reader.state_dict(),
            "optimiser": self._optimiser.state(),
            "step": self.step,
            "tokens_seen": self.tokens_seen,
            "pools": self._pools,
            "shape": self._shape.as_dict(),
            "kinds": list(KINDS),
        }
        unfinished = self._checkpoint.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(self._checkpoint)

    def _batches(self) -> Iterator[Batch]:
        """Without end: pool after pool, other lessons in every process.

        A run that goes on begins with the pool that the first process was at.
        """
        while True:
            seed = f"{self._plan.seed} {self._pools}" + f" {self._peers.rank}" * bool(self._peers.rank)
            torch.manual_seed(self._plan.seed + self._pools)
            difficulty = self._plan.difficulty(self.tokens_seen, self.time_left)
            yield from make_batches(
                Random(seed), self.tokenizer, difficulty, self._plan.batch_tokens, self._shape.context
            )
            self._pools += 1

    def train_batch(self, batch: Batch) -> dict[str, float]:
        """One step, together with all processes; returns the losses in nats."""
        losses = batch_losses(self.model, self.reader, batch.to(self._around.device), self._plan)
        losses.total.backward()
        tokens, stopping, self.time_left = self._peers.average(
            self._parameters, (batch.tokens.numel(), self._is_asked_to_stop, self._own_time_left())
        )
        self._is_ending = stopping > 0
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step(self._plan.rate_factor(self.step, self.tokens_seen, self.time_left))
        self.step += 1
        self.tokens_seen += round(tokens * self._peers.size)
        return losses.shown()

    def _own_time_left(self) -> float:
        """Share of the time budget that is left; 1 without a budget."""
        if self._around.hours is None:
            return 1.0
        return max(0.0, 1.0 - (time.monotonic() - self._started) / 3600 / self._around.hours)

    def stop(self) -> None:
        """Let `run` end after the step that it is at; safe in a signal handler."""
        self._is_asked_to_stop = True

    def run(self) -> bool:
        """Train; rank 0 shows progress on standard output and in `log.jsonl` and writes checkpoints.

        True when a budget is used up.
        """
        plan, around = self._plan, self._around
        is_first = self._peers.rank == 0
        if is_first:
            size = self.model.parameter_count() / 1e6
            print(f"{size:.2f}M parameters, {plan.tokens / 1e6:.0f}M tokens, run in {around.run}", flush=True)
            if self.step:
                print(f"resumed at step {self.step}, {self.tokens_seen / 1e6:.2f}M tokens", flush=True)
        saved = checked = time.monotonic()
        progress = _Progress(self.tokens_seen)
        for batch in self._batches():
            if self._is_ending or self._is_complete:
                break
            progress.add(self.train_batch(batch))
            now = time.monotonic()
            if is_first and now - progress.shown > SHOWN_EVERY_S:
                entry = progress.entry(self.step, self.tokens_seen, plan.tokens)
                entry["memories"] = plan.difficulty(self.tokens_seen, self.time_left).most_memories
                if now - checked > CHECKED_EVERY_S:
                    entry["check"] = quick_check(self.model, self.tokenizer, plan.seed + 1, 24)
                    checked = time.monotonic()
                print(json.dumps(entry), flush=True)
                with (around.run / "log.jsonl").open("a") as log:
                    print(json.dumps(entry), file=log)
            if is_first and now - saved > around.checkpoint_s:
                self.save()
                saved = now
        if is_first:
            self.save()
        return self._is_complete

    @property
    def _is_complete(self) -> bool:
        return self.tokens_seen >= self._plan.tokens or not self.time_left


def main(arguments: Sequence[str] | None = None) -> None:
    plan = Plan()
    around = Circumstances(RUNS / "seedling")
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--run", type=Path, default=around.run, help="folder of checkpoints and log")
    parser.add_argument(
        "--tokens", type=float, default=plan.tokens, help="token budget (default %(default).3g)"
    )
    parser.add_argument("--seed", type=int, default=plan.seed)
    parser.add_argument(
        "--device",
        choices=("cpu", "cuda"),
        default=around.device,
        help="where the network is trained (default %(default)s)",
    )
    parser.add_argument(
        "--processes",
        type=int,
        choices=range(1, 65),
        metavar="N",
        help="one per core is fastest (default 2; a GPU is trained on by one)",
    )
    parser.add_argument("--threads", type=int, default=around.threads, help="of each process")
    parser.add_argument(
        "--precision",
        choices=("bfloat16", "float32"),
        help="of the matrix products; bfloat16 is faster where the device has instructions for it, and "
        f"far slower elsewhere (default: what is faster; on this processor {around.precision})",
    )
    parser.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        default=around.compiled,
        help="compile the network: a third faster, after half a minute; needs a C++ compiler",
    )
    parser.add_argument("--checkpoint-s", type=float, default=around.checkpoint_s, help="seconds between")
    parser.add_argument(
        "--hours", type=float, default=around.hours, help="end after so many, the rate at zero"
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=1.0,
        help="share of the full learning rate, to go on after it has fallen (default %(default)s)",
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="GGUF",
        help="begin a new run with the weights of a seedling, the optimiser new; give --tokens beyond "
        "what it has seen, and a low --rate",
    )
    parser.add_argument("--out", type=Path, default=EMBEDDED_MODEL, help="GGUF to write at the end")
    options = parser.parse_args(arguments)
    if options.device == "cuda":
        if not torch.cuda.is_available():
            parser.error("--device cuda: torch finds no GPU here; leave it out to train on the processor")
        if (options.processes or 1) > 1:
            parser.error("--processes: a GPU is trained on by one process; leave it out")
    plan = replace(
        plan,
        seed=options.seed,
        tokens=int(options.tokens),
        matrix_rate=plan.matrix_rate * options.rate,
        other_rate=plan.other_rate * options.rate,
    )
    around = replace(
        around,
        run=options.run,
        device=options.device,
        threads=options.threads,
        precision=options.precision or fastest_precision(options.device),
        compiled=options.compile,
        checkpoint_s=options.checkpoint_s,
        hours=options.hours,
        start_from=options.start_from,
    )
    # Until there is something to save, being asked to end is an ordinary end.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        prepare_run(around, ModelShape(), plan.seed)
        processes = options.processes or (2 if options.device == "cpu" else 1)
        run_together(processes, partial(_train, plan, around, options.out))
    except (TrainingError, ConversionError) as error:
        sys.exit(f"training.train: {error}")


def prepare_run(around: Circumstances, shape: ModelShape, seed: int) -> None:
    """What one process alone shall do and find out, before the others begin."""
    around.run.mkdir(parents=True, exist_ok=True)
    tokenizer = around.run / "tokenizer.json"
    if (around.run / "checkpoint.pt").exists():
        load_checkpoint(around.run / "checkpoint.pt", shape)
    elif around.start_from:
        load_gguf(around.start_from, shape).tokenizer.save(str(tokenizer))
    prepare_tokenizer(tokenizer, shape.vocabulary, seed, around.tokenizer_lessons)


def _train(plan: Plan, around: Circumstances, out: Path, peers: Together) -> None:
    if peers.rank:
        # The first process is asked to end; the others end with the step at which it does.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    trainer = Trainer(plan, ModelShape(), around, peers)
    if not peers.rank:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: trainer.stop())
    if trainer.run() and peers.rank == 0:
        print(convert(Trained.load(around.run), out, exam=None))


if __name__ == "__main__":
    main()
