"""Ink as text: Braille characters hold two by four dots each, enough to read a line of handwriting in a terminal.

Letter key: n points, s strokes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.cli.text import counted

if TYPE_CHECKING:
    from pentrace.ink import Ink

DOTS_TALL = 32
"""Dots that a line of writing is tall: eight rows of text, so that loops stay open."""
TALLEST = 4 * DOTS_TALL
"""Dots that a row may be tall: writing in several lines, or one that climbs."""
MOST_ROWS = 6
TINY = 1e-9

Dots = npt.NDArray[np.float64]

# Bit of each dot of a Braille character, by row and column (Unicode, block 2800).
BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


def preview(ink: Ink, columns: int) -> str:
    """The ink in at most `columns` characters a row; what is too long for a row goes on below, stroke by stroke."""
    strokes = [stroke.points.astype(np.float64) for stroke in ink.strokes()]
    # From the first dot to the last: one less than there are.
    room = np.array([2 * columns - 1, TALLEST - 1])
    scale = dots_per_unit(strokes, room)
    rows = in_rows([stroke * scale for stroke in strokes], room)
    pictures = [draw(row) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        pictures.append(f"... and {counted(len(rows) - MOST_ROWS, 'row')} more")
    return "\n\n".join(pictures)


def dots_per_unit(strokes: list[Dots], room: Dots) -> float:
    """The scale at which writing is as tall as a line should be, and no stroke needs more room than there is."""
    sizes = np.array([np.ptp(stroke, axis=0) for stroke in strokes])  # [s, 2]
    height = float(np.ptp(np.concatenate(strokes)[:, 1]))
    # Ascenders and descenders stand out of the middle stroke; a line that drifts is not shrunk for that.
    line = min(height, 4 * float(np.median(sizes[:, 1]))) or height
    largest = np.maximum(sizes.max(axis=0), TINY)
    return float(min((DOTS_TALL - 1) / max(line, TINY), *(room / largest)))


def in_rows(strokes: list[Dots], room: Dots) -> list[list[Dots]]:
    """Strokes in rows: a new one begins with a stroke that reaches out of the room of the one before."""
    rows: list[list[Dots]] = []
    low = high = np.zeros(2)
    for stroke in strokes:
        least, most = stroke.min(axis=0), stroke.max(axis=0)
        if not rows or bool(np.any(np.maximum(high, most) - np.minimum(low, least) > room)):
            rows.append([])
            low, high = least, most
        rows[-1].append(stroke)
        low, high = np.minimum(low, least), np.maximum(high, most)
    return rows


def draw(strokes: list[Dots]) -> str:
    """One row of strokes, in dots, as Braille text."""
    dots = np.concatenate([along(stroke) for stroke in strokes])
    x, y = (dots - dots.min(axis=0)).round().astype(int).T
    cells = np.zeros((y.max() // 4 + 1, x.max() // 2 + 1), dtype=np.uint8)
    np.bitwise_or.at(cells, (y // 4, x // 2), BITS[y % 4, x % 2])
    return "\n".join("".join(map(braille, row.tolist())).rstrip() for row in cells)


def braille(cell: int) -> str:
    """The character of a cell's dots; a blank where there are none, which every font has."""
    return chr(0x2800 + cell) if cell else " "


def along(stroke: Dots) -> Dots:
    """Points [m, 2] along a stroke's lines [n, 2], at most one dot apart."""
    parts = [stroke[:1]]
    for begin, end in pairwise(stroke):
        steps = int(np.ceil(np.abs(end - begin).max())) or 1
        parts.append(begin + (end - begin) * np.arange(1, steps + 1)[:, None] / steps)
    return np.concatenate(parts)
