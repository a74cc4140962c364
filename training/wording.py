"""From templates to sentences: whose point of view, which verb form, and how people type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

INTRODUCTIONS = (
    "my friend", "our friend", "my good friend", "my colleague", "good old", "dear", "our dear", "that",
    "my buddy", "little", "my mate", "this",
)  # fmt: skip
"""What may stand before the name of somebody who is spoken of."""
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)(\+?)\}")
_ARTICLE = re.compile(r"\ba (?=[aeiou])")
_THIRD_PERSON = {"got": "got", "have": "has"}
_PLURAL_LOOKING_SINGULARS = {"compass"}
_CONTRACTIONS = (
    (" is ", "'s ", ("what", "where", "who", "when", "it", "that")),
    (" am ", "'m ", ("i",)),
    (" have ", "'ve ", ("i",)),
)
_HELPERS = "do|did|may|can|could|will|would|should|must|might|shall"
"""Verbs behind which "I have" is not contracted."""
_SHORTHANDS = {"you": "u", "are": "r", "please": "pls", "because": "cuz", "your": "ur", "favourite": "fav"}


def third_person(verb: str) -> str:
    """`lives`, `watches`, `studies`, `has`."""
    if verb in _THIRD_PERSON:
        return _THIRD_PERSON[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "s"


_PAST = {"had": "have", "bought": "buy", "got": "get"}


def yes_no_question(statement: str) -> str:
    """The template of a statement as a question: "does Mira live in ...", "is my dog called ..."."""
    words = statement.split(" ")
    if words[0] == "{P}":
        verb = next(at for at, word in enumerate(words) if word in ("is", "are", "{are_x}"))
        return " ".join((words[verb], *words[:verb], *words[verb + 1 :]))
    subject, verb_word, *rest = words
    if verb_word in ("{am}", "{was}"):
        return " ".join((verb_word, subject, *rest))
    if verb_word in _PAST:
        return " ".join(("did", subject, _PAST[verb_word], *rest))
    return " ".join(("{do}", subject, verb_word.strip("{+}"), *rest))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a fact is about: a person, or somebody's relative (`relation` not empty)."""

    person: str
    relation: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """How an owner is spoken of in one sentence."""

    subject: str
    possessive: str
    object: str
    person: int

    @classmethod
    def of(cls, owner: Owner, me: str, you: str) -> View:
        """Spoken by `me` to `you`: I, you, or a name; relatives are always third person."""
        if owner.person == me:
            base = cls("I", "my", "me", 1)
        elif owner.person == you:
            base = cls("you", "your", "you", 2)
        else:
            base = cls(owner.person, f"{owner.person}'s", owner.person, 3)
        if not owner.relation:
            return base
        name = f"{base.possessive} {owner.relation}"
        return cls(name, f"{name}'s", name, 3)


def render(template: str, view: View, about: str, value: str, other: str = "") -> str:
    """Fill a template; the result starts in lower case unless a name or value stands there.

    `other` is a value that it is not.
    """
    plural = about.endswith("s") and not about.endswith("ss") and about not in _PLURAL_LOOKING_SINGULARS
    third = view.person == 3

    def fill(match: re.Match[str]) -> str:
        word, conjugate = match.groups()
        if conjugate:
            if not third:
                return word
            return third_person(word)
        match word:
            case "S":
                return view.subject
            case "P":
                return view.possessive
            case "O":
                return view.object
            case "am":
                return ("am", "are", "is")[view.person - 1]
            case "was":
                return "were" if view.person == 2 else "was"
            case "have":
                return "has" if third else "have"
            case "do":
                return "does" if third else "do"
            case "are_x":
                return "are" if plural else "is"
            case "x":
                return about
            case "v":
                return value
            case "o":
                return other
        raise ValueError(f"unknown placeholder {word!r} in template {template!r}")

    return _ARTICLE.sub("an ", _PLACEHOLDER.sub(fill, template))


@dataclass(frozen=True, slots=True)
class Typing:
    """How somebody types."""

    lower_case: bool
    drops_punctuation: float
    drops_apostrophes: bool
    contracts: float
    shorthand: float
    exclaims: float

    @classmethod
    def draw(cls, random: Random) -> Typing:
        return cls(
            lower_case=random.random() < 0.15,
            drops_punctuation=random.choice((0.0, 0.0, 0.1, 0.3, 1.0)),
            drops_apostrophes=random.random() < 0.07,
            contracts=random.choice((0.0, 0.3, 0.7)),
            shorthand=random.choice((0.0, 0.0, 0.0, 0.2)),
            exclaims=random.choice((0.0, 0.1, 0.3)),
        )

    @classmethod
    def careful(cls) -> Typing:
        """Of somebody who types as in a book."""
        return cls(False, 0.0, False, 0.0, 0.0, 0.0)

    def cased(self, name: str) -> str:
        return name.lower() if self.lower_case else name

    def apply(self, text: str, random: Random, *, keep: str = "") -> str:
        """Type `text` this way. A sentence that starts with `keep` (a value) is not capitalised."""
        for full, short, words in _CONTRACTIONS:
            if full in text and random.random() < self.contracts:
                text = _contracted(text, full, short, words)
        if self.shorthand and random.random() < self.shorthand:
            text = " ".join(_SHORTHANDS.get(word, word) for word in text.split(" "))
        if self.drops_apostrophes:
            text = text.replace("'", "")
        if self.lower_case:
            text = text.lower()
        else:
            text = re.sub(r"\bi\b", "I", text)
            if not (keep and text.startswith(keep)):
                text = text[:1].upper() + text[1:]
        if text[-1:].isalnum():
            if random.random() >= self.drops_punctuation:
                text += "!" if random.random() < self.exclaims else "."
        elif text[-1:] in "?.!" and random.random() < self.drops_punctuation:
            text = text[:-1]
        return text


