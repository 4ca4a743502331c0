"""Numbers of a file brought into what an ink can hold: coordinates into float32's exact range, times in order.

`web/src/ink/formats/columns.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.ink.formats._notes import Notes
from pentrace.ink.ink import LIMIT, Ink, lifts_after

Column = npt.NDArray[np.float64]

_MOST_REPAIRED = 0.1
"""Times are left out where more than this part of them would have to be changed."""


def build(
    strokes: list[Column],
    notes: Notes,
    unit_mm: float | None = None,
    time: Column | None = None,
    pressure: Column | None = None,
    scale: float | None = None,
) -> Ink:
    """The ink of strokes, each float64 [k, 2] with k >= 1; times in milliseconds, NaN where one is not known."""
    points, divisor = within_float32(np.concatenate(strokes), notes)
    return Ink(
        points,
        lifts_after([len(stroke) for stroke in strokes]),
        None if time is None else in_order(time, notes),
        pressure,
        None if scale is None else scale * divisor,
        None if unit_mm is None else unit_mm * divisor,
    )


def within_float32(points: Column, notes: Notes) -> tuple[Column, float]:
    """Points moved to begin at 0, and divided by a power of two, where float32 cannot tell neighbours apart.

    Returns the points and the divisor.
    """
    if not float(np.abs(points).max()) > LIMIT:  # also a NaN, which Ink refuses
        return points, 1.0
    moved = points - np.floor(points.min(axis=0))
    extent, divisor = float(moved.max()), 1.0
    while extent / divisor > LIMIT:
        divisor *= 2
    divided = "" if divisor == 1 else f" and divided by {divisor:.0f}"
    notes.add(f"coordinates beyond {LIMIT:,.0f}: moved to begin at 0{divided}, so that float32 holds them")
    return moved / divisor, divisor


def in_order(time: Column, notes: Notes) -> Column | None:
    """Times counted from the first point, none before one that came earlier; None where too many are wrong."""
    unknown = int(np.isnan(time).sum())
    if unknown:
        notes.add(f"the time of {unknown:,} of {len(time):,} points is not known: times are left out")
        return None
    # Counted from the first point: float32 cannot hold a date in milliseconds.
    elapsed = time - time[0]
    ordered = np.maximum.accumulate(elapsed)
    wrong = int((ordered != elapsed).sum())
    if wrong > _MOST_REPAIRED * len(time):
        notes.add(f"times run backwards at {wrong:,} of {len(time):,} points: times are left out")
        return None
    if wrong:
        notes.add(f"times run backwards at {wrong:,} of {len(time):,} points: they take the time before them")
    if float(ordered[-1]) > LIMIT:
        notes.add(f"times go on for more than {LIMIT:,.0f} ms: times are left out")
        return None
    return ordered
