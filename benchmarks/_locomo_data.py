"""LoCoMo (Maharana et al. 2024) as the benchmarks read it. The data is not part of this project.

Evidence is a list of turn ids; some entries hold several, some are malformed: they are read by pattern, and
ids that no turn has are dropped.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TURN_ID = re.compile(r"D(\d+):(\d+)")
_SECONDS_PER_TURN = 30.0


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One turn; an image is told by its caption. `at_s` in seconds since the epoch."""

    turn_id: str
    speaker: str
    text: str
    at_s: float


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """A question and the turns that hold its evidence; categories 1 to 5 as in the paper."""

    text: str
    category: int
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One sample: two speakers over many sessions. `speaker_a` is taken as the user, `speaker_b` as the
    persona."""

    name: str
    speaker_a: str
    speaker_b: str
    turns: tuple[ChatTurn, ...]
    questions: tuple[EvidenceQuestion, ...]


BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data" / "locomo_dev.json"


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """`--data`, the file to read; without it one beside the checkout is looked for."""
    parser.add_argument(
        "--data",
        type=Path,
        default=BESIDE_THE_CHECKOUT,
        help="a LoCoMo file (default: shared/data/locomo_dev.json beside the checkout)",
    )


def read_conversations(path: Path) -> list[Conversation]:
    """All samples of a LoCoMo file. Ends the program in words where there is none."""
    if not path.is_file():
        raise SystemExit(
            f"no LoCoMo file at {path}: it is not part of this project (CC BY-NC 4.0); get it from"
            " https://github.com/snap-research/locomo and name it with --data"
        )
    return [_conversation(sample) for sample in json.loads(path.read_text(encoding="utf-8"))]


def _conversation(sample: dict[str, Any]) -> Conversation:
    talk = sample["conversation"]
    sessions = sorted(int(key[8:]) for key in talk if re.fullmatch(r"session_\d+", key))
    turns = []
    for session in sessions:
        started_s = _seconds(talk[f"session_{session}_date_time"])
        for number, turn in enumerate(talk[f"session_{session}"]):
            caption = turn.get("blip_caption")
            text = f"{turn['text']} [shows {caption}]" if caption else turn["text"]
            turns.append(
                ChatTurn(turn["dia_id"], turn["speaker"], text, started_s + number * _SECONDS_PER_TURN)
            )
    known = {turn.turn_id for turn in turns}
    questions = []
    for question in sample["qa"]:
        found = _TURN_ID.findall(" ".join(map(str, question.get("evidence") or [])))
        evidence = frozenset(f"D{int(session)}:{int(turn)}" for session, turn in found) & known
        if evidence:
            questions.append(EvidenceQuestion(question["question"], question["category"], evidence))
    return Conversation(
        sample["sample_id"], talk["speaker_a"], talk["speaker_b"], tuple(turns), tuple(questions)
    )


def _seconds(text: str) -> float:
    """`1:56 pm on 8 May, 2023` in seconds since the epoch, UTC."""
    moment = datetime.datetime.strptime(text, "%I:%M %p on %d %B, %Y")
    return moment.replace(tzinfo=datetime.UTC).timestamp()
