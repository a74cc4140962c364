"""Composes the exam: prompts in the run-time layout, what a right reply holds, and what it must not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from benchmarks.exam_questions import talk
from benchmarks.exam_questions import vocabulary as words
from benchmarks.exam_questions.kinds import KINDS, Kind
from substrate.inference.protocol import Prompt
from substrate.persona.prompt import (
    RememberedLine,
    SpokenLine,
    conversation_turns,
    decision_text,
    identity_text,
    late_block,
    spoken_text,
)

SKILLS = (
    "identity", "recall_5", "recall_20", "in_context", "update", "who", "not_knowing", "noting", "small_talk",
    "decision",
)  # fmt: skip
"""Every skill but `form`, which is judged on all replies but those of decisions: a grammar forces theirs."""

CHATTER_LINES = 30
"""Said in the room of the question before it is asked, when it is played through the program."""
_NOW_S = 1.8e9
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Script:
    """How a question is played through the program: what is told, line by line, and who asks it of whom."""

    persona: str
    role: str
    told: tuple[tuple[str, str], ...]
    """Speaker and text; none of them is the persona."""
    asker: str
    message: str
    chatter: tuple[str, ...]
    """What the asker says between telling and asking."""


@dataclass(frozen=True, slots=True)
class Question:
    """One exam question. A right reply holds all of `wanted`, none of `forbidden`, and matches `pattern`.

    The value that is asked for stands first in `wanted`.
    """

    skill: str
    template: str
    prompt: Prompt
    wanted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    will_respond: bool | None = None
    """For the decision skill: what the contract must say."""
    script: Script | None = None
    """For the skills that are also played through the program."""


NOT_KNOWING = re.compile(
    r"^(?!.*(\d|\bbut\b))"
    r"(?!(.*[,;.])?\s*(as far as I know, )?(it|he|she|they|you|your [^,;.]*)\s"
    r"(is|are|was|were|lives?|works?|likes?)\b)"
    r".*((do not|don't|not|n't|never|nobody|no one)\b.*\b(know|told|sure|mentioned|remember|heard|said)"
    r"|no idea|unknown to me)",
    re.IGNORECASE | re.DOTALL,
)
"""Says so, and neither a number, nor anything behind a "but", nor a clause that tells something."""
_RELATIONS = {
    "relative": r"(\b(called|name|named|is)\b|:)",
    "pet": r"(\b(called|name|named|is)\b|:)",
    "home": r"\b(live|living|home|house|flat|stay)\b",
    "childhood": r"\b(born in|grew|childhood|child|come|from|raised)\b",
    "favourite": r"\b(favou?rite|best|most)\b",
    "colour": r"\b(is|are|colou?r|painted|has)\b",
    "job": r"\b(job|(work|working|living) as|profession|trade|are an?)\b",
    "company": r"\b((work|working|job) (at|for|with)|employer|employed|company|office)\b",
    "birthday": r"\b(birthday|born on)\b",
    "number": r"\b(is|number)\b",
    "stored": r"\b(is|are|keep|put|left|found|stored)\b.* in\b",
    "journey": r"\b(going|travel|travelling|flying|trip|journey|visit)\b",
    "adores": r"\b(like|love|adore|enjoy|fond|into|happy)\b",
    "avoids": r"\b(allergic|allergy|ill|sick|avoid)\b",
}
"""What a reply that notes a fact says of it besides its value, by the kind of fact."""
_VALUES = tuple(value for group in words.VALUES for value in group)
_OF_FACTS = (
    "do not know", "don't know", "telling me that", "remember that", "as far as I know", "noted",
    "cannot do that", "no life of my own",
)  # fmt: skip
"""What stands in replies to facts, to questions for them and to requests, never in one to small talk."""


class Wording:
    """The sentences in which facts are told and asked for."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = kinds
        self.first = [(kind, question) for kind in kinds for question in kind.questions]
        self.third = [(kind, question) for kind in kinds for question in kind.third_questions]
        self.stated = [(kind, statement) for kind in kinds for statement in kind.statements]


EXAM = Wording(KINDS)


