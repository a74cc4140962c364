"""Made-up conversations that teach one thing: say what the prompt says.

Every conversation has its own small world: a persona with a random name and role, some people, and facts
about them with random values. Facts are told in the visible conversation or stand in the late block among
memories that do not matter; questions about them are answered with the value, questions about what was never
told with "I do not know". The hard part of the distribution is on purpose: the same fact about other people,
other facts about the same person, earlier questions, the persona's own replies, and older values that were
replaced.

A `Lesson` is a prompt in the run-time layout, plus which replies carry loss.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random

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
from training import names
from training.templates import facts as fact_templates
from training.templates import small_talk as talk_templates
from training.templates.facts import ATTRIBUTES, Attribute
from training.templates.open_facts import open_attribute, open_remark
from training.templates.small_talk import Intent
from training.wording import Owner, Typing, View, render, sentence, with_filler

_NOW_S = 1.7e9
OPEN_SHARE = 0.3
"""Share of facts of a kind that is made up on the spot (see training/templates/open_facts.py)."""
_SUBJECT_RELATIVES = (
    *fact_templates.RELATIVES, "best friend", "boss", "neighbour", "friend", "partner", "teacher",
)  # fmt: skip
_PLAIN_STARTS = frozenset(
    ("you", "your", "the", "for", "on", "of", "everybody", "there", "originally", "someone")
)
_CURT_REPLIES = (
    "I see!", "Okay!", "All right.", "Thanks for telling me.", "I will remember that.", "Noted.",
    "Oh, really?", "Good to know.", "Thank you!", "Understood.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training sample. `taught` says for each reply of the history, in order, whether it carries loss."""

    prompt: Prompt
    reply: str
    taught: tuple[bool, ...]
    skill: str
    value: str = ""
    """The word that the reply must hold, for quick checks; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Fact:
    attribute: Attribute
    about: str
    owner: Owner
    value: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return self.attribute.key, self.about, self.owner.person, self.owner.relation


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How much a late block may hold and how long the visible conversation may be (the curriculum)."""

    most_memories: int = 20
    most_exchanges: int = 6
    long_share: float = 0.0
    """Share of lessons with a long visible conversation (20 to 40 exchanges)."""


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What somebody says and what the persona answers; `reply` None: nobody asked the persona."""

    speaker: str
    text: str
    reply: str | None
    fact: Fact | None = None
    skill: str = ""
    value: str = ""


class World:
    """The people, the persona and the facts of one lesson."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.persona = names.person(random)
        self.role = _role(random)
        count = random.choice((1, 1, 1, 2, 2, 3, 4))
        self.people: list[str] = []
        while len(self.people) < count:
            name = names.person(random) if random.random() < 0.9 else names.syllables(random)
            if random.random() < 0.12:
                name = name.lower()
            if name not in self.people and name != self.persona:
                self.people.append(name)
        self.typing = {name: Typing.draw(random) for name in self.people}
        self.told: dict[tuple[str, str, str, str], Fact] = {}
        self.used: set[tuple[str, str, str, str]] = set()

    # Facts

    def new_fact(self, like: Fact | None = None) -> Fact:
        """A fact about something not used before; `like` asks for one that is easily confused with it."""
        random = self.random
        for _ in range(50):
            attribute = open_attribute(random) if random.random() < OPEN_SHARE else random.choice(ATTRIBUTES)
            owner = self._owner(attribute)
            about = random.choice(attribute.about)
            if like is not None:
                roll = random.random()
                if roll < 0.45:
                    attribute, about = like.attribute, like.about
                    owner = self._owner(attribute)
                elif roll < 0.75 and len(like.attribute.about) > 1:
                    attribute, owner = like.attribute, like.owner
                    about = random.choice(attribute.about)
                else:
                    owner = like.owner if not (attribute.personal and like.owner.relation) else owner
            fact = Fact(attribute, about, owner, self.value(attribute, about))
            if fact.identity in self.used or self._clashes(fact):
                continue
            self.used.add(fact.identity)
            return fact
        fact = Fact(
            ATTRIBUTES[0], names.syllables(random), Owner(random.choice(self.people)), names.person(random)
        )
        self.used.add(fact.identity)
        return fact

    def value(self, attribute: Attribute, about: str) -> str:
        maker = attribute.value
        if attribute.key == "favourite":
            maker = fact_templates.FAVOURITE_VALUES.get(about, maker)
        return maker(self.random)

    def _owner(self, attribute: Attribute) -> Owner:
        random = self.random
        person = random.choice(self.people)
        if random.random() < 0.12:
            person = names.person(random)
        if not attribute.personal and random.random() < 0.15:
            return Owner(person, random.choice(_SUBJECT_RELATIVES))
        return Owner(person)

    def _clashes(self, fact: Fact) -> bool:
        key, about, person, relation = fact.identity
        if key in ("event", "time"):
            return ("time" if key == "event" else "event", about, person, relation) in self.used
        return False

    # What people say and what the persona answers

    def statement(self, speaker: str, fact: Fact, *, changed: bool = False) -> tuple[str, Fact, str]:
        """Text, the fact with its value as typed, and the clause that an acknowledgement repeats."""
        random, typing = self.random, self.typing.get(speaker) or Typing.draw(self.random)
        fact = replace(fact, value=typing.cased(fact.value))
        templates = fact.attribute.statements
        if changed and fact.attribute.updates and random.random() < 0.6:
            templates = fact.attribute.updates
        template = with_filler(random, random.choice(templates))
        frames = fact_templates.CHANGE_FRAMES if changed else fact_templates.STATEMENT_FRAMES
        view = View.of(fact.owner, speaker, self.persona)
        body = render(template, view, fact.about, fact.value)
        text = typing.apply(random.choice(frames).format(body), random, keep=fact.value)
        if random.random() < 0.08:
            text = self.addressed(text)
        return text, fact, self.answer_clause(speaker, fact)

    def answer_clause(self, asker: str, fact: Fact) -> str:
        random = self.random
        templates = fact_templates.answer_statements(fact.attribute)
        return render(
            _mostly_first(random, templates), self._answer_view(asker, fact.owner), fact.about, fact.value
        )

    def _answer_view(self, asker: str, owner: Owner) -> View:
        if owner.person == asker:
            return View.of(owner, self.persona, asker)
        typing = self.typing.get(asker)
        name = typing.cased(owner.person) if typing else owner.person
        return View.of(Owner(name, owner.relation), self.persona, asker)

    def note(self, speaker: str, fact: Fact, *, changed: bool = False) -> _Exchange:
        text, fact, clause = self.statement(speaker, fact, changed=changed)
        frames = fact_templates.CHANGE_ACK_FRAMES if changed else fact_templates.ACK_FRAMES
        reply = _mostly_first(self.random, frames).format(clause)
        return _Exchange(speaker, text, reply, fact, "noting", fact.value)

    def ask(self, asker: str, fact: Fact, *, known: bool) -> _Exchange:
        random, typing = self.random, self.typing[asker]
        view = View.of(fact.owner, asker, self.persona)
        if random.random() < 0.6:
            text = random.choice(fact_templates.QUESTION_FRAMES).format(
                render(with_filler(random, random.choice(fact.attribute.questions)), view, fact.about, "")
            )
        else:
            text = random.choice(fact_templates.INDIRECT_FRAMES).format(
                render(random.choice(fact.attribute.indirect), view, fact.about, "")
            )
        text = self._maybe_addressed(typing.apply(text, random))
        if known:
            clause = self.answer_clause(asker, fact)
            reply = self.answer(clause)
            return _Exchange(asker, text, reply, fact, "recall", fact.value)
        indirect = _mostly_first(random, fact.attribute.indirect)
        clause = render(indirect, self._answer_view(asker, fact.owner), fact.about, "")
        return _Exchange(
            asker,
            text,
            _mostly_first(random, fact_templates.UNKNOWN_FRAMES).format(clause),
            None,
            "not_knowing",
        )

    def answer(self, clause: str) -> str:
        starts_plainly = clause.split(" ", 1)[0] in _PLAIN_STARTS
        frames = fact_templates.ANSWER_FRAMES if starts_plainly else fact_templates.NAME_FIRST_ANSWER_FRAMES
        return sentence(_mostly_first(self.random, frames).format(clause))

    def ask_reverse(self, asker: str, fact: Fact) -> _Exchange:
        random, typing = self.random, self.typing[asker]
        question = random.choice(fact.attribute.reverse).replace("{v}", fact.value).replace("{x}", fact.about)
        text = typing.apply(
            random.choice(("{}?", "{}?", "do you know {}?", "tell me, {}?")).format(question), random
        )
        if typing.lower_case:
            fact = replace(fact, value=fact.value.lower())
        clause = render(
            fact.attribute.statements[0], View.of(fact.owner, self.persona, asker), fact.about, fact.value
        )
        return _Exchange(asker, text, self.answer(clause), fact, "who")

    def confirm(self, asker: str, fact: Fact) -> _Exchange:
        random, typing = self.random, self.typing[asker]
        is_right = random.random() < 0.5
        asked = fact.value if is_right else self.value(fact.attribute, fact.about)
        clause = render(
            fact.attribute.statements[0], View.of(fact.owner, asker, self.persona), fact.about, asked
        )
        frame = random.choice(
            ("is it true that {}?", "{}, right?", "am i right that {}?", "{}, correct?", "so {}?")
        )
        text = typing.apply(frame.format(clause), random, keep=asked)
        answer = self.answer_clause(asker, fact)
        return _Exchange(
            asker, text, f"{'Yes' if is_right else 'No'}, {answer}.", fact, "confirm", fact.value
        )

    def small_talk(self, speaker: str, intents: tuple[Intent, ...], skill: str) -> _Exchange:
        random = self.random
        intent = random.choices(intents, [intent.weight for intent in intents])[0]
        words = {"name": self.persona, "role": self.role, "who": speaker, "other": names.person(random)}
        said = random.choice(intent.said).format(**words)
        if intent.key == "remark" and random.random() < 0.4:
            said = open_remark(random)
        if random.random() < 0.25:
            said = random.choice(talk_templates.TALK_FRAMES).format(said.rstrip("?.!"))
        text = self.typing[speaker].apply(said, random)
        if intent.key not in ("not_me", "yes_me") and random.random() < 0.1:
            text = self.addressed(text)
        reply = _mostly_first(random, intent.replies)
        value = {"name": self.persona, "role": self.role}.get(intent.key, "") if skill == "identity" else ""
        return _Exchange(speaker, text, reply.format(**words), None, skill, value)

    def between_others(self, speaker: str) -> _Exchange:
        others = [name for name in self.people if name != speaker] or [names.person(self.random)]
        other = self.random.choice(others)
        if self.random.random() < 0.4:
            fact = self.new_fact()
            question = render(
                self.random.choice(fact.attribute.questions),
                View.of(Owner(other), speaker, other),
                fact.about,
                "",
            )
            text = f"{self.random.choice((f'{other}, ', f'@{other} ', f'hey {other}, '))}{question}?"
        else:
            text = self.random.choice(talk_templates.BETWEEN_OTHERS).format(other=other)
        return _Exchange(speaker, self.typing[speaker].apply(text, self.random), None, None, "between_others")

    def _maybe_addressed(self, text: str) -> str:
        return self.addressed(text) if self.random.random() < 0.12 else text

    def addressed(self, text: str) -> str:
        frame = self.random.choice(
            ("{p}, {t}", "@{p} {t}", "hey {p}, {t}", "{p}: {t}", "hi {p}! {t}", "Hey {p}, {t}")
        )
        return frame.format(p=self.persona, t=text)


