"""The service answers over its socket: every message ends in exactly one outcome per addressed persona."""

from __future__ import annotations

import stat
from contextlib import closing
from typing import Any

import pytest

from substrate.instance import SERVICE
from substrate.persona.transcript import TranscriptReader
from substrate.wire import MAX_TEXT_BYTES
from tests.substrate.persona.conftest import Make
from tests.substrate.persona.service_process import WAIT_S, Client, Event, Instance, settings

SLOW = "scripted:prefill_ms=20,delay_ms=60000,deltas=60000,text=" + "word " * 20
"""A reply that never ends within a test: every millisecond another piece."""


def test_a_message_is_accepted_and_answered_once_with_its_latency(instance: Instance) -> None:
    instance.start("scripted:text=Hello there.")
    client = instance.ready_client()
    client.say("hello", "m1")
    (reply,) = client.outcomes("m1")
    accepted = next(event for event in client.received if event["type"] == "accepted")
    assert accepted["id"] == "m1"
    assert (reply["type"], reply["persona"], reply["text"]) == ("reply", "Paige", "Hello there.")
    assert client.received.index(accepted) < client.received.index(reply)
    assert {"substrate_us", "ttft_ms", "total_ms"} <= reply["latency"].keys()
    assert instance.stop() == 0


def test_the_socket_is_its_owners_alone(shared_instance: Instance) -> None:
    shared_instance.ready_client()
    assert stat.S_IMODE(shared_instance.run.socket_path(SERVICE).stat().st_mode) == 0o600


def test_the_prompt_holds_the_conversation_and_the_new_message_once(instance: Instance) -> None:
    instance.start("scripted:text=You said {message}")
    client = instance.ready_client()
    client.say("first", "m1")
    client.outcomes("m1")
    client.say("second", "m2")
    (reply,) = client.outcomes("m2")
    assert reply["text"] == "You said - joel: second"
    assert reply["latency"]["reused_tokens"] > 0


def test_what_began_a_room_stands_in_its_history_and_is_no_memory_of_it(instance: Instance) -> None:
    instance.start("scripted:text=You said {message}")
    client = instance.ready_client()
    client.say("first", "m1")
    client.outcomes("m1")
    client.say("second", "m2")
    (reply,) = client.outcomes("m2")
    assert reply["memories"] == []


