"""The mixture that the model predicts, taken apart: the one place that knows the order of its parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]


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
