"""Replies keep to their grammar, whatever the model would rather say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from substrate.inference import FinishReason, InferenceError, Sampling, json_schema_grammar
from substrate.inference.reply_text import ReplyText
from substrate.inference.sampling import TokenSampler
from substrate.models import EMBEDDED_MODEL
from substrate.persona.decision import DECISION_GRAMMAR

from .conftest import make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]
SCHEMA = {
    "type": "object",
    "properties": {"lit": {"type": "boolean"}, "colour": {"enum": ["red", "white"]}},
    "required": ["lit", "colour"],
    "additionalProperties": False,
}


def test_a_reply_under_a_json_schema_is_json_of_that_shape(start_lane: StartLane) -> None:
    lane = start_lane()
    grammar = json_schema_grammar(SCHEMA)
    asked = [
        make_request(n, conversation=f"{n}", grammar=grammar, sampling=Sampling(seed=n, max_tokens=200))
        for n in range(4)
    ]
    for generation in run(lane, *asked):
        said = json.loads(generation.text)
        assert isinstance(said["lit"], bool)
        assert said["colour"] in ("red", "white")


def test_the_decision_contract_holds_for_a_model_that_knows_nothing_of_it(start_lane: StartLane) -> None:
    lane = start_lane()
    sampling = Sampling(temperature=1.0, seed=3, max_tokens=1500)
    asked = [
        make_request(n, conversation=f"{n}", grammar=DECISION_GRAMMAR, sampling=sampling) for n in range(4)
    ]
    for generation in run(lane, *asked):
        if generation.finish_reason is FinishReason.STOP:
            decision = json.loads(generation.text)
            assert decision.keys() == {"will_respond", "response"}


def test_what_a_reply_opens_with_holds_no_stop_string() -> None:
    text = ReplyText(("\n\n",))
    assert text.show("<think>\n\n") == "<think>\n\n"
    assert text.feed(b"\nhm") == "\nhm"
    assert not text.stopped
    text.feed(b".\n\nso")
    assert text.stopped
    assert text.text == "<think>\n\n\nhm."


@pytest.mark.parametrize("name", ["<|im_start|>", "<|im_end|>"])
def test_a_grammar_that_spells_the_name_of_a_control_token_gets_its_characters(
    start_lane: StartLane, name: str
) -> None:
    lane = start_lane()
    asked = [
        make_request(
            n,
            conversation=f"{n}",
            grammar=f'root ::= "{name}!"',
            sampling=Sampling(temperature=2.0, top_k=0, top_p=1.0, min_p=0.0, seed=n, max_tokens=60),
        )
        for n in range(8)
    ]
    assert {generation.text for generation in run(lane, *asked)} == {f"{name}!"}


def test_a_schema_that_is_not_understood_is_refused() -> None:
    with pytest.raises(InferenceError, match="JSON schema"):
        json_schema_grammar({"type": "no such type"})


def test_the_whole_vocabulary_is_judged_only_when_the_grammar_rejects_what_was_chosen(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = 0
    choose = TokenSampler._choose

    def counted(sampler: TokenSampler, logits: NDArray[np.float32], grammar: object) -> int:
        nonlocal judged
        judged += grammar is not None
        return choose(sampler, logits, grammar)

    monkeypatch.setattr(TokenSampler, "_choose", counted)
    lane = start_lane(path=EMBEDDED_MODEL)  # its words are in the grammar's range
    sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=2)
    (plain,) = run(lane, make_request(1, conversation="a", sampling=sampling))
    (same,) = run(lane, make_request(2, conversation="b", sampling=sampling, grammar="root ::= [ -~]*"))
    assert same.text == plain.text
    assert judged == 0
    (other,) = run(lane, make_request(3, conversation="c", sampling=sampling, grammar='root ::= "zz"'))
    assert other.text == "zz"
    assert 0 < judged <= other.completion_tokens


@pytest.mark.parametrize("split", range(1, 9))
def test_characters_are_shown_whole_wherever_tokens_split_them(split: int) -> None:
    data = "ß€😀".encode()
    text = ReplyText()
    shown = [text.feed(data[:split]), text.feed(data[split:]), text.finish()]
    assert "".join(shown) == "ß€😀"
    assert "\ufffd" not in text.text


def test_a_whole_token_behind_half_a_character_comes_behind_it() -> None:
    text = ReplyText()
    half, rest = "ß".encode()[:1], "ß".encode()[1:]
    assert [text.feed(half), text.feed(b"a", "a"), text.feed(b"b", "b")] == ["", "\ufffda", "b"]
    assert [text.feed(half), text.feed(rest), text.feed(b"c", "c")] == ["", "ß", "c"]
    assert text.text == "\ufffdabßc"


def test_a_stop_string_over_several_tokens_is_held_back_and_dropped() -> None:
    text = ReplyText(("\nUser:",))
    shown = [
        text.feed(piece, piece.decode()) for piece in (b"Fine.\nUs", b"ual. Bye\nUse", b"r: what", b" more")
    ]
    assert shown == ["Fine.", "\nUsual. Bye", "", ""]
    assert text.stopped


def test_what_only_began_like_a_stop_string_is_shown_at_the_end() -> None:
    text = ReplyText(("STOP",))
    assert text.feed(b"go ST") == "go "
    assert text.finish() == "ST"
