"""Train the seedling from scratch: `python -m training.train --help`.

One process makes up the conversations, trains on them, writes a checkpoint every few minutes and asks the
model a few questions every hour. Asked to end (SIGTERM, Ctrl+C) it writes a checkpoint first; in any case it
goes on from the last one. The learning rate stays flat and falls to zero over the last part of the token
budget; `--tokens` may be changed between runs, and `--hours` brings it to zero within that time, so that a
run can be brought to its end early. At the end the model is converted to GGUF and checked through llama.cpp.

Replies carry the loss. A little of it also falls on a sample of all other tokens: predicting a name that is
said a second time is what builds the heads that copy.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn import functional

from substrate.models import EMBEDDED_MODEL
from training.batches import Batch, make_batches
from training.check import quick_check
from training.convert import Trained, convert
from training.generator import make_lesson
from training.lesson import Difficulty
from training.model import IGNORED, ModelShape, Seedling
from training.optimiser import Optimiser
from training.tokenizer import TEMPLATE, PieceTokenizer, train_tokenizer

RUNS = Path(__file__).parent / "runs"
REPLY_WEIGHT, REST_WEIGHT = 1.0, 0.15
SHOWN_EVERY_S, CHECKED_EVERY_S = 20.0, 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the outcome, the seed included."""

    seed: int = 2026
    tokens: int = 80_000_000
    batch_tokens: int = 4608
    matrix_rate: float = 3e-3
    other_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup_steps: int = 100
    decay_share: float = 0.2
    short_tokens: int = 10_000_000
    """Until here a late block holds at most 6 memories: most replies per token, copying is learned first."""
    ramp_tokens: int = 4_000_000
    """Over these tokens it then grows to 20."""

    def rate_factor(self, step: int, tokens_seen: int, time_left: float) -> float:
        """`time_left`: share of the time budget that is left, 1 when there is none."""
        left = max(0.0, 1.0 - tokens_seen / self.tokens) / self.decay_share
        return min(1.0, (step + 1) / self.warmup_steps, max(min(left, time_left), 0.02))

    def difficulty(self, tokens_seen: int, time_left: float) -> Difficulty:
        ramp = min(1.0, max(0, tokens_seen - self.short_tokens) / self.ramp_tokens)
        is_late = tokens_seen > 0.9 * self.tokens or time_left < 0.3
        return Difficulty(
            most_memories=6 + round(14 * ramp),
            most_exchanges=8,
            long_share=0.12 if is_late else 0.02 * (ramp == 1.0),
            interview_share=0.3 if is_late else 0.6,
        )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What does not change the outcome: where the run lives and what it may use."""

    run: Path
    threads: int = 2
    precision: str = "bfloat16"
    compiled: bool = True
    """Compile the blocks: a third faster, after half a minute."""
    checkpoint_s: float = 180.0
    hours: float | None = None
    """Time budget of this start; without one the token budget alone ends the run."""
    tokenizer_lessons: int = 6000


def batch_loss(model: Seedling, batch: Batch) -> tuple[Tensor, float]:
    """The loss to descend, and the loss on replies alone (nats per token)."""
    hidden = model(batch.tokens, batch.positions).flatten(0, 1)

    def mean_loss(labels: Tensor) -> Tensor:
        flat = labels.flatten()
        at = (flat != IGNORED).nonzero().squeeze(1)
        return functional.cross_entropy(model.logits(hidden[at]), flat[at])

    reply, rest = mean_loss(batch.reply_labels), mean_loss(batch.rest_labels)
    return REPLY_WEIGHT * reply + REST_WEIGHT * rest, reply.item()


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


class Trainer:
    """A network, its optimiser, and how far they have come."""

    def __init__(self, plan: Plan, shape: ModelShape, around: Circumstances) -> None:
        torch.set_num_threads(around.threads)
        around.run.mkdir(parents=True, exist_ok=True)
        self._plan, self._shape, self._around = plan, shape, around
        self._checkpoint = around.run / "checkpoint.pt"
        self.tokenizer = prepare_tokenizer(
            around.run / "tokenizer.json", shape.vocabulary, plan.seed, around.tokenizer_lessons
        )
        torch.manual_seed(plan.seed)
        self.model = Seedling(shape)
        self.model.compute_dtype = torch.bfloat16 if around.precision == "bfloat16" else torch.float32
        self._optimiser = Optimiser(
            self.model,
            matrix_rate=plan.matrix_rate,
            other_rate=plan.other_rate,
            weight_decay=plan.weight_decay,
        )
        self.step = self.tokens_seen = self._pools = 0
        self._is_stopping = False
        self._started = time.monotonic()
        if self._checkpoint.exists():
            self._resume()
        if around.compiled:
            for block in self.model.blocks:
                block.compile(dynamic=True)

    def _resume(self) -> None:
        saved = torch.load(self._checkpoint, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self._optimiser.load(saved["optimiser"])
        self.step, self.tokens_seen, self._pools = saved["step"], saved["tokens_seen"], saved["pools"]

    def save(self) -> None:
        """Write the checkpoint; whoever is interrupted here keeps the one before."""
        state = {
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state(),
            "step": self.step,
            "tokens_seen": self.tokens_seen,
            "pools": self._pools,
            "shape": self._shape.as_dict(),
        }
        partial = self._checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._checkpoint)

    def train_pool(self) -> list[float]:
        """Train on one pool of lessons; returns the loss on replies of each step."""
        plan = self._plan
        random = Random(f"{plan.seed} {self._pools}")
        torch.manual_seed(plan.seed + self._pools)
        losses: list[float] = []
        difficulty = plan.difficulty(self.tokens_seen, self.time_left)
        for batch in make_batches(random, self.tokenizer, difficulty, plan.batch_tokens, self._shape.context):
            loss, reply_loss = batch_loss(self.model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self._optimiser.step(plan.rate_factor(self.step, self.tokens_seen, self.time_left))
            self.step += 1
            self.tokens_seen += batch.tokens.numel()
            losses.append(reply_loss)
            if self._is_stopping or not self.time_left:
                break
        self._pools += 1
        return losses

    @property
    def time_left(self) -> float:
        """Share of the time budget that is left; 1 without a budget."""
        if self._around.hours is None:
            return 1.0
        return max(0.0, 1.0 - (time.monotonic() - self._started) / 3600 / self._around.hours)

    def stop(self) -> None:
        """Let `run` end after the step that it is at; safe in a signal handler."""
        self._is_stopping = True

    def run(self) -> bool:
        """Train, with progress on standard output and in `log.jsonl`; True when a budget is used up."""
        plan, around = self._plan, self._around
        size = self.model.parameter_count() / 1e6
        print(f"{size:.2f}M parameters, {plan.tokens / 1e6:.0f}M tokens, run in {around.run}", flush=True)
        if self.step:
            print(f"resumed at step {self.step}, {self.tokens_seen / 1e6:.2f}M tokens", flush=True)
        started = saved = checked = shown = time.monotonic()
        tokens_at_start = self.tokens_seen
        losses: list[float] = []
        with (around.run / "log.jsonl").open("a") as log:
            while not self._is_stopping and not self._is_complete:
                losses += self.train_pool()
                now = time.monotonic()
                if now - shown > SHOWN_EVERY_S:
                    rate = (self.tokens_seen - tokens_at_start) / (now - started)
                    entry: dict[str, object] = {
                        "step": self.step,
                        "tokens": self.tokens_seen,
                        "reply_loss": round(sum(losses) / len(losses), 4),
                        "tokens_per_s": round(rate),
                        "hours_left": round((plan.tokens - self.tokens_seen) / rate / 3600, 2),
                        "memories": plan.difficulty(self.tokens_seen, self.time_left).most_memories,
                    }
                    if now - checked > CHECKED_EVERY_S:
                        entry["check"] = quick_check(self.model, self.tokenizer, plan.seed + 1, 24)
                        checked = time.monotonic()
                    print(json.dumps(entry), flush=True)
                    print(json.dumps(entry), file=log, flush=True)
                    losses.clear()
                    shown = now
                if now - saved > around.checkpoint_s:
                    self.save()
                    saved = now
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
    parser.add_argument("--threads", type=int, default=around.threads)
    parser.add_argument(
        "--precision",
        choices=("bfloat16", "float32"),
        default=around.precision,
        help="of the matrix products; bfloat16 is faster where the processor has instructions for it",
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
    parser.add_argument("--out", type=Path, default=EMBEDDED_MODEL, help="GGUF to write at the end")
    options = parser.parse_args(arguments)
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
        threads=options.threads,
        precision=options.precision,
        checkpoint_s=options.checkpoint_s,
        hours=options.hours,
    )
    trainer = Trainer(plan, ModelShape(), around)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: trainer.stop())
    if trainer.run():
        print(convert(Trained.load(options.run), options.out, exam=None))


if __name__ == "__main__":
    main()
