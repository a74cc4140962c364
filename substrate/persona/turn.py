"""A turn and the message that it answers, while they are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from substrate.inference.protocol import Generation
from substrate.instance import PersonaSettings
from substrate.persona.client_connection import ClientConnection
from substrate.persona.late_block import LateBlock
from substrate.persona.reply_reader import ReplyReader
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import ClientId


@dataclass(slots=True, eq=False)
class OpenMessage:
    """A message that is not answered yet by all who will.

    `parent` is the message that a persona's message answers; `in_a_row` how many personas' messages stand
    behind a person's, this one included. `known_as` is what outcomes name in `in_reply_to`.
    """

    row: TranscriptRow
    known_as: ClientId
    client: ClientConnection | None
    read_ns: int
    parent: OpenMessage | None = None
    in_a_row: int = 0
    waves: list[list[Turn]] = field(default_factory=list)
    """Those that wait for the wave before them."""
    in_wave: int = 0
    """Turns of the current wave that are open."""
    undecided: int = 0
    """Turns whose personas may still choose to answer."""
    is_answered: bool = False
    """Whether one that could choose did answer."""
    open: int = 0
    """All turns that are open, and all messages that answer this one and are open."""

    @property
    def root(self) -> OpenMessage:
        """The message of the person with whom it began."""
        message = self
        while message.parent is not None:
            message = message.parent
        return message


@dataclass(slots=True, eq=False)
class Turn:
    """One message at one persona, from its plan to its outcome. Times are monotonic nanoseconds."""

    message: OpenMessage
    persona: PersonaSettings
    decides: bool
    queued_ns: int = 0
    """Set when the turn has to wait for another turn, for its wave or for the model."""
    waited_ns: int = 0
    cancel: Callable[[], None] | None = None
    """Stops the engine; set while it works for this turn."""
    has_ended: bool = False
    """Its outcome stands, though it may not be committed yet."""
    late: LateBlock | None = None
    reader: ReplyReader | None = None
    """Reads along while the reply is shown as it comes."""
    said: list[str] = field(default_factory=list)
    """What the engine has written so far, in pieces."""
    generation: Generation | None = None
