"""InkML (W3C Recommendation, 20 September 2011): traces as strokes, with time and pressure where they are given.

`web/src/ink/formats/inkml.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pentrace.errors import FormatError
from pentrace.ink.formats._columns import Column, build
from pentrace.ink.formats._inkml_context import Contexts, TraceFormat, number
from pentrace.ink.formats._inkml_values import rows
from pentrace.ink.formats._notes import Notes, Reading, things, warned
from pentrace.ink.formats._xml import Element, parse
from pentrace.ink.ink import MAX_POINTS, Ink

_MAX_NUMBER = 1e30
"""Largest coordinate that is taken for one."""


@dataclass
class _Stroke:
    """A trace: its numbers [points, channels], and what they mean."""

    table: Column
    format: TraceFormat

    def column(self, name: str) -> Column:
        """The numbers of a channel, NaN where there is none of that name."""
        k = self.format.columns.get(name)
        return np.full(len(self.table), np.nan) if k is None else self.table[:, k]

    def beyond_range(self) -> bool:
        """Whether a coordinate is above its channel's maximum."""
        channels = [(name, self.format.get(name)) for name in "XY"]
        return any(
            channel is not None and channel.high is not None and float(self.column(name).max()) > channel.high
            for name, channel in channels
        )


def loads(data: bytes) -> Ink:
    """The ink of the traces that were written with the pen down, in their order; its scale is not known.

    An InkWarning says what could not be read. Raises FormatError where there is no ink.
    """
    return warned(read(parse(data)))


def read(root: Element) -> Reading:
    """The ink of a document, or of several within another element, and what could not be read; see loads."""
    inks = list(_inks(root))
    if not inks:
        raise FormatError(f"expected an <ink>, found <{root.name}>")
    notes = Notes()
    contexts = Contexts(root, notes)
    strokes = _known(_on_paper(_strokes(inks, contexts)), notes)
    if not strokes:
        raise FormatError("; ".join(["expected at least one <trace> with points, found none", *notes.all()]))
    points, unit_mm = _points(strokes, notes)
    ink = build(points, notes, unit_mm, _time(strokes, notes), _pressure(strokes, notes))
    return ink, notes.all()


def dumps(ink: Ink) -> bytes:
    """A document with a trace for each stroke; the scale is not kept."""
    names = ["X", "Y"] + ["T"] * (ink.time is not None) + ["F"] * (ink.pressure is not None)
    extra = {"T": ' units="ms"', "F": ' min="0" max="1"'}
    channels = "".join(f'<channel name="{n}" type="decimal"{extra.get(n, "")}/>' for n in names)
    trace_format = f"<traceFormat>{channels}</traceFormat>"
    if ink.unit_mm is not None:
        steps = "".join(
            f'<channelProperty channel="{name}" name="resolution" value="{1 / ink.unit_mm!r}" units="1/mm"/>'
            for name in "XY"
        )
        source = f"<inkSource>{trace_format}<channelProperties>{steps}</channelProperties></inkSource>"
        trace_format = f"<context>{source}</context>"
    traces = []
    for stroke in ink.strokes():
        columns = [stroke.points[:, 0], stroke.points[:, 1]]
        if stroke.time is not None:
            columns.append(stroke.time)
        if ink.pressure is not None:
            columns.append(np.full(len(stroke), np.nan) if stroke.pressure is None else stroke.pressure)
        points = (" ".join(_text(value) for value in row) for row in zip(*columns, strict=True))
        traces.append(f"<trace>{', '.join(points)}</trace>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ink xmlns="http://www.w3.org/2003/InkML">\n'
        f"{trace_format}\n{''.join(traces)}</ink>\n"
    ).encode()


def _inks(root: Element) -> Iterator[Element]:
    """Every <ink> that lies in no other."""
    stack = [root]
    while stack:
        element = stack.pop()
        if element.name == "ink":
            yield element
        else:
            stack.extend(reversed(element.children))


def _traces(ink: Element, contexts: Contexts) -> Iterator[tuple[Element, TraceFormat]]:
    """The traces of an <ink>, each with its format.

    Definitions are drawn where a <traceView> shows them, and all of them where nothing else is there.
    """
    found = list(_walk(ink, contexts, in_definitions=False))
    return iter(found or list(_walk(ink, contexts, in_definitions=True)))


def _walk(ink: Element, contexts: Contexts, in_definitions: bool) -> Iterator[tuple[Element, TraceFormat]]:
    current: Element | None = None
    stack: list[tuple[Element, Element | None]] = [(child, None) for child in reversed(ink.children)]
    defined = {one for part in ink.children if part.name == "definitions" for one in part.walk()}
    while stack:
        element, inherited = stack.pop()
        own = inherited
        if "contextRef" in element.attributes and element.name in ("trace", "traceGroup"):
            own = contexts.named(element.attributes["contextRef"])
        if element.name == "trace":
            yield element, contexts.of(own or current)
        elif element.name in ("context", "traceFormat") and not in_definitions:
            current = element
        elif element.name == "traceView":
            shown = contexts.ids.get(element.attributes.get("traceDataRef", "").removeprefix("#"))
            stack.extend((child, own) for child in reversed(element.children))
            if shown is not None and shown in defined:
                defined.remove(shown)  # each is drawn once, so that views cannot run in a circle
                stack.append((shown, own))
        elif element.name == "traceGroup" or (in_definitions and element.name == "definitions"):
            stack.extend((child, own) for child in reversed(element.children))


