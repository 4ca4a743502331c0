"""Orders in which to show cells, and their merit (spec/atlas.md). Needs the extra `pentrace[atlas]`.

An order is a permutation: row r of the picture shows cell order[r].

Letter key: N cells, n rows of traces.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, F64, I64

Order = I64

WHAT = {
    "correlation": "the way through all cells with the largest sum of correlations of neighbours that was found",
    "leaf": "optimal leaf ordering of the tree of cells by correlation",
    "tsne": "1-D t-SNE of what each cell does on many lines",
    "none": "as in the checkpoint",
}
"""A description of each order."""
LEAST_FOR_TSNE = 10
"""Smallest number of cells for which t-SNE makes sense."""

_BLURS = (2, 8)
"""Standard deviations, in steps, of the blurs through which t-SNE sees the cells."""
_WINDOW = 40
_PERCENTILES = (5, 25, 50, 75, 95)
_PERPLEXITY = 5
_TINY = 1e-9
_STILL = 1e-6
"""A column counts as constant if it varies by less than this share of its largest number (rounding of float32)."""


def correlations(c: F32) -> F64:
    """Pearson's correlation of every two columns of c [n, N]; 0 for a constant cell, even with itself."""
    z = standardized(c)
    return (z.T @ z / len(z)).astype(np.float64)


def standardized(c: F32) -> F32:
    """Columns of c [n, N] with mean 0 and standard deviation 1; zeros for a constant column."""
    centred: F32 = c - c.mean(axis=0, dtype=np.float64).astype(np.float32)
    deviation = np.sqrt(np.mean(np.square(centred), axis=0, dtype=np.float64))
    still = deviation <= _STILL * np.abs(c).max(axis=0)
    centred /= np.where(still, np.inf, deviation).astype(np.float32)
    return centred


def merit(correlation: F64, order: npt.ArrayLike) -> float:
    """Mean correlation of neighbouring rows; 0 for a single cell."""
    rows = np.asarray(order)
    return float(correlation[rows[:-1], rows[1:]].mean()) if len(rows) > 1 else 0.0


def by_leaves(correlation: F64) -> tuple[Order, F64]:
    """Optimal leaf ordering (Bar-Joseph et al. 2001) of complete linkage with distance 1 - r; also the linkage."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - (correlation + correlation.T) / 2, 0, 2)
    np.fill_diagonal(distance, 0)
    flat = squareform(distance, checks=False)
    tree = optimal_leaf_ordering(linkage(flat, "complete"), flat)
    return canonical(leaves_list(tree)), tree


def by_correlation(correlation: F64, start: npt.ArrayLike) -> Order:
    """The order that 2-opt and Or-opt reach from `start`, when neither improves its merit further."""
    order = np.asarray(start, np.int64).copy()
    before = -np.inf
    while (now := merit(correlation, order)) > before + _TINY:
        before = now
        _reverse_stretches(correlation, order)
        for length in (1, 2, 3):
            order = _move_stretches(correlation, order, length)
    return canonical(order)


@contextmanager
def uncounted() -> Iterator[None]:
    """Silences joblib's warning that it cannot count the cores of a machine. It then counts processors instead."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Could not find the number of physical cores", UserWarning)
        yield


@uncounted()
def by_tsne(lines: Sequence[F32]) -> Order:
    """1-D t-SNE of the cells, described by their traces c [n, N] on many lines.

    The description of a cell is its standardised c, blurred in time at several widths, and percentiles of windows. The
    article first made the sign of c canonical. That places cells which mirror each other side by side, although they
    look least alike, so here signs are kept.
    """
    from openTSNE import TSNE
    from scipy.ndimage import gaussian_filter1d

    ends = np.cumsum([len(line) for line in lines])
    z = standardized(np.concatenate(lines))
    parts: list[F32] = []
    for end, line in zip(ends, lines, strict=True):
        part = z[end - len(line) : end]
        parts += [gaussian_filter1d(part, width, axis=0)[:: 2 * width] for width in _BLURS]
        windows = part[: len(part) // _WINDOW * _WINDOW].reshape(-1, _WINDOW, part.shape[1])
        sorted_levels = np.percentile(windows, _PERCENTILES, axis=1)
        parts.append(sorted_levels.reshape(-1, part.shape[1]).astype(np.float32) / len(_PERCENTILES) ** 0.5)
    cells = np.concatenate(parts).T
    u, s, _ = np.linalg.svd(cells - cells.mean(axis=0), full_matrices=False)
    embedding = TSNE(
        n_components=1,
        perplexity=min(_PERPLEXITY, (len(cells) - 1) / 3),
        metric="cosine",
        negative_gradient_method="bh",
        random_state=0,
        n_jobs=1,
    ).fit(u[:, :50] * s[:50])
    return canonical(np.argsort(np.asarray(embedding)[:, 0], kind="stable"))


def canonical(order: npt.ArrayLike) -> Order:
    """The order, reversed if needed so that it begins with the smaller of its two end cells."""
    rows = np.asarray(order, np.int64)
    return rows[::-1].copy() if rows[0] > rows[-1] else rows


def _reverse_stretches(correlation: F64, order: Order) -> None:
    """2-opt: for each start, applies the reversal with the largest gain, if there is a gain."""
    n = len(order)
    for begin in range(n - 1):
        ends = np.arange(begin + 1, n)
        after = np.minimum(ends + 1, n - 1)
        has_after = ends + 1 < n
        first, last = order[begin], order[ends]
        gain = np.where(has_after, correlation[first, order[after]] - correlation[last, order[after]], 0.0)
        if begin > 0:
            previous = order[begin - 1]
            gain = gain + correlation[previous, last] - correlation[previous, first]
        best = int(np.argmax(gain))
        if gain[best] > _TINY:
            order[begin : ends[best] + 1] = order[begin : ends[best] + 1][::-1].copy()


def _move_stretches(correlation: F64, order: Order, length: int) -> Order:
    """Or-opt: moves each stretch of `length` cells to where it gains most, in either direction, if there is a gain."""
    for begin in range(len(order) - length + 1):
        stretch = order[begin : begin + length]
        rest = np.concatenate((order[:begin], order[begin + length :]))
        if not len(rest):
            return order
        joints = np.concatenate(([0.0], correlation[rest[:-1], rest[1:]], [0.0]))
        here = joints[begin] - _held(correlation, rest, stretch)[begin]
        gains = [_held(correlation, rest, way) - joints + here for way in (stretch, stretch[::-1])]
        way = int(gains[1].max() > gains[0].max())
        place = int(np.argmax(gains[way]))
        if gains[way][place] > _TINY:
            moved = stretch[::-1] if way else stretch
            order = np.concatenate((rest[:place], moved, rest[place:]))
    return order


def _held(correlation: F64, rest: Order, stretch: Order) -> F64:
    """Sum of the correlations at both ends of a stretch, at each place in the rest."""
    left = np.concatenate(([0.0], correlation[rest, stretch[0]]))
    return left + np.concatenate((correlation[stretch[-1], rest], [0.0]))
