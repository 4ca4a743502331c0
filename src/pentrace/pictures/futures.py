"""Veer, colour, opacity and forks of a field of futures (spec/futures.md; web/src/futures does the same).

Letter key: n offsets, F futures, K steps (horizons), M mixture components.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64, Mask
from pentrace.engine.mixture import branches
from pentrace.pictures import oklab
from pentrace.pictures.theme import Theme

ANCHORS: dict[Theme, tuple[str, str, str]] = {
    "light": ("#d9570d", "#b9b3a6", "#00858c"),
    "dark": ("#ff9446", "#6b707c", "#2ec9c4"),
}
"""Colours for left, straight on and right."""

LIFT_RADIUS = 0.6
"""Radius, in model units, of the circle for a certain pen lift."""


def veer(offsets: F32, field: F32) -> F64:
    """Signed angle between the displacements of each future and of the path, radians, positive to the right.

    Args:
        offsets: of the path, [n, 3].
        field: futures [n + 1, F, K, 3].

    Returns:
        [n + 1, F, K].
    """
    rows, _, steps, _ = field.shape
    u = np.cumsum(field[..., :2], axis=2, dtype=np.float64)
    # Summed from each row, since the difference of two positions on the path would be rounded differently.
    padded = np.concatenate((offsets[:, :2].astype(np.float64), np.zeros((steps, 2))))
    v = np.cumsum(np.stack([padded[p : p + steps] for p in range(rows)]), axis=1)[:, None]
    angles: F64 = np.arctan2(v[..., 0] * u[..., 1] - v[..., 1] * u[..., 0], (v * u).sum(axis=-1))
    return angles


def colours(angles: npt.ArrayLike, theme: Theme = "light") -> F64:
    """The colours of veers [...] in radians: sRGB in 0 to 1, [..., 3]."""
    angle = np.asarray(angles, np.float64)[..., None]
    strength = np.sin(np.minimum(2 * np.abs(angle), np.pi / 2))
    left, middle, right = (oklab.to_oklab(oklab.parse(text)) for text in ANCHORS[theme])
    end = np.where(angle < 0, left, right)
    return oklab.from_oklab(middle + (end - middle) * strength)


def opacity(k: int, steps: int, count: int) -> float:
    """Opacity of the segment that ends at horizon k, 1 to `steps`, in a field of `count` futures."""
    return float(min(0.9, 2.4 / math.sqrt(count)) * (1 - (k - 1) / steps))


def forks(mixture: F32) -> Mask:
    """Which rows of mixtures [n, 1 + 6M] are forks, [n]."""
    return np.array([len(branches(row)) > 1 for row in mixture], np.bool_)
