"""How often is the embedded model right? `python -m benchmarks.exam [--model PATH] --json`

Plays the exam (benchmarks/exam_questions) through the prompt composition of the run time and llama.cpp,
greedily, each question on its own. Prints a table, with `--mistakes N` the first N wrong answers of each
skill, and with `--json` the share correct per skill as the last line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import Llama
from llama_cpp.llama_grammar import LlamaGrammar

from benchmarks._measure import benchmark_arguments
from benchmarks.exam_questions.grading import MOST_TOKENS, Reply, is_right, is_well_formed
from benchmarks.exam_questions.questions import SKILLS, Question, compose
from substrate.inference.chat_template import ChatTemplate
from substrate.inference.protocol import Prompt
from substrate.models import EMBEDDED_MODEL
from substrate.persona.decision import DECISION_GRAMMAR

QUESTIONS = 300
SEED = 1


class Examinee:
    """A GGUF model that answers prompts greedily."""

    def __init__(self, path: Path, context: int = 2048, threads: int = 2) -> None:
        self._llama = Llama(
            str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False
        )
        self._template = ChatTemplate.parse(self._llama.metadata["tokenizer.chat_template"])

    def answer(self, prompt: Prompt, grammar: str | None = None) -> Reply:
        ids: list[int] = []
        for piece in self._template.pieces(prompt):
            ids += self._llama.tokenize(piece.text.encode(), add_bos=False, special=piece.is_frame)
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


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    reply: Reply

    @property
    def right(self) -> bool:
        return is_right(self.question, self.reply)


def sit_exam(
    examinee: Examinee, skills: Sequence[str], count: int, seed: int
) -> Iterator[tuple[str, list[Answered]]]:
    """Ask `count` questions of each skill; yields each skill's answers as they are complete."""
    for skill in skills:
        grammar = DECISION_GRAMMAR if skill == "decision" else None
        yield (
            skill,
            [
                Answered(question, examinee.answer(question.prompt, grammar))
                for question in compose(skill, count, seed)
            ],
        )


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--model", type=Path, default=EMBEDDED_MODEL, help="GGUF to examine (default: the embedded)"
    )
    parser.add_argument("--skills", nargs="+", choices=SKILLS, default=SKILLS, metavar="SKILL")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="per skill (default %(default)s)")
    parser.add_argument("--mistakes", type=int, default=0, help="wrong answers to show per skill")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    examinee = Examinee(options.model, threads=options.threads)
    shares: dict[str, float] = {}
    replies: list[Reply] = []
    print(f"{'skill':<12} {'right':>7}  of {options.questions} questions each")
    for skill, answered in sit_exam(examinee, options.skills, options.questions, SEED):
        shares[skill] = round(sum(answer.right for answer in answered) / len(answered), 4)
        # Under a grammar the form is forced, so decisions say nothing about it.
        replies += [answer.reply for answer in answered if skill != "decision"]
        print(f"{skill:<12} {shares[skill]:>7.1%}", flush=True)
        for answer in [answer for answer in answered if not answer.right][: options.mistakes]:
            wanted = ", ".join(answer.question.wanted) or "-"
            message = answer.question.prompt.message
            print(f"    {message}  | wanted: {wanted} | said: {answer.reply.text!r}")
    if replies:
        shares["form"] = round(sum(is_well_formed(reply) for reply in replies) / len(replies), 4)
        print(f"{'form':<12} {shares['form']:>7.1%}")
    if options.json:
        print(json.dumps(shares))


if __name__ == "__main__":
    main()
