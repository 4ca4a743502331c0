"""Shapes of an SVG as strokes: which of them a pen drew, and where one stroke goes on in the next element.

`web/src/ink/formats/svg.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pentrace.errors import FormatError
from pentrace.ink.formats._drawn import Document
from pentrace.ink.formats._matrix import Matrix, bounds, through
from pentrace.ink.formats._notes import Notes
from pentrace.ink.formats._path import Pair, Subpath
from pentrace.ink.formats._shapes import Drawn, circle_of, subpaths
from pentrace.ink.formats._xml import Element
from pentrace.ink.ink import MAX_POINTS

DOT = 0.1
"""Largest diameter of a filled circle that is a dot of a pen, as a part of the drawing's larger side."""
_ROUND, _ROUND_AREA, _ROUND_ASPECT = 0.03, 0.7, 1.5
"""An outline that is a dot is at most this part of the drawing, fills so much of its box, and is so much longer."""
_ACROSS = 0.95
"""A line that spans this part of the page from side to side may be a rule of the paper."""
_STRAIGHT = 1e-3
"""Such a line leaves its direction by at most this part of its length."""
_LEAST_RULES = 3
_LEAST_DOTS = 20
"""So many dots in one shape are those of dotted paper."""
_TOUCHING = 1e-4
"""Ends that are nearer than this part of the drawing's larger side are one place."""


Kind = Literal["ink", "dot", "likely dot", "bare", "likely outline", "rule", "paper"]
"""What a stroke is, as far as its own element tells.

A likely dot is a small round outline: a dot if others are stroked, a part of a letter's outline if none is. A bare
stroke is an open line for which no paint is declared. A likely outline is a closed one: ink if open ones are drawn in
the same way. A rule is a straight line across the whole page: the paper's, if there are several. Paper is a frame
around the page, or a dot of dotted paper.
"""


@dataclass(slots=True)
class Stroke:
    """Points in the drawing's units; `closed` where they end at their first point by the path's own word.

    `dot`: the middle of a small round outline, which may be a dot.
    """

    points: list[Pair]
    kind: Kind
    colour: str
    closed: bool = False
    dot: Pair | None = None


_OUTLINES = (
    "filled shape",
    " without a stroke: left out, since an outline is not the path of a pen; export strokes",
)
_PAPER = (
    "line",
    " across the whole page, or dots of its paper: left out; make the page larger if they are ink",
)


def read(root: Element, notes: Notes) -> tuple[list[list[Pair]], float | None]:
    """The strokes of an SVG, and millimetres in one of its units where they are known.

    Raises FormatError where there is no ink, with what was left out.
    """
    document = Document(root, notes)
    paper_colours: list[str] = []
    strokes = list(_strokes(document, notes, paper_colours))
    found = _decided(_seen(strokes, paper_colours, notes), notes)
    if not found:
        reasons = "; ".join(notes.all())
        raise FormatError(
            f"no ink found: {reasons}"
            if reasons
            else "no ink found: expected a path, line, polyline, polygon, circle or ellipse"
        )
    return _joined(found, _TOUCHING * max(document.viewport)), document.unit_mm()


def _strokes(document: Document, notes: Notes, paper_colours: list[str]) -> Iterator[Stroke]:
    """The strokes of every shape, in order. Colours that fill the page are added to `paper_colours`."""
    most = MAX_POINTS
    largest = max(document.viewport)
    paths = 0
    for drawn in document.shapes():
        style, name = drawn.style, drawn.element.name
        paths += name == "path"
        if not style.filled and not style.stroked:
            what = "with neither stroke nor fill: left out; give a stroke to what is ink"
            notes.count("shape", f" {what}")
            continue
        if most <= 0:
            raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
        circle = circle_of(drawn, notes)
        if circle is not None and style.filled and circle.reach(drawn.matrix) <= DOT * largest:
            most -= 1
            yield Stroke(through(drawn.matrix, [circle.centre]), "dot", style.fill.colour)
            continue
        drawing = subpaths(drawn, notes, paths, most) if circle is None else circle.ring()
        if not drawing:
            continue
        if style.filled and any(_is_page(drawn, subpath) for subpath in drawing):
            paper_colours.append(style.fill.colour)
        kind = _kind(drawn, drawing, largest)
        if kind is None:
            notes.count(*_OUTLINES)
            continue
        most -= sum(len(subpath.points) for subpath in drawing)
        dotted = len(drawing) >= _LEAST_DOTS and all(len(subpath.points) == 1 for subpath in drawing)
        colour = style.stroke.colour if style.stroked else style.fill.colour
        likely = kind in ("likely dot", "likely outline")
        dot = (
            _centre(drawing[0].points, drawn.matrix) if likely and _is_dot(drawn, drawing, largest) else None
        )
        for subpath in drawing:
            points = through(drawn.matrix, subpath.points)
            of_paper = "paper" if dotted else _of_paper(points, drawn.page)
            yield Stroke(points, of_paper or kind, colour, subpath.closed, dot)


def _is_page(drawn: Drawn, subpath: Subpath) -> bool:
    """Whether a subpath is a rectangle around the whole page."""
    if len(subpath.points) != 5:
        return False
    return _of_paper(through(drawn.matrix, subpath.points), drawn.page) == "paper"


