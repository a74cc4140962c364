"""One turn: peek what the regions left ready, compose the prompt within its budget, let the engine write.

Nothing here waits for a region, and nothing here is committed: the handler turns a message into an outcome,
`turn_flow` makes it so. Everything that can be kept from one turn to the next is kept per (persona, channel).
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from substrate.errors import SubstrateError
from substrate.inference.delivery import submitting
from substrate.inference.protocol import (
    GenerateRequest,
    InferenceAdapter,
    ModelFacts,
    Prompt,
    Rates,
    Sampling,
)
from substrate.instance import PersonaSettings
from substrate.memory.errors import StoreDamaged, StoreUnwritable
from substrate.memory.prefetch import ANYWHERE, PREFETCH
from substrate.persona.absences import Absence, was_absent
from substrate.persona.answer import Answer, End, Show
from substrate.persona.budget import ContextTooSmall, prompt_budget
from substrate.persona.candidates import CANDIDATES, likely_replies
from substrate.persona.channel_log import ChannelLog
from substrate.persona.conversation_window import ConversationWindow
from substrate.persona.decision import DECISION_GRAMMAR, DECISION_SCHEMA, decided_outcome
from substrate.persona.engine_cache import EngineCache
from substrate.persona.late_block import LateBlock, Peek
from substrate.persona.parked_conversations import ParkedConversations, conversation_key
from substrate.persona.prompt import SpokenLine, identity_text, spoken_text
from substrate.persona.region_port import RegionPort
from substrate.persona.reply_reader import read_reply
from substrate.persona.transcript import TranscriptRow
from substrate.persona.turn import Turn
from substrate.persona.turn_plan import UNMEASURED

_log = logging.getLogger(__name__)

MAX_DRAFTS = 3

_BEHIND_ALL_ROWS = 2**63 - 1
"""No row of the transcript has a higher id."""

_LIKELY_SHARE = 4
"""Of the history, one message is taken to fill a quarter at most: few long messages come in a row."""

_HEARD_ROWS_KEPT = 32
"""Of all channels together; a turn takes the last few that its persona heard."""


class MessageTooLong(SubstrateError):
    """A single message does not fit into the model's context beside the identity."""


@dataclass(slots=True, eq=False)
class Conversation:
    """What is kept of one persona in one channel."""

    persona: PersonaSettings
    channel: str
    key: str
    window: ConversationWindow
    prefetch: Peek
    candidates: Peek
    hears: Callable[[TranscriptRow], bool]
    """Whether the persona was there when a row was said, and has not forgotten it."""
    waiting: deque[Turn]
    running: Turn | None = None
    taken_up_to: int = 0
    """Rows up to here are in the window, or were dropped from it, or are not for it."""
    own_ahead: int = 0
    """The persona's own newest reply, which entered the window right behind what it answers."""
    history_tokens: int = 0
    """What the last turn's budget left for the history."""
    forgotten: set[int] = field(default_factory=set)
    """Rows that the persona has forgotten and that may lie ready as memories, one set for all channels."""


