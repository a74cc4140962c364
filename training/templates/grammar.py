"""Sentences composed from the words of a fact, thousands of forms for each kind.

A list of templates teaches the list. Here a kind of fact gives noun phrases that mean its value ("{P} {x}'s
name"), nouns for what the value is ("name") and clauses with a gap where the value stands ("{S} live in _");
English does the rest: any question word, straight, cleft, in place or with the preposition in front, as an
order, as half a sentence with a question behind it. Placeholders as in facts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from training.wording import third_person


@dataclass(frozen=True, slots=True)
class Clause:
    """`subject` `auxiliary` `text` with `_` for the value: S do "live in _", S was "born in _".

    `subject` is S (the owner) or X (what the fact is about). `past` is the finite form after `did`.
    """

    subject: str
    auxiliary: str
    text: str
    past: str = ""

    @property
    def owner(self) -> str:
        return "{S}" if self.subject == "S" else "{P} {x}"

    @property
    def helper(self) -> str:
        """The verb form that stands before the subject in a question."""
        if self.auxiliary in ("did", "will"):
            return self.auxiliary
        if self.subject == "S":
            return {"do": "{do}", "am": "{am}", "was": "{was}", "have": "{have}"}[self.auxiliary]
        return {"do": "does", "am": "{are_x}", "was": "was", "have": "has"}[self.auxiliary]

    def told(self, value: str) -> str:
        """As a main clause with `value` in the gap; without a value the gap closes."""
        verb, _, rest = _filled(self.text, value).partition(" ")
        if self.auxiliary == "do":
            verb = f"{{{verb}+}}" if self.subject == "S" else third_person(verb)
        elif self.auxiliary == "did":
            verb = self.past
        else:
            verb = f"{self.helper} {verb}"
        return f"{self.owner} {verb} {rest}".rstrip()

    def asked(self, word: str) -> str:
        """As a question with the question word in front."""
        return f"{word} {self.helper} {self.owner} {_filled(self.text, '')}"

    def preposition(self) -> str:
        """The preposition right before a gap at the end, if there is one."""
        words = self.text.split(" ")
        return words[-2] if words[-1] == "_" and words[-2] in _PREPOSITIONS else ""

    def asked_with_preposition(self, word: str) -> str:
        """`in which city {do} {S} live`."""
        text = " ".join(self.text.split(" ")[:-2])
        return f"{self.preposition()} {word} {self.helper} {self.owner} {text}".rstrip()


def _filled(text: str, value: str) -> str:
    if not value:
        text = text.replace("the _", "_").replace(" a _", " _")
    return " ".join(text.replace("_", value).split())


_PREPOSITIONS = (
    "at", "with", "for", "near", "about", "from", "under", "behind", "by", "on", "to", "in", "of", "as",
    "into", "over", "after", "without",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words about one kind of fact: what its value is, noun phrases and clauses for it."""

    classes: tuple[str, ...]
    nouns: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    words: tuple[str, ...] = ("what",)
    """Question words that ask for the value alone: what, who, where, when."""
    parts: tuple[str, ...] = ()
    """What the value is to `{x}`, where `{x}` can be said to have it: a dog has a name, a coat a colour."""


