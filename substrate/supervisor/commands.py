"""Commands: one question, one answer, never part of a turn.

A command is a typed envelope: `name`, `params`, optional `handle`, `session_id`, `user_id`; answered by
`success`, `data`, `handle`, `error`. Who answers follows from the name: the supervisor itself, or a process
that is asked over its socket and given a bounded time.
"""

from __future__ import annotations

import logging
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from substrate.command_table import FAMILIES, NAMES, hint_for
from substrate.errors import SubstrateError
from substrate.instance import SERVICE
from substrate.supervisor.scaffold import write_region
from substrate.wire import FrameReader, WireError, command_failure, command_result, encode_frame

_log = logging.getLogger(__name__)

ROUTES: Mapping[str, str] = {"persona": SERVICE, "transcript": SERVICE, "memory": "hippocampus"}
"""Which process answers the names of each family; it knows itself which it accepts."""

_JSON_TYPES = {
    str: "a string",
    list: "an array",
    dict: "an object",
    int: "a number",
    float: "a number",
    bool: "a boolean",
}

_RECEIVE_BYTES = 64 * 1024
_RECONNECT_S = 0.02


class BadCommand(SubstrateError):
    """The envelope is not one, or its name or parameters are not accepted."""


class NoAnswer(SubstrateError):
    """The process that should answer did not, in time."""


