"""Who answers a message, in which order, and whether that can be in time.

A person's message is answered by the personas it names, else by all that are present; when several could and
none is named, each decides for itself under the decision grammar. A persona's message is answered only by a
persona that it names, and only twice in a row: two personas that name each other would never stop.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from substrate.inference.protocol import Rates
from substrate.instance import PersonaSettings
from substrate.whole_words import Names, name_key


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """`all_replies_s` is the budget for all outcomes of a message; that for the first reply bounds what is
    read for it (see budget.py). `replies_in_a_row`: how long personas may talk among themselves."""

    all_replies_s: float = 30.0
    replies_in_a_row: int = 2


@dataclass(frozen=True, slots=True)
class TurnCost:
    """What one turn is expected to take: tokens read (message, late block, header) and written."""

    read_tokens: int = 160
    write_tokens: int = 48


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One persona's turn at a message.

    `wave`: turns of one wave decode together, the next wave follows. `decides`: the persona may stay silent.
    """

    persona_id: str
    wave: int
    decides: bool


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """Everybody's turns at one message, in order. `unheard` could have answered, but not in time;
    `estimated_s` is the time until all outcomes, 0.0 before the engine has measured its rates."""

    turns: tuple[PlannedTurn, ...] = ()
    unheard: tuple[str, ...] = ()
    estimated_s: float = 0.0


NOBODY = TurnPlan()
UNMEASURED = Rates(0.0, 0.0)


class TurnPlanner:
    """Plans for one set of personas; made anew when that changes.

    Not thread-safe: it remembers whom it left out.
    """

    def __init__(
        self,
        personas: Iterable[PersonaSettings],
        settings: PlanSettings | None = None,
        cost: TurnCost | None = None,
        shut_down: Iterable[PersonaSettings] = (),
    ) -> None:
        """`shut_down` are those that people may name although they take no part."""
        self._personas = tuple(personas)
        self._everybody = (*self._personas, *shut_down)
        self._settings = settings or PlanSettings()
        self._cost = cost or TurnCost()
        self._by_name = {name_key(persona.name): persona for persona in self._everybody}
        self._names = Names(persona.name for persona in self._everybody)
        self._keys = {
            persona.persona_id: _key(f"{persona.role}\n{persona.about}") for persona in self._personas
        }
        self._present: dict[str, tuple[PersonaSettings, ...]] = {}
        self._alone: dict[str, TurnPlan] = {}
        """Plans for channels in which nobody has to be chosen."""
        self._first_heard: dict[str, int] = {}
        """By channel, where among those present the turns begin next time, when not all can be heard."""

    def present(self, channel: str) -> tuple[PersonaSettings, ...]:
        """The personas that hear what is said in a channel."""
        present = self._present.get(channel)
        if present is None:
            present = tuple(
                persona
                for persona in self._personas
                if persona.channels is None or channel in persona.channels
            )
            self._present[channel] = present
        return present

    def named(self, text: str, present: Sequence[PersonaSettings]) -> list[PersonaSettings]:
        """Those of `present` whose names stand in the text as words, in the order of the text."""
        found: dict[str, PersonaSettings] = {}
        for name in self._names.in_order(text):
            persona = self._by_name[name]
            if persona in present:
                found.setdefault(persona.persona_id, persona)
        return list(found.values())

    def absent(self, channel: str, text: str) -> list[str]:
        """Names of personas that a text names and that answer nothing there, because they do not hear the
        channel or are shut down; in the order of the text."""
        present = self.present(channel)
        if len(present) == len(self._everybody):
            return []
        return [persona.name for persona in self.named(text, self._everybody) if persona not in present]

    def for_person(self, channel: str, text: str, capacity: int, rates: Rates = UNMEASURED) -> TurnPlan:
        """Who answers a person. `capacity`: how many sequences the engine decodes together."""
        alone = self._alone.get(channel)
        if alone is not None:
            return alone
        present = self.present(channel)
        if len(present) <= 1:
            alone = self._alone[channel] = self._arranged(present, False, capacity, UNMEASURED)
            return alone
        named = self.named(text, present)
        if named:
            return self._arranged(named, False, capacity, rates)
        return self._all_decide(channel, present, capacity, rates)

    def for_persona(
        self,
        channel: str,
        text: str,
        author_id: str,
        in_a_row: int,
        capacity: int,
        rates: Rates = UNMEASURED,
    ) -> TurnPlan:
        """Who answers a persona. `in_a_row`: personas' messages since a person spoke, without this one."""
        present = self.present(channel)
        if len(present) <= 1 or in_a_row >= self._settings.replies_in_a_row:
            return NOBODY
        named = [persona for persona in self.named(text, present) if persona.persona_id != author_id]
        return self._arranged(named, False, capacity, rates)

    def _arranged(
        self, personas: Sequence[PersonaSettings], decides: bool, capacity: int, rates: Rates
    ) -> TurnPlan:
        """Turns in waves of at most `capacity`, in the order of `personas`."""
        turns = tuple(
            [PlannedTurn(one.persona_id, number // capacity, decides) for number, one in enumerate(personas)]
        )
        return TurnPlan(turns, estimated_s=estimated_s(len(turns), capacity, rates, self._cost))

    def _all_decide(
        self, channel: str, present: Sequence[PersonaSettings], capacity: int, rates: Rates
    ) -> TurnPlan:
        """Everybody decides, as far as the budget for all goes; at least one is always heard.

        Equal contexts stand together, because a wave that shares its beginning reads it once. Whoever was not
        heard this time comes first the next.
        """
        ordered = sorted(present, key=lambda one: self._keys[one.persona_id])
        limit_s, heard = self._settings.all_replies_s, len(ordered)
        while heard > 1 and estimated_s(heard, capacity, rates, self._cost) > limit_s:
            heard -= 1
        if heard == len(ordered):
            return self._arranged(ordered, True, capacity, rates)
        first = self._first_heard.get(channel, 0)
        self._first_heard[channel] = (first + heard) % len(ordered)
        ordered = ordered[first:] + ordered[:first]
        plan = self._arranged(ordered[:heard], True, capacity, rates)
        return replace(plan, unheard=tuple(persona.persona_id for persona in ordered[heard:]))


def estimated_s(turns: int, capacity: int, rates: Rates, cost: TurnCost) -> float:
    """What is read is read one after the other, at the rate of the whole engine; what is written, by all of a
    wave together, each at the decode rate, which is that of one sequence."""
    if not turns or rates.prefill_tokens_per_s <= 0.0 or rates.decode_tokens_per_s <= 0.0:
        return 0.0
    read_s = cost.read_tokens / rates.prefill_tokens_per_s
    write_s = cost.write_tokens / rates.decode_tokens_per_s
    return read_s * turns + write_s * math.ceil(turns / capacity)


def _key(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
