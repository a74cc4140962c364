"""The exam's questions put to the real program: what is lost between them is lost by memory.

Each question gets a persona of its own with two rooms that only it hears, so that some are played side by
side in one program: the facts are told in the first room, line by line, each answered as it comes; thirty
lines of chatter follow in the second; the program is ended and booted again; the question is asked in the
second room. What the persona answered meanwhile, wrong or right, is part of its memory by then.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._instance import RunningInstance, running_instance
from benchmarks.exam_questions.grading import MOST_TOKENS, Reply
from benchmarks.exam_questions.questions import Question, Script

THROUGH_PROGRAM_SKILLS = ("recall_20", "update", "who", "not_knowing", "noting")
MOST_AT_ONCE = 4
"""Questions in one program. Each brings a persona, and attention reads the cells of all, which is most of the
work of a model as small as the embedded one: a dozen at once took nine minutes."""
_LOOKED_WITHIN_S = 5.0
"""What memory gets between typing and sending."""


@dataclass(frozen=True, slots=True)
class Played:
    """A question as the program answered it."""

    question: Question
    reply: Reply
    shown: bool
    """Whether everything the right answer needs stood in the memories that its prompt showed."""


def play(
    questions: Sequence[Question], options: Sequence[str], progress: Callable[[str], None]
) -> list[Played]:
    """Play all of `questions`, which have scripts; `options` are the program's. Order is not kept."""
    played: list[Played] = []
    for batch in batches_of(questions):
        with tempfile.TemporaryDirectory() as folder:
            played += _play_batch(batch, Path(folder), options)
        progress(f"through the program: {len(played)} of {len(questions)}")
    return played


def batches_of(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Groups in which no persona's name occurs twice."""
    waiting = list(questions)
    while waiting:
        batch: dict[str, Question] = {}
        for question in waiting:
            name = _script(question).persona
            if name not in batch and len(batch) < MOST_AT_ONCE:
                batch[name] = question
        yield list(batch.values())
        waiting = [question for question in waiting if question not in batch.values()]


def _script(question: Question) -> Script:
    if question.script is None:
        raise ValueError(f"questions of {question.skill} are not played through the program")
    return question.script


def _play_batch(batch: Sequence[Question], folder: Path, options: Sequence[str]) -> list[Played]:
    personas = folder / "personas.toml"
    personas.write_text("".join(_persona_entry(_script(question)) for question in batch))
    arguments = [*options, "--personas", str(personas)]
    scripts = [_script(question) for question in batch]
    with running_instance(folder / "home", arguments) as instance:
        rooms = [_Room(script, _told_in(script)) for script in scripts]
        _say_side_by_side(instance, rooms, [script.told for script in scripts])
        rooms = [_Room(script, _asked_in(script)) for script in scripts]
        chatter = [tuple((script.asker, line) for line in script.chatter) for script in scripts]
        _say_side_by_side(instance, rooms, chatter)
    with running_instance(folder / "home", arguments) as instance:
        return [_ask(instance, question) for question in batch]


def _persona_entry(script: Script) -> str:
    rooms = json.dumps([_told_in(script), _asked_in(script)])
    return (
        f"[[persona]]\nname = {json.dumps(script.persona)}\nrole = {json.dumps(script.role)}\n"
        f"channels = {rooms}\n\n"
    )


def _told_in(script: Script) -> str:
    return f"general-{script.persona.lower()}"


def _asked_in(script: Script) -> str:
    return f"work-{script.persona.lower()}"


@dataclass(frozen=True, slots=True)
class _Room:
    script: Script
    channel: str

    def message(self, speaker: str, text: str, number: int) -> dict[str, object]:
        message_id = f"{self.channel} {number}"
        return {
            "type": "message",
            "channel": self.channel,
            "sender": speaker,
            "text": text,
            "id": message_id,
        }


def _say_side_by_side(
    instance: RunningInstance, rooms: Sequence[_Room], lines: Sequence[Sequence[tuple[str, str]]]
) -> None:
    """Every room's next line at once, and the next ones when all are answered."""
    for number in range(max(map(len, lines))):
        messages = [
            room.message(*said[number], number)
            for room, said in zip(rooms, lines, strict=True)
            if number < len(said)
        ]
        instance.send(*messages)
        _outcomes(instance, {str(message["id"]) for message in messages})


def _outcomes(instance: RunningInstance, awaited: set[str]) -> list[dict[str, object]]:
    """What became of these messages, one outcome each."""
    outcomes: list[dict[str, object]] = []
    for line in instance.lines():
        if line["type"] in ("reply", "silence", "error") and line.get("in_reply_to") in awaited:
            awaited.discard(line["in_reply_to"])
            outcomes.append(line)
        if not awaited:
            return outcomes
    raise RuntimeError(f"the program ended before it answered {sorted(awaited)}")


def _ask(instance: RunningInstance, question: Question) -> Played:
    script = _script(question)
    room = _Room(script, _asked_in(script))
    before = _looked(instance)
    instance.send({"type": "typing", "channel": room.channel, "sender": script.asker, "text": script.message})
    deadline_s = time.monotonic() + _LOOKED_WITHIN_S
    while _looked(instance) == before and time.monotonic() < deadline_s:
        pass  # each look is a command and its answer, so this does not spin
    instance.send(room.message(script.asker, script.message, len(script.chatter)))
    (line,) = _outcomes(instance, {f"{room.channel} {len(script.chatter)}"})
    text = str(line.get("text", ""))
    latency = line.get("latency")
    written = int(latency.get("written_tokens") or 0) if isinstance(latency, dict) else 0
    memories = line.get("memories")
    read = " ".join(str(memory["text"]) for memory in memories) if isinstance(memories, list) else ""
    return Played(
        question,
        Reply(text.encode(), written, line["type"] == "reply" and written <= MOST_TOKENS),
        all(value in read for value in question.wanted),
    )


def _looked(instance: RunningInstance) -> int:
    """How often memory has said what it found."""
    return int(instance.ask("region/stats")["hippocampus"]["published"])