def make_lesson(random: Random, difficulty: Difficulty) -> Lesson:
    """Draw one lesson."""
    world = World(random)
    asker = random.choice(world.people)
    decides = random.random() < 0.12
    kind = _draw_kind(random)
    memory_count = _draw_memory_count(random, difficulty.most_memories)
    if kind in ("recall", "update", "who", "confirm") and memory_count == 0:
        kind = "in_context"

    target = world.new_fact()
    while kind == "who" and not target.attribute.reverse:
        target = world.new_fact()
    if target.owner.person not in world.people and random.random() < 0.5:
        target = replace(target, owner=Owner(asker, target.owner.relation))
        world.used.add(target.identity)

    remembered, target = _memories(world, asker, target, kind, memory_count)
    history, target = _history(world, asker, target, kind, difficulty)
    final = _final_exchange(world, asker, target, kind)
    reply = final.reply
    decision = ""
    if decides:
        decision = decision_text(world.persona)
        if random.random() < 0.5:
            final = world.between_others(asker)
            reply = json.dumps({"will_respond": False, "response": ""})
        else:
            must_be_addressed = kind in ("noting", "change", "small_talk")
            if world.persona not in final.text and (must_be_addressed or random.random() < 0.6):
                final = replace(final, text=world.addressed(final.text))
            reply = json.dumps({"will_respond": True, "response": final.reply}, ensure_ascii=False)
    assert reply is not None

    lines: list[SpokenLine] = []
    taught: list[bool] = []
    for exchange, is_taught in history:
        lines.append(SpokenLine(exchange.speaker, exchange.text))
        if exchange.reply is not None:
            lines.append(SpokenLine(world.persona, exchange.reply))
            taught.append(is_taught)
    late = late_block(remembered, _NOW_S) + decision
    about = (
        " ".join(random.sample(talk_templates.ABOUT_LINES, random.randint(1, 3)))
        if random.random() < 0.4
        else ""
    )
    prompt = Prompt(
        identity=identity_text(world.persona, world.role, about),
        history=conversation_turns(lines, world.persona),
        message=spoken_text(SpokenLine(final.speaker, final.text)),
        late=lambda: late,
    )
    return Lesson(prompt, reply, tuple(taught), "decision" if decides else final.skill or kind, final.value)


