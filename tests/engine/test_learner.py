"""Gradients of learn.wasm against PyTorch's and finite differences; its bits however lines are shared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.checkpoint import scale_name
from pentrace.engine.learner import Learner, units
from tests.engine_reference import HYPER, NORMALISED, WITH_TEXT, Cell, random_checkpoint

Floats = npt.NDArray[np.float32]
EACH = pytest.mark.parametrize(
    "cell",
    [NORMALISED, HYPER, WITH_TEXT["lstm-hyper-text"]],
    ids=["lstm-ln", "lstm-hyper", "lstm-hyper-text"],
)


def some_lines(lengths: list[int]) -> list[Floats]:
    rng = np.random.default_rng(5)
    lines = [rng.normal(0, 0.8, (n, 3)).astype(np.float32) for n in lengths]
    for line in lines:
        line[:, 2] = rng.random(len(line)) < 0.1
    return lines


@EACH
def test_gradients_are_those_of_pytorch(cell: Cell) -> None:
    torch = pytest.importorskip("torch", reason="compares with PyTorch, of the extra `train`")
    from torch.func import functional_call

    from pentrace.training.loss import negative_log_likelihood
    from pentrace.training.model import _named, unpack

    checkpoint = random_checkpoint(1, 13, 3, **cell)
    lines = some_lines([12, 7, 12, 3, 9])
    learner = Learner(checkpoint, lines)
    read = learner.read(range(5), 0, 12, gradients=True)
    assert read.points == 43
    model = unpack(checkpoint)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    wanted = {name: torch.tensor(checkpoint.tensors[name], requires_grad=True) for name in learner.names}
    weights = {}
    for name, parameter in _named(model).items():
        if name in wanted:
            weights[names[id(parameter)]] = wanted[name]
        elif (scale := scale_name(name)) in wanted:
            weights[names[id(parameter)]] = (
                torch.tensor(checkpoint.tensors[name]).float() * wanted[scale][:, None]
            )
    for k, line in enumerate(lines):
        inputs = np.concatenate([np.zeros((1, 3), np.float32), line[:-1]])
        z, _ = functional_call(model, weights, (torch.tensor(inputs)[:, None],))
        nats = negative_log_likelihood(z[:, 0], torch.tensor(line))
        total = (nats.position + nats.pen).sum()
        assert read.nats[k] == pytest.approx(total.item(), rel=1e-5)
        gradients = torch.autograd.grad(total, list(wanted.values()), retain_graph=True)
        expected = np.concatenate([gradient.numpy().reshape(-1) for gradient in gradients])
        at = 0
        for name, gradient in zip(wanted, gradients, strict=True):
            own = expected[at : at + gradient.numel()]
            found = read.gradients[k, at : at + gradient.numel()]
            assert np.linalg.norm(found - own) <= 1e-4 * np.linalg.norm(own), name
            at += gradient.numel()


def test_gradients_are_finite_differences() -> None:
    checkpoint = random_checkpoint(1, 12, 3, **HYPER)
    learner = Learner(checkpoint, some_lines([10]))
    begun = learner.numbers
    gradient = learner.read([0], 0, 10, gradients=True).gradients[0, : len(begun)]
    rng = np.random.default_rng(2)
    for _ in range(6):
        direction = (rng.normal(0, 1, len(begun)) * units(checkpoint)).astype(np.float32)
        nats = []
        for sign in (1, -1):
            learner.restart()
            learner.numbers = (begun + sign * 2e-3 * direction).astype(np.float32)
            nats.append(learner.read([0], 0, 10, gradients=False).nats[0])
        slope = (nats[0] - nats[1]) / 4e-3
        assert slope == pytest.approx(float(gradient @ direction), rel=0.02, abs=0.02)


def test_a_line_has_the_same_bits_alone_and_with_others() -> None:
    checkpoint, lines = random_checkpoint(1, 12, 3, **HYPER), some_lines([30, 22, 30, 9, 28, 30, 17])
    together = read_all(checkpoint, lines)
    for k, line in enumerate(lines):
        nats, gradients = read_all(checkpoint, [line])
        assert nats[0] == together[0][k]
        assert gradients[0].tobytes() == together[1][k].tobytes()


def read_all(checkpoint: Checkpoint, lines: list[Floats]) -> tuple[npt.NDArray[np.float64], Floats]:
    read = Learner(checkpoint, lines).read(range(len(lines)), 0, 40, gradients=True)
    return read.nats, read.gradients


def test_windows_go_on_from_the_state_of_the_one_before() -> None:
    checkpoint, lines = random_checkpoint(1, 12, 3, **HYPER), some_lines([30])
    whole = Learner(checkpoint, lines).read([0], 0, 30, gradients=False)
    learner = Learner(checkpoint, lines)
    parts = [learner.read([0], begin, begin + 10, gradients=begin == 10) for begin in (0, 10, 20)]
    assert sum(part.nats[0] for part in parts) == pytest.approx(whole.nats[0], rel=1e-12)
    assert [part.points for part in parts] == [10, 10, 10]


def test_a_fixed_component_stays() -> None:
    checkpoint = random_checkpoint(1, 12, 3, **HYPER)
    checkpoint.tensors["head.weight"][4] = 0
    learner = Learner(checkpoint, some_lines([30]))
    before = learner.tensors()
    for _ in range(3):
        learner.restart()
        read = learner.read([0], 0, 30, gradients=True)
        learner.step(read.gradients, read.points, 0.01)
    after = learner.tensors()
    assert after["head.bias"][4] == before["head.bias"][4]
    assert (np.delete(after["head.bias"], 4) != np.delete(before["head.bias"], 4)).all()
    assert learner.read([0], 0, 30, gradients=False).nats[0] != read.nats[0]
