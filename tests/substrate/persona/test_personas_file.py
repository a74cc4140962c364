"""Personas keep their identity, and a wrong personas file is told what is wrong with it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from substrate.inference import Sampling
from substrate.persona.absences import ABSENCES_FILE, newest_row_of_absences, was_absent
from substrate.persona.description import PersonaDescription
from substrate.persona.identity import IdentityError, create_seed, seed_path
from substrate.persona.loaded_adapters import AdapterNotLoaded
from substrate.persona.personas_file import PersonasFileError, load_personas
from substrate.persona.roster import Roster, profiles

GOOD = """
[[persona]]
name = "Ada"
role = "a mathematician"
about = "You like proofs."
channels = ["code", "general"]

[persona.sampling]
temperature = 0.2
stop = ["END"]

[[persona]]
name = "Max"
role = "a gardener"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "personas.toml"


def test_without_a_file_there_is_paige_and_her_id_survives_a_restart(tmp_path: Path) -> None:
    (first,) = load_personas(tmp_path, None)
    (second,) = load_personas(tmp_path, None)
    assert first == second
    assert (first.name, first.role) == ("Paige", "a friend who remembers")
    seed = tmp_path / "personas" / first.persona_id / "seed.json"
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["👩\u200d💻", "مریم\u200cخانم", "李雷", "Émile"])
def test_names_of_any_script_are_names(tmp_path: Path, file: Path, name: str) -> None:
    file.write_text(f'[[persona]]\nname = "{name}"\nrole = "a cook"\nchannels = ["{name}"]\n')
    (persona,) = load_personas(tmp_path, file)
    assert (persona.name, persona.channels) == (name, frozenset({name}))


@pytest.mark.parametrize("name", ["\u200d", "a\u202eb", "a\ufeffb", "a\u0007b"])
def test_a_name_that_cannot_be_shown_as_it_is_is_refused(tmp_path: Path, file: Path, name: str) -> None:
    file.write_text(f'[[persona]]\nname = {json.dumps(name)}\nrole = "a cook"\n')
    with pytest.raises(PersonasFileError, match="key 'name'"):
        load_personas(tmp_path, file)


