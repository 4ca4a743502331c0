"""An ink as a short text for a link, and back: the twin of web/src/ink/encode.ts, version 2."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Sequence

from pentrace.errors import InkError
from pentrace.link.range_coder import BitCoder, BitReader, BitWriter, EndOfCodeError, NumberCode, Odds
from pentrace.link.sheet import GRID, MODEL_MS, PRESSURE_LEVELS, Stroke

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
    writer = BitWriter()
    _InkCode(writer).code(strokes, coarseness)
    code = bytes([_VERSION]) + writer.finish()
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def decode(text: str) -> list[Stroke]:
    """The strokes of a text that `encode` or the page wrote. Raises InkError for any other text."""
    if not re.fullmatch(r"[\w-]*", text, re.ASCII) or len(text) % 4 == 1:
        raise InkError("link: the code of the ink: expected base64url, found something else")
    code = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if code[:1] != bytes([_VERSION]):
        found = str(code[0]) if code else "nothing"
        raise InkError(
            f"link: the code of the ink: expected version {_VERSION}, found {found}; "
            "open the link in the page and copy it again"
        )
    try:
        reader = BitReader(code[1:])
        strokes = _InkCode(reader).code([], 0)
    except EndOfCodeError:
        raise InkError("link: the code of the ink ends too early; copy the whole link") from None
    if not reader.done:
        raise InkError("link: the code of the ink has more in it than an ink; copy the link again")
    return strokes


class _InkCode:
    """Each number is coded by how it differs from what the numbers before it foretell.

    One description for both ways: with a reader, what is given to `code` means nothing.
    """

    def __init__(self, coder: BitCoder) -> None:
        self.coder = coder
        self.more, self.model, self.pressed, self.open = (Odds() for _ in range(4))
        self.length, self.pause, self.elapsed, self.force = (NumberCode() for _ in range(4))
        self.jump = NumberCode(), NumberCode()
        # How a movement differs from the one before; by writer and by how much it did lately.
        self.turn = NumberCode(2 * _CLASSES), NumberCode(2 * _CLASSES)
        self.x = self.y = self.dx = self.dy = self.since = self.check = self.pressure = self.points = 0
        self.time = -MODEL_MS

    def code(self, strokes: Sequence[Stroke], coarseness: int) -> list[Stroke]:
        coarse = 2 ** self.coder.plain(coarseness, 3)
        result: list[Stroke] = []
        while self._flag(self.more, len(result) < len(strokes)):
            if result and not result[-1].lifted:
                raise InkError("link: the code of the ink: only the last stroke can be open")
            given = strokes[len(result)] if len(result) < len(strokes) else _NONE
            result.append(self._stroke(given, coarse))
        if self.coder.plain(self.check, 16) != self.check:
            raise InkError("link: the code of the ink was changed on its way; copy the link again")
        return result

    def _stroke(self, given: Stroke, coarse: int) -> Stroke:
        model = self._flag(self.model, given.model)
        pressed = self._flag(self.pressed, given.pressure is not None)
        lifted = not self._flag(self.open, not given.lifted)
        n = self.length.code(self.coder, len(given.x))
        self.points += n
        if n < 1 or self.points > MAX_POINTS:
            raise InkError(
                f"link: the code of the ink: expected strokes of 1 to {MAX_POINTS:,} points, found {n:,}"
            )
        made = Stroke([], [], [], model, [] if pressed else None, lifted)
        known = 0.0
        for k in range(n):
            x, y, time = (each[k] if each else 0 for each in (given.x, given.y, given.time))
            x, y = (math.floor(each / coarse + 0.5) for each in (x, y))
            known = self._move(x, y, k, known, model)
            self._tick(time, k, model)
            if made.pressure is not None:
                made.pressure.append(self._press(given.pressure[k] if given.pressure else 0))
            if max(abs(self.x), abs(self.y)) * coarse > MAX_COORDINATE * GRID or self.time > 2**31:
                raise InkError("link: the code of the ink: a point lies far outside the paper")
            made.x.append(self.x * coarse)
            made.y.append(self.y * coarse)
            made.time.append(self.time)
            self.check = (31 * self.check + self.x + 7 * self.y + self.time) % _CHECK
        return made

    def _flag(self, odds: Odds, value: bool) -> bool:
        return self.coder.bit(odds, int(value)) == 1

    def _move(self, x: int, y: int, k: int, known: float, model: bool) -> float:
        """Returns how much the pen turned lately."""
        dx, dy = x - self.x, y - self.y
        if k == 0:
            self.dx = self.jump[0].code(self.coder, dx)
            self.dy = self.jump[1].code(self.coder, dy)
        else:
            # After a jump the pen begins at rest.
            was_x, was_y = (0, 0) if k == 1 else (self.dx, self.dy)
            writer = _CLASSES if model else 0
            turn_x = self.turn[0].code(self.coder, dx - was_x, writer + _class_of(known))
            turn_y = self.turn[1].code(self.coder, dy - was_y, writer + _class_of((known + abs(turn_x)) / 2))
            self.dx, self.dy = was_x + turn_x, was_y + turn_y
            known = (known + abs(turn_x) + abs(turn_y)) / 2
        self.x += self.dx
        self.y += self.dy
        return known

    def _tick(self, time: int, k: int, model: bool) -> None:
        """The model's points are MODEL_MS apart."""
        before = 0 if k == 1 else self.since
        if model:
            self.since = MODEL_MS
        elif k == 0:
            self.since = self.pause.code(self.coder, time - self.time)
        else:
            self.since = before + self.elapsed.code(self.coder, time - self.time - before)
        self.time += self.since

    def _press(self, pressure: int) -> int:
        self.pressure += self.force.code(self.coder, pressure - self.pressure)
        if not 0 <= self.pressure <= PRESSURE_LEVELS:
            raise InkError("link: the code of the ink: a pressure is out of range")
        return self.pressure


_NONE = Stroke([], [], [])


def _class_of(turn: float) -> int:
    """How much the pen turned lately, in powers of two."""
    return min(int(turn + 1).bit_length() - 1, _CLASSES - 1)
