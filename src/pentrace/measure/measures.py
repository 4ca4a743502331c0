"""Measures of a sample, one number each: how often the pen lifts, which way it moves, how large it writes.

Letter key: N samples, n offsets of each, s strokes of all samples.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64, Mask
from pentrace.ink import points_of
from pentrace.measure.samples import collapse

STEEP = np.pi / 4
"""Movements within this angle of the vertical count for the slant."""


class Measure(NamedTuple):
    """A sentence that says what is measured, and its unit."""

    what: str
    unit: str


MEASURES = {
    "pen lifts": Measure("how often the pen lifts", "lifts in 100 points"),
    "advance": Measure("how far the pen moves right with a step", "model units"),
    "drift": Measure("how far the pen moves down with a step", "model units"),
    "direction spread": Measure("how unlike the directions of the written steps are, 0 to 1", ""),
    "step length": Measure("length of a written step", "model units"),
    "turn": Measure("how far a stroke turns to the right with a step", "degrees"),
    "stroke length": Measure("path of a stroke", "model units"),
    "stroke height": Measure("top to bottom of a stroke", "model units"),
    "straightness": Measure("a stroke's chord divided by its path, 0 to 1", ""),
    "slant": Measure("how far steep movements lean to the right of the vertical", "degrees"),
    "collapse": Measure(
        "samples that become a straight line, dots or a scribble on one spot", "% of samples"
    ),
}
"""Measures of samples by name; spec/interventions.md has their formulas."""


def measured(samples: F32) -> dict[str, F64]:
    """Each of MEASURES [N] for samples [N, n, 3] in model units; NaN where a sample has none, such as no stroke."""
    count = len(samples)
    d = samples[..., :2].astype(np.float64)
    lifted = samples[..., 2] > 0.5
    # An offset is written unless the pen was lifted at the point before it.
    written = np.concatenate((np.ones((count, 1), bool), ~lifted[:, :-1]), axis=1)
    length = np.hypot(d[..., 0], d[..., 1])
    pieces = _strokes(samples, length)
    with np.errstate(invalid="ignore", divide="ignore"):
        down = (d * written[..., None]).sum(axis=1)
        path = (length * written).sum(axis=1)
        return {
            "pen lifts": 100 * lifted.mean(axis=1),
            "advance": d[..., 0].mean(axis=1),
            "drift": d[..., 1].mean(axis=1),
            "direction spread": 1 - np.hypot(down[:, 0], down[:, 1]) / path,
            "step length": path / written.sum(axis=1),
            "turn": _turn(d, written & (length > 0)),
            "stroke length": pieces.mean(pieces.path),
            "stroke height": pieces.mean(pieces.height),
            "straightness": pieces.mean(pieces.chord / pieces.path),
            "slant": _slant(d, written),
            "collapse": np.array([100.0 * (collapse(sample) is not None) for sample in samples]),
        }


class _Strokes(NamedTuple):
    """Strokes of all samples: the sample that each belongs to, and its sizes, all [s]."""

    sample: npt.NDArray[np.intp]
    path: F64
    height: F64
    chord: F64
    samples: int

    def mean(self, values: F64) -> F64:
        """The mean over each sample's strokes, [N]; values that are not finite are left out."""
        kept = np.isfinite(values)
        sums = np.bincount(self.sample[kept], values[kept], self.samples)
        mean: F64 = sums / np.bincount(self.sample[kept], minlength=self.samples)
        return mean


def _strokes(samples: F32, length: F64) -> _Strokes:
    """The strokes of samples; each sample's first point, its origin, is part of its first stroke."""
    points, lifted = points_of(samples)
    count, size = lifted.shape
    along = np.zeros((count, size))
    np.cumsum(length, axis=1, out=along[:, 1:])
    begins = np.ones((count, size), bool)
    begins[:, 1:] = lifted[:, :-1]
    first = np.flatnonzero(begins)
    last = np.append(first, begins.size)[1:] - 1
    flat, way = points.reshape(-1, 2), along.ravel()
    y = flat[:, 1]
    chord = flat[last] - flat[first]
    return _Strokes(
        sample=first // size,
        path=way[last] - way[first],
        height=np.maximum.reduceat(y, first) - np.minimum.reduceat(y, first),
        chord=np.hypot(chord[:, 0], chord[:, 1]),
        samples=count,
    )


def _turn(d: F64, written: Mask) -> F64:
    """Mean signed angle, in degrees, between consecutive written steps."""
    before, after = d[:, :-1], d[:, 1:]
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    angle = np.arctan2(cross, (before * after).sum(axis=-1))
    both = written[:, :-1] & written[:, 1:]
    turn: F64 = np.degrees((angle * both).sum(axis=1) / both.sum(axis=1))
    return turn


def _slant(d: F64, written: Mask) -> F64:
    """Mean lean of steep movements, weighted by length: the axial mean, by doubled angles, in degrees."""
    up, right = np.abs(d[..., 1]), np.where(d[..., 1] <= 0, d[..., 0], -d[..., 0])
    lean = np.arctan2(right, up)
    weight = np.hypot(up, right) * written * (np.abs(lean) < STEEP)
    doubled = weight * np.exp(2j * lean)
    total = doubled.sum(axis=1)
    return np.where(weight.sum(axis=1) > 0, np.degrees(np.angle(total) / 2), np.nan)
