"""The judge reads plain ink, cropped to two pixels."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.ink import Ink
from pentrace.measure.judge import Judge, picture


def letters() -> Ink:
    """ "HI", in straight lines."""
    strokes = [[(0, 0), (0, 10)], [(0, 5), (6, 5)], [(6, 0), (6, 10)], [(10, 0), (10, 10)]]
    return Ink.from_strokes([np.array(stroke, np.float32) for stroke in strokes])


def test_the_picture_is_cropped_to_two_pixels() -> None:
    pixels = np.asarray(picture(letters()))
    assert pixels.shape == (48, 48)
    rows, columns = np.nonzero(pixels < 200)
    assert rows.min() in {1, 2}
    assert rows.max() in {45, 46}
    assert columns.min() in {1, 2}


def test_the_judge_reads_plain_letters() -> None:
    pytest.importorskip("rapidocr", reason="the judge needs rapidocr (pip install 'pentrace[judge]')")
    assert Judge().read(letters()) == "HI"
