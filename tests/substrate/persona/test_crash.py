"""The service may die at any instruction: what was accepted is answered once, and never twice."""

from __future__ import annotations

import sqlite3
from typing import Any

from substrate.persona.transcript import TranscriptReader
from tests.substrate.persona.conftest import Make
from tests.substrate.persona.service_process import WAIT_S, Client, Event, Instance

NEVER = "scripted:delay_ms=600000"
"""An engine that is still at it when the service is killed."""


def accept(client: Client, text: str, id_: str) -> None:
    client.say(text, id_)
    client.of_type("accepted", id=id_)


def resume(client: Client, *ids: str) -> None:
    client.send({"op": "resume", "ids": list(ids)})


def rows(instance: Instance) -> list[str]:
    reader = TranscriptReader(instance.home / "transcript.db")
    texts = [row.text for row in reader.rows_after(0, 100)]
    reader.close()
    return texts


def test_a_message_accepted_before_the_kill_is_answered_once_after_it(instance: Instance) -> None:
    instance.start(NEVER)
    accept(instance.ready_client(), "hello", "m1")
    instance.kill()
    instance.start("scripted:text=Here I am.")
    client = instance.client()
    resume(client, "m1")
    (reply,) = client.outcomes("m1")
    assert (reply["type"], reply["text"]) == ("reply", "Here I am.")
    assert rows(instance) == ["hello", "Here I am."]


def test_a_reply_committed_before_the_kill_is_told_again_and_not_written_again(instance: Instance) -> None:
    instance.start("scripted:text=The only answer.")
    client = instance.ready_client()
    client.say("hello", "m1")
    (first,) = client.outcomes("m1")
    instance.kill()
    instance.start("scripted:text=Another answer.")
    again = instance.client()
    resume(again, "m1")
    (told,) = again.outcomes("m1")
    assert (told["text"], told["message_id"]) == (first["text"], first["message_id"])
    assert rows(instance) == ["hello", "The only answer."]


def test_a_message_that_dies_twice_ends_in_the_error_interrupted(instance: Instance) -> None:
    instance.start(NEVER)
    accept(instance.ready_client(), "hello", "m1")
    instance.kill()
    instance.start(NEVER)
    instance.ready_client()
    instance.kill()
    instance.start("scripted:text=Too late.")
    client = instance.ready_client()
    resume(client, "m1")
    (error,) = client.outcomes("m1")
    assert error["type"] == "error"
    assert "interrupted" in error["message"]
    assert rows(instance) == ["hello"]


def test_a_model_that_does_not_load_costs_a_message_no_attempt(instance: Instance) -> None:
    instance.start(NEVER)
    accept(instance.ready_client(), "hello", "m1")
    instance.kill()
    for _ in range(2):
        process = instance.start("scripted:fail_load=broken")
        instance.client().of_type("error", fatal=True)
        process.join(WAIT_S)
    instance.start("scripted:text=At last.")
    client = instance.client()
    resume(client, "m1")
    (reply,) = client.outcomes("m1")
    assert reply["text"] == "At last."


def test_the_same_message_sent_again_after_a_kill_is_stored_once(instance: Instance) -> None:
    instance.start(NEVER)
    accept(instance.ready_client(), "hello", "m1")
    instance.kill()
    instance.start("scripted:text=Hi.")
    client = instance.client()
    client.say("hello", "m1")
    (reply,) = client.outcomes("m1")
    assert reply["text"] == "Hi."
    assert rows(instance) == ["hello", "Hi."]


def test_an_acknowledgement_that_was_lost_is_made_up_for_with_the_outcome(instance: Instance) -> None:
    instance.start("scripted:text=Hi.")
    leaving = instance.ready_client()
    accept(leaving, "hello", "m1")
    leaving.outcomes("m1")
    instance.kill()
    instance.start("scripted:text=Something else.")
    client = instance.ready_client()
    client.say("hello", "m1")
    (reply,) = client.outcomes("m1")
    assert reply["text"] == "Hi."


