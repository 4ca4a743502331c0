"""SVG: reads lines and curves as strokes, writes strokes as smooth lines (spec/ink.md says what is left out)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats import _strokes
from pentrace.ink.formats._columns import Column, build
from pentrace.ink.formats._notes import Notes, Reading, warned
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import Ink

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 0.2
"""Width of the line in model units: about a seventh of the height of a small letter."""


def loads(data: bytes) -> Ink:
    """The ink of an SVG: its visible lines, in user units. An InkWarning says what could not be read.

    Raises FormatError where there is no ink, with the reason.
    """
    return warned(read(parse(data)))


def read(root: Element) -> Reading:
    """The ink of an SVG's root element, and what could not be read; see loads."""
    if root.name != "svg":
        raise FormatError(f"expected an <svg>, found <{root.name}>")
    notes = Notes()
    strokes, unit_mm = _strokes.read(root, notes)
    ink = build([_told_apart(np.array(stroke), notes) for stroke in strokes], notes, unit_mm)
    return ink, notes.all()


def _told_apart(points: Column, notes: Notes) -> Column:
    """A stroke. One that is so small that its points are equal in float32 becomes a dot, with a note."""
    narrow = points.astype(np.float32)
    if len(points) > 1 and bool((narrow == narrow[0]).all()):
        notes.count("stroke", " too small for float32: read as a dot; enlarge the drawing")
        return points[:1]
    return points


def dumps(ink: Ink, width: float | None = None, colour: str = "#1b2733") -> bytes:
    """An SVG of one smooth line a stroke, as large as on paper (millimetres).

    width: of the line, in the ink's units; by default like a pen's.
    """
    line = default_width(ink) if width is None else width
    unit = _size_mm(ink)
    sides = (f"{_text(side * unit)}mm" for side in box(ink, line)[2:])
    return drawing(ink, line, colour, *sides).encode()


def drawing(ink: Ink, line: float, colour: str, width: str, height: str) -> str:
    """An SVG with lines of a width in the ink's units; `width` and `height` are those of the whole, with their unit."""
    named = "" if ink.text is None else f' role="img" aria-label={quoteattr(ink.text)}'
    title = "" if ink.text is None else f"<title>{escape(ink.text)}</title>\n"
    body = "\n".join(_words(ink))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{" ".join(map(_text, box(ink, line)))}"{named}>\n{title}'
        f'<g fill="none" stroke={quoteattr(colour)} stroke-width="{_text(line)}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n{body}\n</g>\n</svg>\n'
    )


def _words(ink: Ink) -> Iterator[str]:
    """A path for each stroke. With a text, the strokes of each word are a group with an id and the word's name.

    A stroke belongs to the word that it begins in; what is written while the pointer is at a space, to the one before.
    """
    for number, (word, strokes) in enumerate(groupby(ink.strokes(), _word), 1):
        paths = "\n".join(f'<path d="{_smooth(stroke)}"/>' for stroke in strokes)
        yield (
            paths
            if word is None
            else f'<g id="word-{number}"><title>{escape(word[1])}</title>\n{paths}\n</g>'
        )


def _word(stroke: Ink) -> tuple[int, str] | None:
    """Where the word of a stroke begins in the text, and the word; None without a text."""
    if stroke.text is None or stroke.characters is None:
        return None
    at = int(stroke.characters[0])
    words = [found for found in re.finditer(r"\S+", stroke.text) if found.start() <= at]
    return (words[-1].start(), words[-1].group()) if words else (0, "")


def box(ink: Ink, width: float) -> tuple[float, float, float, float]:
    """Left, top, width and height of a drawing of the ink with lines of a width, in the ink's units."""
    left, top, right, bottom = ink.bounds
    margin = 4 * width
    return (left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)


def _smooth(stroke: Ink) -> str:
    """Path data: cubic Beziers through the points of one stroke. A dot is a line of no length with round ends."""
    points = stroke.points.astype(np.float64)
    begin = f"M{_pair(points[0])}"
    if len(points) == 1:
        return f"{begin}h0"
    return begin + "".join(
        f"C{_pair(a)} {_pair(b)} {_pair(end)}"
        for (a, b), end in zip(_controls(points), points[1:], strict=True)
    )


def _pair(point: Column) -> str:
    return f"{_text(point[0])},{_text(point[1])}"


def _text(value: float) -> str:
    return f"{value + 0.0:.7g}"  # + 0.0: no minus before a zero


def default_width(ink: Ink) -> float:
    """A width of line that suits the ink, in its units; above 0."""
    if ink.scale is not None:
        return _WIDTH / ink.scale
    heights = [bottom - top for _, top, _, bottom in (stroke.bounds for stroke in ink.strokes())]
    left, top, right, bottom = ink.bounds
    return (float(np.median(heights)) / 12) or max(right - left, bottom - top) / 100 or 1.0


def _size_mm(ink: Ink) -> float:
    """Millimetres in one of the ink's units, for printing it.

    Where the ink does not say: a model unit is 1 mm, so that small letters are about 3 mm high; and where its scale
    is not known either, a unit is a pixel of CSS.
    """
    if ink.unit_mm is not None:
        return ink.unit_mm
    return 25.4 / 96 if ink.scale is None else ink.scale


def _controls(points: Column) -> Column:
    """The two inner control points of each cubic Bezier through points [k, 2]: [k - 1, 2, 2].

    Centripetal Catmull-Rom (Yuksel et al. 2011): no loops and no overshoot where points are uneven.
    """
    chords = np.diff(points, axis=0)
    knots = np.sqrt(np.hypot(chords[:, 0], chords[:, 1]))[:, None]  # [k - 1, 1]
    knots = np.maximum(knots, 1e-9 * max(float(knots.max()), 1e-300))
    speeds = chords / knots
    # tangents by the knot parameter; at the ends the chord's own
    inner = (speeds[:-1] * knots[1:] + speeds[1:] * knots[:-1]) / (knots[:-1] + knots[1:])
    tangents = np.concatenate((speeds[:1], inner, speeds[-1:]))
    first = points[:-1] + tangents[:-1] * knots / 3
    second = points[1:] - tangents[1:] * knots / 3
    return np.stack((first, second), axis=1)