_NOUN_QUESTIONS = (
    "what is {n}?", "what was {n}?", "what's {n}?", "{n} is what?", "what is {n} again?", "name {n}.",
    "give me {n}.", "say {n}.", "spell {n}.", "read out {n}.", "read {n} to me.", "show me {n}.",
    "i need {n}.", "i need {n}, which one is it?", "i need {n}. what is it?", "i am looking for {n}.",
    "do you still have {n}?", "do you have {n}?", "have you got {n}?", "have you noted {n}?",
    "can i have {n}?", "may i have {n}, please?", "what about {n}?", "how about {n}?", "and {n}?",
    "{n}, please.", "{n}, which is it?", "{n}: what is it?", "what do you have as {n}?",
    "what did i say about {n}?", "what would be {n}?", "what do you know about {n}?", "look up {n}.",
    "could you look up {n}?", "which one is {n}?", "what did i say {n} was?", "what have you noted as {n}?",
    "is {n} known to you?", "what did you write down as {n}?", "let me have {n}.", "write {n} here.",
    "what can you tell me about {n}?", "type {n} for me.", "repeat {n} please.", "what exactly is {n}?",
    "somebody asks for {n}.", "they want to know {n}.", "{n}?", "{n} again?", "help me with {n}.",
    "who knows {n}?", "do you keep {n} in mind?", "tell us {n}.", "tell me {n} once more.", "i lost {n}.",
    "i can't think of {n}.", "were you told {n}?", "what must i put down as {n}?", "which is {n}?",
    "the question is {n}.", "answer me this: what is {n}?", "what is it, {n}?", "bring up {n}.",
)  # fmt: skip
_CLASS_QUESTIONS = (
    "which {c} is it that {told}?", "what {c} is it that {told}?", "what is the {c} that {told}?",
    "name the {c} that {told}.", "give me the {c} that {told}.", "tell me the {c} that {told}.",
    "the {c} that {told}, what is it?", "the {c} that {told} is what?", "{told} which {c}?",
    "{told} what {c}?", "do you know the {c} that {told}?", "which {c} did i say {told}?",
    "what {c} did i tell you {told}?", "you know the {c} that {told}?", "i forgot the {c} that {told}.",
    "which is the {c} that {told}?", "say the {c} that {told}.", "there is a {c} that {told}. which one?",
    "there is a {c} that {told}. do you know it?", "can you name the {c} that {told}?",
    "is there a {c} that {told}?", "which {c} was it that {told}?", "remind me of the {c} that {told}.",
)  # fmt: skip
_OWNED_QUESTIONS = (
    "{o} has a {c}. which one?", "{o} has a {c}. what is it?", "{o} has a {c}, do you know it?",
    "which {c} does {o} have?", "what {c} does {o} have?", "which {c} has {o}?", "{o} has which {c}?",
    "of {o}, which {c} do you know?", "which {c} goes with {o}?", "what is the {c} of {o}?",
    "name the {c} of {o}.", "which {c} is the one of {o}?", "for {o}, what is the {c}?", "the {c} of {o}?",
    "what {c} belongs with {o}?", "as for {o}, which {c} is it?", "{o}: which {c}?", "{o}, what {c}?",
    "what was the {c} of {o}?", "give me the {c} of {o}.", "do you know the {c} of {o}?",
    "which {c} was it for {o}?", "what {c} would {o} have?", "{o} and the {c}, what was it?",
)  # fmt: skip
_WORD_QUESTIONS = (
    "{w} is it that {told}?", "{told} {w}?", "{w} was it that {told}?", "tell me {w} {told}.",
    "do you know {w} {told}?", "remember {w} {told}?", "{w} did i say {told}?", "say {w} {told}.",
    "can you say {w} {told}?", "i would like to hear {w} {told}.", "i forget {w} {told}.",
    "explain {w} {told}.", "have you heard {w} {told}?", "somebody asks {w} {told}.",
)  # fmt: skip
_NOUN_STATEMENTS = (
    "{n} is {v}", "{n} is {v}", "{v} is {n}", "as {n} you can take {v}", "{n}: {v}", "{n} would be {v}",
    "{n} happens to be {v}", "put down {v} as {n}", "for {n} take {v}", "{n}? {v}", "{n}, that is {v}",
    "with {v} you have {n}", "{v} it is, {n}", "they made {v} {n}", "if someone asks for {n}, say {v}",
    "{n} has always been {v}", "{v} was agreed on as {n}", "{n} is still {v}", "use {v} as {n}",
    "{v} serves as {n}", "nobody knows that {n} is {v}", "i can tell you {n}: {v}", "{n} equals {v}",
    "here is {n}: {v}", "{n} turned out to be {v}", "you asked for {n}, it is {v}", "{n} remains {v}",
    "{v}, that is {n}", "{n} became {v}", "take note of {n}, {v}", "{n} must be {v}", "i have {n}: {v}",
)  # fmt: skip
_CLAUSE_STATEMENTS = (
    "{full}", "{full}", "{full}", "it is {v} that {told}", "{v} is the {c} that {told}",
    "the {c} that {told} is {v}", "what {told} is {v}", "there is a {c} that {told}, it is {v}",
    "the {c}? {full}", "{full}, and only that", "{full} these days", "{full} at the moment",
    "{full} for years", "since last year {full}", "{full} as always", "usually {full}", "in fact {full}",
    "{full} with pleasure", "everybody knows {full}", "nobody knows it but {full}", "at last {full}",
    "{full} whenever there is time", "{full} more than anything", "{full} with the others", "{full} there",
    "as everybody knows, {full}", "all year long {full}", "for some time {full}", "in short, {full}",
)  # fmt: skip
_OWNED_STATEMENTS = (
    "{o} has the {c} {v}", "the {c} of {o} is {v}", "{o} has {v} as its {c}", "{v} is the {c} of {o}",
    "for {o} the {c} is {v}", "{o} got the {c} {v}", "{o} has a {c}, and it is {v}", "{o}, {c} {v}",
    "the {c} that {o} has is {v}", "{o} comes with the {c} {v}", "{v} is the {c} that {o} has",
    "of all things {o} has {v} as {c}", "let me tell you about {o}. the {c} is {v}", "{o}: {c} {v}",
    "there is {o}. its {c} is {v}", "about {o}, the {c} is {v}", "{o} was given the {c} {v}",
)  # fmt: skip
_CHANGES = (
    "{s} now", "now {s}", "from now on {s}", "{s} from now on", "since yesterday {s}", "{s} since this week",
    "{s} instead", "it is different now, {s}", "not any more, {s}", "it changed and {s}", "today {s}",
    "{s}, not the old one", "lately {s}", "as of this month {s}", "no longer the old one: {s}", "no, {s}",
    "i said something else before, but {s}", "what i said is out of date, {s}", "by now {s}", "{s} after all",
    "from today {s}", "in the end {s}", "{s}, i told you wrong", "that was wrong, {s}", "i mixed it up, {s}",
    "there is a change, {s}", "i decided anew, {s}", "starting this year {s}", "{s}, no longer what i said",
)  # fmt: skip
_NOUN_CHANGES = (
    "{n} has changed to {v}", "{n} is {v} now", "{n} was changed, it is {v}", "{n} became {v}",
    "{n} is not the same any more, it is {v}", "{v} is the new one for {n}", "we changed {n} to {v}",
    "{n} was something else, now it is {v}", "{n} is {v} from now on", "they replaced {n} by {v}",
    "instead of the old one, {n} is {v}", "{v} replaces {n}", "there is something new as {n}, {v}",
    "forget the old one, {n} is {v}", "{n} is a different one today, {v}", "the latest is that {n} is {v}",
)  # fmt: skip


