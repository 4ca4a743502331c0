"""The field of futures as an SVG (spec/futures.md): the same picture as the page's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.ink import Ink, points_of
from pentrace.pictures.futures import F32, F64, LIFT_RADIUS, colours, opacity, veer
from pentrace.pictures.theme import INK, PAPER, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pentrace.engine import Prepared

_UNIT = 100
"""SVG units in a model unit: whole numbers then place everything to a hundredth."""
_LEVELS = 128
"""Colours in a drawing: neighbours are closer than eyes can tell."""
_WIDTH = 0.045
_INK_WIDTH = 0.17
_MARGIN = 1.0
_SMALLEST = 0.02
"""Circles of a smaller radius are not seen."""


def draw(prepared: Prepared, field: F32, lift: F32, theme: Theme = "light") -> bytes:
    """The picture of a field.

    Args:
        prepared: the ink that the futures were drawn along, n offsets (Writer.read).
        field: futures [n + 1, F, K, 3] (Writer.futures).
        lift: probability of a pen lift at each point but the first, [n].
        theme: which colours: for white or for dark paper.
    """
    from pentrace.ink.formats import svg

    path = Ink.from_offsets(prepared.offsets, 1.0, first_pen_up=prepared.first_lifted)
    points = path.points.astype(np.float64)
    starts = points[:, None, None] + points_of(field)[0]
    down = np.ones(field.shape[:3], np.bool_)
    down[:, :, 0] = ~path.pen_up[:, None]
    down[:, :, 1:] = field[:, :, :-1, 2] == 0
    drawn = np.concatenate((points, starts[:, :, 1:][down]))
    left, top = np.floor((drawn.min(axis=0) - _MARGIN) * _UNIT).astype(int)
    width, height = np.ceil((drawn.max(axis=0) + _MARGIN) * _UNIT).astype(int) - (left, top)
    body = "\n".join(
        (*_strands(starts, down, veer(prepared.offsets, field), theme), *_circles(points[1:], lift, theme))
    )
    ink = svg.dumps(Ink(points * _UNIT, path.pen_up), width=_INK_WIDTH * _UNIT, colour=INK[theme]).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}">\n'
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{PAPER[theme]}"/>\n'
        f"{body}\n{ink[ink.index('<g') : ink.rindex('</svg>')]}</svg>\n"
    ).encode()


def _strands(starts: F64, down: npt.NDArray[np.bool_], angles: F64, theme: Theme) -> Iterator[str]:
    """Segments, in one path for each horizon, future and colour: within a path nothing is painted over itself."""
    _, count, steps, _ = starts.shape
    steps -= 1
    places = np.rint(starts * _UNIT).astype(int)
    # Beyond 45 degrees nothing changes.
    level = np.rint((np.clip(angles / (np.pi / 4), -1, 1) + 1) / 2 * (_LEVELS - 1)).astype(int)
    palette = colours((np.arange(_LEVELS) / (_LEVELS - 1) * 2 - 1) * np.pi / 4, theme)
    for k in range(steps):
        yield (
            f'<g fill="none" stroke-width="{_WIDTH * _UNIT:g}" stroke-linecap="round" '
            f'stroke-opacity="{opacity(k + 1, steps, count):.4f}">'
        )
        for f in range(count):
            segments: dict[int, list[str]] = defaultdict(list)
            for p in np.flatnonzero(down[:, f, k]):
                (x, y), (dx, dy) = places[p, f, k], places[p, f, k + 1] - places[p, f, k]
                segments[int(level[p, f, k])].append(f"M{x} {y}l{dx} {dy}")
            for number, parts in sorted(segments.items()):
                yield f'<path stroke="{_css(palette[number])}" d="{"".join(parts)}"/>'
        yield "</g>"


def _circles(points: F64, lift: F32, theme: Theme) -> Iterator[str]:
    yield (
        f'<g fill="{INK[theme]}" fill-opacity="0.1" stroke="{INK[theme]}" stroke-opacity="0.55" '
        f'stroke-width="{0.03 * _UNIT:g}">'
    )
    for (x, y), e in zip(points * _UNIT, lift, strict=True):
        radius = LIFT_RADIUS * float(np.sqrt(e))
        if radius > _SMALLEST:
            yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius * _UNIT:.1f}"/>'
    yield "</g>"


def _css(srgb: F64) -> str:
    return "#" + "".join(f"{round(255 * float(value)):02x}" for value in srgb)
