"""A prompt's parts become tokens, each part on its own, so that what was tokenised once stays as it was.

Text is never tokenised across the border of two parts: the same history gives the same tokens at every turn,
which is what lets kept KV be recognised. Parts repeat from turn to turn, so their tokens are remembered.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from substrate.inference.chat_template import ChatTemplate, Piece
from substrate.inference.native import NativeModel
from substrate.inference.protocol import Prompt, Role, Turn
from substrate.inference.tokens import Tokens, token_list

_REMEMBERED_PARTS = 16384
_REMEMBERED_FIRST_PARTS = 256


class PromptReader:
    """Tokenises prompts with one model's template and vocabulary. Thread-safe."""

    def __init__(self, model: NativeModel, template: ChatTemplate) -> None:
        self._template = template
        self._bos = model.bos if model.adds_bos else None
        self._model = model
        # A cache of this object, not of the class: it goes when the model goes. A token takes four bytes.
        self._tokens = functools.lru_cache(_REMEMBERED_PARTS)(
            lambda text, is_frame: token_list(model.tokenize_part(text, parse_special=is_frame))
        )
        self._first_tokens = functools.lru_cache(_REMEMBERED_FIRST_PARTS)(
            lambda text, is_frame: token_list(model.tokenize(text, parse_special=is_frame))
        )

    @property
    def reply_opening(self) -> str:
        """What stands at the end of the prompt and belongs to the reply."""
        return self._template.reply_opening

    def count(self, text: str) -> int:
        return len(self._tokens(text, False))

    def content(self, text: str) -> Sequence[int]:
        return self._tokens(text, False)

    def opening(self, prompt: Prompt) -> Tokens[int]:
        """Identity, history and the new message."""
        return self._join(self._template.opening_pieces(prompt))

    def late(self, late: str) -> Tokens[int]:
        """The late block, if any, and the header of the reply."""
        # Not remembered: what is recalled for one message hardly ever comes again in the same words.
        tokens = token_list(self._model.tokenize_part(late, parse_special=False))
        header = self._template.header_piece()
        tokens.extend(self._tokens(header.text, header.is_frame))
        return tokens

    def settled(self, prompt: Prompt, reply: str) -> Tokens[int]:
        """What the next turn's opening begins with: the plain message, the reply behind it, its end."""
        *before, last = prompt.history or (None,)
        if last is not None and last.role is Role.USER:
            asked = (*before, Turn(Role.USER, f"{last.text}\n{prompt.message}"))
        else:
            asked = (*prompt.history, Turn(Role.USER, prompt.message))
        history = (*(turn for turn in asked if turn is not None), Turn(Role.ASSISTANT, reply))
        return self.opening(Prompt(prompt.identity, history, "", prompt.late))

    def _join(self, pieces: Iterable[Piece]) -> Tokens[int]:
        tokens = token_list()
        for piece in pieces:
            # Parts come behind others; only the first may get the space that a vocabulary puts before a text.
            read = self._tokens if tokens else self._first_tokens
            tokens.extend(read(piece.text, piece.is_frame))
        if self._bos is not None and (not tokens or tokens[0] != self._bos):
            tokens.insert(0, self._bos)
        return tokens
