"""One lesson's small world: the persona, the people, their facts, and how they are spoken of.

Whatever is said here is an `Exchange`: what somebody says, and what the persona answers to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import NamedTuple

from training import names
from training.lesson import Ground, Telling
from training.roles import role
from training.templates import facts as fact_templates
from training.templates import grammar, open_talk
from training.templates import small_talk as talk_templates
from training.templates.facts import ATTRIBUTES, Attribute
from training.templates.grammar import Phrases
from training.templates.open_facts import open_attribute, open_remark
from training.templates.phrases import PERSONA_NAME, PERSONA_ROLE
from training.templates.remarks import everyday_remark
from training.templates.small_talk import Intent
from training.templates.synonyms import with_synonyms
from training.templates.variants import spelled_out
from training.unseen import is_of_exam
from training.wording import (
    INTRODUCTIONS,
    Owner,
    Typing,
    View,
    in_one_breath,
    render,
    sentence,
    with_filler,
    with_slips,
    yes_no_question,
)
from training.words import syllables

OPEN_SHARE = 0.1
"""Share of facts of a kind that is made up on the spot (see training/templates/open_facts.py)."""
COMPOSED_SHARE = 0.3
"""Share of the sentences of a kind that are composed (see training/templates/grammar.py)."""
VARIED_SHARE = 0.65
"""Share of the other sentences that have alternatives in them (see training/templates/variants.py)."""
VALUE_FIRST_SHARE = 0.08
"""Share of the sentences that are sought among those that begin with the value: rare otherwise, and the
hardest to read, because whoever reads the value does not know yet what it is."""
PLAIN_SHARE = 0.7
"""Share of statements and questions with nothing around them."""
_ODD_REMARK_SHARE = 0.3
"""Share of composed remarks that are of made-up words."""
_OPEN_TALK: dict[str, Callable[[Random], str]] = {
    "remark": lambda random: (open_remark if random.random() < _ODD_REMARK_SHARE else everyday_remark)(
        random
    ),
    "feel_good": lambda random: open_talk.mood(random, good=True),
    "feel_bad": lambda random: open_talk.mood(random, good=False),
    "thanks": open_talk.thanks,
    "farewell": open_talk.farewell,
    "greeting": open_talk.greeting,
    "how_are_you": open_talk.how_are_you,
    "abilities": open_talk.abilities,
    "who_are_you": open_talk.who_are_you,
    "name": lambda random: _of_persona(random, PERSONA_NAME),
    "role": lambda random: _of_persona(random, PERSONA_ROLE),
}
SUBJECT_RELATIVES = (
    *fact_templates.RELATIVES, "best friend", "boss", "neighbour", "friend", "partner", "teacher",
)  # fmt: skip
_CURT_REPLIES = (
    "I see!", "Okay!", "All right.", "Thanks for telling me.", "I will remember that.", "Noted.",
    "Oh, really?", "Good to know.", "Thank you!", "Understood.", "I'll keep that in mind.", "Got it!",
    "Thank you, I have noted it.", "Thanks, good to know.", "Okay, I will think of it.",
    "Oh, I did not know.", "How nice of you to tell me.", "Thank you for telling me.",
    "Sure, I will not forget it.",
)  # fmt: skip
_INTRODUCED_SHARE = 0.08
"""Share of sentences about others that say "my friend Mira", and of those that say "the dog of Mira"."""
_WE_SHARE = 0.12
"""Share of sentences about a household's facts that whoever lives in it says with "we" and "our"."""
_HOUSEHOLDS = frozenset(
    ("pet_name", "several_names", "thing_name", "home", "object_colour", "kept_in", "travel", "building",
     "bought", "owned_count", "eats", "drives", "secret", "likes", "relative_name", "event")
)  # fmt: skip
_TOGETHER_SHARE = 0.2
"""Share of statements that tell another fact in the same breath."""
_WHO_SHARE, _WHETHER_SHARE = 0.12, 0.08
"""Shares of questions for what is not known that ask whom a fact is about ("who lives in Vela?"), and whether
something is so ("do I live in Vela?")."""
_CONFIRM_FRAMES = ("is it true that {}?", "{}, right?", "am i right that {}?", "{}, correct?", "so {}?")
_RELATIVES_SHARE = 0.3
"""Share of facts about somebody's relative, of those that relatives may have."""
_NAMED_RELATIVE_SHARE = 0.55
"""Share of facts about somebody's relative that are told with the relative's name ("my sister Mira")."""
BY_NAME_SHARE = 0.6
"""Share of questions about a relative that call them by the name that was told ("where does Mira live?")."""
_CONTRASTED_SHARE, _CONTRASTED_CHANGE_SHARE = 0.02, 0.12
"""Share of statements, and of changes, that say what it is not besides."""
_CONTRASTS = (", not {o}", " and not {o}", " rather than {o}", ", definitely not {o}", ", never {o}")
_CHANGED_CONTRASTS = (", not {o}", ", no longer {o}", " instead of {o}", ", not {o} any more", " and not {o}")
_MOST_TOGETHER = 150
"""Characters of what is told in one breath."""
ONE_QUESTION = (
    frozenset(("event", "time")),
    frozenset(("employer", "workplace")),
    frozenset(("owned_count", "several_names")),
)
"""Kinds of facts that one question asks for, or one statement tells: nobody tells both of the same thing."""
_ONE_KIND = {key: min(keys) for keys in ONE_QUESTION for key in keys}
_ONE_THING = {
    name: names[0]
    for names in (
        ("mother", "mum"), ("father", "dad"), ("grandmother", "grandma"), ("grandfather", "grandpa"),
        ("roommate", "flatmate"), ("friend", "best friend"), ("doctor", "dentist"),
        ("wifi password", "password"), ("code word", "secret word"), ("nickname", "username", "login"),
        ("old letters", "letters"), ("spare key", "keys"), ("piano lesson", "lesson"),
        ("dentist appointment", "checkup"), ("dinner", "supper"), ("bicycle", "bike"),
    )
    for name in names
}  # fmt: skip
"""Words for one thing, or for things that a question does not tell apart, by one of them."""
_NEAR_SHARE = 0.6
"""Share of what else is known of the same person that is of a kind easily taken for the one asked for."""
_PLAIN_STARTS = frozenset(
    ("you", "your", "the", "for", "on", "of", "everybody", "there", "originally", "someone")
)


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
class Exchange:
    """What somebody says and what the persona answers; `reply` None: nobody asked the persona."""

    speaker: str
    text: str
    reply: str | None
    fact: Fact | None = None
    skill: str = ""
    value: str = ""
    ground: Ground | None = None
    """What the reply rests on, where that is one fact or the lack of it."""
    also: tuple[Fact, ...] = ()
    """What else is told, so that it can be asked for."""

    def curtly(self, random: Random) -> Exchange:
        """With a reply that does not repeat the fact, so that it has to be read where it was told.

        Such replies are there to be read; they are not to be taught.
        """
        return replace(self, reply=random.choice(_CURT_REPLIES), ground=None)