def question(random: Random, phrases: Phrases, exchanged: Callable[[str], str] = str) -> str:
    """One question or order for the value, with its punctuation.

    `exchanged` (here and below) may put other words into a noun phrase or clause before it is used.
    """
    kind = random.choice(phrases.classes)
    manner = random.choice(["noun"] * 2 * bool(phrases.nouns) + ["clause"] * 3 * bool(phrases.clauses))
    if phrases.parts and random.random() < 0.25:
        part = random.choice(phrases.parts)
        return random.choice(_OWNED_QUESTIONS).format(o=_thing_owned(random), c=part)
    if manner == "noun":
        return random.choice(_NOUN_QUESTIONS).format(n=exchanged(random.choice(phrases.nouns)))
    clause = _clause(random, phrases, exchanged)
    roll = random.random()
    which = f"{random.choice(('which', 'what'))} {kind}"
    if roll < 0.12:
        return clause.asked(random.choice(phrases.words)) + "?"
    if roll < 0.4:
        return clause.asked(which) + "?"
    if roll < 0.6 and clause.preposition():
        return clause.asked_with_preposition(which) + "?"
    if roll < 0.75:
        told = clause.told("")
        return random.choice(_WORD_QUESTIONS).format(told=told, w=random.choice((which, *phrases.words)))
    return random.choice(_CLASS_QUESTIONS).format(told=clause.told(""), c=kind)


def statement(random: Random, phrases: Phrases, exchanged: Callable[[str], str] = str) -> str:
    """One sentence that tells the value, without punctuation at its end."""
    kind = random.choice(phrases.classes)
    manner = random.choice(["noun"] * bool(phrases.nouns) + ["clause"] * 2 * bool(phrases.clauses))
    if phrases.parts and random.random() < 0.2:
        part = random.choice(phrases.parts)
        return random.choice(_OWNED_STATEMENTS).format(o=_thing_owned(random), c=part, v="{v}")
    if manner == "noun":
        return random.choice(_NOUN_STATEMENTS).format(n=exchanged(random.choice(phrases.nouns)), v="{v}")
    clause = _clause(random, phrases, exchanged)
    return random.choice(_CLAUSE_STATEMENTS).format(
        full=clause.told("{v}"), told=clause.told(""), c=kind, v="{v}"
    )


def change(random: Random, phrases: Phrases, exchanged: Callable[[str], str] = str) -> str:
    """One sentence that replaces an older value."""
    if phrases.nouns and random.random() < 0.5:
        return random.choice(_NOUN_CHANGES).format(n=exchanged(random.choice(phrases.nouns)), v="{v}")
    plain = (
        _clause(random, phrases, exchanged).told("{v}")
        if phrases.clauses
        else f"{exchanged(random.choice(phrases.nouns))} is {{v}}"
    )
    return random.choice(_CHANGES).format(s=plain)


def _clause(random: Random, phrases: Phrases, exchanged: Callable[[str], str]) -> Clause:
    clause = random.choice(phrases.clauses)
    # Of `did` the finite form stands beside its text and stays what it is.
    return clause if clause.past else replace(clause, text=exchanged(clause.text))


def _thing_owned(random: Random) -> str:
    return random.choice(("{P} {x}", "{P} {x}", "{P} own {x}", "{P} dear {x}"))
