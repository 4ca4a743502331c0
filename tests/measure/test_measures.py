"""Measures of samples, on ink whose measures are known."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.measure.measures import MEASURES, measured
from pentrace.measure.samples import features


def line(*offsets: tuple[float, float, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([offsets], np.float32)


def test_two_strokes() -> None:
    # Down 4, lift; through the air 3 right and 4 up; right 2, lift.
    found = measured(line((0, 4, 1), (3, -4, 0), (2, 0, 1)))
    assert set(found) == set(MEASURES)
    value = {name: array.item() for name, array in found.items()}
    assert value["pen lifts"] == pytest.approx(200 / 3)
    assert value["advance"] == pytest.approx(5 / 3)
    assert value["drift"] == 0
    assert value["step length"] == 3
    assert value["direction spread"] == pytest.approx(1 - np.hypot(2, 4) / 6)
    assert value["stroke length"] == 3
    assert value["stroke height"] == 2
    assert value["straightness"] == 1
    assert value["slant"] == 0
    assert value["collapse"] == 0


def test_a_square_turns_right() -> None:
    # x right, y down: right, down, left, up is to the right, whatever comes after a lift.
    found = measured(line((1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 1), (5, -3, 0)))
    assert found["turn"].item() == pytest.approx(90)
    assert found["straightness"].item() == pytest.approx(0)
    assert found["stroke height"].item() == pytest.approx(0.5)  # the second stroke is one point


@pytest.mark.parametrize("degrees", [-30, 0, 20])
def test_slant_is_the_same_up_and_down(degrees: float) -> None:
    lean = np.radians(degrees)
    up = (float(np.sin(lean)), float(-np.cos(lean)), 0)
    down = (-up[0], -up[1], 0)
    assert measured(line(up, down, up))["slant"].item() == pytest.approx(degrees, abs=1e-4)


def test_nothing_of_the_kind_is_nan() -> None:
    found = measured(line((1, 0, 0), (1, 0, 0)))
    assert np.isnan(found["slant"]).all()
    assert np.isnan(measured(line((0, 0, 1), (1, 0, 1)))["straightness"]).all()


def test_collapse_is_in_percent_of_samples() -> None:
    straight, loops = np.zeros((2, 200, 3), np.float32)
    straight[:, 0] = 0.5
    loops[:, 0], loops[:, 1] = 0.2 + np.cos(np.arange(200)), np.sin(np.arange(200))
    assert measured(np.stack([straight, loops]))["collapse"].tolist() == [100, 0]


def test_strokes_are_those_of_the_realism_figures() -> None:
    rng = np.random.default_rng(2)
    samples = rng.normal(0, 1, (5, 90, 3)).astype(np.float32)
    samples[..., 2] = rng.random((5, 90)) < 0.2
    found = measured(samples)
    for sample, length, height in zip(samples, found["stroke length"], found["stroke height"], strict=True):
        assert features([sample])["stroke length"].mean() == pytest.approx(length, rel=1e-6)
        assert features([sample])["stroke height"].mean() == pytest.approx(height, rel=1e-6)
