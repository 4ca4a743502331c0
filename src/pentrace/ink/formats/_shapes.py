"""A shape of an SVG: what it inherits, whether it can be seen, and what it draws in its own units.

`web/src/ink/formats/svg-shapes.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pentrace.ink.formats._css import length, lengths
from pentrace.ink.formats._matrix import Matrix, Size
from pentrace.ink.formats._notes import Notes
from pentrace.ink.formats._path import Pair, Subpath, flatten, read_points
from pentrace.ink.formats._xml import Element

SHAPES = {"path", "polyline", "polygon", "line", "circle", "ellipse", "rect"}
_RING = [(math.cos(math.pi * k / 16), math.sin(math.pi * k / 16)) for k in range(32)]
"""Corners of a circle of radius 1."""


_NAMES = {"black": "#000000", "white": "#ffffff"}


@dataclass(frozen=True, slots=True)
class Paint:
    """What fill or stroke is: declared at all, visible, and in which colour, as #rrggbb where that is simple."""

    declared: bool
    visible: bool
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """What an element inherits. `clear`: an opacity or a width of nothing."""

    shown: bool = True
    fill: Paint = Paint(declared=False, visible=True)
    stroke: Paint = Paint(declared=False, visible=False)
    fill_clear: bool = False
    stroke_clear: bool = False
    no_width: bool = False

    @property
    def filled(self) -> bool:
        """Whether a fill can be seen."""
        return self.fill.visible and not self.fill_clear

    @property
    def stroked(self) -> bool:
        """Whether a stroke can be seen."""
        return self.stroke.visible and not self.stroke_clear and not self.no_width


@dataclass(slots=True)
class Drawn:
    """An element on its way to the page."""

    element: Element
    parent: Drawn | None
    matrix: Matrix
    style: Style
    viewport: Size
    page: Size
    """Size of the innermost <svg>, in the drawing's units; 0 where it is not known."""
    variables: dict[str, str]
    """CSS variables, which are inherited."""
    declared: dict[str, str]
    """The properties of its attributes, of rules and of its own style."""
    uses: int = 0

    def ancestors(self) -> Iterator[Element]:
        """From the parent outwards."""
        above = self.parent
        while above is not None:
            yield above.element
            above = above.parent


def subpaths(drawn: Drawn, notes: Notes, path: int, most: int) -> list[Subpath]:
    """What a shape draws, in its own units. `path`: which path of the drawing it is; `most`: points."""
    name, attributes = drawn.element.name, drawn.element.attributes
    width, height = drawn.viewport
    if name == "path":
        found, error = flatten(_path_data(drawn), most)
        if error is not None:
            notes.add(f"path {path}: drawn up to an error {error}; correct it to read the rest")
        return found
    if name in ("polyline", "polygon"):
        points, error = read_points(attributes.get("points", ""), most)
        if error is not None:
            notes.add(f"<{name}>: drawn up to an error {error}; correct it to read the rest")
        if name == "polygon":
            points += points[:1]
        return [Subpath(points, name == "polygon")] if points else []
    if name == "line":
        x1, x2 = (number(drawn, side, width, notes) for side in ("x1", "x2"))
        y1, y2 = (number(drawn, side, height, notes) for side in ("y1", "y2"))
        return [Subpath([(x1, y1), (x2, y2)] if (x1, y1) != (x2, y2) else [(x1, y1)])]
    if name == "rect":
        x, w = (number(drawn, side, width, notes) for side in ("x", "width"))
        y, h = (number(drawn, side, height, notes) for side in ("y", "height"))
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        return [Subpath(corners, closed=True)] if w > 0 and h > 0 else []
    return []


def _path_data(drawn: Drawn) -> str:
    """The data of a path. Where Inkscape draws a pen's pressure as an outline, it keeps the pen's path beside it."""
    attributes = drawn.element.attributes
    line = "" if drawn.style.stroked else attributes.get("inkscape:original-d", "")
    data = line or drawn.declared.get("d", "")
    if data.lstrip()[:5].lower() != "path(":
        return data
    quote = '"' if '"' in data else "'"  # in a style: path("M0 0L1 1")
    return data[data.find(quote) + 1 : data.rfind(quote)]


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle or an ellipse in its own units."""

    centre: Pair
    rx: float
    ry: float

    def reach(self, matrix: Matrix) -> float:
        """Its larger diameter in the drawing's units, as if the matrix scaled both sides alike."""
        a, b, c, d, _, _ = matrix
        return 2 * max(self.rx, self.ry) * math.sqrt(abs(a * d - b * c))

    def ring(self) -> list[Subpath]:
        """Its line, once around."""
        (x, y), rx, ry = self.centre, self.rx, self.ry
        points = [(x + rx * cos, y + ry * sin) for cos, sin in _RING]
        return [Subpath([*points, points[0]], closed=True)]


