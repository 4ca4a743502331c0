"""SVG path data (SVG 2, section 9.3): curves flattened to points.

`web/src/ink/formats/path-data.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache

from pentrace.errors import FormatError
from pentrace.ink.ink import MAX_POINTS

Pair = tuple[float, float]

FLATNESS = 0.002
"""Largest distance between a curve and its chords, as a part of its control polygon: so no unit is needed."""
MAX_NUMBER = 1e30
"""Largest number that is read: beyond it, areas and lengths of curves overflow."""

_BLANK = r"[ \t\n\f\r]*+"
_NUMBER = re.compile(rf"{_BLANK}([+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)")
_ONE = re.compile(_NUMBER.pattern.removeprefix(_BLANK))
_NEXT_NUMBER = re.compile(rf"{_BLANK}(?:,{_BLANK})?{_ONE.pattern}")
_RUN = re.compile(rf"{_NUMBER.pattern}(?:{_NEXT_NUMBER.pattern})*+")
_FLAG = re.compile(rf"{_BLANK}(?:,{_BLANK})?([01])")
_COMMA = re.compile(rf"{_BLANK},")
_SKIP = re.compile(_BLANK)
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_COMMANDS = frozenset("MmLlHhVvCcSsQqTtAaZz")


@dataclass(slots=True)
class Subpath:
    """Points that the pen draws without a lift; `closed` where they end at their first point by the path's own word."""

    points: list[Pair] = field(default_factory=list)
    closed: bool = False


def flatten(data: str, most: int = MAX_POINTS) -> tuple[list[Subpath], str | None]:
    """The subpaths that path data draws, and what stopped it where it is broken.

    What comes before an error is drawn, as SVG asks; a move that nothing follows draws nothing.
    Raises FormatError where there are more than `most` points.
    """
    if data.strip() == "none":
        return [], None
    pen = _Pen(most)
    try:
        _read(data, pen)
        error = None
    except _BrokenPathError as broken:
        error = str(broken)
    return pen.subpaths(), error


def read_points(text: str, most: int = MAX_POINTS) -> tuple[list[Pair], str | None]:
    """The points of a `points` attribute, and what stopped them where they are broken; FormatError above `most`."""
    scanner = _Scanner(text)
    points: list[Pair] = []
    try:
        while not scanner.at_end():
            if len(points) >= most:
                raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
            points.append((scanner.number(first=not points), scanner.number()))
    except _BrokenPathError as broken:
        return points, str(broken)
    return points, None


class _BrokenPathError(Exception):
    """What is wrong with path data, and where."""


