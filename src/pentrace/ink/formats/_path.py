"""SVG path data and transforms (SVG 2, sections 8.2 and 9.3): curves flattened to points.

Letter key: a matrix is (a, b, c, d, e, f) and takes (x, y) to (a x + c y + e, b x + d y + f).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.errors import FormatError
from pentrace.ink.ink import MAX_POINTS

if TYPE_CHECKING:
    from collections.abc import Callable

Points = npt.NDArray[np.float64]
Matrix = tuple[float, float, float, float, float, float]
Pair = tuple[float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
FLATNESS = 0.002
"""Largest distance between a curve and its chords, as a part of its control polygon: so no unit is needed."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SEPARATOR = re.compile(r"[\s,]*")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_TRANSFORM = re.compile(r"\s*(\w+)\s*\(([^)]*)\)[\s,]*")


def flatten(data: str) -> list[Points]:
    """The subpaths of path data, each float64 [k, 2] with k >= 1. Raises FormatError where it is broken."""
    return _Pen(data).draw()


def transform(text: str) -> Matrix:
    """The matrix of a `transform` attribute."""
    matrix, at = IDENTITY, 0
    while at < len(text):
        match = _TRANSFORM.match(text, at)
        if match is None:
            raise FormatError(f"transform: cannot read {text[at : at + 30]!r}")
        matrix = multiply(matrix, _one_transform(match[1], numbers(match[2])))
        at = match.end()
    return matrix


def multiply(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that applies `inner` first, then `outer`."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (
        a * g + c * h,
        b * g + d * h,
        a * i + c * j,
        b * i + d * j,
        a * k + c * m + e,
        b * k + d * m + f,
    )


def apply(matrix: Matrix, points: Points) -> Points:
    """Points [k, 2] taken through a matrix."""
    a, b, c, d, e, f = matrix
    with np.errstate(over="ignore", invalid="ignore"):  # Ink refuses what is not finite
        moved: Points = points @ np.array([[a, b], [c, d]]) + (e, f)
    return moved


def numbers(text: str) -> list[float]:
    """Numbers that commas or white space separate."""
    scanner, found = _Scanner(text), []
    while not scanner.at_end():
        found.append(scanner.number())
    return found


