"""Gradients of learn.wasm against PyTorch's and finite differences; its bits however lines are shared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.checkpoint import scale_name
from pentrace.checkpoint.hand_changes import ADDED, CODE_RECURRENT, HAND_CODE, RECURRENT
from pentrace.engine.hand.learner import Learner, units
from pentrace.engine.text.scripts import Script
from pentrace.errors import EngineError
from tests.engine_reference import HYPER, NORMALISED, TEXT, WITH_TEXT, Cell, random_checkpoint

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


def some_scripts(lengths: list[int]) -> list[Script]:
    rng = np.random.default_rng(7)
    codes = [rng.integers(1, len(TEXT.alphabet) + 1, 4).astype(np.uint8) for _ in lengths]
    return [
        Script(code, np.array([0, 2, 5, n - 1], np.int32)) for code, n in zip(codes, lengths, strict=True)
    ]


def with_directions(learner: Learner, size: float = 0.1) -> npt.NDArray[np.float32]:
    """Gives a learner directions of the hidden state and numbers that these add, which are returned, [RANK, 4H + C]."""
    random = np.random.default_rng(2)
    learner.directions = random.normal(0, 0.3, learner.directions.shape).astype(np.float32)
    shape = learner.names[ADDED]
    added = random.normal(0, size, shape).astype(np.float32)
    numbers = learner.numbers
    end = len(numbers) - TEXT.hand * (HAND_CODE in learner.names)
    numbers[end - added.size : end] = added.reshape(-1)
    learner.numbers = numbers
    return added


@EACH
def test_gradients_are_those_of_pytorch(cell: Cell) -> None:
    torch = pytest.importorskip("torch", reason="compares with PyTorch, of the extra `train`")
    from torch.func import functional_call

    from pentrace.training.loss import negative_log_likelihood
    from pentrace.training.model import _named, unpack

    checkpoint = random_checkpoint(1, 13, 3, **cell)
    lines = some_lines([12, 7, 12, 3, 9])
    learner = Learner(checkpoint, lines)
    added = with_directions(learner)
    read = learner.read(range(5), 0, 12, gradients=True)
    assert read.points == 43
    model = unpack(checkpoint)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    # the hand code has no part in a line without a text
    learned = [name for name in learner.names if name != HAND_CODE]
    values = checkpoint.tensors | {ADDED: added}
    wanted = {name: torch.tensor(values[name], requires_grad=True) for name in learned}
    more = wanted[ADDED].T @ torch.tensor(learner.directions)
    parts = {RECURRENT: more[: 4 * 13], CODE_RECURRENT: more[4 * 13 :]}
    weights = {}
    for name, parameter in _named(model).items():
        if name in wanted:
            weights[names[id(parameter)]] = wanted[name]
        elif (scale := scale_name(name)) in wanted:
            weights[names[id(parameter)]] = (
                torch.tensor(checkpoint.tensors[name]).float() * wanted[scale][:, None]
            ) + parts.get(name, 0)
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


@pytest.mark.parametrize("cell", [NORMALISED, HYPER], ids=["lstm-ln-text", "lstm-hyper-text"])
def test_gradients_with_texts_are_those_of_pytorch(cell: Cell) -> None:
    """Of the points and of the pointer's moves, by all numbers and by the hand code."""
    torch = pytest.importorskip("torch", reason="compares with PyTorch, of the extra `train`")
    from torch.nn import functional

    from pentrace.training.loss import negative_log_likelihood
    from pentrace.training.model import TextInputs, _named, unpack
    from pentrace.training.text import Aligned, step_by_step

    checkpoint = random_checkpoint(1, 13, 3, **{**cell, "text": TEXT})
    lines, given = some_lines([14, 9, 11, 12, 10]), some_scripts([14, 9, 11, 12, 10])
    learner = Learner(checkpoint, lines, given)
    code = np.random.default_rng(3).normal(0, 0.5, TEXT.hand).astype(np.float32)
    with_directions(learner, 0)
    numbers = learner.numbers
    numbers[-TEXT.hand :] = code
    learner.numbers = numbers
    read = learner.read(range(5), 0, 14, gradients=True)
    model = unpack(checkpoint)
    assert model.text is not None
    with torch.no_grad():
        model.text.hands[0] = torch.tensor(code)
    for k, (line, script) in enumerate(zip(lines, given, strict=True)):
        text = Aligned(script.codes.astype(np.int64), script.first.astype(np.int64), 0)
        steps = step_by_step(text, len(line), TEXT.reach)[: len(line)]
        characters, standing = (torch.tensor(part)[:, None] for part in (steps.characters, steps.standing))
        inputs = np.concatenate([np.zeros((1, 3), np.float32), line[:-1]])
        beside = TextInputs(characters, standing, torch.tensor([0]), torch.tensor([True]))
        z = model(torch.tensor(inputs)[:, None], None, beside)[0][:, 0]
        nats = negative_log_likelihood(z, torch.tensor(line))
        points = (nats.position + nats.pen).sum()
        assert read.nats[k] == pytest.approx(points.item(), rel=1e-5)
        advance = functional.binary_cross_entropy_with_logits(
            z[:, -1], torch.tensor(steps.advance), torch.tensor(steps.advance_mask).float(), reduction="sum"
        )
        named = _named(model)
        found_by = torch.autograd.grad(points + advance, list(named.values()))
        slopes = {name: slope.numpy() for name, slope in zip(named, found_by, strict=True)}
        at = 0
        for name, shape in learner.names.items():
            found = read.gradients[k, at : at + int(np.prod(shape))]
            at += int(np.prod(shape))
            if name == HAND_CODE:
                expected = slopes["text.hands"][0]
            elif name == ADDED:
                recurrent = [slopes[part] for part in (RECURRENT, CODE_RECURRENT) if part in slopes]
                expected = (learner.directions @ np.concatenate(recurrent).T).reshape(-1)
            elif name.endswith(".scale"):
                rows = name.replace(".scale", ".weight")
                expected = (slopes[rows] * checkpoint.tensors[rows]).sum(axis=1)
            else:
                expected = slopes[name].reshape(-1)
            assert np.linalg.norm(found - expected) <= 1e-4 * np.linalg.norm(expected), name


