"""Whatever comes in whatever order: ledger and cells stay equal, everybody is answered, all comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_model import TINY, write_random_adapter
from substrate.inference import Generation, InferenceError, Priority, Prompt, Role, Sampling, Turn
from substrate.inference import jobs as jobs_module
from substrate.inference.native import ContextShape, DecodeResult, NativeContext
from substrate.inference.protocol import Blend, GenerateRequest

from .engine_bench import BROKEN_OFF, CELLS, RAISES, ROWS, Bench, CountedSampler, LateDisk

IDENTITIES = {"paige": "You are Paige. " * 6, "quinn": "You are Quinn. " * 6}
CONVERSATIONS = {name: "paige" if name < "d" else "quinn" for name in "abcdef"}
BLENDS: tuple[Blend, ...] = ((), (), (("calm", 1.0),), (("calm", 0.5), ("wild", 0.5)))


@pytest.fixture(scope="module")
def bench(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("adapters")
    files = {
        name: write_random_adapter(folder / name, TINY, seed=seed)
        for seed, name in enumerate(("calm", "wild"))
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_module, "TokenSampler", CountedSampler)
        made = Bench(tiny_model, files)
        yield made
        made.close()


@pytest.fixture(scope="module")
def fresh(bench: Bench) -> Iterator[NativeContext]:
    context = NativeContext(bench.model, ContextShape(CELLS, 1, ROWS, 1, 1, flash_attention=True))
    yield context
    context.free()


def broken() -> str:
    raise ValueError("no buffer")


def broken_history_text(output: str) -> str:
    raise ValueError("no text")


def too_long() -> str:
    return "y" * CELLS


no_text: Any = list


@dataclass(frozen=True, slots=True)
class Join:
    """A turn of a conversation, behind what was said in it so far."""

    conversation: str
    message: str
    sampling: Sampling
    late: Callable[[], str]
    more: dict[str, Any]


conversations = st.sampled_from(sorted(CONVERSATIONS))
messages = st.text("ab ", min_size=1, max_size=60)
samplings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 1.0]),
    repeat_penalty=st.sampled_from([1.0, 1.3]),
    seed=st.just(1),
    max_tokens=st.integers(1, 30),
    stop=st.sampled_from([(), ("a", "\u0436")]),
)
lates = st.sampled_from([str, lambda: "\n\nMemories: none"])
joins = st.builds(
    Join,
    conversation=conversations,
    message=messages,
    sampling=samplings,
    late=lates,
    more=st.fixed_dictionaries(
        {
            "priority": st.sampled_from(Priority),
            "grammar": st.sampled_from([None, None, 'root ::= "yes it is" | "no"']),
            "drafts": st.sampled_from([(), ("yes it is",), ("w1 w2 w3", "no")]),
            "blend": st.sampled_from(BLENDS),
            "history_text": st.sampled_from([str, str, lambda output: "", broken_history_text]),
        }
    ),
)
faulty_joins = st.one_of(
    st.builds(
        Join, conversations, messages, samplings, st.sampled_from([broken, no_text, too_long]), st.just({})
    ),
    st.builds(Join, conversations, st.just("x " * CELLS), samplings, lates, st.just({})),
    st.builds(
        Join,
        conversations,
        messages,
        samplings,
        lates,
        st.sampled_from([{"grammar": "root ::= ("}, {"blend": (("loud", 1.0),)}]),
    ),
)
refusals = [DecodeResult.NO_CELLS, DecodeResult.ABORTED, -1, -3, BROKEN_OFF, RAISES]
steps = st.tuples(st.just("step"), st.integers(1, 12))
actions = st.one_of(
    *(joins, joins, joins, joins, steps, steps, steps),
    faulty_joins,
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("forget"), st.sampled_from(sorted(IDENTITIES))),
    st.tuples(st.just("take back"), st.sampled_from(sorted(CONVERSATIONS))),
    st.tuples(st.just("type"), st.sampled_from(sorted(CONVERSATIONS)), st.text("ab ", max_size=20)),
    st.tuples(st.just("refuse"), st.lists(st.sampled_from(refusals), max_size=3)),
    st.tuples(st.just("settle")),
    st.tuples(st.just("park")),
    st.tuples(st.just("restart")),
    st.tuples(st.just("disk"), st.integers(0, 6)),
)
brief_joins = st.builds(
    Join,
    conversation=conversations,
    message=st.text("ab ", min_size=40, max_size=60),
    sampling=st.builds(Sampling, temperature=st.just(0.0), max_tokens=st.integers(1, 4)),
    late=lates,
    more=st.fixed_dictionaries({"priority": st.sampled_from(Priority)}),
)
meanwhile = st.one_of(
    brief_joins,
    steps,
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("forget"), st.sampled_from(sorted(IDENTITIES))),
    st.tuples(st.just("type"), st.sampled_from(sorted(CONVERSATIONS)), st.text("ab ", max_size=20)),
    st.tuples(st.just("refuse"), st.lists(st.sampled_from(refusals), max_size=1)),
)
# Each begins anew with what the one before has left on the disk.
lives = st.tuples(
    st.tuples(st.just("restart")),
    st.tuples(st.just("disk"), st.integers(0, 6)),
    *(brief_joins, brief_joins, brief_joins, steps, meanwhile, meanwhile, meanwhile, brief_joins, steps),
    st.tuples(st.just("settle")),
)


class Play:
    """Acts a script out, and knows what was said in each conversation."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.cancelled: set[int] = set()
        self.late_calls: dict[int, int] = {}
        bench.start(folder)

    def act(self, action: Any) -> None:
        bench = self.bench
        jobs = bench.engine.jobs
        match action:
            case Join():
                self._join(action)
            case ("step", int(count)):
                for _ in range(count):
                    bench.step()
            case ("cancel", int(number)):
                if bench.replies:
                    reply = bench.replies[number % len(bench.replies)]
                    self.cancelled.add(id(reply))
                    jobs.cancel(reply)
            case ("forget", str(persona)):
                jobs.forget(persona, None)
            case ("take back", str(conversation)):
                jobs.forget(CONVERSATIONS[conversation], conversation, self._prompt(conversation, ""))
            case ("type", str(conversation), str(text)):
                persona = CONVERSATIONS[conversation]
                jobs.read_ahead(persona, conversation, self._prompt(conversation, text), ())
            case ("refuse", list(answers)):
                bench.context.answers.extend(answers)
            case ("settle",):
                bench.step_until_idle()
            case ("park",):
                jobs.park_one()
            case ("disk", int(steps_late)):
                LateDisk.steps_late = steps_late
            case ("restart",):
                jobs.close(InferenceError("closed"))
                jobs.park_all()
                self.check_nothing_is_under_way()
                bench.restart(self.folder)
        bench.check_ledger()

    def check_nothing_is_under_way(self) -> None:
        bench = self.bench
        bench.check_ledger()
        assert not bench.engine.has_work
        assert all(sequence.job is None for sequence in bench.pool)
        assert not CountedSampler.alive
        assert not bench.handover.is_needed
        for reply in bench.replies:
            ends = len(bench.ends(reply))
            assert ends == 1 or (ends == 0 and id(reply) in self.cancelled)
        assert set(self.late_calls.values()) <= {1}, "a late block is asked for once"

    def _join(self, join: Join) -> None:
        number = len(self.bench.replies)

        def late() -> str:
            self.late_calls[number] = self.late_calls.get(number, 0) + 1
            return join.late()

        prompt = self._prompt(join.conversation, join.message)._replace(late=late)
        persona = CONVERSATIONS[join.conversation]
        self.bench.ask(
            GenerateRequest(f"{number}", persona, join.conversation, prompt, join.sampling, **join.more)
        )

    def _prompt(self, conversation: str, message: str) -> Prompt:
        """With the last exchange of the conversation, if one has ended."""
        history: tuple[Turn, ...] = ()
        for reply in self.bench.replies:
            if reply.request.conversation == conversation:
                for end in self.bench.ends(reply):
                    if isinstance(end, Generation) and end.text:
                        asked = Turn(Role.USER, reply.request.prompt.message)
                        history = (asked, Turn(Role.ASSISTANT, end.text))
        return Prompt(IDENTITIES[CONVERSATIONS[conversation]], history, message, str)


