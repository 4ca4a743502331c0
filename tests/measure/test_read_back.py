"""Failures are counted by points a character, and hands are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.ink import WHITEBOARD_SCALE, Ink
from pentrace.measure.read_back import TRAITS, Written, hand_traits, read_back, spread, unusual, usual_points


def wave(slant: float, height: float) -> Ink:
    t = np.arange(200)
    y = -height * np.sin(t / 3)
    return Ink(np.stack([6 * t - slant * y, y], 1), t % 40 == 39, scale=WHITEBOARD_SCALE)


def test_usual_points_are_medians() -> None:
    lines = [("ab", [0, 4], 10), ("a", [0], 8), ("ab", [0, 6], 10)]
    assert usual_points(lines) == {"a": 6.0, "b": 5.0}


def test_characters_with_far_too_few_or_too_many_points_are_counted() -> None:
    characters = np.repeat([0, 1, 2, 3], [10, 1, 200, 10])
    assert unusual("abc.", characters, {"a": 10, "b": 12, "c": 20, ".": 2}) == (1, 1)


def test_traits_follow_the_hand() -> None:
    upright, slanted, tall = (hand_traits(wave(*hand), "ab cd") for hand in ((0, 40), (0.5, 40), (0, 80)))
    assert abs(upright[0]) < 3 < slanted[0]
    assert tall[1] == pytest.approx(2 * upright[1])
    assert upright[4] == 5 / 4


def test_the_spread_of_equal_hands_is_nothing() -> None:
    same = [hand_traits(wave(0.2, 50), "ab")] * 3
    assert spread(same) == pytest.approx(dict.fromkeys(TRAITS, 0.0))


def test_the_judge_reads_what_is_written() -> None:
    pytest.importorskip("rapidocr", reason="the judge needs rapidocr (pip install 'pentrace[judge]')")
    strokes = [[(0, 0), (0, 10)], [(0, 5), (6, 5)], [(6, 0), (6, 10)], [(10, 0), (10, 10)]]
    ink = Ink.from_strokes([np.array(s, np.float32) for s in strokes], scale=1.0)
    characters = np.repeat([0, 1], [5, 2]).astype(np.int32)
    found, reads = read_back(
        [Written("HI", ink, characters, True), Written("HO", ink, characters, False)], {}
    )
    assert reads == ["HI", "HI"]
    assert (found.lines, found.error_rate, found.unfinished) == (2, 0.25, 1)