_KINDS = (
    ("recall", 0.30), ("update", 0.08), ("who", 0.05), ("confirm", 0.03), ("in_context", 0.10),
    ("not_knowing", 0.18),
    ("noting", 0.09), ("change", 0.03), ("small_talk", 0.09), ("identity", 0.05),
)  # fmt: skip


def _draw_kind(random: Random) -> str:
    return random.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]


def _draw_memory_count(random: Random, most: int) -> int:
    roll = random.random()
    if roll < 0.3:
        return 0
    if roll < 0.63:
        return random.randint(1, min(5, most))
    if roll < 0.82:
        return random.randint(1, min(12, most))
    return random.randint(min(10, most), most)


def _memories(
    world: World, asker: str, target: Fact, kind: str, count: int
) -> tuple[list[RememberedLine], Fact]:
    """A late block of at most `count` lines that holds the target when `kind` asks for it."""
    if count == 0:
        return [], target
    random = world.random
    single = len(world.people) == 1
    has_target = kind in ("recall", "update", "who", "confirm") or (
        kind == "change" and random.random() < 0.7
    )
    teller = target.owner.person if target.owner.person in world.people and random.random() < 0.85 else asker
    needed: list[list[tuple[str, str]]] = []
    if has_target:
        versions = 2 if kind == "update" or random.random() < 0.06 else 1
        if versions == 2 and random.random() < 0.15:
            versions = 3
        for version in range(versions):
            if version:
                target = replace(target, value=world.value(target.attribute, target.about))
            noted = world.note(teller, target, changed=version > 0 and random.random() < 0.7)
            assert noted.fact is not None and noted.reply is not None
            target = noted.fact
            lines = [(teller, noted.text)]
            roll = random.random()
            if roll < 0.35:
                lines.append((world.persona, noted.reply))
            elif roll < 0.42 and single:
                lines = [(world.persona, noted.reply)]
            needed.append(lines)
    used = sum(len(lines) for lines in needed)
    others: list[list[tuple[str, str]]] = []
    hard = random.random() < 0.6
    while used < count:
        lines = _distractor(world, asker, target, hard=hard, unknown_target=not has_target)
        others.append(lines)
        used += len(lines)
    episodes = others[:]
    places = sorted(random.randint(0, len(others)) for _ in needed)
    for offset, (place, lines) in enumerate(zip(places, needed, strict=True)):
        episodes.insert(place + offset, lines)
    channels = random.sample(talk_templates.CHANNELS, random.choice((1, 1, 2, 3)))
    ages = sorted((_draw_age_s(random) for _ in episodes), reverse=True)
    remembered: list[RememberedLine] = []
    for age_s, lines in zip(ages, episodes, strict=True):
        channel = random.choice(channels)
        for position, (speaker, text) in enumerate(lines):
            remembered.append(RememberedLine(speaker, channel, _NOW_S - age_s + position, text))
    world.told.clear()
    if has_target:
        world.told[target.identity] = target
    return remembered, target