@dataclass(slots=True)
class _Scene:
    """The people and values of one question; no value is used twice."""

    random: Random
    wording: Wording
    persona: str = ""
    role: str = ""
    people: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    @classmethod
    def draw(cls, random: Random, wording: Wording, people: int) -> _Scene:
        scene = cls(random, wording, random.choice(words.PERSONAS), random.choice(words.ROLES))
        scene.people = random.sample(words.PEOPLE, people)
        scene.values = [scene.persona, *scene.people]
        return scene

    def value(self, kind: Kind) -> str:
        while True:
            value = kind.value(self.random)
            said = value.casefold()
            if not any(said in other.casefold() or other.casefold() in said for other in self.values):
                self.values.append(value)
                return value

    def others(self, *wanted: str) -> tuple[str, ...]:
        """Values of the scene that a right reply does not hold (people's names may be said)."""
        return tuple(value for value in self.values[1 + len(self.people) :] if value not in wanted)


def compose(skill: str, count: int, seed: int, wording: Wording = EXAM) -> list[Question]:
    """`count` questions of `skill`, cycling through its templates."""
    random = Random(f"{seed} {skill}")
    maker = _MAKERS[skill]
    return [maker(random, wording, number) for number in range(count)]


def behind_chatter(question: Question, lines: int) -> Question:
    """The question, asked behind so many lines of its script's chatter, each answered, in the conversation
    that the prompt shows. Raises ValueError when it has no script or that has fewer lines."""
    script = question.script
    if script is None or lines > len(script.chatter):
        raise ValueError(f"no question of {question.skill} has {lines} lines of chatter")
    random = Random(f"{script.message} {lines}")
    spoken: list[SpokenLine] = []
    for line in script.chatter[:lines]:
        spoken.append(SpokenLine(script.asker, line))
        spoken.append(SpokenLine(script.persona, random.choice(talk.CHATTER_REPLIES)))
    history = conversation_turns(spoken, script.persona)
    return replace(question, prompt=question.prompt._replace(history=history))


def _cycle(templates: Sequence[tuple[Kind, str]], number: int) -> tuple[Kind, str]:
    return templates[number % len(templates)]


def _prompt(
    scene: _Scene,
    asker: str,
    message: str,
    memories: list[RememberedLine],
    history: list[SpokenLine],
    tail: str = "",
) -> Prompt:
    late = late_block(memories, _NOW_S) + tail
    return Prompt(
        identity=identity_text(scene.persona, scene.role),
        history=conversation_turns(history, scene.persona),
        message=spoken_text(SpokenLine(asker, message)),
        late=lambda: late,
    )


def _script(scene: _Scene, asker: str, message: str, lines: list[tuple[str, str]]) -> Script:
    """The same question for the program, where the persona's own lines are what it answers there."""
    told = tuple((speaker, text) for speaker, text in lines if speaker != scene.persona)
    chatter = tuple(Random(f"{scene.persona} {message}").choices(talk.CHATTER, k=CHATTER_LINES))
    return Script(scene.persona, scene.role, told, asker, message, chatter)


