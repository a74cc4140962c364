"""What memory is asked for next."""

from __future__ import annotations

from substrate.memory import ANYWHERE
from substrate.memory.anticipation import Anticipation
from substrate.region.contract import Event, EventKind


def heard(kind: EventKind, row_id: int, text: str, *, channel: str = "general", by: str = "joel") -> Event:
    return Event(row_id, kind, row_id, channel, by, text)


ASKED = heard(EventKind.MESSAGE, 5, "What is my sister called?")
ANSWERED = heard(EventKind.REPLY, 6, "Oluwaseun.", by="Paige")
TYPED = heard(EventKind.TYPING, 0, "where does she", by="ana")


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_only_the_last_message_of_a_channel_can_still_be_answered() -> None:
    earlier, elsewhere = (
        heard(EventKind.MESSAGE, 4, "Hello."),
        heard(EventKind.REPLY, 7, "Hm.", channel="code"),
    )
    stagings = Anticipation().of((earlier, ASKED, TYPED, elsewhere))
    assert [(one.channel, one.text, one.for_row, one.before_row) for one in stagings] == [
        ("general", ASKED.text, 5, 5),
        ("code", "Hm.", 7, 7),
    ]


def test_after_a_reply_what_comes_next_is_about_the_exchange_here_and_in_the_next_room() -> None:
    anticipation = Anticipation()
    anticipation.of((ASKED,))
    (staging,) = anticipation.of((ANSWERED,))
    assert staging.text == "What is my sister called?\nOluwaseun."
    assert staging.rooms == ("general", ANYWHERE)
    assert (staging.asker, staging.for_row, staging.before_row) == ("joel", 6, 5)


def test_what_is_typed_waits_until_a_message_is_answered_or_has_waited_too_long() -> None:
    clock = Clock()
    anticipation = Anticipation(clock)
    assert [one.text for one in anticipation.of((TYPED,))] == [TYPED.text]
    anticipation.of((ASKED,))
    assert anticipation.of((TYPED,)) == []
    clock.now_s += 2.0
    assert [one.text for one in anticipation.of((TYPED,))] == [TYPED.text]
    anticipation.of((ASKED,))
    anticipation.of((ANSWERED,))
    assert [one.text for one in anticipation.of((TYPED,))] == [TYPED.text]


def test_what_was_asked_last_is_recalled_for_again_unless_it_was_withdrawn() -> None:
    anticipation = Anticipation()
    anticipation.of((ASKED, heard(EventKind.MESSAGE, 8, "Is it raining?", channel="code")))
    assert [one.text for one in anticipation.again(lambda row: row != 5)] == ["Is it raining?"]
    assert [one.for_row for one in anticipation.again(lambda row: True)] == [8]
