"""The exam's kinds of fact, in sentences that training never uses.

`{x}` is what the fact is about, `{v}` its value, `{p}` a person's name. Sentences come in pairs of first and
third person: the same fact told by its owner, and told or asked about somebody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.exam_questions import vocabulary as words


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact. `about` are the choices for `{x}`."""

    key: str
    about: tuple[str, ...]
    value: Callable[[Random], str]
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    newer: tuple[str, ...]
    """Statements that replace an older value."""
    third_statements: tuple[str, ...]
    third_questions: tuple[str, ...]


def _from(choices: tuple[str, ...]) -> Callable[[Random], str]:
    return lambda random: random.choice(choices)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _date(random: Random) -> str:
    return f"{random.choice(_MONTHS)} {random.randint(1, 28)}"


def _number(random: Random) -> str:
    return str(random.randint(100, 99999))


KINDS: tuple[Kind, ...] = (
    Kind(
        "relative",
        ("sister", "brother", "aunt", "cousin", "daughter", "dentist", "boss", "neighbour"),
        _from(words.PEOPLE),
        (
            "My {x} goes by {v}.",
            "{v} is how we call my {x}.",
            "Everyone knows my {x} as {v}.",
            "I must tell you about my {x}. Her name is {v}.",
        ),
        (
            "What name does my {x} go by?",
            "How do we call my {x}?",
            "Which name belongs to my {x}?",
            "My {x} has a name. Which one?",
        ),
        ("From now on we call my {x} {v}.", "My {x} has a new name, {v}."),
        ("{p}'s {x} goes by {v}.", "Everyone knows {p}'s {x} as {v}."),
        ("What name does {p}'s {x} go by?", "Which name belongs to {p}'s {x}?", "How do we call {p}'s {x}?"),
    ),
    Kind(
        "pet",
        ("dog", "cat", "parrot", "rabbit", "horse"),
        _from(words.PETS),
        (
            "We have a {x} at home and its name is {v}.",
            "My {x} listens to the name {v}.",
            "I gave my {x} the name {v}.",
        ),
        (
            "What name did I give my {x}?",
            "What name does my {x} listen to?",
            "Do you still have my {x}'s name?",
        ),
        ("I gave my {x} another name, {v}.", "My {x} listens to {v} from now on."),
        ("{p}'s {x} listens to the name {v}.", "{p} gave the {x} the name {v}."),
        ("What name did {p} give the {x}?", "What name does {p}'s {x} listen to?"),
    ),
    Kind(
        "home",
        ("",),
        _from(words.PLACES),
        ("My flat is in {v}.", "These days you can find me in {v}.", "I have lived in {v} for years."),
        ("In what city is my flat?", "Which city do I call home?", "What place do I live in?"),
        ("I packed everything up and went to live in {v}.", "My flat is in {v} since last week."),
        ("{p}'s flat is in {v}.", "These days you can find {p} in {v}."),
        ("In what city is {p}'s flat?", "Which city does {p} call home?", "What place does {p} live in?"),
    ),
    Kind(
        "childhood",
        ("",),
        _from(words.PLACES),
        ("I spent my childhood in {v}.", "As a child I lived in {v}.", "I went to school in {v}."),
        ("Where did I spend my childhood?", "What place did I live in as a child?"),
        (
            "I told you something wrong, my childhood was in {v}.",
            "It was really {v} where I spent my childhood.",
        ),
        ("{p} spent the first years of life in {v}.", "As a child {p} lived in {v}."),
        ("Where did {p} spend the first years of life?", "What place did {p} live in as a child?"),
    ),
    Kind(
        "favourite",
        ("food", "hobby", "dessert", "snack", "dish"),
        _from(words.THINGS),
        (
            "When it comes to {x}, I like {v} best.",
            "My number one {x} is {v}.",
            "No {x} is better than {v} for me.",
        ),
        ("What is my number one {x}?", "Name my favourite {x}.", "Which {x} do I prefer?"),
        ("I have a different favourite {x} now, {v}.", "My number one {x} has changed to {v}."),
        ("{p}'s number one {x} is {v}.", "When it comes to {x}, {p} likes {v} best."),
        ("What is {p}'s number one {x}?", "Name {p}'s favourite {x}.", "Which {x} does {p} prefer?"),
    ),
    Kind(
        "colour",
        ("bicycle", "coat", "front door", "car", "umbrella", "sofa", "scarf"),
        _from(words.COLOURS),
        ("My {x} looks {v}.", "I own a {x} and it is {v}.", "I chose {v} as the colour for my {x}."),
        (
            "What colour does my {x} have?",
            "In what colour is my {x}?",
            "Which colour did I choose for my {x}?",
        ),
        ("I had my {x} painted {v}.", "My {x} is not the old colour any more, it is {v}."),
        ("{p}'s {x} looks {v}.", "{p} chose {v} as the colour for the {x}."),
        ("What colour does {p}'s {x} have?", "In what colour is {p}'s {x}?"),
    ),
    Kind(
        "job",
        ("",),
        _from(words.TRADES),
        ("I earn money as a {v}.", "My work is that of a {v}.", "I make my living as a {v}."),
        ("What is my work?", "What do I earn money as?", "Which job do I have?"),
        ("I have a new job as a {v}.", "I earn money as a {v} from this month on."),
        ("{p} earns money as a {v}.", "{p} makes a living as a {v}."),
        ("What is {p}'s work?", "What does {p} earn money as?", "Which job does {p} have?"),
    ),
    Kind(
        "company",
        ("",),
        _from(words.COMPANIES),
        ("I spend my working days at {v}.", "The company I work for is {v}.", "My office is at {v}."),
        ("At what company do I work?", "Where do I spend my working days?", "Which company is my office at?"),
        ("I found a new job at {v}.", "The company I work for is {v} since Monday."),
        ("{p} spends the working days at {v}.", "The company {p} works for is {v}."),
        ("At what company does {p} work?", "Where does {p} spend the working days?"),
    ),
    Kind(
        "birthday",
        ("",),
        _date,
        (
            "We celebrate my birthday on {v}.",
            "My birthday falls on {v}.",
            "I get presents on {v}, it is my birthday.",
        ),
        ("On what date do we celebrate my birthday?", "What date does my birthday fall on?"),
        ("I wrote it wrong, my birthday falls on {v}.", "No, we celebrate my birthday on {v}."),
        ("We celebrate {p}'s birthday on {v}.", "{p}'s birthday falls on {v}."),
        ("On what date do we celebrate {p}'s birthday?", "What date does {p}'s birthday fall on?"),
    ),
    Kind(
        "number",
        ("locker number", "room number", "door code", "seat number", "customer number", "pin"),
        _number,
        ("The {x} I was given is {v}.", "They gave me {v} as my {x}.", "Write down my {x}, it is {v}."),
        ("Which {x} was I given?", "I need my {x}, what is it?", "Read me my {x}, please."),
        ("They gave me another {x}, {v}.", "Use {v} as my {x} from today on."),
        ("The {x} {p} was given is {v}.", "They gave {p} {v} as the {x}."),
        ("Which {x} was {p} given?", "I need {p}'s {x}, what is it?"),
    ),
    Kind(
        "stored",
        ("keys", "passport", "umbrella", "camera", "wallet", "scissors"),
        _from(words.HIDING_PLACES),
        ("I stored my {x} in the {v}.", "Look in the {v} for my {x}.", "You will find my {x} in the {v}."),
        ("Where did I store my {x}?", "Where should I look for my {x}?", "In what did I store my {x}?"),
        ("I took my {x} and stored it in the {v}.", "My {x} has a new place, the {v}."),
        ("{p} stored the {x} in the {v}.", "Look in the {v} for {p}'s {x}."),
        ("Where did {p} store the {x}?", "Where should I look for {p}'s {x}?"),
    ),
    Kind(
        "journey",
        ("",),
        _from(words.PLACES),
        ("I booked a journey to {v}.", "My holiday takes me to {v}.", "I bought a ticket to {v}."),
        (
            "Which place did I book a journey to?",
            "Where does my holiday take me?",
            "Where did I buy a ticket to?",
        ),
        ("I changed my journey, it goes to {v}.", "My holiday takes me to {v} and not there."),
        ("{p} booked a journey to {v}.", "{p}'s holiday goes to {v}."),
        ("Which place did {p} book a journey to?", "Where does {p}'s holiday go?"),
    ),
    Kind(
        "adores",
        ("",),
        _from(words.THINGS),
        ("I adore {v}.", "I am happy whenever there is {v}.", "I am a great friend of {v}."),
        ("What do I adore?", "What am I happy about?", "What am I a great friend of?"),
        ("What I adore is {v} these days.", "I have come to adore {v} instead."),
        ("{p} adores {v}.", "{p} is a great friend of {v}."),
        ("What does {p} adore?", "What is {p} a great friend of?"),
    ),
    Kind(
        "avoids",
        ("",),
        _from(words.THINGS),
        (
            "I get sick from {v}.",
            "The doctor says I am allergic to {v}.",
            "I must not have {v}, I am allergic.",
        ),
        (
            "What do I get sick from?",
            "What does the doctor say I am allergic to?",
            "Which thing am I allergic to?",
        ),
        ("It turns out that I am allergic to {v}.", "It is {v} that I am allergic to."),
        ("{p} gets sick from {v}.", "The doctor says {p} is allergic to {v}."),
        ("What does {p} get sick from?", "Which thing is {p} allergic to?"),
    ),
)
