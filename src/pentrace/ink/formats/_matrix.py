"""Transforms of SVG (CSS Transforms 1): attributes, styles and view boxes as matrices.

A matrix is (a, b, c, d, e, f) and takes (x, y) to (a x + c y + e, b x + d y + f).
`web/src/ink/formats/matrix.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
from itertools import chain

from pentrace.errors import FormatError
from pentrace.ink.formats._css import length, lengths, pixels
from pentrace.ink.formats._path import MAX_NUMBER, Pair

Matrix = tuple[float, float, float, float, float, float]
Size = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Part = tuple[float, str]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_ZERO: Part = (0.0, "")
_DEGREES = {"": 1.0, "deg": 1.0, "rad": 180 / math.pi, "grad": 0.9, "turn": 360.0}


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


def translation(x: float, y: float) -> Matrix:
    """The matrix that moves by (x, y)."""
    return (1.0, 0.0, 0.0, 1.0, x, y)


def transform(text: str, viewport: Size) -> Matrix | None:
    """The matrix of a transform, in SVG's or in CSS's way of writing; None where it cannot be read."""
    text = text.strip()
    if text in ("none", ""):
        return IDENTITY
    matrix, at = IDENTITY, 0
    while at < len(text):
        opening = text.find("(", at)
        closing = text.find(")", opening)
        if opening < 0 or closing < 0:
            return None
        name = text[at:opening].strip(" \t\n\f\r,")
        parts = lengths(text[opening + 1 : closing])
        one = None if parts is None else _function(name, parts, viewport)
        if one is None:
            return None
        matrix, at = multiply(matrix, one), closing + 1
    return matrix if all(map(math.isfinite, matrix)) else None


def about(matrix: Matrix, origin: str, box: Box) -> Matrix | None:
    """A transform about a `transform-origin` in its reference box; None where the origin cannot be read."""
    words = origin.split() or ["0", "0"]
    sides = {"left": "0", "top": "0", "center": "50%", "right": "100%", "bottom": "100%"}
    if len(words) == 1:
        words.append("center")
    if words[0] in ("top", "bottom") or words[1] in ("left", "right"):
        words[:2] = words[1::-1]
    x, y = (length(sides.get(word, word), whole) for word, whole in zip(words[:2], box[2:], strict=True))
    if x is None or y is None or not math.isfinite(x + y):
        return None
    x, y = box[0] + x, box[1] + y
    return multiply(translation(x, y), multiply(matrix, translation(-x, -y)))


def through(matrix: Matrix, points: list[Pair]) -> list[Pair]:
    """Points taken through a matrix. Raises FormatError where they become too large."""
    a, b, c, d, e, f = matrix
    moved = points if matrix == IDENTITY else [(a * x + c * y + e, b * x + d * y + f) for x, y in points]
    # The sum is quick; only where it is large, or no number, is each looked at.
    total = sum(map(abs, chain.from_iterable(moved)))
    if not total <= MAX_NUMBER and not all(abs(x) <= MAX_NUMBER and abs(y) <= MAX_NUMBER for x, y in moved):
        raise FormatError(f"expected coordinates of at most {MAX_NUMBER:.0e}, found larger ones")
    return moved


def bounds(points: list[Pair]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of points, of which there is at least one."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def view_box(text: str) -> Box | None:
    """The numbers of a `viewBox`: left, top, width, height; None where it is not one."""
    values = [number for number, _ in lengths(text) or ()]
    if len(values) != 4 or not all(map(math.isfinite, values)) or values[2] <= 0 or values[3] <= 0:
        return None
    return (values[0], values[1], values[2], values[3])


def into_viewport(box: Box, size: Size, align: str) -> Matrix:
    """The matrix that takes a view box into a viewport, by `preserveAspectRatio`."""
    left, top, width, height = box
    scale_x, scale_y = size[0] / width, size[1] / height
    words = align.split() or ["xMidYMid"]
    if words[0] == "none":
        return (scale_x, 0.0, 0.0, scale_y, -left * scale_x, -top * scale_y)
    scale = max(scale_x, scale_y) if "slice" in words else min(scale_x, scale_y)
    parts = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    part_x, part_y = parts.get(words[0][1:4], 0.5), parts.get(words[0][5:8], 0.5)
    x = (size[0] - width * scale) * part_x - left * scale
    y = (size[1] - height * scale) * part_y - top * scale
    return (scale, 0.0, 0.0, scale, x, y)


def _function(name: str, parts: list[Part], viewport: Size) -> Matrix | None:
    """The matrix of one transform function; None where it is not one or has other numbers."""
    n = len(parts)
    if name in ("translate", "translateX", "translateY") and 1 <= n <= (2 if name == "translate" else 1):
        along = [*parts, _ZERO] if name != "translateY" else [_ZERO, *parts]
        return translation(pixels(along[0], viewport[0]), pixels(along[1], viewport[1]))
    if name in ("scale", "scaleX", "scaleY") and 1 <= n <= (2 if name == "scale" else 1):
        factors = [number / 100 if unit == "%" else number for number, unit in parts]
        x = factors[0] if name != "scaleY" else 1.0
        y = factors[-1] if name != "scaleX" else 1.0
        return (x, 0.0, 0.0, y, 0.0, 0.0)
    if name == "matrix" and n == 6:
        a, b, c, d, e, f = (number for number, _ in parts)
        return (a, b, c, d, e, f)
    if name == "rotate" and n in (1, 3):
        angle = _radians(parts[0])
        x, y = (
            pixels(part, whole) for part, whole in zip(parts[1:] or (_ZERO, _ZERO), viewport, strict=True)
        )
        cos, sin = math.cos(angle), math.sin(angle)
        turned = (cos, sin, -sin, cos, 0.0, 0.0)
        return multiply(translation(x, y), multiply(turned, translation(-x, -y)))
    if name in ("skewX", "skewY", "skew") and 1 <= n <= (2 if name == "skew" else 1):
        tangents = [math.tan(_radians(part)) for part in parts]
        if name == "skewY":
            return (1.0, tangents[0], 0.0, 1.0, 0.0, 0.0)
        return (1.0, tangents[1] if n == 2 else 0.0, tangents[0], 1.0, 0.0, 0.0)
    return None


def _radians(part: Part) -> float:
    number, unit = part
    return (
        math.radians(math.fmod(number * _DEGREES.get(unit, math.nan), 360))
        if math.isfinite(number)
        else math.nan
    )
