"""Heads are told to look at the sentence that a reply rests on, and at the tokens that it copies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from random import Random

import pytest

from substrate.inference.protocol import Prompt, Role, Turn
from substrate.persona.prompt import RememberedLine, decision_text, late_block

torch = pytest.importorskip("torch")

from training.drills import make_interview  # noqa: E402
from training.encoding import BLOCK_WEIGHT, DECIDING_WEIGHT, UNKNOWN_WEIGHT, Sample, encode  # noqa: E402
from training.generator import make_lesson  # noqa: E402
from training.grounding import Look, attention_loss, looks_of_row  # noqa: E402
from training.lesson import Difficulty, Ground, Lesson, Telling, as_decision  # noqa: E402
from training.model import Trace  # noqa: E402
from training.tokenizer import PieceTokenizer  # noqa: E402
from training.train import prepare_tokenizer  # noqa: E402

NOWHERE = ((0, 1),)
NO_HIDDEN = torch.zeros(0)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    path: Path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    return prepare_tokenizer(path, 400, seed=1, lessons=200)


@pytest.fixture(scope="module")
def taught(tokenizer: PieceTokenizer) -> list[tuple[Lesson, Sample]]:
    random = Random(7)
    difficulty = Difficulty(most_memories=12)
    lessons = [make(random, difficulty) for _ in range(60) for make in (make_interview, make_lesson)]
    return [(lesson, encode(lesson, tokenizer)) for lesson in lessons]


def _runs(looks: Sequence[Look]) -> list[list[Look]]:
    """Looks from neighbouring positions: those of one reply."""
    runs: list[list[Look]] = []
    for look in looks:
        if runs and runs[-1][-1].at == look.at - 1:
            runs[-1].append(look)
        else:
            runs.append([look])
    return runs


def test_what_is_sought_tells_the_value_of_that_very_reply(
    taught: list[tuple[Lesson, Sample]], tokenizer: PieceTokenizer
) -> None:
    checked = 0
    for lesson, sample in taught:
        grounds = [step for ground in lesson.grounds if ground for step in ground.in_order]
        values = [ground.value for ground in grounds if ground.texts]
        for reply in _runs(sample.finding):
            for spans, looks in groupby(reply, key=lambda look: look.spans):
                run = list(looks)
                if spans == NOWHERE:
                    continue
                assert all(end <= run[0].at + 1 for _, end in spans)
                written = tokenizer.decode(sample.ids[run[0].at + 1 : run[-1].at + 2])
                if written.strip()[0] in "tf" and tokenizer.decode(sample.ids[: run[0].at + 1]).endswith(
                    '":'
                ):
                    continue  # whether it answers
                value = max((value for value in values if written.endswith(value)), key=len)
                told = [tokenizer.decode(sample.ids[first:end]) for first, end in spans]
                assert all(value.casefold() in text.casefold() for text in told), (value, told)
                checked += 1
    assert checked > 150


def test_a_reply_that_nothing_tells_looks_at_the_first_token(taught: list[tuple[Lesson, Sample]]) -> None:
    checked = 0
    for lesson, sample in taught:
        last = lesson.grounds[-1] if lesson.grounds else None
        if last is not None and not last.texts:
            assert sample.finding[-1].spans == NOWHERE
            checked += 1
    assert checked > 5


def test_what_a_reply_decides_weighs_more_than_how_it_says_it(tokenizer: PieceTokenizer) -> None:
    """Its first token, its value, and whether that was all."""
    prompt = Prompt("You are Vela.", (), "- Mira: Where do I live?", lambda: "")
    known = Ground(("I live in Oslo.",), "Oslo", "Mira", "Mira", "home")
    history = (Turn(Role.USER, "- Mira: I live in Oslo."), Turn(Role.ASSISTANT, "I see!"))
    told = Prompt(prompt.identity, history, prompt.message, prompt.late)
    reply = "You live in Oslo."
    for lesson, value in (
        (Lesson(told, reply, (False,), "in_context", "Oslo", (None, known)), " Oslo"),
        (Lesson(prompt, reply, (), "not_knowing", "", (Ground((), "", "Mira", "Mira", "home"),)), ""),
        (Lesson(prompt, reply, (), "small_talk", "", (None,)), None),
    ):
        sample = encode(lesson, tokenizer)
        weights = [weight for weight in sample.weights if weight]
        ids = tokenizer.encode_content(reply)
        pieces = [tokenizer.decode([token]) for token in ids]
        ends = list(accumulate(len(piece) for piece in pieces))
        at = reply.find(value) if value else len(reply)
        last = at + len(f"{value}.")
        heavy = [value is not None and (index == 0 or at < end <= last) for index, end in enumerate(ends)]
        expected = [DECIDING_WEIGHT if it else 1.0 for it in heavy]
        if lesson.skill == "not_knowing":
            expected[0] *= UNKNOWN_WEIGHT
        assert weights == [*expected, expected[-1]]


def test_whoever_decides_looks_for_its_own_name_in_the_message(tokenizer: PieceTokenizer) -> None:
    """A memory that names it does not count; where the message does not, heads look at the first token."""
    late = late_block([RememberedLine("Mira", "general", 0.0, "Vela is here.")], 60.0) + decision_text("Vela")
    for said, answer, name in (
        ("Vela, are you there?", "I am.", "Vela"),
        ("Is @vela there?", "I am.", "vela"),
        ("Joel, are you there?", None, None),
        ("How are you?", "I am fine.", None),
    ):
        prompt = Prompt("You are Vela.", (), f"- Mira: {said}", partial(str, late))
        sample = encode(Lesson(prompt, as_decision(answer), (), "decision"), tokenizer)

        def text(first: int, end: int, sample: Sample = sample) -> str:
            return tokenizer.decode(sample.ids[first:end])

        (own,), (sought,) = sample.owning, sample.finding
        ((first, end),) = own.spans
        assert "Vela?".endswith(text(first, end).strip())
        assert text(end - 1, end) == "?"
        assert own.at == sought.at
        assert text(own.at + 1, own.at + 2).strip() == ("f" if answer is None else "t")
        if name is None:
            assert sought.spans == NOWHERE
        else:
            ((first, end),) = sought.spans
            assert text(first - 3, end - 1).endswith(name)
            assert said in text(first - 12, end + 12)
        weights = sample.weights[own.at : own.at + 2]
        assert weights == [DECIDING_WEIGHT * BLOCK_WEIGHT, BLOCK_WEIGHT]


def test_of_two_facts_each_is_looked_at_while_it_is_written(tokenizer: PieceTokenizer) -> None:
    told = ("I live in Oslo", "my dog is called Rex")
    reply = "Got it, you live in Oslo and your dog is called Rex."
    first = Ground(told[:1], "Oslo", kind="home")
    ground = Ground(told[1:], "Rex", kind="pet_name", earlier=first)
    tellings = (Telling(told[0], "Oslo", "Mira", "home"), Telling(told[1], "Rex", "Mira", "pet_name"))
    prompt = Prompt("You are Vela.", (), f"- Mira: {told[0]} and {told[1]}", lambda: "")
    sample = encode(Lesson(prompt, reply, (), "noting", "Oslo", (ground,), tellings), tokenizer)

    def text(first: int, end: int) -> str:
        return tokenizer.decode(sample.ids[first:end])

    sought = [(text(look.at + 1, look.at + 2), text(*look.spans[0])) for look in sample.finding]
    written = "".join(piece for piece, _ in sought)
    assert written == reply[: len(written)] == reply.removesuffix(".")
    assert "".join(piece for piece, where in sought if told[0] in where) == "Got it, you live in Oslo"
    assert "".join(piece for piece, where in sought if told[1] in where) == " and your dog is called Rex"
    copied = "".join(text(look.at + 1, look.at + 2) for look in sample.copying)
    assert copied == " Oslo Rex"
    # Both "I" and "my" are Mira, whose name stands before the line.
    read = {text(look.at, look.at + 1) for look in sample.owning}
    assert {text(*look.spans[0]).strip() for look in sample.owning} == {"Mira"}
    assert any("Rex".endswith(piece.strip()) for piece in read)


def test_a_value_is_copied_token_by_token_from_where_it_was_told(
    taught: list[tuple[Lesson, Sample]],
) -> None:
    pairs = 0
    for _, sample in taught:
        for run in _runs(sample.copying):
            for look in run:
                for place, end in look.spans:
                    assert end == place + 1 <= look.at
                    assert sample.ids[place] == sample.ids[look.at + 1]
            for look, next_look in pairwise(run):
                assert {place + 1 for place, _ in look.spans} <= {place for place, _ in next_look.spans}
                pairs += 1
    assert pairs > 300


def test_owners_are_looked_at_by_name(taught: list[tuple[Lesson, Sample]], tokenizer: PieceTokenizer) -> None:
    checked = relatives = 0
    for lesson, sample in taught:
        owners = {name.casefold() for it in lesson.tellings for name in (it.owner, it.called)}
        owners |= {ground.owner.casefold() for ground in lesson.grounds if ground and ground.owner}
        is_decided = lesson.skill in ("decision", "decisions")
        for look in sample.owning:
            relatives += len(look.spans) == 2
            for first, end in look.spans:
                assert end <= look.at
                # A dropped apostrophe joins the s to the name.
                name = tokenizer.decode(sample.ids[first:end]).strip().casefold()
                is_own = is_decided and name.endswith("?")
                assert name in owners or name.removesuffix("s") in owners or is_own, name
            checked += 1
    assert checked > 2000
    assert relatives > 10


def test_whoever_says_my_is_looked_at_before_the_colon(
    taught: list[tuple[Lesson, Sample]], tokenizer: PieceTokenizer
) -> None:
    checked = 0
    for lesson, sample in taught:
        ground = lesson.grounds[-1] if lesson.grounds else None
        if ground is None or not ground.owner or ground.owner != ground.asker:
            continue
        own = [look for look in sample.owning if look.at == sample.finding[-1].at]
        for look in own:
            ((first, end),) = look.spans
            assert tokenizer.decode(sample.ids[first - 1 : end + 1]).endswith(f"- {ground.asker}:")
            checked += 1
    assert checked > 10


def test_where_a_sentence_has_ended_its_value_is_looked_at(
    taught: list[tuple[Lesson, Sample]], tokenizer: PieceTokenizer
) -> None:
    checked = 0
    for lesson, sample in taught:
        for look in sample.valuing:
            ((first, end),) = look.spans
            assert end == first + 1 <= look.at + 1
            read, rest = tokenizer.decode(sample.ids[: look.at + 1]), tokenizer.decode(sample.ids[first:])
            told = [telling for telling in lesson.tellings if telling.text in read[-len(telling.text) - 4 :]]
            assert any(rest.lstrip().startswith(telling.value) for telling in told), (read[-60:], rest[:20])
            checked += 1
    assert checked > 800


def test_the_loss_is_the_attention_that_falls_elsewhere() -> None:
    """Four keys, of which the second is liked three times as much: 3/6 of all, 3/5 of the first three."""
    queries = torch.zeros(1, 1, 4, 4)
    queries[..., 0] = math.log(3.0) * 2.0
    keys = torch.zeros(1, 1, 4, 4)
    keys[0, 0, 1, 0] = 1.0
    for at, spans, attention in (
        (3, ((1, 2),), 3 / 6),
        (2, ((1, 2),), 3 / 5),
        (3, ((0, 2),), 4 / 6),
        (3, ((0, 1), (3, 4)), 2 / 6),
    ):
        looks = looks_of_row(0, [Look(at, spans)], 4)
        assert looks is not None
        loss = attention_loss([Trace(NO_HIDDEN, queries, keys)], [(0, 0)], [looks])
        assert loss.item() == pytest.approx(-math.log(attention), rel=1e-5)


def test_without_looks_there_is_no_loss() -> None:
    assert looks_of_row(0, [], 4) is None
    traces = [Trace(NO_HIDDEN, torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4))]
    assert attention_loss(traces, [(0, 0)], []).item() == 0.0


def test_an_owner_is_not_looked_for_inside_another_word(tokenizer: PieceTokenizer) -> None:
    said = "People in the market like Mark's tea."
    prompt = Prompt("You are Ann, a cook.", (), f"- Bo: {said}", lambda: "")
    lesson = Lesson(prompt, "I see!", (), "noting", tellings=(Telling(said, "tea", "Mark", "likes"),))
    sample = encode(lesson, tokenizer)
    (start, end), *others = {span for look in sample.owning for span in look.spans}
    assert others == []
    assert tokenizer.decode(sample.ids[:start]).endswith("like")
    assert tokenizer.decode(sample.ids[start:end]).strip().removesuffix("'") == "Mark"
