"""JSON schemas as grammars: what a request may carry to have its reply in a given shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llama_cpp.llama_grammar import json_schema_to_gbnf

from substrate.inference.sampling import GrammarError

_ANY_CHARACTER = r'char ::= [^"\\]'
_PLAIN_CHARACTER = r'char ::= [^"\\\x00-\x1f\x7f]'
"""JSON wants line breaks and other control characters escaped in a string; the translation lets them pass."""


def json_schema_grammar(schema: Mapping[str, Any]) -> str:
    """GBNF for `GenerateRequest.grammar`. Bound strings by maxLength: a small model writes until stopped.

    Raises GrammarError for a schema that uses what the translation does not know.
    """
    try:
        return str(json_schema_to_gbnf(json.dumps(schema))).replace(_ANY_CHARACTER, _PLAIN_CHARACTER)
    except Exception as error:
        raise GrammarError(
            f"the JSON schema cannot be turned into a grammar: {error}",
            "use plain types, enum, properties, required, items, minLength and maxLength",
        ) from error
