"""Ink: points with pen lifts, and the conversion between points and offsets (spec/ink.md).

Letter key: n points, s strokes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pentrace.errors import InkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

WHITEBOARD_SCALE = 0.025
"""Model units in one raw unit of the whiteboard on which the training data was written."""

MAX_POINTS = 1_000_000
SHOWN = 800
"""Pixels that an ink is wide at most in a notebook; a line is at most a quarter of that high."""
LIMIT = 2.0**24
"""Largest coordinate and time: beyond this, float32 cannot represent every whole number."""


@dataclass(frozen=True, eq=False, init=False)
class Ink:
    """Points of a pen, in order; arrays are copied, checked and made read-only.

    points: float32 [n, 2], x to the right, y down, n >= 1.
    pen_up: bool [n], True at the last point of each stroke. The last stroke may still be open.
    time: float32 [n] in milliseconds, or None if not known.
    pressure: float32 [n] in 0 to 1, NaN at points where it is not known, or None if it is known at none.
    scale: model units in one unit of x and y, or None if not known (ink that has not been prepared).
    unit_mm: millimetres in one unit of x and y, or None if not known.
    text: what is written, or None if not known.
    characters: int32 [n], the place in `text` of the character that each point belongs to; known with the text only.

    Raises InkError if an array has the wrong shape, a number is not finite or a value is out of range.
    """

    points: F32
    pen_up: Mask
    time: F32 | None
    pressure: F32 | None
    scale: float | None
    unit_mm: float | None
    text: str | None
    characters: I32 | None

    def __init__(
        self,
        points: npt.ArrayLike,
        pen_up: npt.ArrayLike,
        time: npt.ArrayLike | None = None,
        pressure: npt.ArrayLike | None = None,
        scale: float | None = None,
        unit_mm: float | None = None,
        text: str | None = None,
        characters: npt.ArrayLike | None = None,
    ) -> None:
        xy = as_float32(points, "points")
        if xy.ndim != 2 or xy.shape[1] != 2:
            raise InkError(f"points: expected an array of shape [n, 2], found {list(xy.shape)}")
        n = len(xy)
        if not 1 <= n <= MAX_POINTS:
            raise InkError(f"points: expected 1 to {MAX_POINTS:,} of them, found {n:,}")
        force = _column(pressure, "pressure", n, 1.0, gaps=True)
        if force is not None and bool(np.any(force < 0)):
            raise InkError(f"pressure: expected 0 to 1, found {float(np.nanmin(force)):g}")
        if force is not None and bool(np.isnan(force).all()):
            force = None
        for name, value in (
            ("points", xy),
            ("pen_up", _lifts(pen_up, n)),
            ("time", _column(time, "time", n, LIMIT)),
            ("pressure", force),
            ("scale", None if scale is None else _checked_scale(scale)),
            ("unit_mm", None if unit_mm is None else _checked_scale(unit_mm, "unit_mm")),
            ("text", text),
            ("characters", _characters(characters, text, n)),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """Number of points."""
        return len(self.points)

    def _columns(self) -> dict[str, Any]:
        """The arrays that are known, each of n points, by their names."""
        names = ("points", "pen_up", "time", "pressure", "characters")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def __eq__(self, other: object) -> bool:
        """Same points, pen lifts, times, pressures, scale, unit and text."""
        if not isinstance(other, Ink):
            return NotImplemented
        own, others = self._columns(), other._columns()
        return (
            (self.scale, self.unit_mm, self.text) == (other.scale, other.unit_mm, other.text)
            and own.keys() == others.keys()
            and all(np.array_equal(own[name], others[name], equal_nan=name == "pressure") for name in own)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(smallest x, smallest y, largest x, largest y)."""
        (left, top), (right, bottom) = self.points.min(axis=0), self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def strokes(self) -> Iterator[Ink]:
        """The strokes in order, each as an ink."""
        return (self[part] for part in strokes(self.pen_up))

    def __getitem__(self, part: slice) -> Ink:
        """The points of a slice, with their pen lifts, as an ink; the text stays whole."""
        return replace(self, **{name: column[part] for name, column in self._columns().items()})

    def with_scale(self, scale: float | None) -> Ink:
        """The same ink with another scale."""
        return replace(self, scale=scale)

    def __repr__(self) -> str:
        said = "" if self.text is None else f", {self.text!r}"
        return f"<Ink: {len(self)} points, {len(list(strokes(self.pen_up)))} strokes{said}>"

    def _repr_svg_(self) -> str:
        """What a notebook shows: straight lines between the points, in the notebook's colour of text."""
        left, top, right, bottom = self.bounds
        margin = max(right - left, bottom - top, 1e-6) / 50
        box = (left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)
        lines = "".join(
            "M" + "L".join(f"{x:g},{y:g}" for x, y in stroke.points) + ("h0" if len(stroke) == 1 else "")
            for stroke in self.strokes()
        )
        pen = 'fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke"'
        shape = 'stroke-linecap="round" stroke-linejoin="round"'
        width = min(SHOWN, SHOWN * box[2] / box[3] / 4)
        numbers = " ".join(f"{number:g}" for number in box)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" viewBox="{numbers}">'
            f'<path d="{lines}" {pen} {shape}/></svg>'
        )

    def offsets(self) -> F32:
        """Differences of consecutive points in model units: float32 [n - 1, 3] of (dx, dy, pen).

        pen is 1 if the pen lifts at the point that the offset leads to. Each number is the exact difference times
        the scale, rounded to float32. Raises InkError if the scale is not known or an offset overflows.
        """
        if self.scale is None:
            raise InkError("offsets: the ink's scale is not known; prepare the ink, or give it a scale")
        offsets = np.empty((len(self) - 1, 3), dtype=np.float32)
        with np.errstate(over="ignore"):
            offsets[:, :2] = np.diff(self.points.astype(np.float64), axis=0) * self.scale
        offsets[:, 2] = self.pen_up[1:]
        if not bool(np.isfinite(offsets).all()):
            raise InkError(f"offsets: too large for float32 at a scale of {self.scale:g}")
        return offsets

    @staticmethod
    def from_offsets(
        offsets: npt.ArrayLike,
        scale: float = 1.0,
        origin: tuple[float, float] = (0.0, 0.0),
        first_pen_up: bool = False,
    ) -> Ink:
        """The n points that offsets [n - 1, 3] in model units lead to from `origin` (in units of 1 / scale).

        The inverse of `offsets`: exact if the points have whole coordinates, and otherwise to within float32 rounding
        (spec/ink.md). No offset says whether the pen lifts at the first point: that is `first_pen_up`.
        """
        scale = _checked_scale(scale)
        steps = as_float32(offsets, "offsets", None)
        if steps.ndim != 2 or steps.shape[1] != 3:
            raise InkError(f"offsets: expected an array of shape [n, 3], found {list(steps.shape)}")
        points = np.empty((len(steps) + 1, 2), dtype=np.float64)
        points[0] = origin
        # Rounded to float32 before summing, so that differences of whole units are recovered exactly.
        with np.errstate(over="ignore", invalid="ignore"):  # Ink refuses what is not finite
            points[1:] = (steps[:, :2].astype(np.float64) / scale).astype(np.float32)
            points = np.cumsum(points, axis=0)
        return Ink(points, np.concatenate(([first_pen_up], steps[:, 2])), scale=scale)

    @staticmethod
    def from_strokes(strokes: Iterable[npt.ArrayLike], scale: float | None = None) -> Ink:
        """An ink of strokes, each an array [k, 2] of points with k >= 1; the pen lifts after each."""
        arrays = [as_float32(stroke, "points of a stroke") for stroke in strokes]
        if not arrays or any(a.ndim != 2 or a.shape[1] != 2 or len(a) == 0 for a in arrays):
            raise InkError("strokes: expected at least one, each an array of shape [k, 2] with k at least 1")
        return Ink(np.concatenate(arrays), lifts_after([len(a) for a in arrays]), scale=scale)


