"""How ink is drawn: the width of the line and a smooth curve through the points of a stroke."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.ink.ink import Ink

Points = npt.NDArray[np.float64]

_WIDTH = 0.2
"""Width of the line in model units: about a seventh of the height of a small letter."""


def default_width(ink: Ink) -> float:
    """A width of line that suits the ink, in its units; above 0."""
    if ink.scale is not None:
        return _WIDTH / ink.scale
    heights = [bottom - top for _, top, _, bottom in (stroke.bounds for stroke in ink.strokes())]
    left, top, right, bottom = ink.bounds
    return (float(np.median(heights)) / 12) or max(right - left, bottom - top) / 100 or 1.0


def size_mm(ink: Ink) -> float:
    """Millimetres in one of the ink's units, for whoever puts it on paper.

    Where the ink does not say: a model unit is 1 mm, so that small letters are about 3 mm high; and where its scale
    is not known either, a unit is a pixel of CSS.
    """
    if ink.unit_mm is not None:
        return ink.unit_mm
    return 25.4 / 96 if ink.scale is None else ink.scale


def controls(points: Points) -> npt.NDArray[np.float64]:
    """The two inner control points of each cubic Bezier through points [k, 2]: [k - 1, 2, 2].

    Centripetal Catmull-Rom (Yuksel et al. 2011): no loops and no overshoot where points are uneven.
    """
    chords = np.diff(points, axis=0)
    knots = np.sqrt(np.hypot(chords[:, 0], chords[:, 1]))[:, None]  # [k - 1, 1]
    knots = np.maximum(knots, 1e-9 * max(float(knots.max()), 1e-300))
    speeds = chords / knots
    # tangents by the knot parameter; at the ends the chord's own
    inner = (speeds[:-1] * knots[1:] + speeds[1:] * knots[:-1]) / (knots[:-1] + knots[1:])
    tangents = np.concatenate((speeds[:1], inner, speeds[-1:]))
    first = points[:-1] + tangents[:-1] * knots / 3
    second = points[1:] - tangents[1:] * knots / 3
    return np.stack((first, second), axis=1)
