"""How like real ink a model's samples are: what a writer would notice, as distributions, and samples that collapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FloatArray = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

FEATURES = {
    "stroke length": "path of a stroke, model units",
    "stroke height": "top to bottom of a stroke, model units",
    "advance": "from a stroke's start to the next one's, along x, model units",
    "curvature": "turn at a point within a stroke, radians",
    "pen down": "share of a line's path that is written, of 300 points",
}
"""What is compared, and how it is measured. A dot counts as a stroke of length 0."""

_PIECE = 300

# Thresholds that 18 of the 5,364 training lines overstep, all of them where a pen rested on one spot.
_WINDOW = 150
_NARROW = 5.0
_STRAIGHT, _FAR = 0.97, 45.0
_DOTS, _DOT_POINTS = 10, 3


@dataclass(frozen=True)
class Distance:
    """One feature of two sets of ink: `distance` in 0 to 1, the medians, and the values themselves."""

    feature: str
    distance: float
    median: float
    median_real: float


def features(lines: Iterable[FloatArray]) -> dict[str, Values]:
    """Values of each feature over lines of offsets [n, 3] in model units."""
    found: dict[str, list[Values]] = {name: [] for name in FEATURES}
    for offsets in lines:
        strokes = list(_strokes(offsets))
        found["stroke length"].append(np.array([_path(s).sum() for s in strokes]))
        found["stroke height"].append(np.array([np.ptp(s[:, 1]) for s in strokes]))
        starts = np.array([s[0, 0] for s in strokes])
        found["advance"].append(np.diff(starts))
        found["curvature"] += [_turns(s) for s in strokes]
        found["pen down"].append(_pen_down(offsets))
    return {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in found.items()}


def compare(sampled: dict[str, Values], real: dict[str, Values]) -> list[Distance]:
    """The Kolmogorov-Smirnov distance of each feature: the largest difference of the two cumulative shares."""
    return [
        Distance(name, kolmogorov(sampled[name], real[name]), _median(sampled[name]), _median(real[name]))
        for name in FEATURES
    ]


def kolmogorov(a: Values, b: Values) -> float:
    """Largest difference of the cumulative shares of two sets of values, 0 to 1; 1 if either is empty."""
    if len(a) == 0 or len(b) == 0:
        return 1.0
    a, b = np.sort(a), np.sort(b)
    at = np.concatenate([a, b])
    shares = (np.searchsorted(x, at, side="right") / len(x) for x in (a, b))
    return float(np.abs(np.subtract(*shares)).max())


def collapse(offsets: FloatArray) -> str | None:
    """What went wrong with a sample of offsets [n, 3], or None: a straight line, dots, or a scribble on one spot."""
    for stroke in _strokes(offsets):
        length = float(_path(stroke).sum())
        if length > _FAR and float(np.hypot(*(stroke[-1] - stroke[0]))) > _STRAIGHT * length:
            return f"a straight line of {length:.0f} units"
    dots = 0
    for stroke in _strokes(offsets):
        dots = dots + 1 if len(stroke) <= _DOT_POINTS else 0
        if dots == _DOTS:
            return f"{_DOTS} dots in a row"
    x = np.cumsum(offsets[:, 0], dtype=np.float64)
    if len(x) >= _WINDOW:
        windows = np.lib.stride_tricks.sliding_window_view(x, _WINDOW)
        width = float(np.ptp(windows, axis=1).min())
        if width < _NARROW:
            return f"{_WINDOW} points within {width:.1f} units"
    return None


def _strokes(offsets: FloatArray) -> Iterator[Values]:
    """Points [k, 2] of each stroke; the line's first point is the first stroke's."""
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(offsets[:, :2], axis=0, dtype=np.float64)])
    begin = 0
    for end in [*(np.flatnonzero(offsets[:, 2] > 0.5) + 2).tolist(), len(points)]:
        if end > begin:
            yield points[begin:end]
        begin = end


def _path(points: Values) -> Values:
    return np.asarray(np.hypot(*np.diff(points, axis=0).T), np.float64)


def _turns(points: Values) -> Values:
    """Absolute turning angle at each inner point, steps of no length left out."""
    steps = np.diff(points, axis=0)
    steps = steps[np.hypot(*steps.T) > 0]
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs(np.diff(angles))
    return np.asarray(np.minimum(turns, 2 * np.pi - turns), np.float64)


def _pen_down(offsets: FloatArray) -> Values:
    """Written share of the path, a value for each whole piece of the line."""
    length = np.hypot(offsets[:, 0], offsets[:, 1]).astype(np.float64)
    # an offset is written unless the pen was lifted at the point before it
    written = np.concatenate([[True], offsets[:-1, 2] < 0.5])
    return _pieces(length * written) / np.maximum(_pieces(length), 1e-9)


def _pieces(values: Values) -> Values:
    """Sums over whole pieces of a line."""
    whole = values[: len(values) // _PIECE * _PIECE]
    return np.asarray(whole.reshape(-1, _PIECE).sum(axis=1), np.float64)


def _median(values: Values) -> float:
    return float(np.median(values)) if len(values) else float("nan")
