"""PNG: a picture of an ink, drawn from its SVG by resvg. Only written."""

from __future__ import annotations

import math

from pentrace.errors import FormatError
from pentrace.ink.formats import svg
from pentrace.ink.ink import Ink

_PEN = 3.0
"""Width of the line in pixels, where the picture is not too large for it."""
MAX_SIDE = 6000
MAX_PIXELS = 12_000_000
"""Most pixels of a picture: resvg holds some 10 bytes of each."""
MAX_POINTS = 200_000
"""Most points that are drawn: resvg holds some 500 bytes of each."""


def dumps(ink: Ink, colour: str = "#1b2733", background: str = "#ffffff") -> bytes:
    """A picture as large as `size` says, with a line of about 3 pixels. Raises FormatError for too many points."""
    import resvg_py

    if len(ink) > MAX_POINTS:
        raise FormatError(
            f"expected at most {MAX_POINTS:,} points for a picture, found {len(ink):,}; write an SVG instead"
        )
    width, height = size(ink)
    drawing = svg.drawing(ink, _line(ink), colour, str(width), str(height))
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, background=background, skip_system_fonts=True))


def size(ink: Ink) -> tuple[int, int]:
    """Width and height of the picture in pixels, known before it is drawn."""
    _, _, width, height = svg.box(ink, _line(ink))
    zoom = _zoom(width, height, _line(ink))
    return max(1, round(width * zoom)), max(1, round(height * zoom))


def _line(ink: Ink) -> float:
    """The width of the line in the ink's units: a pen's, but at least a pixel."""
    pen = svg.default_width(ink)
    _, _, width, height = svg.box(ink, pen)
    return max(pen, 1 / _zoom(width, height, pen))


def _zoom(width: float, height: float, pen: float) -> float:
    """Pixels in one of the ink's units."""
    return min(_PEN / pen, MAX_SIDE / max(width, height), math.sqrt(MAX_PIXELS / (width * height)))
