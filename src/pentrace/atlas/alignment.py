"""The word and character of each point of a line, estimated from its text and ink (spec/atlas.md).

Letter key: n offsets, n + 1 points, W words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F64, I64, Mask
from pentrace.ink import points_of

_ENDINGS = {"s", "t", "d", "m", "ll", "re", "ve"}


@dataclass(frozen=True)
class Alignment:
    """The word of each point, and its character.

    word: int64 [n + 1], 0 to W - 1, never decreasing.
    character: int64 [n + 1], an index into the alphabet that `align` was given; -1 for other characters.
    """

    word: I64
    character: I64


def words_of(text: str) -> list[str]:
    """The words of a line's text, as they are written.

    Parts without a letter or digit (such as a comma) are joined to the word before, and so are endings with an
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


def word_numbers(offsets: npt.ArrayLike, count: int) -> I64 | None:
    """The word of each point [n + 1], given the number of words; None if there are too few gaps.

    A gap is the distance from all earlier ink to the left edge of a stroke, so a dot or a bar that is added later makes
    none. The count - 1 widest gaps are taken as the ends of words.
    """
    points, lifted = points_of(offsets)
    stroke = stroke_numbers(lifted)
    left, right = extents(points[:, 0], stroke)
    gaps = left[1:] - np.maximum.accumulate(right)[:-1]
    if count < 1 or (gaps > 0).sum() < count - 1:
        return None
    begins = np.zeros(len(left), np.int64)
    # Stable, so that among equal gaps the first is taken on every machine.
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
    # As if each character had also been seen once alone, with mean width, so that rare ones get no extreme width.
    seen = np.concatenate((counts, np.eye(len(alphabet))))
    solution, _ = nnls(seen.T @ seen, seen.T @ np.concatenate((widths, np.ones(len(alphabet)))))
    return dict(zip(alphabet, solution.tolist(), strict=True))


def align(
    offsets: npt.ArrayLike, text: str, widths: dict[str, float], alphabet: Sequence[str]
) -> Alignment | None:
    """The words and characters of the points of a whole line; None if there is no text or too few gaps.

    Args:
        offsets: [n, 3] of the whole line, in any unit.
        text: of the whole line; '' if not known.
        widths: from `character_widths`; other characters have mean width.
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


def stroke_numbers(lifted: Mask) -> I64:
    """The number of each point's stroke [n + 1]: a stroke ends with the point where the pen lifts."""
    return np.concatenate(([0], np.cumsum(lifted[:-1])))


def extents(values: F64, groups: I64) -> tuple[F64, F64]:
    """Smallest and largest value of each group 0, 1, ...; +inf and -inf for a group without members."""
    count = int(groups.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    return low, high
