from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pentrace.ink import Ink
from pentrace.ink.formats.png import dumps


def picture(ink: Ink) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(dumps(ink))).convert("L"))


def test_strokes_are_dark_on_white_and_in_place() -> None:
    # a line along the top and a dot below its right end
    ink = Ink([[0, 0], [400, 0], [800, 0], [800, 400]], [0, 0, 1, 1], scale=0.025)
    pixels = picture(ink)
    height, width = pixels.shape
    assert width > height
    assert pixels[[0, -1], :].min() == 255
    dark = pixels < 128
    assert dark[: height // 4].any(axis=0).mean() > 0.8
    assert dark[height // 2 :, width * 3 // 4 :].any()
    assert not dark[height // 2 :, : width // 2].any()
    assert 2 <= dark[:, width // 2].sum() <= 4, "a line of about 3 pixels"


def test_one_point_and_a_huge_ink_have_a_picture() -> None:
    assert (picture(Ink([[5, 5]], [1])) < 128).any()
    wide = picture(Ink([[-1e7, 0], [1e7, 3]], [0, 1], scale=0.025))
    assert max(wide.shape) <= 6000
    assert (wide < 200).any()
