"""Changes of one stroke of an ink: left out, straightened, leaned over, moved (spec/explain.md).

Letter key: n offsets, k points of a stroke.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.ink import WHITEBOARD_SCALE, points_of, strokes

if TYPE_CHECKING:
    from collections.abc import Callable

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

LEAN = 20.0
"""Degrees by which a stroke is leaned over to the right."""
DOWN = 3.0
"""Model units by which a stroke is moved down: about an x-height."""
TREMBLE = WHITEBOARD_SCALE / 2
"""Most model units by which each coordinate of a trembling stroke is moved: the whiteboard's rounding."""


class Changed(NamedTuple):
    """An ink with a changed stroke.

    offsets: of the whole ink, model units.
    pointers: the character of each offset; None without a text.
    shift: how many rows earlier the same point lies in the changed ink.
    """

    offsets: F32
    pointers: npt.NDArray[np.int32] | None
    shift: int


def straightened(points: F64, _: F64) -> F64:
    """The same number of points, evenly along the straight line from the first to the last."""
    share = np.linspace(0, 1, len(points))[:, None]
    line: F64 = points[0] + share * (points[-1] - points[0])
    return line


def leaned(points: F64, _: F64) -> F64:
    """Sheared by LEAN degrees to the right, about its middle height."""
    result = points.copy()
    # y points down.
    result[:, 0] -= np.tan(np.radians(LEAN)) * (points[:, 1] - points[:, 1].mean())
    return result


def moved(points: F64, _: F64) -> F64:
    """Moved down by DOWN."""
    result: F64 = points + np.array([0, DOWN])
    return result


def trembling(points: F64, numbers: F64) -> F64:
    """Each coordinate moved by up to TREMBLE: the control, a change that should mean nothing."""
    return points + TREMBLE * (2 * numbers - 1)


CHANGES: dict[str, Callable[[F64, F64], F64] | None] = {
    "drop": None,
    "straighten": straightened,
    "lean": leaned,
    "move": moved,
    "tremble": trembling,
}
"""What is done to the points [k, 2] of a stroke, with numbers [k, 2] in (0, 1) for what is random; None: left out."""


def strokes_before(offsets: F32, first_lifted: bool, step: int) -> list[slice]:
    """The points of each stroke that was over before row `step`, when the pen had moved on to the next stroke."""
    lifted = points_of(offsets)[1]
    lifted[0] = first_lifted
    return [part for part in strokes(lifted) if part.stop <= step]


def changed(
    offsets: F32, stroke: slice, how: str, numbers: F64, pointers: npt.NDArray[np.int32] | None = None
) -> Changed:
    """An ink of offsets [n, 3] with a change of CHANGES made to the points of one stroke, which is not the last.

    numbers: [k, 2] in (0, 1). pointers: the character of each offset, [n]; every point keeps its own.
    """
    points, _ = points_of(offsets)
    pens = np.concatenate(([0.0], offsets[:, 2]))
    change, begin = CHANGES[how], max(stroke.start - 1, 0)
    if change is None:
        kept = np.ones(len(points), bool)
        kept[stroke] = False
        points, pens, shift = points[kept], pens[kept], stroke.stop - stroke.start
        if pointers is not None:
            # Number k is the character of point k + 1; the first point that is kept has no offset of its own.
            pointers = pointers[kept[1:]] if kept[0] else pointers[shift:]
    else:
        points[stroke] = change(points[stroke], numbers)
        shift = 0
    result = np.concatenate((np.diff(points, axis=0), pens[1:, None]), axis=1).astype(np.float32)
    # Outside the stroke the offsets stay as they were, without another rounding.
    result[:begin] = offsets[:begin]
    result[stroke.stop - shift :] = offsets[stroke.stop :]
    return Changed(result, pointers, shift)