def _strokes(inks: list[Element], contexts: Contexts) -> list[_Stroke]:
    """The numbers of each pen-down trace; a trace that continues another is joined to it."""
    strokes: list[_Stroke] = []
    by_name: dict[str, int] = {}
    left, count = MAX_POINTS, 0
    for ink in inks:
        for trace, form in _traces(ink, contexts):
            count += 1
            if trace.attributes.get("type", "penDown") == "penUp":
                continue
            found = rows(trace.text, form.required, len(form.channels), count, left)
            if not found:
                continue
            left -= len(found)
            table = np.array(found)
            _add_offset(table, form, trace)
            at = len(strokes)
            if trace.attributes.get("continuation") in ("middle", "end") and strokes:
                at = by_name.get(trace.attributes.get("priorRef", "").removeprefix("#"), at - 1)
                if strokes[at].format != form:
                    at = len(strokes)
            if at < len(strokes):
                strokes[at].table = np.concatenate((strokes[at].table, table))
            else:
                strokes.append(_Stroke(table, form))
            if "xml:id" in trace.attributes:
                by_name[trace.attributes["xml:id"]] = at
    return strokes


def _add_offset(table: Column, form: TraceFormat, trace: Element) -> None:
    """Adds when a trace began (`timeOffset`, milliseconds) to its times, where they count from its beginning."""
    channel, offset = form.get("T"), number(trace.attributes.get("timeOffset"))
    if channel is None or not channel.size or offset is None:
        return
    times = table[:, form.columns["T"]]
    if times[0] * channel.size < offset:
        times += offset / channel.size


def _on_paper(strokes: list[_Stroke]) -> list[_Stroke]:
    """The strokes cut where the tip is off the paper, as a channel S (tip switch) says."""
    found = []
    for stroke in strokes:
        column = stroke.format.columns.get("S")
        if column is None:
            found.append(stroke)
            continue
        off = stroke.table[:, column] == 0
        parts = np.split(stroke.table, np.flatnonzero(np.diff(off)) + 1)
        found += [_Stroke(part, stroke.format) for part in parts if part[0, column] != 0]
    return found


def _known(strokes: list[_Stroke], notes: Notes) -> list[_Stroke]:
    """The strokes without points whose place is not known, which is noted."""
    lost = 0
    for stroke in strokes:
        known = (np.abs(stroke.column("X")) <= _MAX_NUMBER) & (np.abs(stroke.column("Y")) <= _MAX_NUMBER)
        lost += int((~known).sum())
        stroke.table = stroke.table[known]
    if lost:
        notes.add(f"{things(lost, 'point')} without a place: left out")
    return [stroke for stroke in strokes if len(stroke.table)]


def _points(strokes: list[_Stroke], notes: Notes) -> tuple[list[Column], float | None]:
    """Points in the first stroke's unit, x to the right and y down, and that unit in millimetres."""
    units = {stroke.format: stroke.format.unit_mm() for stroke in strokes}
    for stroke in strokes:
        if units[stroke.format][0] is not None and stroke.beyond_range():
            # Office writes the range and resolution of the device, but coordinates of the page.
            units[stroke.format] = (None, 1.0)
            what = "coordinates beyond the range of their channel: its unit is not used"
            notes.add(f"{what}; correct the channel's max")
    first = units[strokes[0].format][0]
    points = []
    for stroke in strokes:
        columns = stroke.format.columns
        x, y = stroke.format.channels[columns["X"]], stroke.format.channels[columns["Y"]]
        unit, ratio = units[stroke.format]
        factor = 1.0 if unit is None or first is None else unit / first
        sides = (-factor if x.turned else factor, (-factor if y.turned else factor) * ratio)
        points.append(stroke.table[:, [columns["X"], columns["Y"]]] * sides + 0.0)  # + 0.0: no -0
    known = all(unit is not None for unit, _ in units.values())
    return points, first if known else None


def _time(strokes: list[_Stroke], notes: Notes) -> Column | None:
    """Milliseconds of every point, NaN where it is not known; None where no stroke has times."""
    parts, found = [], False
    for stroke in strokes:
        channel = stroke.format.get("T")
        size = None if channel is None else channel.size
        if size is not None:
            found = True
        elif channel is not None:
            notes.add("channel T: expected units s, ms, us or ns, found others: times are left out")
        parts.append(stroke.column("T") * (np.nan if size is None else size))
    return np.concatenate(parts) if found else None


def _pressure(strokes: list[_Stroke], notes: Notes) -> Column | None:
    """Pressure of every point by its channel's range, NaN where it is not known; None where no stroke has any."""
    if not any(stroke.format.get("F") for stroke in strokes):
        return None
    tops: dict[TraceFormat, float] = {}
    for stroke in strokes:
        tops[stroke.format] = float(np.fmax.reduce(stroke.column("F"), initial=tops.get(stroke.format, 1.0)))
    scaled, wrong = [], 0
    for stroke in strokes:
        channel, part = stroke.format.get("F"), stroke.column("F")
        if channel is not None:
            low = channel.low or 0.0
            high = tops[stroke.format] if channel.high is None else channel.high
            part = (part - low) / (high - low if high > low else 1.0)
            part = 1 - part if channel.turned else part
        outside = ~np.isnan(part) & ~((part >= 0) & (part <= 1))
        wrong += int(outside.sum())
        scaled.append(np.where(outside, np.nan, part))
    if wrong:
        what = f"{things(wrong, 'value')} outside its range: the pressure there is not known"
        notes.add(f"channel F: {what}; correct the channel's range")
    return np.concatenate(scaled)


def _text(value: np.float32) -> str:
    if np.isnan(value):
        return "?"
    return str(int(value)) if value == int(value) else str(value)
