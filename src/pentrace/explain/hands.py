"""Traits of a hand, of real ink and of what a model writes on, and how one follows the other (spec/explain.md).

Letter key: n offsets, M inks or pairs of them, F futures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.data.dataset import read_lines
from pentrace.data.score import clipped_offsets
from pentrace.errors import DataError
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import SupportsIndex

    from pentrace.engine import Engine, State

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

TRAITS = {
    "slant": "slant",
    "size": "stroke height",
    "spacing": "advance",
    "pen rhythm": "pen lifts",
}
"""Traits of a hand, and the measures that they are (spec/interventions.md)."""
SHORTEST = 400
"""Offsets of the shortest line that says what its hand is like."""

OWN_LINES = 24
"""Lines that a model writes itself, each in a hand of its own."""
OWN_STEPS = 200
"""Offsets of each of them."""
OWN_VARIATION = 0.8


@dataclass(frozen=True)
class Slope:
    """How far one number follows another, by least squares: 1 is all the way, 0 not at all."""

    slope: float
    error: float
    """Standard error."""


def lines_of_hands(data: Sequence[Path | str], count: int) -> list[F32]:
    """Offsets [n, 3] of `count` lines of at least SHORTEST offsets, spread over a data set, each of another form.

    Raises DataError if there are fewer than four.
    """
    found: dict[str, F32] = {}
    for line in read_lines(data, columns=("form",)):
        offsets = clipped_offsets(line.ink)
        if line.form not in found and len(offsets) >= SHORTEST:
            found[line.form] = offsets
    if len(found) < 4:
        raise DataError(
            f"{data[0]}: expected lines of {SHORTEST} points on at least 4 pages, found {len(found)}"
        )
    lines = list(found.values())
    return [lines[k] for k in np.linspace(0, len(lines) - 1, min(count, len(lines))).astype(int)]


def own_lines(engine: Engine) -> list[F32]:
    """OWN_LINES lines [OWN_STEPS, 3] of a model's own. Each begins from nothing, so each is in another hand."""
    return list(engine.futures(engine.start(), OWN_LINES, OWN_STEPS, seed=0, variation=OWN_VARIATION))


def telling(engine: Engine, lines: Sequence[F32]) -> npt.NDArray[np.int64]:
    """All cells, numbered through all layers, first those that tell the hands of some lines apart best.

    Their mean c varies most between lines, divided by the mean variance of c within a line. The first quarter of a
    line does not count.

    Args:
        engine: of the model.
        lines: offsets [n, 3] in model units, each by another hand.
    """
    means, spreads = [], []
    for line in lines:
        later = later_cells(engine, line)
        means.append(later.mean(axis=0))
        spreads.append(later.var(axis=0))
    between = np.var(means, axis=0) / np.maximum(np.mean(spreads, axis=0), 1e-12)
    found: npt.NDArray[np.int64] = np.argsort(-between, kind="stable")
    return found


def later_cells(engine: Engine, line: F32) -> F64:
    """The c of all cells after the first quarter of a line, where the model has found its hand: [rows, cells]."""
    c = engine.trace(engine.start(), line, h=False, loglik=False)["c"].reshape(len(line), -1)
    later: F64 = c[len(c) // 4 :].astype(np.float64)
    return later


def traits_of(samples: F32) -> dict[str, float]:
    """The mean of each trait over samples [F, n, 3]; NaN where none has it."""
    values = measured(samples)
    return {name: _mean(values[measure]) for name, measure in TRAITS.items()}


def traits_after(
    engine: Engine, state: State, futures: int, steps: int, seed: SupportsIndex
) -> dict[str, float]:
    """The traits of what the model writes on after a state.

    A future of a text counts only if its line does not end before its last step.
    """
    offsets, characters = engine.text_futures(state, futures, steps, seed=seed)
    return traits_of(offsets[characters[:, -1] >= 0])


def slopes(y: Sequence[float], *x: Sequence[float]) -> list[Slope]:
    """The slopes of y [M] against each of several x [M] together, with a constant; rows with a NaN are left out."""
    table = np.array([np.ones(len(y)), *x, y], np.float64).T
    table = table[np.isfinite(table).all(axis=1)]
    known, target = table[:, :-1], table[:, -1]
    if len(table) <= known.shape[1]:
        return [Slope(float("nan"), float("nan"))] * len(x)
    found, *_ = np.linalg.lstsq(known, target, rcond=None)
    rest = target - known @ found
    variance = (rest @ rest) / (len(table) - known.shape[1])
    errors = np.sqrt(variance * np.diag(np.linalg.pinv(known.T @ known)))
    return [Slope(float(b), float(e)) for b, e in zip(found[1:], errors[1:], strict=True)]


def ratio(y: Sequence[float], x: Sequence[float]) -> Slope:
    """How far y [M] goes beside x [M] in the mean, and its standard error: for an x whose mean is far from 0."""
    moved, apart = np.asarray(y, np.float64), np.asarray(x, np.float64)
    total, count = float(apart.sum()), len(apart)
    if total == 0 or count < 2:
        return Slope(float("nan"), float("nan"))
    found = float(moved.sum()) / total
    rest = moved - found * apart
    return Slope(found, float(np.sqrt(rest @ rest * count / (count - 1)) / abs(total)))


def _mean(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
