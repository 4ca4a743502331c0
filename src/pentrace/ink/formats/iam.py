"""IAM-OnDB (Liwicki and Bunke, ICDAR 2005): the XML of one line, lineStrokes/**.xml, as ink. Only read."""

from __future__ import annotations

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import WHITEBOARD_SCALE, Ink, as_float32


def loads(data: bytes) -> Ink:
    """The ink of a line's XML, in raw whiteboard units; time counts from its first point."""
    root = parse(data)
    if root.name != "WhiteboardCaptureSession":
        raise FormatError(f"expected a <WhiteboardCaptureSession>, found <{root.name}>")
    strokes = [points for stroke in root.all("Stroke") if (points := _points(stroke))]
    if not strokes:
        raise FormatError("expected at least one <Stroke> with a <Point>, found none")
    table = np.array([point for points in strokes for point in points])  # [n, 3]: x, y, seconds
    pen_up = np.zeros(len(table), np.bool_)
    pen_up[np.cumsum([len(points) for points in strokes]) - 1] = True
    time = np.rint((table[:, 2] - table[0, 2]) * 1000)
    return Ink(as_float32(table[:, :2], "points"), pen_up, as_float32(time, "time"), scale=WHITEBOARD_SCALE)


def _short(point: Element) -> str:
    """What a point has, cut to a line."""
    return " ".join(f'{name}="{value}"' for name, value in point.attributes.items())[:80] or "none"


def _points(stroke: Element) -> list[tuple[float, float, float]]:
    points = []
    for point in stroke.all("Point"):
        try:
            x, y, time = (float(point.attributes[name]) for name in ("x", "y", "time"))
        except (KeyError, ValueError):
            raise FormatError(f"<Point>: expected numbers x, y and time, found {_short(point)}") from None
        points.append((x, y, time))
    return points
