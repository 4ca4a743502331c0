"""The log-likelihood where naive formulas lose every digit, against 60-digit decimals."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

from pentrace.engine import Engine
from pentrace.errors import EngineError
from tests.engine_reference import random_checkpoint

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


def engine(pen: float, logit: list[float], mean: float, log_sigma: float, artanh_rho: float) -> Engine:
    """A model whose read-out is its bias: components that differ in their logits alone."""
    k = len(logit)
    checkpoint = random_checkpoint(1, 3, k)
    checkpoint.tensors["head.weight"] = np.zeros_like(checkpoint.tensors["head.weight"])
    rows = [logit, [mean] * k, [mean] * k, [log_sigma] * k, [log_sigma] * k, [artanh_rho] * k]
    checkpoint.tensors["head.bias"] = np.concatenate([[pen], *rows]).astype(np.float32)
    return Engine(checkpoint)


def log_normal(x: float, y: float, mean: float, log_sigma: float, artanh_rho: float) -> float:
    """Graves 2013, eqs. 24 and 25, at 60 digits."""
    with localcontext() as context:
        context.prec = 60
        m, s, a = (Decimal(float(np.float32(value))) for value in (mean, log_sigma, artanh_rho))
        rho = ((2 * a).exp() - 1) / ((2 * a).exp() + 1)
        dx, dy = ((Decimal(float(np.float32(value))) - m) / s.exp() for value in (x, y))
        one = 1 - rho * rho
        quadratic = (dx * dx + dy * dy - 2 * rho * dx * dy) / one
        return float(-(2 * PI).ln() - 2 * s - one.ln() / 2 - quadratic / 2)


@pytest.mark.parametrize("artanh_rho", [0, 0.3, -2, 6, -9, 14, 18])
@pytest.mark.parametrize("log_sigma", [-6, 0, 3])
@pytest.mark.parametrize("ahead", [1.0, 1.0000001])
def test_position(artanh_rho: float, log_sigma: float, ahead: float) -> None:
    side = np.copysign(1, artanh_rho)
    x, y = 0.7, float(np.float32(side * 0.7 * ahead))
    model = engine(0, [0, 3, -50, 1], 0.0, log_sigma, artanh_rho)
    found = model.trace(model.start(), [[x, y, 0]])["loglik"][0, 0]
    assert found == pytest.approx(log_normal(x, y, 0, log_sigma, artanh_rho), rel=1e-6, abs=1e-6)


def test_far_from_every_component() -> None:
    """The density itself would be 0: only its logarithm can be told."""
    model = engine(0, [0, -5], 0.0, -2, 0.4)
    found = model.trace(model.start(), [[500, -300, 0]])["loglik"][0, 0]
    assert found == pytest.approx(log_normal(500, -300, 0, -2, 0.4), rel=1e-6)
    assert found < -1e7


@pytest.mark.parametrize("logit", [-80, -30, -1, 0, 2, 40, 80])
def test_pen(logit: float) -> None:
    model = engine(logit, [0], 0, 0, 0)
    lifted, down = (model.trace(model.start(), [[0, 0, pen]])["loglik"][0, 1].astype(float) for pen in (1, 0))
    assert lifted == pytest.approx(-np.logaddexp(0, -logit), rel=1e-6)
    assert down == pytest.approx(-np.logaddexp(0, logit), rel=1e-6)


def test_a_sigma_beyond_float32_is_an_error() -> None:
    model = engine(0, [0], 0, 89, 0)
    state = model.start()
    with pytest.raises(EngineError, match=r"^mixture: a NaN or an infinity came up"):
        model.mixture(state)
    with pytest.raises(EngineError, match=r"^sample: a NaN or an infinity came up"):
        model.sample(state, 100, seed=1)
