"""The mixture that the model predicts, taken apart: the one place that knows the order of its parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]

_LIKELY = 0.01
_BRANCH = 0.15
_NEAR = 4.0


class Mixture(NamedTuple):
    """Parameters of one or many mixtures of K components, in model units: pen e [...], the others [..., K]."""

    e: FloatArray
    pi: FloatArray
    mu_x: FloatArray
    mu_y: FloatArray
    sigma_x: FloatArray
    sigma_y: FloatArray
    rho: FloatArray

    @property
    def covariance(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Variance of x, variance of y and covariance of each component."""
        return self.sigma_x**2, self.sigma_y**2, self.rho * self.sigma_x * self.sigma_y


def unpack_mixture(rows: FloatArray) -> Mixture:
    """The parameters of rows [..., 1 + 6K] that the engine gives: e, then K each of pi, mu x, mu y and so on."""
    return Mixture(rows[..., 0], *np.split(rows[..., 1:], 6, axis=-1))


class Branch(NamedTuple):
    """A group of components that lie near to one another and far from the others: one of several ways on."""

    components: tuple[int, ...]
    """The heaviest first."""
    weight: float
    """The sum of their pi."""


def branches(mixture: FloatArray) -> list[Branch]:
    """Well-separated groups of components of one mixture, if they weigh at least 0.15, heaviest first.

    Two of them or more are a fork (spec/futures.md).

    Args:
        mixture: [1 + 6K]: e, pi, mu x, mu y, sigma x, sigma y, rho.
    """
    parameters = unpack_mixture(mixture.astype(np.float64))
    pi, mu_x, mu_y = parameters.pi, parameters.mu_x, parameters.mu_y
    variance_x, variance_y, covariance = parameters.covariance
    groups: dict[int, list[int]] = {}  # by the heaviest component of each
    for j in sorted(np.flatnonzero(pi >= _LIKELY).tolist(), key=lambda k: -pi[k]):
        for i in groups:
            xx, yy, xy = ((each[i] + each[j]) / 2 for each in (variance_x, variance_y, covariance))
            dx, dy = mu_x[i] - mu_x[j], mu_y[i] - mu_y[j]
            # Multiplied out to avoid a division by zero.
            if dx * dx * yy - 2 * dx * dy * xy + dy * dy * xx <= _NEAR * (xx * yy - xy * xy):
                groups[i].append(j)
                break
        else:
            groups[j] = [j]
    found = (Branch(tuple(group), sum(float(pi[j]) for j in group)) for group in groups.values())
    return sorted((branch for branch in found if branch.weight >= _BRANCH), key=lambda branch: -branch.weight)
