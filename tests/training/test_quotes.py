"""What is quoted can be picked out by what the question says."""

from __future__ import annotations

from random import Random

from substrate.persona.prompt import RememberedLine
from training.lesson import NOW_S
from training.quotes import quote_memory
from training.world import World


def test_who_speaks_in_the_conversation_as_well_is_quoted_by_room_or_time() -> None:
    random = Random(1)
    for _ in range(100):
        world = World(random, least_people=2)
        asker, other = world.people[:2]
        remembered = [RememberedLine(other, "kitchen", NOW_S - 1e5, "Vela is far.")]
        alone = quote_memory(world, asker, remembered, NOW_S, ())
        beside = quote_memory(world, asker, remembered, NOW_S, {other})
        assert alone is not None
        assert beside is not None
        assert "kitchen" not in alone.text
        assert "#kitchen" in beside.text


def test_what_the_persona_said_is_asked_for_in_one_way() -> None:
    random = Random(2)
    for _ in range(50):
        world = World(random)
        remembered = [RememberedLine(world.persona, "kitchen", NOW_S - 1e5, "Vela is far.")]
        asked = quote_memory(world, world.people[0], remembered, NOW_S, ())
        assert asked is not None
        assert "tell you" not in asked.text.casefold()
        assert asked.reply == "I said: Vela is far."