class _Scanner:
    """Reads numbers and flags one after the other; they need no separator where none is ambiguous."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def at_end(self) -> bool:
        self.at = _end(_SKIP, self.text, self.at)
        return self.at == len(self.text)

    def number(self, first: bool = False) -> float:
        """The next number; one that is not the first may have a comma before it."""
        match = (_NUMBER if first else _NEXT_NUMBER).match(self.text, self.at)
        if match is None:
            raise self.broken("a number")
        value = float(match[1])
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            self.at = match.start(1)
            raise self.broken(f"a number of at most {MAX_NUMBER:.0e}")
        self.at = match.end()
        return value

    def run(self) -> list[float]:
        """All numbers that follow, up to one that is too large."""
        match = _RUN.match(self.text, self.at)
        if match is None:
            return []
        values: list[float] = []
        for word in _ONE.finditer(self.text, self.at, match.end()):
            value = float(word[0])
            if not -MAX_NUMBER <= value <= MAX_NUMBER:
                self.at = word.start()
                return values
            values.append(value)
        self.at = match.end()
        return values

    def another(self) -> bool:
        """Whether a number or a comma follows, so more arguments of the same command."""
        return (
            _NEXT_NUMBER.match(self.text, self.at) is not None or _COMMA.match(self.text, self.at) is not None
        )

    def arc(self, first: bool) -> list[float]:
        """The seven arguments of an arc. The first arc of a command has no comma before it."""
        values = [self.number(first), self.number(), self.number()]
        values += [float(self.flag()), float(self.flag())]
        return [*values, self.number(), self.number()]

    def flag(self) -> bool:
        match = _FLAG.match(self.text, self.at)
        if match is None:
            raise self.broken("a flag, 0 or 1")
        self.at = match.end()
        return match[1] == "1"

    def broken(self, expected: str) -> _BrokenPathError:
        self.at = _end(_SKIP, self.text, self.at)
        rest = self.text[self.at : self.at + 20]
        found = f"'{' '.join(rest.split())}'" if rest else "the end"
        return _BrokenPathError(f"at character {self.at + 1}: expected {expected}, found {found}")


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _read(data: str, pen: _Pen) -> None:
    """Draws path data. Raises _BrokenPathError at the first error."""
    scanner = _Scanner(data)
    while not scanner.at_end():
        letter = data[scanner.at]
        name = letter.upper()
        if letter not in _COMMANDS:
            raise scanner.broken("a command, one of M L H V C S Q T A Z")
        if not pen.moved and name != "M":
            raise scanner.broken("M before all other commands")
        scanner.at += 1
        if name == "Z":
            pen.close()
            continue
        relative = letter != name
        if name == "A":
            _arcs(scanner, pen, relative)
        else:
            _numbers(scanner, pen, name, relative)


def _arcs(scanner: _Scanner, pen: _Pen, relative: bool) -> None:
    """Draws the arcs of one A command, whose flags need no separator."""
    first = True
    while first or scanner.another():
        pen.draw("A", relative, scanner.arc(first))
        first = False


def _numbers(scanner: _Scanner, pen: _Pen, name: str, relative: bool) -> None:
    """Draws what one command other than A asks for, as often as it has numbers for it."""
    values = scanner.run()
    size = _ARGUMENTS[name]
    for at in range(0, len(values) - size + 1, size):
        pen.draw("L" if name == "M" and at > 0 else name, relative, values[at : at + size])
    if not values or len(values) % size > 0 or scanner.another():
        scanner.number(first=not values)  # which is the broken one


class _Pen:
    """Knows where it is, where the subpath began and the last control point."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.drawn: list[Subpath] = []
        self.here: Pair = (0.0, 0.0)
        self.begin: Pair = (0.0, 0.0)
        self.control: Pair | None = None
        self.last = ""
        self.count = 0
        self.moved = False
        # None until something is drawn from where the pen was moved to.
        self.open: Subpath | None = None

    def subpaths(self) -> list[Subpath]:
        """What has been drawn; a subpath of one place is one point."""
        for subpath in self.drawn:
            if all(point == subpath.points[0] for point in subpath.points):
                del subpath.points[1:]
        return self.drawn

    def close(self) -> None:
        if self.last == "Z":
            return
        self._line(self.begin)
        assert self.open is not None  # noqa: S101 - a line has just been drawn
        self.open.closed = True
        self.open, self.last, self.control = None, "Z", None

    def draw(self, name: str, relative: bool, values: list[float]) -> None:
        x, y = self.here if relative else (0.0, 0.0)
        control: Pair | None = None
        if name == "M":
            self.here = self.begin = (values[0] + x, values[1] + y)
            self.open, self.moved = None, True
        elif name == "L":
            self._line((values[0] + x, values[1] + y))
        elif name == "H":
            self._line((values[0] + x, self.here[1]))
        elif name == "V":
            self._line((self.here[0], values[0] + y))
        elif name == "A":
            self._arc(values, (values[5] + x, values[6] + y))
        else:
            pairs = [(values[k] + x, values[k + 1] + y) for k in range(0, len(values), 2)]
            if name in "ST":
                pairs.insert(0, self._reflected("CS" if name == "S" else "QT"))
            control = pairs[-2]
            self._curve([self.here, *pairs])
        self.control, self.last = control, name

    def _reflected(self, family: str) -> Pair:
        """The last control point mirrored at the current point, if the last command was of the same family."""
        if self.control is None or self.last not in family:
            return self.here
        return (2 * self.here[0] - self.control[0], 2 * self.here[1] - self.control[1])

    def _line(self, end: Pair) -> None:
        if self.open is None or end != self.here:
            self._add([end])

    def _curve(self, p: list[Pair]) -> None:
        (x0, y0), (x1, y1), (x2, y2) = p[:3]
        x3, y3 = p[-1]
        weights = _weights(len(p), _pieces(p))
        points = [
            (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3) for a, b, c, d in weights
        ]
        self._add([*points, p[-1]])

    def _arc(self, values: list[float], end: Pair) -> None:
        inside = _chords(self.here, end, values)
        if inside:
            self._add([*inside, end])
        else:
            self._line(end)

    def _add(self, points: list[Pair]) -> None:
        """Draws to each of the points."""
        if self.open is None:
            self.open = Subpath([self.here])
            self.drawn.append(self.open)
            self.count += 1
        self.count += len(points)
        if self.count > self.most:
            raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
        self.open.points += points
        self.here = self.open.points[-1]


