"""What kind of activity a channel is for, told by its name: `code`, `dev-backend`, `game night`.

A persona that is asked about code thinks of code first; what was said elsewhere still comes up (the bias is
in settings.ScoreSettings). A name that says nothing is a place to chat.
"""

from __future__ import annotations

import re
from functools import lru_cache

CHAT = "chat"

_WORDS_OF = {
    "code": "code coding dev develop development engineering programming software tech",
    "game": "dnd game games gaming play quest roleplay rpg",
    "work": "business client clients job meeting meetings office project projects work",
    "study": "class exam homework learn learning lecture research school study uni",
}
_DOMAIN_OF = {word: domain for domain, words in _WORDS_OF.items() for word in words.split()}
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1024)
def domain_of(channel: str) -> str:
    """The domain of a channel; that of no channel in particular is empty, and biases nothing."""
    said = (_DOMAIN_OF.get(word) for word in _WORD.findall(channel.lower()))
    return next(filter(None, said), CHAT) if channel else ""
