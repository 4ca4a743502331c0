"""What the pen does at each step of a line."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.atlas.alignment import Alignment
from pentrace.atlas.features import AHEAD, FEATURES, measure

# right, down, left, lift on arrival; then a jump in the air; then up and a lift
LINE = np.array(
    [[2, 0, 0], [0, 3, 0], [-1, 0, 1], [4, -5, 0], [0, -1, 0], [0, -1, 1], [1, 1, 0], [1, 0, 0]], np.float32
)


def test_every_feature_has_a_row_for_each_offset() -> None:
    found = measure(LINE)
    assert list(found) == [feature.name for feature in FEATURES]
    assert all(values.shape == (len(LINE),) and values.dtype == np.float32 for values in found.values())
    assert all(len(values) == 1 for values in measure(LINE[:1]).values())


def test_a_row_tells_of_the_offset_that_led_there_and_nothing_of_moves_in_the_air() -> None:
    found = measure(LINE)
    nan = np.nan
    np.testing.assert_allclose(found["direction"], [nan, 0, 90, 180, nan, -90, -90, nan])
    np.testing.assert_allclose(found["speed"], [nan, 2, 3, 1, nan, 1, 1, nan])
    np.testing.assert_allclose(found["direction, sine"][1:4], [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(found["direction, cosine"][1:4], [1, 0, -1], atol=1e-6)


def test_a_right_turn_is_positive_and_must_lie_within_one_stroke() -> None:
    # y points down, so right, right, down, down turns to the right by a quarter
    square = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0]], np.float32)
    turn = measure(square)["turn"]
    assert np.isnan(turn[:4]).all()
    assert turn[4] == pytest.approx(90)
    square[1, 2] = 1
    assert np.isnan(measure(square)["turn"]).all()


def test_lifts_are_known_where_they_are_and_ahead() -> None:
    found = measure(LINE)
    np.testing.assert_array_equal(found["pen lift"], [0, 0, 0, 1, 0, 0, 1, 0])
    np.testing.assert_array_equal(found["pen lift in 1 step"], LINE[:, 2])
    lifted = np.concatenate(([0], LINE[:, 2]))
    for j in AHEAD:
        ahead = found[f"pen lift in {j} step{'s' if j > 1 else ''}"]
        known = len(lifted) - j
        np.testing.assert_array_equal(ahead[:known], lifted[j:][: len(LINE)])
        assert np.isnan(ahead[known:]).all()
    # the stroke that begins after a lift begins at the next point
    np.testing.assert_allclose(np.expm1(found["since lift"]), [0, 1, 2, 3, 0, 1, 2, 0], atol=1e-6)


def test_places_are_measured_from_the_line_and_its_straight_fit() -> None:
    found = measure(LINE)
    np.testing.assert_array_equal(found["x in line"], [0, 2, 2, 1, 5, 5, 5, 6])
    np.testing.assert_array_equal(found["stroke height"], [3, 3, 3, 3, 2, 2, 2, 1 - 1])
    slope = np.stack((np.ones(9), np.full(9, 0.25), np.zeros(9)), axis=1)
    np.testing.assert_allclose(measure(slope)["y in line"], 0, atol=1e-6)


def test_words_and_characters_come_from_an_alignment() -> None:
    assert all(
        np.isnan(measure(LINE)[name]).all()
        for name in ("x in word", "y in word", "word end", "word start", "character")
    )
    word = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1])
    found = measure(LINE, Alignment(word, np.array([0, 0, 1, 1, 2, 2, -1, 3, 3])))
    nan = np.nan
    # the word's left edge is at 0, the second's at 6
    np.testing.assert_array_equal(found["x in word"], [0, 2, 2, 1, 5, 5, 5, 0])
    # only of points where the pen lifts, and of those only the second ends a word
    np.testing.assert_array_equal(found["word end"], [nan, nan, nan, 0, nan, nan, 1, nan])
    np.testing.assert_array_equal(found["word start"], [1, nan, nan, nan, 0, nan, nan, 1])
    np.testing.assert_array_equal(found["character"], [0, 0, 1, 1, 2, 2, nan, 3])
    assert found["y in word"][:7].mean() == pytest.approx(0, abs=1e-6)