def _pieces(p: list[Pair]) -> int:
    """Chords that a Bezier curve of control points [3 or 4] needs: they stay within FLATNESS of its polygon."""
    degree = len(p) - 1
    steps = [(p[k + 1][0] - p[k][0], p[k + 1][1] - p[k][1]) for k in range(degree)]
    length = sum(_length(x, y) for x, y in steps)
    bend = max(
        _length(steps[k + 1][0] - steps[k][0], steps[k + 1][1] - steps[k][1]) for k in range(degree - 1)
    )
    if length == 0:
        return 1
    # a chord over 1/n of the parameter is off by at most max|B''| / (8 n^2)
    pieces = math.ceil(math.sqrt(degree * (degree - 1) * bend / (8 * FLATNESS * length)))
    return min(max(pieces, 1), 64)


@lru_cache(maxsize=128)
def _weights(controls: int, pieces: int) -> list[tuple[float, float, float, float]]:
    """What each control point counts at the ends of all chords but the last; a quadratic curve has no third one."""
    found = []
    for k in range(1, pieces):
        t = k / pieces
        s = 1 - t
        found.append(
            (s * s, 2 * s * t, 0.0, t * t)
            if controls == 3
            else (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
        )
    return found


def _length(x: float, y: float) -> float:
    return math.sqrt(x * x + y * y)  # not hypot, which rounds differently in browsers


def _chords(start: Pair, end: Pair, values: list[float]) -> list[Pair]:
    """The ends of all chords but the last of an elliptical arc (SVG 2, appendix B.2.4); none of a straight line.

    values: the arguments of an A command. A chord spans at most a sixteenth of a half turn.
    """
    chord = _length(end[0] - start[0], end[1] - start[1])
    rx, ry = abs(values[0]), abs(values[1])
    if min(chord, rx, ry) <= 1e-9 * max(rx, ry):
        return []
    # In units of the chord, so that nothing can overflow; radii too small to reach are enlarged below.
    grow = max(1.0, 1e-3 * chord / max(rx, ry)) / chord
    rx, ry = rx * grow, ry * grow
    phi = math.radians(values[2] % 360)
    cos, sin = math.cos(phi), math.sin(phi)
    half_x, half_y = (start[0] - end[0]) / chord / 2, (start[1] - end[1]) / chord / 2
    u, v = cos * half_x + sin * half_y, -sin * half_x + cos * half_y
    reach = math.sqrt(max(1.0, (u / rx) ** 2 + (v / ry) ** 2))
    rx, ry = rx * reach, ry * reach
    across = (rx * v) ** 2 + (ry * u) ** 2
    root = math.sqrt(max(0.0, (rx * ry) ** 2 - across) / across)
    if values[3] == values[4]:
        root = -root
    cu, cv = root * rx * v / ry, -root * ry * u / rx
    first = math.atan2((v - cv) / ry, (u - cu) / rx)
    angle = math.atan2((-v - cv) / ry, (-u - cu) / rx) - first
    if values[4] and angle < 0:
        angle += 2 * math.pi
    elif not values[4] and angle > 0:
        angle -= 2 * math.pi
    x = (cos * cu - sin * cv) * chord + (start[0] + end[0]) / 2
    y = (sin * cu + cos * cv) * chord + (start[1] + end[1]) / 2
    rx, ry = rx * chord, ry * chord
    ax, ay, bx, by = cos * rx, sin * rx, -sin * ry, cos * ry
    pieces = max(1, math.ceil(abs(angle) / (math.pi / 16) - 1e-9))
    points = []
    for k in range(1, pieces):
        turned = first + angle * (k / pieces)
        cos, sin = math.cos(turned), math.sin(turned)
        points.append((x + ax * cos + bx * sin, y + ay * cos + by * sin))
    return points
