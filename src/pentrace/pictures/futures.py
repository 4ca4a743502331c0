"""The field of futures as an SVG, the same picture as in the page (spec/futures.md; web/src/futures does the same).

Letter key: n offsets, F futures, K steps (horizons).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64, Mask
from pentrace.engine import Prepared
from pentrace.ink import Ink, points_of
from pentrace.pictures.colours import INK, PAPER, Theme, from_oklab, to_oklab

ANCHORS: dict[Theme, tuple[str, str, str]] = {
    "light": ("#d9570d", "#b9b3a6", "#00858c"),
    "dark": ("#ff9446", "#6b707c", "#2ec9c4"),
}
"""Colours for left, straight on and right."""

LIFT_RADIUS = 0.6
"""Radius, in model units, of the circle for a certain pen lift."""

_UNIT = 100
"""SVG units in a model unit: whole coordinates are then exact to a hundredth."""
_LEVELS = 128
"""Number of colours; neighbours look the same."""
_WIDTH = 0.045
_INK_WIDTH = 0.17
_MARGIN = 1.0
_PIXELS_A_UNIT = 24
"""Pixels of a model unit in a PNG, where the picture is not too large for it."""
_MAX_SIDE = 6000
_MAX_PIXELS = 12_000_000
_SMALLEST = 0.02
"""Circles with a smaller radius are not drawn."""


def veer(offsets: F32, field: F32) -> F64:
    """Signed angle between the displacements of each future and of the path, radians, positive to the right.

    Args:
        offsets: of the path, [n, 3].
        field: futures [n + 1, F, K, 3].

    Returns:
        [n + 1, F, K].
    """
    rows, _, steps, _ = field.shape
    u = np.cumsum(field[..., :2], axis=2, dtype=np.float64)
    # Summed from each row, since the difference of two positions on the path would be rounded differently.
    padded = np.concatenate((offsets[:, :2].astype(np.float64), np.zeros((steps, 2))))
    v = np.cumsum(np.stack([padded[p : p + steps] for p in range(rows)]), axis=1)[:, None]
    angles: F64 = np.arctan2(v[..., 0] * u[..., 1] - v[..., 1] * u[..., 0], (v * u).sum(axis=-1))
    return angles


def colours(angles: npt.ArrayLike, theme: Theme = "light") -> F64:
    """The colours of veers [...] in radians: sRGB in 0 to 1, [..., 3]."""
    angle = np.asarray(angles, np.float64)[..., None]
    strength = np.sin(np.minimum(2 * np.abs(angle), np.pi / 2))
    left, middle, right = map(to_oklab, ANCHORS[theme])
    end = np.where(angle < 0, left, right)
    return from_oklab(middle + (end - middle) * strength)


def opacity(k: int, steps: int, count: int) -> float:
    """Opacity of the segment that ends at horizon k, 1 to `steps`, in a field of `count` futures."""
    return float(min(0.9, 2.4 / math.sqrt(count)) * (1 - (k - 1) / steps))


def draw(prepared: Prepared, field: F32, lift: F32, theme: Theme = "light") -> bytes:
    """The picture of a field.

    Args:
        prepared: the ink that the futures were drawn along, n offsets (Writer.read).
        field: futures [n + 1, F, K, 3] (Writer.futures).
        lift: probability of a pen lift at each point except the first, [n].
        theme: colours for white or for dark paper.
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


def draw_png(
    prepared: Prepared, field: F32, lift: F32, theme: Theme = "light"
) -> tuple[tuple[int, int], Callable[[], bytes]]:
    """Width and height of the picture in pixels, at most _MAX_PIXELS in all, and the function that draws it as PNG."""
    drawing = draw(prepared, field, lift, theme).decode()
    width, height = map(int, drawing.partition('viewBox="')[2].partition('"')[0].split()[2:])
    zoom = min(
        _PIXELS_A_UNIT / _UNIT, _MAX_SIDE / max(width, height), math.sqrt(_MAX_PIXELS / (width * height))
    )
    size = max(1, round(width * zoom)), max(1, round(height * zoom))

    def picture() -> bytes:
        import resvg_py

        sized = drawing.replace("<svg ", f'<svg width="{size[0]}" height="{size[1]}" ', 1)
        return bytes(resvg_py.svg_to_bytes(svg_string=sized, skip_system_fonts=True))

    return size, picture


def _strands(starts: F64, down: Mask, angles: F64, theme: Theme) -> Iterator[str]:
    """Segments in one path for each horizon, future and colour, since the segments of one path do not add up."""
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