def _one_transform(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return (a, b, c, d, e, f)
        case "translate", [x, *y] if len(y) <= 1:
            return (1, 0, 0, 1, x, y[0] if y else 0)
        case "scale", [x, *y] if len(y) <= 1:
            return (x, 0, 0, y[0] if y else x, 0, 0)
        case "rotate", [angle, *center] if len(center) in (0, 2):
            x, y0 = center or (0.0, 0.0)
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            return multiply((1, 0, 0, 1, x, y0), multiply((cos, sin, -sin, cos, 0, 0), (1, 0, 0, 1, -x, -y0)))
        case "skewX", [angle]:
            return (1, 0, math.tan(math.radians(angle)), 1, 0, 0)
        case "skewY", [angle]:
            return (1, math.tan(math.radians(angle)), 0, 1, 0, 0)
    raise FormatError(f"transform: cannot read {name} of {len(values)} numbers")


class _Scanner:
    """Reads numbers and flags one after the other; they need no separator where none is ambiguous."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def at_end(self) -> bool:
        self._skip()
        return self.at == len(self.text)

    def letter(self) -> str | None:
        """The next character if it is a letter, read."""
        self._skip()
        if self.at < len(self.text) and self.text[self.at].isalpha():
            self.at += 1
            return self.text[self.at - 1]
        return None

    def number(self) -> float:
        self._skip()
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise FormatError(f"expected a number, found {self._next()}")
        self.at = match.end()
        value = float(match[0])
        if not math.isfinite(value):
            raise FormatError(f"expected finite numbers, found {match[0][:20]}")
        return value

    def flag(self) -> bool:
        self._skip()
        if self.text[self.at : self.at + 1] not in ("0", "1"):
            raise FormatError(f"expected a flag, 0 or 1, found {self._next()}")
        self.at += 1
        return self.text[self.at - 1] == "1"

    def _next(self) -> str:
        """What comes next, for an error."""
        return repr(self.text[self.at : self.at + 20]) if self.at < len(self.text) else "the end"

    def _skip(self) -> None:
        match = _SEPARATOR.match(self.text, self.at)
        if match is not None:
            self.at = match.end()


class _Pen:
    """Draws path data: knows where it is, where the subpath began and the last control point."""

    def __init__(self, data: str) -> None:
        self.scanner = _Scanner(data)
        self.subpaths: list[list[Pair]] = []
        self.here: Pair = (0.0, 0.0)
        self.begin: Pair = (0.0, 0.0)
        self.control: Pair | None = None
        self.last = ""
        self.count = 0

    def draw(self) -> list[Points]:
        command = ""
        while not self.scanner.at_end():
            letter = self.scanner.letter()
            if letter is not None:
                command = letter
            elif command in ("", "Z", "z"):
                raise FormatError("path data: expected a command, found a number")
            elif command in "Mm":
                command = "L" if command == "M" else "l"  # more pairs after a move are lines
            if command.upper() not in _ARGUMENTS or (not self.subpaths and command not in "Mm"):
                raise FormatError(
                    f"path data: expected M first and then M L H V C S Q T A Z, found {command!r}"
                )
            self._command(command.upper(), command.islower())
        return [np.array(points, np.float64) for points in self.subpaths]

    def _command(self, name: str, relative: bool) -> None:
        x, y = self.here if relative else (0.0, 0.0)
        number = self.scanner.number
        control: Pair | None = None

        def pair() -> Pair:
            return (number() + x, number() + y)

        if name == "M":
            self.here = self.begin = pair()
            self._add(new=True)
        elif name == "Z":
            self._line(self.begin)
        elif name == "L":
            self._line(pair())
        elif name == "H":
            self._line((number() + x, self.here[1]))
        elif name == "V":
            self._line((self.here[0], number() + y))
        elif name in "CS":
            first = pair() if name == "C" else self._reflected("CS")
            control, end = pair(), pair()
            self._curve([self.here, first, control, end])
        elif name in "QT":
            control = pair() if name == "Q" else self._reflected("QT")
            self._curve([self.here, control, pair()])
        else:
            radii, angle = (number(), number()), number()
            large, sweep = self.scanner.flag(), self.scanner.flag()
            self._arc(radii, angle, large, sweep, pair())
        self.control, self.last = control, name

    def _reflected(self, family: str) -> Pair:
        """The last control point mirrored at the current point, if the last command was of the same family."""
        if self.control is None or self.last not in family:
            return self.here
        return (2 * self.here[0] - self.control[0], 2 * self.here[1] - self.control[1])

    def _line(self, end: Pair) -> None:
        if self.last == "Z":  # a new subpath that begins where the closed one did
            self._add(new=True)
        self.here = end
        self._add()

    def _curve(self, controls: list[Pair]) -> None:
        p = np.array(controls)
        degree = len(p) - 1
        length = float(np.hypot(*np.diff(p, axis=0).T).sum())
        bend = degree * (degree - 1) * float(np.hypot(*np.diff(p, 2, axis=0).T).max())
        # a chord over 1/n of the parameter is off by at most max|B''| / (8 n^2)
        pieces = math.ceil(math.sqrt(bend / (8 * FLATNESS * length))) if length > 0 else 1
        self._trace(_bezier(p), min(max(pieces, 1), 64))

    def _arc(self, radii: Pair, degrees: float, large: bool, sweep: bool, end: Pair) -> None:
        rx, ry = abs(radii[0]), abs(radii[1])
        if rx == 0 or ry == 0 or end == self.here:
            self._line(end)
            return
        curve, angle = _ellipse(self.here, end, rx, ry, math.radians(degrees), large, sweep)
        self._trace(curve, max(1, math.ceil(abs(angle) / (math.pi / 16))))
        self.here = self.subpaths[-1][-1] = end

    def _trace(self, curve: Callable[[float], Pair], pieces: int) -> None:
        if self.last == "Z":
            self._add(new=True)
        for k in range(1, pieces + 1):
            self.here = curve(k / pieces)
            self._add()

    def _add(self, new: bool = False) -> None:
        self.count += 1
        if self.count > MAX_POINTS:
            raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
        if new:
            self.subpaths.append([])
        self.subpaths[-1].append(self.here)


def _bezier(p: Points) -> Callable[[float], Pair]:
    def at(t: float) -> Pair:
        q = p
        while len(q) > 1:  # de Casteljau
            q = q[:-1] * (1 - t) + q[1:] * t
        return (float(q[0, 0]), float(q[0, 1]))

    return at


def _ellipse(
    start: Pair, end: Pair, rx: float, ry: float, phi: float, large: bool, sweep: bool
) -> tuple[Callable[[float], Pair], float]:
    """The arc as a function of 0 to 1, and its angle (SVG 2, appendix B.2.4: end points to centre)."""
    cos, sin = math.cos(phi), math.sin(phi)
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    u, v = cos * half_x + sin * half_y, -sin * half_x + cos * half_y
    grow = math.sqrt(max(1.0, (u / rx) ** 2 + (v / ry) ** 2))  # radii too small to reach are enlarged
    rx, ry = rx * grow, ry * grow
    free = max(0.0, (rx * ry) ** 2 - (rx * v) ** 2 - (ry * u) ** 2)
    root = math.sqrt(free / ((rx * v) ** 2 + (ry * u) ** 2)) * (-1 if large == sweep else 1)
    cu, cv = root * rx * v / ry, -root * ry * u / rx
    center = (
        cos * cu - sin * cv + (start[0] + end[0]) / 2,
        sin * cu + cos * cv + (start[1] + end[1]) / 2,
    )
    first = math.atan2((v - cv) / ry, (u - cu) / rx)
    angle = math.atan2((-v - cv) / ry, (-u - cu) / rx) - first
    if sweep and angle < 0:
        angle += 2 * math.pi
    elif not sweep and angle > 0:
        angle -= 2 * math.pi

    def at(t: float) -> Pair:
        x, y = rx * math.cos(first + angle * t), ry * math.sin(first + angle * t)
        return (center[0] + cos * x - sin * y, center[1] + sin * x + cos * y)

    return at, angle
