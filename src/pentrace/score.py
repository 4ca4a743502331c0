"""The score: nats a point in raw whiteboard units, so that no normalisation can flatter.

A line's first point is its origin; every later offset counts, clipped to +-500 raw units, at most the first 600 of a
line; the model starts from state zero and one zero input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.ink import WHITEBOARD_SCALE, Ink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_OFFSETS = 600
CLIP = 500 * WHITEBOARD_SCALE
"""Largest offset in model units."""
RAW_NATS = -2 * math.log(WHITEBOARD_SCALE)
"""What turns -log of a density in model units into one in raw units: 2 ln 40."""

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """Means over points, in nats and raw units."""

    position: float
    pen: float
    lines: int
    points: int

    @property
    def nats_per_point(self) -> float:
        """Position and pen together: the score."""
        return self.position + self.pen

    @property
    def nats_per_line(self) -> float:
        """Mean over lines of the sum of a line's nats, raw units."""
        return self.nats_per_point * self.points / self.lines

    def to_dict(self) -> dict[str, float | int]:
        """All figures by name."""
        return {
            "nats_per_point": self.nats_per_point,
            "position": self.position,
            "pen": self.pen,
            "nats_per_line": self.nats_per_line,
            "lines": self.lines,
            "points": self.points,
        }


def clipped_offsets(ink: Ink) -> FloatArray:
    """A line's offsets [n, 3] in model units, clipped to +-500 raw units."""
    offsets = ink.offsets()
    np.clip(offsets[:, :2], -CLIP, CLIP, out=offsets[:, :2])
    return offsets


def scored_offsets(inks: Iterable[Ink]) -> Iterator[FloatArray]:
    """The offsets of each line that count, those without any left out."""
    for ink in inks:
        if len(ink) > 1:
            yield clipped_offsets(ink)[:MAX_OFFSETS]


class Tally:
    """Sums nats of lines up to a score."""

    def __init__(self) -> None:
        self._position = self._pen = 0.0
        self._lines = self._points = 0

    def add(self, position: float, pen: float, points: int, lines: int = 1) -> None:
        """Sums over `points` points of `lines` lines, in model units."""
        self._position += position
        self._pen += pen
        self._points += points
        self._lines += lines

    def score(self) -> Score:
        """The means of what was added."""
        return Score(
            self._position / self._points + RAW_NATS,
            self._pen / self._points,
            self._lines,
            self._points,
        )
