"""Lines of made-up writing with text, in whole raw units, for tests that need a small data set."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pentrace.data.dataset import Line
from pentrace.ink import WHITEBOARD_SCALE, Ink

_WORDS = ("on", "all", "men", "a", "lone", "name")


def written_lines(count: int, *, forms: int = 3, prefix: str = "form", words: int = 4) -> Iterator[Line]:
    """Lines of joined loops, a word in two strokes, each its own; `forms` of them share a page in turn."""
    for number in range(count):
        random = np.random.default_rng([number, len(prefix)])
        text = [_WORDS[i] for i in random.integers(0, len(_WORDS), words)]
        x, strokes = 0.0, []
        height, speed = random.uniform(60, 140), random.uniform(0.5, 0.9)
        for word in text:
            t = np.arange(0, 2 * np.pi * len(word), speed)
            loop = np.stack((x + 14 * t + 25 * np.sin(t), height * np.cos(t)), axis=1)
            word_ink = np.rint(loop + random.normal(0, 2, loop.shape))
            strokes += np.array_split(word_ink, 2)
            x = float(loop[:, 0].max()) + random.uniform(100, 160)
        ink = Ink.from_strokes(strokes, scale=WHITEBOARD_SCALE)
        yield Line(f"{prefix}-{number}", f"{prefix}-{number % forms}", "", " ".join(text), ink)
