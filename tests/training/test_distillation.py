"""Learning from other models: their draws, the shares of the loss, and runs with teachers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from pentrace.checkpoint import load, save
from pentrace.checkpoint.architecture import Architecture
from pentrace.data.dataset import write_shards
from pentrace.errors import CheckpointError, TrainingError
from pentrace.ink import WHITEBOARD_SCALE
from pentrace.training import train as training
from pentrace.training.distillation import Teachers, drawn, named
from pentrace.training.loss import Loss, Targets, negative_log_likelihood
from pentrace.training.model import Handwriting, pack, parameters, unpack
from tests.training.test_train import TINY, rows, waves

MIXTURES = 3


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Lines to train on, and to validate on."""
    folder = tmp_path_factory.mktemp("data")
    write_shards(waves(20), folder / "train")
    write_shards(waves(6, seed=9), folder / "val")
    return folder / "train", folder / "val"


@pytest.fixture(scope="module")
def teachers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two models of other sizes, whose weights are random."""
    folder = tmp_path_factory.mktemp("teachers")
    paths = []
    for seed, hidden in ((1, 7), (2, 12)):
        torch.manual_seed(seed)
        model = Handwriting(Architecture(1, hidden, MIXTURES, normalised=True, code=2))
        torch.nn.init.normal_(model.head.weight, 0, 0.5)
        paths.append(folder / f"{seed}.safetensors")
        save(pack(model, "t", {}), paths[-1])
    return paths


def test_draws_have_the_moments_of_the_mixture() -> None:
    torch.manual_seed(3)
    z = torch.randn(1 + 6 * MIXTURES) * 0.7
    e, *rest = torch.split(parameters(z), [1] + [MIXTURES] * 6)
    pi, mu_x, mu_y, sigma_x, sigma_y, rho = (part.double() for part in rest)
    found = drawn(z.expand(400_000, -1)).double()
    mean = torch.stack([(pi * mu_x).sum(), (pi * mu_y).sum()])
    torch.testing.assert_close(found[:, :2].mean(0), mean, atol=0.02, rtol=0)
    square = (pi * (sigma_x**2 + mu_x**2)).sum(), (pi * (sigma_y**2 + mu_y**2)).sum()
    torch.testing.assert_close(found[:, :2].square().mean(0), torch.stack(square), atol=0.02, rtol=0.02)
    together = (pi * (rho * sigma_x * sigma_y + mu_x * mu_y)).sum()
    assert float(found[:, :2].prod(1).mean()) == pytest.approx(float(together), abs=0.03)
    assert float(found[:, 2].mean()) == pytest.approx(float(e), abs=0.005)
    assert set(found[:, 2].tolist()) == {0.0, 1.0}


def test_targets_come_first_and_draws_follow_the_teacher(teachers: list[Path]) -> None:
    torch.manual_seed(4)
    inputs, targets = torch.randn(40, 6, 3), torch.randn(40, 6, 3)
    some = Teachers(teachers[:1], share=0.6, draws=400, dtype=torch.float32)
    torch.testing.assert_close(some.shares, torch.tensor([0.4] + [0.0015] * 400))
    some.begin()
    # in two windows: the teacher's state is carried over
    beside = torch.cat([some.beside(inputs[k : k + 20], targets[k : k + 20]) for k in (0, 20)], 1)
    assert torch.equal(beside[0], targets)
    carried, anew = means(teachers[0], inputs)[20:], means(teachers[0], inputs[20:])

    def off(draws: torch.Tensor, mean: torch.Tensor) -> float:
        return float((draws.mean(0) - mean)[:3].square().mean())

    assert off(beside[1:, 20:], carried) < 0.8 * off(beside[1:, 20:], anew)
    some.begin()
    again = some.beside(inputs[20:], targets[20:])
    assert off(again[1:], anew) < 0.8 * off(again[1:], carried)


def test_rests_are_learned_from_what_was_written(teachers: list[Path]) -> None:
    torch.manual_seed(6)
    still = unpack(load(teachers[0])).requires_grad_(False)
    # a teacher that rests at half of the points, whatever was written
    torch.nn.init.zeros_(still.head.weight)
    still.head.bias.copy_(torch.tensor([0.0, 0, 0, -99, 0, 3, 0, 0, 3, 0, -9, -1, 0, -9, -1, 0, 0, 0, 0]))
    some = Teachers(teachers[:1], share=0.5, draws=300, dtype=torch.float32)
    some.models[0] = still
    inputs, targets = torch.randn(2, 1, 3), torch.randn(2, 1, 3)
    targets[0, 0, :2] = torch.tensor([0.0, 0.4 * WHITEBOARD_SCALE])
    some.begin()
    _, *draws = some.beside(inputs, targets)
    rested, moved = torch.stack(draws)[:, :, 0].unbind(1)
    assert torch.equal(rested, targets[0].expand_as(rested))
    own = (moved == targets[1]).all(-1)
    assert 0.4 < float(own.float().mean()) < 0.6, "where the teacher rests, what was written"
    assert float(moved[~own, :2].mean()) == pytest.approx(3.0, abs=0.2), "else what the teacher would write"


@torch.no_grad()
def means(path: Path, inputs: torch.Tensor) -> torch.Tensor:
    """What a model expects after each of the inputs, read from their beginning."""
    z, _ = unpack(load(path))(inputs)
    e, pi, mu_x, mu_y, *_ = torch.split(parameters(z), [1] + [MIXTURES] * 6, -1)
    return torch.stack([(pi * mu_x).sum(-1), (pi * mu_y).sum(-1), e[..., 0]], -1)


def test_batches_take_turns_among_teachers(teachers: list[Path]) -> None:
    both = Teachers(teachers, share=0.5, draws=1, dtype=torch.float32)
    seen = set()
    for seed in range(12):
        torch.manual_seed(seed)
        both.begin()
        seen.add(id(both._now))
    assert seen == {id(model) for model in both.models}


def test_the_value_is_that_of_the_targets_and_the_gradient_that_of_all() -> None:
    torch.manual_seed(5)
    model = Handwriting(Architecture(1, 8, MIXTURES))
    inputs, targets, mask = torch.randn(7, 3, 3), torch.randn(2, 7, 3, 3), torch.rand(7, 3) > 0.3
    shares = torch.tensor([0.25, 0.75])
    total = Loss(model)(inputs, None, None, Targets(targets, shares, mask))[0].points
    z, _ = model(inputs)
    nats = [negative_log_likelihood(z[mask], target[mask]) for target in targets]
    real, other = ((each.position + each.pen).sum() for each in nats)
    torch.testing.assert_close(total, real)
    found = torch.autograd.grad(total, list(model.parameters()))
    expected = torch.autograd.grad(0.25 * real + 0.75 * other, list(model.parameters()))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)


def test_a_run_with_teachers_resumes_with_the_same_losses(
    data: tuple[Path, Path], teachers: list[Path], tmp_path: Path
) -> None:
    def kill(progress: training.Progress) -> None:
        if progress.step >= 7:
            raise InterruptedError

    def run(name: str, **more: object) -> None:
        training.train(TINY, data[:1], data[1:], tmp_path / name, teachers=teachers, **more)  # type: ignore[arg-type]

    run("whole")
    with pytest.raises(InterruptedError):
        run("cut", report=kill)
    with pytest.raises(
        TrainingError, match="teachers: expected those with which the run began, found others"
    ):
        training.train(TINY, data[:1], data[1:], tmp_path / "cut", teachers=teachers[:1], resume=True)
    run("cut", resume=True)
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")
    told = load(tmp_path / "cut/best.safetensors").training
    assert told is not None
    assert told["teachers"] == list(named(teachers))
    training.train(TINY, data[:1], data[1:], tmp_path / "alone")
    assert rows(tmp_path / "alone") != rows(tmp_path / "whole")


def test_a_teacher_must_be_a_checkpoint(data: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "t.safetensors").write_bytes(b"not one")
    with pytest.raises(CheckpointError, match=r"t\.safetensors"):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", teachers=[tmp_path / "t.safetensors"])
    with pytest.raises(CheckpointError, match=r"absent\.safetensors: cannot be read"):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", teachers=[tmp_path / "absent.safetensors"])


def test_teachers_are_told_apart_by_their_files(teachers: list[Path]) -> None:
    assert named([]) == ()
    first, second = named(teachers)
    assert first == f"t, sha256 {hashlib.sha256(teachers[0].read_bytes()).hexdigest()[:16]}"
    assert first != second