def _draw_age_s(random: Random) -> float:
    return 10 ** random.uniform(1.0, random.choice((3.5, 5.5, 7.3, 8.0)))


def _distractor(
    world: World, asker: str, target: Fact, *, hard: bool, unknown_target: bool
) -> list[tuple[str, str]]:
    """One to two lines of memory that do not answer the question about `target`."""
    random = world.random
    roll = random.random()
    speaker = random.choice(world.people)
    if roll < (0.7 if hard else 0.5):
        fact = world.new_fact(target if hard and random.random() < 0.6 else None)
        teller = (
            fact.owner.person if fact.owner.person in world.people and random.random() < 0.85 else speaker
        )
        exchange = world.note(teller, fact)
        assert exchange.fact is not None
        if random.random() < 0.25:
            exchange = world.ask(speaker, exchange.fact, known=True)
            return [(exchange.speaker, exchange.text), (world.persona, exchange.reply or "")]
    elif roll < 0.78:
        asks_target = unknown_target and random.random() < 0.3
        exchange = world.ask(
            asker if asks_target else speaker, target if asks_target else world.new_fact(), known=False
        )
        if not asks_target and random.random() < 0.5:
            return [(exchange.speaker, exchange.text)]
    elif roll < 0.95 or len(world.people) == 1:
        exchange = world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk")
    else:
        exchange = world.between_others(speaker)
    lines = [(exchange.speaker, exchange.text)]
    if exchange.reply is not None and random.random() < 0.3:
        lines.append((world.persona, exchange.reply))
    return lines