def test_the_pointer_is_a_little_off_while_it_learns() -> None:
    """Its moves differ from pass to pass and from line to line, and from nothing else."""
    checkpoint = random_checkpoint(1, 12, 3, **{**HYPER, "text": TEXT})
    lines = some_lines([30, 30])
    lines[1] = lines[0]
    learner = Learner(checkpoint, lines, some_scripts([30]) * 2)

    def nats(number: int | None) -> list[float]:
        learner.restart(number)
        return list(learner.read([0, 1], 0, 30, gradients=False).nats)

    true, first, second = nats(None), nats(0), nats(1)
    assert true[0] == true[1]
    assert len({true[0], *first, *second}) == 5
    assert nats(0) == first
    assert nats(None) == true


def test_what_is_left_out_depends_on_the_step() -> None:
    checkpoint, lines = random_checkpoint(1, 12, 3, **HYPER), some_lines([30, 30])
    lines[1] = lines[0]

    def nats(drop: float, step: int) -> list[float]:
        learner = Learner(checkpoint, lines)
        return list(learner.read([0, 1], 0, 30, gradients=False, drop=drop, step=step).nats)

    assert nats(0, 1) == nats(0, 2)
    assert len({*nats(0, 1), *nats(0.2, 1), *nats(0.2, 2)}) == 5
    assert nats(0.2, 1) == nats(0.2, 1)


def test_what_was_left_out_is_there_again() -> None:
    checkpoint, lines = random_checkpoint(1, 13, 3, **HYPER), some_lines([40, 30])
    learner = Learner(checkpoint, lines)
    learner.read([0, 1], 0, 30, gradients=True, drop=0.3, step=1)
    learner.restart()
    again = learner.read([0, 1], 0, 30, gradients=True)
    new = Learner(checkpoint, lines).read([0, 1], 0, 30, gradients=True)
    assert np.array_equal(again.nats, new.nats)
    assert np.array_equal(again.gradients, new.gradients)


