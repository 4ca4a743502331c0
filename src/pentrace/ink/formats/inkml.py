"""InkML (W3C Recommendation, 20 September 2011): traces as strokes, with time and pressure where they are given."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pentrace.errors import FormatError
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import F32, MAX_POINTS, Ink, as_float32

Column = npt.NDArray[np.float64]

_VALUE = re.compile(r"\s*([!'\"]?)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[TF*?])")
_SECONDS = {"s": 1000.0, "ms": 1.0, "us": 0.001, "µs": 0.001, "": 1.0}


@dataclass(frozen=True)
class _Channel:
    name: str
    factor: float
    top: float | None


_DEFAULT = [_Channel("X", 1.0, None), _Channel("Y", 1.0, None)]


def loads(data: bytes) -> Ink:
    """The ink of the traces that were written with the pen down, in their order; its scale is not known."""
    root = parse(data)
    if root.name != "ink":
        raise FormatError(f"expected an <ink>, found <{root.name}>")
    formats = [_channels(trace_format) for trace_format in root.all("traceFormat")] or [_DEFAULT]
    channels = formats[0]
    if any(other != channels for other in formats):
        raise FormatError("traceFormat: expected one for all traces, found several that differ")
    strokes = _traces(root, channels)
    if not strokes:
        raise FormatError("expected at least one <trace> with points, found none")
    table = np.array([row for stroke in strokes for row in stroke])  # [n, channels]
    pen_up = np.zeros(len(table), np.bool_)
    pen_up[np.cumsum([len(stroke) for stroke in strokes]) - 1] = True
    columns = {channel.name: table[:, k] for k, channel in enumerate(channels)}
    return Ink(
        as_float32(np.stack((columns["X"], columns["Y"]), axis=1), "points"),
        pen_up,
        _time(columns.get("T"), channels),
        _pressure(columns.get("F"), channels),
    )


def dumps(ink: Ink) -> bytes:
    """A document with a trace for each stroke; the scale is not kept."""
    names = ["X", "Y"] + ["T"] * (ink.time is not None) + ["F"] * (ink.pressure is not None)
    extra = {"T": ' units="ms"', "F": ' min="0" max="1"'}
    channels = "".join(f'<channel name="{n}" type="decimal"{extra.get(n, "")}/>' for n in names)
    traces = []
    for stroke in ink.strokes():
        columns = [stroke.points[:, 0], stroke.points[:, 1]]
        columns += [column for column in (stroke.time, stroke.pressure) if column is not None]
        rows = (" ".join(_text(value) for value in row) for row in zip(*columns, strict=True))
        traces.append(f"<trace>{', '.join(rows)}</trace>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ink xmlns="http://www.w3.org/2003/InkML">\n'
        f"<traceFormat>{channels}</traceFormat>\n{''.join(traces)}</ink>\n"
    ).encode()


def _channels(trace_format: Element) -> list[_Channel]:
    found = []
    for channel in trace_format.all("channel"):
        name = channel.attributes.get("name", "")
        units = channel.attributes.get("units", "")
        if name == "T" and units not in _SECONDS:
            raise FormatError(f"channel T: expected units s, ms or us, found {units!r}")
        top = channel.attributes.get("max")
        factor = _SECONDS[units] if name == "T" else 1.0
        found.append(_Channel(name, factor, _number(top) if top is not None else None))
    names = [channel.name for channel in found]
    if "X" not in names or "Y" not in names:
        raise FormatError(f"traceFormat: expected channels X and Y, found {', '.join(names) or 'none'}")
    return found


def _traces(root: Element, channels: list[_Channel]) -> list[list[list[float]]]:
    """The rows of each pen-down trace; a trace that continues the one before is joined to it."""
    strokes: list[list[list[float]]] = []
    total = 0
    for trace in root.all("trace"):
        if trace.attributes.get("type", "penDown") == "penUp":
            continue
        rows = _rows(trace.text, len(channels))
        total += len(rows)
        if total > MAX_POINTS:
            raise FormatError(f"expected at most {MAX_POINTS:,} points, found more")
        if trace.attributes.get("continuation") in ("middle", "end") and strokes:
            strokes[-1] += rows
        elif rows:
            strokes.append(rows)
    return strokes


def _rows(text: str, width: int) -> list[list[float]]:
    """The points of a trace: values as they are (!), or first (') or second (") differences, channel by channel.

    A prefix holds for its channel until another one comes (InkML, section 3.2.1).
    """
    modes, values, speeds = ["!"] * width, [0.0] * width, [0.0] * width
    rows: list[list[float]] = []
    for point in text.split(","):
        if not point.strip():
            continue
        at = 0
        for k in range(width):
            match = _VALUE.match(point, at)
            if match is None:
                raise FormatError(f"trace: expected {width} values a point, found {point.strip()[:40]!r}")
            at = match.end()
            modes[k] = match[1] or modes[k]
            values[k], speeds[k] = _next(match[2], modes[k], values[k], speeds[k])
        if point[at:].strip():
            raise FormatError(f"trace: expected {width} values a point, found {point.strip()[:40]!r}")
        rows.append(list(values))
    return rows


def _next(word: str, mode: str, value: float, speed: float) -> tuple[float, float]:
    """A channel's next value and difference."""
    if word == "?":
        raise FormatError("trace: expected known values, found '?'")
    if word == "*":  # as before: the same value, or the same difference
        return (value, 0.0) if mode == "!" else (value + speed, speed)
    number = {"T": 1.0, "F": 0.0}.get(word)
    number = _number(word) if number is None else number
    if mode == "!":
        return number, number - value
    speed = number if mode == "'" else speed + number
    return value + speed, speed


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FormatError(f"expected a number, found {text[:40]!r}") from None


def _time(column: Column | None, channels: list[_Channel]) -> F32 | None:
    if column is None:
        return None
    factor = next(channel.factor for channel in channels if channel.name == "T")
    # counted from the first point: float32 cannot hold a date in milliseconds
    return as_float32((column - column[0]) * factor, "time")


def _pressure(column: Column | None, channels: list[_Channel]) -> F32 | None:
    if column is None:
        return None
    top = next(channel.top for channel in channels if channel.name == "F")
    return as_float32(column / (top or float(column.max()) or 1.0), "pressure")


def _text(value: np.float32) -> str:
    return str(int(value)) if value == int(value) else str(value)
