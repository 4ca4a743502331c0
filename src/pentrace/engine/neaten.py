"""Neatening: an ink redrawn as a mix of its own movements and the model's (spec/neaten.md).

`web/src/engine/neaten.ts` is the twin. Letter key: K mixture components, n offsets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.engine.mixture import unpack_mixture

if TYPE_CHECKING:
    from pentrace.engine.engine import Engine

FloatArray = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float64]

HAND = 0.5
"""tau: standard deviation of a pen from the intended movement, model units."""
RETURN = 0.06
"""g: share of the distance to the original path that each step corrects."""


def neatened(engine: Engine, own: FloatArray, share: float, first_lifted: bool = False) -> FloatArray:
    """Neatened offsets [n, 3] of prepared offsets [n, 3], model units.

    Args:
        engine: of the model whose movements are mixed in.
        own: the ink, as the model reads it.
        share: of the model, 0 to 1.
        first_lifted: whether the pen lifts at the first point, so that a stroke begins with the first offset.
    """
    neat = np.empty_like(own)
    state = engine.start()
    # R - N: from the neatened pen to the original one.
    apart, lifted = np.zeros(2), first_lifted
    for row, offset in enumerate(own):
        u = offset[:2].astype(np.float64)
        v = u + apart if lifted else _mixed(u, expected_offset(engine.mixture(state), u), share, apart)
        neat[row] = (*v, offset[2])
        engine.consume(state, neat[row : row + 1])
        apart = apart + u - neat[row, :2].astype(np.float64)
        lifted = bool(offset[2] == 1)
    return neat


def _mixed(u: Vector, meant: Vector, share: float, apart: Vector) -> Vector:
    mix: Vector = u + share * (meant - u) + RETURN * apart
    return mix


def expected_offset(mixture: FloatArray, u: Vector) -> Vector:
    """The intended movement behind an offset u [2] that a mixture [1 + 6K] predicts: m in spec/neaten.md."""
    parameters = unpack_mixture(mixture.astype(np.float64))
    xx, yy, xy = parameters.covariance
    # S + tau^2 I
    a, b = xx + HAND**2, yy + HAND**2
    determinant = a * b - xy * xy
    dx, dy = u[0] - parameters.mu_x, u[1] - parameters.mu_y
    # (S + tau^2 I)^-1 d
    wx, wy = (b * dx - xy * dy) / determinant, (a * dy - xy * dx) / determinant
    with np.errstate(divide="ignore"):  # a component of no weight
        log_weight = np.log(parameters.pi) - np.log(determinant) / 2 - (dx * wx + dy * wy) / 2
    weight = np.exp(log_weight - log_weight.max())
    meant = np.stack((parameters.mu_x + xx * wx + xy * wy, parameters.mu_y + xy * wx + yy * wy))
    found: Vector = meant @ weight / weight.sum()
    return found