def _kind(drawn: Drawn, subpaths: list[Subpath], largest: float) -> Kind | None:
    """What a shape's strokes are; None for an outline, which is not ink."""
    style, name = drawn.style, drawn.element.name
    outline = all(map(_is_closed, subpaths))
    # A closed line that is filled in its own colour is a blob: programs draw pens with pressure so.
    blob = outline and style.filled and style.fill.colour == style.stroke.colour
    if style.stroked and not blob:
        return "ink"
    if "inkscape:original-d" in drawn.element.attributes and not outline:
        return "ink"
    if style.fill.declared and _is_dot(drawn, subpaths, largest):
        return "likely dot"
    if style.fill.declared or style.stroke.declared or name in ("circle", "ellipse", "rect"):
        return None
    return "likely outline" if outline else "bare"


def _of_paper(points: list[Pair], page: tuple[float, float]) -> Kind | None:
    """RULE or PAPER for a line that spans the page; None for any other, or where the page's size is not known."""
    if len(points) not in (2, 5) or 0 in page:
        return None
    left, top, right, bottom = bounds(points)
    width, height = right - left, bottom - top
    across, down = width >= _ACROSS * page[0], height >= _ACROSS * page[1]
    if len(points) == 2:
        straight = min(width, height) <= _STRAIGHT * max(width, height)
        return "rule" if straight and (across if width > height else down) else None
    corners = all(x in (left, right) and y in (top, bottom) for x, y in points)
    return "paper" if corners and points[0] == points[-1] and across and down else None


def _is_dot(drawn: Drawn, subpaths: list[Subpath], largest: float) -> bool:
    """Whether an outline is small and round."""
    if not _is_round(subpaths):
        return False
    left, top, right, bottom = bounds(through(drawn.matrix, subpaths[0].points))
    return max(right - left, bottom - top) <= _ROUND * largest


def _is_round(subpaths: list[Subpath]) -> bool:
    points = subpaths[0].points
    left, top, right, bottom = bounds(points)
    width, height = right - left, bottom - top
    if (
        len(subpaths) > 1
        or min(width, height) <= 0
        or max(width, height) > _ROUND_ASPECT * min(width, height)
    ):
        return False
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    return abs(doubled) / 2 >= _ROUND_AREA * width * height


def _is_closed(subpath: Subpath) -> bool:
    """Whether a subpath ends where it began, as outlines do; a dot does not."""
    if len(subpath.points) == 1:
        return False
    if subpath.closed:
        return True
    left, top, right, bottom = bounds(subpath.points)
    return _distance(subpath.points[0], subpath.points[-1]) <= 1e-3 * max(right - left, bottom - top)


def _seen(strokes: list[Stroke], paper_colours: list[str], notes: Notes) -> list[Stroke]:
    """The strokes without those in the colour of the paper, unless nothing else is drawn.

    Where no paper is drawn, it is taken to be white, but only if fewer than half of the strokes are white.
    """
    colours = set(paper_colours) or {"#ffffff"}
    unseen = sum(stroke.colour in colours for stroke in strokes)
    if unseen == 0 or unseen == len(strokes) or (not paper_colours and 2 * unseen >= len(strokes)):
        return strokes
    what = "left out, and what they cover is read; give ink another colour"
    notes.count("line", f" in the colour of the paper: {what}", unseen)
    return [stroke for stroke in strokes if stroke.colour not in colours]


def _decided(strokes: list[Stroke], notes: Notes) -> list[Stroke]:
    """The strokes that are ink, seen together."""
    kinds = [stroke.kind for stroke in strokes]
    left_out = set()
    if "ink" not in kinds:
        left_out.add("likely dot")
    if "bare" not in kinds:
        left_out.add("likely outline")
    if any(kind not in left_out | {"rule", "paper"} for kind in kinds):
        left_out |= {"paper", "rule"} if kinds.count("rule") >= _LEAST_RULES else {"paper"}
    stroked = {tuple(stroke.points) for stroke in strokes if stroke.kind == "ink" and stroke.closed}
    seen = set()
    kept = []
    for stroke in strokes:
        line = tuple(stroke.points)
        outline = stroke.kind in left_out
        if stroke.dot is not None and "ink" in kinds and (outline or stroke.kind == "likely dot"):
            # A small round outline among strokes; if its edge is stroked too, that line is the ink.
            outline = line in stroked
            stroke = replace(stroke, points=[stroke.dot], closed=False)
            line = tuple(stroke.points)
        if outline:
            notes.count(*(_PAPER if stroke.kind in ("rule", "paper") else _OUTLINES))
        elif len(line) > 1 and line in seen:
            notes.count("line", " drawn again in the same place: read once")
        else:
            kept.append(stroke)
            seen.add(line)
    return kept


def _joined(strokes: list[Stroke], touching: float) -> list[list[Pair]]:
    """Strokes of points: one that begins where the one before it ended, or nearer than `touching`, goes on with it."""
    joined: list[list[Pair]] = []
    before: Stroke | None = None
    for stroke in strokes:
        goes_on = (
            before is not None
            and not before.closed
            and len(before.points) > 1
            and len(stroke.points) > 1
            and _distance(before.points[-1], stroke.points[0]) <= touching
        )
        if goes_on:
            joined[-1] += stroke.points[1:]
        else:
            joined.append(list(stroke.points))
        before = stroke
    return joined


def _distance(a: Pair, b: Pair) -> float:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))


def _centre(points: list[Pair], matrix: Matrix) -> Pair:
    left, top, right, bottom = bounds(points)
    return through(matrix, [((left + right) / 2, (top + bottom) / 2)])[0]
