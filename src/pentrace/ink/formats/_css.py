"""The part of CSS that says which lines of an SVG are drawn: rules with simple selectors, inline styles, lengths.

`web/src/ink/formats/css.ts` with `lengths.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pentrace.errors import FormatError
from pentrace.ink.formats._xml import Element

MAX_RULES = 10_000
MAX_TESTS = 1_000_000
"""Most comparisons of an element with a part of a selector, for a whole document."""

_PROPERTIES = (
    *("display", "visibility", "fill", "stroke", "stroke-width", "stroke-opacity", "fill-opacity"),
    *("opacity", "transform", "transform-origin", "transform-box", "clip-path", "mask"),
    *("cx", "cy", "r", "rx", "ry", "x", "y", "width", "height", "d"),
)
_ONLY_IN_STYLES = frozenset(("translate", "rotate", "scale"))
"""What is read of styles, but not of attributes: there the names have other meanings."""
PROPERTIES = frozenset(_PROPERTIES) | _ONLY_IN_STYLES
"""What is read of styles."""

PIXELS = {
    "": 1.0,
    "px": 1.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "pt": 96 / 72,
    "pc": 16.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
    "ch": 8.0,
}
"""Pixels in each unit of length."""
PHYSICAL = frozenset(("in", "cm", "mm", "q", "pt", "pc"))
"""Units that say how large the drawing is on paper."""
_MOST_VALUE = 1000
"""Longest value in which variables are put, in characters."""
_MOST_VARIABLE = 200
"""Longest variable that is read, in characters."""
_MOST_NESTED = 10
_MOST_LENGTHS = 16
_MOST_COMPOUNDS = 16
_IGNORED = re.compile(
    r"@(?:font-face|charset|namespace|page|property|counter-style|(?:-[a-z]+-)?keyframes)\b"
)
"""At-rules that change no line."""
_UNSEEN_MEDIA = frozenset(
    ("print", "speech", "aural", "braille", "embossed", "handheld", "projection", "tty", "tv")
)
_LENGTH = re.compile(r"([+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)(%|[A-Za-z]*+)")
_SEPARATOR = re.compile(r"[ \t\n\f\r]*+,?[ \t\n\f\r]*+")
_SIMPLE = re.compile(r"([.#]?)(\*|[A-Za-z_-][A-Za-z0-9_-]*+)")
_COMBINATOR = re.compile(r"[ \t\n\f\r]*+(>?)[ \t\n\f\r]*+")
_VARIABLE = re.compile(r"var\([ \t\n\f\r]*+(--[A-Za-z0-9_-]++)[ \t\n\f\r]*+(?:,([^()]*+))?\)")
_PLAIN = re.compile(r"[^\"'(){};:\\]++")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Compound:
    """What one element has to be: all of a type, an id and classes. `parent`: whether it is the next one's parent."""

    type: str
    id: str
    classes: frozenset[str]
    parent: bool


@dataclass(frozen=True)
class Rule:
    """A selector, from the outermost element to the one that is styled, and its declarations."""

    selector: tuple[Compound, ...]
    declarations: tuple[tuple[str, str, bool], ...]
    specificity: tuple[int, int, int, int]


