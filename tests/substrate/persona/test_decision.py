"""The decision contract becomes a reply, silence or a clear error."""

from __future__ import annotations

import json

import pytest

from substrate.persona.decision import decided_outcome
from substrate.persona.outcome import OutcomeKind


def test_a_decision_to_answer_is_a_reply_in_plain_text() -> None:
    outcome = decided_outcome(json.dumps({"will_respond": True, "response": 'He said "yes".\nI agree.'}))
    assert (outcome.kind, outcome.text) == (OutcomeKind.REPLY, 'He said "yes".\nI agree.')


@pytest.mark.parametrize("response", ["", "not said"])
def test_a_decision_not_to_answer_is_silence_with_a_reason(response: str) -> None:
    outcome = decided_outcome(json.dumps({"will_respond": False, "response": response}))
    assert outcome.kind is OutcomeKind.SILENCE
    assert outcome.reason


def test_a_decision_may_stand_in_a_fence() -> None:
    """Engines that keep to no grammar write it so."""
    decision = '{"will_respond": true, "response": "Hello."}'
    for written in (f"```json\n{decision}\n```\n", f"Sure! {decision}\nI hope that helps."):
        outcome = decided_outcome(written)
        assert (outcome.kind, outcome.text) == (OutcomeKind.REPLY, "Hello.")


@pytest.mark.parametrize("written", ["Hello Joel", "[]", '"yes"'])
def test_what_is_no_decision_at_all_is_an_error_that_quotes_it(written: str) -> None:
    outcome = decided_outcome(written)
    assert outcome.kind is OutcomeKind.ERROR
    assert repr(written) in outcome.reason
    assert "schema" in outcome.hint


@pytest.mark.parametrize("written", ["", '{"will_respond": true, "resp', "{}"])
def test_a_decision_that_was_cut_off_is_an_error_that_says_so(written: str) -> None:
    outcome = decided_outcome(written)
    assert outcome.kind is OutcomeKind.ERROR
    assert "not complete" in outcome.reason
