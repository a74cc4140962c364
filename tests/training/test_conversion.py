"""A network trained here is the same network in llama.cpp: tokens, logits and metadata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("gguf")

from llama_cpp import Llama  # noqa: E402  # after importorskip: collected without the train extra

from substrate.models import EMBEDDED_MODEL  # noqa: E402
from substrate.persona.prompt import LAYOUT_VERSION  # noqa: E402
from training import grow  # noqa: E402
from training.check import greedy  # noqa: E402
from training.convert import ConversionError, Trained, mean_of, read_gguf, write_gguf  # noqa: E402
from training.encoding import encode  # noqa: E402
from training.generator import make_lesson  # noqa: E402
from training.kinds import KINDS  # noqa: E402
from training.lesson import Difficulty  # noqa: E402
from training.model import ModelShape, Seedling  # noqa: E402
from training.together import Together  # noqa: E402
from training.tokenizer import TEMPLATE, PieceTokenizer  # noqa: E402
from training.train import (  # noqa: E402
    Circumstances,
    Plan,
    Taught,
    Trainer,
    TrainingError,
    load_checkpoint,
    prepare_run,
    prepare_tokenizer,
)

ONE_LAYER = Taught(owning=(), valuing=(), kind_layer=0, finding=((0, 0),), copying=())
SHAPE = ModelShape(vocabulary=400, layers=2, width=64, heads=2, feed_forward=96, context=512)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    prepare_tokenizer(path, SHAPE.vocabulary, seed=1, lessons=200)
    torch.manual_seed(1)
    return Trained(Seedling(SHAPE).eval(), path, tokens_seen=7)


@pytest.fixture(scope="module")
def llama(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Llama:
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_gguf(trained, path, exam={"identity": 1.0})
    return Llama(str(path), n_ctx=512, n_threads=1, logits_all=True, verbose=False)


def test_llama_cpp_tokenises_every_piece_as_training_did(trained: Trained, llama: Llama) -> None:
    tokenizer = PieceTokenizer.load(trained.tokenizer_path)
    random = Random(4)
    for _ in range(20):
        for piece in TEMPLATE.pieces(make_lesson(random, Difficulty()).prompt):
            expected = tokenizer.encode(piece)
            assert llama.tokenize(piece.text.encode(), add_bos=False, special=piece.is_frame) == expected


def test_what_the_network_writes_does_not_depend_on_what_it_should_write() -> None:
    """The lesson's reply is read along to save time; greedy decoding token by token says the same."""
    shipped = read_gguf(EMBEDDED_MODEL)
    tokenizer, random = PieceTokenizer(shipped.tokenizer), Random(9)
    lessons = [make_lesson(random, Difficulty(most_memories=2)) for _ in range(2)]
    said = greedy(shipped.model, tokenizer, lessons, most=6)
    cut = [lesson.reply[: len(lesson.reply) // 2] for lesson in lessons]
    for others in (["Good evening!"] * len(lessons), cut):
        wrong = [replace(lesson, reply=other) for lesson, other in zip(lessons, others, strict=True)]
        assert greedy(shipped.model, tokenizer, wrong, most=6) == said
    assert any(lesson.reply.startswith(one) for one, lesson in zip(said, lessons, strict=True))


def test_contents_are_never_read_as_special_tokens(trained: Trained) -> None:
    tokenizer = PieceTokenizer.load(trained.tokenizer_path)
    assert tokenizer.turn_end_id not in tokenizer.encode_content("she typed <|im_end|> by hand")


def test_logits_agree_up_to_quantisation(trained: Trained, llama: Llama) -> None:
    tokenizer = PieceTokenizer.load(trained.tokenizer_path)
    ids = encode(make_lesson(Random(5), Difficulty(most_memories=2)), tokenizer).ids[:200]
    llama.reset()  # type: ignore[no-untyped-call]  # llama-cpp-python leaves it untyped
    llama.eval(ids)
    theirs = np.array(llama.scores[: len(ids)])
    with torch.no_grad():
        hidden = trained.model(torch.tensor([ids]), torch.arange(len(ids))[None])
        ours = trained.model.logits(hidden)[0].numpy()
    root_mean_square = np.sqrt(np.mean((ours - theirs) ** 2) / np.mean(ours**2))
    assert root_mean_square < 0.05


def test_metadata_says_what_the_model_is(llama: Llama) -> None:
    assert llama.metadata["general.architecture"] == "llama"
    assert llama.metadata["general.license"] == "apache-2.0"
    assert llama.metadata["seedling.prompt_layout_version"] == str(LAYOUT_VERSION)
    assert llama.metadata["seedling.exam"] == '{"identity": 1.0}'
    assert "im_start" in llama.metadata["tokenizer.chat_template"]


def test_what_was_written_can_be_read_again(trained: Trained, tmp_path: Path) -> None:
    write_gguf(trained, tmp_path / "tiny.gguf", exam=None)
    read = read_gguf(tmp_path / "tiny.gguf")
    assert (read.model.shape, read.tokens_seen) == (SHAPE, 7)
    for name, weight in trained.model.state_dict().items():
        # Q8_0: a block of 32 has steps of 1/127 of its largest weight, which is stored in float16.
        assert (read.model.state_dict()[name] - weight).abs().max() <= weight.abs().max() * 0.005
    text = "Zürich, 4 May: a <|im_end|> typed by hand"
    known, found = PieceTokenizer.load(trained.tokenizer_path), PieceTokenizer(read.tokenizer)
    assert found.encode_content(text) == known.encode_content(text)
    assert found.decode(found.encode_content(text)) == text


def test_the_mean_of_two_networks_lies_between_them(trained: Trained, tmp_path: Path) -> None:
    torch.manual_seed(2)
    other = Trained(Seedling(SHAPE).eval(), trained.tokenizer_path, 3)
    write_gguf(other, tmp_path / "other.gguf", exam=None)
    earlier = read_gguf(tmp_path / "other.gguf")
    mean = mean_of(trained, earlier, 0.25)
    assert mean.tokens_seen == trained.tokens_seen
    expected = 0.75 * trained.model.embedding + 0.25 * earlier.model.embedding
    torch.testing.assert_close(mean.model.embedding, expected)
    smaller = Trained(Seedling(replace(SHAPE, layers=1)), trained.tokenizer_path, 3)
    with pytest.raises(ConversionError, match="one shape"):
        mean_of(smaller, earlier, 0.25)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_deeper_seedling_says_the_same(trained: Trained, tmp_path: Path, at: int) -> None:
    write_gguf(trained, tmp_path / "tiny.gguf", exam=None)
    grow.main([str(tmp_path / "tiny.gguf"), "--at", str(at), "--out", str(tmp_path / "deeper.gguf")])
    old, new = read_gguf(tmp_path / "tiny.gguf"), read_gguf(tmp_path / "deeper.gguf")
    assert (new.model.shape, new.tokens_seen) == (replace(SHAPE, layers=SHAPE.layers + 1), old.tokens_seen)
    assert new.tokenizer.get_vocab() == old.tokenizer.get_vocab()
    ids = torch.randint(SHAPE.vocabulary, (1, 60))
    with torch.no_grad():
        said = [it.model.logits(it.model(ids, torch.arange(60)[None])) for it in (old, new)]
    torch.testing.assert_close(said[1], said[0])
    # Its own weights are not zero, but for what it writes: it can learn from the first step on.
    block = new.model.blocks[at]
    assert not block.get_parameter("attention_out").any()
    assert not block.get_parameter("down").any()
    assert block.get_parameter("query").any()
    assert block.get_parameter("gate").any()


def test_growing_refuses_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--out", str(tmp_path / "out.gguf")]
    with pytest.raises(SystemExit, match=r"absent\.gguf"):
        grow.main([str(tmp_path / "absent.gguf"), "--at", "0", *arguments])
    with pytest.raises(SystemExit):
        grow.main([str(EMBEDDED_MODEL), "--at", "99", *arguments])
    assert "must lie between 0 and" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no such thing", b"GGUF" + bytes(20)])
def test_what_is_no_seedling_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.gguf").write_bytes(content)
    with pytest.raises(ConversionError, match=r"other\.gguf"):
        read_gguf(tmp_path / "other.gguf")
    with pytest.raises(ConversionError, match=r"absent\.gguf"):
        read_gguf(tmp_path / "absent.gguf")


def test_a_run_can_start_from_a_seedling(trained: Trained, tmp_path: Path) -> None:
    write_gguf(trained, tmp_path / "tiny.gguf", exam=None)
    around = Circumstances(
        tmp_path / "run", precision="float32", compiled=False, start_from=tmp_path / "tiny.gguf"
    )
    plan = Plan(tokens=12_000, batch_tokens=1024, taught=ONE_LAYER)
    with pytest.raises(TrainingError, match="another shape"):
        prepare_run(around, replace(SHAPE, layers=1), plan.seed)
    prepare_run(around, SHAPE, plan.seed)
    first = Trainer(plan, SHAPE, around, Together())
    assert first.tokens_seen == 7
    assert torch.equal(first.model.embedding, read_gguf(tmp_path / "tiny.gguf").model.embedding)
    first.stop()
    first.run()
    # From its own checkpoint from now on, even if the file is still named.
    second = Trainer(plan, SHAPE, around, Together())
    assert second.tokens_seen == first.tokens_seen > 7
    assert torch.equal(second.model.embedding, first.model.embedding)


def test_taught_positions_are_the_replies_and_their_end(trained: Trained) -> None:
    tokenizer = PieceTokenizer.load(trained.tokenizer_path)
    random = Random(6)
    for _ in range(20):
        lesson = make_lesson(random, Difficulty(most_memories=3))
        sample = encode(lesson, tokenizer)
        targets = [token for token, weight in zip(sample.ids[1:], sample.weights, strict=False) if weight]
        assert targets.count(tokenizer.turn_end_id) == sum(lesson.taught) + 1
        assert tokenizer.decode(targets[-1 - len(tokenizer.encode_content(lesson.reply)) :]) == lesson.reply


def _flat(state: Any, name: str = "") -> dict[str, Any]:
    """Every leaf of a checkpoint by its path."""
    if isinstance(state, dict | list | tuple):
        items = state.items() if isinstance(state, dict) else enumerate(state)
        return {path: leaf for key, value in items for path, leaf in _flat(value, f"{name}/{key}").items()}
    return {name: state}


def test_an_interrupted_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    shape = ModelShape(vocabulary=400, layers=1, width=32, heads=1, feed_forward=32)
    around = Circumstances(tmp_path, threads=1, precision="float32", compiled=False, tokenizer_lessons=200)
    plan = Plan(tokens=12_000, batch_tokens=2048, taught=ONE_LAYER)
    first = Trainer(plan, shape, around, Together())
    first.run()
    saved = _flat(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    second = Trainer(plan, shape, around, Together())
    assert (second.step, second.tokens_seen) == (first.step, first.tokens_seen)
    assert first.step > 0
    assert first.reader.weight.any()
    second.save()
    again = _flat(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert again.keys() == saved.keys()
    assert any("momentum" in name for name in saved)
    for name, value in saved.items():
        same = torch.equal(again[name], value) if isinstance(value, torch.Tensor) else again[name] == value
        assert same, name


def test_a_run_that_is_asked_to_stop_keeps_what_it_has(tmp_path: Path) -> None:
    shape = ModelShape(vocabulary=400, layers=1, width=32, heads=1, feed_forward=32)
    around = Circumstances(tmp_path, threads=1, precision="float32", compiled=False, tokenizer_lessons=200)
    plan = Plan(tokens=10**9, batch_tokens=2048, taught=ONE_LAYER)
    trainer = Trainer(plan, shape, around, Together())
    trainer.stop()
    assert trainer.run() is False
    assert trainer.step == 1
    assert Trainer(plan, shape, around, Together()).step == 1


@pytest.mark.parametrize("what", ["shape", "kinds"])
def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path, what: str) -> None:
    shape = ModelShape(vocabulary=400, layers=1, width=32, heads=1, feed_forward=32)
    saved = {"shape": shape.as_dict(), "kinds": list(KINDS)}
    torch.save(saved, tmp_path / "checkpoint.pt")
    assert load_checkpoint(tmp_path / "checkpoint.pt", shape) == saved
    other = {"shape": replace(shape, rope_base=10000.0).as_dict(), "kinds": [*KINDS][::-1]}
    torch.save({**saved, what: other[what]}, tmp_path / "checkpoint.pt")
    with pytest.raises(TrainingError, match=rf"another {what}.*--run"):
        load_checkpoint(tmp_path / "checkpoint.pt", shape)
