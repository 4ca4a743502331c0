"""IAM-OnDB (Liwicki and Bunke, ICDAR 2005): the XML of one line, lineStrokes/**.xml, as ink. Only read."""

from __future__ import annotations

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._columns import build
from pentrace.ink.formats._notes import Notes, Reading, warned
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import WHITEBOARD_SCALE, Ink


def loads(data: bytes) -> Ink:
    """The ink of a line's XML, in raw whiteboard units; time counts from its first point.

    Times that run backwards are put in order or left out, which an InkWarning says.
    """
    return warned(read(parse(data)))


def read(root: Element) -> Reading:
    """The ink of a line's root element, and what could not be read; see loads."""
    if root.name != "WhiteboardCaptureSession":
        raise FormatError(f"expected a <WhiteboardCaptureSession>, found <{root.name}>")
    strokes = [np.array(points) for stroke in root.all("Stroke") if (points := _points(stroke))]
    if not strokes:
        raise FormatError("expected at least one <Stroke> with a <Point>, found none")
    notes = Notes()
    seconds = np.concatenate([stroke[:, 2] for stroke in strokes])
    time = np.rint((seconds - seconds[0]) * 1000)
    ink = build([stroke[:, :2] for stroke in strokes], notes, time=time, scale=WHITEBOARD_SCALE)
    return ink, notes.all()


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
