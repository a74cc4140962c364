"""Interviews: one late block or some exchanges that tell facts, then question after question about them.

A lesson in the layout of run time answers one question for some 400 tokens read: nine of ten of its tokens
carry no loss. An interview keeps its block where it was read and asks on: a fifth of its tokens are replies,
so that finding the right line and copying from it is practised twice as often for the same cost. What it does
not teach is the layout itself, which is why lessons stay a part of every pool.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from substrate.inference.protocol import Prompt, Role, Turn
from substrate.persona.prompt import (
    RememberedLine,
    SpokenLine,
    decision_text,
    identity_text,
    late_block,
    spoken_text,
)
from training.lesson import NOW_S, Difficulty, Ground, Lesson, about_text, as_decision, draw_age_s
from training.quotes import quote_memory, repeat
from training.templates import small_talk as talk_templates
from training.wording import Owner
from training.world import BY_NAME_SHARE, Exchange, Fact, World

_WHO_AM_I = tuple(intent for intent in talk_templates.SMALL_TALK if intent.key == "who_am_i")
_DECISION_SHARE = 0.1
_RIVALS_SHARE = 0.5
"""Share of interviews about one to three things that everybody may have: only the person decides."""
_FEW_SHARE = 0.3
"""Share of these with two to five lines: telling two people apart is learned before telling ten apart."""
_PLAINLY_SHARE = 0.35
"""Share of these in which everybody speaks plainly, half of it where the lines are many."""
_WHAT_IS_KNOWN_SHARE = 0.03
"""Share of an interview's messages that ask for all that is known of somebody."""
_MOST_KNOWN = 2
"""More than these stand in no order that an interview knows: a block may stand behind what was said later."""
_CONVERSATION_SHARE = 0.2
"""Share of interviews whose facts are said in the conversation, most of them acknowledged curtly."""
_TOLD_MORE, _ASKED_MORE = 0.8, 0.85
"""What is drawn in them is shifted by these factors: more facts among the lines, more questions after."""


def make_interview(random: Random, difficulty: Difficulty) -> Lesson:
    """Draw one interview; every reply of it is taught, but those that only acknowledge a fact."""
    if random.random() < _DECISION_SHARE:
        return _decisions(random)
    return _Interview(random, difficulty).lesson()


def _block_size(random: Random, most: int) -> int:
    roll = random.random()
    if roll < 0.42:
        return random.randint(1, min(6, most))
    return random.randint(1, min(12, most)) if roll < 0.7 else random.randint(min(10, most), most)


