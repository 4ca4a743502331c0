"""XML from strangers: a tree without namespaces, without entities, of bounded depth and size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from pentrace.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
MAX_ELEMENTS = 2_000_000


@dataclass
class Element:
    """An element: its name and attributes without namespace prefixes, the text right in it, its children."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """Every element below this one (and this one) of that name, in the order of the document."""
        stack = [self]
        while stack:
            element = stack.pop()
            if element.name == name:
                yield element
            stack.extend(reversed(element.children))


def parse(data: bytes) -> Element:
    """The root element. Raises FormatError for broken XML and for what could be an attack.

    A DOCTYPE that only names a DTD is passed over (old SVG has one; nothing is fetched); one that declares
    anything, an entity above all, is refused.
    """
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_subset
    parser.EntityDeclHandler = _refuse_entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FormatError(f"broken XML: {error}") from None
    except (LookupError, UnicodeError):
        raise FormatError("broken XML: unknown encoding") from None
    if builder.root is None:
        raise FormatError("broken XML: no element")
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise FormatError(
                f"XML: expected at most {MAX_ELEMENTS:,} elements, {MAX_DEPTH} deep; found more"
            )
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_subset(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
    if has_subset:
        raise FormatError("XML: expected no declarations of its own in the DOCTYPE; remove them")


def _refuse_entity(*_: object) -> None:
    raise FormatError("XML: expected no entity declarations; remove them")
