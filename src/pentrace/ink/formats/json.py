"""Ink as JSON: all that an ink is, without loss (spec/ink.md)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._columns import in_order
from pentrace.ink.formats._notes import Notes, Reading, warned
from pentrace.ink.ink import F32, LIMIT, Ink, as_float32, lifts_after

FORMAT = "pentrace-ink"
VERSION = 1
_MOST_DIGITS = 1000
_SEED_LIMIT = 2**64
Columns = dict[str, list[float]]
"""The columns of a stroke, as far as it has them."""


@dataclass(frozen=True)
class Document:
    """A file of ink: the ink, and what the page adds to restore a view (controls and seed)."""

    ink: Ink
    controls: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None


def loads(data: bytes) -> Ink:
    """The ink of a document. An InkWarning says if its times were changed. Raises FormatError or InkError."""
    return warned(read(data))


def read(data: bytes) -> Reading:
    """The ink of a document, whatever its controls and seed are, and what could not be read; see loads."""
    notes = Notes()
    return _ink(_parsed(data), notes), notes.all()


def dumps(ink: Ink) -> bytes:
    """A document that holds an ink and nothing else."""
    return dump_document(Document(ink))


def load_document(data: bytes) -> Document:
    """A document from its bytes; see loads."""
    document = _parsed(data)
    controls = document.get("controls", {})
    if not isinstance(controls, dict):
        raise FormatError("controls: expected an object, found something else")
    notes = Notes()
    ink = _ink(document, notes)
    return Document(warned((ink, notes.all())), controls, _seed(document.get("seed")))


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_int=_whole)
    except RecursionError:
        raise FormatError("broken JSON: nested too deeply") from None
    except UnicodeDecodeError:
        raise FormatError("broken JSON: expected UTF-8, found other bytes") from None
    except ValueError as error:
        raise FormatError(f"broken JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FormatError(
            f'expected an object with "format": "{FORMAT}", found another JSON; export the ink as SVG'
        )
    if document.get("format_version") != VERSION:
        raise FormatError(f"format_version: expected {VERSION}, found {document.get('format_version')!r}")
    return document


def dump_document(document: Document) -> bytes:
    """The bytes of a document; every number is the shortest that reads back as the same float32."""
    ink = document.ink
    out: dict[str, Any] = {"format": FORMAT, "format_version": VERSION, "scale": ink.scale, "strokes": []}
    if ink.unit_mm is not None:
        out["unit_mm"] = ink.unit_mm
    if ink.text is not None:
        out["text"] = ink.text
    for stroke in ink.strokes():
        columns = {"x": stroke.points[:, 0], "y": stroke.points[:, 1]}
        if stroke.time is not None:
            columns["time"] = stroke.time
        if stroke.pressure is not None:
            columns["pressure"] = stroke.pressure
        out["strokes"].append({name: _shortest(column) for name, column in columns.items()})
        if stroke.characters is not None:
            out["strokes"][-1]["characters"] = stroke.characters.tolist()
    if not ink.pen_up[-1]:
        out["open"] = True
    if document.controls:
        out["controls"] = document.controls
    if document.seed is not None:
        out["seed"] = str(document.seed)
    return (json.dumps(out, allow_nan=False, separators=(",", ":")) + "\n").encode()


def _ink(document: dict[str, Any], notes: Notes) -> Ink:
    strokes = document.get("strokes")
    if not isinstance(strokes, list) or not strokes:
        raise FormatError("strokes: expected a list of at least one stroke")
    open_end = document.get("open", False)
    if not isinstance(open_end, bool):
        raise FormatError("open: expected true or false, found something else")
    scale, unit_mm = document.get("scale"), document.get("unit_mm")
    for name, size in (("scale", scale), ("unit_mm", unit_mm)):
        if size is not None and not _is_number(size):
            raise FormatError(f"{name}: expected a number or null, found something else")
    parts = [_stroke(stroke, k) for k, stroke in enumerate(strokes)]
    lengths = [len(part["x"]) for part in parts]
    pen_up = lifts_after(lengths)
    pen_up[-1] = not open_end
    time, pressure = _time(parts, notes), _joined(parts, "pressure")
    points = np.stack([_joined(parts, name) for name in ("x", "y")], axis=1)
    return Ink(points, pen_up, time, pressure, scale, unit_mm, *_text(document, lengths))


def _stroke(stroke: object, k: int) -> Columns:
    """The columns of stroke k, checked."""
    if not isinstance(stroke, dict):
        raise FormatError(f"stroke {k}: expected an object with x and y, found something else")
    x = stroke.get("x")
    length = len(x) if isinstance(x, list) else 0
    found: Columns = {}
    for name in ("x", "y", "time", "pressure"):
        if name not in stroke and name in ("time", "pressure"):
            continue
        values = stroke.get(name)
        if name == "pressure" and isinstance(values, list):
            values = [math.nan if value is None else value for value in values]
        if not isinstance(values, list) or not values or not all(map(_is_number, values)):
            raise FormatError(f"stroke {k}: {name}: expected a list of at least one number")
        if len(values) != length:
            raise FormatError(
                f"stroke {k}: {name}: expected {length} numbers, as many as x, found {len(values)}"
            )
        found[name] = values
    return found


def _joined(parts: list[Columns], name: str) -> F32:
    """One column of all strokes; a pressure that a stroke has not is not known there."""
    values = [value for part in parts for value in part.get(name, [math.nan] * len(part["x"]))]
    # Times may be dates, which are larger than float32 holds exactly.
    limit = None if name == "time" else LIMIT
    return as_float32(values, name, limit, gaps=name == "pressure")


def _time(parts: list[Columns], notes: Notes) -> F32 | None:
    """The times of all points, as they are if they are in order and small enough."""
    given = sum("time" in part for part in parts)
    if given == 0:
        return None
    if given < len(parts):
        raise FormatError(
            f"time: expected it in every stroke or in none, found it in {given} of {len(parts)}"
        )
    known = _joined(parts, "time")
    time = np.array([value for part in parts for value in part["time"]])
    if bool((np.diff(time) >= 0).all()) and float(np.abs(time).max()) <= LIMIT:
        return known
    ordered = in_order(time, notes)
    return None if ordered is None else ordered.astype(np.float32)


def _text(document: dict[str, Any], lengths: list[int]) -> tuple[str | None, list[int] | None]:
    """The text, and the place in it of the character of each point."""
    text, strokes = document.get("text"), document["strokes"]
    if text is None:
        return None, None
    if not isinstance(text, str):
        raise FormatError("text: expected a string, found something else")
    characters: list[int] = []
    for k, (stroke, length) in enumerate(zip(strokes, lengths, strict=True)):
        places = stroke.get("characters")
        if not isinstance(places, list) or len(places) != length:
            raise FormatError(f"stroke {k}: characters: expected a list of {length} numbers, as many as x")
        if not all(type(place) is int and 0 <= place < len(text) for place in places):
            raise FormatError(
                f"stroke {k}: characters: expected whole numbers from 0 to {len(text) - 1}, places in the text"
            )
        characters += places
    return text, characters


def _is_number(value: object) -> bool:
    # a whole number beyond float64 would overflow; no ink reaches it
    return isinstance(value, float) or (type(value) is int and abs(value) < 2**53)


def _seed(seed: object) -> int | None:
    if seed is None:
        return None
    if (
        isinstance(seed, str)
        and seed.isascii()
        and seed.isdigit()
        and len(seed) <= 20
        and int(seed) < _SEED_LIMIT
    ):
        return int(seed)
    raise FormatError('seed: expected a whole number below 2^64 as a string, such as "42"')


def _shortest(column: F32) -> list[float | int | None]:
    return [
        None if np.isnan(value) else int(value) if value == int(value) else float(str(value))
        for value in column
    ]


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:  # Python's own error for thousands of digits is meant for programmers
        raise FormatError(f"broken JSON: expected numbers of at most {_MOST_DIGITS} digits, found more")
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise FormatError(f"broken JSON: expected finite numbers, found {name}")
