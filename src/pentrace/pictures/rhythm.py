"""How closely each cell keeps time with the pen (spec/cells.md); the twin of web/src/cells/rhythm.ts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64

_LEAST_ROWS = 8
_LEAST_VARIANCE = 1e-6
_BEST = 5


def rhythm(values: F32, y: npt.ArrayLike) -> F64:
    """The share of each cell's variance that the pen's height and its rise tell, R2.

    Args:
        values: [rows, C].
        y: the height of the pen in each row [rows], in any unit. The slope of the line is taken out of it.

    Returns:
        [C], 0 to 1; 0 for a cell that rests, and for all where the rows are too few or the pen does not move.
    """
    rows, cells = values.shape
    if rows < _LEAST_ROWS:
        return np.zeros(cells)
    high = np.asarray(y, np.float64)
    time = np.arange(rows)
    rise = np.diff(high, prepend=high[0])
    pen = np.stack((high - np.polyval(np.polyfit(time, high, 1), time), rise - rise.mean()), axis=1)
    if np.linalg.det(gram := pen.T @ pen) <= 1e-9 * gram.diagonal().prod():
        return np.zeros(cells)
    centred = values - values.mean(axis=0, dtype=np.float64)
    along = pen.T @ centred
    told = (along * np.linalg.solve(gram, along)).sum(axis=0)
    variance = (centred**2).mean(axis=0)
    known = variance > _LEAST_VARIANCE
    share: F64 = np.divide(told / rows, variance, out=np.zeros(cells), where=known)
    return share.clip(max=1)


def plainest(values: F32, swing: F64) -> int:
    """The cell that shows the rhythm most plainly: of the five most in time, the one of the largest variance.

    Args:
        values: [rows, C].
        swing: from `rhythm`, [C].
    """
    best = np.argsort(-swing.astype(np.float32), kind="stable")[:_BEST]
    return int(best[values[:, best].var(axis=0, dtype=np.float64).argmax()])
