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
    """What the network writes to each lesson, the likeliest token every time, at most `most` of them.

    The lesson's own reply is read along with its prompt: up to where the network would say something else
    that is one pass instead of one for every token, and mostly there is no more to it.
    """
    prompts = [
        [i for piece in TEMPLATE.pieces(lesson.prompt) for i in tokenizer.encode(piece)] for lesson in lessons
    ]
    drafts = [
        [*tokenizer.encode_content(lesson.reply), tokenizer.turn_end_id][
            : min(most, model.shape.context - len(prompt))
        ]
        for lesson, prompt in zip(lessons, prompts, strict=True)
    ]
    rows = [prompt[:] for prompt in prompts]
    choices = _likeliest(model, [prompt + draft for prompt, draft in zip(prompts, drafts, strict=True)])
    for row, draft, next_ones in zip(rows, drafts, choices, strict=True):
        for choice, drafted in zip(next_ones[len(row) - 1 :], draft, strict=False):
            row.append(choice)
            if choice != drafted:
                break

    def is_open(row: list[int], prompt: list[int]) -> bool:
        is_full = len(row) - len(prompt) >= most or len(row) >= model.shape.context
        return row[-1] != tokenizer.turn_end_id and not is_full

    while active := [row for row, prompt in zip(rows, prompts, strict=True) if is_open(row, prompt)]:
        for row, next_ones in zip(active, _likeliest(model, active), strict=True):
            row.append(next_ones[-1])
    return [tokenizer.decode(row[len(prompt) :]) for row, prompt in zip(rows, prompts, strict=True)]


def _likeliest(model: Seedling, rows: Sequence[list[int]]) -> list[list[int]]:
    """For each token of each row the likeliest one behind it."""
    length = max(map(len, rows))
    device = model.embedding.device
    tokens = torch.tensor([row + [0] * (length - len(row)) for row in rows], device=device)
    hidden = model(tokens, torch.arange(length, device=device).expand(len(rows), length))
    return [model.logits(own[: len(row)]).argmax(-1).tolist() for own, row in zip(hidden, rows, strict=True)]
