"""What an atlas says about itself, checked once, when it is read (spec/atlas.md).

`metadata.schema.json` gives the shape, with some keywords of JSON Schema; the page reads the same file. What one value
says of another is checked here and in web/src/atlas/metadata.ts, in the same words (spec/golden/atlas.json).
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_JSON = {
    "object": "an object",
    "array": "a list",
    "string": "text without control characters",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def problem(about: object) -> str | None:
    """The first thing that is wrong with the metadata of an atlas: where, what was expected and what was found."""
    return next(chain(_shape(about, _schema(), ""), _agreement(about)), None)


@cache
def _schema() -> Schema:
    read: Schema = json.loads(Path(__file__).with_name("metadata.schema.json").read_text("utf-8"))
    return read


def _shape(value: Any, schema: Schema, at: str) -> Iterator[str]:
    """What is wrong with a value by its schema."""
    if "$ref" in schema:
        schema = _schema()["$defs"][schema["$ref"]]
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is not None:
        if not any(_same(value, choice) for choice in choices):
            yield _wrong(at, " or ".join(_text(choice) for choice in choices), value)
        return
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(_IS[kind](value) for kind in kinds):
        yield _wrong(at, " or ".join(_JSON[kind] for kind in kinds), value)
    elif isinstance(value, dict):
        yield from _object(value, schema, at)
    elif isinstance(value, list):
        yield from _size(len(value), schema, "Items", " entries", at)
        for k, item in enumerate(value):
            yield from _shape(item, schema["items"], f"{at}[{k}]")
    elif isinstance(value, str):
        yield from _size(len(value), schema, "Length", " characters", at)
    elif not isinstance(value, bool) and value is not None:
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        if not least <= value <= most:
            yield _wrong(at, f"a number {_range(least, most)}", value)


def _object(value: dict[str, Any], schema: Schema, at: str) -> Iterator[str]:
    for key in schema.get("required", ()):
        if key not in value:
            yield _wrong(f"{at}.{key}" if at else key, "a value", _NOTHING)
    others = schema.get("additionalProperties")
    for key, item in value.items():
        part = schema.get("properties", {}).get(key, others)
        if part is not None:
            yield from _shape(item, part, f"{at}.{key}" if at else key)
    if "by" in schema:  # one of several shapes, named by a value
        yield from _shape(value, schema[value[schema["by"]]], at)


def _size(size: int, schema: Schema, what: str, unit: str, at: str) -> Iterator[str]:
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}", math.inf)
    if not least <= size <= most:
        yield f"{at}: expected {_range(least, most)}{unit}, found {size}"


def _range(least: float, most: float) -> str:
    if least == most:
        return f"{least}"
    if most == math.inf:
        return f"of at least {least}"
    return f"of at most {most}" if least == -math.inf else f"from {least} to {most}"


def _agreement(about: Any) -> Iterator[str]:
    """What parts of the metadata say of each other. Looked at only where the shape is right."""
    cells = about["checkpoint"]["layers"] * about["checkpoint"]["hidden"]
    for what in ("orders", "features", "effects"):
        names = [entry["name"] for entry in about[what]]
        for k, name in enumerate(names):
            if name in names[:k]:
                yield f"{what}[{k}].name: expected another name than those before it, found {_text(name)}"
    for k, feature in enumerate(about["features"]):
        for part in ("c", "h"):
            yield from _cells([feature["best"][part][0]], cells, f"features[{k}].best.{part}[0]")
    names = [feature["name"] for feature in about["features"]]
    for k, cluster in enumerate(about["clusters"]):
        if cluster["feature"] is not None and cluster["feature"] not in names:
            yield f"clusters[{k}].feature: expected the name of a feature, found {_text(cluster['feature'])}"
    for k, effect in enumerate(about["effects"]):
        at = f"effects[{k}]"
        if effect["measure"] not in effect["figures"]:
            yield f"{at}.figures: expected one for {_text(effect['measure'])}, found none"
        for name, figure in effect["figures"].items():
            if len(figure["random"]) != len(effect["random"]):
                expected, found = len(effect["random"]), len(figure["random"])
                yield f"{at}.figures.{name}.random: expected {expected} entries, found {found}"
        changes = [(at, effect), *((f"{at}.random[{i}]", other) for i, other in enumerate(effect["random"]))]
        for where, change in changes:
            yield from _cells(change["cells"], cells, f"{where}.cells")
            if len(change["shift"]) != len(change["cells"]):
                expected, found = len(change["cells"]), len(change["shift"])
                yield f"{where}.shift: expected {expected} entries, found {found}"
    for number in about["lines"].get("collapsed", ()):
        if number >= about["lines"]["count"]:
            yield f"lines.collapsed: expected numbers below {about['lines']['count']}, found {number}"


def _cells(numbers: list[Any], count: int, at: str) -> Iterator[str]:
    for number in numbers:
        if not (_is_whole(number) and 0 <= number < count):
            yield f"{at}: expected cells from 0 to {count - 1}, found {_shown(number)}"
    if len(set(numbers)) < len(numbers):
        yield f"{at}: expected every cell once, found one twice"


class _Nothing:
    """Stands for a value that is not there."""


_NOTHING = _Nothing()


def _wrong(at: str, expected: str, found: Any) -> str:
    return f"{at or 'metadata'}: expected {expected}, found {_shown(found)}"


def _shown(value: Any) -> str:
    """A value in an error: as JSON where it is short, else what kind of value it is."""
    if isinstance(value, _Nothing):
        return "nothing"
    if isinstance(value, bool) or value is None:
        return _text(value)
    if isinstance(value, (int, float)):
        short = abs(value) < 2**53 and value == int(value)
        return str(int(value)) if short else "another number"
    if isinstance(value, str):
        return _text(value) if len(value) <= 40 and _is_text(value) else "other text"
    return "a list" if isinstance(value, list) else "an object"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _same(value: Any, choice: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(value) is type(choice) and bool(value == choice)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not any(unicodedata.category(c) in ("Cc", "Cs") for c in value)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= 1e300  # compared exactly; larger ones overflow in sums


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


_IS: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": _is_text,
    "number": _is_number,
    "integer": _is_whole,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
