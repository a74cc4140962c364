"""The service answers over its socket: every message ends in exactly one outcome per addressed persona."""

from __future__ import annotations

from tests.substrate.persona.service_process import Instance


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