def points_of(offsets: npt.ArrayLike) -> tuple[F64, Mask]:
    """Points [..., n + 1, 2] of lines that begin at zero, and where the pen lifts [..., n + 1].

    offsets: [..., n, 3], (dx, dy, pen). The pen lift of the first point is in no offset; it is taken as False.
    """
    steps = np.asarray(offsets, np.float64)
    points = np.zeros((*steps.shape[:-2], steps.shape[-2] + 1, 2))
    np.cumsum(steps[..., :2], axis=-2, out=points[..., 1:, :])
    lifted = np.zeros(points.shape[:-1], np.bool_)
    lifted[..., 1:] = steps[..., 2] > 0.5
    return points, lifted


def lifts_after(lengths: Sequence[int]) -> Mask:
    """Where the pen lifts, if it does after each stroke, of so many points each."""
    pen_up = np.zeros(sum(lengths), np.bool_)
    pen_up[np.cumsum(lengths) - 1] = True
    return pen_up


def strokes(pen_up: Mask) -> Iterator[slice]:
    """The points of each stroke, in order: a stroke ends with the point where the pen lifts, or with the line."""
    ends = (np.flatnonzero(pen_up[:-1]) + 1).tolist()
    return (slice(begin, end) for begin, end in pairwise([0, *ends, len(pen_up)]))


