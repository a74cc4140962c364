"""The client of the persona service: what was sent survives the service's death, and nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from substrate.interface.client import ServiceClient
from tests.substrate.interface.fake_service import PATIENCE_S, FakeService, accept_and_reply


class Inbox:
    """Collects events and lets a test wait for one of them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._changed = asyncio.Event()

    def __call__(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._changed.set()

    async def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_S):
            while len(found := [event for event in self.events if event["type"] == kind]) < count:
                self._changed.clear()
                await self._changed.wait()
        return found


Scenario = Callable[[FakeService, ServiceClient, Inbox], Coroutine[Any, Any, None]]


def play(tmp_path: Path, scenario: Scenario) -> None:
    async def run() -> None:
        service = FakeService(tmp_path / "service.sock")
        inbox = Inbox()
        client = ServiceClient(service.socket_path, inbox)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await scenario(service, client, inbox)
        finally:
            await client.close()
            await service.die()

    asyncio.run(run())


def test_what_was_sent_before_the_service_listens_arrives_when_it_does(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        client.start()
        client.message("general", "joel", "first", "m1")
        client.message("general", "joel", "second", "m2")
        await service.start()
        replies = await inbox.wait_for("reply", 2)
        assert [reply["in_reply_to"] for reply in replies] == ["m1", "m2"]

    play(tmp_path, scenario)


def test_a_message_that_was_not_acknowledged_is_sent_again_under_the_same_id(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = lambda request: []
        await service.start()
        client.start()
        client.message("general", "joel", "hello", "m1")
        await service.wait_for("message")
        await service.die()
        service.answer = accept_and_reply
        await service.start()
        await client.wait_settled()
        assert [request["id"] for request in await service.wait_for("message", 2)] == ["m1", "m1"]
        assert len(await inbox.wait_for("reply")) == 1

    play(tmp_path, scenario)


def test_an_outcome_that_comes_before_the_second_acknowledgement_is_delivered_once(tmp_path: Path) -> None:
    reply = {"type": "reply", "persona": "Paige", "text": "there", "in_reply_to": "m1"}
    done = {"type": "outcomes_done", "in_reply_to": "m1"}

    def recovered(request: dict[str, Any]) -> list[dict[str, Any]]:
        """Tells what became of the first sending, then acknowledges the second and tells it again."""
        return [reply, done, {"type": "accepted", "id": "m1", "message_id": "t-m1"}, reply, done]

    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = lambda request: []
        await service.start()
        client.start()
        client.message("general", "joel", "hello", "m1")
        await service.wait_for("message")
        await service.die()
        service.answer = recovered
        await service.start()
        await client.wait_settled()
        assert len(await inbox.wait_for("reply")) == 1

    play(tmp_path, scenario)


def test_an_accepted_message_is_asked_about_after_a_reconnect_and_not_sent_again(tmp_path: Path) -> None:
    def accept_only(request: dict[str, Any]) -> list[dict[str, Any]]:
        return accept_and_reply(request)[:1]

    def resume(request: dict[str, Any]) -> list[dict[str, Any]]:
        if request["op"] != "resume":
            return []
        reply = {"type": "reply", "persona": "Paige", "text": "there", "in_reply_to": "m1"}
        return [reply, reply, {"type": "outcomes_done", "in_reply_to": "m1"}]

    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = accept_only
        await service.start()
        client.start()
        client.message("general", "joel", "hello", "m1")
        await inbox.wait_for("accepted")
        await service.die()
        service.answer = resume
        await service.start()
        await client.wait_settled()
        assert (await service.wait_for("resume"))[0]["ids"] == ["m1"]
        assert len(await service.wait_for("message")) == 1
        assert len(await inbox.wait_for("reply")) == 1, "the second reply to one message was not dropped"

    play(tmp_path, scenario)


def test_a_refused_message_settles_and_is_not_sent_again(tmp_path: Path) -> None:
    def refuse(request: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"type": "error", "message": "no", "hint": "", "id": request["id"]}]

    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = refuse
        await service.start()
        client.start()
        client.message("general", "joel", "hello", "m1")
        await client.wait_settled()
        assert client.open_ids == ()
        assert (await inbox.wait_for("error"))[0]["id"] == "m1"

    play(tmp_path, scenario)


def test_typing_without_a_connection_is_forgotten(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        client.start()
        client.typing("general", "joel", "hel")
        client.message("general", "joel", "hello", "m1")
        await service.start()
        await inbox.wait_for("reply")
        assert [request["op"] for request in service.requests] == ["message"]

    play(tmp_path, scenario)


def test_a_reply_written_again_after_its_message_was_settled_is_delivered(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        await service.start()
        client.start()
        client.message("general", "joel", "hello", "m1")
        await client.wait_settled()
        service.tell_all({"type": "reply", "persona": "Paige", "text": "again", "in_reply_to": "m1"})
        assert (await inbox.wait_for("reply", 2))[1]["text"] == "again"

    play(tmp_path, scenario)


def test_a_repeated_id_is_acknowledged_again_and_not_answered_again(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        await service.start()
        client.start()
        for _ in range(2):
            client.message("general", "joel", "hello", "m1")
            await client.wait_settled()
        await inbox.wait_for("accepted", 2)
        assert len(await inbox.wait_for("reply")) == 1

    play(tmp_path, scenario)


def test_messages_sent_into_a_dead_connection_are_answered_once_each(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = lambda request: []
        await service.start()
        client.start()
        for number in range(3):
            client.message("general", "joel", "hello", f"m{number}")
        await service.wait_for("message", 3)
        await service.die()
        service.answer = accept_and_reply
        await service.start()
        await client.wait_settled()
        replies = await inbox.wait_for("reply", 3)
        assert [reply["in_reply_to"] for reply in replies] == ["m0", "m1", "m2"]
        assert not [request for request in service.requests if request["op"] == "resume"]

    play(tmp_path, scenario)


def test_a_reaction_sent_before_the_service_listens_arrives_behind_its_message(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        client.start()
        client.reaction("m1", "👍", "joel", "r1")
        client.message("general", "joel", "hello", "m1")
        assert list(client.open_ids) == ["m1", "r1"]
        await service.start()
        await client.wait_settled()
        assert [request["op"] for request in service.requests] == ["message", "reaction"]
        assert [event["id"] for event in await inbox.wait_for("accepted", 2)] == ["m1", "r1"]
        assert client.open_ids == ()

    play(tmp_path, scenario)


def test_a_reaction_that_was_not_acknowledged_is_sent_again_under_the_same_id(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = lambda request: []
        await service.start()
        client.start()
        client.reaction("m1", "👍", "joel", "r1")
        await service.wait_for("reaction")
        await service.die()
        service.answer = accept_and_reply
        await service.start()
        await client.wait_settled()
        assert [request["id"] for request in service.requests] == ["r1", "r1"]
        assert [event["id"] for event in await inbox.wait_for("accepted")] == ["r1"]

    play(tmp_path, scenario)


def test_a_refused_reaction_settles_and_is_not_sent_again(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        service.answer = lambda request: [{"type": "error", "message": "no", "hint": "", "id": request["id"]}]
        await service.start()
        client.start()
        client.reaction("none", "👍", "joel", "r1")
        await client.wait_settled()
        assert (await inbox.wait_for("error"))[0]["id"] == "r1"
        assert client.open_ids == ()

    play(tmp_path, scenario)


def test_a_reaction_does_not_take_the_place_of_a_message_with_its_id(tmp_path: Path) -> None:
    async def scenario(service: FakeService, client: ServiceClient, inbox: Inbox) -> None:
        client.start()
        client.message("general", "joel", "hello", 1)
        client.reaction("t-0", "👍", "joel", 1)
        await service.start()
        await client.wait_settled()
        assert [request["op"] for request in service.requests] == ["message", "reaction"]
        assert len(await inbox.wait_for("reply")) == 1

    play(tmp_path, scenario)
