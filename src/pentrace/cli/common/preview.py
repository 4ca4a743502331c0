"""Ink as text: Braille characters have two by four dots, enough to read a line of handwriting in a terminal.

Letter key: n points, s strokes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.cli.common.text import counted

if TYPE_CHECKING:
    from pentrace.ink import Ink

DOTS_TALL = 32
"""Height of a line of writing in dots: eight rows of text, so that loops stay open."""
TALLEST = 4 * DOTS_TALL
"""Largest height of a row in dots, for writing of several lines or a line that climbs."""
MOST_ROWS = 6
TINY = 1e-9

Dots = npt.NDArray[np.float64]

# Bit of each dot of a Braille character, by row and column (Unicode, block 2800).
BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


def preview(ink: Ink, columns: int) -> str:
    """The ink in rows of at most `columns` characters, broken between strokes."""
    strokes = [stroke.points.astype(np.float64) for stroke in ink.strokes()]
    # Distances between the first dot and the last.
    room = np.array([2 * columns - 1, TALLEST - 1])
    scale = dots_per_unit(strokes, room)
    rows = in_rows([stroke * scale for stroke in strokes], room)
    pictures = [draw(row) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        pictures.append(f"... and {counted(len(rows) - MOST_ROWS, 'row')} more")
    return "\n\n".join(pictures)


def dots_per_unit(strokes: list[Dots], room: Dots) -> float:
    """The scale at which a line of writing has its height, unless a stroke would not fit."""
    sizes = np.array([np.ptp(stroke, axis=0) for stroke in strokes])  # [s, 2]
    height = float(np.ptp(np.concatenate(strokes)[:, 1]))
    # Four times the median stroke allows for ascenders and descenders, but a line that drifts is not shrunk.
    line = min(height, 4 * float(np.median(sizes[:, 1]))) or height
    largest = np.maximum(sizes.max(axis=0), TINY)
    return float(min((DOTS_TALL - 1) / max(line, TINY), *(room / largest)))


def in_rows(strokes: list[Dots], room: Dots) -> list[list[Dots]]:
    """Distributes strokes over rows: a stroke that does not fit in a row begins the next."""
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
    """The character for a cell's dots; a space if there are none, since every font has that."""
    return chr(0x2800 + cell) if cell else " "


def along(stroke: Dots) -> Dots:
    """Points [m, 2] along a stroke's lines [n, 2], at most one dot apart."""
    parts = [stroke[:1]]
    for begin, end in pairwise(stroke):
        steps = int(np.ceil(np.abs(end - begin).max())) or 1
        parts.append(begin + (end - begin) * np.arange(1, steps + 1)[:, None] / steps)
    return np.concatenate(parts)
