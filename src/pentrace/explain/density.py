"""How different two predictions of the next offset are (spec/explain.md, Divergence).

Letter key: n pairs of predictions, K mixture components, Q nodes of a component.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.data.score import ROUNDING_VARIANCE, nats_on_grid
from pentrace.engine.mixture import unpack_mixture

F64 = npt.NDArray[np.float64]

NODES = 6
"""Nodes of Gauss and Hermite's rule along each axis of a component."""


def divergence(p: npt.ArrayLike, q: npt.ArrayLike, nodes: int = NODES) -> F64:
    """Kullback-Leibler divergence of predictions of the next offset, position and pen together, in nats.

    Args:
        p: mixtures [n, 1 + 6K] as the engine gives them: what is true.
        q: mixtures [n, 1 + 6K]: what is said instead.
        nodes: of each component along each axis.

    Returns:
        [n], at least 0 but for the error of the rule.
    """
    one, other = np.asarray(p, np.float64), np.asarray(q, np.float64)
    # One pair at a time, which stays in the processor's cache.
    pairs = zip(one, other, strict=True)
    position = np.array([_position(truth[None], said[None], nodes) for truth, said in pairs])
    return position.reshape(-1) + _pen(one[:, 0], other[:, 0])


def _position(p: F64, q: F64, nodes: int) -> float:
    """Of the positions of two mixtures [1, 1 + 6K]."""
    points, weights = _nodes(p, nodes)
    return float(weights @ (nats_on_grid(q, points) - nats_on_grid(p, points)))


def _nodes(mixture: F64, nodes: int) -> tuple[F64, F64]:
    """Points [K Q, 2] and their weights [K Q], for means over a mixture [1, 1 + 6K] widened as on the grid."""
    m = unpack_mixture(mixture[0])
    xx, yy, xy = m.covariance
    # The Cholesky factor of each covariance.
    a = np.sqrt(xx + ROUNDING_VARIANCE)
    b = xy / a
    c = np.sqrt(yy + ROUNDING_VARIANCE - b**2)
    at, share = np.polynomial.hermite.hermgauss(nodes)
    at, share = at * np.sqrt(2), share / np.sqrt(np.pi)
    u, v = (grid.ravel() for grid in np.meshgrid(at, at, indexing="ij"))
    x = m.mu_x[:, None] + a[:, None] * u
    y = m.mu_y[:, None] + b[:, None] * u + c[:, None] * v
    points: F64 = np.stack((x, y), axis=-1).reshape(-1, 2)
    return points, np.asarray(m.pi[:, None] * np.outer(share, share).ravel(), np.float64).ravel()


def _pen(p: F64, q: F64) -> F64:
    """Divergence of the pen's lift."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log(p / q), 0) + np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0)
