"""Ink as Braille text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pentrace.cli.common.preview import MOST_ROWS, TALLEST, preview
from pentrace.ink import Ink


def test_a_square_is_drawn_as_a_square() -> None:
    corners = [[0, 0], [31, 0], [31, 31], [0, 31], [0, 0]]
    picture = preview(Ink.from_strokes([corners]), 80).splitlines()
    assert picture[0] == "⡏" + "⠉" * 14 + "⢹"
    assert picture[1:7] == ["⡇" + " " * 14 + "⢸"] * 6
    assert picture[7] == "⣇" + "⣀" * 14 + "⣸"


def test_a_dot_is_a_dot() -> None:
    assert preview(Ink.from_strokes([[[5, 5]]]), 80) == "⠁"


def test_a_long_line_goes_on_below() -> None:
    strokes = [[[x, 0], [x + 20, 30]] for x in range(0, 400, 40)]
    assert preview(Ink.from_strokes(strokes), 60).count("\n\n") == 3


def test_the_order_of_rows_is_that_of_writing_and_what_is_left_out_is_said() -> None:
    strokes = [[[x, 0], [x + 20, 30]] for x in range(0, 4000, 40)]
    picture = preview(Ink.from_strokes(strokes), 40)
    assert picture.split("\n\n")[MOST_ROWS].startswith("... and ")


numbers = st.floats(-1e6, 1e6, width=32)


@given(st.lists(st.tuples(numbers, numbers, st.booleans()), min_size=1, max_size=40), st.integers(20, 120))
def test_any_ink_fits(points: list[tuple[float, float, bool]], columns: int) -> None:
    ink = Ink(np.array([point[:2] for point in points]), np.array([point[2] for point in points]))
    for picture in preview(ink, columns).split("\n\n"):
        rows = picture.split("\n")
        assert max(map(len, rows)) <= columns
        assert len(rows) <= TALLEST / 4