@pytest.mark.parametrize("drop", [0.0, 0.3])
def test_gradients_are_finite_differences(drop: float) -> None:
    checkpoint = random_checkpoint(1, 12, 3, **HYPER)
    learner = Learner(checkpoint, some_lines([10]))
    begun = learner.numbers
    gradient = learner.read([0], 0, 10, gradients=True, drop=drop, step=3).gradients[0, : len(begun)]
    rng = np.random.default_rng(2)
    for _ in range(6):
        direction = (rng.normal(0, 1, len(begun)) * units(checkpoint)).astype(np.float32)
        nats = []
        for sign in (1, -1):
            learner.restart()
            learner.numbers = (begun + sign * 2e-3 * direction).astype(np.float32)
            nats.append(learner.read([0], 0, 10, gradients=False, drop=drop, step=3).nats[0])
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


def test_directions_that_cannot_be_found_leave_no_trace() -> None:
    checkpoint, lines = random_checkpoint(1, 12, 3, **HYPER), some_lines([30, 22])
    learner = Learner(checkpoint, lines)
    begun = learner.numbers
    learner.numbers = np.full_like(begun, np.nan)
    with pytest.raises(EngineError, match="a NaN or an infinity came up"):
        learner.find_directions([0, 1], 30)
    learner.restart()
    learner.numbers = begun
    # without gradients, so that what it works with lies where the sums were
    read = learner.read(range(2), 0, 40, gradients=False)
    assert read.nats.tobytes() == read_all(checkpoint, lines)[0].tobytes()


def test_a_fixed_component_stays() -> None:
    checkpoint = random_checkpoint(1, 12, 3, **HYPER)
    checkpoint.tensors["head.weight"][4] = 0
    learner = Learner(checkpoint, some_lines([30]))
    before = learner.changes(learner.numbers, 1)
    for _ in range(3):
        learner.restart()
        read = learner.read([0], 0, 30, gradients=True)
        learner.step(read.gradients, read.points, 0.01)
    after = learner.changes(learner.numbers, 1)
    assert after["head.bias"][4] == before["head.bias"][4]
    assert (np.delete(after["head.bias"], 4) != np.delete(before["head.bias"], 4)).all()
    assert learner.read([0], 0, 30, gradients=False).nats[0] != read.nats[0]


def test_a_step_is_that_of_adam_on_the_sum_of_the_lines() -> None:
    checkpoint = random_checkpoint(1, 12, 3, **HYPER)
    learner = Learner(checkpoint, some_lines([30, 30]))
    unit = units(checkpoint).astype(np.float64)
    base = learner.numbers.astype(np.float64)
    change, mean, square = (np.zeros(len(base)) for _ in range(3))
    for k in (1, 2, 3):
        learner.restart()
        read = learner.read([0, 1], 0, 30, gradients=True)
        slope = read.gradients[:, : len(base)].sum(axis=0, dtype=np.float64) * unit / read.points
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        change -= 0.01 * (mean / (1 - 0.9**k)) / (np.sqrt(square / (1 - 0.99**k)) + 1e-8)
        learner.step(read.gradients, read.points, 0.01)
        assert learner.numbers == pytest.approx(base + unit * change, abs=2e-5)


@EACH
def test_what_a_hand_keeps_of_what_is_learned(cell: Cell) -> None:
    checkpoint = random_checkpoint(1, 12, 3, **cell)
    texts = some_scripts([30]) if "text" in cell else []
    learner = Learner(checkpoint, some_lines([30]), texts)
    learner.directions = np.full(learner.directions.shape, 0.2, np.float32)
    before = learner.numbers
    share = 0.25
    read = learner.read([0], 0, 30, gradients=True)
    learner.step(read.gradients, read.points, 0.01)
    after = learner.numbers
    code = TEXT.hand if texts else 0
    shares = np.full(len(before), share)
    shares[len(before) - code :] = 1
    kept = learner.changed(learner.changes(after, share))
    # an int8 is up to half a step off, and a step is up to a 64th of the largest change
    assert kept == pytest.approx(before + shares * (after - before), abs=0.04 / 127)
    assert (kept != before).mean() > 0.8
    assert learner.numbers.tobytes() == after.tobytes()
