"""The decision contract: `{"will_respond": bool, "response": string}`, used when several could answer.

The model writes it under a grammar, so what it says is always well formed unless it was cut at its token
limit. History never holds the contract, only the plain text of the response.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from substrate.persona.outcome import CHOSE_SILENCE, Outcome, OutcomeKind

_QUOTED = 80
MAX_RESPONSE_CHARACTERS = 600
"""Bounds the string in the grammar: an unbounded one lets a small model write until the context is full."""

DECISION_GRAMMAR = rf"""
root ::= yes | no
yes ::= "{{\"will_respond\": true, \"response\": \"" character{{1,{MAX_RESPONSE_CHARACTERS}}} "\"}}"
no ::= "{{\"will_respond\": false, \"response\": \"\"}}"
character ::= [^"\\\x00-\x1f\x7f] | "\\" ["\\/nt]
""".strip()
"""GBNF of the contract."""


DECISION_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "will_respond": {"type": "boolean"},
        "response": {"type": "string", "maxLength": MAX_RESPONSE_CHARACTERS},
    },
    "required": ["will_respond", "response"],
    "additionalProperties": False,
}
"""The contract as a JSON schema."""


def decided_outcome(written: str) -> Outcome:
    """The outcome that a model's decision stands for: reply or silence, or an error when it is none."""
    begins = written.find("{")
    try:
        # Engines that keep to no grammar may put it into a fence, or say something before and behind it.
        decision, _ = json.JSONDecoder().raw_decode(written[begins:])
        will_respond, response = decision["will_respond"], decision["response"]
    except (ValueError, KeyError, TypeError):
        if begins < 0 and written.strip():
            return Outcome(
                OutcomeKind.ERROR,
                reason=f"the engine did not decide whether to answer, it wrote {written.strip()[:_QUOTED]!r}",
                hint="it keeps to no JSON schema: address the persona by name, or use an engine that does",
            )
        return Outcome(
            OutcomeKind.ERROR,
            reason=f"the decision whether to answer is not complete after {len(written)} characters",
            hint="raise max_tokens in the persona's sampling, or address the persona by name",
        )
    if will_respond is True and isinstance(response, str) and response.strip():
        return Outcome(OutcomeKind.REPLY, text=response)
    return CHOSE_SILENCE
