"""The commands that the persona service answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

from substrate.errors import SubstrateError
from substrate.instance import PersonaSettings
from substrate.persona.description import DescriptionError, parse_description
from substrate.persona.loaded_adapters import AdapterNotLoaded, check_loaded
from substrate.persona.outcome import PERSONA_SHUT_DOWN
from substrate.persona.prompt import identity_text
from substrate.persona.region_port import Happening
from substrate.persona.requests import BadRequest, CommandRequest
from substrate.persona.service_parts import ServiceParts
from substrate.persona.transcript import TranscriptRow
from substrate.region.contract import EventKind


class UnknownCommand(SubstrateError):
    """The service does not answer a command of that name."""


class Commands:
    """Answers by name. Used on the loop's thread."""

    def __init__(
        self,
        parts: ServiceParts,
        model: Callable[[], Mapping[str, Any] | None],
        adapters: Collection[str],
    ) -> None:
        """`model` describes the model once it is loaded; `adapters` are the names of those loaded with it."""
        self._transcript, self._roster, self._regions, self._flow, self._withdrawals = parts
        self._model = model
        self._adapters = adapters
        self._answers: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "persona/status": self._status,
            "persona/enroll": self._enroll,
            "persona/instances/list": self._list,
            "persona/instances/bootstrap": self._bootstrap,
            "persona/instances/shutdown": self._shut_down,
            "transcript/withdraw": self._withdraw,
            "transcript/hide": self._hide,
            "transcript/corrected": self._corrected,
        }

    def answer(self, request: CommandRequest) -> Any:
        """The data of the result. Raises SubstrateError."""
        answer = self._answers.get(request.name)
        if answer is None:
            raise UnknownCommand(
                f"unknown command {request.name!r}", f"accepted here: {', '.join(sorted(self._answers))}"
            )
        return answer(request.params)

    def _status(self, params: Mapping[str, Any]) -> dict[str, Any]:
        _accept_only(params)
        model = self._model()
        rates = self._flow.handler.rates
        return {
            "ready": model is not None,
            "pid": os.getpid(),
            "model": model,
            "rates": {
                "prefill_tokens_per_s": rates.prefill_tokens_per_s,
                "decode_tokens_per_s": rates.decode_tokens_per_s,
            },
            "personas": self._list({}),
            "channels": self._transcript.channels(),
            "open_messages": self._flow.schedule.open_messages,
            "turns": self._flow.statistics.as_dict(),
        }

    def _enroll(self, params: Mapping[str, Any]) -> dict[str, Any]:
        _accept_only(params, "name", "role", "about", "channels", "adapters")
        try:
            description = parse_description(params)
            check_loaded(description, self._adapters, "leave it out")
        except (DescriptionError, AdapterNotLoaded) as error:
            raise BadRequest(f"persona/enroll: {error.message}", error.hint) from None
        identity = identity_text(description.name, description.role, description.about)
        self._flow.handler.check_identity(description.name, identity)
        if not self._roster.is_taken(description.name) and self._transcript.has_spoken(description.name):
            raise BadRequest(
                f"persona/enroll: a person has spoken as {description.name!r}",
                "choose another name: under a persona's name nobody else may speak, so that person could not",
            )
        persona, is_new = self._roster.enroll(description, self._transcript.newest_row_id)
        if is_new:
            self._tell_of(persona, "created")
        return {**self._described(persona), "created": is_new}

    def _list(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        _accept_only(params)
        return [self._described(persona) for persona in self._roster.all]

    def _bootstrap(self, params: Mapping[str, Any]) -> dict[str, Any]:
        persona = self._named(params)
        if self._roster.start(persona.persona_id, self._transcript.newest_row_id):
            self._tell_of(persona, "created")
        return self._described(persona)

    def _shut_down(self, params: Mapping[str, Any]) -> dict[str, Any]:
        persona = self._named(params)
        if self._roster.shut_down(persona.persona_id, self._transcript.newest_row_id):
            self._flow.schedule.stop(
                PERSONA_SHUT_DOWN, lambda turn: turn.persona.persona_id == persona.persona_id
            )
            self._flow.handler.left(persona.persona_id)
            self._tell_of(persona, "destroyed")
        return self._described(persona)

    def _withdraw(self, params: Mapping[str, Any]) -> dict[str, Any]:
        _accept_only(params, "message_ids", "row_ids")
        message_ids, row_ids = params.get("message_ids", []), params.get("row_ids", [])
        if not _is_list_of(message_ids, str) or not _are_row_ids(row_ids) or not (message_ids or row_ids):
            raise BadRequest(
                "transcript/withdraw names no messages", "give a list message_ids, or a list row_ids"
            )
        found: list[TranscriptRow | None] = [
            *(self._transcript.find_by_message_id(message_id) for message_id in message_ids),
            *(self._transcript.row(row_id) for row_id in row_ids),
        ]
        rows = {row.row_id: row for row in found if row is not None}
        with self._transcript.transaction():
            withdrawn = self._withdrawals.store(rows.values())
        self._withdrawals.tell(withdrawn)
        return {"withdrawn": [row.message_id for row in withdrawn]}

    def _hide(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """One persona has forgotten messages: they leave the history that it reads."""
        _accept_only(params, "persona", "row_ids", "message_ids")
        row_ids, message_ids = params.get("row_ids", []), params.get("message_ids", [])
        if not _are_row_ids(row_ids) or not _is_list_of(message_ids, str):
            raise BadRequest("transcript/hide names no messages", "give the lists row_ids and message_ids")
        persona = self._named({"persona": params.get("persona")})
        self._flow.handler.hide(persona.persona_id, set(row_ids), set(message_ids))
        return {"hidden": message_ids}

    def _corrected(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """What is remembered of messages was corrected: their own words are no memories any more."""
        _accept_only(params, "row_ids")
        row_ids = params.get("row_ids", [])
        if not _are_row_ids(row_ids):
            raise BadRequest("transcript/corrected names no messages", "give the list row_ids")
        self._flow.handler.corrected(set(row_ids))
        return {"corrected": row_ids}

    def _named(self, params: Mapping[str, Any]) -> PersonaSettings:
        _accept_only(params, "persona")
        name = params.get("persona")
        if not isinstance(name, str):
            raise BadRequest("the parameter 'persona' is missing", "give a persona's name or id")
        return self._roster.find(name)

    def _described(self, persona: PersonaSettings) -> dict[str, Any]:
        return {
            "persona_id": persona.persona_id,
            "name": persona.name,
            "role": persona.role,
            "channels": None if persona.channels is None else sorted(persona.channels),
            "adapters": dict(persona.blend),
            "created_at_s": persona.created_at_s,
            "state": "live" if self._roster.is_live(persona.persona_id) else "shut down",
        }

    def _tell_of(self, persona: PersonaSettings, what: str) -> None:
        self._regions.tell([Happening(EventKind.PERSONA, 0, "", persona.name, what)])


def _accept_only(params: Mapping[str, Any], *accepted: str) -> None:
    unknown = sorted(map(str, set(params) - set(accepted)))
    if unknown:
        names = ", ".join(accepted) or "no parameters"
        raise BadRequest(f"unknown parameter {unknown[0]!r}", f"accepted: {names}")


def _are_row_ids(value: object) -> bool:
    """A list of whole numbers, none of them longer than an id can be."""
    return isinstance(value, list) and all(type(one) is int and abs(one) < 2**63 for one in value)


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(type(one) is kind for one in value)