def test_the_file_says_who_lives_here(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    ada, max_ = load_personas(tmp_path, file)
    assert (ada.name, ada.role, ada.about) == ("Ada", "a mathematician", "You like proofs.")
    assert ada.channels == frozenset({"code", "general"})
    assert (ada.sampling.temperature, ada.sampling.stop) == (0.2, ("END",))
    assert max_.channels is None


def test_ids_belong_to_names_whatever_else_changes_in_the_file(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    before = {persona.name: persona.persona_id for persona in load_personas(tmp_path, file)}
    file.write_text(GOOD.replace("a gardener", "a baker").replace("Ada", "ADA"))
    after = {persona.name: persona.persona_id for persona in load_personas(tmp_path, file)}
    assert after == {"ADA": before["Ada"], "Max": before["Max"]}


def test_who_was_enrolled_while_the_program_ran_is_there_at_the_next_boot(tmp_path: Path) -> None:
    booted = load_personas(tmp_path, None)
    described = PersonaDescription("Zoe", "a pilot", "You fly.", frozenset({"air"}))
    seed = create_seed(tmp_path, described, enrolled=True)
    zoe = load_personas(tmp_path, None)[1]
    assert (zoe.persona_id, zoe.name, zoe.about) == (seed.persona_id, "Zoe", "You fly.")
    assert zoe.channels == frozenset({"air"})
    assert [profile.name for profile in profiles(tmp_path, booted)] == ["Paige", "Zoe"]


def test_what_the_file_says_of_who_was_once_enrolled_counts_for_regions_too(
    tmp_path: Path, file: Path
) -> None:
    create_seed(tmp_path, PersonaDescription("Ada", "a mathematician"), enrolled=True)
    file.write_text(GOOD)
    booted = load_personas(tmp_path, file)
    (ada,) = (profile for profile in profiles(tmp_path, booted) if profile.name == "Ada")
    assert ada.channels == frozenset({"code", "general"})


def test_who_is_enrolled_speaks_as_the_model_does_best_at_once_and_at_every_start(tmp_path: Path) -> None:
    greedy = Sampling(temperature=0.0)
    booted = load_personas(tmp_path, None, greedy)
    zoe, _ = Roster(tmp_path, tmp_path, booted, greedy).enroll(PersonaDescription("Zoe", "a pilot"), 0)
    restarted = Roster(tmp_path, tmp_path, booted, greedy)
    assert zoe.sampling == greedy
    assert restarted.find("Zoe") == load_personas(tmp_path, None, greedy)[1] == zoe


SAILOR = """
[[persona]]
name = "Max"
role = "a sailor"
adapters = { pirate = 0.8, calm = -1 }
"""


def test_adapters_are_those_of_the_file_at_every_start(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    assert [persona.blend for persona in load_personas(tmp_path, file)] == [(), ()]
    file.write_text(SAILOR)
    (sailor,) = load_personas(tmp_path, file, adapters=("calm", "pirate"))
    assert sailor.blend == (("calm", -1.0), ("pirate", 0.8))


def test_an_adapter_that_is_not_loaded_is_named_with_its_persona_and_what_is_loaded(
    tmp_path: Path, file: Path
) -> None:
    file.write_text(SAILOR)
    with pytest.raises(AdapterNotLoaded, match=r"'Max'.*'pirate'.*loaded are: calm, wild") as caught:
        load_personas(tmp_path, file, adapters=("wild", "calm"))
    assert "--lora pirate=PATH" in caught.value.hint
    assert str(file) in caught.value.hint
    assert not (tmp_path / "personas").exists()


def test_who_was_enrolled_with_an_adapter_keeps_it_or_is_missed_by_name(tmp_path: Path) -> None:
    described = PersonaDescription("Zoe", "a pilot", blend=(("pirate", 0.25),))
    seed = create_seed(tmp_path, described, enrolled=True)
    _, zoe = load_personas(tmp_path, None, adapters=("pirate",))
    assert zoe.blend == described.blend
    with pytest.raises(AdapterNotLoaded, match=r"'Zoe'.*'pirate'.*loaded are: none") as caught:
        load_personas(tmp_path, None)
    assert seed.persona_id in caught.value.hint


def test_who_was_enrolled_before_there_were_adapters_speaks_without(tmp_path: Path) -> None:
    seed = create_seed(tmp_path, PersonaDescription("Zoe", "a pilot"), enrolled=True)
    path = seed_path(tmp_path, seed.persona_id)
    held = json.loads(path.read_text())
    del held["enrolled"]["adapters"]
    path.write_text(json.dumps(held))
    assert load_personas(tmp_path, None)[1].blend == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[persona]]\nrole = 'x'", "number 1.*'name' is missing"),
        ("[[persona]]\nname = 'Ada'", "'Ada'.*'role' is missing"),
        ("[[persona]]\nname = ' Ada'\nrole = 'x'", "'name'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nrol = 'y'", "'Ada'.*unknown key 'rol'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nchannels = 'code'", "'Ada'.*'channels'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nadapters = ['calm']", "'Ada'.*'adapters'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nadapters = { calm = '1' }", "'Ada'.*'adapters.calm'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nadapters = { calm = true }", "'Ada'.*'adapters.calm'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nadapters = { calm = nan }", "'adapters.calm' is nan"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\nadapters = { calm = -inf }", "'adapters.calm' is -inf"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\n[persona.sampling]\ntemp = 1", "'sampling.temp'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\n[persona.sampling]\ntop_k = 'a'", "'sampling.top_k'"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\n[persona.sampling]\nmax_tokens = 0", "max_tokens is 0"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\n[persona.sampling]\ntop_p = 0", "top_p is 0"),
        ("[[persona]]\nname = 'Ada'\nrole = 'x'\n[[persona]]\nname = 'ada'\nrole = 'y'", "'ada'.*'Ada'"),
        ("persona = 3", "no persona"),
        ("", "no persona"),
        ("[[people]]\nname = 'Ada'", "'people'"),
        ("[[persona", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_persona_and_the_key(
    tmp_path: Path, file: Path, text: str, named: str
) -> None:
    file.write_text(text)
    with pytest.raises(PersonasFileError, match=named) as caught:
        load_personas(tmp_path, file)
    assert str(file) in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path, file: Path) -> None:
    with pytest.raises(PersonasFileError, match=str(file)):
        load_personas(tmp_path, file)


def test_a_damaged_seed_is_named_and_not_replaced(tmp_path: Path) -> None:
    (paige,) = load_personas(tmp_path, None)
    seed = tmp_path / "personas" / paige.persona_id / "seed.json"
    seed.write_text("{")
    with pytest.raises(IdentityError, match=str(seed)):
        load_personas(tmp_path, None)
    assert seed.read_text() == "{"


def test_a_seed_of_before_control_characters_were_refused_is_read_without_them(tmp_path: Path) -> None:
    seed = create_seed(tmp_path, PersonaDescription("Zoe", "a pilot", "You\r\nfly."), enrolled=True)
    zoe = next(one for one in load_personas(tmp_path, None) if one.name == "Zoe")
    assert (zoe.persona_id, zoe.about) == (seed.persona_id, "You\nfly.")


@pytest.mark.parametrize(
    "damage",
    [
        {"name": ""},
        {"name": "B\u001b[31m"},
        {"enrolled": []},
        {"enrolled": {"channels": "code"}},
        {"enrolled": {"channels": [5]}},
        {"enrolled": {"adapters": {"pirate": "loud"}}},
    ],
)
def test_a_seed_that_says_what_cannot_be_is_named(tmp_path: Path, damage: dict[str, object]) -> None:
    (paige,) = load_personas(tmp_path, None)
    seed = seed_path(tmp_path, paige.persona_id)
    seed.write_text(json.dumps({**json.loads(seed.read_text()), **damage}))
    with pytest.raises(IdentityError, match=str(seed)):
        load_personas(tmp_path, None)


def test_one_id_in_two_folders_is_told(tmp_path: Path) -> None:
    (paige,) = load_personas(tmp_path, None)
    copied = tmp_path / "personas" / "copy"
    copied.mkdir()
    held = json.loads(seed_path(tmp_path, paige.persona_id).read_text())
    (copied / "seed.json").write_text(json.dumps({**held, "name": "Pia"}))
    with pytest.raises(IdentityError, match="have the id of one persona"):
        load_personas(tmp_path, None)


def test_who_is_left_out_of_the_file_for_a_run_was_not_there(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    ada, max_ = load_personas(tmp_path, file)
    max_alone = Roster(tmp_path, tmp_path, (max_,), Sampling())
    max_alone.note_who_is_here(7)
    both = Roster(tmp_path, tmp_path, (ada, max_), Sampling())
    for _ in range(2):
        both.note_who_is_here(9)
    assert newest_row_of_absences(tmp_path) == 9
    (of_ada, of_max) = profiles(tmp_path, (ada, max_))
    assert (of_ada.absences, of_max.absences) == (((7, 9),), ())
    assert [was_absent(of_ada.absences, row) for row in (7, 8, 9, 10)] == [False, True, True, False]


def test_who_was_left_out_of_the_file_is_enrolled_with_its_past(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    ada, max_ = load_personas(tmp_path, file)
    roster = Roster(tmp_path, tmp_path, (max_,), Sampling())
    roster.note_who_is_here(7)
    enrolled, is_new = roster.enroll(PersonaDescription(ada.name.upper(), "a pilot"), 9)
    assert is_new
    assert (enrolled.persona_id, enrolled.created_at_s) == (ada.persona_id, ada.created_at_s)
    assert (enrolled.name, enrolled.role) == (ada.name.upper(), "a pilot")
    assert roster.absences(ada.persona_id) == [(7, 9)]
    assert ada.persona_id in {one.persona_id for one in load_personas(tmp_path, None)}
    assert roster.enroll(PersonaDescription(ada.name, "a cook"), 9) == (enrolled, False)


def test_who_is_shut_down_hears_nothing_until_it_is_started_again(tmp_path: Path, file: Path) -> None:
    file.write_text(GOOD)
    personas = load_personas(tmp_path, file)
    roster = Roster(tmp_path, tmp_path, personas, Sampling())
    ada = personas[0].persona_id
    kept = roster.absences(ada)
    roster.shut_down(ada, 5)
    assert kept == [(5, None)]
    after_a_crash = Roster(tmp_path, tmp_path, personas, Sampling())
    after_a_crash.note_who_is_here(6)
    assert after_a_crash.absences(ada) == [(5, None)]
    assert stat.S_IMODE((tmp_path / "personas" / ada / ABSENCES_FILE).stat().st_mode) == 0o600
    roster.start(ada, 5)
    assert kept == [], "nothing was said meanwhile"


def test_a_damaged_file_of_absences_is_named(tmp_path: Path) -> None:
    (paige,) = load_personas(tmp_path, None)
    path = tmp_path / "personas" / paige.persona_id / ABSENCES_FILE
    for damage in ("[[1]]", "{", "[7]"):
        path.write_text(damage)
        with pytest.raises(IdentityError, match=ABSENCES_FILE):
            profiles(tmp_path, (paige,))
