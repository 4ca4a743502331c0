"""Pages of Xournal++ (.xopp), as XML: the strokes of its pen, all pages below each other. Only read.

`web/src/ink/formats/xournal.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._columns import Column, build
from pentrace.ink.formats._drawn import LEFT_OUT
from pentrace.ink.formats._inkml_context import number
from pentrace.ink.formats._notes import Notes, Reading
from pentrace.ink.formats._path import read_points
from pentrace.ink.formats._xml import Element
from pentrace.ink.ink import MAX_POINTS

_UNIT_MM = 25.4 / 72
_LEFT_OUT = {"text": LEFT_OUT["text"], **dict.fromkeys(("image", "teximage"), LEFT_OUT["image"])}


def read(root: Element) -> Reading:
    """The ink of a document's root element, in points of 1/72 inch, and what could not be read.

    Pressure is each width as a part of the largest one, where a pen had several. Raises FormatError without ink.
    """
    notes = Notes()
    strokes: list[Column] = []
    widths: list[Column] = []
    top, left, count = 0.0, MAX_POINTS, 0
    for page in root.all("page"):
        for element in page.walk():
            if element.name in _LEFT_OUT:
                notes.count(*_LEFT_OUT[element.name])
            if element.name != "stroke":
                continue
            count += 1
            if element.attributes.get("tool", "pen") != "pen":
                notes.count("stroke", " of a highlighter or an eraser: left out; draw ink with the pen")
                continue
            points, error = read_points(element.text, left)
            if error is not None:
                notes.add(f"stroke {count}: drawn up to an error {error}; correct it to read the rest")
            if points:
                left -= len(points)
                strokes.append(np.add(points, (0.0, top)))
                widths.append(_widths(element, len(points)))
        top += number(page.attributes.get("height")) or 0.0
    if not strokes:
        raise FormatError("; ".join(["expected at least one <stroke> of a pen, found none", *notes.all()]))
    pressure = np.concatenate(widths)
    known = not bool(np.isnan(pressure).all())
    ink = build(strokes, notes, _UNIT_MM, pressure=pressure / np.nanmax(pressure) if known else None)
    return ink, notes.all()


def _widths(stroke: Element, n: int) -> Column:
    """The width at each point: the first number is the pen's own, then one for each segment; NaN without those."""
    found = [number(word) for word in stroke.attributes.get("width", "").split()[1:]]
    widths = [width for width in found if width is not None and width > 0]
    if not widths or len(widths) != len(found) or len(widths) not in (n - 1, n):
        return np.full(n, np.nan)
    return np.array([*widths, widths[-1]][:n])