def _irrelevant(scene: _Scene, count: int, taken: set[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """`count` lines that answer nothing in `taken` (kind, about, person): facts, chatter, own replies."""
    random = scene.random
    lines: list[tuple[str, str]] = []
    while len(lines) < count:
        roll = random.random()
        person = random.choice(scene.people)
        if roll < 0.55:
            kind = random.choice(scene.wording.kinds)
            about = random.choice(kind.about)
            if (kind.key, about, person) in taken:
                continue
            taken.add((kind.key, about, person))
            lines.append((person, random.choice(kind.statements).format(x=about, v=scene.value(kind))))
        elif roll < 0.8:
            lines.append((person, random.choice(talk.CHATTER)))
        elif roll < 0.9:
            lines.append((scene.persona, random.choice(talk.CHATTER_REPLIES)))
        else:
            intent = random.choice(talk.SMALL_TALK)
            lines.append((person, random.choice(intent.said).format(name=scene.persona)))
    return lines


def _remember(scene: _Scene, lines: Sequence[tuple[str, str]]) -> list[RememberedLine]:
    """Lines, oldest first, with times that grow."""
    ages = sorted((scene.random.uniform(0.01, 400) ** 1.5 for _ in lines), reverse=True)
    channels = scene.random.sample(("general", "kitchen", "work", "game"), 2)
    return [
        RememberedLine(speaker, scene.random.choice(channels), _NOW_S - age * _HOUR_S, text)
        for (speaker, text), age in zip(lines, ages, strict=True)
    ]


def _insert(
    random: Random, lines: list[tuple[str, str]], new: Iterator[tuple[str, str]] | list[tuple[str, str]]
) -> None:
    """Insert `new` at random places, in order."""
    at = 0
    for line in new:
        at = random.randint(at, len(lines))
        lines.insert(at, line)
        at += 1


def _recall(memories: int) -> Callable[[Random, Wording, int], Question]:
    def make(random: Random, wording: Wording, number: int) -> Question:
        kind, question = _cycle(wording.first, number)
        scene = _Scene.draw(random, wording, random.choice((1, 2, 3)))
        asker, about = scene.people[0], random.choice(kind.about)
        value = scene.value(kind)
        lines = _irrelevant(scene, memories - 1, {(kind.key, about, asker)})
        _insert(random, lines, [(asker, random.choice(kind.statements).format(x=about, v=value))])
        message = question.format(x=about)
        prompt = _prompt(scene, asker, message, _remember(scene, lines), [])
        script = _script(scene, asker, message, lines)
        return Question(f"recall_{memories}", question, prompt, (value,), scene.others(value), script=script)

    return make


def _in_context(random: Random, wording: Wording, number: int) -> Question:
    kind, question = _cycle(wording.first, number)
    scene = _Scene.draw(random, wording, 1)
    asker, about = scene.people[0], random.choice(kind.about)
    value = scene.value(kind)
    told = random.choice(kind.statements).format(x=about, v=value)
    history = [SpokenLine(asker, told), SpokenLine(scene.persona, "Thank you, I will remember that.")]
    for _ in range(random.randint(0, 4)):
        history.append(SpokenLine(asker, random.choice(talk.CHATTER)))
        history.append(SpokenLine(scene.persona, random.choice(talk.CHATTER_REPLIES)))
    memories = _irrelevant(scene, random.choice((0, 2, 4)), {(kind.key, about, asker)})
    prompt = _prompt(scene, asker, question.format(x=about), _remember(scene, memories), history)
    return Question("in_context", question, prompt, (value,), scene.others(value))


def _update(random: Random, wording: Wording, number: int) -> Question:
    kind, question = _cycle(wording.first, number)
    scene = _Scene.draw(random, wording, random.choice((1, 2)))
    asker, about = scene.people[0], random.choice(kind.about)
    older, newer = scene.value(kind), scene.value(kind)
    lines = _irrelevant(scene, random.randint(1, 8), {(kind.key, about, asker)})
    told = [
        (asker, random.choice(kind.statements).format(x=about, v=older)),
        (asker, random.choice(kind.newer).format(x=about, v=newer)),
    ]
    _insert(random, lines, told)
    message = question.format(x=about)
    prompt = _prompt(scene, asker, message, _remember(scene, lines), [])
    script = _script(scene, asker, message, lines)
    return Question("update", question, prompt, (newer,), scene.others(newer), script=script)


def _who(random: Random, wording: Wording, number: int) -> Question:
    kind, question = _cycle(wording.third, number)
    scene = _Scene.draw(random, wording, random.choice((3, 4)))
    about = random.choice(kind.about)
    asker, asked = scene.people[0], random.choice(scene.people[1:])
    lines = _irrelevant(scene, random.randint(0, 5), {(kind.key, about, person) for person in scene.people})
    told: list[tuple[str, str]] = []
    answer = ""
    for person in random.sample(scene.people, len(scene.people)):
        value = scene.value(kind)
        answer = value if person == asked else answer
        if person != asker and random.random() < 0.3:
            told.append((asker, random.choice(kind.third_statements).format(p=person, x=about, v=value)))
        else:
            told.append((person, random.choice(kind.statements).format(x=about, v=value)))
    _insert(random, lines, told)
    message = question.format(p=asked, x=about)
    prompt = _prompt(scene, asker, message, _remember(scene, lines), [])
    script = _script(scene, asker, message, lines)
    return Question("who", question, prompt, (answer,), scene.others(answer), script=script)


def _not_knowing(random: Random, wording: Wording, number: int) -> Question:
    is_third = number % 3 == 2
    kind, question = _cycle(wording.third if is_third else wording.first, number)
    scene = _Scene.draw(random, wording, random.choice((2, 3)))
    asker, asked = scene.people[0], scene.people[1] if is_third else scene.people[0]
    about = random.choice(kind.about)
    taken = {(kind.key, about, asked)}
    lines = _irrelevant(scene, random.randint(0, 8), taken)
    if random.random() < 0.5:
        other = random.choice([person for person in scene.people if person != asked])
        told = random.choice(kind.statements).format(x=about, v=scene.value(kind))
        _insert(random, lines, [(other, told)])
    message = question.format(p=asked, x=about)
    prompt = _prompt(scene, asker, message, _remember(scene, lines), [])
    script = _script(scene, asker, message, lines)
    known = (scene.persona, asker, asked)
    forbidden = tuple(dict.fromkeys(value for value in (*scene.others(), *_VALUES) if value not in known))
    return Question("not_knowing", question, prompt, (), forbidden, NOT_KNOWING, script=script)


def _noting(random: Random, wording: Wording, number: int) -> Question:
    kind, statement = _cycle(wording.stated, number)
    scene = _Scene.draw(random, wording, random.choice((1, 2)))
    asker, about = scene.people[0], random.choice(kind.about)
    value = scene.value(kind)
    lines = _irrelevant(scene, random.choice((0, 0, 3, 8)), {(kind.key, about, asker)})
    message = statement.format(x=about, v=value)
    prompt = _prompt(scene, asker, message, _remember(scene, lines), [])
    script = _script(scene, asker, message, lines)
    forbidden = (*scene.others(value), "?", "do not", "not", "somebody else", "someone else")
    repeats = re.compile(rf"(?=.*\byour?\b)(?=.*{_RELATIONS[kind.key]})", re.IGNORECASE | re.DOTALL)
    wanted = tuple(filter(None, (value, about)))
    return Question("noting", statement, prompt, wanted, forbidden, repeats, script=script)


def _identity(random: Random, wording: Wording, number: int) -> Question:
    asks_name = [(text, "name") for text in talk.NAME_QUESTIONS]
    asks_role = [(text, "role") for text in talk.ROLE_QUESTIONS]
    asks_both = [(text, "both") for text in talk.BOTH_QUESTIONS]
    denies = [(text, "name") for text in talk.WRONG_NAME_QUESTIONS]
    templates = asks_name + asks_role + asks_both + denies
    template, asked = templates[number % len(templates)]
    scene = _Scene.draw(random, wording, random.choice((1, 2)))
    other = random.choice([name for name in words.PERSONAS if name != scene.persona])
    lines = _irrelevant(scene, random.choice((0, 0, 4)), set())
    prompt = _prompt(scene, scene.people[0], template.format(other=other), _remember(scene, lines), [])
    wanted = {"name": (scene.persona,), "role": (scene.role,), "both": (scene.persona, scene.role)}[asked]
    wrong = tuple(name for name in words.PERSONAS if name not in (scene.persona, other))
    wrong += tuple(role for role in words.ROLES if role not in scene.role)
    return Question("identity", template, prompt, wanted, (*wrong, f"am {other}", f"is {other}"))


def _small_talk(random: Random, wording: Wording, number: int) -> Question:
    said = [(intent, text) for intent in talk.SMALL_TALK for text in intent.said]
    intent, template = said[number % len(said)]
    scene = _Scene.draw(random, wording, random.choice((1, 2)))
    lines = _irrelevant(scene, random.choice((0, 0, 2, 6)), set())
    message = template.format(name=scene.persona)
    prompt = _prompt(scene, scene.people[0], message, _remember(scene, lines), [])
    return Question("small_talk", template, prompt, (), (*scene.others(), *_OF_FACTS), intent.fits)


def _decision(random: Random, wording: Wording, number: int) -> Question:
    scene = _Scene.draw(random, wording, 3)
    asker, other = scene.people[0], scene.people[1]
    history = [SpokenLine(other, random.choice(talk.CHATTER)), SpokenLine(scene.persona, "I see!")]
    tail = decision_text(scene.persona)
    if number % 2:
        template = talk.BETWEEN_OTHERS[number // 2 % len(talk.BETWEEN_OTHERS)]
        prompt = _prompt(scene, asker, template.format(other=other), [], history, tail)
        return Question("decision", template, prompt, will_respond=False)
    if number % 3:
        template = talk.ASKED[number // 2 % len(talk.ASKED)]
        message = template.format(name=scene.persona)
    else:
        # Asked without a name.
        kind, template = _cycle(wording.first, number // 6)
        message = template.format(x=random.choice(kind.about))
    prompt = _prompt(scene, asker, message, [], history, tail)
    return Question("decision", template, prompt, will_respond=True)


_MAKERS: dict[str, Callable[[Random, Wording, int], Question]] = {
    "identity": _identity,
    "recall_5": _recall(5),
    "recall_20": _recall(20),
    "in_context": _in_context,
    "update": _update,
    "who": _who,
    "not_knowing": _not_knowing,
    "noting": _noting,
    "small_talk": _small_talk,
    "decision": _decision,
}
