"""Ink as text: Braille characters hold two by four dots each, enough to read a line of handwriting in a terminal.

Letter key: n points, s strokes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pentrace.ink import Ink

DOTS_TALL = 32
"""Dots that a line of writing is tall: eight rows of text, so that loops stay open."""
MOST_LINES = 6

# Bit of each dot of a Braille character, by row and column (Unicode, block 2800).
BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


def preview(ink: Ink, columns: int) -> str:
    """The ink in at most `columns` characters a row; what is too long for a row goes on below, stroke by stroke."""
    strokes = [stroke.points.astype(np.float64) for stroke in ink.strokes()]
    scale = dots_per_unit(strokes, 2 * columns)
    rows = lines([stroke * scale for stroke in strokes], 2 * columns)
    left_out = len(rows) - MOST_LINES
    pictures = [draw(row) for row in rows[:MOST_LINES]]
    if left_out > 0:
        pictures.append(f"... and {left_out} more {'line' if left_out == 1 else 'lines'} of it")
    return "\n\n".join(pictures)


def dots_per_unit(strokes: list[npt.NDArray[np.float64]], wide: int) -> float:
    """The scale at which writing is as tall as a line should be and no stroke is wider than a row."""
    tall = float(np.median([np.ptp(stroke[:, 1]) for stroke in strokes if len(stroke) > 1] or [1.0]))
    longest = max(float(np.ptp(stroke[:, 0])) for stroke in strokes)
    height = max(float(np.ptp(np.concatenate(strokes)[:, 1])), 1e-9)
    # Ascenders and descenders stand out of the middle of a stroke; a line that drifts is not shrunk for that.
    scale = DOTS_TALL / max(min(height, 4 * tall), 1e-9)
    return min(scale, (wide - 1) / max(longest, 1e-9))


def lines(strokes: list[npt.NDArray[np.float64]], wide: int) -> list[list[npt.NDArray[np.float64]]]:
    """Strokes in rows: a new one begins where a stroke would reach beyond `wide` dots."""
    rows: list[list[npt.NDArray[np.float64]]] = []
    left, right = 0.0, 0.0
    for stroke in strokes:
        first, last = float(stroke[:, 0].min()), float(stroke[:, 0].max())
        if not rows or max(right, last) - min(left, first) > wide - 1:
            rows.append([])
            left, right = first, last
        rows[-1].append(stroke)
        left, right = min(left, first), max(right, last)
    return rows


def draw(strokes: list[npt.NDArray[np.float64]]) -> str:
    """One row of strokes, in dots, as Braille text."""
    dots = np.concatenate([along(stroke) for stroke in strokes])
    x, y = (dots - dots.min(axis=0)).round().astype(int).T
    cells = np.zeros((y.max() // 4 + 1, x.max() // 2 + 1), dtype=np.uint8)
    np.bitwise_or.at(cells, (y // 4, x // 2), BITS[y % 4, x % 2])
    return "\n".join("".join(map(braille, row.tolist())).rstrip() for row in cells)


def braille(cell: int) -> str:
    """The character of a cell's dots; a blank where there are none, which every font has."""
    return chr(0x2800 + cell) if cell else " "


def along(stroke: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points [m, 2] along a stroke's lines [n, 2], at most one dot apart."""
    parts = [stroke[:1]]
    for begin, end in pairwise(stroke):
        steps = int(np.ceil(np.abs(end - begin).max())) or 1
        parts.append(begin + (end - begin) * np.arange(1, steps + 1)[:, None] / steps)
    return np.concatenate(parts)