def test_the_same_id_with_the_same_content_is_accepted_again_and_answered_once(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.say("hello", "m1")
    client.say("hello", "m1")
    client.outcomes("m1")
    client.say("end", "m2")
    client.outcomes("m2")
    accepted = [event for event in client.received if event["type"] == "accepted" and event["id"] == "m1"]
    assert len(accepted) == 2
    assert accepted[0]["message_id"] == accepted[1]["message_id"]
    assert len([event for event in client.received if event["type"] == "reply"]) == 2


def test_the_same_id_with_other_content_is_an_error_that_says_so(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.say("hello", "m1")
    client.outcomes("m1")
    client.say("something else", "m1")
    error = client.of_type("error", id="m1")
    assert "'m1' was used for another message" in error["message"]


def test_twelve_personas_answer_at_once_each_in_its_room(make_instance: Make, instance: Instance) -> None:
    personas = tuple(settings(instance.home, f"P{number}", [f"room{number}"]) for number in range(12))
    many = make_instance(personas=personas)
    many.start("scripted:delay_ms=20,text={persona}")
    client = many.ready_client()
    requests: list[Event] = [
        {"op": "message", "id": number, "channel": f"room{number}", "sender": "joel", "text": "hello"}
        for number in range(12)
    ]
    client.send(*requests)
    done: set[Any] = set()
    while done != set(range(12)):
        done.add(client.of_type("outcomes_done")["in_reply_to"])
    replies = {event["in_reply_to"]: event["text"] for event in client.received if event["type"] == "reply"}
    assert replies == {number: personas[number].persona_id for number in range(12)}


def test_messages_to_a_busy_persona_are_answered_in_their_order(instance: Instance) -> None:
    instance.start("scripted:delay_ms=30,text={message}")
    client = instance.ready_client()
    for number in range(5):
        client.say(f"line {number}", number)
    while client.of_type("outcomes_done")["in_reply_to"] != 4:
        pass
    replies = [event["text"] for event in client.received if event["type"] == "reply"]
    assert replies == [f"- joel: line {number}" for number in range(5)]


def test_the_history_says_which_message_each_reply_answers(instance: Instance) -> None:
    instance.start("scripted:delay_ms=30,text={message}")
    client = instance.ready_client()
    for number in range(3):
        client.say(f"line {number}", number)
    for number in range(3):
        client.outcomes(number)
    client.send({"op": "history", "id": "past", "channel": "general", "limit": 5})
    messages = client.of_type("history")["messages"]
    texts = {message["message_id"]: message["text"] for message in messages}
    answered = {
        message["text"]: texts.get(message["in_reply_to"]) for message in messages if message["persona_id"]
    }
    assert answered == {
        "- joel: line 0": None,  # it is older than what was asked for
        "- joel: line 1": "line 1",
        "- joel: line 2": "line 2",
    }


def test_who_is_named_answers_and_what_it_says_to_another_is_answered(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    instance.start("scripted:text=What do you think, Max?")
    client = instance.ready_client()
    client.say("Paige, how are you?", "m1")
    client.of_type("outcomes_done", in_reply_to="m1")
    replies = [event for event in client.received if event["type"] == "reply"]
    assert [reply["persona"] for reply in replies] == ["Paige", "Max"]
    assert replies[1]["in_reply_to"] == replies[0]["message_id"]


def test_several_who_could_answer_decide_and_each_has_an_outcome(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    instance.start("scripted:text=Good morning!")
    client = instance.ready_client()
    client.say("good morning", "m1")
    outcomes = client.outcomes("m1")
    assert sorted(event["persona"] for event in outcomes) == ["Max", "Paige"]
    assert {event["text"] for event in outcomes} == {"Good morning!"}


def test_one_persona_that_fails_does_not_harm_the_others(make_instance: Make) -> None:
    instance = make_instance("Paige", "Max")
    instance.start(f"scripted:fail_persona={instance.personas[0].persona_id},text=Here.")
    client = instance.ready_client()
    client.say("Paige, Max?", "m1")
    outcomes = {event["persona"]: event for event in client.outcomes("m1")}
    assert outcomes["Paige"]["type"] == "error"
    assert outcomes["Paige"]["message"]
    assert (outcomes["Max"]["type"], outcomes["Max"]["text"]) == ("reply", "Here.")


def test_an_empty_reply_is_silence_with_a_reason(instance: Instance) -> None:
    instance.start("scripted:text=Paige: ")
    client = instance.ready_client()
    client.say("hello", "m1")
    (silence,) = client.outcomes("m1")
    assert (silence["type"], silence["reason"]) == ("silence", "had nothing to say")


def test_a_room_without_personas_still_keeps_what_is_said(make_instance: Make, instance: Instance) -> None:
    lonely = make_instance(personas=(settings(instance.home, "Ada", ["code"]),))
    lonely.start()
    client = lonely.ready_client()
    client.say("anybody?", "m1", channel="lounge")
    assert client.outcomes("m1") == []
    client.send({"op": "history", "id": "h", "channel": "lounge", "limit": 10})
    assert [line["text"] for line in client.of_type("history", id="h")["messages"]] == ["anybody?"]


def test_messages_are_accepted_while_the_model_cannot_answer_yet(instance: Instance) -> None:
    instance.start("scripted:load_ms=600000")
    client = instance.client()
    client.say("hello", "m1")
    client.of_type("accepted", id="m1")
    assert "service-ready" not in {event["type"] for event in client.received}


def test_what_was_said_while_the_model_loads_is_answered_when_it_is_ready(instance: Instance) -> None:
    instance.start("scripted:load_ms=500,text=Now.")
    client = instance.client()
    client.say("hello", "m1")
    (reply,) = client.outcomes("m1")
    assert reply["text"] == "Now."
    types = [event["type"] for event in client.received]
    assert max(types.index("accepted"), types.index("service-ready")) < types.index("reply")


def test_a_model_that_cannot_be_loaded_is_one_fatal_error_and_status_1(instance: Instance) -> None:
    process = instance.start("scripted:fail_load=no such weights")
    client = instance.client()
    error = client.of_type("error", fatal=True)
    assert "no such weights" in error["message"]
    assert client.next() is None
    process.join(WAIT_S)
    assert process.exitcode == 1


def test_an_identity_that_the_model_cannot_hold_is_a_fatal_error_that_names_the_persona(
    instance: Instance,
) -> None:
    process = instance.start("scripted:context_tokens=70")
    error = instance.client().of_type("error", fatal=True)
    assert "Paige" in error["message"]
    assert "70" in error["message"]
    process.join(WAIT_S)
    assert process.exitcode == 1


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"op": "message", "id": "x", "channel": "general", "sender": "joel", "text": ""}, "empty"),
        ({"op": "message", "id": "x", "channel": "general", "sender": "joel", "text": "a\x07"}, "U+0007"),
        (
            {"op": "message", "id": "x", "channel": "a", "sender": "joel", "text": "x" * 1_000_000},
            str(MAX_TEXT_BYTES),
        ),
        (
            {"op": "message", "id": "x", "channel": "general", "sender": "paige", "text": "I am"},
            "persona",
        ),
        ({"op": "shout", "id": "x"}, "shout"),
        ({"op": "reaction", "id": "x", "message_id": "none", "emoji": "👍", "sender": "joel"}, "'none'"),
        ({"op": "regenerate", "id": "x", "channel": "nowhere"}, "nowhere"),
        ({"op": "edit", "id": "x", "message_id": "nobody", "text": "new"}, "nobody"),
    ],
)
def test_a_bad_request_is_one_error_with_its_id_and_all_else_goes_on(
    shared_instance: Instance, request_: Event, named: str
) -> None:
    client = shared_instance.ready_client()
    client.send(request_)
    error = client.of_type("error")
    assert error["id"] == "x"
    assert named in error["message"]
    client.say("hello", f"after {named}")
    assert client.outcomes(f"after {named}")[-1]["type"] == "reply"


