"""The public way to the model, on a small random checkpoint: seeds, primes, units, futures, traces."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.architecture import Architecture
from pentrace.engine.trace import AXES
from pentrace.engine.writer import Writer
from pentrace.errors import CheckpointError, EngineError, InkError
from pentrace.ink import Ink
from pentrace.training.model import Handwriting, pack
from tests.training.test_train import waves


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    torch.manual_seed(12)
    return pack(Handwriting(Architecture(1, 16, 4)), "t", {})


@pytest.fixture(scope="module")
def writer(checkpoint: Checkpoint) -> Writer:
    return Writer(checkpoint)


@pytest.fixture(scope="module")
def line() -> Ink:
    return waves(1)[0].ink


def raw(line: Ink) -> Ink:
    """The line as a mouse gives it: no scale known."""
    return Ink(line.points, line.pen_up)


def test_a_seed_is_a_sample(writer: Writer, checkpoint: Checkpoint) -> None:
    first, again, other = (
        writer.write(50, seed=1),
        Writer(checkpoint).write(50, seed=1),
        writer.write(50, seed=2),
    )
    assert len(first) == 51
    assert first == again
    assert first != other


def test_a_prime_changes_the_sample_and_is_not_part_of_it(writer: Writer, line: Ink) -> None:
    primed = writer.write(50, seed=1, prime=line)
    assert len(primed) == 51
    assert primed != writer.write(50, seed=1)


def test_a_continuation_goes_on_from_the_last_point(writer: Writer, line: Ink) -> None:
    whole = writer.continue_(line, 40, seed=3)
    assert len(whole) == len(line) + 40
    assert np.array_equal(whole.points[: len(line)], line.points)
    state = writer.state(line)
    drawn = writer.engine.sample(state, 40, seed=3, origin=len(line) - 1, variation=0.6)
    np.testing.assert_allclose(whole.offsets()[len(line) - 1 :], drawn, atol=1e-3)


def test_a_continuation_of_unprepared_ink_is_in_its_own_units(writer: Writer, line: Ink) -> None:
    small, large = raw(line), Ink(line.points * 4, line.pen_up)
    a, b = writer.continue_(small, 30, seed=5), writer.continue_(large, 30, seed=5)
    assert a.scale is None
    np.testing.assert_allclose(b.points, a.points * 4, rtol=1e-3, atol=0.5)


def test_futures_are_the_samples_of_their_step(writer: Writer, line: Ink) -> None:
    ink = line[:12]
    field = writer.futures(ink, 5, 4, seed=9, variation=0.8)
    assert field.shape == (12, 5, 4, 3)
    state = writer.state(ink[:7])
    alone = writer.engine.sample(state, 4, seed=9, stream=3, origin=6, variation=0.8)
    assert np.array_equal(field[6, 3], alone)
    future = writer.continue_(ink, 4, seed=9, stream=3, variation=0.8)
    np.testing.assert_allclose(future.offsets()[-4:], field[11, 3], atol=1e-3)


def test_a_trace_has_the_axes_it_names(writer: Writer, line: Ink) -> None:
    trace = writer.trace(line, gates=True, mixture=True)
    assert len(trace) == len(line) - 1
    arrays = trace.arrays()
    assert set(arrays) == set(AXES) - {"pointer"}, "no text, no pointer"
    for name, array in arrays.items():
        assert array.ndim == len(AXES[name])
        assert len(array) == len(trace)
    assert set(writer.trace(line, c=False, h=False).arrays()) == {"offsets", "loglik"}


def test_what_a_user_gets_wrong(writer: Writer, line: Ink) -> None:
    with pytest.raises(InkError, match="steps: expected 1 to 999999, found 0"):
        writer.write(0)
    with pytest.raises(EngineError, match="variation"):
        writer.write(5, variation=-1)
    with pytest.raises(EngineError, match="seed"):
        writer.write(5, seed=-1)
    with pytest.raises(CheckpointError, match="cannot be read"):
        Writer("none.safetensors")


def test_an_ink_is_prepared_once_for_several_uses(writer: Writer, line: Ink) -> None:
    plain = Ink(line.points, line.pen_up)
    read = writer.read(plain)
    assert writer.read(read) is read
    np.testing.assert_array_equal(writer.trace(read).offsets, writer.trace(plain).offsets)
    np.testing.assert_array_equal(writer.futures(read, 2, 3), writer.futures(plain, 2, 3))
    assert read.first_lifted == writer.prepare(plain).pen_up[0]
    with_scale = writer.read(plain.with_scale(0.025))
    np.testing.assert_array_equal(with_scale.offsets, plain.with_scale(0.025).offsets())
