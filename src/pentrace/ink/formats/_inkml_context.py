"""What the numbers of an InkML trace mean: the channels of its context (InkML, sections 3.1 and 4).

`web/src/ink/formats/inkml-context.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pentrace.errors import FormatError
from pentrace.ink.formats._notes import Notes
from pentrace.ink.formats._xml import Element

MILLISECONDS = {"s": 1000.0, "ms": 1.0, "us": 0.001, "µs": 0.001, "ns": 1e-6, "": 1.0}
MILLIMETRES = {
    "m": 1000.0,
    "cm": 10.0,
    "mm": 1.0,
    "in": 25.4,
    "inch": 25.4,
    "pt": 25.4 / 72,
    "pc": 25.4 / 6,
    "himetric": 0.01,
    "emu": 25.4 / 914400,
}
_ALIKE = 0.01
"""X and Y whose units differ by no more than this part are taken to have one unit."""


@dataclass(frozen=True)
class Channel:
    """A channel of a trace format; `size`: milliseconds or millimetres in one of its units, where it says so."""

    name: str
    optional: bool
    low: float | None
    high: float | None
    turned: bool
    size: float | None


@dataclass(frozen=True)
class TraceFormat:
    """The channels of a point, those that may be left out last."""

    channels: tuple[Channel, ...]
    columns: dict[str, int] = field(compare=False)

    @property
    def required(self) -> int:
        """Values that every point has."""
        return sum(not channel.optional for channel in self.channels)

    def get(self, name: str) -> Channel | None:
        """The channel of a name."""
        return self.channels[self.columns[name]] if name in self.columns else None

    def unit_mm(self) -> tuple[float | None, float]:
        """Millimetres in a unit of X, where it is known, and units of X in one of Y."""
        x, y = self.channels[self.columns["X"]], self.channels[self.columns["Y"]]
        if x.size is None or y.size is None:
            return None, 1.0
        return x.size, 1.0 if abs(y.size - x.size) <= _ALIKE * x.size else y.size / x.size


_X_AND_Y = Element("traceFormat", {}, "", [Element("channel", {"name": name}) for name in "XY"])


class Contexts:
    """The contexts and trace formats of a document, by their names."""

    def __init__(self, root: Element, notes: Notes) -> None:
        self.notes = notes
        self.ids: dict[str, Element] = {}
        self.read: dict[Element, TraceFormat] = {}
        self.parents: dict[Element, Element] = {}
        for element in root.walk():
            name = element.attributes.get("xml:id", element.attributes.get("id"))
            if name is not None:
                self.ids.setdefault(name, element)
            for child in element.children:
                if child.name == "traceFormat":
                    self.parents[child] = element
            if element.name == "canvasTransform" and element.children:
                self.notes.add("canvasTransform: not applied; export without one")

    def of(self, context: Element | None) -> TraceFormat:
        """The trace format of a context; without one, the document's only format, or X and Y."""
        element = self._trace_format(context, set())
        if element is None:
            distinct = {self._channels(one) for one in self.parents}
            if len(distinct) == 1:
                return distinct.pop()
            element = _X_AND_Y
        return self._channels(element)

    def named(self, reference: str) -> Element:
        """The element that a reference names; X and Y, which is noted, where this document has none."""
        element = self.ids.get(reference[1:]) if reference.startswith("#") else None
        if element is None and reference != "#DefaultContext":
            what = f"'{reference[:40]}' is not in this file: X and Y are assumed"
            self.notes.add(f"{what}; add it if the channels are others")
        return _X_AND_Y if element is None else element

    def _trace_format(self, context: Element | None, seen: set[Element]) -> Element | None:
        """The <traceFormat> of a context: its own, its source's, or that of the context it refers to."""
        if context is None or context in seen:
            return None
        seen.add(context)
        if context.name == "traceFormat":
            return context
        for child in context.children:
            if child.name in ("traceFormat", "inkSource"):
                found = self._trace_format(child, seen)
                if found is not None:
                    return found
        for key in ("traceFormatRef", "inkSourceRef", "contextRef"):
            if key in context.attributes:
                found = self._trace_format(self.named(context.attributes[key]), seen)
                if found is not None:
                    return found
        return None

    def _channels(self, element: Element) -> TraceFormat:
        if element not in self.read:
            self.read[element] = self._read(element)
        return self.read[element]

    def _read(self, element: Element) -> TraceFormat:
        """The channels of a <traceFormat>. Raises FormatError where X or Y is missing."""
        parent = self.parents.get(element)
        properties = {} if parent is None else _resolutions(parent)
        required, optional = [], []
        for child in element.children:
            if child.name == "channel":
                required.append(_channel(child, properties, optional=False))
            if child.name == "intermittentChannels":
                optional += [_channel(one, properties, optional=True) for one in child.all("channel")]
        channels = (*required, *optional)
        columns = {channel.name: k for k, channel in reversed(list(enumerate(channels)))}
        if any(name not in columns or channels[columns[name]].optional for name in "XY"):
            names = ", ".join(channel.name for channel in channels) or "none"
            raise FormatError(f"traceFormat: expected channels X and Y, found {names[:80]}")
        return TraceFormat(channels, columns)


def _channel(element: Element, resolutions: dict[str, tuple[float, str]], optional: bool) -> Channel:
    attributes = element.attributes
    name = attributes.get("name", "")
    units = attributes.get("units", "")
    sizes = MILLISECONDS if name == "T" else MILLIMETRES
    size = sizes.get(units.lower())
    if name in resolutions:
        # So many of the channel's units in one of these: what the numbers mean, whatever `units` says.
        steps, unit = resolutions[name]
        size = sizes[unit] / steps if unit in sizes and steps > 0 else size
    return Channel(
        name,
        optional,
        number(attributes.get("min")),
        number(attributes.get("max")),
        attributes.get("orientation") == "-ve",
        size,
    )


def _resolutions(source: Element) -> dict[str, tuple[float, str]]:
    """By channel: how many steps it has in a unit, such as 1000 in "cm"."""
    found = {}
    for one in source.all("channelProperty"):
        attributes = one.attributes
        value, units = number(attributes.get("value")), attributes.get("units", "").lower()
        if attributes.get("name") == "resolution" and value is not None and units.startswith("1/"):
            found[attributes.get("channel", "")] = (value, units[2:])
    return found


def number(text: str | None) -> float | None:
    """The number that an attribute is, None where it is not one."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -1e300 < value < 1e300 else None