def _history(
    world: World, asker: str, target: Fact, kind: str, difficulty: Difficulty
) -> tuple[list[tuple[_Exchange, bool]], Fact]:
    """The visible conversation; holds the target when `kind` is in_context."""
    random = world.random
    if random.random() < difficulty.long_share:
        count = random.randint(20, 40)
    else:
        count = random.choice((0, 0, 1, 3, *(random.randint(2, difficulty.most_exchanges) for _ in range(3))))
        if kind == "in_context":
            count = max(count, random.randint(1, difficulty.most_exchanges))
    exchanges: list[tuple[_Exchange, bool]] = []
    known: dict[tuple[str, str, str, str], Fact] = {}
    at = random.randint(0, max(0, count - 1)) if kind == "in_context" else -1
    for position in range(count):
        speaker = random.choice(world.people) if random.random() < 0.3 else asker
        if position == at:
            teller = target.owner.person if target.owner.person in world.people else asker
            exchange = world.note(teller, target)
            assert exchange.fact is not None
            target = exchange.fact
            known[target.identity] = target
            exchanges.append(_maybe_curt(random, exchange))
            if random.random() < 0.12:
                target = replace(target, value=world.value(target.attribute, target.about))
                exchange = world.note(teller, target, changed=True)
                assert exchange.fact is not None
                target = exchange.fact
                known[target.identity] = target
                exchanges.append((exchange, True))
            continue
        exchanges.append(_history_exchange(world, speaker, target, known))
    return exchanges, known.get(target.identity, target)