class Answering(Protocol):
    """What the router needs of the supervisor."""

    def region_stats(self) -> dict[str, Any]: ...

    def region_yield(self) -> dict[str, Any]: ...

    def governor_status(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command: its type, and whether it must be given."""

    type_: type
    required: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """A command that is answered here."""

    answer: Callable[[Mapping[str, Any]], Any]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


_FORGET = {"engram_ids": Parameter(list), "text": Parameter(str), "persona": Parameter(str)}


class CommandRouter:
    """Answers command envelopes. Used from any thread; each call blocks for at most `timeout_s`."""

    def __init__(
        self,
        supervisor: Answering,
        socket_path: Callable[[str], Path],
        *,
        routes: Mapping[str, str] = ROUTES,
        timeout_s: float = 10.0,
    ) -> None:
        """`socket_path` tells where a process listens (RunDirectory.socket_path)."""
        self._socket_path = socket_path
        self._routes = routes
        self._timeout_s = timeout_s
        region = {"region": Parameter(str)}
        self._local = {
            "region/stats": Local(lambda params: _chosen(supervisor.region_stats(), params), region),
            "region/yield": Local(lambda params: _chosen(supervisor.region_yield(), params), region),
            "region/new": Local(
                lambda params: {"path": str(write_region(params["id"], Path(params["path"])))},
                {"id": Parameter(str, required=True), "path": Parameter(str, required=True)},
            ),
            "governor/status": Local(lambda params: supervisor.governor_status()),
        }

    def command(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one envelope with `success`, `data`, `handle` and `error`.

        Never raises for what is wrong with the envelope: that is an answer, too.
        """
        answer = self._answer(envelope)
        return {key: answer[key] for key in ("success", "data", "handle", "error")}

    def _answer(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        try:
            name, params = _checked(envelope)
            local = self._local.get(name)
            if local is not None:
                _check_params(name, params, local.parameters)
                return command_result(envelope, local.answer(params))
            if name == "memory/correct":
                return self._correct(envelope, params)
            if name == "memory/forget":
                _check_params(name, params, _FORGET)
                forget = self._forget_everywhere if params.get("persona") is None else self._forget_for_one
                return forget(envelope, params)
            family = name.partition("/")[0]
            process = self._routes.get(family)
            if process is None or "/" not in name or (family in FAMILIES and name not in NAMES):
                raise BadCommand(f"unknown command {name!r}", hint_for(name))
            return self._ask(process, envelope, name, params)
        except SubstrateError as error:
            return command_failure(envelope, error)

    def _correct(self, envelope: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Memory corrects; then the service, which shows what was said last until memory has taken it in,
        shows that message as a memory no more."""
        corrected = self._ask(self._routes["memory"], envelope, "memory/correct", params)
        if corrected["success"]:
            rows = {"row_ids": [corrected["data"]["engram"]["row_id"]]}
            try:
                self._ask(self._routes["transcript"], envelope, "transcript/corrected", rows)
            except NoAnswer as error:  # it begins anew, and has heard nothing then
                _log.warning("%s", error)
        return corrected

    def _forget_everywhere(self, envelope: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Memory knows which rows hold what is to be forgotten; withdrawing those takes it from everybody."""
        found = self._ask(self._routes["memory"], envelope, "memory/rows", params)
        if not found["success"] or not found["data"]["row_ids"]:
            return found
        rows = {"row_ids": found["data"]["row_ids"]}
        withdrawn = self._ask(self._routes["transcript"], envelope, "transcript/withdraw", rows)
        if not withdrawn["success"]:
            return withdrawn
        return command_result(envelope, {**found["data"], **withdrawn["data"]})

    def _forget_for_one(self, envelope: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Memory forgets; then the service takes it out of the history that this persona reads."""
        forgotten = self._ask(self._routes["memory"], envelope, "memory/forget", params)
        if forgotten["success"] and forgotten["data"]["row_ids"]:
            hidden = {key: forgotten["data"][key] for key in ("persona", "row_ids", "message_ids")}
            told = self._ask(self._routes["transcript"], envelope, "transcript/hide", hidden)
            if not told["success"]:
                return told
        return forgotten

    def _ask(
        self, process: str, envelope: Mapping[str, Any], name: str, params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Ask a process over its socket. One that is being restarted is waited for, within the same time."""
        request_id = uuid.uuid4().hex
        request = {
            "op": "command",
            "id": request_id,
            "name": name,
            "params": dict(params),
            "handle": envelope.get("handle"),
            "session_id": envelope.get("session_id"),
            "user_id": envelope.get("user_id"),
        }
        frame = encode_frame(request)
        deadline_s = time.monotonic() + self._timeout_s
        reason = ""
        while (left_s := deadline_s - time.monotonic()) > 0:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(left_s)
                try:
                    connection.connect(str(self._socket_path(process)))
                except OSError as error:
                    reason = str(error)
                    time.sleep(min(_RECONNECT_S, left_s))
                    continue
                try:
                    connection.sendall(frame)
                    return _receive(connection, request_id, deadline_s)
                except (OSError, WireError) as error:
                    # Not asked again: what was asked may have been done.
                    raise NoAnswer(f"{process} did not answer {name}: {error}", "try again") from error
        raise NoAnswer(
            f"{process} did not answer {name} within {self._timeout_s:g} s: {reason}",
            "region/stats says how the processes are",
        )


def _receive(connection: socket.socket, request_id: str, deadline_s: float) -> dict[str, Any]:
    frames = FrameReader()
    while True:
        connection.settimeout(max(0.001, deadline_s - time.monotonic()))
        data = connection.recv(_RECEIVE_BYTES)
        if not data:
            raise ConnectionError("the connection was closed")
        for frame in frames.feed(data):
            if frame.get("type") == "result" and frame.get("id") == request_id:
                return frame


def _checked(envelope: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    name, params = envelope.get("name"), envelope.get("params")
    if not isinstance(name, str):
        raise BadCommand(f"the name of a command is a text, not {name!r}")
    if params is None:
        params = {}
    if not isinstance(params, Mapping):
        raise BadCommand(
            f"the params of {name} are an object, not {_JSON_TYPES.get(type(params), 'something else')}"
        )
    return name, {key: value for key, value in params.items() if value is not None}


def _check_params(name: str, params: Mapping[str, Any], accepted: Mapping[str, Parameter]) -> None:
    described = ", ".join(
        f"{key}: {_JSON_TYPES[parameter.type_]}{'' if parameter.required else ' (optional)'}"
        for key, parameter in accepted.items()
    )
    hint = f"accepted: {described or 'none'}"
    for key, value in params.items():
        if key not in accepted:
            raise BadCommand(f"{name} has no parameter {key!r}", hint)
        if not isinstance(value, accepted[key].type_):
            raise BadCommand(
                f"the parameter {key} of {name} is {_JSON_TYPES.get(type(value), 'of another type')}", hint
            )
    missing = [key for key, parameter in accepted.items() if parameter.required and key not in params]
    if missing:
        raise BadCommand(f"{name} needs {', '.join(missing)}", hint)


def _chosen(by_region: dict[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """All regions, or the one that was asked for."""
    region = params.get("region")
    if region is None:
        return by_region
    if region not in by_region:
        raise BadCommand(f"there is no region {region!r}", f"running: {', '.join(by_region)}")
    return {region: by_region[region]}
