"""Colours for values of cells: limits, levels, palettes (spec/cells.md; web/src/cells/ does the same).

Letter key: C cells of all layers in turn, n offsets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64
from pentrace.pictures.colours import Theme, from_oklab, to_oklab

Quantity = Literal["c", "h", "i", "f", "g", "o"]
LimitsKind = Literal["robust", "full", "own"]

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
LEVELS = 255
"""Number of colours; odd, so that there is one for the middle."""
ANCHORS: dict[Theme, tuple[str, ...]] = {
    "light": ("#742207", "#d96c1c", "#e8e1d1", "#4f93c9", "#0f3468"),
    "dark": ("#ffe0bb", "#e58234", "#2f3745", "#4a92dc", "#d3e8ff"),
}
"""From the lowest value to the highest."""

_ROBUST = 0.95
_BINS = 4096
_LOG = 50
_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def centre_of(what: Quantity) -> float:
    """The value with the middle colour: 0.5 for gates, which are between 0 and 1."""
    return 0.5 if what in ("i", "f", "o") else 0.0


def palette(theme: Theme = "light") -> F64:
    """The colours [255, 3] from the lowest value to the highest, sRGB in 0 to 1."""
    anchors = np.array([to_oklab(text) for text in ANCHORS[theme]])
    at = np.arange(LEVELS) / (LEVELS - 1) * (len(anchors) - 1)
    k = np.minimum(at.astype(int), len(anchors) - 2)
    return from_oklab(anchors[k] + (anchors[k + 1] - anchors[k]) * (at - k)[:, None])


@dataclass(frozen=True)
class ColourScale:
    """Maps values to colours.

    centre: the value with the middle colour.
    limits: f64 [C], the distance from the middle at which each cell reaches the last colour.
    log: logarithmic on both sides of the middle, otherwise linear.
    """

    centre: float
    limits: F64
    log: bool = False

    def shares(self, values: F32) -> F64:
        """Distances of values [rows, C] from the middle, as shares of the limits."""
        found: F64 = (values.astype(np.float64) - self.centre) / self.limits
        return found

    def levels(self, shares: F64) -> npt.NDArray[np.uint8]:
        """Indices of the colours of shares [...]; values beyond a limit have the last colour."""
        cut = np.clip(shares, -1, 1)
        bins = 2 * np.floor((cut + 1) * 0.5 * (_BINS - 1) + 0.5) / (_BINS - 1) - 1
        curved = np.sign(bins) * np.log1p(_LOG * np.abs(bins)) / math.log1p(_LOG) if self.log else bins
        return np.floor((curved * 0.5 + 0.5) * (LEVELS - 1) + 0.5).astype(np.uint8)

    def beyond(self, values: F32) -> float:
        """The share of values [rows, C] beyond the limits."""
        # A limit is compared as the values are: float32.
        limits = self.limits.astype(np.float32)
        return (
            float((np.abs(values.astype(np.float64) - self.centre) > limits).mean()) if values.size else 0.0
        )


def scale_of(values: F32, what: Quantity, kind: LimitsKind = "robust", log: bool = False) -> ColourScale:
    """The colour scale for values [rows, C] of one ink."""
    centre = centre_of(what)
    distance = np.abs(values.astype(np.float64) - centre)
    reach = distance.max(axis=0, initial=0).astype(np.float32).astype(np.float64)
    if kind == "own":
        return ColourScale(centre, np.where(reach > 0, reach, 1), log)
    most = float(reach.max(initial=0))
    limit = (most or 1.0) if kind == "full" else rounded_up(_robust(distance, most))
    if centre > 0:
        limit = min(limit, centre)
    return ColourScale(centre, np.full(values.shape[1], limit), log)


def rounded_up(value: float) -> float:
    """The next round number that is not smaller."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    step = next((step for step in _STEPS if step * power >= value * (1 - 1e-9)), 10)
    return float(f"{step * power:.3g}")


def _robust(distance: F64, most: float) -> float:
    """The distance within which 95 % of the values are, to 1/4095 of the largest distance."""
    if most == 0:
        return 0.0
    per_bin = (_BINS - 1) / most
    inside = np.cumsum(np.bincount((distance * per_bin).astype(int).ravel(), minlength=_BINS))
    bin_ = int(np.searchsorted(inside[: _BINS - 1], _ROBUST * distance.size))
    return (bin_ + 1) / per_bin
