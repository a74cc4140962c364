"""A text of any shape becomes tokens without harm, and an ordinary one the tokens that it always had."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import gguf
import pytest

from benchmarks import random_model
from benchmarks.random_model import START, TINY, write_random_model
from substrate.inference.native import NativeModel

from .conftest import WAIT_S
from .test_prompt_reader import WORDY, add_sentencepiece_tokenizer

WORDS = replace(TINY, vocabulary=2000)
"""Has tokens of two Cyrillic letters: a word that is cut in another place becomes other tokens."""
LONGEST_MESSAGE = 64 << 10
IN_A_SMALL_STACK = """
import sys, threading
from pathlib import Path
from substrate.inference.native import NativeModel

length = int(sys.argv[2])
units = ["=", "a", "A", " ", "\\n", "\\t", "7", "\\u6f22", "\\u3042", "e\\u0301", "\\U0001f600", "aB-9_"]
units += ["a ", "words and words ", " \\n", "\\n/", "=\\n\\u3000"]
texts = ["=" + unit * (length // len(unit.encode())) for unit in units]
model = NativeModel.load(Path(sys.argv[1]), gpu_layers=0)

def tokenize():
    for text in texts:
        tokens = model.tokenize(text, parse_special=False)
        print(b"".join(map(model.piece, tokens)) == text.encode())

threading.stack_size(512 << 10)  # as on macOS
thread = threading.Thread(target=tokenize)
thread.start()
thread.join()
print("all", len(texts))
"""

WriteModel = Callable[..., Path]


@pytest.fixture(scope="module")
def write_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WriteModel]:
    """A model whose vocabulary splits texts as `pre` says."""
    folder = tmp_path_factory.mktemp("models")
    name = gguf.GGUFWriter.add_tokenizer_pre

    def write(pre: str) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gguf.GGUFWriter, "add_tokenizer_pre", lambda writer, _: name(writer, pre))
            return write_random_model(folder / f"{pre}.gguf", WORDS)

    yield write


@pytest.fixture
def load() -> Iterator[Callable[[Path], NativeModel]]:
    models: list[NativeModel] = []

    def load(path: Path) -> NativeModel:
        models.append(NativeModel.load(path, gpu_layers=0))
        return models[-1]

    yield load
    for model in models:
        model.free()


def in_one(model: NativeModel, text: str) -> list[int]:
    """What llama.cpp makes of the whole text."""
    return model._tokenize_at_once(text, False, False)


@pytest.mark.parametrize(
    "pre",
    ["tekken", "gpt-4o", "deepseek-v3", "deepseek-llm", "falcon", "viking", "bloom", "exaone-moe"],
)
def test_no_message_ends_the_process_whatever_it_is_full_of(write_model: WriteModel, pre: str) -> None:
    program = [sys.executable, "-c", IN_A_SMALL_STACK, str(write_model(pre)), str(LONGEST_MESSAGE)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=WAIT_S)
    assert ended.returncode == 0, ended.stderr[-2000:]
    *spelt, total = ended.stdout.split("\n")[:-1]
    assert total == f"all {len(spelt)}"
    assert set(spelt) == {"True"}


def words(count: int, seed: int) -> list[str]:
    """Of letters that join, and now and then something else."""
    chance = random.Random(seed)
    letters = [chr(code) for code in range(0x0430, 0x0450)]
    others = ["42", "it's", "--", "(so)", "\u6f22\u5b57", "2.5%", "\u201cwell\u201d", "a/b", "\U0001f600"]
    return [
        chance.choice(others) if chance.random() < 0.1 else "".join(chance.choices(letters, k=size))
        for size in chance.choices(range(1, 14), k=count)
    ]


LINES = ["".join(chunk) for chunk in (words(90, seed) for seed in range(40))]
TEXTS = {
    "prose": "\n\n".join(" ".join(words(80, seed)) + "." for seed in range(60)),
    "list": "\n".join(f"- {' '.join(words(20, seed))}" for seed in range(100)),
    "code": "\n".join(f"{' ' * (seed % 5 * 4)}{'.'.join(words(8, seed))}()" for seed in range(200)),
    "windows": "\r\n".join(" ".join(words(30, seed)) for seed in range(50)),
    "unbroken lines": "\n".join(LINES),
}


@pytest.mark.parametrize("pre", ["tekken", "gpt-4o", "deepseek-v3", "falcon", "bloom", "qwen2", "superbpe"])
def test_texts_of_lines_that_are_not_too_long_are_tokenised_whole(
    write_model: WriteModel, load: Callable[[Path], NativeModel], pre: str
) -> None:
    model = load(write_model(pre))
    for name, text in TEXTS.items():
        assert len(text) > 5000
        assert model.tokenize(text, parse_special=False) == in_one(model, text), name


@pytest.mark.parametrize(
    "pre", ["tekken", "gpt-4o", "deepseek-v3", "deepseek-llm", "falcon", "viking", "bloom", "qwen2"]
)
def test_a_long_paragraph_keeps_its_tokens(
    write_model: WriteModel, load: Callable[[Path], NativeModel], pre: str
) -> None:
    model = load(write_model(pre))
    for seed in range(5):
        paragraph = " ".join(words(2000, seed))
        assert model.tokenize(paragraph, parse_special=False) == in_one(model, paragraph)


def test_what_stands_before_and_behind_something_unbroken_keeps_its_tokens(
    write_model: WriteModel, load: Callable[[Path], NativeModel]
) -> None:
    model = load(write_model("tekken"))
    before, behind = TEXTS["prose"], TEXTS["list"]
    tokens = model.tokenize(f"{before}\n{'=' * 5000}\n{behind}", parse_special=False)
    alone, after = in_one(model, before), in_one(model, behind)
    assert tokens[: len(alone)] == alone
    assert tokens[-len(after) + 1 :] == after[1:]  # its first character joins with the line end


def test_what_a_model_wants_around_a_text_stands_around_all_of_it(
    tmp_path: Path, load: Callable[[Path], NativeModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_bos = gguf.GGUFWriter.add_add_bos_token
    monkeypatch.setattr(gguf.GGUFWriter, "add_add_bos_token", lambda writer, _: add_bos(writer, True))

    def describe(writer: gguf.GGUFWriter) -> None:
        writer.add_bos_token_id(256)
        writer.add_add_eos_token(True)

    model = load(write_random_model(tmp_path / "both.gguf", TINY, describe=describe))
    assert model.special_text(model.bos) == START
    for text in ("short", "=" * 5000):
        plain = model.tokenize(text, parse_special=False)
        whole = model.tokenize(text, parse_special=False, add_special=True)
        assert whole == [model.bos, *plain, model.eos]


def test_a_vocabulary_that_puts_a_space_before_a_text_puts_none_into_it(
    tmp_path: Path, load: Callable[[Path], NativeModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_model, "add_byte_tokenizer", add_sentencepiece_tokenizer)
    model = load(write_random_model(tmp_path / "pieces.gguf", WORDY))
    text = "you" * 2000
    tokens = model.tokenize(text, parse_special=False)
    assert b"".join(map(model.piece, tokens)).decode() == f" {text}"
