"""A quick look at a network in training: greedy answers to fresh lessons, in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch

from training.generator import make_lesson
from training.lesson import Difficulty, Lesson
from training.model import Seedling
from training.templates.facts import UNKNOWN_FRAMES
from training.tokenizer import TEMPLATE, PieceTokenizer

_NOT_KNOWN = tuple(frame.partition("{}")[0].strip() for frame in UNKNOWN_FRAMES)
"""How a reply begins that says so."""


@torch.no_grad()
def quick_check(model: Seedling, tokenizer: PieceTokenizer, seed: int, per_skill: int) -> dict[str, float]:
    """Greedy answers to fresh lessons; the share whose reply holds the value (or is the right kind)."""
    random = Random(seed)
    wanted = {
        "recall_5": 5,
        "recall_20": 20,
        "update": 12,
        "in_context": 6,
        "not_knowing": 8,
        "noting": 6,
        "identity": 4,
    }
    scores: dict[str, float] = {}
    for skill, memories in wanted.items():
        lessons: list[Lesson] = []
        while len(lessons) < per_skill:
            lesson = make_lesson(random, Difficulty(most_memories=memories))
            if lesson.skill != skill.split("_")[0] and lesson.skill != skill:
                continue
            count = lesson.prompt.late().count("\n- ")
            if skill.startswith("recall") and count != memories:
                continue
            if (lesson.value == "") != (skill == "not_knowing"):
                continue
            lessons.append(lesson)
        replies = greedy(model, tokenizer, lessons)
        right = [
            reply.startswith(_NOT_KNOWN)
            if skill == "not_knowing"
            else lesson.value.casefold() in reply.casefold()
            for lesson, reply in zip(lessons, replies, strict=True)
        ]
        scores[skill] = round(sum(right) / per_skill, 2)
    return scores


@torch.no_grad()
def greedy(
    model: Seedling, tokenizer: PieceTokenizer, lessons: Sequence[Lesson], most: int = 28
) -> list[str]:
    rows = [
        [i for piece in TEMPLATE.pieces(lesson.prompt) for i in tokenizer.encode(piece)] for lesson in lessons
    ]
    starts = [len(row) for row in rows]
    open_rows = set(range(len(rows)))
    for _ in range(most):
        active = sorted(open_rows)
        length = max(len(rows[row]) for row in active)
        tokens = torch.zeros(len(active), length, dtype=torch.long)
        for place, row in enumerate(active):
            tokens[place, : len(rows[row])] = torch.tensor(rows[row])
        hidden = model(tokens, torch.arange(length).expand(len(active), length))
        last = hidden[torch.arange(len(active)), torch.tensor([len(rows[row]) - 1 for row in active])]
        for row, choice in zip(active, model.logits(last).argmax(-1).tolist(), strict=True):
            rows[row].append(choice)
            if choice == tokenizer.turn_end_id or len(rows[row]) >= model.shape.context:
                open_rows.discard(row)
        if not open_rows:
            break
    return [tokenizer.decode(row[start:]) for row, start in zip(rows, starts, strict=True)]