@dataclass
class Styles:
    """The rules of a document, by what their last compound asks for, and how many could not be read.

    `unread_at`: at-rules that could not be read.
    """

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    unread: int = 0
    unread_at: int = 0
    tests: int = 0

    def of(self, element: Element, ancestors: Iterable[Element]) -> dict[str, str]:
        """The properties and variables that attributes, rules and the inline style give an element.

        ancestors: from its parent outwards.
        """
        attributes = element.attributes
        found = {
            name: value
            for name, value in attributes.items()
            if name in PROPERTIES and name not in _ONLY_IN_STYLES
        }
        rules = self._matching(element, [*ancestors]) if self.rules else []
        entries = [entry for rule in rules for entry in rule.declarations]
        entries += declarations(attributes.get("style", ""))
        for strong in (False, True):
            for name, value, important in entries:
                if important == strong:
                    found[name] = value
        return found

    def _matching(self, element: Element, ancestors: list[Element]) -> list[Rule]:
        """The rules for an element, the strongest last."""
        names = [f".{name}" for name in element.attributes.get("class", "").split()]
        keys = ["*", element.name, *dict.fromkeys(names), f"#{element.attributes.get('id', '')}"]
        rules = [
            rule
            for key in keys
            for rule in self.rules.get(key, ())
            if self._matches(rule.selector, element, ancestors)
        ]
        return sorted(rules, key=lambda rule: rule.specificity)

    def _matches(self, selector: tuple[Compound, ...], element: Element, ancestors: list[Element]) -> bool:
        if not self._is(element, selector[-1]):
            return False
        wanted = len(selector) - 2
        for parent in ancestors:
            if wanted < 0:
                break
            if self._is(parent, selector[wanted]):
                wanted -= 1
            elif selector[wanted].parent:
                # No other way is tried: "a b > c" is rare, and only where an inner a b has no c would it matter.
                return False
        return wanted < 0

    def _is(self, element: Element, compound: Compound) -> bool:
        self.tests += 1
        if self.tests > MAX_TESTS:
            raise FormatError("CSS: expected fewer rules for so many elements; simplify the drawing")
        attributes = element.attributes
        return (
            compound.type in ("*", element.name)
            and compound.id in ("", attributes.get("id"))
            and (not compound.classes or compound.classes <= set(attributes.get("class", "").split()))
        )


def styles(sheets: Iterable[tuple[str, str]]) -> Styles:
    """The rules of style sheets, each with its `media`, as a screen shows them.

    Selectors other than types, ids, classes and descent are left out, and so are other at-rules than @media.
    """
    result = Styles()
    order = 0
    for media, sheet in sheets:
        for prelude, body in _rules(f"@media {media}", _without_comments(sheet), result):
            entries = tuple(declarations(body))
            if not entries:
                continue
            for part in prelude.split(","):
                order += 1
                if order > MAX_RULES:
                    raise FormatError(f"CSS: expected at most {MAX_RULES:,} rules, found more")
                selector = _selector(part)
                if selector is None:
                    result.unread += 1
                    continue
                last = selector[-1]
                key = next((f".{name}" for name in sorted(last.classes)), last.type)
                weight = (
                    sum(c.id != "" for c in selector),
                    sum(len(c.classes) for c in selector),
                    sum(c.type != "*" for c in selector),
                    order,
                )
                key = f"#{last.id}" if last.id else key
                result.rules.setdefault(key, []).append(Rule(selector, entries, weight))
    return result


