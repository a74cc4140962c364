"""Who answers whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from substrate.inference import Rates
from substrate.instance import PersonaSettings
from substrate.persona.turn_plan import NOBODY, TurnPlan, TurnPlanner

CAPACITY = 4


def persona(name: str, *channels: str) -> PersonaSettings:
    return PersonaSettings(f"id-{name}", name, f"{name}'s role", "", 0.0, frozenset(channels) or None)


PAIGE, MAX, ANNA_LENA = persona("Paige"), persona("Max"), persona("Anna Lena")
PLANNER = TurnPlanner([PAIGE, MAX, ANNA_LENA])


def who(plan: TurnPlan) -> list[str]:
    return [turn.persona_id.removeprefix("id-") for turn in plan.turns]


def test_a_persons_message_is_answered_by_those_it_names_in_the_order_of_the_text() -> None:
    plan = PLANNER.for_person("general", "max, and anna lena: what do you think?", CAPACITY)
    assert who(plan) == ["Max", "Anna Lena"]
    assert not any(turn.decides for turn in plan.turns)


def test_without_a_name_all_present_decide_for_themselves() -> None:
    plan = PLANNER.for_person("general", "good morning", CAPACITY)
    assert sorted(who(plan)) == ["Anna Lena", "Max", "Paige"]
    assert all(turn.decides for turn in plan.turns)


def test_whoever_is_alone_with_a_person_answers_without_deciding() -> None:
    plan = TurnPlanner([PAIGE]).for_person("general", "good morning", CAPACITY)
    assert who(plan) == ["Paige"]
    assert not plan.turns[0].decides


def test_a_name_inside_a_word_is_not_a_name() -> None:
    plan = PLANNER.for_person("general", "the maximum is Paigeant", CAPACITY)
    assert len(plan.turns) == 3


def test_a_name_is_the_same_however_unicode_writes_it() -> None:
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    for own, said in ((composed, decomposed), (decomposed, composed)):
        planner = TurnPlanner([persona(own), MAX])
        assert who(planner.for_person("general", f"{said}, are you there?", CAPACITY)) == [own]


def test_who_is_not_present_does_not_answer_even_when_named() -> None:
    planner = TurnPlanner([persona("Paige", "general"), persona("Max", "code"), persona("Zoe", "general")])
    assert sorted(who(planner.for_person("general", "Max?", CAPACITY))) == ["Paige", "Zoe"]
    assert who(planner.for_person("general", "Max, Paige?", CAPACITY)) == ["Paige"]
    assert who(planner.for_person("lounge", "anybody?", CAPACITY)) == []


def test_who_is_named_and_does_not_hear_the_channel_is_known() -> None:
    planner = TurnPlanner([persona("Paige", "general"), persona("Max", "code"), persona("Zoe", "general")])
    assert planner.absent("general", "max and Paige, what do you think?") == ["Max"]
    assert planner.absent("code", "Max, what do you think?") == []


def test_a_persona_is_answered_only_by_a_persona_that_it_names() -> None:
    assert PLANNER.for_persona("general", "That is nice.", PAIGE.persona_id, 0, CAPACITY) == NOBODY
    plan = PLANNER.for_persona("general", "Ask Max, says Paige.", PAIGE.persona_id, 0, CAPACITY)
    assert who(plan) == ["Max"]


def test_personas_answer_each_other_at_most_twice_in_a_row() -> None:
    def answers(in_a_row: int) -> list[str]:
        return who(PLANNER.for_persona("general", "Max?", PAIGE.persona_id, in_a_row, CAPACITY))

    assert [answers(in_a_row) for in_a_row in range(4)] == [["Max"], ["Max"], [], []]


def test_those_who_could_only_be_heard_too_late_are_not_asked() -> None:
    everybody = TurnPlanner([persona(f"P{number}") for number in range(12)])
    slow = Rates(prefill_tokens_per_s=40.0, decode_tokens_per_s=8.0)
    plan = everybody.for_person("general", "good morning", CAPACITY, slow)
    assert 1 <= len(plan.turns) < 12
    assert len(plan.turns) + len(plan.unheard) == 12
    assert plan.estimated_s <= 30.0


def test_all_are_asked_who_would_be_in_time_when_they_write_together() -> None:
    everybody = TurnPlanner([persona(f"P{number}") for number in range(12)])
    while_all_wrote = Rates(prefill_tokens_per_s=185.0, decode_tokens_per_s=12.0)
    plan = everybody.for_person("general", "good morning", 12, while_all_wrote)
    assert len(plan.turns) == 12
    assert 14.0 < plan.estimated_s < 15.0


def test_it_is_not_always_the_same_who_are_not_asked() -> None:
    everybody = TurnPlanner([persona(f"P{number}") for number in range(12)])
    slow = Rates(prefill_tokens_per_s=40.0, decode_tokens_per_s=8.0)
    heard = {
        turn.persona_id
        for _ in range(12)
        for turn in everybody.for_person("general", "good morning", CAPACITY, slow).turns
    }
    assert len(heard) == 12


def test_the_named_answer_however_slow_the_engine_is() -> None:
    crawling = Rates(prefill_tokens_per_s=1.0, decode_tokens_per_s=0.5)
    plan = PLANNER.for_person("general", "Paige, Max, Anna Lena!", CAPACITY, crawling)
    assert len(plan.turns) == 3


@given(count=st.integers(2, 30), capacity=st.integers(1, 12))
def test_every_persona_has_one_turn_and_no_wave_is_larger_than_the_engine_takes(
    count: int, capacity: int
) -> None:
    planner = TurnPlanner([persona(f"P{number}") for number in range(count)])
    plan = planner.for_person("general", "hello", capacity)
    assert len({turn.persona_id for turn in plan.turns}) == count
    waves = [turn.wave for turn in plan.turns]
    assert waves == sorted(waves)
    assert all(waves.count(wave) <= capacity for wave in waves)
