"""How often is the embedded model right? `python -m benchmarks.exam [--model PATH] --json`

Plays the exam (benchmarks/exam_questions) through the prompt composition of the run time and llama.cpp,
greedily, each question on its own. Prints a table, with `--mistakes N` the first N wrong answers of each
skill, and with `--json` the share correct per skill as the last line. `load_and_first_token_s` is the median
time from opening the file to the first token of a reply. `--wording blind` tells and asks for the same facts
in other sentences. `--chatter 30` asks behind thirty answered lines of chatter in the visible conversation.

With `--through-program N` the first N questions of the skills that memory has a part in are also told to and
asked of the real program (benchmarks/exam_questions/through_program.py); `through_program_direct` are the
same N questions asked directly, `through_program_shown` is the share of questions whose answer stood in the
memories that the program showed to the model.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import Llama
from llama_cpp.llama_grammar import LlamaGrammar

from benchmarks._measure import at_least_one, benchmark_arguments
from benchmarks.exam_questions.blind_kinds import BLIND_KINDS
from benchmarks.exam_questions.grading import MOST_TOKENS, Reply, is_right, is_well_formed
from benchmarks.exam_questions.questions import (
    CHATTER_LINES,
    EXAM,
    SKILLS,
    Question,
    Wording,
    behind_chatter,
    compose,
)
from benchmarks.exam_questions.through_program import THROUGH_PROGRAM_SKILLS, play
from substrate.inference.chat_template import ChatTemplate
from substrate.inference.model_file import check_model_file
from substrate.inference.protocol import ModelLoadError, Prompt
from substrate.models import EMBEDDED_MODEL
from substrate.persona.decision import DECISION_GRAMMAR

QUESTIONS = 300
SEED = 1
WORDINGS = {"exam": EXAM, "blind": Wording(BLIND_KINDS)}
LOADS = 5
"""Loads behind `load_and_first_token_s`."""


class Examinee:
    """A GGUF model that answers prompts greedily."""

    def __init__(self, path: Path, context: int = 2048, threads: int = 2) -> None:
        self._llama = Llama(
            str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False
        )
        self._template = ChatTemplate.parse(self._llama.metadata["tokenizer.chat_template"])

    def first_token(self, prompt: Prompt) -> int:
        return next(iter(self._llama.generate(self._ids(prompt), temp=0.0, repeat_penalty=1.0)))

    def answer(self, prompt: Prompt, grammar: str | None = None) -> Reply:
        ids = self._ids(prompt)
        written: list[int] = []
        ended = False
        rules = LlamaGrammar.from_string(grammar, verbose=False) if grammar else None
        for token in self._llama.generate(ids, temp=0.0, repeat_penalty=1.0, grammar=rules):
            if token == self._llama.token_eos():
                ended = True
                break
            if len(written) > MOST_TOKENS:
                break
            written.append(token)
        return Reply(self._llama.detokenize(written), len(written), ended)

    def _ids(self, prompt: Prompt) -> list[int]:
        ids: list[int] = []
        for piece in self._template.pieces(prompt):
            ids += self._llama.tokenize(piece.text.encode(), add_bos=False, special=piece.is_frame)
        return ids


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    reply: Reply

    @property
    def right(self) -> bool:
        return is_right(self.question, self.reply)


def sit_exam(
    examinee: Examinee,
    skills: Sequence[str],
    count: int,
    seed: int,
    wording: Wording = EXAM,
    chatter_lines: int = 0,
) -> Iterator[tuple[str, list[Answered]]]:
    """Ask `count` questions of each skill; yields each skill's answers as they are complete."""
    for skill in skills:
        grammar = DECISION_GRAMMAR if skill == "decision" else None
        questions = compose(skill, count, seed, wording)
        if chatter_lines:
            questions = [behind_chatter(question, chatter_lines) for question in questions]
        yield (
            skill,
            [Answered(question, examinee.answer(question.prompt, grammar)) for question in questions],
        )


def load_and_first_token_s(path: Path, threads: int) -> float:
    """Median seconds from opening the file to the first token of the reply to one question."""
    prompt = compose("recall_5", 1, SEED)[0].prompt
    times_s: list[float] = []
    for _ in range(LOADS):
        started_s = time.perf_counter()
        Examinee(path, threads=threads).first_token(prompt)
        times_s.append(time.perf_counter() - started_s)
    return statistics.median(times_s)


