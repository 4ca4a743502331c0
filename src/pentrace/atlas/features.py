"""Features of the pen at every step of a line, which cells may follow (spec/atlas.md).

Row k describes point k, to which offset k - 1 leads: the position of the pen in row k of a trace. Features that are not
known are NaN.

Letter key: n offsets, so n rows and n + 1 points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64, I64, Mask
from pentrace.atlas.alignment import Alignment, extents, stroke_numbers
from pentrace.ink import points_of

Kind = Literal["linear", "circular", "binary", "classes"]

AHEAD = (1, 2, 4, 8)
"""How many steps ahead pen lifts are labelled."""
ESTIMATED = "Words are estimated: for n words, the n - 1 widest gaps are taken as word ends."
"""What is said of every feature of words."""


def ahead(what: str, steps: int) -> str:
    """The name of a feature of what happens some steps later."""
    return f"{what} in {steps} step{'s' if steps > 1 else ''}"


@dataclass(frozen=True)
class Feature:
    """A feature of the pen: its name, a one-sentence description, its unit and kind.

    lags: whether to look for it some steps earlier and later, too.
    """

    name: str
    what: str
    unit: str
    kind: Kind
    lags: bool = False


FEATURES = (
    Feature(
        "direction", "Direction of the last offset, pen down: 0 right, 90 down.", "degrees", "circular", True
    ),
    Feature("direction, sine", "Down (1) or up (-1), pen down.", "", "linear", True),
    Feature("direction, cosine", "Right (1) or left (-1), pen down.", "", "linear", True),
    Feature(
        "turn",
        "Curvature: how far the stroke turned to the right over its last four offsets.",
        "degrees",
        "linear",
        True,
    ),
    Feature("speed", "Length of the last offset, pen down.", "model units a step", "linear", True),
    Feature("pen lift", "The pen lifts at this point.", "", "binary"),
    *(
        Feature(
            ahead("pen lift", j),
            "The pen lifts at the next point, which the model now predicts."
            if j == 1
            else f"The pen lifts {j} points further on.",
            "",
            "binary",
        )
        for j in AHEAD
    ),
    Feature("since lift", "Steps since the stroke began, as log(1 + steps).", "log steps", "linear"),
    Feature("stroke height", "Height of the whole stroke.", "model units", "linear", True),
    Feature("x in line", "From the line's first point to the right.", "model units", "linear", True),
    Feature("y in line", "Down from the straight line fitted to the writing.", "model units", "linear", True),
    Feature(
        "x in word", f"From the word's left edge to the right. {ESTIMATED}", "model units", "linear", True
    ),
    Feature("y in word", f"Down from the word's mean height. {ESTIMATED}", "model units", "linear", True),
    Feature("word end", f"Of points where the pen lifts: this lift ends a word. {ESTIMATED}", "", "binary"),
    Feature(
        "word start", f"Of first points of strokes: this stroke begins a word. {ESTIMATED}", "", "binary"
    ),
    Feature(
        "character",
        "The character under the pen. Estimated: each word's width is shared out in proportion to mean widths.",
        "",
        "classes",
    ),
)
"""In the order of an atlas. A class is the index of a character in the alphabet that `align` was given."""


def measure(offsets: npt.ArrayLike, alignment: Alignment | None = None) -> dict[str, F32]:
    """Every feature of a line, float32 [n] by name.

    Args:
        offsets: [n, 3] in model units, n at least 1.
        alignment: the word and character of each point; None without a text.
    """
    steps = np.asarray(offsets, np.float64)
    points, lifted = points_of(steps)
    stroke = stroke_numbers(lifted)
    low, high = extents(points[:, 1], stroke)
    found = _movement(steps, stroke) | _lifts(lifted, stroke)
    found |= {
        "stroke height": (high - low)[stroke],
        "x in line": points[:, 0],
        "y in line": points[:, 1] - straight_fit(points),
    }
    found |= _of_words(points, lifted, stroke, alignment)
    return {feature.name: found[feature.name][: len(steps)].astype(np.float32) for feature in FEATURES}


def straight_fit(points: F64) -> F64:
    """The y [n] of the least-squares line through points [n, 2] at their x; the mean of y if all x are equal."""
    x, y = points[:, 0] - points[:, 0].mean(), points[:, 1]
    spread = float(x @ x)
    fitted: F64 = y.mean() + (x * float(x @ y) / spread if spread > 0 else np.zeros_like(x))
    return fitted


def _movement(steps: F64, stroke: I64) -> dict[str, F64]:
    """Direction, turn and speed: known where the pen was down on the way to the point."""
    n = len(steps)
    angle, speed, turn = (np.full(n + 1, np.nan) for _ in range(3))
    dx, dy = steps[:, 0], steps[:, 1]
    drawn = stroke[1:] == stroke[:-1]
    length = np.hypot(dx, dy)
    speed[1:][drawn] = length[drawn]
    moves = drawn & (length > 0)
    angle[1:][moves] = np.arctan2(dy, dx)[moves]
    if n >= 4:
        # Chords of two offsets: because of the whole raw units, the angle of one short offset is coarse.
        chord = steps[:-1, :2] + steps[1:, :2]
        before, after = chord[:-2], chord[2:]
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        within = (stroke[4:] == stroke[:-4]) & (np.hypot(*before.T) > 0) & (np.hypot(*after.T) > 0)
        turn[4:][within] = np.degrees(np.arctan2(cross, (before * after).sum(axis=1)))[within]
    return {
        "direction": np.degrees(angle),
        "direction, sine": np.sin(angle),
        "direction, cosine": np.cos(angle),
        "turn": turn,
        "speed": speed,
    }


def _lifts(lifted: Mask, stroke: I64) -> dict[str, F64]:
    lift = lifted.astype(np.float64)
    since = np.arange(len(lift)) - np.searchsorted(stroke, stroke)
    found = {"pen lift": lift, "since lift": np.log1p(since)}
    for j in AHEAD:
        found[ahead("pen lift", j)] = np.concatenate((lift[j:], np.full(min(j, len(lift)), np.nan)))
    return found


def _of_words(points: F64, lifted: Mask, stroke: I64, alignment: Alignment | None) -> dict[str, F64]:
    names = ("x in word", "y in word", "word end", "word start", "character")
    found = {name: np.full(len(points), np.nan) for name in names}
    if alignment is None:
        return found
    word = alignment.word
    left, _ = extents(points[:, 0], word)
    mean = np.bincount(word, points[:, 1]) / np.maximum(1, np.bincount(word))
    found["x in word"] = points[:, 0] - left[word]
    found["y in word"] = points[:, 1] - mean[word]
    changes = np.flatnonzero(np.diff(word))
    found["word end"][lifted] = 0
    found["word end"][changes] = 1
    if lifted[-1]:
        found["word end"][-1] = 1
    first = np.flatnonzero(np.diff(stroke, prepend=-1))
    found["word start"][first] = 0
    found["word start"][[0, *(changes + 1)]] = 1
    found["character"] = np.where(alignment.character < 0, np.nan, alignment.character)
    return found
