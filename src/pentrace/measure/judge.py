"""The judge: a recogniser that we did not train reads ink back (`pip install 'pentrace[judge]'`).

It is the text recogniser of PP-OCRv6 small (Apache-2.0), whose weights are in the package `rapidocr`; onnxruntime runs
it. It only reports how legible ink is. Samples are never chosen by it, and no model is tuned by it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from pentrace.errors import MissingExtraError
from pentrace.ink import Ink

HEIGHT = 48
"""Pixels: what the recogniser expects."""
MARGIN = 2
"""Pixels around the ink. A margin of 10 doubles the errors."""
OVERSAMPLING = 4
MAX_WIDTH = 4096
"""Pixels: more than 300 characters."""
MODEL = Path("models") / "PP-OCRv6_rec_small.onnx"


class Judge:
    """Reads lines of ink. Raises MissingExtraError without rapidocr and onnxruntime."""

    def __init__(self, threads: int = 1) -> None:
        package = importlib.util.find_spec("rapidocr")
        try:
            import onnxruntime
        except ImportError:
            package = None
        if package is None or package.origin is None:
            raise MissingExtraError(
                "reading ink back needs rapidocr and onnxruntime: pip install 'pentrace[judge]'"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        model = Path(package.origin).parent / MODEL
        self._session: Any = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        # Class 0 is the blank, the last one the space.
        self._characters = [
            *self._session.get_modelmeta().custom_metadata_map["character"].split("\n"),
            " ",
        ]

    def read(self, ink: Ink) -> str:
        """The characters of one line of ink, by the likeliest class of each frame."""
        pixels = np.asarray(picture(ink), np.float32) / 127.5 - 1
        scores = self._session.run(None, {self._input: np.broadcast_to(pixels, (1, 3, *pixels.shape))})[0][0]
        classes = scores.argmax(-1)
        first = np.append(True, classes[1:] != classes[:-1])
        read = classes[first & (classes > 0)] - 1
        return "".join(self._characters[min(c, len(self._characters) - 1)] for c in read)


def picture(ink: Ink) -> Image.Image:
    """Ink as the judge sees it: black on white, lines one pixel wide, 48 pixels high with a margin of 2."""
    points = ink.points.astype(np.float64)
    low, high = points.min(0), points.max(0)
    scale = (HEIGHT - 2 * MARGIN) / max(high[1] - low[1], (high[0] - low[0]) * HEIGHT / MAX_WIDTH, 1e-6)
    width = max(16, int(np.ceil((high[0] - low[0]) * scale)) + 2 * MARGIN)
    image = Image.new("L", (width * OVERSAMPLING, HEIGHT * OVERSAMPLING), 255)
    draw = ImageDraw.Draw(image)
    for stroke in ink.strokes():
        at = ((stroke.points - low) * scale + MARGIN) * OVERSAMPLING
        if len(at) == 1:
            radius = 0.6 * OVERSAMPLING
            draw.ellipse([*(at[0] - radius), *(at[0] + radius)], fill=0)
        else:
            draw.line([tuple(p) for p in at.tolist()], fill=0, width=OVERSAMPLING, joint="curve")
    return image.resize((width, HEIGHT), Image.Resampling.BOX)
