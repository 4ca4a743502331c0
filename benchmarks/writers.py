"""A small writer classifier: which of several people's lines is a line nearest to?

Measures of strokes are brought into the space in which lines of one page lie close together and pages lie far apart
(linear discriminant analysis, Fisher 1936), learned from the pages of other people. The histograms of directions and
of turns are those by which people recognise writers on paper (Bulacu and Schomaker 2007, "contour-hinge").

Letter key: n offsets, d measures of a line, k numbers that a line is known by, N lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.data.score import MAX_OFFSETS

if TYPE_CHECKING:
    from collections.abc import Sequence

F64 = npt.NDArray[np.float64]

DIRECTIONS, TURNS, FROM, EIGHTHS = 24, 9, 12, 8
"""Bins of the histograms: directions, turns, the directions before which turns are counted, the speed by direction."""
LENGTHS = np.linspace(-3, 1.6, 13)
"""Bins of the logarithm of a movement's length, in model units."""
LEAST = 0.05
"""Model units; a shorter movement has no direction."""
SHRINKAGE, KEPT = 0.1, 30
"""Of the covariance within pages, and how many directions are kept; both chosen on pages that are not measured."""


def measures(offsets: npt.NDArray[np.float32]) -> F64:
    """What a line [n, 3] in model units is known by [d]. What it says and how long it is count for little."""
    moves = np.asarray(offsets[:MAX_OFFSETS, :2], np.float64)
    lift = offsets[:MAX_OFFSETS, 2] > 0.5
    drawn = np.append(True, ~lift[:-1])
    length = np.hypot(*moves.T)
    angle = np.arctan2(moves[:, 1], moves[:, 0])
    turn = (np.diff(angle) + np.pi) % (2 * np.pi) - np.pi
    turning = drawn[1:] & drawn[:-1] & (length[1:] > LEAST) & (length[:-1] > LEAST)
    pair = _bins(angle[1:], FROM) * TURNS + _bins(turn, TURNS)
    speed = np.log(length[drawn] + LEAST)
    eighth = _bins(angle, EIGHTHS)[drawn]
    by_direction = [speed[eighth == k].mean() if (eighth == k).any() else 0.0 for k in range(EIGHTHS)]
    points = np.cumsum(moves, axis=0)
    return np.concatenate(
        [
            _shares(np.bincount(_bins(angle, DIRECTIONS), length * drawn, DIRECTIONS)),
            _shares(np.bincount(pair[turning], length[1:][turning], FROM * TURNS)),
            _shares(np.histogram(speed, LENGTHS)[0]),
            by_direction,
            _strokes(points, length, lift),
            _jumps(moves[~drawn]),
            [len(moves) / max(1.0, np.ptp(points[:, 0])), points[:, 1].std(), drawn.mean()],
        ]
    )


class Classifier:
    """Brings lines into the space of writers. pages: of people who take no part in the line-up."""

    def __init__(self, pages: Sequence[Sequence[npt.NDArray[np.float32]]]) -> None:
        table = np.array([measures(line) for page in pages for line in page])
        page = np.repeat(np.arange(len(pages)), [len(lines) for lines in pages])
        self._middle, self._unit = table.mean(axis=0), table.std(axis=0) + 1e-6
        table = self._standard(table)
        means = np.array([table[page == k].mean(axis=0) for k in range(len(pages))])
        inner = table - means[page]
        within = inner.T @ inner / (len(table) - len(pages))
        within = (1 - SHRINKAGE) * within + SHRINKAGE * np.eye(len(within))
        values, vectors = np.linalg.eigh(within)
        white = vectors / np.sqrt(values)
        between, axes = np.linalg.eigh(white.T @ np.cov(means.T) @ white)
        between, axes = between[::-1][:KEPT], axes[:, ::-1][:, :KEPT]
        # a direction counts by how much of its variance is that between pages
        self._axes = white @ axes * np.sqrt(between / (1 + between))

    def place(self, lines: Sequence[npt.NDArray[np.float32]]) -> F64:
        """Where lines, each [n, 3] in model units, lie among writers [N, k]."""
        found: F64 = self._standard(np.array([measures(line) for line in lines])) @ self._axes
        return found

    def _standard(self, table: F64) -> F64:
        found: F64 = np.clip((table - self._middle) / self._unit, -4, 4)
        return found


def likeness(places: F64, people: Sequence[F64]) -> F64:
    """The cosine between the place of each line [N, k] and the mean of each person's lines [N, people]."""
    means = np.array([own.mean(axis=0) for own in people])
    found: F64 = _directions(places) @ _directions(means).T
    return found


def _directions(table: F64) -> F64:
    found: F64 = table / np.linalg.norm(table, axis=-1, keepdims=True)
    return found


def _bins(angle: F64, count: int) -> npt.NDArray[np.int64]:
    """Angles from -pi to pi -> numbers of `count` equal bins."""
    return ((angle + np.pi) / (2 * np.pi) * count).astype(np.int64) % count


def _shares(counts: npt.ArrayLike) -> F64:
    """Square roots of shares: small shares then count too (Hellinger)."""
    table = np.asarray(counts, np.float64)
    found: F64 = np.sqrt(table / max(float(table.sum()), 1e-9))
    return found


def _strokes(points: F64, length: F64, lift: npt.NDArray[np.bool_]) -> F64:
    """Points, width, height and path of strokes: mean, spread and quartiles of their logarithms."""
    parts = np.split(np.arange(len(points)), np.flatnonzero(lift) + 1)
    sizes = [
        (len(part), *np.ptp(points[part], axis=0), length[part].sum()) for part in parts if len(part) > 1
    ]
    table = np.log(np.array(sizes or [(1.0, 0.0, 0.0, 0.0)]) + 0.1)
    return np.concatenate(
        [table.mean(axis=0), table.std(axis=0), *(np.quantile(table, q, axis=0) for q in (0.25, 0.75))]
    )


def _jumps(jumps: F64) -> F64:
    """Movements in the air: mean, spread and quantiles."""
    if len(jumps) == 0:
        jumps = np.zeros((1, 2))
    quantiles = [
        np.quantile(jumps[:, 0], (0.1, 0.25, 0.5, 0.75, 0.9)),
        np.quantile(jumps[:, 1], (0.1, 0.5, 0.9)),
    ]
    return np.concatenate([jumps.mean(axis=0), jumps.std(axis=0), *quantiles])
