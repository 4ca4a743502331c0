"""The values of an InkML trace (InkML, section 3.2.1): as they are, or as first or second differences.

`web/src/ink/formats/inkml-values.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import math
import re

from pentrace.errors import FormatError
from pentrace.ink.ink import MAX_POINTS

_BLANK = r"[ \t\r\n]*+"
_VALUE = re.compile(
    rf"{_BLANK}([!'\"]?){_BLANK}"
    r"(-?#[0-9A-Fa-f]++|[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[TF*?])"
)
_END = re.compile(rf"{_BLANK}(,|$)")


def rows(text: str, required: int, width: int, trace: int, most: int) -> list[list[float]]:
    """The points of a trace, each of `width` values, NaN where one is not known.

    A point has at least `required` values; the others may be left out at its end. A prefix holds for its channel until
    another one comes. `trace`: which trace of the document it is. Raises FormatError.
    """
    modes, values, speeds = ["!"] * width, [0.0] * width, [0.0] * width
    found: list[list[float]] = []
    at = 0
    while at < len(text):
        begin = at
        row: list[float] = []
        while len(row) < width and (match := _VALUE.match(text, at)) is not None:
            k = len(row)
            modes[k] = match[1] or modes[k]
            row.append(_next(match[2], k, modes[k], values, speeds))
            at = match.end()
        end = _END.match(text, at)
        if end is None or 0 < len(row) < required:
            point = " ".join(text[begin : begin + 200].partition(",")[0].split())[:40]
            expected = f"{required}" if required == width else f"{required} to {width}"
            raise FormatError(f"trace {trace}: expected {expected} values a point, found '{point}'")
        at = end.end()
        if not row:
            continue
        if len(found) >= most:
            raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
        found.append(row + [math.nan] * (width - len(row)))
    return found


def _next(word: str, k: int, mode: str, values: list[float], speeds: list[float]) -> float:
    """The next value of channel k, NaN where it is not known. Keeps its last value and difference."""
    if word == "?":
        return math.nan
    if word == "*":  # as before: the same value, or the same difference
        if mode == "!":
            speeds[k] = 0.0
        values[k] += speeds[k]
        return values[k]
    number = _number(word)
    if mode == "!":
        speeds[k] = number - values[k]
    else:
        speeds[k] = number if mode == "'" else speeds[k] + number
    values[k] = number if mode == "!" else values[k] + speeds[k]
    return values[k]


def _number(word: str) -> float:
    if word in "TF":
        return float(word == "T")
    sign, hexadecimal, digits = word.partition("#")
    if not hexadecimal:
        return float(word)
    number = float(int(digits[:_MOST_DIGITS], 16))
    return -number if sign else number


_MOST_DIGITS = 13
"""Hexadecimal digits that float64 holds exactly."""
