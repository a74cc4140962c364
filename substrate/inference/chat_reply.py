"""A reply of a chat server as it comes: its text, its counts, and when its pieces came."""

from __future__ import annotations

import codecs
import time
from typing import Any


class _Words:
    """The text of a reply. Some servers tell a model's thoughts apart: they are put back into their block,
    where whoever reads the reply looks for them; under a grammar they are left out."""

    def __init__(self, *, shows_thoughts: bool) -> None:
        self._shows_thoughts = shows_thoughts
        self._is_thinking = False

    def of(self, delta: dict[str, Any]) -> str:
        """The text that a piece of the stream adds."""
        text = ""
        thought = _thought(delta)
        if thought and self._shows_thoughts:
            text += thought if self._is_thinking else f"<think>{thought}"
            self._is_thinking = True
        said = delta.get("content")
        return text + self.rest() + said if said else text

    def rest(self) -> str:
        """What ends a block of thoughts that is still open."""
        if not self._is_thinking:
            return ""
        self._is_thinking = False
        return "</think>"


class StreamedReply:
    """What a stream has said so far. Thoughts are tokens like others, shown or not: `first_ns` and `last_ns`
    are when the first and the last piece of either came, 0 before."""

    def __init__(self, *, shows_thoughts: bool) -> None:
        self._words = _Words(shows_thoughts=shows_thoughts)
        # Some servers cut their text at any UTF-16 unit: JSON then holds the halves of a character.
        self._halves = codecs.getincrementaldecoder("utf-16-le")("replace")
        self._pieces: list[str] = []
        self._told_tokens = 0
        self._reasoning_tokens = 0
        self._has_thoughts = False
        self._deltas = 0
        self.reason = ""
        self.prompt_tokens = 0
        self.reused_tokens = 0
        self.first_ns = 0
        self.last_ns = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def completion_tokens(self) -> int:
        """As the server counts; one for each piece if it does not."""
        return self._told_tokens or self._deltas

    @property
    def hidden_tokens(self) -> int:
        """Thoughts that the server counts and has kept to itself: written before the first token it sent."""
        return 0 if self._has_thoughts else self._reasoning_tokens

    def add(self, event: dict[str, Any]) -> str:
        """Read an event; the text that it adds. Raises what a value of another kind than the API's does."""
        if usage := event.get("usage"):
            self._count(usage)
        choices = event.get("choices")
        if not choices:
            return ""
        delta = choices[0].get("delta") or {}
        self.reason = choices[0].get("finish_reason") or self.reason
        if _thought(delta) or delta.get("content"):
            self._has_thoughts = self._has_thoughts or bool(_thought(delta))
            self._deltas += 1
            self.last_ns = time.monotonic_ns()
            self.first_ns = self.first_ns or self.last_ns
        return self._shown(self._halves.decode(self._words.of(delta).encode("utf-16-le", "surrogatepass")))

    def rest(self) -> str:
        """What the end of the stream adds."""
        return self._shown(self._halves.decode(b"", final=True) + self._words.rest())

    def _shown(self, text: str) -> str:
        if text:
            self._pieces.append(text)
        return text

    def _count(self, usage: dict[str, Any]) -> None:
        self.prompt_tokens = int(usage.get("prompt_tokens") or 0)
        reused = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        self.reused_tokens = min(reused, self.prompt_tokens)
        self._told_tokens = int(usage.get("completion_tokens") or 0)
        self._reasoning_tokens = int(
            (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
        )


def _thought(delta: dict[str, Any]) -> str | None:
    """What a piece of the stream adds to the thoughts."""
    return delta.get("reasoning_content") or delta.get("reasoning")