class _Interview:
    """What is known in one interview, and the questions that it allows."""

    def __init__(self, random: Random, difficulty: Difficulty) -> None:
        self.random = random
        self.rivals = rivals = random.random() < _RIVALS_SHARE
        self.few = few = rivals and random.random() < _FEW_SHARE
        plainly = rivals and random.random() < (_PLAINLY_SHARE if few else 0.5 * _PLAINLY_SHARE)
        least_people = random.choice((2, 3, 3, 4) if rivals else (1, 2, 2, 3, 3, 4))
        self.world = World(random, least_people, plainly=plainly)
        self.known: dict[tuple[str, str, str, str], Fact] = {}
        self.unasked: list[tuple[str, str, str, str]] = []
        self.topics = [self.world.new_fact() for _ in range(random.choice((1, 1, 2, 3)))] if rivals else []
        self.speakers = {self.world.persona, *self.world.people}
        self.conversation = random.random() < _CONVERSATION_SHARE
        if self.conversation:
            size = random.choice((0, 0, 2, 4))
        else:
            size = random.randint(2, 5) if few else _block_size(random, difficulty.most_memories)
        self.remembered = self._remember(size)

    def lesson(self) -> Lesson:
        random, world = self.random, self.world
        block = late_block(self.remembered, NOW_S)
        if self.conversation:
            block_at = random.randint(2, 9)
            count = block_at + random.randint(4, 8)
        else:
            block_at = 0 if random.random() < 0.7 else random.randint(0, 2)
            count = random.randint(5, 8 + len(self.known))
        asker = random.choice(world.people)
        turns: list[Turn] = []
        grounds: list[Ground | None] = []
        taught: list[bool] = []
        for position in range(count):
            if random.random() < 0.4:
                asker = random.choice(world.people)
            exchange, is_taught = (
                self._before_block(asker) if position < block_at else (self._exchange(asker), True)
            )
            taught.append(is_taught)
            grounds.append(exchange.ground)
            text = spoken_text(SpokenLine(exchange.speaker, exchange.text))
            turns.append(Turn(Role.USER, text + (block if position == block_at else "")))
            turns.append(Turn(Role.ASSISTANT, exchange.reply or ""))
        last, reply = turns[-2], turns[-1].text
        prompt = Prompt(
            identity=identity_text(world.persona, world.role, about_text(random)),
            history=tuple(turns[:-2]),
            message=last.text,
            late=lambda: "",
        )
        return Lesson(
            prompt,
            reply,
            tuple(taught[:-1]),
            "interview",
            grounds=tuple(grounds),
            tellings=tuple(world.tellings),
        )

    def _before_block(self, asker: str) -> tuple[Exchange, bool]:
        """What is told in the conversation itself, and whether its reply is taught."""
        random = self.random
        if not self.conversation:
            return self._tell(asker), True
        if self.known and random.random() < 0.4:
            return self.world.small_talk(asker, talk_templates.SMALL_TALK, "small_talk"), True
        told = self._tell(asker)
        return (told.curtly(random), False) if random.random() < 0.7 else (told, True)

    def _remember(self, count: int) -> list[RememberedLine]:
        """Lines in the order in which they were said: the last word on a fact is the one that counts."""
        random = self.random
        episodes: list[list[tuple[str, str]]] = []
        while sum(map(len, episodes)) < count:
            episodes.append(self._episode())
        channels = random.sample(talk_templates.CHANNELS, random.choice((1, 1, 2, 3)))
        ages = sorted((draw_age_s(random) for _ in episodes), reverse=True)
        return [
            RememberedLine(speaker, channel, NOW_S - age_s + position, text)
            for age_s, lines in zip(ages, episodes, strict=True)
            for channel in (random.choice(channels),)
            for position, (speaker, text) in enumerate(lines)
        ]

    def _episode(self) -> list[tuple[str, str]]:
        random, world = self.random, self.world
        speaker, roll = random.choice(world.people), random.random()
        if self.rivals:
            roll *= 0.62 if self.few else _TOLD_MORE
        if roll < 0.72:
            told = self._tell(speaker) if roll < 0.6 or not self.known else self._change(speaker)
            lines = [(told.speaker, told.text)]
            if random.random() < 0.2 and told.reply is not None:
                lines.append((world.persona, told.reply))
            return lines
        if roll < 0.8:
            asked = world.ask(speaker, self._untold(), known=False)
            return [(asked.speaker, asked.text)]
        if roll < 0.94 or len(world.people) == 1:
            said = world.small_talk(speaker, talk_templates.SMALL_TALK, "small_talk")
        else:
            said = world.between_others(speaker)
        return [(said.speaker, said.text)]

    def _like(self) -> Fact | None:
        """Often something that is easily confused with what was told."""
        if self.known and self.random.random() < 0.6:
            return self.random.choice(list(self.known.values()))
        return None

    def _untold(self) -> Fact:
        """A fact that nobody told yet: of what everybody may have, if this interview is about such things."""
        random, world = self.random, self.world
        for _ in range(6 if self.topics and random.random() < 0.85 else 0):
            topic = random.choice(self.topics)
            owner = Owner(random.choice(world.people))
            fact = replace(topic, owner=owner, value=world.value(topic.attribute, topic.about))
            if fact.identity not in self.known:
                world.used.add(fact.identity)
                return fact
        while (fact := world.new_fact(self._like())).identity in self.known:
            pass
        return fact

    def _tell(self, speaker: str) -> Exchange:
        return self._noted(speaker, self._untold(), changed=False)

    def _change(self, speaker: str) -> Exchange:
        fact = self.random.choice(list(self.known.values()))
        value = self.world.value(fact.attribute, fact.about)
        return self._noted(speaker, replace(fact, value=value), changed=True)

    def _noted(self, speaker: str, fact: Fact, *, changed: bool) -> Exchange:
        teller = fact.owner.person if fact.owner.person in self.world.people else speaker
        if teller != speaker and not self.few and self.random.random() < 0.3:
            teller = speaker
        exchange = self.world.note(teller, fact, changed=changed)
        assert exchange.fact is not None
        for told in (exchange.fact, *exchange.also):
            self.known[told.identity] = told
            self.unasked.append(told.identity)
        return exchange

    def _exchange(self, asker: str) -> Exchange:
        random, world = self.random, self.world
        roll = random.random()
        if self.rivals:
            roll *= _ASKED_MORE
        if self.few and self.remembered and random.random() < 0.06:
            quoted = quote_memory(world, asker, self.remembered, NOW_S, self.speakers)
            if quoted:
                return quoted
        if self.few and random.random() < 0.03:
            return world.small_talk(asker, _WHO_AM_I, "small_talk")
        if random.random() < _WHAT_IS_KNOWN_SHARE:
            about = asker if random.random() < 0.7 else random.choice(world.people)
            of_them = [fact for fact in self.known.values() if fact.owner.person == about]
            if len(of_them) <= _MOST_KNOWN:
                return world.ask_what_is_known(asker, about, of_them)
        if roll < (0.62 if self.few else 0.48):
            return self._known_question(asker)
        if roll < 0.76:
            untold = self._untold()
            return world.ask_untold(asker, untold, "\n".join(it.text for it in world.tellings))
        if roll < 0.84:
            return self._tell(asker)
        if roll < 0.88 and self.known:
            return self._change(asker)
        if roll < 0.93:
            from_block = bool(self.remembered) and random.random() < 0.7
            quoted = quote_memory(world, asker, self.remembered, NOW_S, self.speakers) if from_block else None
            return quoted or repeat(world, asker)
        if roll < 0.97:
            return world.small_talk(asker, talk_templates.IDENTITY, "identity")
        return world.small_talk(asker, talk_templates.SMALL_TALK, "small_talk")

    def _known_question(self, asker: str) -> Exchange:
        random, world = self.random, self.world
        if not self.known:
            return world.ask(asker, world.new_fact(), known=False)
        if self.unasked and random.random() < 0.8:
            fact = self.known[self.unasked.pop(random.randrange(len(self.unasked)))]
        else:
            fact = random.choice(list(self.known.values()))
        roll = random.random() if not self.rivals else random.random() * 0.6
        if roll < (0.12 if self.few else 0.06) and fact.attribute.reverse:
            return world.ask_reverse(asker, fact)
        if roll < 0.1:
            return world.confirm(asker, fact)
        named = world.name_told_with(fact) if random.random() < BY_NAME_SHARE else ""
        return world.ask(asker, fact, known=True, named=named)


