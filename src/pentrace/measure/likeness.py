"""How similar a line is to somebody's writing: in its strokes, the traits of the hand and the shapes of its letters.

A line-up asks of each line which of several people's it lies nearest to. No judge and no training takes part.

Letter key: n offsets, p points of a letter, d numbers that describe a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64
from pentrace.engine.text.recogniser import Recogniser
from pentrace.ink import Ink, points_of
from pentrace.measure.measures import measured
from pentrace.measure.read_back import TRAITS, hand_traits, logarithms
from pentrace.measure.samples import compare, features

WAYS = ("strokes", "traits", "letters")
"""What lines are compared by."""
SHAPE = 16
"""Points by which the shape of a letter is known."""
LEAST_POINTS = 4
"""A letter with fewer has no shape."""
_SHRINKAGE = 0.3
_LEFT_OUT = {"collapse", "slant"}  # a fault, and what the traits have already


class Seen(NamedTuple):
    """What is known of a line."""

    offsets: F32
    """[n, 3] in model units."""
    description: F64
    """[d]: the traits of its hand and the measures of its strokes."""
    letters: dict[str, list[F64]]
    """Shapes [SHAPE, 2] of its letters a to z, by the letter."""


def seen(ink: Ink, text: str, first: npt.NDArray[np.integer] | None) -> Seen:
    """A line of ink that says `text`. `first`: the first offset of each character, or None where it is not known."""
    offsets = ink.offsets()
    strokes = measured(offsets[None])
    numbers = [float(values[0]) for name, values in strokes.items() if name not in _LEFT_OUT]
    (traits,) = logarithms([hand_traits(ink, text)])
    slant = np.tan(np.radians(np.nan_to_num(traits[0])))
    shapes = {} if first is None else _letters(offsets, text, first, float(slant))
    return Seen(offsets, np.concatenate([traits, numbers]), shapes)


def seen_real(ink: Ink, text: str, recogniser: Recogniser) -> Seen:
    """A line that a person wrote: the recogniser finds its letters."""
    found = recogniser.align(ink, text)
    return seen(ink, text, None if found is None else found.first)


def first_offsets(characters: npt.NDArray[np.integer], length: int) -> npt.NDArray[np.intp]:
    """The first offset of each of `length` characters, from the character of each offset."""
    return np.searchsorted(characters, np.arange(length))


def letter_distance(letters: dict[str, list[F64]], others: dict[str, list[F64]]) -> float:
    """Mean distance of each letter's shape from the nearest other shape of the same letter; NaN without any."""
    found = []
    for letter, shapes in letters.items():
        if letter in others:
            known = np.array(others[letter])
            found += [np.sqrt(np.square(known - shape).sum(axis=2).mean(axis=1)).min() for shape in shapes]
    return float(np.mean(found)) if found else float("nan")


@dataclass(frozen=True)
class LineUp:
    """Some people's lines, among which lines are placed.

    people: for each, lines that were not learned from.
    """

    people: Sequence[Sequence[Seen]]

    def distances(self, line: Seen) -> dict[str, F64]:
        """How far a line is from each of the people, by each of WAYS."""
        strokes = features([line.offsets])
        return {
            # the mean of the Kolmogorov-Smirnov distances of all features
            "strokes": np.array(
                [np.mean([one.distance for one in compare(strokes, real)]) for real in self._strokes]
            ),
            "traits": self._traits(line),
            "letters": np.array([letter_distance(line.letters, own) for own in self._letters]),
        }

    @cached_property
    def _strokes(self) -> list[dict[str, F64]]:
        """The features of each person's strokes (pentrace.measure.samples)."""
        return [features(line.offsets for line in lines) for lines in self.people]

    @cached_property
    def _letters(self) -> list[dict[str, list[F64]]]:
        return [pooled(lines) for lines in self.people]

    def _traits(self, line: Seen) -> F64:
        """The Mahalanobis distance from each person's mean, by the covariance of lines within people."""
        tables = [np.array([other.description for other in lines]) for lines in self.people]
        means = np.array([np.nanmean(table, axis=0) for table in tables])
        inner = np.concatenate([table - mean for table, mean in zip(tables, means, strict=True)])
        inner = np.nan_to_num(inner)
        covariance = inner.T @ inner / (len(inner) - len(tables))
        own = np.diag(covariance).copy()
        covariance = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * np.diag(own) + 1e-9 * np.eye(len(own))
        away = np.nan_to_num(line.description - means)
        distances: F64 = np.sqrt(np.einsum("pd,pd->p", away, np.linalg.solve(covariance, away.T).T))
        return distances


def pooled(lines: Sequence[Seen]) -> dict[str, list[F64]]:
    """The letters of several lines."""
    found: dict[str, list[F64]] = {}
    for line in lines:
        for letter, shapes in line.letters.items():
            found.setdefault(letter, []).extend(shapes)
    return found


def taken_over(real: F64, written: F64) -> tuple[float, float]:
    """How much of the difference between people in a trait is kept by writing in their hands: slope and correlation.

    Args:
        real: the trait of each person's own lines.
        written: that of what is written in the hand that was learned from them.

    Returns:
        The slope of `written` over `real`, 1 where all of a difference is taken over and 0 where none is; and their
        correlation.
    """
    x, y = real - real.mean(), written - written.mean()
    along = float((x * y).sum())
    return along / float((x * x).sum()), along / float(np.sqrt((x * x).sum() * (y * y).sum()))


def trait(lines: Sequence[Seen], name: str) -> float:
    """The mean of one of TRAITS over lines: the slant in degrees, the logarithm of the others."""
    return float(np.nanmean([line.description[TRAITS.index(name)] for line in lines]))


def _letters(offsets: F32, text: str, first: npt.NDArray[np.integer], slant: float) -> dict[str, list[F64]]:
    """Shapes of the letters of a line, upright and of one size, each by points evenly spaced along its path."""
    points, _ = points_of(offsets)
    ends = [*map(int, first[1:]), len(offsets)]
    found: dict[str, list[F64]] = {}
    for letter, begin, end in zip(text, map(int, first), ends, strict=True):
        own = points[begin + 1 : end + 1].astype(np.float64)
        if not ("a" <= letter <= "z") or len(own) < LEAST_POINTS:
            continue
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(own, axis=0).T))])
        if along[-1] <= 0:
            continue
        own[:, 0] += slant * own[:, 1]
        places = np.linspace(0, along[-1], SHAPE)
        shape = np.stack([np.interp(places, along, own[:, axis]) for axis in (0, 1)], axis=1)
        shape -= shape.mean(axis=0)
        found.setdefault(letter, []).append(shape / np.sqrt(np.square(shape).sum(axis=1).mean()))
    return found
