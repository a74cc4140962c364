"""The personas that live in this instance, and those of them that are shut down for now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from substrate.errors import SubstrateError
from substrate.inference.protocol import Sampling
from substrate.instance import PersonaSettings
from substrate.memory.forgotten import forgotten_messages
from substrate.persona.absences import Absence, begin_absence, end_absence, read_absences
from substrate.persona.description import PersonaDescription
from substrate.persona.identity import (
    create_seed,
    enroll_again,
    enrolled_settings,
    read_seeds,
)
from substrate.persona.turn_plan import TurnPlanner
from substrate.region.contract import PersonaProfile
from substrate.whole_words import name_key


class UnknownPersona(SubstrateError):
    """No persona of this instance has that name or id."""


class Roster:
    """Who there is. Used on the loop's thread.

    Who is shut down stays so while the instance lives, also when the service is started again after a crash:
    an empty file in the run directory says so.
    """

    def __init__(
        self, home: Path, run_directory: Path, personas: Iterable[PersonaSettings], sampling: Sampling
    ) -> None:
        """`sampling` is the model's: how those speak that were enrolled since the boot."""
        self._home = home
        self._run_directory = run_directory
        self._sampling = sampling
        self._personas = {persona.persona_id: persona for persona in personas}
        for persona in enrolled_personas(home, sampling):
            self._personas.setdefault(persona.persona_id, persona)
        self._shut_down = {one for one in self._personas if self._mark(one).exists()}
        self._absences: dict[str, list[Absence]] = {}
        self.planner = self._planner()

    @property
    def all(self) -> tuple[PersonaSettings, ...]:
        return tuple(self._personas.values())

    def is_live(self, persona_id: str) -> bool:
        """Whether the persona takes part."""
        return persona_id in self._personas and persona_id not in self._shut_down

    def known(self, persona_id: str) -> PersonaSettings:
        """A persona that a plan of this roster named."""
        return self._personas[persona_id]

    def get(self, persona_id: str) -> PersonaSettings | None:
        return self._personas.get(persona_id)

    def forgotten(self, persona_id: str) -> set[str]:
        """The ids of messages that the persona was asked to forget. Reads its long-term memory."""
        return forgotten_messages(self._home / "personas" / persona_id / "longterm.db")

    def absences(self, persona_id: str) -> list[Absence]:
        """When the persona was not there: one list, which is kept up to date."""
        found = self._absences.get(persona_id)
        if found is None:
            found = self._absences[persona_id] = list(read_absences(self._home, persona_id))
        return found

    def note_who_is_here(self, newest_row: int) -> None:
        """At the start: whoever takes part is back, whoever does not hears nothing from now on.

        Regions have to be told. Raises IdentityError.
        """
        for seed in read_seeds(self._home).values():
            if self.is_live(seed.persona_id):
                self._is_back(seed.persona_id, newest_row)
            else:
                begin_absence(self._home, seed.persona_id, newest_row)
                self._read_again(seed.persona_id)

    def is_taken(self, name: str) -> bool:
        """Whether a persona goes by this name: nobody else may speak under it."""
        return name_key(name) in self._names

    def find(self, persona: str) -> PersonaSettings:
        """By name or id. Raises UnknownPersona naming those that there are."""
        found = self._personas.get(persona) or self._names.get(name_key(persona))
        if found is None:
            names = ", ".join(sorted(one.name for one in self._personas.values()))
            raise UnknownPersona(f"there is no persona {persona!r}", f"there are: {names or 'none'}")
        return found

    def enroll(self, description: PersonaDescription, newest_row: int) -> tuple[PersonaSettings, bool]:
        """The persona of that name, created if there is none, and whether it is new to this run.

        Whoever was left out of the personas file comes back with its id and its past, and is enrolled from
        here on. Raises IdentityError.
        """
        known = self._names.get(name_key(description.name))
        if known is not None:
            return known, False
        former = read_seeds(self._home).get(name_key(description.name))
        if former is None:
            seed = create_seed(self._home, description, enrolled=True)
        else:
            seed = enroll_again(self._home, former, description)
            self._is_back(seed.persona_id, newest_row)
        settings = enrolled_settings(seed, self._sampling)
        assert settings is not None  # seeds of enrolled personas describe them
        self._personas[settings.persona_id] = settings
        self.planner = self._planner()
        return settings, True

    def shut_down(self, persona_id: str, newest_row: int) -> bool:
        """From now on it hears and answers nothing, until it is started again or the instance ends.

        False when that was so before. Raises IdentityError.
        """
        if persona_id in self._shut_down:
            return False
        begin_absence(self._home, persona_id, newest_row)
        self._read_again(persona_id)
        self._mark(persona_id).touch(mode=0o600)
        self._shut_down.add(persona_id)
        self.planner = self._planner()
        return True

    def start(self, persona_id: str, newest_row: int) -> bool:
        """It takes part again; False when it did already. Raises IdentityError."""
        if persona_id not in self._shut_down:
            return False
        self._is_back(persona_id, newest_row)
        self._mark(persona_id).unlink(missing_ok=True)
        self._shut_down.discard(persona_id)
        self.planner = self._planner()
        return True

    def _is_back(self, persona_id: str, newest_row: int) -> None:
        end_absence(self._home, persona_id, newest_row)
        self._read_again(persona_id)

    def _read_again(self, persona_id: str) -> None:
        self.absences(persona_id)[:] = read_absences(self._home, persona_id)

    def _mark(self, persona_id: str) -> Path:
        return self._run_directory / f"shut-down-{persona_id}"

    def _planner(self) -> TurnPlanner:
        self._names = {name_key(one.name): one for one in self._personas.values()}
        everybody = self._personas.values()
        return TurnPlanner(
            (one for one in everybody if one.persona_id not in self._shut_down),
            shut_down=(one for one in everybody if one.persona_id in self._shut_down),
        )


def enrolled_personas(home: Path, sampling: Sampling) -> tuple[PersonaSettings, ...]:
    """The personas that were created at run time, from their seeds. Raises IdentityError."""
    found = (enrolled_settings(seed, sampling) for seed in read_seeds(home).values())
    return tuple(settings for settings in found if settings is not None)


def profiles(home: Path, booted: Iterable[PersonaSettings]) -> tuple[PersonaProfile, ...]:
    """Everybody as regions know them: those that the instance booted with, and those enrolled since.

    Regions call it again after an event of kind PERSONA.
    """
    everybody = {
        one.persona_id: PersonaProfile(
            one.persona_id, one.name, one.created_at_s, one.channels, read_absences(home, one.persona_id)
        )
        for one in booted
    }
    for seed in read_seeds(home).values():
        # What the personas file says of somebody who was once invited goes before the invitation.
        if seed.enrolled is not None and seed.persona_id not in everybody:
            everybody[seed.persona_id] = PersonaProfile(
                seed.persona_id,
                seed.name,
                seed.created_at_s,
                seed.enrolled.channels,
                read_absences(home, seed.persona_id),
            )
    return tuple(everybody.values())