def _decisions(random: Random) -> Lesson:
    """Message after message that may or may not be the persona's to answer, under the decision contract."""
    world = World(random, least_people=random.choice((2, 2, 3, 4)))
    contract = decision_text(world.persona)
    turns: list[Turn] = []
    for _ in range(random.randint(4, 12)):
        exchange, decided = _decided(world, random.choice(world.people))
        turns.append(Turn(Role.USER, spoken_text(SpokenLine(exchange.speaker, exchange.text)) + contract))
        turns.append(Turn(Role.ASSISTANT, decided))
    prompt = Prompt(
        identity=identity_text(world.persona, world.role, about_text(random)),
        history=tuple(turns[:-2]),
        message=turns[-2].text,
        late=lambda: "",
    )
    return Lesson(prompt, turns[-1].text, (True,) * (len(turns) // 2 - 1), "decisions")


def _decided(world: World, speaker: str) -> tuple[Exchange, str]:
    """A message and the contract's answer to it.

    The same sentences go to the persona and to others, so that nothing but the name decides.
    """
    random = world.random
    roll = random.random()
    if roll < 0.5:
        exchange = world.between_others(speaker)
    elif roll < 0.75:
        exchange = world.spoken_to(speaker)
    else:
        if roll < 0.85:
            exchange = world.ask(speaker, world.new_fact(), known=False)
        else:
            intents = talk_templates.IDENTITY if roll < 0.9 else talk_templates.SMALL_TALK
            exchange = world.small_talk(speaker, intents, "small_talk")
        if roll < 0.97 and world.persona not in exchange.text:
            exchange = replace(exchange, text=world.addressed(exchange.text))
    if exchange.reply is None:
        return exchange, as_decision(None)
    return exchange, as_decision(exchange.reply)
