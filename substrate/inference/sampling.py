"""Choosing one request's next token: a chain of llama.cpp samplers, and a grammar that is asked last.

A grammar first in the chain judges every token of the vocabulary (30 ms at 152 thousand tokens). Nearly
always the token that the chain would choose anyway is allowed: so that one is chosen, shown to the grammar,
and only when the grammar rejects it is the whole vocabulary judged.
"""

from __future__ import annotations

import ctypes
import re
import secrets
from collections.abc import Iterator
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from substrate.inference.native import NativeContext, NativeModel, clear_log, last_log_lines
from substrate.inference.protocol import InferenceError, Sampling

_PENALTY_WINDOW = 64
"""Generated tokens that a repetition penalty looks back on; the prompt is free to be repeated."""

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
"""What no C string or no UTF-8 can hold."""
_DEEPEST_GROUPS = 256
"""llama.cpp reads groups by recursion: thousands in each other overflow its stack and end the process."""
_GROUPS = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|[()]', re.DOTALL)
"""Parentheses, and what may hold some that open nothing: strings, classes of characters, comments."""

_TOKEN_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class GrammarError(InferenceError):
    """A grammar that llama.cpp does not accept."""


class TokenSampler:
    """The sampling state of one request: random generator, repetition window, position in the grammar."""

    def __init__(self, model: NativeModel, sampling: Sampling, grammar: str | None) -> None:
        """Raises GrammarError when `grammar` (GBNF with a rule `root`) cannot be read."""
        self._model = model
        self._grammar = _grammar(model, grammar) if grammar is not None else None
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        self._candidates: NDArray[Any] | None = None
        try:
            for sampler in _chain(model, sampling):
                llama.llama_sampler_chain_add(self._chain, sampler)
        except BaseException:  # a number that is none
            self.free()
            raise

    def sample(self, context: NativeContext, row: int) -> int:
        """Choose and accept the token after the batch's `row`, whose logits were asked for."""
        if self._grammar is None:
            return int(llama.llama_sampler_sample(self._chain, context.pointer, row))
        logits = context.logits(row)
        token = self._choose(logits, None)
        if not _allows(self._grammar, token):
            token = self._choose(logits, self._grammar)
        # A grammar takes a control token for the characters of its name, which no reply would show.
        while not self._model.piece(token) and not self._model.ends_generation(token):
            logits[token] = -np.inf
            token = self._choose(logits, self._grammar)
        llama.llama_sampler_accept(self._chain, token)
        llama.llama_sampler_accept(self._grammar, token)
        return token

    def free(self) -> None:
        """Idempotent."""
        samplers = self._chain, self._grammar
        self._chain = self._grammar = None
        for sampler in samplers:
            if sampler:
                llama.llama_sampler_free(sampler)

    def _choose(self, logits: NDArray[np.float32], grammar: Any) -> int:
        candidates = self._candidates
        if candidates is None:
            candidates = self._candidates = np.zeros(len(logits), _TOKEN_DATA)
        candidates["id"] = np.arange(len(logits), dtype=np.int32)
        candidates["logit"] = logits
        array = _token_array(candidates)
        if grammar is not None:
            llama.llama_sampler_apply(grammar, ctypes.byref(array))
            if not np.isfinite(candidates["logit"]).any():
                raise InferenceError(
                    "the grammar allows no token at all at this point",
                    "check that every string the grammar describes can be spelled by this model's tokens",
                )
        llama.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)


def _chain(model: NativeModel, sampling: Sampling) -> Iterator[Any]:
    """llama.cpp's samplers in their order; each belongs to whoever takes it."""
    if sampling.repeat_penalty != 1.0:
        yield llama.llama_sampler_init_penalties(
            model.vocabulary, _PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0
        )
    if sampling.temperature <= 0.0:
        yield llama.llama_sampler_init_greedy()
        return
    seed = secrets.randbits(32) if sampling.seed is None else sampling.seed
    yield llama.llama_sampler_init_top_k(sampling.top_k)
    yield llama.llama_sampler_init_top_p(sampling.top_p, 1)
    yield llama.llama_sampler_init_min_p(sampling.min_p, 1)
    yield llama.llama_sampler_init_temp(sampling.temperature)
    yield llama.llama_sampler_init_dist(seed)


def _grammar(model: NativeModel, source: str) -> Any:
    # llama.cpp takes an empty grammar for none at all, and reads no further than a zero.
    if not source.strip() or _UNREADABLE.search(source):
        raise GrammarError(f"{source[:40]!r} is no grammar", "a grammar is GBNF text with a rule named root")
    depth = _depth_of_groups(source)
    if depth > _DEEPEST_GROUPS:
        raise GrammarError(
            f"the grammar nests groups {depth} deep, llama.cpp can be given {_DEEPEST_GROUPS}",
            "give inner groups a rule of their own",
        )
    clear_log()
    sampler = llama.llama_sampler_init_grammar(model.vocab, source.encode(), b"root")
    if not sampler:
        raise GrammarError(
            f"llama.cpp cannot read the grammar: {last_log_lines() or 'it gave no reason'}",
            "a grammar is GBNF text with a rule named root",
        )
    return sampler


def _depth_of_groups(source: str) -> int:
    depth = deepest = 0
    for found in _GROUPS.finditer(source):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _allows(grammar: Any, token: int) -> bool:
    one = np.zeros(1, _TOKEN_DATA)
    one["id"] = token
    llama.llama_sampler_apply(grammar, ctypes.byref(_token_array(one)))
    return bool(np.isfinite(one["logit"][0]))


def _token_array(candidates: NDArray[Any]) -> Any:
    return llama.llama_token_data_array(
        data=candidates.ctypes.data_as(llama.llama_token_data_p),
        size=len(candidates),
        selected=-1,
        sorted=False,
    )