def ask_through_program(
    examinee: Examinee, model: Path, count: int, seed: int, mistakes: int
) -> dict[str, dict[str, float]]:
    """The first `count` questions of each skill, asked of the program and of the model itself."""
    questions = [question for skill in THROUGH_PROGRAM_SKILLS for question in compose(skill, count, seed)]
    played = play(questions, ["--model", str(model)], lambda text: print(text, file=sys.stderr, flush=True))
    through: dict[str, float] = {}
    direct: dict[str, float] = {}
    shown: dict[str, float] = {}
    print(f"\n{'through the program':<20} {'right':>7} {'direct':>7} {'shown':>7}  of {count} questions each")
    for skill in THROUGH_PROGRAM_SKILLS:
        answers = [one for one in played if one.question.skill == skill]
        directly = [
            is_right(question, examinee.answer(question.prompt)) for question in compose(skill, count, seed)
        ]
        through[skill] = _share([is_right(one.question, one.reply) for one in answers])
        direct[skill] = _share(directly)
        print(f"{skill:<20} {through[skill]:>7.1%} {direct[skill]:>7.1%}", end="")
        if answers[0].question.wanted and skill != "noting":
            shown[skill] = _share([one.shown for one in answers])
            print(f" {shown[skill]:>7.1%}", end="")
        print(flush=True)
        for one in [one for one in answers if not is_right(one.question, one.reply)][:mistakes]:
            _show_mistake(one.question, one.reply)
    through["form"] = _share([is_well_formed(one.reply) for one in played])
    print(f"{'form':<20} {through['form']:>7.1%}")
    return {
        "through_program": through,
        "through_program_direct": direct,
        "through_program_shown": shown,
    }


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4)


def _show_mistake(question: Question, reply: Reply) -> None:
    wanted = ", ".join(question.wanted) or "-"
    print(f"    {question.prompt.message}  | wanted: {wanted} | said: {reply.text!r}")


def _model(text: str) -> Path:
    try:
        check_model_file(Path(text))
    except ModelLoadError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return Path(text)


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--model", type=_model, default=EMBEDDED_MODEL, help="GGUF to examine (default: the embedded)"
    )
    parser.add_argument("--skills", nargs="+", choices=SKILLS, metavar="SKILL", help="default: all")
    parser.add_argument(
        "--questions", type=at_least_one, default=QUESTIONS, help="per skill (default %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=SEED,
        help="other questions: what is chosen by the questions that are reported is flattered by them "
        "(default %(default)s)",
    )
    parser.add_argument(
        "--through-program", type=int, default=0, metavar="N", help="questions per skill (default: none)"
    )
    parser.add_argument(
        "--wording",
        choices=WORDINGS,
        default="exam",
        help="blind: facts are told and asked for in sentences written without a look at the exam's or "
        "training's (default: %(default)s)",
    )
    parser.add_argument(
        "--chatter",
        type=int,
        choices=range(CHATTER_LINES + 1),
        default=0,
        metavar="LINES",
        help=f"answered lines of chatter, up to {CHATTER_LINES}, in the conversation before each question of "
        f"{', '.join(THROUGH_PROGRAM_SKILLS)} (default: none)",
    )
    parser.add_argument("--mistakes", type=int, default=0, help="wrong answers to show per skill")
    parser.add_argument("--threads", type=at_least_one, default=2)
    options = parser.parse_args()
    skills = options.skills or (THROUGH_PROGRAM_SKILLS if options.chatter else SKILLS)
    if options.chatter and not set(skills) <= set(THROUGH_PROGRAM_SKILLS):
        parser.error(f"--chatter goes with --skills of {', '.join(THROUGH_PROGRAM_SKILLS)} only")
    result: dict[str, object] = {}
    replies: list[Reply] = []
    loading_s = load_and_first_token_s(options.model, options.threads)
    examinee = Examinee(options.model, threads=options.threads)
    print(f"load and first token: {loading_s:.3f} s\n")
    print(f"{'skill':<12} {'right':>7}  of {options.questions} questions each")
    wording = WORDINGS[options.wording]
    exam = sit_exam(examinee, skills, options.questions, options.seed, wording, options.chatter)
    for skill, answered in exam:
        share = _share([answer.right for answer in answered])
        result[skill] = share
        # Under a grammar the form is forced, so decisions say nothing about it.
        replies += [answer.reply for answer in answered if skill != "decision"]
        print(f"{skill:<12} {share:>7.1%}", flush=True)
        for answer in [answer for answer in answered if not answer.right][: options.mistakes]:
            _show_mistake(answer.question, answer.reply)
    if replies:
        share = _share([is_well_formed(reply) for reply in replies])
        result["form"] = share
        print(f"{'form':<12} {share:>7.1%}")
    if options.through_program:
        result |= ask_through_program(
            examinee, options.model, options.through_program, options.seed, options.mistakes
        )
    if options.json:
        print(json.dumps({**result, "load_and_first_token_s": round(loading_s, 4)}))


if __name__ == "__main__":
    main()
