"""SVG: reads lines and curves as strokes, writes strokes as smooth lines (spec/ink.md says what is left out)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt

from pentrace.errors import FormatError
from pentrace.ink.formats import _strokes
from pentrace.ink.formats._columns import build
from pentrace.ink.formats._notes import Notes, Reading, warned
from pentrace.ink.formats._pen import controls, default_width, size_mm
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import Ink

if TYPE_CHECKING:
    from collections.abc import Iterator

Points = npt.NDArray[np.float64]


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


def _told_apart(points: Points, notes: Notes) -> Points:
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
    unit = size_mm(ink)
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
        for (a, b), end in zip(controls(points), points[1:], strict=True)
    )


def _pair(point: Points) -> str:
    return f"{_text(point[0])},{_text(point[1])}"


def _text(value: float) -> str:
    return f"{value + 0.0:.7g}"  # + 0.0: no minus before a zero
