"""SVG: reads lines and curves as strokes, writes strokes as smooth lines (spec/ink.md says what is left out)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._path import IDENTITY, Matrix, Points, apply, flatten, multiply, numbers, transform
from pentrace.ink.formats._pen import controls, default_width
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import MAX_POINTS, Ink

if TYPE_CHECKING:
    from collections.abc import Iterator

# What these hold is drawn only when something refers to it.
_NOT_DRAWN = {"defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata"}


def loads(data: bytes) -> Ink:
    """The ink of an SVG: a stroke for each subpath, line and polyline, in user units. Its scale is not known."""
    root = parse(data)
    if root.name != "svg":
        raise FormatError(f"expected an <svg>, found <{root.name}>")
    strokes: list[Points] = []
    total = 0
    for matrix, element in _drawn(root):
        for points in _shape(element):
            total += len(points)
            if total > MAX_POINTS:
                raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
            strokes.append(apply(matrix, points))
    if not strokes:
        raise FormatError("expected at least one path, polyline, polygon or line; found none")
    return Ink.from_strokes(strokes)


def dumps(ink: Ink, width: float | None = None, colour: str = "#1b2733") -> bytes:
    """An SVG of one smooth line a stroke. `width`: of the line, in the ink's units; by default like a pen's."""
    width = default_width(ink) if width is None else width
    left, top, right, bottom = ink.bounds
    margin = 4 * width
    box = (left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)
    body = "\n".join(f'<path d="{_smooth(stroke)}"/>' for stroke in ink.strokes())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(map(_text, box))}">\n'
        f'<g fill="none" stroke={quoteattr(colour)} stroke-width="{_text(width)}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n{body}\n</g>\n</svg>\n'
    ).encode()


def _drawn(root: Element) -> Iterator[tuple[Matrix, Element]]:
    """Every element that is drawn, in order, with its matrix."""
    stack = [(IDENTITY, root)]
    while stack:
        matrix, element = stack.pop()
        if element.name in _NOT_DRAWN:
            continue
        if "transform" in element.attributes:
            matrix = multiply(matrix, transform(element.attributes["transform"]))
        yield matrix, element
        stack.extend((matrix, child) for child in reversed(element.children))


def _shape(element: Element) -> list[Points]:
    if element.name == "path":
        return flatten(element.attributes.get("d", ""))
    if element.name in ("polyline", "polygon"):
        values = numbers(element.attributes.get("points", ""))
        points = np.array(values[: len(values) // 2 * 2]).reshape(-1, 2)
        if element.name == "polygon":
            points = np.concatenate((points, points[:1]))
        return [points] if len(points) else []
    if element.name == "line":
        x1, y1, x2, y2 = (_length(element, name) for name in ("x1", "y1", "x2", "y2"))
        return [np.array([[x1, y1], [x2, y2]])]
    return []


def _length(element: Element, name: str) -> float:
    values = numbers(element.attributes.get(name, "0").removesuffix("px"))
    if len(values) != 1:
        raise FormatError(f"<line>: {name}: expected one number")
    return values[0]


def _smooth(stroke: Ink) -> str:
    """Path data: cubic Beziers through the points of one stroke. A dot is a line of no length with round ends."""
    points = stroke.points.astype(np.float64)
    begin = f"M{_pair(points[0])}"
    if len(points) == 1:
        return f"{begin}h0"
    return begin + "".join(
        f"C{_pair(a)} {_pair(b)} {_pair(end)}"
        for (a, b), end in zip(controls(points), points[1:], strict=True)
    )


def _pair(point: Points) -> str:
    return f"{_text(point[0])},{_text(point[1])}"


def _text(value: float) -> str:
    return f"{value + 0.0:.7g}"  # + 0.0: no minus before a zero