def _history_exchange(
    world: World, speaker: str, target: Fact, known: dict[tuple[str, str, str, str], Fact]
) -> tuple[_Exchange, bool]:
    random = world.random
    roll = random.random()
    if roll < 0.3:
        fact = world.new_fact(target if random.random() < 0.35 else None)
        teller = fact.owner.person if fact.owner.person in world.people else speaker
        exchange = world.note(teller, fact)
        assert exchange.fact is not None
        known[exchange.fact.identity] = exchange.fact
        return _maybe_curt(random, exchange)
    if roll < 0.64 and known:
        fact = random.choice(list(known.values()))
        if random.random() < 0.12:
            fact = replace(fact, value=world.value(fact.attribute, fact.about))
            teller = fact.owner.person if fact.owner.person in world.people else speaker
            exchange = world.note(teller, fact, changed=True)
            assert exchange.fact is not None
            known[exchange.fact.identity] = exchange.fact
            return exchange, True
        if random.random() < 0.1:
            return world.confirm(speaker, fact), True
        return world.ask(speaker, fact, known=True), True
    if roll < 0.67:
        # A reply that a late block answered then: not taught, its block is gone, but it can be asked about.
        fact = world.new_fact()
        exchange = world.ask(speaker, fact, known=True)
        known[fact.identity] = fact
        return exchange, False
    if roll < 0.75:
        like = random.choice(list(known.values())) if known and random.random() < 0.6 else None
        return world.ask(speaker, world.new_fact(like), known=False), True
    if roll < 0.83:
        return world.small_talk(speaker, talk_templates.IDENTITY, "identity"), True
    if roll < 0.95 or len(world.people) == 1:
        return world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk"), True
    return world.between_others(speaker), False


def _maybe_curt(random: Random, exchange: _Exchange) -> tuple[_Exchange, bool]:
    """At times the old reply did not repeat the fact, so that it has to be read where it was told."""
    if random.random() < 0.65:
        return exchange, True
    return replace(exchange, reply=random.choice(_CURT_REPLIES)), False


def _final_exchange(world: World, asker: str, target: Fact, kind: str) -> _Exchange:
    match kind:
        case "recall" | "update" | "in_context":
            return replace(world.ask(asker, target, known=True), skill=kind)
        case "who":
            return world.ask_reverse(asker, target)
        case "confirm":
            return world.confirm(asker, target)
        case "not_knowing":
            return world.ask(asker, target, known=False)
        case "noting":
            fact = world.new_fact(target if world.random.random() < 0.5 else None)
            teller = fact.owner.person if fact.owner.person in world.people else asker
            return world.note(teller, fact)
        case "change":
            fact = replace(target, value=world.value(target.attribute, target.about))
            teller = fact.owner.person if fact.owner.person in world.people else asker
            return replace(world.note(teller, fact, changed=True), skill="change")
        case "small_talk":
            return world.small_talk(asker, talk_templates.SMALL_TALK, "small_talk")
        case "identity":
            return world.small_talk(asker, talk_templates.IDENTITY, "identity")
    raise ValueError(f"unknown kind of lesson: {kind!r}")


def _mostly_first(random: Random, choices: tuple[str, ...]) -> str:
    """Replies vary little: a small model shall learn the answer, not which phrase comes this time."""
    return choices[0] if random.random() < 0.9 else random.choice(choices)


def _role(random: Random) -> str:
    roll = random.random()
    noun = random.choice(talk_templates.ROLE_NOUNS)
    if random.random() < 0.2:
        noun = names.syllables(random)
    adjective = f"{random.choice(talk_templates.ROLE_ADJECTIVES)} " if random.random() < 0.5 else ""
    tail = ""
    if random.random() < 0.5:
        tail = " " + random.choice(talk_templates.ROLE_TAILS).format(
            place=names.place(random), thing=names.thing(random), company=names.company(random)
        )
    article = "the" if roll < 0.25 else "a"
    role = f"{article} {adjective}{noun}{tail}"
    return role.replace("a a", "an a").replace("a e", "an e").replace("a i", "an i").replace("a o", "an o")
