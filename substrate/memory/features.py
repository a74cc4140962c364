"""What can be read off a message without a model: terms, names, whether it asks or tells.

The same function serves what is stored and what is asked, so both speak of the same terms. Terms are stems
(Snowball) of words that carry meaning; scripts that do not put spaces between words give pairs of
characters instead, which find the same passages without a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from substrate.memory.engram import SpeechForm
from substrate.memory.stemming import stem
from substrate.whole_words import MARKS, UNSPACED, one_writing

READING = 2
"""Raised whenever `understand` makes something else of a text: what an earlier one made is made anew."""

_LETTERS = rf"\w[\w{MARKS}]*"
_WORD = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*")
_UNSPACED = re.compile(rf"[{UNSPACED}]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])(?P<closing>[\"'”’)\]]*)\s+|(?<=[。！？])|\n+")
_QUOTED = re.compile(r"[\"“«]([^\"”»]{2,60})[\"”»]")
_NUMBER = re.compile(r"\b\d[\d.,:/-]*\b")
_OPENING_ASK = re.compile(
    r"^(?:(?:so|and|but|well|hey|hi|ok|okay|oh|please)[,\s]+)*"
    r"(?:what|who|whom|whose|where|when|why|how|which|do|does|did|is|are|was|were|can|could|would|will|"
    r"should|has|have|had|tell me|remind me|do you know|do you remember)\b",
    re.IGNORECASE,
)
_ADVERB = r"(?:(?:really|actually|honestly|just|still|quite|entirely|absolutely|yet|also) )*"
_DO_NOT = r"(?:do not|don[’']?t|did not|didn[’']?t)"
_CANNOT = r"(?:can[’']?t|can not|cannot|could not|couldn[’']?t)"
_HAVE_NOT = r"(?:have not|haven[’']?t|has not|hasn[’']?t|have never|has never|never)"
_UNKNOWING = re.compile(
    # "I do not know", or without the "I" where a clause begins: who else does not know something tells it.
    rf"(?:\b(?:I|we) {_ADVERB}|^\W*)(?:{_DO_NOT}|{_CANNOT}) {_ADVERB}(?:know|remember|recall)\b|"
    # "I can't tell you how much I love it" tells it all the same.
    rf"\b(?:I|we) {_ADVERB}{_CANNOT} {_ADVERB}(?:tell|say)\b(?! (?:you )?how \w+ (?:I|we|it|that)\b| no\b)|"
    rf"(?:\b(?:I am|I[’']?m|we are|we[’']re) {_ADVERB}|^\W*)(?:not {_ADVERB}sure|unsure)\b|"
    rf"(?:\b(?:I have|I[’']ve|we have|we[’']ve|I had) {_ADVERB}(?:got )?|^\W*)no idea\b|"
    rf"\b(?:I|we) (?:{_HAVE_NOT}|was never|never was|was not|wasn[’']?t) (?:been )?told\b|"
    rf"\b(?:(?:you|it|that) (?:{_HAVE_NOT}|was never|was not|wasn[’']?t)|(?:nobody|no one)(?: has| ever)?) "
    r"(?:yet )?(?:been )?(?:told me|mentioned|said)\b|"
    r"\byou (?:did not|didn[’']?t) (?:yet )?(?:tell me|mention|say)\b",
    re.IGNORECASE,
)
_NEGATES = re.compile(r"n(?:[’']?t|o[ bt]|ever|sure)", re.IGNORECASE)
"""What every match of _UNKNOWING holds; most texts do not, and that is seen in a tenth of the time."""
_CLAUSE_END = re.compile(r"[,;:()–—]+\s+|\s+(?:but|because|though|although)\s+", re.IGNORECASE)
_TELLING_TERMS = 2
"""A clause of this many terms beside one that does not know says something."""

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about above after again all also am an and any anyone anything are aren as at be because
        been before being below between both but by can cannot could couldn did didn do does doesn
        doing don done down during each either else ever every few for from further get gets getting
        go goes going gonna got had hadn has hasn have haven having he hello her here hers herself
        hey hi him himself his how i if in into is isn it its itself just know let like ll lot made
        make me mine more most much must my myself no nor not now of off oh ok okay on once one only
        or other our ours ourselves out over own please re really remember remind s same say says
        she should shouldn so some something such t tell than thank thanks that the their theirs
        them themselves then there these they thing things think this those though through to told
        too under until up upon us ve very was wasn we well were weren what whatever when where
        whether which while who whom whose why will with won would wouldn wow yeah yes yet you your
        yours yourself yourselves
        """,
    )
)
"""Words that say how something is said, not what about."""


@dataclass(frozen=True, slots=True)
class Features:
    """What was understood of one text."""

    terms: tuple[str, ...]
    """Stems in order, with repetitions."""
    term_words: tuple[str, ...]
    """The word that each term comes from."""
    entities: tuple[str, ...]
    """Names, numbers and quoted things as they were said, in one writing."""
    form: SpeechForm
    contains_question: bool
    ends_asking: bool
    words: tuple[str, ...]
    """All words, lower case, function words included."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the space between them."""
    parts, begin = [], 0
    for found in _SENTENCE_END.finditer(text):
        parts.append(text[begin : found.end("closing") if found["closing"] else found.start()])
        begin = found.end()
    return [part for part in (*parts, text[begin:]) if part.strip()]


def understand(text: str, *, by_persona: bool = False) -> Features:
    """The features of one text; about 20 us for a usual message."""
    text = one_writing(text)
    written = _WORD.findall(text)
    words = tuple(map(_plain, written))
    terms = list(_terms(words))
    return Features(
        terms=tuple(term for term, _ in terms),
        term_words=tuple(word for _, word in terms),
        entities=tuple(dict.fromkeys(_entities(text, written))),
        form=_form(text, by_persona),
        contains_question="?" in text or "？" in text,
        ends_asking=text.rstrip("\"'”’)] \n").endswith(("?", "？")),
        words=words,
    )


def words_of(text: str) -> list[str]:
    """All words of a text, lower case, function words included."""
    return [_plain(word) for word in _WORD.findall(one_writing(text))]


def without_words(text: str, words: frozenset[str]) -> str:
    """The text in one writing, and without those words (lower case)."""
    text = one_writing(text)
    if not words:
        return text
    return _WORD.sub(lambda found: "" if _plain(found.group()) in words else found.group(), text)


def _plain(word: str) -> str:
    lower = word.lower().replace("’", "'")
    return lower[:-2] if lower.endswith("'s") else lower


def _terms(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Terms with the words that they come from."""
    for word in words:
        if _UNSPACED.search(word):
            for term in _character_pairs(word):
                yield term, word
        elif word.partition("'")[0] not in STOP_WORDS and (len(word) > 1 or word.isdecimal()):
            yield stem(word), word


def _character_pairs(word: str) -> Iterator[str]:
    for run in _UNSPACED.findall(word):
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
    yield from (part.lower() for part in _UNSPACED.split(word) if part)


def _entities(text: str, written: list[str]) -> Iterator[str]:
    yield from (quoted.strip() for quoted in _QUOTED.findall(text))
    yield from _NUMBER.findall(text)
    starts = {found.group() for part in sentences(text) if (found := _WORD.search(part))}
    for word in written:
        name = word[:-2] if word.endswith(("'s", "’s")) else word
        # The first word of a sentence is written large anyway: a name only if it has another capital.
        is_written_large = name[:1].isupper() and (word not in starts or not name[1:].islower())
        if is_written_large and len(name) > 1 and name.lower().partition("'")[0] not in STOP_WORDS:
            yield name


def _form(text: str, by_persona: bool) -> SpeechForm:
    parts = sentences(text)
    worded = [part for part in parts if _WORD.search(part)]
    if worded and all(map(_asks, worded)):
        return SpeechForm.QUESTION
    if not _NEGATES.search(text):
        return SpeechForm.REPLY if by_persona else SpeechForm.STATEMENT
    if by_persona and any(_UNKNOWING.search(part) for part in parts):
        return SpeechForm.UNKNOWING
    if not by_persona and len(parts) == 1 and _is_all_unknowing(text):
        return SpeechForm.UNKNOWING
    return SpeechForm.REPLY if by_persona else SpeechForm.STATEMENT


def _is_all_unknowing(sentence: str) -> bool:
    """Whether somebody says that they do not know, and nothing else beside it."""
    clauses = _CLAUSE_END.split(sentence)
    others = [clause for clause in clauses if not _UNKNOWING.search(clause)]
    return len(others) < len(clauses) and all(
        len(list(_terms(tuple(words_of(clause))))) < _TELLING_TERMS for clause in others
    )


def _asks(sentence: str) -> bool:
    ending = sentence.rstrip("\"'”’)] ")
    if ending.endswith(("?", "？")):
        return True
    return not ending.endswith((".", "!", "。")) and _OPENING_ASK.match(sentence) is not None