def test_bytes_that_are_no_frame_end_that_connection_only(shared_instance: Instance) -> None:
    broken, client = shared_instance.ready_client(), shared_instance.ready_client()
    broken.send_bytes(b"\x00\x00\x00\x02\xc1\xc1")
    assert "msgpack" in broken.of_type("error")["message"]
    assert broken.next() is None
    client.say("hello", "after the broken one")
    assert client.outcomes("after the broken one")[0]["type"] == "reply"


@pytest.mark.parametrize("message", ["m1", 7])
def test_a_reaction_that_is_sent_again_is_accepted_again_and_counts_once(
    instance: Instance, message: str | int
) -> None:
    instance.start()
    client = instance.ready_client()
    client.send({"op": "message", "id": message, "channel": "general", "sender": "joel", "text": "good news"})
    client.of_type("outcomes_done", in_reply_to=message)
    reaction = {"op": "reaction", "id": "r1", "message_id": message, "emoji": "👍", "sender": "joel"}
    for _ in range(2):
        client.send(reaction)
        client.of_type("accepted", id="r1")
    with closing(TranscriptReader(instance.home / "transcript.db")) as reader:
        assert len(reader.reactions_after(0, 10)) == 1


def test_cancel_keeps_what_was_said_and_gives_the_waiting_their_outcome(make_instance: Make) -> None:
    instance = make_instance(stream_deltas=True)
    instance.start(SLOW)
    client = instance.ready_client()
    client.say("talk", "m1")
    client.say("and then?", "m2")
    client.of_type("delta")
    client.send({"op": "cancel", "channel": "general"})
    (stopped,) = client.outcomes("m1")
    (silence,) = client.outcomes("m2")
    assert stopped["type"] == "reply"
    assert stopped["stopped"] is True
    assert stopped["text"]
    assert (silence["type"], silence["reason"]) == ("silence", "stopped by a person")


def test_deltas_join_to_the_reply(make_instance: Make) -> None:
    instance = make_instance(stream_deltas=True)
    instance.start("scripted:delay_ms=20,deltas=7,text=Paige: One word after another.")
    client = instance.ready_client()
    client.say("talk", "m1")
    (reply,) = client.outcomes("m1")
    deltas = [event["text"] for event in client.received if event["type"] == "delta"]
    assert "".join(deltas) == reply["text"] == "One word after another."


