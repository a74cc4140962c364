"""The conversation of the room that is shown: what was sent, what is awaited, what can be taken back.

Between the client, which knows ids, and the chat view, which knows widgets. A reply is shown from its first
piece on; when it is complete, the whole text replaces what the pieces made, so a piece that was missed while
another room was shown does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from substrate.errors import SubstrateError
from substrate.interface.client import RequestId, ServiceClient
from substrate.interface.inputs import checked_partial_text
from substrate.interface.terminal import notices
from substrate.interface.terminal.answers import Answers
from substrate.interface.terminal.chat import ChatView, MessageView, Speaker
from substrate.interface.terminal.figures import duration_text
from substrate.interface.terminal.mind import MemoryShown, TurnFigures
from substrate.interface.terminal.presence import Presence
from substrate.interface.terminal.theme import FAINT

_SAYS_NOTHING_YET = frozenset({"accepted", "service-ready", "reconnected"})
HISTORY_MESSAGES = 200
"""How much of a room's past is shown."""


class NothingToTakeBack(SubstrateError):
    """There is no message to edit, or no reply to write again."""


class Conversation:
    """One room at a time. Used on the app's loop."""

    def __init__(self, client: ServiceClient, chat: ChatView, user: str, room: str) -> None:
        self._client = client
        self._chat = chat
        self._user = user
        self._presence = Presence()
        self._expected: MessageView | None = None
        """Where the reply will stand; shown at once when there is one persona only, who always answers."""
        self.room = room
        self._waiting: set[RequestId] = set()
        """Ids of messages whose outcomes are not all here."""
        self._unanswered: set[RequestId] = set()
        """Those of them that have had no outcome yet."""
        self._replies: dict[tuple[RequestId, str], MessageView] = {}
        """Replies that are being written, by the message's id and the persona's name."""
        self._thoughts: dict[tuple[RequestId, str], str] = {}
        self._last_own: tuple[str, MessageView] | None = None
        """The user's last message here: its message id, once it is known, and its view."""
        self._last_said: str | None = None
        """The message id of the last message of a person here: its answers are what is written again."""
        self._answers = Answers()
        self._message_ids: dict[RequestId, str] = {}
        """Message ids of what was sent from here, in any room: outcomes name the id that it was sent with."""
        self._is_asked_again = False
        """A reply was asked for anew, and nothing has been heard of it."""
        self._sent: dict[RequestId, MessageView] = {}
        """What the user sent in this session, by client id, until it is accepted."""
        self.is_editing = False
        self.is_entering = False
        """The room's past is not here yet: what is said before it is shown would stand above it."""

    @property
    def is_waiting(self) -> bool:
        return bool(self._sent or self._waiting) or self._expected is not None or self._is_asked_again

    @property
    def is_thinking(self) -> bool:
        """Whether an answer is awaited of which nothing is shown yet."""
        return self.is_waiting and not self._replies and self._expected is None

    def meet(self, presence: Presence) -> None:
        """Be told who there is, and who hears which room."""
        self._presence = presence

    def enter(self, room: str) -> None:
        """Show a room, from its past on."""
        self.room = room
        self._waiting.clear()
        self._unanswered.clear()
        self._replies.clear()
        self._thoughts.clear()
        self._sent.clear()
        self._last_own = self._last_said = self._expected = None
        self._answers.clear()
        self.is_editing = self._is_asked_again = False
        self.is_entering = True
        self._chat.clear()
        self._client.history(room, HISTORY_MESSAGES)

    def show_past(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Draw what the service remembers of this room, oldest first."""
        self.is_entering = False
        for message in messages:
            own = message["persona_id"] is None
            speaker = Speaker.PERSON if own else Speaker.PERSONA
            view = self._chat.say(speaker, message["sender"], message["text"], message["at_s"])
            if not own:
                if message["in_reply_to"] is not None:
                    self._answers.add(message["in_reply_to"], view, message["message_id"])
                continue
            self._last_said = message["message_id"]
            if message["sender"] == self._user:
                self._last_own = (message["message_id"], view)

    def type_ahead(self, text: str) -> None:
        self._client.typing(self.room, self._user, checked_partial_text("text", text))

    def say(self, text: str) -> None:
        """Send a message, or the new text of the one that is being edited."""
        if self.is_editing and self._last_own is not None:
            message_id, view = self._last_own
            self.is_editing = False
            self._chat.take_away(view)
            self._take_answers_away(message_id)
            view = self._chat.say(Speaker.PERSON, self._user, text)
            self._sent[self._client.edit(message_id, text)] = view
        else:
            view = self._chat.say(Speaker.PERSON, self._user, text)
            self._sent[self._client.message(self.room, self._user, text)] = view
        self._expect_reply()

    def begin_edit(self) -> str:
        """The text of the user's last message, which the next `say` replaces."""
        if self._last_own is None:
            raise NothingToTakeBack("there is no message of yours here to edit", "say something first")
        if self.is_waiting:
            raise NothingToTakeBack("a reply is still being written", "Esc stops it")
        self.is_editing = True
        return self._last_own[1].message_text

    def end_edit(self) -> None:
        self.is_editing = False

    def again(self) -> None:
        """Have the answers to the last message written again."""
        if self.is_waiting:
            raise NothingToTakeBack("the reply is still being written", "Esc stops it")
        if self._last_said is None or not self._answers.has_reply(self._last_said):
            raise NothingToTakeBack("there is no reply here to write again", "say something first")
        self._take_answers_away(self._last_said)
        self._is_asked_again = True
        self._client.regenerate(self.room)
        self._expect_reply()

    def stop(self) -> None:
        self._client.cancel(self.room)

    def hear(self, event: Mapping[str, Any]) -> TurnFigures | None:
        """Take in one event of the service; returns what a turn cost when one has ended with a reply."""
        self._is_asked_again &= event["type"] in _SAYS_NOTHING_YET
        match event["type"]:
            case "accepted":
                self._accepted(event)
            case "delta":
                self._delta(event)
            case "reply":
                self._unanswered.discard(event["in_reply_to"])
                return self._reply(event)
            case "silence":
                self._unanswered.discard(event["in_reply_to"])
                self._silence(event)
            case "error":
                self._unanswered.discard(event.get("in_reply_to", ""))
                self._error(event)
            case "outcomes_done":
                self._done(event["in_reply_to"])
            case "reconnected":
                self._look_again()
        return None

    def _accepted(self, event: Mapping[str, Any]) -> None:
        view = self._sent.pop(event["id"], None)
        if view is not None:
            self._waiting.add(event["id"])
            self._unanswered.add(event["id"])
            self._message_ids[event["id"]] = self._last_said = event["message_id"]
            self._last_own = (event["message_id"], view)
            for name in event.get("absent", ()):
                notice = self._chat.notice(notices.absent(name, self.room, self._presence), after=view)
                self._answers.add(event["message_id"], notice)

    def _writing(self, event: Mapping[str, Any]) -> MessageView:
        """The view of the reply that this event is about, a new one at its first piece."""
        key = (event["in_reply_to"], event["persona"])
        if key not in self._replies:
            self._waiting.add(event["in_reply_to"])
            if self._expected is not None and self._expected.speaker_name == event["persona"]:
                self._replies[key], self._expected = self._expected, None
            else:
                self._replies[key] = self._chat.say(Speaker.PERSONA, event["persona"], "")
        return self._replies[key]

    def _delta(self, event: Mapping[str, Any]) -> None:
        view = self._writing(event)
        if event.get("thinking"):
            key = (event["in_reply_to"], event["persona"])
            self._thoughts[key] = self._thoughts.get(key, "") + event["text"]
            view.show_thinking(self._thoughts[key])
        else:
            view.show_text(view.message_text + event["text"])

    def _reply(self, event: Mapping[str, Any]) -> TurnFigures:
        view = self._writing(event)
        del self._replies[event["in_reply_to"], event["persona"]]
        self._thoughts.pop((event["in_reply_to"], event["persona"]), None)
        view.show_text(event["text"] or "…")
        if event.get("thinking"):
            view.show_thinking(event["thinking"])
        self._answers.add(self._answered_by(event), view, event["message_id"])
        latency = event["latency"]
        figures = TurnFigures(
            substrate_s=_scaled(latency["substrate_us"], 1e-6),
            first_token_s=_scaled(latency["ttft_ms"], 1e-3),
            total_s=_scaled(latency["total_ms"], 1e-3),
            read_tokens=latency.get("read_tokens"),
            reused_tokens=latency.get("reused_tokens"),
            memories=tuple(MemoryShown.of(memory) for memory in event["memories"]),
        )
        view.show_foot(_foot(event, figures))
        return figures

    def _silence(self, event: Mapping[str, Any]) -> None:
        self._drop((event["in_reply_to"], event["persona"]))
        self._expect_nothing()
        notice = self._chat.notice(
            Text(f"{event['persona']} says nothing: {event['reason']}", style=f"italic {FAINT}")
        )
        self._answers.add(self._answered_by(event), notice)

    def _error(self, event: Mapping[str, Any]) -> None:
        self._sent.pop(event.get("id", ""), None)
        self._drop((event.get("in_reply_to", ""), event.get("persona", "")))
        self._expect_nothing()
        self._chat.trouble(event["message"], event.get("hint", ""))

    def _done(self, request_id: RequestId) -> None:
        if request_id in self._waiting:
            self._waiting.discard(request_id)
            self._expect_nothing()
        for key in [key for key in self._replies if key[0] == request_id]:
            self._drop(key)
        if request_id in self._unanswered:
            self._unanswered.discard(request_id)
            self._chat.trouble(
                f"nobody in #{self.room} answers this",
                "/personas says who is where, /invite brings somebody in",
            )

    def _look_again(self) -> None:
        """The service was restarted. What was sent is answered from the beginning; what was asked for anew
        is not asked for again."""
        self._thoughts.clear()
        for view in self._replies.values():
            view.show_text("")
            view.show_thinking("")
        if (self._expected is not None or self._is_asked_again) and not self._waiting and not self._sent:
            self.enter(self.room)

    def _answered_by(self, outcome: Mapping[str, Any]) -> str:
        """The message id of what an outcome answers."""
        answered: RequestId = outcome["in_reply_to"]
        return self._message_ids.get(answered, str(answered))

    def _take_answers_away(self, message_id: str) -> None:
        for view in self._answers.take(message_id):
            self._chat.take_away(view)

    def _expect_reply(self) -> None:
        present = self._presence.present(self.room)
        if len(present) == 1 and self._expected is None:
            self._expected = self._chat.say(Speaker.PERSONA, present[0], "")

    def _expect_nothing(self) -> None:
        if self._expected is not None:
            self._chat.take_away(self._expected)
            self._expected = None

    def _drop(self, key: tuple[RequestId, str]) -> None:
        view = self._replies.pop(key, None)
        self._thoughts.pop(key, None)
        if view is not None:
            self._chat.take_away(view)


def _foot(reply: Mapping[str, Any], figures: TurnFigures) -> str:
    """How a reply ended, and when. A crash loses the figures; without them a whole one has no foot."""
    ending = ""
    if reply["stopped"]:
        ending = "stopped"
    elif reply["cut"]:
        tokens = reply["latency"].get("written_tokens")
        ending = f"cut at its limit of {tokens} tokens" if tokens else "cut at its limit of tokens"
    if figures.total_s is None:
        return ending
    end = f"{ending or 'all'} after {duration_text(figures.total_s)}"
    if figures.first_token_s is None:
        return end
    return f"first word after {duration_text(figures.first_token_s)}, {end}"


def _scaled(figure: float | None, factor: float) -> float | None:
    """A latency in seconds; None for a turn that was stopped before it could be measured."""
    return None if figure is None else figure * factor
