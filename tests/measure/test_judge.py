"""The judge reads plain ink, and error rates are edit distances."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.ink import Ink
from pentrace.measure.judge import Judge, edits, error_rate, picture


def distance(a: str, b: str) -> int:
    """Levenshtein distance, the plain way."""
    if not a or not b:
        return len(a) + len(b)
    return min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))


@pytest.mark.parametrize(
    ("read", "text"), [("", "a"), ("a", ""), ("kitten", "sitting"), ("abc", "abc"), ("ab", "ba"), ("xaby", "ab")]
)
def test_edits_are_the_levenshtein_distance(read: str, text: str) -> None:
    assert edits(read, text) == distance(read, text)


def test_the_error_rate_leaves_white_space_out_and_keeps_case() -> None:
    total = error_rate(["Hel lo.", "abc"], ["hello .", "a b c"])
    assert (total.errors, total.characters, total.lines) == (1, 9, [1, 0])


def letters() -> Ink:
    """"HI", in straight lines."""
    strokes = [[(0, 0), (0, 10)], [(0, 5), (6, 5)], [(6, 0), (6, 10)], [(10, 0), (10, 10)]]
    return Ink.from_strokes([np.array(stroke, np.float32) for stroke in strokes])


def test_the_picture_is_cropped_to_two_pixels() -> None:
    pixels = np.asarray(picture(letters()))
    assert pixels.shape == (48, 48)
    rows, columns = np.nonzero(pixels < 200)
    assert rows.min() in {1, 2} and rows.max() in {45, 46} and columns.min() in {1, 2}


def test_the_judge_reads_plain_letters() -> None:
    pytest.importorskip("rapidocr", reason="the judge needs rapidocr (pip install 'pentrace[judge]')")
    assert Judge().read(letters()) == "HI"
