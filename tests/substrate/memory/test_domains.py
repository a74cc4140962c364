"""Channels have a domain, and what was said in another one scores less, never nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from substrate.memory import Message, RecallQuery, recall
from substrate.memory.domains import domain_of
from tests.substrate.memory.memory_of import NOW_S, memory_of, remark


@pytest.mark.parametrize(
    ("channel", "domain"),
    [
        ("general", "chat"),
        ("code", "code"),
        ("Dev_backend", "code"),
        ("game night", "game"),
        ("project-x", "work"),
        ("", ""),
    ],
)
def test_a_channels_name_says_what_it_is_for(channel: str, domain: str) -> None:
    assert domain_of(channel) == domain


def test_another_domain_is_a_bias_and_never_a_filter(tmp_path: Path) -> None:
    said: list[Message] = [
        replace(remark(number, "The build is red again.", channel=channel), domain=domain_of(channel))
        for number, channel in enumerate(("code", "dev", "kitchen"), 1)
    ]
    said = [replace(message, text=f"{message.text} {message.channel}") for message in said]
    store = memory_of(tmp_path, said)

    found = recall(store, RecallQuery("Is the build red?", NOW_S, "code", "code")).engrams

    parts = {one.engram.channel: one.parts for one in found}
    assert parts["code"].domain == parts["dev"].domain == 0.0
    assert parts["kitchen"].domain < 0.0
    assert parts["dev"].channel == parts["kitchen"].channel < 0.0
    store.close()
