"""XML from strangers: decoded, then built into a tree of bounded depth and size. Nothing outside is fetched.

`web/src/ink/formats/xml-tree.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from pentrace.errors import FormatError

MAX_DEPTH = 200
MAX_ELEMENTS = 300_000
MAX_ENTITIES = 100
MAX_ENTITY = 1000
"""Longest text that an entity may stand for."""
MAX_EXPANSION = 2**20
"""Most characters that the entities of a document may add to it."""

_KNOWN_SPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/2003/InkML"}
_SHARED_PREFIXES = {
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.inkscape.org/namespaces/inkscape": "inkscape",
}
_OTHERS = {
    b"\x1f\x8b": "a compressed file; unpack it first, for example with gunzip",
    b"PK\x03\x04": "a ZIP archive; unpack it first, for example with unzip",
    b"%PDF": "a PDF; open it in Inkscape and save it as SVG",
    b"\x89PNG": "a picture; trace it to strokes first, for example in Inkscape",
    b"\xff\xd8\xff": "a picture; trace it to strokes first, for example in Inkscape",
    b"GIF8": "a picture; trace it to strokes first, for example in Inkscape",
}
"""How other files begin, and what to do with them."""
_CHUNK = 2**20
_DECLARED = re.compile(
    rb"[ \t\r\n]{0,100}<\?xml[^>?]{0,200}?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._:-]{1,40})"
)
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    # Programs that build text in memory declare UTF-16 and then save UTF-8.
    "utf-16": "utf-8",
    "us-ascii": "latin-1",
    "ascii": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    **{f"iso-8859-{k}": f"iso-8859-{k}" for k in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
    **{f"windows-{k}": f"cp{k}" for k in range(1250, 1259)},
    "koi8-r": "koi8-r",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-jp": "euc-jp",
    "gb2312": "gbk",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-kr": "euc-kr",
}


@dataclass(slots=True, eq=False)
class Element:
    """An element: its name, its attributes, the text right in it, its children.

    Names of the root's, SVG's or InkML's namespace, and names without one, have no prefix; others begin with
    `foreign:`.
    Attributes without prefix go by their name, those of XLink, XML and Inkscape by `xlink:`, `xml:` and `inkscape:`;
    others are dropped.
    """

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """Every element below this one (and this one) of that name, in the order of the document."""
        return (element for element in self.walk() if element.name == name)

    def walk(self) -> Iterator[Element]:
        """This element and every one below it, in the order of the document."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))


def parse(data: bytes) -> Element:
    """The root element. Raises FormatError for broken XML and for what could be an attack.

    A DOCTYPE may name a DTD, which is not fetched, and declare flat text entities: bounded in number and size, none
    external, none that refer to others.
    """
    text = decode(data)
    builder = _Builder(text.count("&"))
    # The text is decoded already, whatever encoding it declares.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.specified_attributes = True
    parser.EntityDeclHandler = builder.entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        for at in range(0, len(text), _CHUNK):
            parser.Parse(text[at : at + _CHUNK].encode(), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FormatError(f"broken XML: line {error.lineno}: {expat.ErrorString(error.code)}") from None
    assert builder.root is not None  # noqa: S101 - expat refuses a document without an element
    return builder.root


def decode(data: bytes) -> str:
    """The text of an XML file, by its byte order mark or the encoding that it declares. Raises FormatError."""
    other = next((words for begin, words in _OTHERS.items() if data.startswith(begin)), None)
    if other is not None:
        raise FormatError(f"expected XML, found {other}")
    name, codec = _encoding(data)
    try:
        # A blank line before the XML declaration is an error of XML, but nothing is lost by it.
        text = data.decode(codec).removeprefix("\ufeff").lstrip(" \t\r\n")
    except UnicodeDecodeError:
        raise FormatError(
            f"XML: expected text in {name}, found other bytes; save the file as UTF-8"
        ) from None
    if not text.startswith("<"):
        found = "text that is none" if text else "an empty file"
        raise FormatError(f"expected XML, found {found}; export the ink as SVG")
    return text


def _encoding(data: bytes) -> tuple[str, str]:
    """The name of a file's encoding, and of Python's codec."""
    if data[:2] == b"\xff\xfe" or data[:2] == b"<\0":
        return "utf-16", "utf-16-le"
    if data[:2] == b"\xfe\xff" or data[:2] == b"\0<":
        return "utf-16", "utf-16-be"
    declared = _DECLARED.match(data)
    if data[:3] == b"\xef\xbb\xbf" or declared is None:
        return "utf-8", "utf-8"
    name = declared[1].decode("ascii").lower()
    if name not in _ENCODINGS:
        raise FormatError(f"XML: the encoding {name} is not known; save the file as UTF-8")
    return name, _ENCODINGS[name]


class _Builder:
    """Builds the tree from the parser's events, and stops where a limit is passed."""

    def __init__(self, references: int) -> None:
        """references: ampersands in the document, so at least as many as references to entities."""
        self.root: Element | None = None
        self.open: list[tuple[Element, dict[str, str], list[str]]] = []
        self.count = 0
        self.references = references
        self.entities = 0
        self.home = set(_KNOWN_SPACES)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise FormatError(
                f"XML: expected at most {MAX_ELEMENTS:,} elements, nested at most {MAX_DEPTH} deep; found more"
            )
        spaces = self.open[-1][1] if self.open else {}
        declared = {key: value for key, value in attributes.items() if key.startswith("xmlns")}
        if declared:
            spaces = spaces | {key.partition(":")[2]: value for key, value in declared.items()}
        if self.root is None:
            self.home.add(spaces.get(name.rpartition(":")[0], ""))
        element = Element(self._name(name, spaces), _attributes(attributes, spaces))
        if self.open:
            self.open[-1][0].children.append(element)
        else:
            self.root = element
        self.open.append((element, spaces, []))

    def end(self, _: str) -> None:
        element, _spaces, parts = self.open.pop()
        element.text = "".join(parts)

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1][2].append(text)

    def entity(self, name: str, parameter: int, value: str | None, *_: object) -> None:
        self.entities += 1
        if value is None or parameter:
            raise FormatError(f"XML: entity {name}: expected plain text, found a reference; remove it")
        if "&" in value or "<" in value or "%" in value:
            raise FormatError(f"XML: entity {name}: expected plain text without & < %, found one; remove it")
        if self.entities > MAX_ENTITIES or len(value) > MAX_ENTITY:
            raise FormatError(
                f"XML: expected at most {MAX_ENTITIES} entities of at most {MAX_ENTITY:,} characters; found more"
            )
        if len(value) * self.references > MAX_EXPANSION:
            raise FormatError(
                f"XML: expected entities that add at most {MAX_EXPANSION:,} characters; found more"
            )

    def _name(self, name: str, spaces: dict[str, str]) -> str:
        prefix, _, local = name.rpartition(":")
        space = spaces.get(prefix, prefix)
        return local if space in self.home or space == "" else f"foreign:{name}"


def _attributes(attributes: dict[str, str], spaces: dict[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in attributes.items():
        prefix, colon, local = name.partition(":")
        if not colon:
            kept[name] = value
            continue
        known = _SHARED_PREFIXES.get(spaces.get(prefix, ""), prefix)
        if known in _SHARED_PREFIXES.values():
            kept[f"{known}:{local}"] = value
    return kept
