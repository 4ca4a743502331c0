"""The score: nats a point in raw whiteboard units, so that it does not depend on normalisation.

A line's first point is its origin. Every later offset counts, clipped to +-500 raw units, up to 600 of each line. The
model starts from state zero and one zero input.

The whiteboard reports whole units. A component can therefore become arbitrarily narrow around a frequent value, which
makes the density there, and so the score, arbitrarily good: the 2016 article's weights have a component at dy = 0 that
is 0.01 units wide. The score on the grid prevents this by widening every component by the rounding error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64
from pentrace.engine.mixture import unpack_mixture
from pentrace.ink import WHITEBOARD_SCALE, Ink

MAX_OFFSETS = 600
CLIP = 500 * WHITEBOARD_SCALE
"""Largest offset in model units."""
RAW_NATS = -2 * math.log(WHITEBOARD_SCALE)
"""Added to -log of a density in model units to get that in raw units: 2 ln 40."""

ROUNDING_VARIANCE = WHITEBOARD_SCALE**2 / 12
"""Variance of the error of rounding to whole raw units, in model units squared."""


@dataclass(frozen=True)
class Score:
    """Means over points, in nats and raw units."""

    position: float
    pen: float
    lines: int
    points: int
    on_grid: float
    """The score with every component widened by ROUNDING_VARIANCE."""

    @classmethod
    def of(cls, lines: Iterable[LineNats]) -> Score:
        """The means over all points of at least one line."""
        each = list(lines)
        position, pen, on_grid = (sum(column) for column in zip(*(line[:3] for line in each), strict=True))
        points = sum(line.points for line in each)
        return cls(
            position / points + RAW_NATS, pen / points, len(each), points, (on_grid + pen) / points + RAW_NATS
        )

    @property
    def nats_per_point(self) -> float:
        """Position and pen together: the score."""
        return self.position + self.pen

    @property
    def nats_per_line(self) -> float:
        """Mean over lines of the sum of a line's nats, raw units."""
        return self.nats_per_point * self.points / self.lines

    def to_dict(self) -> dict[str, float | int]:
        """All figures by name, to a millionth of a nat."""
        means = ("nats_per_point", "position", "pen", "on_grid", "nats_per_line")
        return {name: round(getattr(self, name), 6) for name in means} | {
            "lines": self.lines,
            "points": self.points,
        }


def clipped_offsets(ink: Ink, limit: float = CLIP) -> F32:
    """A line's offsets [n, 3] in model units, clipped to +-limit: 500 raw units for the score."""
    offsets = ink.offsets()
    np.clip(offsets[:, :2], -limit, limit, out=offsets[:, :2])
    return offsets


def scored_offsets(inks: Iterable[Ink]) -> Iterator[F32]:
    """The offsets of each line that count; lines without offsets are left out."""
    for ink in inks:
        if len(ink) > 1:
            yield clipped_offsets(ink)[:MAX_OFFSETS]


def nats_on_grid(mixture: npt.NDArray[np.floating], offsets: npt.NDArray[np.floating]) -> F64:
    """-log p(dx, dy) [n] in model units of offsets [n, 3], with components widened by the whiteboard's rounding.

    `mixture` is [n, 1 + 6K], as in a trace. Adding the variance of rounding, 1/12 square raw unit, to each sigma^2
    (Sheppard's correction, 1898) makes the density about the mean density over a cell of the grid.
    """
    parameters = unpack_mixture(mixture.astype(np.float64))
    xx, yy, xy = parameters.covariance
    xx, yy = xx + ROUNDING_VARIANCE, yy + ROUNDING_VARIANCE
    dx, dy = offsets[:, :1] - parameters.mu_x, offsets[:, 1:2] - parameters.mu_y
    area = xx * yy - xy**2
    distance = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / area
    with np.errstate(divide="ignore"):  # a component of no weight
        log_p = np.log(parameters.pi) - math.log(2 * math.pi) - 0.5 * (np.log(area) + distance)
    most = log_p.max(axis=1)
    nats: F64 = -most - np.log(np.exp(log_p - most[:, None]).sum(axis=1))
    return nats


class LineNats(NamedTuple):
    """Sums over a line's points, in nats and model units."""

    position: float
    pen: float
    on_grid: float
    """Position only."""
    points: int
