"""The window grows at its end, drops its older half when full, and never cuts a message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from substrate.inference import Role
from substrate.persona.conversation_window import ConversationWindow
from substrate.persona.prompt import SpokenLine, conversation_turns
from substrate.persona.transcript import TranscriptRow

speakers = st.sampled_from(["joel", "ana", "Paige", "Max"])
lines = st.lists(st.tuples(speakers, st.text(min_size=1, max_size=20), st.integers(1, 50)), max_size=40)


def row(row_id: int, sender: str = "joel", text: str = "hello") -> TranscriptRow:
    return TranscriptRow(row_id, f"m{row_id}", "general", sender, None, text, float(row_id), None)


@given(lines)
def test_the_history_is_what_composing_it_anew_gives_and_begins_with_somebody_else(
    said: list[tuple[str, str, int]],
) -> None:
    window = ConversationWindow("Paige")
    for number, (sender, text, tokens) in enumerate(said):
        window.append(row(number, sender, text), tokens)
    visible = [
        SpokenLine(sender, text) for number, (sender, text, _) in enumerate(said) if window.holds(number)
    ]
    assert window.turns == conversation_turns(visible, "Paige")
    assert not window.turns or window.turns[0].role is Role.USER


@given(lines, st.integers(10, 400))
def test_fitting_keeps_the_newest_whole_messages(said: list[tuple[str, str, int]], limit: int) -> None:
    window = ConversationWindow("Paige")
    for number, (sender, text, tokens) in enumerate(said):
        window.append(row(number, sender, text), tokens)
    before, total = sorted(window.rows), window.tokens
    short = [row_id for row_id in before if said[row_id][2] <= limit]
    window.fit(limit)
    kept = sorted(window.rows)
    assert window.tokens <= limit
    if total <= limit:
        assert kept == before
    elif sum(said[row_id][2] for row_id in short) <= limit:
        assert set(kept) <= set(short)
    else:
        assert kept == short[len(short) - len(kept) :]
        assert window.tokens <= limit // 2 or len(kept) <= 2


def test_the_last_exchange_stays_while_it_fits_at_all() -> None:
    window = ConversationWindow("Paige")
    for number in range(1, 9):
        window.append(row(number, "joel" if number % 2 else "Paige"), 10)
    window.append(row(9, text="a contract"), 60)
    window.append(row(10, "Paige", "I have read it."), 10)
    window.fit(100)
    assert window.rows == {9, 10}


def test_a_line_that_does_not_fit_alone_leaves_what_was_said_around_it() -> None:
    window = ConversationWindow("Paige")
    window.append(row(1, text="a line"), 10)
    window.append(row(2, text="a book"), 500)
    window.append(row(3, text="another line"), 10)
    window.fit(100)
    assert window.rows == {1, 3}


def test_appending_extends_the_history_so_that_what_was_read_stays_valid() -> None:
    window = ConversationWindow("Paige")
    window.append(row(1), 5)
    window.append(row(2, "Paige", "Hi Joel."), 5)
    before = window.turns
    window.append(row(3, "ana", "me too"), 5)
    assert window.turns[: len(before)] == before


def test_a_withdrawn_row_leaves_the_history() -> None:
    window = ConversationWindow("Paige")
    for number in range(1, 4):
        window.append(row(number, text=f"secret {number}"), 5)
    window.remove({2})
    assert window.rows == {1, 3}
    assert "secret 2" not in window.turns[0].text
    assert window.tokens == 10
