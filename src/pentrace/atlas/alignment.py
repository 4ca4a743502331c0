"""Which word and character each point of a line belongs to: an estimate from the line's text and ink (spec/atlas.md).

Letter key: n offsets, n + 1 points, W words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.ink import points_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


_ENDINGS = {"s", "t", "d", "m", "ll", "re", "ve"}


@dataclass(frozen=True)
class Alignment:
    """The word of each point, and its character.

    word: int64 [n + 1], 0 to W - 1, never less than before.
    character: int64 [n + 1], a place in the alphabet that `align` was given; -1 for a character that is not in it.
    """

    word: IntArray
    character: IntArray


def words_of(text: str) -> list[str]:
    """The words of a line's text, as they are written.

    What holds no letter or digit (a comma apart) goes with the word before, and so does an ending with its
    apostrophe: IAM-OnDB has "uncle ' s" and "Seaweed 's".
    """
    words: list[str] = []
    for part in text.split():
        ending = part.removeprefix("'") in _ENDINGS and (part[0] == "'" or (words and words[-1][-1] == "'"))
        if words and (ending or not any(map(str.isalnum, part))):
            words[-1] += part
        else:
            words.append(part)
    return words


def word_numbers(offsets: npt.ArrayLike, count: int) -> IntArray | None:
    """The word of each point [n + 1], with `count` words; None where there are too few gaps.

    A gap lies between a stroke's left edge and all ink before it, so that a dot or a bar added later opens none. The
    count - 1 widest end words.
    """
    points, lifted = points_of(offsets)
    stroke = stroke_numbers(lifted)
    left, right = extents(points[:, 0], stroke)
    gaps = left[1:] - np.maximum.accumulate(right)[:-1]
    if count < 1 or (gaps > 0).sum() < count - 1:
        return None
    begins = np.zeros(len(left), np.int64)
    # stable, so that of equal gaps the first is taken on every machine
    begins[1 + np.argsort(-gaps, kind="stable")[: count - 1]] = 1
    return np.cumsum(begins)[stroke]


def character_widths(lines: Iterable[tuple[npt.ArrayLike, str]]) -> dict[str, float]:
    """Mean width of each character, in mean character widths of its line, from lines (offsets, text).

    Non-negative least squares over words: a word's width is the sum of its characters'. Needs scipy.
    """
    from scipy.optimize import nnls

    words: list[str] = []
    widths: list[float] = []
    for offsets, text in lines:
        parts = words_of(text)
        number = word_numbers(offsets, len(parts)) if parts else None
        if number is None:
            continue
        left, right = extents(points_of(offsets)[0][:, 0], number)
        unit = float((right - left).sum()) / sum(map(len, parts))
        if unit > 0:
            words += parts
            widths += ((right - left) / unit).tolist()
    alphabet = sorted(set("".join(words)))
    if not alphabet:
        return {}
    place = {character: i for i, character in enumerate(alphabet)}
    counts = np.zeros((len(words), len(alphabet)))
    for row, word in enumerate(words):
        for character, times in Counter(word).items():
            counts[row, place[character]] = times
    # as if each had also been seen once alone, of mean width: so a rare one is not given a wild width
    seen = np.concatenate((counts, np.eye(len(alphabet))))
    solution, _ = nnls(seen.T @ seen, seen.T @ np.concatenate((widths, np.ones(len(alphabet)))))
    return dict(zip(alphabet, solution.tolist(), strict=True))


def align(
    offsets: npt.ArrayLike, text: str, widths: dict[str, float], alphabet: Sequence[str]
) -> Alignment | None:
    """The words and characters of a whole line's points; None where the text says too little.

    Args:
        offsets: [n, 3] of the whole line, in any unit.
        text: of the whole line; '' where it is not known.
        widths: what `character_widths` found; a character that is not there counts as one of mean width.
        alphabet: the characters to be told apart.
    """
    parts = words_of(text)
    number = word_numbers(offsets, len(parts)) if parts else None
    if number is None:
        return None
    x = points_of(offsets)[0][:, 0]
    left, right = extents(x, number)
    place = {character: i for i, character in enumerate(alphabet)}
    character = np.empty(len(x), np.int64)
    for w, word in enumerate(parts):
        ends = np.cumsum([max(widths.get(c, 1.0), 0.05) for c in word])
        inside = number == w
        extent = max(float(right[w] - left[w]), 1e-9)
        share = (x[inside] - left[w]) / extent * ends[-1]
        which = np.minimum(np.searchsorted(ends, share, side="right"), len(word) - 1)
        character[inside] = np.array([place.get(c, -1) for c in word])[which]
    return Alignment(number, character)


def stroke_numbers(lifted: BoolArray) -> IntArray:
    """The number of each point's stroke [n + 1]: a stroke ends with the point where the pen lifts."""
    return np.concatenate(([0], np.cumsum(lifted[:-1])))


def extents(values: FloatArray, groups: IntArray) -> tuple[FloatArray, FloatArray]:
    """Least and greatest value of each group 0, 1, ...; a group without members has +inf and -inf."""
    count = int(groups.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    return low, high