def concatenate(inks: Iterable[Ink]) -> Ink:
    """Joins inks of one scale; a stroke that is open at the end of one continues in the next.

    Time and pressure are kept if every ink has them; times are not shifted. The unit in millimetres is kept if all
    have the same. If every ink has a text, these are the lines of the text of the whole.
    """
    parts = list(inks)
    if not parts:
        raise InkError("concatenate: expected at least one ink, found none")
    scales = {part.scale for part in parts}
    if len(scales) > 1:
        raise InkError(f"concatenate: expected inks of one scale, found {sorted(scales, key=str)}")
    times = [part.time for part in parts if part.time is not None]
    pressures = [part.pressure for part in parts if part.pressure is not None]
    units = {part.unit_mm for part in parts}
    text, characters = _joined_text(parts)
    return Ink(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.pen_up for part in parts]),
        np.concatenate(times) if len(times) == len(parts) else None,
        np.concatenate(pressures) if len(pressures) == len(parts) else None,
        parts[0].scale,
        units.pop() if len(units) == 1 else None,
        text,
        characters,
    )


def _joined_text(parts: Sequence[Ink]) -> tuple[str | None, I32 | None]:
    """The texts of inks as lines of one text, and the characters of all points in it; None where one has no text."""
    texts: list[str] = []
    characters: list[I32] = []
    begin = 0
    for part in parts:
        if part.text is None or part.characters is None:
            return None, None
        texts.append(part.text)
        characters.append(begin + part.characters)
        begin += len(part.text) + 1
    return "\n".join(texts), np.concatenate(characters)


def as_float32(values: npt.ArrayLike, name: str, limit: float | None = LIMIT, gaps: bool = False) -> F32:
    """A read-only float32 copy of numbers. Raises InkError if one is not finite or exceeds the limit.

    gaps: whether a NaN may stand for a value that is not known.
    """
    try:
        wide = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InkError(f"{name}: expected numbers in an even array, found something else") from None
    known = wide[~np.isnan(wide)] if gaps else wide
    if not bool(np.isfinite(known).all()):
        raise InkError(f"{name}: expected finite numbers, found a NaN or an infinity")
    top = float(np.abs(known).max()) if known.size else 0.0
    if limit is not None and top > limit:
        raise InkError(f"{name}: expected numbers of at most {limit:,.0f}, found {top:.15g}")
    if top > float(np.finfo(np.float32).max):
        raise InkError(f"{name}: expected numbers within float32, found {top:g}")
    narrow = wide.astype(np.float32)
    narrow.setflags(write=False)
    return narrow


def _column(values: npt.ArrayLike | None, name: str, n: int, limit: float, gaps: bool = False) -> F32 | None:
    if values is None:
        return None
    column = as_float32(values, name, limit, gaps)
    _check_one_a_point(column, name, n)
    return column


def _check_one_a_point(array: npt.NDArray[Any], name: str, n: int) -> None:
    if array.shape != (n,):
        raise InkError(f"{name}: expected {n} values, one a point, found shape {list(array.shape)}")


def _lifts(values: npt.ArrayLike, n: int) -> Mask:
    array = np.asarray(values)
    _check_one_a_point(array, "pen_up", n)
    if array.dtype != np.bool_ and not bool(np.all((array == 0) | (array == 1))):
        raise InkError("pen_up: expected only true and false (or 1 and 0), found another value")
    lifts = array.astype(np.bool_)
    lifts.setflags(write=False)
    return lifts


def _characters(values: npt.ArrayLike | None, text: str | None, n: int) -> I32 | None:
    if values is None and text is None:
        return None
    if values is None or text is None:
        raise InkError("characters: expected them together with the text, found one without the other")
    array = np.asarray(values)
    _check_one_a_point(array, "characters", n)
    if not np.issubdtype(array.dtype, np.integer) or array.min() < 0 or array.max() >= len(text):
        raise InkError(f"characters: expected whole numbers from 0 to {len(text) - 1}, places in the text")
    places = array.astype(np.int32)
    places.setflags(write=False)
    return places


def _checked_scale(scale: object, name: str = "scale") -> float:
    if not (isinstance(scale, (int, float, np.floating)) and np.isfinite(scale) and scale > 0):
        raise InkError(f"{name}: expected a finite number above 0, found {scale!r}")
    return float(scale)