_FILLERS = (
    "really", "actually", "just", "always", "still", "maybe", "probably", "now", "also", "today",
    "again", "anyway", "indeed", "simply", "kindly", "finally", "usually", "often", "only", "exactly",
    "certainly", "surely", "currently", "basically", "honestly", "then", "once", "clearly", "truly",
)  # fmt: skip
_NOTHING_BETWEEN = frozenset(("a", "the", "{P}", "of", "{x}"))


def with_filler(random: Random, template: str) -> str:
    """Now and then a little word that means nothing, so that no wording is read by position."""
    words = template.split(" ")
    at = random.randint(1, len(words)) - 1
    if random.random() > 0.06 or at == 0 or words[at - 1] in _NOTHING_BETWEEN:
        return template
    return " ".join([*words[:at], random.choice(_FILLERS), *words[at:]])


_SLIP_SHARE, _LEFT_OUT_SHARE = 0.08, 0.03
"""Share of sentences that may have a slip, and of those (of all) that lose a word by it."""
_LEFT_OUT = frozenset(("the", "of", "is", "it", "to", "that", "do", "what", "has", "for"))


def with_slips(random: Random, template: str) -> str:
    """Now and then a word mistyped or a little one left out; never a name, a value or what it is about.

    So a sentence has to be understood by the words that remain.
    """
    roll = random.random()
    if roll > _SLIP_SHARE:
        return template
    words = template.split(" ")
    if roll < _LEFT_OUT_SHARE:
        slips = [at for at, word in enumerate(words) if word in _LEFT_OUT]
    else:
        slips = [at for at, word in enumerate(words) if word.isalpha() and len(word) > 3]
    if slips:
        at = random.choice(slips)
        words[at : at + 1] = [] if roll < _LEFT_OUT_SHARE else [_mistyped(random, words[at])]
    return " ".join(words)


def _mistyped(random: Random, word: str) -> str:
    """With two letters exchanged, one missing, or one doubled."""
    at = random.choice([at for at in range(len(word) - 1) if word[at] != word[at + 1]])
    first, second = word[at], word[at + 1]
    return word[:at] + random.choice((second + first, second, first + first + second)) + word[at + 2 :]


_NO_NAMES = frozenset(
    ("my", "our", "the", "this", "there", "it", "when", "in", "on", "at", "for", "by", "your", "a", "an")
)
"""First words of a sentence that lose their capital behind another one."""


def in_one_breath(
    random: Random, first: str, second: str, *, shared: str = "", value: str = ""
) -> tuple[str, str]:
    """Two sentences as one text: up to the second, and the second.

    Often joined by a word, and without the second's subject if both begin with `shared`. `value`, what the
    second is about, keeps its capital.
    """
    bare = first.rstrip(".!?")
    is_cut = bool(shared) and first.startswith(f"{shared} ") and second.startswith(f"{shared} ")
    if is_cut and random.random() < 0.5:
        return bare + random.choice((" and ", " and ", " but ")), second.removeprefix(f"{shared} ")
    word = second.split(" ", 1)[0]
    is_value = bool(value) and second.startswith(value)
    is_plain = word.casefold() in _NO_NAMES and not is_value
    can_follow = is_plain or word in ("I", "I'm", "I've") or second[0].islower()
    if random.random() < 0.6 and can_follow and not is_value:
        joint = random.choice((" and ", " and ", ", and ", " and also ", ", but "))
        return bare + joint, second[0].lower() + second[1:] if is_plain else second
    return first + ("" if first[-1:] in ".!?" else ".") + " ", second


def _contracted(text: str, full: str, short: str, words: tuple[str, ...]) -> str:
    pattern = rf"\b((?:{_HELPERS}) )?({'|'.join(words)}){full}"

    def shorten(found: re.Match[str]) -> str:
        return found[0] if found[1] else found[2] + short

    return re.sub(pattern, shorten, text, flags=re.IGNORECASE)


def sentence(text: str) -> str:
    """First letter upper case."""
    return text[:1].upper() + text[1:]
