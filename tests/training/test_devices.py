"""The network is trained where it is told to; lessons are made on the processor."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from training.check import quick_check  # noqa: E402  # after importorskip
from training.model import ModelShape  # noqa: E402
from training.together import Together  # noqa: E402
from training.train import Circumstances, Plan, Taught, Trainer, main  # noqa: E402

SHAPE = ModelShape(vocabulary=400, layers=1, width=32, heads=2, feed_forward=32)
PLAN = Plan(
    batch_tokens=2048,
    taught=Taught(owning=((0, 0),), valuing=((0, 0),), finding=((0, 1),), copying=((0, 1),), kind_layer=0),
)


@pytest.fixture(autouse=True)
def few_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.batches.POOL_LESSONS", 60)


def test_a_step_computes_where_its_network_is(tmp_path: Path) -> None:
    """Whatever a step made without a word of where, another device would refuse to compute with.

    Here torch makes such tensors on `meta`, which does not mix with the processor any more than a GPU does.
    """
    around = Circumstances(tmp_path, precision="float32", compiled=False, tokenizer_lessons=200)
    trainer = Trainer(PLAN, SHAPE, around, Together())
    batches = [batch for _, batch in zip(range(8), trainer._batches(), strict=False)]
    # AdamW counts its steps on the processor, wherever the network is; so its first step is outside.
    trainer.train_batch(batches[0])
    with torch.device("meta"):
        losses = [trainer.train_batch(batch) for batch in batches[1:]]
        without_looks = [batches[0].finding, batches[0].copying, batches[0].owning, batches[0].valuing]
        for looks in without_looks:
            looks.clear()
        trainer.train_batch(batches[0])
        checked = quick_check(trainer.model, trainer.tokenizer, seed=1, per_skill=1)
    assert all(any(of_batch[name] for of_batch in losses) for name in losses[0])
    assert checked


def test_a_batch_is_moved_with_all_that_it_holds(tmp_path: Path) -> None:
    around = Circumstances(tmp_path, precision="float32", compiled=False, tokenizer_lessons=200)
    batch = next(Trainer(PLAN, SHAPE, around, Together())._batches()).to("meta")
    looks = [*batch.finding, *batch.copying, *batch.owning, *batch.valuing]
    assert looks
    of_looks = [tensor for one in looks for tensor in (one.at, one.wanted, one.weights)]
    own = [getattr(batch, name) for name in batch.__slots__]
    tensors = [it for it in own if isinstance(it, torch.Tensor)]
    assert {tensor.device.type for tensor in tensors + of_looks} == {"meta"}


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--device", "cuda"])
    assert "torch finds no GPU here" in capsys.readouterr().err


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_run_on_a_gpu_goes_on_on_the_processor(tmp_path: Path) -> None:
    around = Circumstances(
        tmp_path, device="cuda", precision="float32", compiled=False, tokenizer_lessons=200
    )
    first = Trainer(PLAN, SHAPE, around, Together())
    first.train_batch(next(first._batches()))
    first.save()
    around = Circumstances(tmp_path, precision="float32", compiled=False, tokenizer_lessons=200)
    second = Trainer(PLAN, SHAPE, around, Together())
    assert torch.equal(second.model.embedding, first.model.embedding.cpu())
    second.train_batch(next(second._batches()))