def test_regenerate_withdraws_the_answer_and_writes_another(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.say("hello", "m1")
    (first,) = client.outcomes("m1")
    client.send({"op": "regenerate", "id": "again", "channel": "general"})
    client.of_type("accepted", id="again")
    second = client.of_type("reply", in_reply_to="m1")
    client.of_type("outcomes_done", in_reply_to="m1")
    reader = TranscriptReader(instance.home / "transcript.db")
    rows = reader.recent("general", 10)
    withdrawn = reader.withdrawals_after(0, 10)
    reader.close()
    assert [row.text for row in rows] == ["hello", second["text"]]
    assert rows[1].message_id == second["message_id"] != first["message_id"]
    assert len(withdrawn) == 1


def test_edit_replaces_a_message_and_what_answered_it(instance: Instance) -> None:
    instance.start("scripted:text={message}")
    client = instance.ready_client()
    client.say("helo", "m1")
    client.outcomes("m1")
    client.send({"op": "edit", "id": "m2", "message_id": "m1", "text": "hello"})
    client.outcomes("m2")
    client.say("next", "m3")
    client.outcomes("m3")
    reader = TranscriptReader(instance.home / "transcript.db")
    texts = [row.text for row in reader.recent("general", 10)]
    reader.close()
    assert texts == ["hello", "- joel: hello", "next", "- joel: next"]


def test_a_withdrawn_message_is_in_no_prompt_any_more(instance: Instance) -> None:
    instance.start("scripted:text=Noted.")
    client = instance.ready_client()
    client.say("the word is xylophone", "m1")
    client.outcomes("m1")
    message_id = next(event for event in client.received if event["type"] == "accepted")["message_id"]
    result = client.command("transcript/withdraw", message_ids=[message_id])
    assert result["data"] == {"withdrawn": [message_id]}
    client.send({"op": "history", "id": "h", "channel": "general", "limit": 10})
    assert [line["text"] for line in client.of_type("history", id="h")["messages"]] == ["Noted."]
    client.say("hello", "m2")
    (reply,) = client.outcomes("m2")
    assert reply["latency"]["reused_tokens"] + reply["latency"]["read_tokens"] < 100


def test_status_says_what_is_loaded_and_who_lives_here(instance: Instance) -> None:
    process = instance.start()
    client = instance.ready_client()
    client.say("hello", "m1")
    client.outcomes("m1")
    status = client.command("persona/status")
    assert status["success"] is True
    data = status["data"]
    assert data["ready"] is True
    assert data["pid"] == process.pid
    assert data["model"]["scripted"] is True
    assert [persona["name"] for persona in data["personas"]] == ["Paige"]
    assert data["channels"] == ["general"]
    assert data["turns"]["outcomes"] == {"reply": 1}


def test_a_persona_enrolled_at_run_time_answers_and_is_enrolled_once(instance: Instance) -> None:
    instance.start("scripted:text=I am here.")
    client = instance.ready_client()
    first = client.command("persona/enroll", name="Zoe", role="a pilot")
    second = client.command("persona/enroll", name="Zoe", role="a pilot")
    assert (first["data"]["created"], second["data"]["created"]) == (True, False)
    assert first["data"]["persona_id"] == second["data"]["persona_id"]
    client.say("Zoe?", "m1")
    (reply,) = client.outcomes("m1")
    assert reply["persona"] == "Zoe"


def test_nobody_is_enrolled_under_the_name_of_a_person_who_already_speaks(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.say("hello", "m1", sender="Joel")
    client.outcomes("m1")
    refused = client.command("persona/enroll", name="joel", role="a pilot")
    assert refused["success"] is False
    assert "Joel" in refused["error"]["message"] or "joel" in refused["error"]["message"]
    client.say("still me", "m2", sender="Joel")
    (reply,) = client.outcomes("m2")
    assert reply["type"] == "reply"


def test_a_persona_that_is_shut_down_answers_again_after_its_bootstrap(instance: Instance) -> None:
    instance.start()
    client = instance.ready_client()
    client.command("persona/instances/shutdown", persona="Paige")
    client.say("hello?", "m1")
    assert client.outcomes("m1") == []
    (listed,) = client.command("persona/instances/list")["data"]
    assert listed["state"] == "shut down"
    client.command("persona/instances/bootstrap", persona="paige")
    client.say("hello!", "m2")
    assert client.outcomes("m2")[0]["type"] == "reply"


@pytest.mark.parametrize(
    ("name", "params", "named"),
    [
        ("persona/dance", {}, "persona/dance"),
        ("persona/status", {"loud": True}, "loud"),
        ("persona/enroll", {"name": "Zoe"}, "role"),
        ("persona/instances/shutdown", {"persona": "Nobody"}, "Nobody"),
        ("transcript/withdraw", {}, "transcript/withdraw"),
    ],
)
def test_a_wrong_command_fails_with_what_is_accepted(
    shared_instance: Instance, name: str, params: dict[str, Any], named: str
) -> None:
    client = shared_instance.ready_client()
    result = client.command(name, **params)
    assert result["success"] is False
    assert named in result["error"]["message"]
    assert result["error"]["hint"]


def test_an_orderly_end_gives_an_unfinished_reply_its_outcome(instance: Instance) -> None:
    instance.start(SLOW)
    client = instance.ready_client()
    client.say("talk", "m1")
    client.of_type("accepted", id="m1")
    assert instance.stop() == 0
    silence = client.of_type("silence", in_reply_to="m1")
    assert "shut down" in silence["reason"]


def test_a_client_that_goes_away_in_the_middle_harms_nobody(instance: Instance) -> None:
    instance.start("scripted:delay_ms=50")
    leaving, staying = instance.ready_client(), instance.ready_client()
    leaving.say("hello", "m1")
    leaving.of_type("accepted", id="m1")
    leaving.close()
    staying.say("hello", "m2")
    assert staying.outcomes("m2")[0]["type"] == "reply"


def test_a_message_sent_again_on_a_new_connection_is_answered_there(instance: Instance) -> None:
    instance.start("scripted:delay_ms=300")
    first = instance.ready_client()
    first.say("hello", "m1")
    first.of_type("accepted", id="m1")
    second: Client = instance.client()
    second.say("hello", "m1")
    assert second.outcomes("m1")[0]["type"] == "reply"