@settings(max_examples=120, derandomize=True, database=None)
@given(st.lists(actions, min_size=20, max_size=60))
def test_cells_sequences_and_samplers_all_come_back(
    bench: Bench, fresh: NativeContext, tmp_path_factory: pytest.TempPathFactory, script: list[Any]
) -> None:
    play_out(bench, fresh, tmp_path_factory.mktemp("parked"), script)


@settings(max_examples=40, derandomize=True, database=None)
@given(st.lists(lives, min_size=2, max_size=5))
def test_what_comes_late_from_the_disk_is_put_where_it_belongs_or_nowhere(
    bench: Bench, fresh: NativeContext, tmp_path_factory: pytest.TempPathFactory, lives: list[tuple[Any, ...]]
) -> None:
    script = [action for life in lives for action in life]
    play_out(bench, fresh, tmp_path_factory.mktemp("parked"), script)


def play_out(bench: Bench, fresh: NativeContext, folder: Path, script: list[Any]) -> None:
    play = Play(bench, folder)
    for action in script:
        play.act(action)
    bench.step_until_idle()
    play.check_nothing_is_under_way()
    bench.check_what_is_kept(fresh)
    for persona in IDENTITIES:
        bench.engine.jobs.forget(persona, None)
    assert bench.pool.tokens_held == 0
    assert all(sequence.conversation is None for sequence in bench.pool)
    bench.check_ledger()
    bench.check_all_cells_are_free()
    bench.stop_parking()
    assert not list(folder.iterdir())
