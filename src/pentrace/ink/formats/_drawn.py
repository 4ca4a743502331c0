"""The elements of an SVG that are drawn: each with its matrix and what it inherits, through groups and `use`.

`web/src/ink/formats/svg-drawn.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pentrace.errors import FormatError
from pentrace.ink.formats._css import (
    PHYSICAL,
    PIXELS,
    Styles,
    length,
    lengths,
    styles,
    with_variables,
)
from pentrace.ink.formats._matrix import (
    IDENTITY,
    Matrix,
    Size,
    about,
    into_viewport,
    multiply,
    transform,
    translation,
    view_box,
)
from pentrace.ink.formats._notes import Notes, things
from pentrace.ink.formats._xml import Element

MAX_USES = 100_000
"""Most elements that are drawn through `use`, for a whole document."""
MAX_USE_DEPTH = 20
_GROUPS = {"svg", "g", "a", "switch", "use"}
SHAPES = {"path", "polyline", "polygon", "line", "circle", "ellipse", "rect"}
_MM = 25.4 / 96


@dataclass(frozen=True, slots=True)
class Paint:
    """What fill or stroke is: declared at all, visible, and in which colour, as the file writes it."""

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
    uses: int = 0

    def ancestors(self) -> Iterator[Element]:
        """From the parent outwards."""
        above = self.parent
        while above is not None:
            yield above.element
            above = above.parent


def left_hidden(n: int) -> str:
    """Says that elements are not displayed."""
    return f"{things(n, 'hidden element')}: left out; make visible what is ink"


def left_text(n: int) -> str:
    """Says that text is left out."""
    return f"{things(n, 'text')}: left out; only lines are ink"


def left_image(n: int) -> str:
    """Says that images are left out."""
    return f"{things(n, 'image')}: left out; only lines are ink; trace images to strokes first"


def not_clipped(n: int) -> str:
    """Says that clipping is ignored."""
    return (
        f"{things(n, 'clipped or masked element')}: read whole; cut the lines themselves to leave parts out"
    )


def not_plotted(n: int) -> str:
    """Says that layers are left out that a plotter does not draw."""
    return (
        f"{things(n, 'layer')} with a name that begins with %: left out, as plotters do; rename what is ink"
    )


def rules_unread(n: int) -> str:
    """Says that CSS was ignored."""
    what = f"{things(n, 'CSS rule')} with other selectors than types, classes and ids"
    return f"{what}: ignored; export styles as attributes"


class Document:
    """An SVG: what is drawn of it, and how large one unit is."""

    def __init__(self, root: Element, notes: Notes) -> None:
        self.root, self.notes = root, notes
        self.ids: dict[str, Element] = {}
        sheets = []
        for element in root.walk():
            if "id" in element.attributes:
                self.ids.setdefault(element.attributes["id"], element)
            if element.name == "style":
                sheets.append(element.text)
        self.styles: Styles = styles(sheets)
        self.used = 0
        self.box = view_box(root.attributes.get("viewBox", ""))
        self.viewport: Size = (
            self.box[2:] if self.box else (self._side("width") or 300.0, self._side("height") or 150.0)
        )

    def unit_mm(self) -> float | None:
        """Millimetres in a unit of the drawing, where its width is given in a unit of paper."""
        parts = lengths(self.root.attributes.get("width", ""))
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
        for _ in range(self.styles.unread):
            self.notes.count(rules_unread)
        stretch = self._stretch()
        known = self.box is not None or None not in (self._side("width"), self._side("height"))
        page = (self.viewport[0], self.viewport[1] * stretch[3]) if known else (0.0, 0.0)
        above = Drawn(self.root, None, stretch, Style(), self.viewport, page, {})
        stack = [self._drawn(self.root, None, above)]
        while stack:
            drawn = stack.pop()
            if drawn is None:
                continue
            if drawn.element.name in SHAPES:
                if drawn.style.shown:
                    yield drawn
                else:
                    self.notes.count(left_hidden)
                continue
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
            if name in ("text", "image"):
                self.notes.count(left_text if name == "text" else left_image)
            return None
        uses = 0 if parent is None else parent.uses
        if uses:
            self.used += 1
            if self.used > MAX_USES:
                raise FormatError(f"expected at most {MAX_USES:,} elements drawn through <use>, found more")
        if element.attributes.get("inkscape:label", "").startswith("%") and name == "g":
            self.notes.count(not_plotted)
            return None
        drawn = replace(inside, element=element, parent=parent, uses=uses)
        declared = self._declared(drawn)
        if _word(declared, "display") == "none" or _is_zero(declared.get("opacity", "")):
            self.notes.count(left_hidden)
            return None
        if any(_word(declared, name) not in ("", "none") for name in ("clip-path", "mask")):
            self.notes.count(not_clipped)
        drawn.style = _inherited(inside.style, declared)
        own = transform(declared.get("transform", ""), drawn.viewport)
        if own is None:
            self.notes.add(
                f"transform of <{name}>: cannot be read; ignored; apply transforms before exporting"
            )
        elif own != IDENTITY:
            origin = declared.get("transform-origin", "")
            drawn.matrix = multiply(drawn.matrix, about(own, origin, drawn.viewport))
        return drawn

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
        x, y = (_length(drawn, side, whole) or 0.0 for side, whole in zip("xy", drawn.viewport, strict=True))
        moved = replace(drawn, matrix=multiply(drawn.matrix, translation(x, y)))
        return self._drawn(target, drawn, moved)

    def _nested(self, drawn: Drawn) -> Drawn:
        """What lies in an <svg> inside another, or in a <symbol>, with its matrix and viewport."""
        parent = drawn.parent
        asking = [parent, drawn] if parent is not None and parent.element.name == "use" else [drawn]
        width, height = (
            next((value for who in asking if (value := _length(who, side, whole)) is not None), whole)
            for side, whole in zip(("width", "height"), drawn.viewport, strict=True)
        )
        size = (width, height)
        matrix, page = drawn.matrix, drawn.page
        if drawn.element.name == "svg":
            x, y = (
                _length(drawn, side, whole) or 0.0 for side, whole in zip("xy", drawn.viewport, strict=True)
            )
            matrix = multiply(matrix, translation(x, y))
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
        text = self.root.attributes.get(name, "")
        value = None if "%" in text else length(text, 0.0)
        return value if value is not None and math.isfinite(value) and value > 0 else None


def number(drawn: Drawn, name: str, whole: float, notes: Notes) -> float:
    """A length of a shape in its units, 0 where it is not given or cannot be read."""
    value = _length(drawn, name, whole)
    if value is None and name in drawn.element.attributes:
        found = drawn.element.attributes[name][:40]
        notes.add(
            f"<{drawn.element.name}>: {name}: expected a length, found '{found}'; read as 0; correct it"
        )
    return value or 0.0


def _length(drawn: Drawn, name: str, whole: float) -> float | None:
    value = length(drawn.element.attributes.get(name, ""), whole)
    return None if value is None or math.isnan(value) else value


def _supported(element: Element) -> bool:
    """Whether a <switch> takes this child: not if it needs extensions, is in another language, or never drawn."""
    languages = element.attributes.get("systemLanguage", "en").lower().split(",")
    english = any(language.strip().startswith("en") for language in languages)
    needs = element.attributes.get("requiredExtensions", "")
    return english and needs == "" and element.name not in ("title", "desc", "metadata")


def _inherited(style: Style, declared: dict[str, str]) -> Style:
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
            changes[name] = Paint(declared=True, visible=not clear, colour=text)
        elif name in ("fill-opacity", "stroke-opacity"):
            changes[f"{name[:-8]}_clear"] = _is_zero(text)
        elif name == "stroke-width":
            changes["no_width"] = _is_zero(text)
    return replace(style, **changes) if changes else style  # type: ignore[arg-type]


def _is_zero(text: str) -> bool:
    parts = lengths(text)
    return parts is not None and len(parts) == 1 and parts[0][0] <= 0


def _word(declared: dict[str, str], name: str) -> str:
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
        return len(words) == 4 and _is_zero(words[3])
    return False
