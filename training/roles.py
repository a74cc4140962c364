"""Who a persona is: roles composed of anything, because a persona's own role is copied word by word."""

from __future__ import annotations

from random import Random

from training import names
from training.templates import small_talk as talk_templates
from training.templates.open_facts import noun, verb
from training.wording import third_person
from training.words import english, syllables

_BEFORE_NOUN = (
    "retired", "young", "former", "travelling", "night", "chief", "junior", "apprentice", "head", "royal",
    "part-time", "famous", "forgetful", "humble", "talkative", "sleepy", "polite", "second", "village",
)  # fmt: skip
_TAILS = (
    "of the {a} {n}", "of a {a} {n}", "of this {n}", "of an old {n}", "of {m}", "with {n} for {m}",
    "with a {a} {n}", "with time to {v}", "who {vs} {m}", "who {vs} well", "who {vs} what people {v}",
    "who can {v} the {n}", "who likes to {v}", "who always {vs} the {n}", "that {vs} {m}", "and {n}",
    "from the {a} {n}", "in a {n}", "between {n} and {m}", "for every {n}", "who never {vs}", "of all {m}s",
    "without a {n}", "to the {n}", "by the {n}", "who {vs} and {vs}", "on the {a} {n}", "who {vs} everybody",
)  # fmt: skip


def role(random: Random) -> str:
    """`a retired guide of the blue harbour`, `the quiet sakomber who helps with everyday things`."""
    roll = random.random()
    core = random.choice(talk_templates.ROLE_NOUNS) if roll < 0.35 else _occupation(random)
    words = [core]
    if random.random() < 0.5:
        adjective = random.choice(
            (*talk_templates.ROLE_ADJECTIVES, *_BEFORE_NOUN, english(random), names.word(random))
        )
        words.insert(0, adjective)
    words.insert(0, random.choice(("a", "a", "a", "the", "the", "your", "our")))
    roll = random.random()
    if roll < 0.25:
        words.append(
            random.choice(talk_templates.ROLE_TAILS).format(
                place=names.place(random), thing=names.thing(random), company=names.company(random)
            )
        )
    elif roll < 0.75:
        words.append(_tail(random))
    text = " ".join(words)
    return f"an {text[2:]}" if text[:2] == "a " and text[2] in "aeiou" else text


def _occupation(random: Random) -> str:
    maker = random.choice((names.trade, names.word, lambda r: f"{noun(r)} {syllables(r)}"))
    return random.choice((maker(random), f"{noun(random)} {random.choice(talk_templates.ROLE_NOUNS)}"))


def _tail(random: Random) -> str:
    return random.choice(_TAILS).format(
        a=random.choice((*names.ADJECTIVES, *_BEFORE_NOUN, names.word(random))),
        n=noun(random),
        m=names.word(random),
        v=verb(random),
        vs=third_person(verb(random)),
    )
