"""An ink on the page's paper: strokes in sheet units. The twin of web/src/ink/place.ts.

Sheet units: x right from the left end of the ruled line, y down from it; the rules are X_HEIGHT apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pentrace.ink import Ink

X_HEIGHT = 32
GRID = 8
"""Points lie on a grid of 1 / GRID unit."""
MODEL_MS = 12
"""Milliseconds between two points."""
PRESSURE_LEVELS = 100
RULING = X_HEIGHT / 2
"""The writing size (spec/ink.md) of letters as high as the rules are apart."""
UNIT_MM = 2.1875 / RULING
"""Millimetres in a sheet unit: writing of the standard size lies between the rules."""
_NEAREST = 0.75
"""Closer points say nothing about the path."""
_LEAST, _GREATEST = X_HEIGHT / 3, 5 * X_HEIGHT
"""Heights of strokes that suit the rules; ink between them stays as it is."""
_USUAL = 1.6 * X_HEIGHT
"""What other ink is brought to."""


@dataclass(frozen=True)
class Stroke:
    """A stroke on the sheet: whole steps of the grid, whole milliseconds since the ink's first point."""

    x: list[int]
    y: list[int]
    time: list[int]
    model: bool = False
    """Whether the model wrote it."""
    pressure: list[int] | None = None
    """0 to PRESSURE_LEVELS at each point; None where it is not known."""
    lifted: bool = True
    """False while the pen is down after the last point; only the last stroke of an ink can be so."""


@dataclass(frozen=True)
class SheetInk:
    """The ink on the page's paper, as a link holds it: at least one stroke.

    `Writer.read` reads it as the page does, stroke by stroke, at the size that the paper's rules ask for.
    """

    strokes: list[Stroke]

    def ink(self) -> Ink:
        """The same strokes as an ink in sheet units, with times, and pressures where they are known."""
        x, y, time = (
            np.concatenate([getattr(stroke, name) for stroke in self.strokes]) for name in ("x", "y", "time")
        )
        pressure = np.concatenate(
            [
                np.full(len(stroke.x), np.nan) if stroke.pressure is None else stroke.pressure
                for stroke in self.strokes
            ]
        )
        pen_up = np.zeros(len(x), np.bool_)
        pen_up[np.cumsum([len(stroke.x) for stroke in self.strokes]) - 1] = True
        pen_up[-1] = self.strokes[-1].lifted
        points = np.stack((x, y), axis=1) / GRID
        return Ink(points, pen_up, time, pressure / PRESSURE_LEVELS, unit_mm=UNIT_MM)


def placed(ink: Ink) -> list[Stroke]:
    """The strokes of an ink, on the line and of a size that suits it, as the page places an ink that is opened."""
    strokes = [part.points.astype(float).tolist() for part in ink.strokes()]
    columns = [([x for x, _ in stroke], [y for _, y in stroke]) for stroke in strokes]
    typical = _median([max(y) - min(y) for _, y in columns if max(y) > min(y)])
    fits = _LEAST <= typical <= _GREATEST
    scale = 1.0 if fits or typical == 0 else _USUAL / typical
    left = min(min(x) for x, _ in columns)
    level = _median([each for _, y in columns for each in y]) + X_HEIGHT / 2 / scale
    moved = not fits or abs(level) > X_HEIGHT or left < 0
    from_x, from_y = (left, level) if moved else (0.0, 0.0)
    time, result = 0, []
    for stroke in strokes:
        points = [((x - from_x) * scale, (y - from_y) * scale) for x, y in stroke]
        result.append(_drawn(points, time))
        time += len(stroke) * MODEL_MS
    return result


def _drawn(points: Sequence[tuple[float, float]], start: int) -> Stroke:
    """A stroke as a pen draws it: points that are too near to the last one are left out, but for the very last."""
    found = Stroke([], [], [])

    def push(k: int) -> None:
        found.x.append(on_grid(points[k][0]))
        found.y.append(on_grid(points[k][1]))
        found.time.append(start + k * MODEL_MS)

    push(0)
    for k, (x, y) in enumerate(points[1:], 1):
        if math.hypot(x - found.x[-1] / GRID, y - found.y[-1] / GRID) >= _NEAREST:
            push(k)
    last = len(points) - 1
    if (on_grid(points[last][0]), on_grid(points[last][1])) != (found.x[-1], found.y[-1]):
        push(last)
    return found


def on_grid(value: float) -> int:
    """The nearest step of the grid; halves go up, as in the page."""
    return math.floor(value * GRID + 0.5)


def _median(values: Sequence[float]) -> float:
    """The middle one of the sorted values, the higher of two; 0 where there are none."""
    return sorted(values)[len(values) // 2] if values else 0.0