def _rules(condition: str, sheet: str, result: Styles, depth: int = 1) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the rules under an at-rule that hold on a screen. Counts at-rules not read."""
    name = condition.lower()
    seen = _on_screen(name[len("@media") :]) if name.startswith("@media") else None
    if seen and depth <= _MOST_NESTED:
        for prelude, body in _blocks(sheet):
            if prelude.startswith("@"):
                yield from _rules(prelude, body, result, depth + 1)
            else:
                yield prelude, body
    elif seen is not False and not _IGNORED.match(name):
        result.unread_at += 1


def _on_screen(queries: str) -> bool | None:
    """Whether a list of media queries, in small letters, holds on a light screen; None where that is not known."""
    answers = [_holds(" ".join(query.split())) for query in queries.split(",")]
    return True if True in answers else None if None in answers else False


def _holds(query: str) -> bool | None:
    plain = query.removeprefix("only ").removeprefix("screen and ").removeprefix("all and ").replace(" ", "")
    if plain in ("", "all", "screen", "notprint", "(prefers-color-scheme:light)"):
        return True
    if plain in ("notall", "notscreen", "(prefers-color-scheme:dark)") or query in _UNSEEN_MEDIA:
        return False
    return False if query.startswith("print and ") else None


def with_variables(value: str, variables: dict[str, str]) -> str:
    """A value with variables put in; one that is not set and has no fallback leaves nothing."""
    for _ in range(_MOST_NESTED):
        if "var(" not in value or len(value) > _MOST_VALUE:
            break
        value = _VARIABLE.sub(lambda match: variables.get(match[1].lower(), match[2] or ""), value)
    return value


def declarations(text: str) -> Iterator[tuple[str, str, bool]]:
    """(property, value, important) of an inline style or a rule's block, for the properties that are read.

    Variables (`--name`) are among them, in small letters.
    """
    for entry in _split(_without_comments(text), ";"):
        name, colon, value = entry.partition(":")
        name = name.strip().lower()
        value = value.strip()
        variable = name.startswith("--") and len(value) <= _MOST_VARIABLE
        if not colon or not (variable or name in PROPERTIES):
            continue
        important = value.lower().endswith("!important")
        yield name, (value[: -len("!important")].strip() if important else value), important


def length(text: str, whole: float) -> float | None:
    """A length in pixels, a percentage being a part of `whole`; None where it is none."""
    parts = lengths(text)
    return pixels(parts[0], whole) if parts is not None and len(parts) == 1 else None


def pixels(part: tuple[float, str], whole: float) -> float:
    """A number with its unit in pixels, a percentage being a part of `whole`."""
    number, unit = part
    return number * whole / 100 if unit == "%" else number * PIXELS.get(unit, math.nan)


def lengths(text: str) -> list[tuple[float, str]] | None:
    """The numbers of a list and their units, in small letters; None where something else is in it."""
    text = text.strip()
    parts: list[tuple[float, str]] = []
    at = 0
    while at < len(text):
        match = _LENGTH.match(text, at)
        if match is None or len(parts) == _MOST_LENGTHS:
            return None
        parts.append((float(match[1]), match[2].lower()))
        separator = _SEPARATOR.match(text, match.end())
        at = match.end() if separator is None else separator.end()
    return parts


def _selector(text: str) -> tuple[Compound, ...] | None:
    """The compounds of a selector, None where it has parts that are not read."""
    text = text.strip()
    text = "svg" if text == ":root" else text
    compounds: list[Compound] = []
    at = 0
    while at < len(text):
        if len(compounds) == _MOST_COMPOUNDS:
            return None
        kind, name, classes = "*", "", set[str]()
        start = at
        while match := _SIMPLE.match(text, at):
            if match[1] == ".":
                classes.add(match[2])
            elif match[1] == "#":
                name = match[2]
            else:
                kind = match[2]
            at = match.end()
        if at == start:
            return None
        gap = _COMBINATOR.match(text, at)
        parent = False
        if gap is not None and at < len(text):
            if gap.end() == at:
                return None
            at, parent = gap.end(), gap[1] == ">"
            if at == len(text):
                return None
        compounds.append(Compound(kind, name, frozenset(classes), parent))
    return tuple(compounds) or None


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """(what stands before a block, what is in it) of a style sheet; that is nothing for an @import."""
    at = 0
    while at < len(text):
        stop = _until(text, at, "{;")
        if stop == len(text):
            return
        if text[stop] == ";":
            if text[at:stop].lstrip()[:7].lower() == "@import":
                yield text[at:stop].strip(), ""
            at = stop + 1
            continue
        end = _block_end(text, stop + 1)
        yield text[at:stop].strip(), text[stop + 1 : end]
        at = end + 1


def _block_end(text: str, at: int) -> int:
    depth = 1
    while at < len(text):
        at = _until(text, at, "{}")
        if at == len(text):
            break
        depth += 1 if text[at] == "{" else -1
        if depth == 0:
            return at
        at += 1
    return len(text)


def _split(text: str, mark: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        stop = _until(text, at, mark)
        yield text[at:stop]
        at = stop + 1


def _until(text: str, at: int, marks: str) -> int:
    """Where the next of the marks stands that is neither quoted nor in parentheses; the end if there is none."""
    depth = 0
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain is not None:
            at = plain.end()
            continue
        character = text[at]
        if character in "\"'":
            close = text.find(character, at + 1)
            at = len(text) if close < 0 else close + 1
            continue
        if depth == 0 and character in marks:
            return at
        depth = max(0, depth + {"(": 1, ")": -1}.get(character, 0))
        at += 1
    return at


def _without_comments(text: str) -> str:
    return _COMMENT.sub(" ", text)
