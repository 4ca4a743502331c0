"""The sampler against its own density: by formula for single draws, by Monte Carlo for the whole.

The Monte-Carlo check is Rosenblatt's transform: x and then y given x, through their distribution functions, are
independent uniform numbers if and only if the draws come from the density. What it would miss is tried too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.engine import Engine
from tests.engine_reference import Density, philox, random_checkpoint

Array = npt.NDArray[Any]
DRAWS = 60_000
COMPONENTS = 4

normal_cdf = np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(random_checkpoint(1, 8, COMPONENTS, seed=5))


def density(engine: Engine, variation: float) -> Density:
    """What the engine says of the first offset of a line, under a variation."""
    e, *rest = np.split(
        engine.mixture(engine.start(), variation).astype(float), np.cumsum([1, *[COMPONENTS] * 5])
    )
    pi, mu_x, mu_y, sigma_x, sigma_y, rho = rest
    return Density(float(e[0]), pi, np.stack([mu_x, mu_y]), np.stack([sigma_x, sigma_y]), rho)


def kolmogorov(u: Array) -> float:
    """sqrt(N) times the largest distance from the uniform distribution: above 1.95 once in a thousand."""
    n = len(u)
    steps = np.arange(n + 1) / n
    ordered = np.sort(u)
    return float(np.sqrt(n) * max(np.abs(ordered - steps[1:]).max(), np.abs(ordered - steps[:-1]).max()))


def misfit(d: Density, offsets: Array) -> dict[str, float]:
    """How far draws [N, 3] are from a density: each number is above its limit, 1.95 or 3.3, once in a thousand."""
    x, y, pen = offsets.astype(float).T
    n = len(x)
    zx = (x[:, None] - d.mu[0]) / d.sigma[0]
    ux = (normal_cdf(zx) * d.pi).sum(1)
    # Of component k given x, and y given x and k.
    weight = d.pi / d.sigma[0] * np.exp(-(zx**2) / 2)
    weight /= weight.sum(1, keepdims=True)
    zy = ((y[:, None] - d.mu[1]) / d.sigma[1] - d.rho * zx) / np.sqrt(1 - d.rho**2)
    uy = (normal_cdf(zy) * weight).sum(1)
    centred = np.stack([ux - 0.5, uy - 0.5, (pen - d.e) / np.sqrt(12 * d.e * (1 - d.e))]) * np.sqrt(12)
    return {
        "x": kolmogorov(ux) / 1.95,
        "y": kolmogorov(uy) / 1.95,
        "pen": abs(centred[2].mean()) * np.sqrt(n) / 3.3,
        "x y": abs((centred[0] * centred[1]).mean()) * np.sqrt(n) / 3.3,
        "x pen": abs((centred[0] * centred[2]).mean()) * np.sqrt(n) / 3.3,
        "y pen": abs((centred[1] * centred[2]).mean()) * np.sqrt(n) / 3.3,
        "|x| |y|": abs(((np.abs(centred[0]) - 0.866) * (np.abs(centred[1]) - 0.866)).mean())
        * np.sqrt(n)
        / 0.9,
    }


@pytest.mark.parametrize("variation", [0.4, 1.0, 1.5])
def test_draws_follow_the_density(engine: Engine, variation: float) -> None:
    draws = engine.futures(engine.start(), DRAWS, 1, seed=1, variation=variation)[:, 0]
    found = misfit(density(engine, variation), draws)
    assert max(found.values()) <= 1, found


def test_draws_along_a_stream_follow_the_density(engine: Engine) -> None:
    """One stream step after step, the state set back each time."""
    start = engine.start()
    draws = [engine.sample(start.copy(), 1, seed=12, first_step=step) for step in range(5000)]
    found = misfit(density(engine, 1.0), np.concatenate(draws))
    assert max(found.values()) <= 1, found


MUTATIONS: dict[str, Callable[[Density], Density]] = {
    "a correlation's sign": lambda d: replace(d, rho=-d.rho),
    "one correlation's sign": lambda d: replace(d, rho=d.rho * [1, 1, 1, -1]),
    "no correlation": lambda d: replace(d, rho=d.rho * 0),
    "sigma of x": lambda d: replace(d, sigma=d.sigma * [[1.1], [1]]),
    "sigma of y": lambda d: replace(d, sigma=d.sigma * [[1], [1.1]]),
    "sigmas exchanged": lambda d: replace(d, sigma=d.sigma[::-1]),
    "mu of x": lambda d: replace(d, mu=d.mu + np.array([[0.05], [0]])),
    "mu of y": lambda d: replace(d, mu=d.mu + np.array([[0], [0.05]])),
    "components exchanged": lambda d: replace(d, pi=d.pi[::-1]),
    "the variation left out of pi": lambda d: replace(d, pi=np.sqrt(d.pi) / np.sqrt(d.pi).sum()),
    "pen": lambda d: replace(d, e=d.e + 0.02),
    "pen the other way round": lambda d: replace(d, e=1 - d.e),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_density_is_found_out(engine: Engine, name: str) -> None:
    draws = engine.futures(engine.start(), DRAWS, 1, seed=1)[:, 0]
    found = misfit(MUTATIONS[name](density(engine, 1.0)), draws)
    assert max(found.values()) > 1.5, found


@pytest.mark.parametrize("variation", [0.0, 0.3, 1.0])
def test_each_draw_is_what_the_specification_says(engine: Engine, variation: float) -> None:
    seed, stream, origin = 2**35 + 17, 2**31 + 1, 2**32 - 1
    d = density(engine, variation)
    for step in range(200):
        u = [(word + 0.5) / 2**32 for word in philox((seed % 2**32, seed >> 32), (step, stream, origin, 0))]
        k = int(np.argmax(u[0] < np.cumsum(d.pi)))
        radius = np.sqrt(-2 * np.log(u[1]))
        n0, n1 = radius * np.cos(2 * np.pi * u[2]), radius * np.sin(2 * np.pi * u[2])
        x = d.mu[0, k] + d.sigma[0, k] * n0
        y = d.mu[1, k] + d.sigma[1, k] * (d.rho[k] * n0 + np.sqrt(1 - d.rho[k] ** 2) * n1)
        state = engine.start()
        found = engine.sample(
            state, 1, seed=seed, stream=stream, origin=origin, first_step=step, variation=variation
        )
        np.testing.assert_allclose(found[0], [x, y, u[3] < d.e], rtol=2e-6, atol=2e-6)


def test_numbers_for_other_draws_are_philox_too_but_not_those_of_samples() -> None:
    engine = Engine(random_checkpoint(1, 8, 2))
    seed, stream = 2**40 + 5, 2**31 + 1
    words = [word for i in range(3) for word in philox((seed % 2**32, seed >> 32), (i, stream, 0, 1))]
    assert engine.random(10, seed=seed, stream=stream).tolist() == [
        (word + 0.5) / 2**32 for word in words[:10]
    ]
