"""Bytes of tokens become text that can be shown: whole characters, and nothing of a stop string.

A token may end in the middle of a UTF-8 character, and a stop string may be spread over several tokens. What
could still become either is held back until it is decided.
"""

from __future__ import annotations

import codecs


class ReplyText:
    """The text of one reply as it grows. `stop` strings end it and are not part of it."""

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(word for word in stop if word)
        self._shown: list[str] = []
        self._held = ""
        self._in_character = False
        self.stopped = False

    @property
    def text(self) -> str:
        """All that was shown so far."""
        return "".join(self._shown)

    def show(self, opening: str) -> str:
        """Take what the reply begins with and no token says: nothing in it ends the reply."""
        self._shown.append(opening)
        return opening

    def feed(self, piece: bytes, text: str | None = None) -> str:
        """Take the bytes of one token, and their text if they are whole characters by themselves; returns
        what can be shown now."""
        if text is None or self._in_character:
            new = self._decoder.decode(piece)
            self._in_character = bool(self._decoder.getstate()[0])
            return self._show(new, is_last=False)
        if self._stop:
            return self._show(text, is_last=False)
        self._shown.append(text)
        return text

    def finish(self) -> str:
        """The reply is over: returns what was held back. An unfinished character becomes U+FFFD."""
        return self._show(self._decoder.decode(b"", final=True), is_last=True)

    def _show(self, new: str, *, is_last: bool) -> str:
        if self.stopped:
            return ""
        text = new
        if self._stop:
            text = self._held + new
            self._held = ""
            ends = [found for found in (text.find(word) for word in self._stop) if found >= 0]
            if ends:
                self.stopped = True
                text = text[: min(ends)]
            elif not is_last:
                keep = self._possible_stop(text)
                text, self._held = text[: len(text) - keep], text[len(text) - keep :]
        if text:
            self._shown.append(text)
        return text

    def _possible_stop(self, text: str) -> int:
        """The length of the longest end of `text` with which a stop string begins."""
        longest = min(len(text), max(map(len, self._stop)) - 1)
        for length in range(longest, 0, -1):
            tail = text[-length:]
            if any(word.startswith(tail) for word in self._stop):
                return length
        return 0
