"""An ink as a short text for a link: the writing half of web/src/ink/encode.ts, version 2."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING

from pentrace.errors import InkError
from pentrace.link.range_coder import BitWriter, FlagCode, NumberCode
from pentrace.link.sheet import GRID, MODEL_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.link.sheet import Stroke

_VERSION = 2
_COARSEST = 4
"""The coarsest grid has steps of 2 ^ COARSEST / GRID sheet units."""
_CLASSES = 7
_CHECK = 2**16
MAX_POINTS = 50_000
MAX_COORDINATE = 10**6
"""Most points, and the largest coordinate in sheet units, that the page reads."""


def encode_within(strokes: Sequence[Stroke], most: int) -> str:
    """The most exact text of at most so many characters. Raises InkError if even the coarsest is longer."""
    for coarseness in range(_COARSEST + 1):
        text = encode(strokes, coarseness)
        if len(text) <= most:
            return text
    raise InkError(
        f"link: expected an ink that fits {most:,} characters, found {len(text):,}; link to a part of it"
    )


def encode(strokes: Sequence[Stroke], coarseness: int = 0) -> str:
    """The text of strokes, with points on a grid that is 2^coarseness times as coarse.

    Raises InkError for what the page would not read.
    """
    if (count := sum(len(stroke.x) for stroke in strokes)) > MAX_POINTS:
        raise InkError(f"link: expected at most {MAX_POINTS:,} points, found {count:,}")
    largest = max((abs(each) for stroke in strokes for each in (*stroke.x, *stroke.y)), default=0)
    if largest > MAX_COORDINATE * GRID:
        raise InkError(
            f"link: expected an ink at most {MAX_COORDINATE:,} sheet units wide, found a wider one"
        )
    code = bytes([_VERSION]) + _InkCode().write(strokes, coarseness)
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


class _InkCode:
    """Each number is coded by how it differs from what the numbers before it foretell."""

    def __init__(self) -> None:
        self.writer = BitWriter()
        self.more, self.model, self.pressed, self.open = (FlagCode() for _ in range(4))
        self.length, self.pause, self.elapsed = NumberCode(), NumberCode(), NumberCode()
        self.jump = NumberCode(), NumberCode()
        # How a movement differs from the one before; by writer and by how much it did lately.
        self.turn = NumberCode(2 * _CLASSES), NumberCode(2 * _CLASSES)
        self.x = self.y = self.dx = self.dy = self.since = self.check = 0
        self.time = -MODEL_MS

    def write(self, strokes: Sequence[Stroke], coarseness: int) -> bytes:
        self.writer.plain(coarseness, 3)
        for stroke in strokes:
            self.more.write(self.writer, True)
            self._stroke(stroke, 2**coarseness)
        self.more.write(self.writer, False)
        self.writer.plain(self.check, 16)
        return self.writer.finish()

    def _stroke(self, stroke: Stroke, coarse: int) -> None:
        for flag in (self.model, self.pressed, self.open):
            flag.write(self.writer, False)
        self.length.write(self.writer, len(stroke.x))
        known = 0.0
        for k, (x, y, time) in enumerate(zip(stroke.x, stroke.y, stroke.time, strict=True)):
            known = self._move(math.floor(x / coarse + 0.5), math.floor(y / coarse + 0.5), k, known)
            self._tick(time, k)
            self.check = (31 * self.check + self.x + 7 * self.y + self.time) % _CHECK

    def _move(self, x: int, y: int, k: int, known: float) -> float:
        """Returns how much the pen turned lately."""
        dx, dy = x - self.x, y - self.y
        if k == 0:
            self.jump[0].write(self.writer, dx)
            self.jump[1].write(self.writer, dy)
        else:
            # After a jump the pen begins at rest.
            was_x, was_y = (0, 0) if k == 1 else (self.dx, self.dy)
            turn_x, turn_y = dx - was_x, dy - was_y
            self.turn[0].write(self.writer, turn_x, _class_of(known))
            self.turn[1].write(self.writer, turn_y, _class_of((known + abs(turn_x)) / 2))
            known = (known + abs(turn_x) + abs(turn_y)) / 2
        self.x, self.y, self.dx, self.dy = x, y, dx, dy
        return known

    def _tick(self, time: int, k: int) -> None:
        since = time - self.time
        if k == 0:
            self.pause.write(self.writer, since)
        else:
            self.elapsed.write(self.writer, since - (0 if k == 1 else self.since))
        self.time, self.since = time, since


def _class_of(turn: float) -> int:
    """How much the pen turned lately, in powers of two."""
    return min(int(turn + 1).bit_length() - 1, _CLASSES - 1)
