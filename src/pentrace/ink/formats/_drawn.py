"""The elements of an SVG that are drawn: each with its matrix and what it inherits, through groups and `use`.

`web/src/ink/formats/svg-drawn.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from pentrace.errors import FormatError
from pentrace.ink.formats._css import PHYSICAL, PIXELS, Styles, length, lengths, styles, with_variables
from pentrace.ink.formats._matrix import (
    IDENTITY,
    Box,
    Matrix,
    Size,
    about,
    bounds,
    into_viewport,
    multiply,
    through,
    transform,
    translation,
    view_box,
)
from pentrace.ink.formats._notes import Notes
from pentrace.ink.formats._shapes import (
    SHAPES,
    Drawn,
    Style,
    circle_of,
    inherited,
    is_zero,
    length_of,
    subpaths,
    word,
)
from pentrace.ink.formats._xml import Element
from pentrace.ink.ink import MAX_POINTS

MAX_USES = 100_000
"""Most elements that are drawn through `use`, for a whole document."""
MAX_USE_DEPTH = 20
MAX_MEASURED = 100_000
"""Most shapes that are measured, because a transform is about a place in their box, for a whole document."""
_MOST_BOXES = 3
"""Elements within each other that are measured; those further in are not, since each doubles the work."""
_GROUPS = {"svg", "g", "a", "switch", "use"}
_OWN_BOXES = ("fill-box", "stroke-box", "content-box", "border-box")
_MM = 25.4 / 96


_TEXT = ("text", ": left out; only lines are ink")
LEFT_OUT = {
    "text": _TEXT,
    "foreignObject": _TEXT,
    "image": ("image", ": left out; only lines are ink; trace images to strokes first"),
}
"""What the notes count of elements that are no lines."""
_HIDDEN = ("hidden element", ": left out; make visible what is ink")


class Document:
    """An SVG: what is drawn of it, and how large one unit is."""

    def __init__(self, root: Element, notes: Notes) -> None:
        self.root, self.notes, self.all_notes = root, notes, notes
        self.ids: dict[str, Element] = {}
        sheets = []
        for element in root.walk():
            if "id" in element.attributes:
                self.ids.setdefault(element.attributes["id"], element)
            if element.name == "style":
                sheets.append((element.attributes.get("media", "").lower(), element.text))
        self.styles: Styles = styles(sheets)
        self.used = self.measured = self.boxes = 0
        self.points_left = 2 * MAX_POINTS  # in shapes that are measured
        self.box = view_box(root.attributes.get("viewBox", ""))
        self.viewport: Size = (
            self.box[2:] if self.box else (self._side("width") or 300.0, self._side("height") or 150.0)
        )

    def unit_mm(self) -> float | None:
        """Millimetres in a unit of the drawing, where its width is given in a unit of paper."""
        parts = lengths(self._given("width"))
        if not parts or parts[0][1] not in PHYSICAL or not math.isfinite(parts[0][0]) or parts[0][0] <= 0:
            return None
        if self.box is None:
            return _MM
        width, height = parts[0][0] * PIXELS[parts[0][1]], self._side("height")
        scale = width / self.box[2]
        if height is not None and self.root.attributes.get("preserveAspectRatio", "").strip() != "none":
            scale = min(scale, height / self.box[3])
        return scale * _MM

    def shapes(self) -> Iterator[Drawn]:
        """Every shape that is drawn and visible, in order. What is left out is noted."""
        for noun, what, n in (
            ("CSS rule", "with other selectors than types, classes and ids", self.styles.unread),
            ("CSS at-rule", "other than @media screen or print", self.styles.unread_at),
        ):
            self.notes.count(noun, f" {what}: ignored; export styles as attributes", n)
        stretch = self._stretch()
        known = self.box is not None or None not in (self._side("width"), self._side("height"))
        page = (self.viewport[0], self.viewport[1] * stretch[3]) if known else (0.0, 0.0)
        above = Drawn(self.root, None, stretch, Style(), self.viewport, page, {}, {})
        for drawn in self._shapes_in(self._drawn(self.root, None, above)):
            if drawn.style.shown:
                yield drawn
            else:
                self.notes.count(*_HIDDEN)

    def _shapes_in(self, top: Drawn | None) -> Iterator[Drawn]:
        """Every shape in an element that is drawn, in order."""
        stack = [top]
        while stack:
            drawn = stack.pop()
            if drawn is None:
                continue
            if drawn.element.name in SHAPES:
                yield drawn
            else:
                stack.extend(reversed(self._inside(drawn)))

    def _inside(self, drawn: Drawn) -> list[Drawn | None]:
        """The elements in a group, or what a `use` stands for."""
        element = drawn.element
        if element.name == "use":
            return [self._used(drawn)]
        inside = drawn
        if element.name in ("svg", "symbol") and drawn.parent is not None:
            inside = self._nested(drawn)
        children = element.children
        if element.name == "switch":
            children = [child for child in children if _supported(child)][:1]
        return [self._drawn(child, drawn, inside) for child in children]

    def _drawn(self, element: Element, parent: Drawn | None, inside: Drawn) -> Drawn | None:
        """An element with its own style and transform; None where it is not drawn.

        inside: what it inherits, and the matrix and viewport that it lies in.
        """
        name = element.name
        through_use = parent is not None and parent.element.name == "use"
        if name not in _GROUPS and name not in SHAPES and not (name == "symbol" and through_use):
            if name in LEFT_OUT:
                self.notes.count(*LEFT_OUT[name])
            return None
        uses = 0 if parent is None else parent.uses
        if uses:
            self.used += 1
            if self.used > MAX_USES:
                raise FormatError(f"expected at most {MAX_USES:,} elements drawn through <use>, found more")
        if element.attributes.get("inkscape:label", "").startswith("%") and name == "g":
            what = "with a name that begins with %: left out, as plotters do; rename what is ink"
            self.notes.count("layer", f" {what}")
            return None
        drawn = replace(inside, element=element, parent=parent, uses=uses)
        declared = drawn.declared = self._declared(drawn)
        if word(declared, "display") == "none" or is_zero(declared.get("opacity", "")):
            self.notes.count(*_HIDDEN)
            return None
        if any(word(declared, name) not in ("", "none") for name in ("clip-path", "mask")):
            what = "read whole; cut the lines themselves to leave parts out"
            self.notes.count("clipped or masked element", f": {what}")
        drawn.style = inherited(inside.style, declared)
        self._move(drawn)
        return drawn

    def _move(self, drawn: Drawn) -> None:
        """Applies an element's own transform to its matrix."""
        declared, name = drawn.declared, drawn.element.name
        functions = [f"{one}({declared[one]})" for one in ("translate", "rotate", "scale") if one in declared]
        text = " ".join(one for one in (*functions, declared.get("transform", "")) if "none" not in one)
        if not text.strip():
            return
        its_own = word(declared, "transform-box") in _OWN_BOXES
        if its_own and self.boxes == _MOST_BOXES:
            advice = "ignored; apply transforms before exporting"
            self.all_notes.add(f"transform-box of <{name}>: nested too deeply; {advice}")
            its_own = False
        box = self._box(drawn) if its_own else (0.0, 0.0, *drawn.viewport)
        if box is None:
            return
        own = transform(text, box[2:])
        moved = None if own is None else about(own, declared.get("transform-origin", ""), box)
        if moved is None:
            self.notes.add(
                f"transform of <{name}>: cannot be read; ignored; apply transforms before exporting"
            )
        else:
            drawn.matrix = multiply(drawn.matrix, moved)

    def _box(self, drawn: Drawn) -> Box | None:
        """The box around what an element draws, in its own units; None where it draws nothing."""
        notes, self.notes = self.notes, Notes()  # what is left out is noted when it is drawn
        self.boxes += 1
        corners = []
        for shape in self._shapes_in(replace(drawn, matrix=IDENTITY)):
            self.measured += 1
            if self.measured > MAX_MEASURED:
                raise FormatError(f"expected transforms about at most {MAX_MEASURED:,} shapes, found more")
            circle = circle_of(shape, self.notes)
            found = subpaths(shape, self.notes, 0, self.points_left) if circle is None else circle.ring()
            points = [point for subpath in found for point in subpath.points]
            self.points_left -= len(points)
            if points:
                left, top, right, bottom = bounds(through(shape.matrix, points))
                corners += [(left, top), (right, bottom)]
        self.notes = notes
        self.boxes -= 1
        if not corners:
            return None
        left, top, right, bottom = bounds(corners)
        return (left, top, right - left, bottom - top)

    def _declared(self, drawn: Drawn) -> dict[str, str]:
        """The properties of an element, with variables put in; its own variables become those of `drawn`."""
        declared = self.styles.of(drawn.element, drawn.ancestors())
        own = {name: value for name, value in declared.items() if name.startswith("--")}
        if own:
            drawn.variables = drawn.variables | own
        return {
            name: with_variables(value, drawn.variables)
            for name, value in declared.items()
            if name not in own
        }

    def _used(self, drawn: Drawn) -> Drawn | None:
        """The element that a `use` refers to."""
        attributes = drawn.element.attributes
        name = attributes.get("href", attributes.get("xlink:href", "")).strip()
        target = self.ids.get(name[1:]) if name.startswith("#") else None
        if target is None:
            found = f"expected the name of an element in this file, found '{name[:40]}'"
            self.notes.add(f"<use>: {found}; ignored; replace uses by copies")
            return None
        if drawn.uses >= MAX_USE_DEPTH or any(element is target for element in drawn.ancestors()):
            found = f"'{name[:40]}' holds itself or is nested too deeply"
            self.notes.add(f"<use>: {found}; ignored; replace uses by copies")
            return None
        drawn.uses += 1
        return self._drawn(target, drawn, replace(drawn, matrix=_at_its_corner(drawn)))

    def _nested(self, drawn: Drawn) -> Drawn:
        """What lies in an <svg> inside another, or in a <symbol>, with its matrix and viewport."""
        parent = drawn.parent
        asking = [parent, drawn] if parent is not None and parent.element.name == "use" else [drawn]
        width, height = (
            next((value for who in asking if (value := length_of(who, side, whole)) is not None), whole)
            for side, whole in zip(("width", "height"), drawn.viewport, strict=True)
        )
        size = (width, height)
        matrix, page = drawn.matrix, drawn.page
        if drawn.element.name == "svg":
            matrix = _at_its_corner(drawn)
            page = (width * abs(matrix[0]), height * abs(matrix[3]))
        box = view_box(drawn.element.attributes.get("viewBox", ""))
        if box is not None:
            align = drawn.element.attributes.get("preserveAspectRatio", "")
            matrix, size = multiply(matrix, into_viewport(box, size, align)), (box[2], box[3])
        return replace(drawn, matrix=matrix, viewport=size, page=page)

    def _stretch(self) -> Matrix:
        """What a root that stretches does to y. Its view box is not applied otherwise, so that its units stay."""
        width, height = self._side("width"), self._side("height")
        if self.box is None or width is None or height is None:
            return IDENTITY
        if self.root.attributes.get("preserveAspectRatio", "").strip() != "none":
            return IDENTITY
        return (1.0, 0.0, 0.0, (height / self.box[3]) / (width / self.box[2]), 0.0, 0.0)

    def _side(self, name: str) -> float | None:
        """The root's width or height in pixels, where it is given and not a percentage."""
        value = length(self._given(name), 0.0)
        return value if value is not None and math.isfinite(value) and value > 0 else None

    def _given(self, name: str) -> str:
        """How the root's width or height is given: by its attribute, or else by a style, not as a percentage."""
        styled = self.styles.of(self.root, ()).get(name, "")
        given = [text for text in (self.root.attributes.get(name, ""), styled) if "%" not in text]
        return next((text for text in given if text.strip()), "")


def _at_its_corner(drawn: Drawn) -> Matrix:
    """The matrix of an element, moved to its x and y."""
    x, y = (length_of(drawn, side, whole) or 0.0 for side, whole in zip("xy", drawn.viewport, strict=True))
    return multiply(drawn.matrix, translation(x, y))


def _supported(element: Element) -> bool:
    """Whether a <switch> takes this child: not if it needs extensions, is in another language, or never drawn."""
    languages = element.attributes.get("systemLanguage", "en").lower().split(",")
    english = any(language.strip().startswith("en") for language in languages)
    needs = element.attributes.get("requiredExtensions", "")
    return english and needs == "" and element.name not in ("title", "desc", "metadata")
