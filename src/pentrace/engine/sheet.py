"""The ink of the page's paper as the model reads it: the twin of web/src/engine/reader.ts and writing-size.ts.

Strokes are read one after the other, so that no point is read twice while an ink grows. The size of the writing is
estimated from the strokes, and the size that the paper's rules ask for counts as much as a letter or so.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.prepare import Prepared
from pentrace.ink import Ink
from pentrace.link.sheet import GRID, RULING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.engine.engine import Engine
    from pentrace.link.sheet import SheetInk, Stroke

F32 = npt.NDArray[np.float32]

_RULING_WEIGHT = 8
"""Weight of the ruling, as a length of path in sizes: about a letter."""
_ENOUGH = 60
"""Length of path, in sizes, that is enough to fix the size: a word or two."""
_DOT = Ink([[0, 0]], [True])


def read_sheet(engine: Engine, sheet: SheetInk) -> Prepared:
    """The ink as the page reads it; its units are those of the sheet.

    Raises EngineError if a stroke is too long for the size of its writing.
    """
    size = _size(engine, sheet.strokes)
    scale = engine.prepare(_DOT, size).scale
    offsets, raw, start = [], [np.zeros(1, np.int32)], 0
    before: F32 | None = None
    for stroke in sheet.strokes:
        read, points = _read(engine, stroke, before, scale, size)
        offsets.append(read)
        first = start - (before is not None)
        raw.append((first + points).astype(np.int32))
        start += len(stroke.x)
        before = _points(stroke)[-1:]
    dot = sheet.strokes[0].lifted and len(sheet.strokes[0].x) == 1
    return Prepared(np.concatenate(offsets), scale, np.concatenate(raw), dot)


def _points(stroke: Stroke) -> F32:
    """[n, 2] in sheet units."""
    return (np.array([stroke.x, stroke.y]).T / GRID).astype(np.float32)


def _read(
    engine: Engine, stroke: Stroke, before: F32 | None, scale: float, size: float
) -> tuple[F32, npt.NDArray[np.int32]]:
    """Offsets [n, 3] of a stroke after a point [1, 2], and the point that each leads to, counted from that one."""
    points = _points(stroke)
    joined = points if before is None else np.concatenate((before, points))
    lifts = np.zeros(len(joined), np.bool_)
    lifts[0], lifts[-1] = before is not None, stroke.lifted
    if not stroke.model:
        found = engine.prepare(Ink(joined, lifts), size)
        return found.offsets, found.raw_points[1:]
    # The model's points have the spacing that it knows already.
    offsets = np.zeros((len(joined) - 1, 3), np.float32)
    offsets[:, :2] = np.diff(joined.astype(np.float64), axis=0) * scale
    offsets[:, 2] = lifts[1:]
    return offsets, np.arange(1, len(joined), dtype=np.int32)


class _Estimate(NamedTuple):
    size: float
    settled: bool


def _size(engine: Engine, strokes: Sequence[Stroke]) -> float:
    """The size of the writing in sheet units: of the closed strokes, or of the first while there is no other."""
    closed = [stroke for stroke in strokes if stroke.lifted]
    latest: _Estimate | None = None
    for k, stroke in enumerate(closed, 1):
        if stroke.model:
            latest = _Estimate(RULING if latest is None else latest.size, True)
        else:
            latest = _estimate(engine, closed[:k])
        if latest.settled:
            break
    if not closed and strokes and not strokes[0].model:
        latest = _estimate(engine, strokes[:1])
    return RULING if latest is None else latest.size


def _estimate(engine: Engine, strokes: Sequence[Stroke]) -> _Estimate:
    measured = engine.writing_size(Ink.from_strokes(map(_points, strokes)))
    if measured == 0:
        return _Estimate(RULING, False)
    length = 0.0
    for stroke in strokes:
        for step in np.diff(_points(stroke).astype(np.float64), axis=0).tolist():
            length += math.hypot(*step)
    way = length / measured
    # Sizes are compared by their ratio.
    return _Estimate(RULING * (measured / RULING) ** (way / (way + _RULING_WEIGHT)), way >= _ENOUGH)