def test_a_message_sent_twice_after_its_outcome_is_only_said_to_be_done(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.say("hello", "m1")
    client.outcomes("m1")
    client.say("hello", "m1")
    client.of_type("outcomes_done", in_reply_to="m1")
    assert len([event for event in client.received if event["type"] == "reply"]) == 1


def test_messages_left_over_are_answered_in_their_order_and_before_new_ones(instance: Instance) -> None:
    instance.start(NEVER)
    client = instance.ready_client()
    for number in range(3):
        accept(client, f"line {number}", f"m{number}")
    instance.kill()
    instance.start("scripted:text={message}")
    again = instance.client()
    again.say("line 3", "m3")
    again.outcomes("m3")
    expected = [f"line {number}" for number in range(4)]
    said = rows(instance)
    assert [text for text in said if not text.startswith("-")] == expected
    assert [text for text in said if text.startswith("-")] == [f"- joel: {text}" for text in expected]


def test_every_addressed_persona_has_its_own_outcome_after_a_kill(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    failing = instance.personas[0].persona_id
    instance.start(f"scripted:fail_persona={failing},delay_ms=600000")
    client = instance.ready_client()
    client.say("Paige, Max?", "m1")
    client.of_type("error", persona="Paige")
    instance.kill()
    instance.start("scripted:text=Now.")
    again = instance.client()
    resume(again, "m1")
    outcomes = {event["persona"]: event["type"] for event in again.outcomes("m1")}
    assert outcomes == {"Paige": "error", "Max": "reply"}


def test_what_a_persona_left_unanswered_belongs_to_the_message_it_goes_back_to(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    instance.start("scripted:text=What do you say, Max?")
    client = instance.ready_client()
    client.say("Paige?", "m1")
    client.of_type("outcomes_done", in_reply_to="m1")
    instance.stop()
    _reopen(instance, "Max")
    instance.start("scripted:text=I say yes.")
    again = instance.client()
    resume(again, "m1")
    again.of_type("outcomes_done", in_reply_to="m1")
    replies: list[Event] = [event for event in again.received if event["type"] == "reply"]
    assert [reply["text"] for reply in replies] == ["What do you say, Max?", "I say yes."]


def test_a_persona_that_was_shut_down_stays_so_after_a_kill(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    instance.start()
    instance.ready_client().command("persona/instances/shutdown", persona="Max")
    instance.kill()
    instance.start()
    client = instance.ready_client()
    client.say("Paige, Max?", "m1")
    assert [event["persona"] for event in client.outcomes("m1")] == ["Paige"]


def test_ids_that_were_never_accepted_are_said_to_be_unknown(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    resume(client, "never")
    (error,) = client.outcomes("never")
    assert "never accepted" in error["message"]


def test_an_id_of_an_earlier_session_is_free_again(make_instance: Make, instance: Instance) -> None:
    instance.start("scripted:text=First.")
    client = instance.ready_client()
    client.say("hello", "m1")
    client.outcomes("m1")
    instance.stop()
    later = make_instance(personas=instance.personas, session="session-2")
    later.start("scripted:text=Second.")
    client = later.ready_client()
    client.say("hello again", "m1")
    (reply,) = client.outcomes("m1")
    assert reply["text"] == "Second."


def _reopen(instance: Instance, name: str) -> None:
    """Leave the transcript as a kill would have between a persona's reply and the answer to it."""
    persona_id = next(persona.persona_id for persona in instance.personas if persona.name == name)
    connection = sqlite3.connect(instance.home / "transcript.db", isolation_level=None)
    (row_id, reply_row) = _turn(connection, persona_id)
    connection.execute("DELETE FROM turns WHERE row_id = ?", (reply_row,))
    connection.execute("DELETE FROM messages WHERE row_id >= ?", (reply_row,))
    connection.execute(
        "UPDATE turns SET outcome = NULL, reply_row = NULL WHERE row_id = ? AND persona_id = ?",
        (row_id, persona_id),
    )
    connection.close()


def _turn(connection: sqlite3.Connection, persona_id: str) -> tuple[Any, Any]:
    found = connection.execute(
        "SELECT row_id, reply_row FROM turns WHERE persona_id = ? ORDER BY row_id LIMIT 1", (persona_id,)
    ).fetchone()
    return found[0], found[1]
