"""A reply under a JSON schema can be read as JSON, whatever the model would rather say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from substrate.inference import Sampling, json_schema_grammar
from substrate.inference.sampling import GrammarError

from .conftest import make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane


def test_every_reply_of_a_batch_follows_its_schema(start_lane: Callable[..., LlamaLane]) -> None:
    schema = {
        "type": "object",
        "properties": {
            "says": {"type": "string", "maxLength": 12},
            "mood": {"enum": ["calm", "wild"]},
            "sure": {"type": "boolean"},
        },
        "required": ["says", "mood", "sure"],
    }
    grammar = json_schema_grammar(schema)
    asked = [
        make_request(
            n,
            conversation=f"c{n}",
            grammar=grammar,
            # Hot, so that line breaks, quotes and half characters are tried again and again.
            sampling=Sampling(temperature=3.0, top_p=1.0, min_p=0.0, top_k=0, seed=n, max_tokens=400),
        )
        for n in range(12)
    ]
    for generation in run(start_lane(), *asked):
        reply = json.loads(generation.text)
        assert reply.keys() == {"says", "mood", "sure"}
        assert reply["mood"] in ("calm", "wild")
        assert isinstance(reply["sure"], bool)
        # Random weights write half characters; what replaces one is as long as the bytes that it lacks.
        assert len(reply["says"].replace("\ufffd", "")) <= 12


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "unicorn"}, "unicorn"),
        ({"$ref": "#/nothing"}, "nothing"),
        ({"$ref": "https://example.org/schema.json"}, "remote"),
        ({"enum": [object()]}, "object"),
    ],
)
def test_a_schema_that_cannot_be_a_grammar_says_why(schema: dict[str, Any], says: str) -> None:
    with pytest.raises(GrammarError, match=says) as error:
        json_schema_grammar(schema)
    assert error.value.hint
