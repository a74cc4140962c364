"""Muon's steps are orthogonal, and the same however many processes share the work."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training.optimiser import Muon, orthogonalised  # noqa: E402  # after importorskip
from training.together import Together, run_together  # noqa: E402

SHAPES = ((8, 8), (24, 8), (8, 16))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_orthogonalised_matrix_turns_but_hardly_scales(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    matrix = torch.randn(shape) * 30.0
    found = orthogonalised(matrix, torch.float32)
    assert found.shape == matrix.shape
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    turned = left.mT @ found @ right.mT
    assert ((turned.diagonal() > 0.5) & (turned.diagonal() < 1.5)).all()
    assert (turned - torch.diag(turned.diagonal())).abs().max() < 1e-3


def test_a_step_has_the_size_that_adamw_has() -> None:
    """Root mean square 0.2 times the rate, and the matrix shrinks by rate times weight decay."""
    torch.manual_seed(2)
    matrix = torch.nn.Parameter(torch.ones(64, 16))
    matrix.grad = torch.randn(64, 16)
    Muon([matrix], lr=0.1, weight_decay=0.5, dtype=torch.float32, peers=Together()).step()
    moved = matrix.detach() - (1 - 0.1 * 0.5)
    assert 0.5 < moved.square().mean().sqrt().item() / (0.1 * 0.2) < 1.5
    assert (moved * matrix.grad).sum() < 0


def _stepped(peers: Together) -> list[Any]:
    torch.manual_seed(3)
    matrices = [torch.nn.Parameter(torch.randn(shape)) for shape in SHAPES]
    optimiser = Muon(matrices, lr=0.1, weight_decay=0.1, dtype=torch.float32, peers=peers)
    for _ in range(3):
        for matrix in matrices:
            matrix.grad = torch.randn(matrix.shape)
        optimiser.step()
    return matrices


def _write_stepped(folder: Path, peers: Together) -> None:
    found = [matrix.tolist() for matrix in _stepped(peers)]
    (folder / f"{peers.rank}.json").write_text(json.dumps(found))


def test_processes_that_share_the_matrices_step_as_one_alone(tmp_path: Path) -> None:
    run_together(2, partial(_write_stepped, tmp_path))
    alone = _stepped(Together())
    for rank in range(2):
        together = json.loads((tmp_path / f"{rank}.json").read_text())
        for mine, other in zip(alone, together, strict=True):
            torch.testing.assert_close(mine.detach(), torch.tensor(other))
