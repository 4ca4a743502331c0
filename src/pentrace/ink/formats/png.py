"""PNG: a picture of an ink. Only written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from pentrace.ink.formats._pen import controls, default_width

if TYPE_CHECKING:
    from pentrace.ink.ink import Ink

_PEN = 3.0
"""Width of the line in pixels, where the picture is not too large for it."""
_MAX_SIDE = 6000
_FINER = 3
"""Pixels of the drawing in one pixel of the picture, along each side: what makes edges smooth."""
_PIECES = 6
"""Chords drawn for the curve between two points."""


def dumps(ink: Ink, colour: str = "#1b2733", background: str = "#ffffff") -> bytes:
    """A picture with a line of about 3 pixels, at most 6,000 pixels on a side."""
    from PIL import Image, ImageDraw

    pen = default_width(ink)
    left, top, right, bottom = ink.bounds
    margin = 4 * pen
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    zoom = min(_PEN / pen, _MAX_SIDE / max(width, height)) * _FINER  # pixels of the drawing in one unit
    size = (max(_FINER, round(width * zoom)), max(_FINER, round(height * zoom)))
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    radius = max(pen * zoom / 2, _FINER / 2)
    for stroke in ink.strokes():
        points = (_curve(stroke.points.astype(np.float64)) - (left - margin, top - margin)) * zoom
        corners = [(float(x), float(y)) for x, y in points]
        draw.line(corners, fill=colour, width=max(1, round(2 * radius)))
        for x, y in corners:  # round joints and ends
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    small = image.resize((max(1, size[0] // _FINER), max(1, size[1] // _FINER)), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _curve(points: np.ndarray) -> np.ndarray:
    """Points on the smooth curve through the points of a stroke."""
    if len(points) == 1:
        return points
    c = controls(points)
    t = np.arange(1, _PIECES + 1)[:, None] / _PIECES
    p0, p1, p2, p3 = (a[:, None] for a in (points[:-1], c[:, 0], c[:, 1], points[1:]))
    curve = (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t**2 * p2 + t**3 * p3
    return np.concatenate((points[:1], curve.reshape(-1, 2)))
