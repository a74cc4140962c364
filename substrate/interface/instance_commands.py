"""Asking the instance a command from an event loop: never in its way, and a refusal is an exception."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from substrate.errors import SubstrateError
from substrate.interface.instance_port import InstancePort


class Ask(Protocol):
    """Asks one command; returns the data of its answer. Raises CommandFailed.

    Parameters that are None are left out. The command's own parameters may be called `name`, too.
    """

    async def __call__(self, command: str, /, **params: Any) -> Any: ...


class CommandFailed(SubstrateError):
    """The instance refused a command, or could not answer it."""


def asker(instance: InstancePort) -> Ask:
    """An `Ask` of this instance."""

    async def ask(command: str, /, **params: Any) -> Any:
        given = {key: value for key, value in params.items() if value is not None}
        answer = await asyncio.to_thread(instance.command, {"name": command, "params": given})
        if not answer["success"]:
            raise CommandFailed(answer["error"]["message"], answer["error"].get("hint", ""))
        return answer["data"]

    return ask
