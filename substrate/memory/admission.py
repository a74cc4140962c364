"""Cutting messages into engrams: whole sentences, never half of one unless it is a sentence too long."""

from __future__ import annotations

from substrate.memory.features import sentences


def split_message(text: str, engram_chars: int) -> list[str]:
    """The texts of the engrams that a message becomes, in order; each at most `engram_chars` characters.

    Nothing is lost but the space between sentences. A sentence over the limit is cut between words, a
    word over the limit (a pasted key, a script without spaces) between characters.
    """
    if len(text) <= engram_chars:
        return [text]
    parts: list[str] = []
    for sentence in sentences(text):
        for piece in _pieces(sentence.strip(), engram_chars):
            if parts and len(parts[-1]) + 1 + len(piece) <= engram_chars:
                parts[-1] = f"{parts[-1]} {piece}"
            else:
                parts.append(piece)
    return parts or [text[:engram_chars]]


def _pieces(sentence: str, limit: int) -> list[str]:
    pieces: list[str] = []
    rest = sentence
    while len(rest) > limit:
        border = rest.rfind(" ", 0, limit + 1)
        cut = border if border > 0 else limit
        pieces.append(rest[:cut])
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces
