"""What a message becomes before it is committed: parts of whole sentences, with what was understood of each.

A sentence is cut only if it is too long for one engram. What was understood is stored beside the text: a
memory is loaded, not understood again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from substrate.memory.database import StoredEngram
from substrate.memory.engram import EngramKind, Message
from substrate.memory.errors import ProvenanceMissing
from substrate.memory.features import READING, Features, sentences, understand
from substrate.memory.kernels import CONTAINS_QUESTION, ENDS_ASKING
from substrate.memory.senses import Senses, Understood
from substrate.whole_words import MARKS

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of characters that show nothing: space, and what steers how other characters are shown."""
_MOST_MARKS = 8
"""No letter of any language has more."""
_ENDS_WITHOUT_SPACE = ("。", "！", "？")


def is_blank(text: str) -> bool:
    """Whether nothing can be seen of a text: there is nothing in it to remember."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def require_provenance(message: Message) -> None:
    """Raises ProvenanceMissing for a message that does not say where it stands."""
    if not message.message_id or message.row_id <= 0:
        raise ProvenanceMissing(
            f"a message in #{message.channel} by {message.speaker!r} has no "
            f"{'id' if not message.message_id else 'transcript row'}",
            "only what stands in the transcript can be remembered",
        )


def engrams_of(
    message: Message, senses: Senses, names: frozenset[str], engram_chars: int
) -> Iterator[StoredEngram]:
    """The engrams that a message becomes, without a vector where that would take long; none of a blank one.

    `names` are the words of speakers' names, lower case.
    """
    for ordinal, text in enumerate(split_message(message.text, engram_chars)):
        understood = senses.glance(text, by_persona=message.by_persona, names=names)
        stored = StoredEngram(
            row_id=message.row_id,
            ordinal=ordinal,
            message_id=message.message_id,
            channel=message.channel,
            domain=message.domain,
            kind=EngramKind.EPISODIC,
            form=understood.features.form,
            speaker=message.speaker,
            text=text,
            entities="",
            in_reply_to=message.in_reply_to,
            said_at_s=message.said_at_s,
            touched_at_s=message.said_at_s,
        )
        note_understood(stored, understood, senses.embedder.id)
        yield stored


def note_understood(stored: StoredEngram, understood: Understood, embedder_id: str) -> None:
    """Keep with an engram what was understood of its text; its form stays."""
    _note_features(stored, understood.features)
    stored.embedder = embedder_id if understood.is_embedded else None
    stored.embedding = understood.vector.tobytes() if understood.is_embedded else None


def understand_anew(stored: StoredEngram) -> None:
    """Understand what an earlier version of this program understood; its form and its vector stay."""
    _note_features(stored, understand(stored.text))


def _note_features(stored: StoredEngram, features: Features) -> None:
    asks = CONTAINS_QUESTION * features.contains_question + ENDS_ASKING * features.ends_asking
    stored.terms, stored.asks = " ".join(features.terms), asks
    stored.entities, stored.reading = "\n".join(features.entities), READING


def split_message(text: str, engram_chars: int) -> list[str]:
    """The texts of the engrams that a message becomes, in order; each at most `engram_chars` characters.

    Nothing is lost but the space between sentences, and what is blank. A sentence over the limit is cut
    between words, a word over the limit (a pasted key, a script without spaces) between characters.
    """
    if is_blank(text):
        return []
    if len(text) <= engram_chars:
        return [text]
    parts: list[str] = []
    for sentence in sentences(text):
        for piece in _pieces(sentence.strip(), engram_chars):
            if parts and len(parts[-1]) + 1 + len(piece) <= engram_chars:
                parts[-1] = f"{parts[-1]} {piece}"
            else:
                parts.append(piece)
    return parts


def lost_in_a_cut(part: str, engram_chars: int) -> tuple[str, ...]:
    """What may have stood between a part of a message and the next: a space, or nothing, inside a word that
    alone fills an engram and behind a sentence of a script without spaces."""
    is_inside_a_word = len(part.rpartition(" ")[2]) > engram_chars - _MOST_MARKS
    return (" ", "") if is_inside_a_word or part.endswith(_ENDS_WITHOUT_SPACE) else (" ",)


def _before_a_letter(text: str, at: int) -> int:
    """The place `at`, or one shortly before it, at which no mark is cut from its letter."""
    for place in range(at, at - _MOST_MARKS, -1):
        if text[place] not in MARKS:
            return place
    return at


def _pieces(sentence: str, limit: int) -> list[str]:
    pieces: list[str] = []
    rest = sentence
    while len(rest) > limit:
        border = rest.rfind(" ", 0, limit + 1)
        cut = border if border > 0 else _before_a_letter(rest, limit)
        pieces.append(rest[:cut])
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces
