"""Whatever a client sends is either a request or one clear error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from substrate.persona.requests import BadRequest, MessageRequest, TypingRequest, read_request
from substrate.wire import MAX_TEXT_BYTES

MESSAGE = {"op": "message", "id": "m1", "channel": "general", "sender": "joel", "text": "hello"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ops = ["message", "typing", "reaction", "cancel", "regenerate", "edit", "history", "resume", "command"]
fields = ["id", "channel", "sender", "text", "message_id", "emoji", "limit", "ids", "name", "params"]


@given(st.sampled_from([*ops, "nonsense", None]), st.dictionaries(st.sampled_from(fields), values))
def test_nothing_but_bad_request_is_ever_raised(op: str | None, given_: dict[str, Any]) -> None:
    try:
        read_request({"op": op, **given_})
    except BadRequest as error:
        assert error.message
        assert error.hint


def test_a_message_comes_through_as_it_was_sent() -> None:
    text = "tabs\tand\nlines, 日本語 and 👩‍👩‍👧, stay"
    assert read_request({**MESSAGE, "text": text}) == MessageRequest("m1", "general", "joel", text)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"text": ""}, "empty"),
        ({"text": " \n\t"}, "empty"),
        ({"text": "a\x00b"}, r"U\+0000 at position 1"),
        ({"text": "red \x1b[31m"}, r"U\+001B"),
        ({"text": 7}, "text is 7"),
        ({"text": "é" * (MAX_TEXT_BYTES // 2 + 1)}, str(MAX_TEXT_BYTES)),
        ({"text": "x" * 1_000_000}, str(MAX_TEXT_BYTES)),
        ({"channel": ""}, "channel"),
        ({"channel": "a\nb"}, r"channel.*U\+000A"),
        ({"channel": "x" * 65}, "channel"),
        ({"sender": None}, "sender is missing"),
        ({"id": {}}, "id"),
        ({"op": "shout"}, "shout"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        read_request({**MESSAGE, **change})


@pytest.mark.parametrize("text", ["", " ", "\n", " \t", " What is"])
def test_an_input_line_may_be_blank_while_it_is_written(text: str) -> None:
    typing = {"op": "typing", "channel": "general", "sender": "joel", "text": text}
    assert read_request(typing) == TypingRequest("general", "joel", text)


def test_the_longest_text_is_accepted() -> None:
    request = read_request({**MESSAGE, "text": "é" * (MAX_TEXT_BYTES // 2)})
    assert isinstance(request, MessageRequest)
    assert len(request.text.encode()) == MAX_TEXT_BYTES
