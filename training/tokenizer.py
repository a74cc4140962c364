"""The seedling's tokenizer: byte-level BPE with digits one by one.

Small on purpose (1,536 tokens): a rare name becomes many common pieces, each of which was copied thousands of
times in training. Digits never merge, so numbers copy digit by digit and llama.cpp's GPT-2 pre-tokenizer
gives the same tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from substrate.inference.chat_template import CHATML, ChatTemplate, Piece

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = (END_OF_TEXT, TURN_START, TURN_END)
"""Their ids are their positions here."""

TEMPLATE = ChatTemplate.parse(CHATML)
_SPECIAL = re.compile("(" + "|".join(re.escape(token) for token in SPECIAL_TOKENS) + ")")


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """Learn `vocabulary` tokens, the special ones and 256 bytes included."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return _as_llama_cpp(tokenizer)


def build_tokenizer(tokens: Sequence[str], merges: Sequence[str]) -> Tokenizer:
    """The tokenizer of a GGUF: `tokens` by id, `merges` as "left right"."""
    pairs: list[tuple[str, str]] = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, pairs))
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return _as_llama_cpp(tokenizer)


def _as_llama_cpp(tokenizer: Tokenizer) -> Tokenizer:
    """Exactly what llama.cpp does ("gpt-2"): where no merge holds a digit, digits stay one by one."""
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


class PieceTokenizer:
    """Tokenises pieces as the run time does: special tokens in frames only, never across a border."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.encode_special_tokens = True
        self._frames: dict[str, list[int]] = {}
        self.turn_end_id = SPECIAL_TOKENS.index(TURN_END)

    @classmethod
    def load(cls, path: Path) -> PieceTokenizer:
        return cls(Tokenizer.from_file(str(path)))

    def encode(self, piece: Piece) -> list[int]:
        if not piece.is_frame:
            ids: list[int] = self._tokenizer.encode(piece.text).ids
            return ids
        if piece.text not in self._frames:
            self._frames[piece.text] = self._encode_frame(piece.text)
        return self._frames[piece.text]

    def encode_content(self, text: str) -> list[int]:
        return self.encode(Piece(text, False))

    def encode_with_starts(self, text: str) -> tuple[list[int], list[int]]:
        """What `encode_content` gives, and the character at which each token begins."""
        encoded = self._tokenizer.encode(text)
        return encoded.ids, [start for start, _ in encoded.offsets]

    def decode(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text

    def _encode_frame(self, text: str) -> list[int]:
        ids: list[int] = []
        for part in _SPECIAL.split(text):
            if part in SPECIAL_TOKENS:
                ids.append(SPECIAL_TOKENS.index(part))
            elif part:
                ids += self._tokenizer.encode(part).ids
        return ids