class _Told(NamedTuple):
    """Two facts in one breath: what is said, the clause that an acknowledgement repeats, and each fact behind
    the part of the text that tells it, in their order."""

    text: str
    clause: str
    parts: tuple[tuple[str, Fact], tuple[str, Fact]]


class World:
    """The people, the persona and the facts of one lesson.

    Where all speak `plainly`, everybody says a kind of fact in its first wording, and most people have a name
    that is heard every day: nothing is left to learn but who and what.
    """

    def __init__(self, random: Random, least_people: int = 1, *, plainly: bool = False) -> None:
        self.random = random
        self.plainly = plainly
        self.persona = names.person(random)
        self.role = role(random)
        count = max(least_people, random.choice((1, 1, 1, 2, 2, 3, 4)))
        self.people: list[str] = []
        while len(self.people) < count:
            if plainly and random.random() < 0.5:
                name = random.choice(names.COMMON_PEOPLE)
            else:
                name = names.person(random) if random.random() < 0.97 else syllables(random)
            if random.random() < 0.04:
                name = name.lower()
            if name not in self.people and name != self.persona:
                self.people.append(name)
        self.typing = {name: Typing.careful() if plainly else Typing.draw(random) for name in self.people}
        self.used: set[tuple[str, str, str, str]] = set()
        self._sayings: dict[tuple[str, str, str, str], tuple[str, str]] = {}
        """How each fact was last told, and what the persona said to it."""
        self.tellings: list[Telling] = []
        self.told: dict[tuple[str, str, str, str], Fact] = {}
        """Every fact as it was told last."""

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
                    others = fact_templates.near(like.attribute.key)
                    if others and random.random() < _NEAR_SHARE:
                        attribute = random.choice(others)
                        about = (
                            like.about if like.about in attribute.about else random.choice(attribute.about)
                        )
                    owner = like.owner if not (attribute.personal and like.owner.relation) else owner
            fact = Fact(attribute, about, owner, self.value(attribute, about))
            if fact.identity in self.used or self._clashes(fact):
                continue
            self.used.add(fact.identity)
            return fact
        fact = Fact(ATTRIBUTES[0], syllables(random), Owner(random.choice(self.people)), names.person(random))
        self.used.add(fact.identity)
        return fact

    def value(self, attribute: Attribute, about: str) -> str:
        maker = attribute.value
        if attribute.key == "favourite":
            maker = fact_templates.FAVOURITE_VALUES.get(about, maker)
        return maker(self.random)

    def _not_so(self, fact: Fact, *, changed: bool) -> str:
        """What it is not: where it changed, what was told before."""
        before = self.told.get(fact.identity) if changed else None
        if before is None:
            return self._other_value(fact)
        old, new = before.value.casefold(), fact.value.casefold()
        return self._other_value(fact) if old in new or new in old else before.value

    def _other_value(self, fact: Fact) -> str:
        """One that is no part of the fact's value, nor the other way round."""
        true = fact.value.casefold()
        while (
            value := self.value(fact.attribute, fact.about)
        ).casefold() in true or true in value.casefold():
            pass
        return value

    def _owner(self, attribute: Attribute) -> Owner:
        random = self.random
        person = random.choice(self.people)
        if random.random() < 0.08:
            person = names.person(random)
        if not attribute.personal and random.random() < _RELATIVES_SHARE:
            return Owner(person, random.choice(SUBJECT_RELATIVES))
        return Owner(person)

    def _clashes(self, fact: Fact) -> bool:
        asked = _question_for(fact.identity)
        return any(_question_for(other) == asked for other in self.used - {fact.identity})

    # What people say and what the persona answers

    def statement(
        self, speaker: str, fact: Fact, *, changed: bool = False, named: str = ""
    ) -> tuple[str, Fact, str]:
        """Text, the fact with its value as typed, and the clause that an acknowledgement repeats.

        `named` is what the relative is called whom it is about.
        """
        random, typing = self.random, self.typing.get(speaker) or Typing.draw(self.random)
        fact = replace(fact, value=typing.cased(fact.value))
        frames = fact_templates.CHANGE_FRAMES if changed else fact_templates.STATEMENT_FRAMES
        view = self._view(fact, speaker)
        if named:
            view = _by_name(view, named)
        if self.plainly and not changed:
            first = fact.attribute.statements[0]
            text = typing.apply(render(first, view, fact.about, fact.value), random, keep=fact.value)
            if not is_of_exam(text, fact.owner.person, value=fact.value):
                return text, fact, self.answer_clause(speaker, fact)
        while True:
            template = self._owned(self._statement_template(fact.attribute, changed=changed), view)
            other = typing.cased(self._not_so(fact, changed=changed)) if "{o}" in template else ""
            bare = render(template, view, fact.about, fact.value, other)
            body = render(
                with_slips(random, with_filler(random, template)), view, fact.about, fact.value, other
            )
            text = typing.apply(_framed(random, frames).format(body), random, keep=fact.value)
            if not any(is_of_exam(it, fact.owner.person, value=fact.value) for it in (bare, body, text)):
                break
        if random.random() < 0.08:
            text = self.addressed(text, behind_value=text.rstrip(".!").endswith(fact.value))
        return text, fact, self.answer_clause(speaker, fact, named)

    def _view(self, fact: Fact, speaker: str) -> View:
        """How `speaker` says whose a fact is to the persona: of others with a word or two before the name, of
        what is a household's now and then with "we"."""
        owner = fact.owner
        view = View.of(owner, speaker, self.persona)
        is_shared = view.person == 1 and fact.attribute.key in _HOUSEHOLDS
        if is_shared and not self.plainly and self.random.random() < _WE_SHARE:
            return View("we", "our", "us", 2)
        is_other = view.person == 3 and owner.person != speaker
        if self.plainly or not is_other or self.random.random() > _INTRODUCED_SHARE:
            return view
        return View.of(replace(owner, person=f"{self.random.choice(INTRODUCTIONS)} {owner.person}"), "", "")

    def _owned(self, template: str, view: View) -> str:
        """`template`, of others now and then with "the dog of Mira" for "Mira's dog"."""
        would_run_on = "{P} {x}'" in template or "{P} {x} {v}" in template
        if view.person != 3 or would_run_on or self.random.random() > _INTRODUCED_SHARE:
            return template
        return template.replace("{P} {x}", "the {x} of {S}")

    def _statement_template(self, attribute: Attribute, *, changed: bool) -> str:
        random = self.random
        template = self._told_template(attribute, changed=changed)
        share = _CONTRASTED_CHANGE_SHARE if changed else _CONTRASTED_SHARE
        if template.endswith("{v}") and random.random() < share:
            template += random.choice(_CHANGED_CONTRASTS if changed else _CONTRASTS)
        return template

    def _told_template(self, attribute: Attribute, *, changed: bool) -> str:
        random = self.random
        exchanged = partial(with_synonyms, random, kind=attribute.key)
        if not changed and random.random() < VALUE_FIRST_SHARE:
            lines = fact_templates.value_first(attribute)
            if lines:
                return exchanged(spelled_out(random, random.choice(lines)))
        composed = attribute.phrases is not None and random.random() < COMPOSED_SHARE
        varied = attribute.variants is not None and random.random() < VARIED_SHARE
        if changed and random.random() < 0.7:
            if composed and attribute.phrases:
                return grammar.change(random, attribute.phrases, exchanged)
            if varied and attribute.variants and attribute.variants.changed:
                return exchanged(spelled_out(random, random.choice(attribute.variants.changed)))
            if attribute.updates:
                return exchanged(random.choice(attribute.updates))
        if composed and attribute.phrases:
            return grammar.statement(random, attribute.phrases, exchanged)
        if varied and attribute.variants:
            return exchanged(spelled_out(random, random.choice(attribute.variants.told)))
        return exchanged(random.choice(attribute.statements))

    def answer_clause(self, asker: str, fact: Fact, named: str = "") -> str:
        """`named`: a relative's name, given besides ("your sister Mira lives in ...")."""
        templates = fact_templates.answer_statements(fact.attribute)
        view = self._answer_view(asker, fact.owner)
        if named:
            view = _by_name(view, named)
        return render(templates[0], view, fact.about, fact.value)

    def _answer_view(self, asker: str, owner: Owner) -> View:
        if owner.person == asker:
            return View.of(owner, self.persona, asker)
        typing = self.typing.get(asker)
        name = typing.cased(owner.person) if typing else owner.person
        return View.of(Owner(name, owner.relation), self.persona, asker)

    def note(self, speaker: str, fact: Fact, *, changed: bool = False) -> Exchange:
        name = None if changed else self._name_of_relative(fact)
        named = self._typed(speaker, name.value) if name else ""
        text, fact, clause = self.statement(speaker, fact, changed=changed, named=named)
        told = None if changed else self._together(speaker, text, fact, clause, named)
        reply = fact_templates.ACK_FRAME.format(told.clause if told else clause)
        parts = told.parts if told else ((text, fact),)
        for part, it in parts:
            self._sayings[it.identity] = (part, reply)
            called = named if it.owner == fact.owner else ""
            self.tellings.append(Telling(part, it.value, it.owner.person, it.attribute.key, called))
        also = [it for _, it in parts if it is not fact]
        if name:
            also.append(replace(name, value=named))
            self._sayings[name.identity] = (text, "")
        for it in (fact, *also):
            self.told[it.identity] = it
        ground: Ground | None = None
        for part, it in parts:
            ground = Ground((part,), it.value, kind=it.attribute.key, earlier=ground)
        said = told.text if told else text
        return Exchange(speaker, said, reply, fact, "noting", fact.value, ground, tuple(also))

    def _typed(self, speaker: str, name: str) -> str:
        typing = self.typing.get(speaker)
        return typing.cased(name) if typing else name

    def _name_of_relative(self, fact: Fact) -> Fact | None:
        """Now and then, what the relative is called whom a fact is about."""
        relation = fact.owner.relation
        attribute = ATTRIBUTES[0]
        name = Fact(attribute, relation, Owner(fact.owner.person), names.person(self.random))
        if (
            self.plainly
            or relation not in attribute.about
            or name.identity in self.used
            or name.value in self.people
            or self.random.random() > _NAMED_RELATIVE_SHARE
        ):
            return None
        self.used.add(name.identity)
        return name

    def name_told_with(self, fact: Fact) -> str:
        """What the relative is called whom a fact is about, if the sentence that told it says so."""
        name, told = self._name_told_of(fact.owner), self._sayings.get(fact.identity)
        return name if told and name in told[0] else ""

    def _name_told_of(self, owner: Owner) -> str:
        """What a relative was called when it was told last, of whatever; empty if never."""
        name = self.told.get((ATTRIBUTES[0].key, owner.relation, owner.person, ""))
        return name.value if owner.relation and name else ""

    def _together(self, speaker: str, text: str, fact: Fact, clause: str, named: str) -> _Told | None:
        """Now and then, `text` with another fact in the same breath; of a relative, perhaps `named`."""
        random, typing = self.random, self.typing.get(speaker)
        if self.plainly or typing is None or random.random() > _TOGETHER_SHARE:
            return None
        other = self._companion(fact)
        other = replace(other, value=typing.cased(other.value))
        values = (fact.value.casefold(), other.value.casefold())
        view = self._view(other, speaker)
        shared = ""
        if other.owner == fact.owner:
            view = _by_name(view, named) if named else view
            shared = sentence(view.subject)
        body = render(random.choice(other.attribute.statements), view, other.about, other.value)
        too_long = len(text) + len(body) > _MOST_TOGETHER
        if (
            too_long
            or values[0] in values[1]
            or values[1] in values[0]
            or is_of_exam(body, other.owner.person, value=other.value)
        ):
            return None
        typed = typing.apply(body, random, keep=other.value)
        told, clauses = [(text, fact), (typed, other)], [clause, self.answer_clause(speaker, other)]
        if random.random() < 0.4:
            told.reverse()
            clauses.reverse()
        (first, _), (second, last) = told
        before, after = in_one_breath(random, first, second, shared=shared, value=last.value)
        parts = ((first if before.startswith(first) else first.rstrip(".!?"), told[0][1]), (after, last))
        return _Told(before + after, " and ".join(clauses), parts)

    def _companion(self, fact: Fact) -> Fact:
        """Another fact to tell in the same breath: easily confused with `fact`, or of the same person."""
        other = self.new_fact(fact if self.random.random() < 0.4 else None)
        of_same = replace(other, owner=fact.owner)
        is_free = of_same.identity not in self.used and not self._clashes(of_same)
        if is_free and not (other.attribute.personal and fact.owner.relation):
            self.used.add(of_same.identity)
            return of_same
        return other

    def _ground(self, fact: Fact, asker: str, owner: str) -> Ground | None:
        """What a reply that gives this fact rests on; None if it was not told here."""
        told = self._sayings.get(fact.identity)
        return Ground(told, fact.value, asker, owner, fact.attribute.key) if told else None

    def ask(self, asker: str, fact: Fact, *, known: bool, named: str = "") -> Exchange:
        """`named`: question and answer call the relative whom they are about by this name alone."""
        random, typing = self.random, self.typing[asker]
        view = View.of(Owner(named), "", "") if named else self._view(fact, asker)
        text = f"{render(fact.attribute.questions[0], view, fact.about, '')}?" if self.plainly else ""
        while not text or is_of_exam(text, fact.owner.person):
            text, *unframed = self._question(fact, view)
            if any(is_of_exam(it, fact.owner.person) for it in unframed):
                text = ""
        text = typing.apply(text, random)
        if not self.plainly:
            text = self._maybe_addressed(text)
        answered = replace(fact, owner=Owner(named)) if named else fact
        if not known:
            return self._not_known(asker, text, answered)
        reply = self.answer(self.answer_clause(asker, answered))
        ground = self._ground(fact, asker, answered.owner.person)
        return Exchange(asker, text, reply, fact, "recall", fact.value, ground)

    def ask_untold(self, asker: str, fact: Fact, said: str) -> Exchange:
        """A question, of one shape or another, for what nobody told; `said` is what the prompt holds."""
        random, roll = self.random, self.random.random()
        if roll < _WHO_SHARE and fact.attribute.reverse and fact.value.casefold() not in said.casefold():
            return self.ask_reverse(asker, fact, known=False)
        if roll > 1 - _WHETHER_SHARE:
            return self.confirm(asker, fact, known=False)
        name = self._name_told_of(fact.owner)
        named = name if name in said and random.random() < BY_NAME_SHARE else ""
        return self.ask(asker, fact, known=False, named=named)

    def _not_known(self, asker: str, text: str, fact: Fact) -> Exchange:
        """`text`, answered by saying that the fact is not known."""
        indirect = fact.attribute.indirect[0]
        clause = render(indirect, self._answer_view(asker, fact.owner), fact.about, "")
        return self._denied(asker, text, clause, fact.owner.person, fact.attribute)

    def _denied(self, asker: str, text: str, clause: str, owner: str, attribute: Attribute) -> Exchange:
        """`text`, answered by "I do not know" and a clause; `owner` empty: the question names nobody."""
        reply = fact_templates.UNKNOWN_FRAMES[0].format(clause)
        nowhere = Ground((), "", asker, owner, attribute.key)
        return Exchange(asker, text, reply, skill="not_knowing", ground=nowhere)

    def _question(self, fact: Fact, view: View) -> tuple[str, str, str]:
        """With what people put around it, without it, and without a slip as well."""
        random, attribute = self.random, fact.attribute
        exchanged = partial(with_synonyms, random, kind=attribute.key)
        if attribute.phrases is not None and random.random() < COMPOSED_SHARE:
            template = grammar.question(random, attribute.phrases, exchanged)
            frame = _framed(random, fact_templates.COMPOSED_QUESTION_FRAMES)
        elif attribute.variants is not None and random.random() < VARIED_SHARE:
            template = spelled_out(random, random.choice(attribute.variants.asked))
            template = with_filler(random, exchanged(template))
            frame = _framed(random, fact_templates.QUESTION_FRAMES)
        elif random.random() < 0.6:
            template = with_filler(random, exchanged(random.choice(attribute.questions)))
            frame = _framed(random, fact_templates.QUESTION_FRAMES)
        else:
            template = exchanged(random.choice(attribute.indirect))
            frame = spelled_out(random, random.choice(fact_templates.INDIRECT_FRAMES))
        template = self._owned(template, view)
        asked = render(with_slips(random, template), view, fact.about, "")
        return frame.format(asked), asked, render(template, view, fact.about, "")

    def answer(self, clause: str) -> str:
        starts_plainly = clause.split(" ", 1)[0] in _PLAIN_STARTS
        frame = fact_templates.ANSWER_FRAME if starts_plainly else fact_templates.NAME_FIRST_ANSWER_FRAME
        return sentence(frame.format(clause))

    def told_of(self, owner: str, prompt: str) -> list[Fact]:
        """What `prompt` tells of somebody and of their relatives, in the order in which it stands there."""
        places: list[tuple[int, int, Fact]] = []
        for identity, fact in self.told.items():
            at = max(prompt.rfind(text) for text in self._sayings[identity] if text)
            if at >= 0 and fact.owner.person == owner:
                places.append((at, len(places), fact))
        return [fact for _, _, fact in sorted(places, key=lambda place: place[:2])]

    def ask_what_is_known(self, asker: str, about: str, known: Sequence[Fact]) -> Exchange:
        """What is known of somebody; the reply gives the last two of `known`."""
        random = self.random
        phrases = talk_templates.WHAT_OF_ME if asker == about else talk_templates.WHAT_OF_OTHERS
        while True:
            text = self.typing[asker].apply(random.choice(phrases).format(other=about), random)
            if not is_of_exam(text, about):
                break
        if known:
            reply = self.answer(" and ".join(self.answer_clause(asker, fact) for fact in known[-2:]))
        else:
            whom = "you" if asker == about else self.typing[asker].cased(about)
            reply = f"I do not know anything about {whom} yet."
        return Exchange(asker, self._maybe_addressed(text), reply, skill="what_is_known")

    def ask_reverse(self, asker: str, fact: Fact, *, known: bool = True) -> Exchange:
        """ "Who lives in Vela?"; nobody must have told of the value if it is not `known`."""
        random, typing = self.random, self.typing[asker]
        owner = View.of(fact.owner, self.persona, asker)
        value = fact.value.lower() if typing.lower_case else fact.value
        template = random.choice(fact.attribute.reverse)
        question = render(template, owner, fact.about, value)
        text = typing.apply(
            random.choice(("{}?", "{}?", "do you know {}?", "tell me, {}?")).format(question), random
        )
        if not known:
            clause = f"who {value} is" if template == fact_templates.WHO_IS else question
            return self._denied(asker, text, clause, "", fact.attribute)
        fact = replace(fact, value=value)
        clause = render(fact.attribute.statements[0], owner, fact.about, value)
        return Exchange(asker, text, self.answer(clause), fact, "who", ground=self._ground(fact, asker, ""))

    def confirm(self, asker: str, fact: Fact, *, known: bool = True) -> Exchange:
        """ "Is it true that ...?", "do I live in Vela?"; if it is not `known`, often of what others told."""
        random, typing = self.random, self.typing[asker]
        is_right = random.random() < 0.5
        if known:
            asked = fact.value if is_right else self._other_value(fact)
        else:
            of_others = [it.value for it in self.told.values() if it.identity[:2] == fact.identity[:2]]
            asked = random.choice(of_others) if of_others and random.random() < 0.6 else fact.value
        statement = fact.attribute.statements[0]
        frames: tuple[str, ...] = _CONFIRM_FRAMES
        if random.random() < 0.5:
            statement, frames = yes_no_question(statement), ("{}?",)
        clause = render(statement, View.of(fact.owner, asker, self.persona), fact.about, asked)
        text = typing.apply(random.choice(frames).format(clause), random, keep=asked)
        if not known:
            return self._not_known(asker, text, fact)
        answer = self.answer_clause(asker, fact)
        reply = f"{'Yes' if is_right else 'No'}, {answer}."
        return Exchange(
            asker, text, reply, fact, "confirm", fact.value, self._ground(fact, asker, fact.owner.person)
        )

    def small_talk(self, speaker: str, intents: tuple[Intent, ...], skill: str) -> Exchange:
        random = self.random
        intent = random.choices(intents, [intent.weight for intent in intents])[0]
        words = self._words(self.persona, speaker)
        while True:
            compose = _OPEN_TALK.get(intent.key)
            said = compose(random) if compose and random.random() < 0.5 else random.choice(intent.said)
            bare = said = said.format(**words)
            if random.random() < 0.25:
                said = random.choice(talk_templates.TALK_FRAMES).format(said.rstrip("?.!"))
            if not any(is_of_exam(it, self.persona, words["other"]) for it in (bare, said)):
                break
        text = self.typing[speaker].apply(said, random)
        if intent.key not in ("not_me", "yes_me") and random.random() < 0.1:
            text = self.addressed(text)
        reply = intent.replies[0]
        value = {"name": self.persona, "role": self.role}.get(intent.key, "") if skill == "identity" else ""
        return Exchange(speaker, text, reply.format(**words), None, skill, value)

    def _words(self, name: str, speaker: str) -> dict[str, str]:
        """What stands in the gaps of small talk with whoever is called `name`."""
        random = self.random
        return {
            "name": name,
            "role": self.role,
            "who": speaker,
            "other": names.person(random),
            "thing": names.thing(random),
            "place": names.place(random),
            "favourite": random.choice(fact_templates.FAVOURITES),
        }

    def between_others(self, speaker: str) -> Exchange:
        """Something said to somebody else, by name."""
        random = self.random
        others = [name for name in self.people if name != speaker] or [names.person(random)]
        other = random.choice(others) if random.random() < 0.7 else names.person(random)
        if other == self.persona:
            other = names.invented_name(random)
        while True:
            roll = random.random()
            if roll < 0.2:
                text = random.choice(talk_templates.BETWEEN_OTHERS).format(other=other)
            else:
                text = open_talk.vocative(random, self._said_to(other, speaker, roll), other)
            if not is_of_exam(text, other):
                break
        return Exchange(speaker, self.typing[speaker].apply(text, random), None, None, "between_others")

    def _said_to(self, other: str, speaker: str, roll: float) -> str:
        """A question or remark for `other`: the very sentences that the persona hears as well."""
        random = self.random
        if roll < 0.4:
            fact = self.new_fact()
            view = View.of(Owner(other), speaker, other)
            return f"{render(random.choice(fact.attribute.questions), view, fact.about, '')}?"
        if roll < 0.6:
            intents = talk_templates.SMALL_TALK + talk_templates.IDENTITY
            intent = random.choices(intents, [intent.weight for intent in intents])[0]
            words = self._words(other, speaker)
            return random.choice(intent.said).format(**words)
        return open_talk.to_somebody(random)

    def spoken_to(self, speaker: str) -> Exchange:
        """Something said to the persona, by name, that asks for nothing it could do."""
        random = self.random
        while True:
            said = open_talk.to_somebody(random)
            text = open_talk.vocative(random, said, self.persona)
            if not is_of_exam(text, self.persona):
                break
        reply = "I see!" if said[-1] != "?" else talk_templates.CANNOT
        return Exchange(speaker, self.typing[speaker].apply(text, random), reply, skill="spoken_to")

    def _maybe_addressed(self, text: str) -> str:
        return self.addressed(text) if self.random.random() < 0.12 else text

    def addressed(self, text: str, *, behind_value: bool = False) -> str:
        """`text` said to the persona by name; `behind_value`: with a comma, or the two run together."""
        while is_of_exam(
            said := open_talk.vocative(self.random, text, self.persona, by_comma=behind_value), self.persona
        ):
            pass
        return said


def _by_name(view: View, name: str) -> View:
    """ "My sister Anna" for "my sister"."""
    subject = f"{view.subject} {name}"
    return View(subject, f"{subject}'s", subject, 3)


def _of_persona(random: Random, phrases: Phrases) -> str:
    """A composed question for the name or role of whoever is spoken to."""
    return render(grammar.question(random, phrases), View.of(Owner("you"), "", "you"), "", "")


def _framed(random: Random, frames: tuple[str, ...]) -> str:
    """Mostly the bare sentence (the first frame); what people put around it comes now and then."""
    return frames[0] if random.random() < PLAIN_SHARE else spelled_out(random, random.choice(frames))


def _question_for(identity: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    """The same for all facts that one question asks for."""
    kind, about, person, relation = identity
    thing, whose = _ONE_THING.get(about, about), _ONE_THING.get(relation, relation)
    return _ONE_KIND.get(kind, kind), thing, person, whose
