"""Samples of a model's own that claims are measured on, and correlations of cells with what the pen does in them.

Letter key: S samples, n steps of each, N cells of all layers in turn, R rows (steps of several lines), K targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.explain.draws import drawn, shuffled
from pentrace.measure.effects import DRAWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pentrace.engine import Engine
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

SEED = 1
STEPS = 300
READ = 32
"""Samples that are read with all their cells."""


@dataclass(frozen=True)
class Measured:
    """What was measured of one claim: the figure, its control and whether the claim holds; numbers in words."""

    figure: str
    control: str
    holds: bool


class Samples:
    """What a model writes from nothing, and what its cells do meanwhile; computed when it is first asked for."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._inks: F32 = np.empty((0, STEPS, 3), np.float32)

    def inks(self, count: int) -> F32:
        """`count` samples [S, STEPS, 3] in model units."""
        if len(self._inks) < count:
            engine = self.writer.engine
            self._inks = engine.futures(engine.start(), count, STEPS, seed=SEED, variation=0.6)
        return self._inks[:count]

    @cached_property
    def cells(self) -> F32:
        """The c of all cells while READ samples are read, [READ STEPS, N]."""
        return cells_of(self.writer.engine, self.inks(READ))

    def labels(self, label: Callable[[F32], npt.NDArray[np.floating]]) -> F64:
        """A number for each of these steps, [READ STEPS]; NaN where it is not known."""
        return np.concatenate([label(ink).astype(np.float64) for ink in self.inks(READ)])


def cells_of(engine: Engine, inks: Sequence[F32] | F32) -> F32:
    """The c of all cells while inks [n, 3] are read, [R, N]."""
    traces = [engine.trace(engine.start(), ink, h=False, loglik=False)["c"] for ink in inks]
    return np.concatenate([c.reshape(len(c), -1) for c in traces])


def follows(engine: Engine, c: F32, target: F64, lines: int) -> Measured:
    """The best cell for a target [R]: chosen on the first half of some lines, measured on the other half.

    All lines have the same number of rows. Controls: the best cell for the labels of other lines.
    """
    half = len(c) // lines * (lines // 2)
    best = int(np.argmax(np.abs(correlations(c[:half], target[None, :half])[0])))
    found = abs(correlation(c[half:, best], target[half:]))
    parts = np.split(target, lines)
    swapped = np.array([np.concatenate([parts[k] for k in order]) for order in orders(engine, lines)])
    return beats(found, np.abs(correlations(c, swapped)).max(axis=1).tolist())


def correlations(c: F32, targets: F64) -> F64:
    """Pearson's correlation of each target [K, R] with each cell of c [R, N], over the rows where it is known."""
    cells = c - c.mean(axis=0, dtype=np.float64)
    known = np.isfinite(targets)
    counts = known.sum(axis=1, keepdims=True)
    y = np.where(known, targets, 0)
    y = np.where(known, y - y.sum(axis=1, keepdims=True) / counts, 0)
    varies = known @ cells**2 - (known @ cells) ** 2 / counts
    below = np.sqrt(np.maximum(varies, 0) * (y**2).sum(axis=1, keepdims=True))
    found: F64 = np.divide(y @ cells, below, out=np.zeros_like(below), where=below > 0)
    return found


def correlation(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """Pearson's correlation, over the rows where both are known."""
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def orders(engine: Engine, count: int) -> list[npt.NDArray[np.int64]]:
    """DRAWS orders of `count` things in which none is in its place."""
    found: list[npt.NDArray[np.int64]] = []
    for stream in range(DRAWS):
        order = shuffled(engine, count, SEED, stream)
        # A cycle through all of them: each gets what belongs to the next.
        shifted = np.empty(count, np.int64)
        shifted[order] = np.roll(order, 1)
        found.append(shifted)
    return found


def random_cells(engine: Engine, others: Sequence[int], count: int) -> list[list[int]]:
    """DRAWS times `count` of some cells."""
    return [drawn(engine, others, count, SEED, draw) for draw in range(DRAWS)]


def beats(figure: float, controls: list[float]) -> Measured:
    """A figure that should be higher than each of its controls."""
    return Measured(f"{figure:.2f}", f"{max(controls):.2f}", figure > max(controls))
