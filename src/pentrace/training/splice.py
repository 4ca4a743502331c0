"""Rare characters put into other lines, so that a model learns to write them in every hand.

Some capitals, digits and signs have only a handful of examples in IAM-OnDB. A character that stands alone (the pen was
lifted before and after it) is cut out of its line and put in place of another capital or digit of another line, at that
line's size and height; an ampersand replaces the word "and". A small x or z, enlarged, also serves as its capital.

Letter key: n offsets of a line, L characters of its text, m offsets of a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pentrace.arrays import F32, F64
from pentrace.ink import points_of
from pentrace.training.text import Aligned

NEAR = 120
"""Offsets on either side from which the height of the line at a character is taken (about six letters)."""
ENLARGED = {"X": "x", "Z": "z"}
"""Capitals that have the shape of their small letter."""
CAPITAL_SIZE = 1.6
"""Height of a capital over that of a small letter."""
MOST_DONORS = 60
"""Of one character."""
LEAST_HEIGHT = 0.7
"""Share of the median height of a character's donors below which one is left out: a stroke of it is missing."""


@dataclass(frozen=True)
class Donor:
    """A rare character cut out of its line."""

    code: int
    points: F64
    """[m, 2]: from its leftmost, and from the middle height of its line; in sizes of its line."""
    pen: F32
    """[m]: pen lifts."""


@dataclass(frozen=True)
class Splicer:
    """Puts rare characters into lines.

    capitals, digits: a list of examples of each rare one.
    ampersands: examples.
    """

    alphabet: str
    capitals: Sequence[Sequence[Donor]]
    digits: Sequence[Sequence[Donor]]
    ampersands: Sequence[Donor]

    @classmethod
    def collect(cls, lines: Iterable[tuple[F32, Aligned]], alphabet: str, rare: Iterable[str]) -> Splicer:
        """Cut the characters `rare` out of lines: offsets [n, 3] and their text."""
        wanted = {character for character in rare if character.isupper() or character in "0123456789&"}
        found: dict[str, list[Donor]] = {character: [] for character in sorted(wanted)}
        sources = {character: [character] for character in found}
        for capital, small in ENLARGED.items():
            if capital in wanted:
                sources.setdefault(small, []).append(capital)
        space = alphabet.find(" ") + 1
        for offsets, text in lines:
            for k in range(len(text.codes)):
                for character in sources.get(alphabet[text.codes[k] - 1], ()):
                    enlarged = ENLARGED.get(character) == alphabet[text.codes[k] - 1]
                    part = _alone(offsets, text, k, 1, space)
                    if part is not None and len(found[character]) < MOST_DONORS:
                        code = alphabet.index(character) + 1
                        found[character].append(_cut(offsets, part, code, CAPITAL_SIZE if enlarged else 1.0))
        whole = {character: _whole(donors) for character, donors in found.items() if donors}
        return cls(
            alphabet,
            [donors for character, donors in whole.items() if character.isupper()],
            [donors for character, donors in whole.items() if character.isdigit()],
            whole.get("&", []),
        )

    def splice(self, offsets: F32, text: Aligned, rng: np.random.Generator) -> tuple[F32, Aligned] | None:
        """The line with one character of it replaced; None if it has none that can be."""
        places = self._places(offsets, text)
        if not places:
            return None
        k, count, part, donors = places[int(rng.integers(len(places)))]
        return _put(offsets, text, k, count, part, donors[int(rng.integers(len(donors)))])

    def _places(self, offsets: F32, text: Aligned) -> list[tuple[int, int, slice, Sequence[Donor]]]:
        """First character, number of characters, their points and what may replace them."""
        written = "".join(self.alphabet[code - 1] for code in text.codes)
        words = f" {written} "
        space = self.alphabet.find(" ") + 1
        found: list[tuple[int, int, slice, Sequence[Donor]]] = []
        for k, character in enumerate(written):
            count, classes = 1, self.capitals if character.isupper() else self.digits
            if words[k : k + 5] == " and ":
                count, classes = 3, [self.ampersands] if self.ampersands else []
            elif not (character.isupper() or character.isdigit()):
                continue
            part = _alone(offsets, text, k, count, space)
            if part is not None:
                found += [(k, count, part, donors) for donors in classes]
        return found


def _whole(donors: Sequence[Donor]) -> list[Donor]:
    """Without those that are too low."""
    heights = [float(np.ptp(donor.points[:, 1])) for donor in donors]
    least = LEAST_HEIGHT * float(np.median(heights))
    return [donor for donor, height in zip(donors, heights, strict=True) if height >= least]


def _alone(offsets: F32, text: Aligned, k: int, count: int, space: int) -> slice | None:
    """The offsets to the points of `count` characters from the k-th; None unless the pen lifts before and after them.

    `space` is the code of the space, whose one offset leads to the first point of the next character.
    """
    first = text.first
    begin = int(first[k]) - int(k > 0 and text.codes[k - 1] == space)
    end = int(first[k + count]) if k + count < len(first) else len(offsets)
    # no offset leads to the first point of a line, so its first character is left alone
    if begin < 1 or end - begin < 3 or offsets[begin - 1, 2] < 0.5 or offsets[end - 1, 2] < 0.5:
        return None
    return slice(begin, end)


def _heights(points: F64, part: slice) -> tuple[float, float]:
    """Middle height of a line near a part of it, and the size of its writing."""
    near = points[max(0, part.start - NEAR) : part.stop + NEAR, 1]
    low, middle, high = np.quantile(near, (0.1, 0.5, 0.9))
    return float(middle), max(float(high - low), 0.1)


def _cut(offsets: F32, part: slice, code: int, enlarge: float) -> Donor:
    points, _ = points_of(offsets)
    middle, size = _heights(points, part)
    own = points[1:][part]
    left, bottom = own[:, 0].min(), own[:, 1].max()
    x = enlarge * (own[:, 0] - left)
    y = bottom - middle + enlarge * (own[:, 1] - bottom)
    return Donor(code, np.stack([x, y], 1) / size, offsets[part, 2])


def _put(offsets: F32, text: Aligned, k: int, count: int, part: slice, donor: Donor) -> tuple[F32, Aligned]:
    points, _ = points_of(offsets)
    middle, size = _heights(points, part)
    before, old, after = points[1:][: part.start], points[1:][part], points[1:][part.stop :]
    left = old[:, 0].min()
    new = donor.points * size + np.array((left, middle))
    shift = new[:, 0].max() - old[:, 0].max()
    path = np.concatenate([points[:1], before, new, after + np.array((shift, 0))])
    pen = np.concatenate([offsets[: part.start, 2], donor.pen, offsets[part.stop :, 2]])
    out = np.column_stack([np.diff(path, axis=0), pen]).astype(np.float32)
    longer = len(new) - len(old)
    codes = np.concatenate([text.codes[:k], [donor.code], text.codes[k + count :]])
    first = np.concatenate([text.first[: k + 1], text.first[k + count :] + longer])
    return out, replace(text, codes=codes, first=first)
