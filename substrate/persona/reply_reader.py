"""What a model writes, as what it says: without its own name in front, reasoning told apart, in plain text.

Small models repeat the layout that they read and begin with "Paige:"; reasoning models put their thoughts
between <think> and </think>. Text is taken piece by piece, and what could still become either is held back
until it is decided, so that nothing is shown that has to be taken back. Control characters are dropped before
anything else is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from substrate.plain_text import plain_text

_OPEN, _CLOSE = "<think>", "</think>"


class _State(Enum):
    BEGINNING = auto()
    THINKING = auto()
    SPEAKING = auto()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece that can be shown."""

    text: str
    is_thinking: bool


class ReplyReader:
    """Reads one reply of the persona `name`."""

    def __init__(self, name: str) -> None:
        self._labels = (f"{name}:".casefold(), f"- {name}:".casefold())
        self._state = _State.BEGINNING
        self._has_thought = False
        self._held = ""
        self._text: list[str] = []
        self._thinking: list[str] = []

    @property
    def text(self) -> str:
        """What was said so far, without space at its ends."""
        return "".join(self._text)

    @property
    def thinking(self) -> str:
        """What was thought so far."""
        return "".join(self._thinking).strip()

    def feed(self, piece: str) -> list[Spoken]:
        """Take the next piece; returns what can be shown now."""
        self._held += plain_text(piece)
        return self._advance(is_last=False)

    def finish(self) -> list[Spoken]:
        """The reply is over: returns what was held back."""
        return self._advance(is_last=True)

    def _advance(self, *, is_last: bool) -> list[Spoken]:
        shown: list[Spoken] = []
        while True:
            before = (self._state, self._held)
            if self._state is _State.BEGINNING:
                self._begin(is_last)
            elif self._state is _State.THINKING:
                self._think(shown, is_last)
            else:
                self._speak(shown)
            if (self._state, self._held) == before or not self._held:
                return shown

    def _begin(self, is_last: bool) -> None:
        self._held = self._held.lstrip()
        folded = self._held.casefold()
        if not self._has_thought and folded.startswith(_OPEN):
            self._held = self._held[len(_OPEN) :]
            self._state, self._has_thought = _State.THINKING, True
            return
        for label in self._labels:
            if folded.startswith(label):
                self._held = self._held[_length_of(label, self._held) :].lstrip()
                self._state = _State.SPEAKING
                return
        undecided = (*self._labels, _OPEN)
        if is_last or not any(beginning.startswith(folded) for beginning in undecided):
            self._state = _State.SPEAKING

    def _think(self, shown: list[Spoken], is_last: bool) -> None:
        thought, closed, rest = self._held.partition(_CLOSE)
        if closed:
            self._held, self._state = rest, _State.BEGINNING
        else:
            keep = 0 if is_last else _overlap(thought, _CLOSE)
            thought, self._held = thought[: len(thought) - keep], thought[len(thought) - keep :]
        if thought:
            self._thinking.append(thought)
            shown.append(Spoken(thought, True))

    def _speak(self, shown: list[Spoken]) -> None:
        """Space at the end waits for what follows; space at the beginning of the text is dropped."""
        if not self._text:
            self._held = self._held.lstrip()
        said = self._held.rstrip()
        if said:
            self._held = self._held[len(said) :]
            self._text.append(said)
            shown.append(Spoken(said, False))


def read_reply(name: str, written: str) -> tuple[str, str]:
    """A whole reply of the persona `name`: what it thought, and what it says."""
    written = plain_text(written).strip()
    begins = written[: len(name.casefold()) + len("- :")].casefold()
    if not begins.startswith(("<", "-", name.casefold())):
        return "", written
    reader = ReplyReader(name)
    reader.feed(written)
    reader.finish()
    return reader.thinking, reader.text


def _length_of(folded: str, text: str) -> int:
    """How many characters of a text are `folded` when their case is: ß are two then, and İ as well."""
    length = 0
    while len(text[:length].casefold()) < len(folded):
        length += 1
    return length


def _overlap(text: str, word: str) -> int:
    """The length of the longest end of `text` with which `word` begins."""
    for length in range(min(len(text), len(word) - 1), 0, -1):
        if word.startswith(text[-length:]):
            return length
    return 0
