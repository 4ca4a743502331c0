"""The divergence of two predictions, against formulas and against draws of the engine."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.data.score import nats_on_grid
from pentrace.engine.writer import Writer
from pentrace.explain.density import divergence
from pentrace.explain.reading import Reading


def gaussian(x: float, y: float, sx: float, sy: float, e: float = 0.1) -> list[float]:
    return [e, 1.0, x, y, sx, sy, 0.0]


def test_of_two_gaussians() -> None:
    p, q = gaussian(0, 0, 1, 2, 0.1), gaussian(1, -1, 2, 2, 0.3)
    position = np.log(2) + (1 + 1) / 8 - 0.5 + 1 / 8
    pen = 0.1 * np.log(0.1 / 0.3) + 0.9 * np.log(0.9 / 0.7)
    assert divergence([p], [q])[0] == pytest.approx(position + pen, abs=1e-3)  # both are widened a little
    assert divergence([p, q], [p, q]).tolist() == [0, 0]
    assert divergence(np.zeros((0, 7)), np.zeros((0, 7))).shape == (0,)


def test_against_draws_of_the_engine() -> None:
    writer = Writer()
    reading = Reading(writer, writer.write(120, seed=3))
    steps = range(20, 120, 7)
    states = [reading.state(step) for step in steps]
    mixtures = np.stack([writer.engine.mixture(state) for state in states])
    p, q = mixtures[:-1], mixtures[1:]
    found = divergence(p, q)
    assert found.min() > 0
    # The rule with many nodes is the truth; the six of each axis come near to it.
    exact = divergence(p, q, nodes=40)
    np.testing.assert_allclose(found, exact, rtol=0.06)
    # The mean over draws of the first, position and pen, within four standard errors.
    for k, state in enumerate(states[:-1]):
        drawn = writer.engine.futures(state, 4000, 1, seed=k)[:, 0]
        one, other = (np.repeat(m[None], len(drawn), axis=0) for m in (p[k], q[k]))
        lifts = drawn[:, 2] > 0.5
        pen = [np.log(np.where(lifts, m[0], 1 - m[0])) for m in (p[k].astype(float), q[k].astype(float))]
        ratio = nats_on_grid(other, drawn) - nats_on_grid(one, drawn) + pen[0] - pen[1]
        assert abs(ratio.mean() - exact[k]) < 4 * ratio.std() / np.sqrt(len(ratio))
