"""Which views in the chat answer which message: what is taken out of sight together with it.

Replies need not stand below what they answer: who writes three messages in a row gets three replies below
them. So a reply that is written again, or a message that is changed, takes its own answers away and no
others, as the service does.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget


class Answers:
    """The answers of one room, by message id. Used on the app's loop."""

    def __init__(self) -> None:
        self._answers: dict[str, list[tuple[str | None, Widget]]] = {}

    def add(self, answered: str, view: Widget, message_id: str | None = None) -> None:
        """A view that answers the message `answered`; with a `message_id` of its own if it is a reply."""
        self._answers.setdefault(answered, []).append((message_id, view))

    def take(self, message_id: str) -> Iterator[Widget]:
        """All that answers a message, and what answers these; they are no longer known afterwards."""
        for reply_id, view in self._answers.pop(message_id, ()):
            yield view
            if reply_id is not None:
                yield from self.take(reply_id)

    def has_reply(self, message_id: str) -> bool:
        """Whether a message was answered in words."""
        return any(reply_id is not None for reply_id, _ in self._answers.get(message_id, ()))

    def clear(self) -> None:
        self._answers.clear()
