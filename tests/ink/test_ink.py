from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pentrace.data.dataset import read_lines
from pentrace.errors import InkError
from pentrace.ink import LIMIT, WHITEBOARD_SCALE, Ink, concatenate

whole = st.integers(-32767, 32767)
scales = st.sampled_from([0.025, 0.1, 1 / 3, 1.0, 7.7, 40.0])


@st.composite
def inks(draw: st.DrawFn, coordinates: st.SearchStrategy[Any]) -> Ink:
    n = draw(st.integers(1, 40))
    points = draw(arrays.arrays(np.float64, (n, 2), elements=coordinates))
    return Ink(points, draw(arrays.arrays(np.bool_, n)), scale=draw(scales))


def there_and_back(ink: Ink) -> Ink:
    assert ink.scale is not None
    x, y = map(float, ink.points[0])
    return Ink.from_offsets(ink.offsets(), ink.scale, (x, y), first_pen_up=bool(ink.pen_up[0]))


@settings(deadline=None)
@given(inks(whole))
def test_whole_coordinates_come_back_bit_for_bit_at_the_whiteboards_scale(ink: Ink) -> None:
    ink = ink.with_scale(WHITEBOARD_SCALE)
    assert there_and_back(ink) == ink


@settings(deadline=None)
@given(inks(st.floats(-1e4, 1e4, width=32)))
def test_any_coordinates_come_back_to_within_float32_rounding(ink: Ink) -> None:
    back = there_and_back(ink)
    # spec/ink.md: two roundings of each step of the way, one of the point itself
    way = np.cumsum(np.abs(np.diff(ink.points.astype(np.float64), axis=0, prepend=ink.points[:1])), axis=0)
    bound = 2.0**-23 * way + 2.0**-24 * np.abs(ink.points) + 1e-30
    assert (np.abs(back.points - ink.points.astype(np.float64)) <= bound).all()
    assert np.array_equal(back.pen_up, ink.pen_up)


@settings(deadline=None)
@given(
    arrays.arrays(np.float32, (20, 2), elements=st.floats(-8, 8, width=32)),
    arrays.arrays(np.bool_, 20),
    scales,
)
def test_offsets_come_back_to_within_float32_rounding_of_the_points(
    steps: npt.NDArray[np.float32], lifts: npt.NDArray[np.bool_], scale: float
) -> None:
    offsets = np.column_stack([steps, lifts]).astype(np.float32)
    ink = Ink.from_offsets(offsets, scale)
    # a point holds 24 bits, so its rounding, and that of an offset, is what is lost
    bound = 2.0**-23 * float(np.abs(ink.points).max()) * scale + 2.0**-23 * np.abs(steps) + 1e-30
    back = ink.offsets()
    assert (np.abs(back[:, :2] - steps.astype(np.float64)) <= bound).all()
    assert np.array_equal(back[:, 2], lifts)


def test_offsets_are_exact_differences_rounded_once() -> None:
    ink = Ink([[0, 0], [17, -3], [32767, -32767]], [0, 1, 0], scale=0.025)
    expected = np.array([[17 * 0.025, -3 * 0.025, 1], [32750 * 0.025, -32764 * 0.025, 0]], np.float32)
    assert np.array_equal(ink.offsets(), expected)
    assert ink.offsets().dtype == np.float32


def test_whiteboard_lines_come_back_bit_for_bit(shared_data: Path) -> None:
    for k, line in enumerate(read_lines([shared_data / "iam-ondb-val1.parquet"])):
        back = there_and_back(line.ink)
        assert np.array_equal(back.points, line.ink.points)
        assert np.array_equal(back.pen_up, line.ink.pen_up)
        if k == 200:
            break


def test_strokes_end_where_the_pen_lifts() -> None:
    ink = Ink([[k, 0] for k in range(6)], [0, 1, 1, 0, 1, 0], time=range(6), pressure=[0.5] * 6, scale=2)
    strokes = list(ink.strokes())
    assert [stroke.points[:, 0].tolist() for stroke in strokes] == [[0, 1], [2], [3, 4], [5]]
    assert [bool(stroke.pen_up[-1]) for stroke in strokes] == [True, True, True, False]
    assert concatenate(strokes) == ink


def test_bounds() -> None:
    assert Ink([[1, 5], [-2, 3]], [0, 1]).bounds == (-2, 3, 1, 5)


def test_from_strokes_lifts_after_each() -> None:
    ink = Ink.from_strokes([[[0, 0], [1, 1]], [[5, 5]]])
    assert ink.pen_up.tolist() == [False, True, True]


def test_arrays_are_copies_that_cannot_be_changed() -> None:
    points = np.zeros((2, 2), np.float32)
    ink = Ink(points, [0, 1])
    points[0, 0] = 5
    assert ink.points[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        ink.points[0, 0] = 1
    with pytest.raises(AttributeError):
        ink.scale = 1.0  # type: ignore[misc]


def test_concatenate_keeps_time_and_pressure_where_every_ink_has_them() -> None:
    timed, plain = Ink([[0, 0]], [1], time=[3]), Ink([[1, 1]], [1])
    assert concatenate([timed, timed]).time is not None
    assert concatenate([timed, plain]).time is None


P = [[0, 0], [1, 1]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ink([[0, 0, 0]], [1]), "points: expected an array of shape [n, 2], found [1, 3]"),
        (lambda: Ink(np.zeros((0, 2)), []), "points: expected 1 to 1,000,000 of them, found 0"),
        (
            lambda: Ink([[0, float("nan")]], [1]),
            "points: expected finite numbers, found a NaN or an infinity",
        ),
        (
            lambda: Ink([[0, 2 * LIMIT]], [1]),
            "points: expected numbers of at most 16,777,216, found 33554432",
        ),
        (lambda: Ink([["a", "b"]], [1]), "points: expected numbers in an even array, found something else"),
        (lambda: Ink([[0, 10**400]], [1]), "points: expected numbers in an even array, found something else"),
        (lambda: Ink(P, [1]), "pen_up: expected 2 values, one a point, found shape [1]"),
        (lambda: Ink(P, [0, 2]), "pen_up: expected only true and false (or 1 and 0), found another value"),
        (lambda: Ink(P, [0, 1], time=[1]), "time: expected 2 values, one a point, found shape [1]"),
        (lambda: Ink(P, [0, 1], pressure=[0, -1]), "pressure: expected 0 to 1, found -1"),
        (lambda: Ink(P, [0, 1], pressure=[0, 2]), "pressure: expected numbers of at most 1, found 2"),
        (lambda: Ink(P, [0, 1], scale=0), "scale: expected a finite number above 0, found 0"),
        (lambda: Ink(P, [0, 1]).offsets(), "offsets: the ink's scale is not known"),
        (lambda: Ink([[0, 0], [9, 9]], [0, 1], scale=1e38).offsets(), "offsets: too large for float32"),
        (lambda: Ink.from_offsets([[1, 2]]), "offsets: expected an array of shape [n, 3], found [1, 2]"),
        (lambda: Ink.from_offsets([[1, 2, 0.5]]), "pen_up: expected only true and false"),
        (lambda: Ink.from_offsets([[1e30, 0, 0]]), "points: expected numbers of at most"),
        (lambda: Ink.from_strokes([]), "strokes: expected at least one"),
        (lambda: concatenate([]), "concatenate: expected at least one ink"),
        (lambda: concatenate([Ink(P, [0, 1]), Ink(P, [0, 1], scale=1)]), "expected inks of one scale"),
    ],
)
def test_what_is_not_an_ink_is_refused_in_one_line(make: Any, message: str) -> None:
    with pytest.raises(InkError) as caught:
        make()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
