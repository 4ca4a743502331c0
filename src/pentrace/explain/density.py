"""How different two predictions of the next offset are (spec/explain.md, Divergence).

Letter key: n pairs of predictions, K mixture components, Q nodes of a component.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.data.score import ROUNDING_VARIANCE, nats_on_grid
from pentrace.engine.mixture import unpack_mixture

F64 = npt.NDArray[np.float64]

NODES = 8
"""Nodes of Gauss and Hermite's rule along each axis of a component."""
_PART = 32
"""Pairs computed at once, which bounds the memory."""


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
    parts = [_position(one[k : k + _PART], other[k : k + _PART], nodes) for k in range(0, len(one), _PART)]
    position = np.concatenate(parts) if parts else np.zeros(0)
    return position + _pen(one[:, 0], other[:, 0])


def _position(p: F64, q: F64, nodes: int) -> F64:
    points, weights = _nodes(p, nodes)
    n, count, _ = points.shape
    flat = points.reshape(n * count, 2)
    of_p, of_q = (
        nats_on_grid(np.repeat(mixture, count, axis=0), flat).reshape(n, count) for mixture in (p, q)
    )
    result: F64 = (weights * (of_q - of_p)).sum(axis=1)
    return result


def _nodes(mixture: F64, nodes: int) -> tuple[F64, F64]:
    """Points [n, K Q, 2] and their weights [n, K Q], for means over each mixture widened as on the grid."""
    m = unpack_mixture(mixture)
    xx, yy, xy = m.covariance
    # The Cholesky factor of each covariance.
    a = np.sqrt(xx + ROUNDING_VARIANCE)
    b = xy / a
    c = np.sqrt(yy + ROUNDING_VARIANCE - b**2)
    at, share = np.polynomial.hermite.hermgauss(nodes)
    at, share = at * np.sqrt(2), share / np.sqrt(np.pi)
    u, v = (grid.ravel() for grid in np.meshgrid(at, at, indexing="ij"))
    x = m.mu_x[..., None] + a[..., None] * u
    y = m.mu_y[..., None] + b[..., None] * u + c[..., None] * v
    weights = m.pi[..., None] * np.outer(share, share).ravel()
    n = len(mixture)
    points: F64 = np.stack((x, y), axis=-1).reshape(n, -1, 2)
    return points, np.asarray(weights, np.float64).reshape(n, -1)


def _pen(p: F64, q: F64) -> F64:
    """Divergence of the pen's lift."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p / q), 0) + np.where(
            p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0
        )
    result: F64 = terms
    return result
