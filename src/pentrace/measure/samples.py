"""How a model's samples differ from real ink in what a reader would notice, and which samples collapse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pentrace.arrays import F32, F64
from pentrace.checkpoint import Checkpoint
from pentrace.data.dataset import read_lines
from pentrace.data.score import MAX_OFFSETS, scored_offsets
from pentrace.engine import Engine
from pentrace.errors import DataError
from pentrace.ink import points_of, strokes

FEATURES = {
    "stroke length": "path of a stroke, model units",
    "stroke height": "top to bottom of a stroke, model units",
    "advance": "from the start of a stroke to the start of the next, along x, model units",
    "curvature": "turn at a point within a stroke, radians",
    "pen down": "share of the path that is written, in each 300 points of a line",
}
"""What is compared, and how it is measured. A dot is a stroke of length 0."""

_PIECE = 300

# 18 of the 5,364 training lines exceed these thresholds; in all of them the pen rested on one spot.
_WINDOW = 150
_NARROW = 5.0
_STRAIGHT, _FAR = 0.97, 45.0
_DOTS, _DOT_POINTS = 10, 3


@dataclass(frozen=True)
class Distance:
    """One feature of two sets of ink: their distance, 0 to 1, and the median of each."""

    feature: str
    distance: float
    median: float
    median_real: float


@dataclass(frozen=True)
class Comparison:
    """Samples of a checkpoint beside real ink.

    samples: how many there are.
    sampled, real: values of each of FEATURES.
    floor: the same of other real ink, or None.
    collapsed: what went wrong, by seed of the sample.
    """

    samples: int
    sampled: dict[str, F64]
    real: dict[str, F64]
    floor: dict[str, F64] | None
    collapsed: dict[int, str]

    @property
    def distances(self) -> list[Distance]:
        """Samples against real ink."""
        return compare(self.sampled, self.real)

    @property
    def floor_distances(self) -> list[Distance]:
        """Other real ink against real ink: the distance of two sets of real lines."""
        return [] if self.floor is None else compare(self.floor, self.real)

    def to_dict(self) -> dict[str, object]:
        """Distances by feature and collapses by seed."""
        return {
            "samples": self.samples,
            "distances": {d.feature: d.distance for d in self.distances},
            "floor": {d.feature: d.distance for d in self.floor_distances},
            "collapsed": {str(seed): why for seed, why in self.collapsed.items()},
        }


def compare_samples(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    floor: Sequence[Path | str] = (),
    *,
    samples: int,
    steps: int = 1500,
    variation: float = 0.6,
    seed: int = 0,
) -> Comparison:
    """Compares samples of seeds `seed`, `seed + 1` and so on with the real ink of `data` (and of `floor`, if any).

    Collapses are looked for in all `steps` steps; features are those of the first 600, which is as long as a line.
    Raises DataError and EngineError.
    """
    engine = Engine(checkpoint)
    drawn = {
        s: engine.sample(engine.start(), steps, seed=s, variation=variation)
        for s in range(seed, seed + samples)
    }
    return Comparison(
        samples,
        features(offsets[:MAX_OFFSETS] for offsets in drawn.values()),
        features_of(data),
        features_of(floor) if floor else None,
        {s: why for s, offsets in drawn.items() if (why := collapse(offsets)) is not None},
    )


def features(lines: Iterable[F32]) -> dict[str, F64]:
    """F64 of each feature over lines of offsets [n, 3] in model units."""
    found: dict[str, list[F64]] = {name: [] for name in FEATURES}
    for offsets in lines:
        pieces = _strokes(offsets)
        found["stroke length"].append(np.array([_path(s).sum() for s in pieces]))
        found["stroke height"].append(np.array([np.ptp(s[:, 1]) for s in pieces]))
        found["advance"].append(np.diff([s[0, 0] for s in pieces]))
        found["curvature"] += [_turns(s) for s in pieces]
        found["pen down"].append(_pen_down(offsets))
    return {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in found.items()}


def compare(sampled: dict[str, F64], real: dict[str, F64]) -> list[Distance]:
    """The Kolmogorov-Smirnov distance of each feature."""
    return [
        Distance(name, kolmogorov(sampled[name], real[name]), _median(sampled[name]), _median(real[name]))
        for name in FEATURES
    ]


def kolmogorov(a: F64, b: F64) -> float:
    """Largest difference of the cumulative shares of two sets of values, 0 to 1; 1 if either is empty."""
    if len(a) == 0 or len(b) == 0:
        return 1.0
    a, b = np.sort(a), np.sort(b)
    at = np.concatenate([a, b])
    shares = (np.searchsorted(x, at, side="right") / len(x) for x in (a, b))
    return float(np.abs(np.subtract(*shares)).max())


def collapse(offsets: F32) -> str | None:
    """What went wrong with a sample of offsets [n, 3]: a straight line, dots, or a scribble on one spot; else None."""
    dots = 0
    pieces = _strokes(offsets)
    for stroke in pieces:
        length = float(_path(stroke).sum())
        if length > _FAR and float(np.hypot(*(stroke[-1] - stroke[0]))) > _STRAIGHT * length:
            return f"a straight line of {length:.0f} units"
    for stroke in pieces:
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


def features_of(data: Sequence[Path | str]) -> dict[str, F64]:
    """F64 of each feature over lines of Parquet files. Raises DataError."""
    found = features(scored_offsets(line.ink for line in read_lines(data, columns=())))
    if not len(found["stroke length"]):
        raise DataError(f"{data[0]}: expected lines of at least 2 points, found none")
    return found


def _strokes(offsets: F32) -> list[F64]:
    """Points [k, 2] of each stroke; the line's first point belongs to the first stroke."""
    points, lifted = points_of(offsets)
    return [points[part] for part in strokes(lifted)]


def _path(points: F64) -> F64:
    return np.asarray(np.hypot(*np.diff(points, axis=0).T), np.float64)


def _turns(points: F64) -> F64:
    """Absolute turning angle at each inner point; steps of length 0 are left out."""
    steps = np.diff(points, axis=0)
    steps = steps[np.hypot(*steps.T) > 0]
    turns = np.abs(np.diff(np.arctan2(steps[:, 1], steps[:, 0])))
    return np.asarray(np.minimum(turns, 2 * np.pi - turns), np.float64)


def _pen_down(offsets: F32) -> F64:
    """Written share of the path, one value for each whole piece of the line."""
    length = np.hypot(offsets[:, 0], offsets[:, 1]).astype(np.float64)
    # An offset is written unless the pen was lifted at the point before it.
    written = np.concatenate([[True], offsets[:-1, 2] < 0.5])
    return _sums(length * written) / np.maximum(_sums(length), 1e-9)


def _sums(values: F64) -> F64:
    """Sums over whole pieces of a line."""
    whole = values[: len(values) // _PIECE * _PIECE]
    return np.asarray(whole.reshape(-1, _PIECE).sum(axis=1), np.float64)


def _median(values: F64) -> float:
    return float(np.median(values)) if len(values) else float("nan")
