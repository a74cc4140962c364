"""What a scripted engine is told to do, as a value and as a word on the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from substrate.inference.protocol import InferenceError

SCHEME = "scripted"
"""`--model scripted` or `--model scripted:delay_ms=20,text=Hello` chooses this adapter."""


_AT_LEAST_ONE = ("deltas", "context_tokens")
_MOST = 10**9


class ScriptedSettingsError(InferenceError):
    """A `scripted:` specification that cannot be read."""


@dataclass(frozen=True, slots=True)
class ScriptedSettings:
    """What a scripted engine does with each request.

    `text` may hold `{persona}`, `{message}` and `{late}`, which become the request's own. Under a grammar the
    answer is `decision`, or the decision contract around `text` when that is empty. A request spends
    `prefill_ms` before its late block is asked for and `delay_ms` after that; its text arrives in `deltas`
    pieces spread over `delay_ms`. Loading takes `load_ms`. Every `fail_every`-th request fails (0: none), and
    all of `fail_persona`.
    """

    text: str = "This is a scripted reply."
    decision: str = ""
    load_ms: float = 0.0
    prefill_ms: float = 0.0
    delay_ms: float = 0.0
    deltas: int = 1
    fail_every: int = 0
    fail_persona: str = ""
    fail_load: str = ""
    context_tokens: int = 32768
    prefill_tokens_per_s: float = 0.0
    decode_tokens_per_s: float = 0.0

    @classmethod
    def parse(cls, specification: str) -> ScriptedSettings:
        """Read `scripted:key=value,...`; `text` comes last and takes all that follows, commas included.

        Raises ScriptedSettingsError naming the unknown key or the value that is not a number.
        """
        rest = specification.removeprefix(SCHEME).removeprefix(":")
        accepted = {field.name: field.type for field in fields(cls)}
        values: dict[str, Any] = {}
        while rest:
            key, equals, rest = rest.partition("=")
            key = key.strip()
            if key not in accepted or not equals:
                raise ScriptedSettingsError(
                    f"unknown setting {key!r} in {specification!r}",
                    f"a scripted model accepts {', '.join(accepted)}",
                )
            if key == "text":
                value, rest = rest, ""
            else:
                value, _, rest = rest.partition(",")
            try:
                convert = {"int": int, "float": float, "str": str}[str(accepted[key])]
                values[key] = convert(value)
            except ValueError as error:
                raise ScriptedSettingsError(
                    f"setting {key!r} of a scripted model must be a number, not {value!r}",
                    "for example scripted:prefill_ms=10,delay_ms=20,text=Hello",
                ) from error
        settings = cls(**values)
        for field in fields(cls):
            value, least = getattr(settings, field.name), 1 if field.name in _AT_LEAST_ONE else 0
            # Written so that a NaN, which is neither below nor above anything, is refused too.
            if field.type != "str" and not least <= value <= _MOST:
                raise ScriptedSettingsError(
                    f"setting {field.name!r} of a scripted model is {value}",
                    f"it is a number from {least} to {_MOST}",
                )
        return settings