def circle_of(drawn: Drawn, notes: Notes) -> Circle | None:
    """The circle or ellipse of an element; None where it has no size, or is none."""
    if drawn.element.name not in ("circle", "ellipse"):
        return None
    width, height = drawn.viewport
    centre = (number(drawn, "cx", width, notes), number(drawn, "cy", height, notes))
    if drawn.element.name == "circle":
        rx = ry = number(drawn, "r", math.sqrt((width * width + height * height) / 2), notes)
    else:
        rx, ry = number(drawn, "rx", width, notes), number(drawn, "ry", height, notes)
        # Where one is not given, the ellipse is a circle.
        rx, ry = rx or (0.0 if _written(drawn, "rx") else ry), ry or (0.0 if _written(drawn, "ry") else rx)
    return Circle(centre, rx, ry) if rx > 0 and ry > 0 else None


def number(drawn: Drawn, name: str, whole: float, notes: Notes) -> float:
    """A length of a shape in its units, 0 where it is not given or cannot be read."""
    value = length_of(drawn, name, whole)
    text = _written(drawn, name)
    if value is None and text not in ("", "auto"):
        found = text[:40]
        notes.add(
            f"<{drawn.element.name}>: {name}: expected a length, found '{found}'; read as 0; correct it"
        )
    return value or 0.0


def length_of(drawn: Drawn, name: str, whole: float) -> float | None:
    """A length of an element in its units; None where it is not given or cannot be read."""
    value = length(_written(drawn, name), whole)
    return None if value is None or math.isnan(value) else value


def _written(drawn: Drawn, name: str) -> str:
    return drawn.declared.get(name, drawn.element.attributes.get(name, "")).strip()


def inherited(style: Style, declared: dict[str, str]) -> Style:
    """What an element's children inherit: its parent's style and what it declares itself."""
    changes: dict[str, bool | Paint] = {}
    for name, value in declared.items():
        text = value.strip().lower()
        if text in ("", "inherit", "unset"):
            continue
        if name == "visibility":
            shown = ("visible", "initial")
            changes["shown"] = text in shown or (style.shown and text not in ("hidden", "collapse"))
        elif name in ("fill", "stroke"):
            clear = name == "stroke" if text == "initial" else _is_clear(text)
            changes[name] = Paint(declared=True, visible=not clear, colour=_plain(text))
        elif name in ("fill-opacity", "stroke-opacity"):
            changes[f"{name[:-8]}_clear"] = is_zero(text)
        elif name == "stroke-width":
            changes["no_width"] = is_zero(text)
    return replace(style, **changes) if changes else style  # type: ignore[arg-type]


def _plain(colour: str) -> str:
    """A colour, so that black, white and the usual ways to write numbers can be compared."""
    if colour.startswith("#") and len(colour) in (4, 5):
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    if colour.startswith("rgb") and colour.endswith(")"):
        words = colour[colour.find("(") + 1 : -1].replace("/", " ").replace(",", " ").split()
        parts = [part for word in words[:3] for part in lengths(word) or []]
        if len(parts) == 3 and all(0 <= number <= 255 for number, _ in parts):
            levels = [math.floor(number * (2.55 if unit == "%" else 1) + 0.5) for number, unit in parts]
            return "#" + "".join(f"{min(255, level):02x}" for level in levels)
    return _NAMES.get(colour, colour[:7] if colour.startswith("#") else colour)


def is_zero(text: str) -> bool:
    """Whether an opacity or a width is nothing."""
    parts = lengths(text)
    return parts is not None and len(parts) == 1 and parts[0][0] <= 0


def word(declared: dict[str, str], name: str) -> str:
    """The keyword that a property is, in small letters."""
    return declared.get(name, "").strip().lower()


def _is_clear(text: str) -> bool:
    """Whether a paint cannot be seen: none, or a colour without opacity."""
    if text in ("none", "transparent"):
        return True
    if text.startswith("#"):
        return (len(text) == 5 and text[4] == "0") or (len(text) == 9 and text[7:] == "00")
    if text.startswith(("rgb", "hsl")) and text.endswith(")"):
        words = text[text.find("(") + 1 : -1].replace("/", ",").replace(",", " ").split()
        return len(words) == 4 and is_zero(words[3])
    return False
