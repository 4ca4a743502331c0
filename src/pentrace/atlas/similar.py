"""Similar moments: where in other ink chosen cells had values most like those over a span (spec/atlas.md).

Letter key: N cells of all layers in turn, n rows of a line, S rows of the span.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pentrace.arrays import F32, F64
from pentrace.atlas.atlas import Atlas
from pentrace.engine.ink_reader import Readable
from pentrace.engine.writer import Writer
from pentrace.errors import AtlasError


class SimilarMoment(NamedTuple):
    """A window of rows in which the cells were similar to those in the span.

    line: number in the atlas; None for the ink that contains the span.
    begin, end: its rows, without `end`.
    distance: root mean square difference of c, in standard deviations of each cell; 0 is identical.
    """

    line: int | None
    begin: int
    end: int
    distance: float


class Similar:
    """Finds similar moments. The lines of the atlas are traced when they are first needed, and kept.

    Args:
        writer: of the atlas's checkpoint; it samples the lines of the atlas again, if they are samples.
        atlas: the lines to search, and the standard deviation of each cell.

    Raises:
        AtlasError: the atlas is of a model of another size.
    """

    def __init__(self, writer: Writer, atlas: Atlas) -> None:
        a = writer.checkpoint.architecture
        if a.layers * a.hidden != atlas.cells:
            raise AtlasError(
                f"atlas: expected {a.layers * a.hidden} cells, as the model has, found {atlas.cells}"
            )
        self.writer, self.atlas = writer, atlas
        self._deviation = atlas.tensors["moments.c"][1]

    def find(
        self, ink: Readable, span: tuple[int, int], *, cells: Sequence[int] | None = None, count: int = 10
    ) -> list[SimilarMoment]:
        """The moments most similar to a span of an ink, in the lines of the atlas and in the rest of the ink.

        Args:
            ink: read as `Writer.trace` reads it.
            span: rows of that trace, begin and end, without the end.
            cells: numbers of the cells to compare; None for all.
            count: number of moments.

        Returns:
            The nearest first. Those of one line do not overlap, and none overlaps the span.

        Raises:
            AtlasError: the ink has no such rows, or the model no such cell.
        """
        own = self._scaled(self.writer.trace(ink, h=False, loglik=False).c)
        begin, end = span
        if not 0 <= begin < end <= len(own):
            raise AtlasError(f"span: expected rows within 0 to {len(own)}, found {begin} to {end}")
        chosen = np.arange(self.atlas.cells) if cells is None else np.asarray(cells, np.int64)
        if not len(chosen) or chosen.min() < 0 or chosen.max() >= self.atlas.cells:
            raise AtlasError(
                f"cells: expected some of 0 to {self.atlas.cells - 1}, found {list(cells or ())}"
            )
        wanted = own[begin:end, chosen]
        found = [
            SimilarMoment(None, row, row + end - begin, distance)
            for row, distance in _nearest(distances(own[:, chosen], wanted), count, end - begin, span)
        ]
        for line, rows in self._lines:
            found += (
                SimilarMoment(line, row, row + end - begin, distance)
                for row, distance in _nearest(distances(rows[:, chosen], wanted), count, end - begin)
            )
        return sorted(found, key=lambda moment: moment.distance)[:count]

    @cached_property
    def _lines(self) -> list[tuple[int, F32]]:
        """Number and scaled cell states of each line."""
        engine, found = self.writer.engine, []
        for number in range(self.atlas.line_count):
            if number not in self.atlas.collapsed:
                read = self.atlas.reading(number, engine)
                trace = read.trace(engine, h=False, loglik=False)
                found.append((number, self._scaled(trace["c"])))
        return found

    def _scaled(self, c: F32 | None) -> F32:
        assert c is not None  # noqa: S101 - asked for
        found: F32 = c.reshape(len(c), -1) / self._deviation
        return found


def similar_moments(
    writer: Writer,
    ink: Readable,
    span: tuple[int, int],
    atlas: Atlas | None = None,
    *,
    cells: Sequence[int] | None = None,
    count: int = 10,
) -> list[SimilarMoment]:
    """`Similar.find` once; None for the default checkpoint's atlas."""
    return Similar(writer, Atlas.default() if atlas is None else atlas).find(
        ink, span, cells=cells, count=count
    )


def distances(rows: F32, wanted: F32) -> F64:
    """Root mean square difference of each window of S rows of [n, N] from `wanted` [S, N]: [n - S + 1]."""
    windows = len(rows) - len(wanted) + 1
    if windows < 1:
        return np.empty(0)
    a, b = rows.astype(np.float64), wanted.astype(np.float64)
    products, squares = a @ b.T, np.square(a).sum(axis=1)
    total = np.full(windows, np.square(b).sum())
    for k in range(len(b)):
        total += squares[k : k + windows] - 2 * products[k : k + windows, k]
    nearness: F64 = np.maximum(total, 0) / b.size
    return np.sqrt(nearness)


def _nearest(
    distance: F64, count: int, length: int, apart_from: tuple[int, int] | None = None
) -> list[tuple[int, float]]:
    """Begin and distance of the nearest windows that overlap neither nearer ones nor a span."""
    left = distance.copy()
    if apart_from is not None:
        left[max(0, apart_from[0] - length + 1) : apart_from[1]] = np.inf
    found: list[tuple[int, float]] = []
    while len(found) < count and len(left) and np.isfinite(left.min()):
        row = int(np.argmin(left))
        found.append((row, float(left[row])))
        left[max(0, row - length + 1) : row + length] = np.inf
    return found
