"""Traits of a hand, of real ink and of what a model writes on, and how one follows the other (spec/explain.md).

Letter key: n offsets, M inks or pairs of them, F futures, W windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.data.dataset import read_lines
from pentrace.data.score import clipped_offsets
from pentrace.errors import DataError
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import SupportsIndex

    from pentrace.engine import Engine, State
    from pentrace.engine.writer import Writer

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

WINDOWS = (0, 5, 10, 20, 40, 80, 160, 320)
"""Offsets of the new hand that are read."""
_BEFORE = 320
"""Offsets of the old hand that are read before."""


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
    """24 lines [200, 3] of a model's own. Each begins from nothing, so each is in another hand."""
    return list(engine.futures(engine.start(), 24, 200, seed=0, variation=0.8))


def telling(engine: Engine, lines: Sequence[F32]) -> npt.NDArray[np.int64]:
    """All cells, numbered through all layers, first those that tell the hands of some lines apart best.

    Their mean c varies most between lines, divided by the mean variance of c within a line. The first quarter of a
    line does not count.

    Args:
        engine: of the model.
        lines: offsets [n, 3] in model units, each by another hand.
    """
    cells = [later_cells(engine, line) for line in lines]
    between = np.var([each.mean(axis=0) for each in cells], axis=0)
    within = np.mean([each.var(axis=0) for each in cells], axis=0)
    return np.argsort(-between / np.maximum(within, 1e-12), kind="stable")


def later_cells(engine: Engine, line: F32) -> F64:
    """The c of all cells after the first quarter of a line, where the model has found its hand: [rows, cells]."""
    c = engine.trace(engine.start(), line, h=False, loglik=False)["c"].reshape(len(line), -1)
    return c[len(c) // 4 :].astype(np.float64)


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


@dataclass(frozen=True)
class Style:
    """How a trait of what the model writes follows the two hands that it has read, by window.

    new: slopes against the trait of the new hand, of which the last `window` offsets were read.
    old: slopes against that of the old hand.
    """

    windows: tuple[int, ...]
    new: tuple[Slope, ...]
    old: tuple[Slope, ...]

    def share(self, number: int) -> float:
        """The new hand's share of the influence of both hands, in window `number`."""
        new, old = max(self.new[number].slope, 0.0), max(self.old[number].slope, 0.0)
        return new / (new + old) if new + old else float("nan")

    def half(self) -> float:
        """Offsets after which the new hand has half of the influence, interpolated between windows; inf if never."""
        shares = [self.share(k) for k in range(len(self.windows))]
        for (w0, s0), (w1, s1) in pairwise(zip(self.windows, shares, strict=True)):
            if s1 >= 0.5:
                return w0 + (w1 - w0) * (0.5 - s0) / (s1 - s0) if s1 > s0 else float(w1)
        return float("inf")


def style(
    writer: Writer,
    lines: Sequence[F32],
    *,
    futures: int = 8,
    steps: int = 100,
    seed: SupportsIndex = 0,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Style]:
    """By trait, how what the model writes follows an old and a new hand.

    Args:
        writer: the model.
        lines: offsets [n, 3], n at least SHORTEST, each by another hand; line k is the new hand of the line
            half the list further on.
        futures: that are drawn after each reading.
        steps: of each.
        seed: of the futures.
        progress: called after each pair.
    """
    engine, count = writer.engine, len(lines)
    own = [traits_of(line[None]) for line in lines]
    written: list[list[dict[str, float]]] = [[] for _ in WINDOWS]
    others = [(k + count // 2) % count for k in range(count)]
    for new, old in zip(range(count), others, strict=True):
        state = engine.start()
        engine.consume(state, lines[old][:_BEFORE])
        for number, window in enumerate(WINDOWS):
            both = state.copy()
            engine.consume(both, lines[new][_BEFORE - window : _BEFORE])
            written[number].append(traits_after(engine, both, futures, steps, seed))
        progress()
    found = {}
    for trait in TRAITS:
        of_new, of_old = ([own[k][trait] for k in order] for order in (range(count), others))
        pairs = [slopes([one[trait] for one in each], of_new, of_old) for each in written]
        found[trait] = Style(WINDOWS, tuple(new for new, _ in pairs), tuple(old for _, old in pairs))
    return found