class Handler:
    """Answers for all personas. Used on the loop's thread only, but for the late blocks that it makes."""

    def __init__(
        self,
        adapter: InferenceAdapter,
        regions: RegionPort,
        parked: ParkedConversations,
        recent: Callable[[str], Iterable[TranscriptRow]],
        forgotten: Callable[[str], set[str]],
        absences: Callable[[str], Sequence[Absence]],
        show: Show | None,
        end: End,
    ) -> None:
        """`recent` loads a channel's newest rows, `forgotten` the ids of the messages that a persona was
        asked to forget; `absences` says when it was not there, in a list that is kept up to date; `show`
        None: replies are announced whole only."""
        self._adapter = adapter
        self._submit = submitting(adapter)
        self._regions = regions
        self._recent = recent
        self._forgotten = forgotten
        self._absences = absences
        self._show = show
        self._end = end
        self._facts: ModelFacts | None = None
        self._logs: dict[str, ChannelLog] = {}
        self._conversations: dict[tuple[str, str], Conversation] = {}
        self._identities: dict[str, tuple[str, int]] = {}
        self._samplings: dict[tuple[str, int], Sampling] = {}
        self._cache = EngineCache(adapter, parked)
        self._heard: deque[TranscriptRow] = deque(maxlen=_HEARD_ROWS_KEPT)
        self._withdrawn: set[int] = set()
        """Rows that may lie ready as memories until the regions have let go of them."""
        self._hidden: dict[str, set[str]] = {}
        """Ids of the messages that a persona has forgotten, by its id."""
        self._forgotten_rows: dict[str, set[int]] = {}
        """Of those that were forgotten in this run, the rows, by the persona's id."""
        self._began_s = time.time()
        self._hears_since_s: dict[str, float] = {}
        """For personas of which nobody can tell what they have forgotten: what was said before may be it."""

    def model_loaded(self, facts: ModelFacts, personas: Iterable[PersonaSettings]) -> None:
        """From now on turns can run. Raises ContextTooSmall for an identity that the model cannot hold."""
        self._facts = facts
        self._cache.model_loaded()
        for persona in personas:
            self.check_identity(persona.name, identity_text(persona.name, persona.role, persona.about))

    @property
    def rates(self) -> Rates:
        """What the engine has measured; zeros before it is loaded."""
        return UNMEASURED if self._facts is None else self._adapter.rates()

    def check_identity(self, name: str, identity: str) -> None:
        """Raises ContextTooSmall naming the persona when the loaded model cannot hold who it is."""
        if self._facts is None:
            return
        tokens = self._adapter.count_tokens(identity)
        try:
            prompt_budget(self._facts.context_tokens, tokens, 0, self._adapter.rates())
        except ContextTooSmall as error:
            raise ContextTooSmall(f"persona {name!r}: {error.message}", error.hint) from None

    def conversation(self, persona: PersonaSettings, channel: str) -> Conversation:
        """What is kept of a persona in a channel; made at its first use."""
        found = self._conversations.get((persona.persona_id, channel))
        if found is None:
            key = (persona.persona_id, channel)
            found = self._conversations[key] = Conversation(
                persona=persona,
                channel=channel,
                key=conversation_key(persona.persona_id, channel),
                window=ConversationWindow(persona.name),
                prefetch=self._regions.peek_first(PREFETCH.name, key, (persona.persona_id, ANYWHERE)),
                candidates=self._regions.peek(CANDIDATES.name, key),
                hears=self._hearing(persona),
                waiting=deque(),
                forgotten=self._forgotten_rows.setdefault(persona.persona_id, set()),
            )
        return found

    def conversations_in(self, channel: str) -> list[Conversation]:
        return [one for one in self._conversations.values() if one.channel == channel]

    def heard(self, row: TranscriptRow) -> None:
        """A row was said. It is committed at the end of the round, or `unheard`."""
        self._heard.append(row)
        log = self._logs.get(row.channel)
        if log is not None:
            log.append(row)

    def unheard(self, row: TranscriptRow) -> None:
        """A row that was heard could not be committed: no later prompt shows it."""
        if row in self._heard:  # not behind a burst that was longer than what is kept
            self._heard.remove(row)
        log = self._logs.get(row.channel)
        if log is not None:
            log.remove({row.row_id})
        for conversation in self.conversations_in(row.channel):
            conversation.window.remove({row.row_id})

    def withdrawn(self, channel: str, row_ids: set[int]) -> None:
        """Rows of a channel were withdrawn: no prompt may show them again, and the engine drops what it read
        of them, also what lies on disk. What stands before them it may keep."""
        self._withdrawn |= row_ids
        self._let_go(row_ids)
        log = self._logs.get(channel)
        if log is not None:
            log.remove(row_ids)
        remaining = []
        for conversation in self.conversations_in(channel):
            conversation.window.remove(row_ids)
            persona = conversation.persona
            identity = identity_text(persona.name, persona.role, persona.about)
            remaining.append((persona.persona_id, Prompt(identity, conversation.window.turns, "", str)))
        self._cache.withdrawn(channel, remaining)

    def corrected(self, row_ids: set[int]) -> None:
        """What memory holds of rows is no longer what they say: as memories they are not shown from here."""
        self._let_go(row_ids)

    def _let_go(self, row_ids: set[int]) -> None:
        for row in [row for row in self._heard if row.row_id in row_ids]:
            self._heard.remove(row)

    def left(self, persona_id: str) -> None:
        """A persona takes no part any more: nothing that was read for it is kept."""
        self._cache.left(persona_id)

    def hide(self, persona_id: str, row_ids: set[int], message_ids: set[str]) -> None:
        """A persona has forgotten messages: its prompts show them no more, those of the others do."""
        self._hidden_from(persona_id).update(message_ids)
        self._forgotten_rows.setdefault(persona_id, set()).update(row_ids)
        for conversation in self._conversations.values():
            if conversation.persona.persona_id == persona_id:
                conversation.window.remove(row_ids)

    def _hidden_from(self, persona_id: str) -> set[str]:
        hidden = self._hidden.get(persona_id)
        if hidden is None:
            try:
                hidden = self._forgotten(persona_id)
            except StoreUnwritable as error:
                if not isinstance(error, StoreDamaged):  # which the regions log, and say to whoever asks
                    _log.error("nothing from before this start is shown to %s: %s", persona_id, error)
                hidden = set()
                self._hears_since_s[persona_id] = self._began_s
            self._hidden[persona_id] = hidden
        return hidden

    def _hearing(self, persona: PersonaSettings) -> Callable[[TranscriptRow], bool]:
        hidden = self._hidden_from(persona.persona_id)
        since_s = self._hears_since_s.get(persona.persona_id, persona.created_at_s)
        return partial(_hears, persona, since_s, hidden, self._absences(persona.persona_id))

    def typed(self, channel: str, sender: str, text: str) -> None:
        """Somebody is writing: let the engine read ahead what their message begins with."""
        if self._facts is None or not text or not self._cache.reads_ahead:
            return
        message = spoken_text(SpokenLine(sender, text))
        tokens = self._adapter.count_tokens(message)
        for conversation in self.conversations_in(channel):
            if conversation.running is None and not conversation.waiting:
                self._catch_up(conversation, self._log(channel), before=_BEHIND_ALL_ROWS)
                # What is typed may never be sent: no history goes for it, and nothing is read ahead then.
                if not 0 < conversation.history_tokens < conversation.window.tokens + tokens:
                    self._read_ahead(conversation, message)

    def _read_ahead(self, conversation: Conversation, message: str) -> None:
        persona = conversation.persona
        identity, _ = self._identity(persona)
        window = conversation.window
        prompt = Prompt(identity, window.turns, message, str)
        self._cache.read_ahead(persona.persona_id, conversation.key, prompt, persona.blend)

    def begin(self, conversation: Conversation, turn: Turn) -> None:
        """Compose a turn's prompt and hand it to the engine; the turn ends through `end`.

        Raises SubstrateError when it cannot be had.
        """
        request = self._compose(conversation, turn)
        show = None if turn.decides else self._show
        turn.cancel = self._submit(request, Answer(turn, show, self._end))

    def ended(self, turn: Turn, reply: TranscriptRow | None) -> None:
        """Place a message and its answer in the persona's own view, in the order in which it met them."""
        if self._facts is None:
            return  # stopped before the model was there: the window is filled when it is needed
        row = turn.message.row
        conversation = self.conversation(turn.persona, row.channel)
        log = self._log(row.channel)
        if not conversation.window.holds(row.row_id):
            self._catch_up(conversation, log, before=row.row_id)
            conversation.window.append(row, log.tokens(row))
            conversation.taken_up_to = max(conversation.taken_up_to, row.row_id)
        if reply is not None:
            conversation.window.append(reply, log.tokens(reply))
            conversation.own_ahead = reply.row_id
        # Another message of this length would not fit: the oldest half goes now, and is not missed later.
        likely_tokens = min(log.tokens(row), conversation.history_tokens // _LIKELY_SHARE)
        if conversation.window.tokens + likely_tokens > conversation.history_tokens > 0:
            conversation.window.fit(max(0, conversation.history_tokens - likely_tokens))
            self._read_ahead(conversation, "")

    def _compose(self, conversation: Conversation, turn: Turn) -> GenerateRequest:
        assert self._facts is not None  # turns start once the model is loaded
        adapter, persona, row = self._adapter, turn.persona, turn.message.row
        identity, identity_tokens = self._identity(persona)
        budget = prompt_budget(
            self._facts.context_tokens, identity_tokens, persona.sampling.max_tokens, adapter.rates()
        )
        log = self._log(row.channel)
        self._catch_up(conversation, log, before=row.row_id)
        window = conversation.window
        if window.holds(row.row_id):  # answered once more, or for the second time after a crash
            window.remove({row.row_id})
        message_tokens = log.tokens(row)
        most = self._facts.context_tokens - identity_tokens - budget.reply
        if message_tokens > most:
            raise MessageTooLong(
                f"the message takes {message_tokens} tokens, {persona.name}'s model can read {most} at once",
                "send it in several messages, raise --ctx, or choose a model with a larger context",
            )
        conversation.history_tokens = budget.history
        window.fit(max(0, budget.history - message_tokens))
        memory_tokens = min(budget.memory, most - message_tokens)
        late = turn.late = LateBlock(
            row.row_id,
            window.rows,
            partial(_is_in_either, self._withdrawn, conversation.forgotten),
            memory_tokens,
            persona.name if turn.decides else "",
            conversation.prefetch,
            tuple(self._heard),
            conversation.hears,
            adapter.count_tokens,
        )
        return GenerateRequest(
            request_id=f"{row.row_id}/{persona.persona_id}",
            persona_id=persona.persona_id,
            conversation=conversation.key,
            prompt=Prompt(identity, window.turns, spoken_text(SpokenLine(row.sender, row.text)), late),
            sampling=self._sampling(persona, budget.reply),
            grammar=DECISION_GRAMMAR if turn.decides else None,
            schema=DECISION_SCHEMA if turn.decides else None,
            drafts=_drafts(conversation.candidates),
            blend=persona.blend,
            history_text=partial(_history_text, persona.name, turn.decides),
        )

    def _catch_up(self, conversation: Conversation, log: ChannelLog, before: int) -> None:
        """Append what was said since, up to the row `before`."""
        if not log.goes_beyond(conversation.taken_up_to, before):
            return
        if conversation.taken_up_to < log.first_row:
            # The log no longer reaches back to what the window ends with: begin anew with what it has.
            conversation.window = ConversationWindow(conversation.persona.name)
            conversation.own_ahead = 0
        window, own = conversation.window, conversation.own_ahead
        for row in log.between(conversation.taken_up_to, before):
            conversation.taken_up_to = row.row_id
            is_placed = row.row_id <= own and row.persona_id == conversation.persona.persona_id
            if conversation.hears(row) and not (is_placed or window.holds(row.row_id)):
                window.append(row, log.tokens(row))

    def _log(self, channel: str) -> ChannelLog:
        log = self._logs.get(channel)
        if log is None:
            rows = list(self._recent(channel))
            stored = {row.row_id for row in rows}
            # What was heard in this round is not in the transcript yet.
            rows += [row for row in self._heard if row.channel == channel and row.row_id not in stored]
            log = self._logs[channel] = ChannelLog(rows, self._adapter.count_tokens)
        return log

    def _identity(self, persona: PersonaSettings) -> tuple[str, int]:
        found = self._identities.get(persona.persona_id)
        if found is None:
            text = identity_text(persona.name, persona.role, persona.about)
            found = self._identities[persona.persona_id] = (text, self._adapter.count_tokens(text))
        return found

    def _sampling(self, persona: PersonaSettings, reply_tokens: int) -> Sampling:
        key = (persona.persona_id, reply_tokens)
        found = self._samplings.get(key)
        if found is None:
            found = self._samplings[key] = replace(persona.sampling, max_tokens=reply_tokens)
        return found


def _is_in_either(one: set[int], other: set[int], row_id: int) -> bool:
    """Asked on the engine's thread, of sets to which the loop's may add meanwhile."""
    return row_id in one or row_id in other


def _hears(
    persona: PersonaSettings,
    since_s: float,
    hidden: set[str],
    absences: Sequence[Absence],
    row: TranscriptRow,
) -> bool:
    """Whether the persona was there when the row was said, and has not forgotten it."""
    is_present = persona.channels is None or row.channel in persona.channels
    was_there = row.at_s >= since_s and not was_absent(absences, row.row_id)
    return is_present and was_there and row.message_id not in hidden


def _history_text(name: str, decides: bool, written: str) -> str:
    """What the next turn's history will show of what was written; the engine settles on it."""
    return read_reply(name, decided_outcome(written).text if decides else written)[1]


def _drafts(candidates: Peek) -> tuple[str, ...]:
    """What the motor cortex expects the persona to say, best first."""
    staged = candidates()
    if staged is None:
        return ()
    return likely_replies(staged.value, MAX_DRAFTS)
