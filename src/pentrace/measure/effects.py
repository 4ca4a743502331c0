"""What an intervention does to the writing, compared with the same change of random cells (spec/interventions.md).

Letter key: N samples, n steps of each, L layers, H cells a layer, M inks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from pentrace.arrays import F32, F64
from pentrace.engine.interventions import Change, Intervention, Quantity
from pentrace.engine.writer import Writer
from pentrace.errors import InterventionError
from pentrace.measure.measures import MEASURES, Measure, measured

DRAWS = 19
"""Draws of random cells: by chance an effect exceeds all 19 of them once in 20 times."""
SURPRISE = "surprise"
ALL_MEASURES = MEASURES | {
    SURPRISE: Measure("how much ink surprises the model", "nats a point, in raw units")
}

_INKS = 20
"""Samples of the unchanged model that the surprise is measured on, unless other ink is given."""
_NEIGHBOURS = 40
"""A random cell is drawn from the 40 whose standard deviation is nearest to that of the changed cell."""


@dataclass(frozen=True)
class Setup:
    """Which samples are drawn, with and without the intervention: `samples` of `steps` offsets each."""

    samples: int = 200
    steps: int = 160
    variation: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Figure:
    """One measure: its mean before and after the intervention, and after the same change of random cells.

    error: standard error of after - before, from the differences of single samples.
    random: the mean for each draw of random cells.
    """

    before: float
    after: float
    error: float
    random: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: null where no sample has the measure."""
        numbers = {"before": self.before, "after": self.after, "error": self.error}
        return {
            **{name: _known(value) for name, value in numbers.items()},
            "random": [_known(value) for value in self.random],
        }

    def beats_random(self, expected: int = 0) -> bool:
        """Whether the effect exceeds that of every draw, of which there must be at least 19.

        expected: 1 for an increase, -1 for a decrease, 0 for either.
        """
        effect = self.after - self.before
        others = [other - self.before for other in self.random]
        if len(others) < DRAWS:
            return False
        if expected == 0:
            return all(abs(effect) > abs(other) for other in others)
        return effect * expected > max(0.0, *(other * expected for other in others))


@dataclass(frozen=True)
class Effect:
    """What an intervention was measured to do.

    random: the interventions on random cells that it is compared with.
    figures: one for each of ALL_MEASURES, by name.
    hidden: H.
    """

    intervention: Intervention
    random: tuple[Intervention, ...]
    figures: dict[str, Figure]
    setup: Setup
    hidden: int


class Laboratory:
    """A writer and its samples without an intervention, with which every intervention is compared.

    Args:
        writer: the model. If it has an intervention already, "unchanged" includes that.
        setup: which samples to draw.
        inks: offsets [n, 3] in model units that the surprise is measured on; None for the model's own samples.

    Raises:
        EngineError: a setting out of range.
    """

    def __init__(self, writer: Writer, setup: Setup | None = None, inks: Iterable[F32] | None = None) -> None:
        self.writer, self.setup = writer, setup or Setup()
        samples = self._samples(writer)
        self._inks = list(samples[:_INKS] if inks is None else inks)
        self._before = self._measured(writer, samples)
        traces = [writer.engine.trace(writer.engine.start(), sample) for sample in samples[:_INKS]]
        # [L, H] of each quantity, over all steps of the traced samples
        values = {name: np.concatenate([trace[name] for trace in traces]) for name in ("c", "h")}
        self.mean = {name: array.mean(axis=0, dtype=np.float64) for name, array in values.items()}
        self.spread = {name: array.std(axis=0, dtype=np.float64) for name, array in values.items()}

    def measure(
        self,
        intervention: Intervention,
        draws: int = DRAWS,
        *,
        random: Iterable[Intervention] | None = None,
        threads: int = 1,
        progress: Callable[[], None] = lambda: None,
    ) -> Effect:
        """The effect of an intervention, and of the same change of as many random cells, `draws` times.

        random: interventions to compare with, instead of those that `like` draws.
        threads: number of threads; the figures do not depend on it.
        progress: called after each of the 1 + draws runs.

        Raises:
            InterventionError: more than half of the cells of a layer are changed.
            EngineError: under the intervention, cells grow without bound.
        """
        others = (
            tuple(self.like(intervention, draw) for draw in range(draws)) if random is None else (*random,)
        )
        results = []
        # The engine releases Python's global lock, and each run has its own engine.
        with ThreadPoolExecutor(threads) as pool:
            for result in pool.map(self._run, (intervention, *others)):
                results.append(result)
                progress()
        after, *rest = results
        figures = {
            name: Figure(
                _mean(before),
                _mean(after[name]),
                _standard_error(after[name] - before),
                tuple(_mean(other[name]) for other in rest),
            )
            for name, before in self._before.items()
        }
        return Effect(intervention, others, figures, self.setup, self.mean["c"].shape[1])

    def like(self, intervention: Intervention, draw: int) -> Intervention:
        """The same intervention on as many random cells, none of which it changes itself.

        For each changed cell, another of its layer is drawn from the 40 that are left with the nearest standard
        deviation. A change without a shift stays as it is. A shift moves the mean of the drawn cell by as many of its
        standard deviations as it moves the mean of the changed cell, up or down at random.
        """
        of: dict[tuple[int, int], Quantity] = {(c.layer, c.cell): c.of for c in intervention.changes}
        left = [
            [cell for cell in range(self.mean["c"].shape[1]) if (layer, cell) not in of]
            for layer in range(len(self.mean["c"]))
        ]
        for layer, others in enumerate(left):
            if (own := sum(at == layer for at, _ in of)) > len(others):
                raise InterventionError(
                    f"cells: expected at most half of the layer's, so that as many others can be drawn, found {own}"
                )
        numbers = iter(self.writer.engine.random(3 * len(of), seed=self.setup.seed, stream=draw).tolist())
        drawn: dict[tuple[int, int], tuple[int, float]] = {}
        for layer, cell in _shuffled(sorted(of), numbers):
            spread = self.spread[of[layer, cell]][layer]
            near = np.argsort(np.abs(spread[left[layer]] - spread[cell]), kind="stable")[:_NEIGHBOURS]
            other = left[layer].pop(int(near[int(next(numbers) * len(near))]))
            drawn[layer, cell] = other, -1.0 if next(numbers) < 0.5 else 1.0
        return Intervention(
            tuple(sorted(self._moved(c, *drawn[c.layer, c.cell]) for c in intervention.changes))
        )

    def _moved(self, change: Change, other: int, side: float) -> Change:
        layer, of, cell, scale, shift = change
        if shift == 0:
            return Change(layer, of, other, scale, 0.0)
        mean, spread = self.mean[of][layer], self.spread[of][layer]
        by = (scale * mean[cell] + shift - mean[cell]) / max(spread[cell], 1e-12)
        return Change(layer, of, other, scale, rounded(mean[other] * (1 - scale) + side * by * spread[other]))

    def _run(self, intervention: Intervention) -> dict[str, F64]:
        writer = self.writer.with_intervention(intervention)
        return self._measured(writer, self._samples(writer))

    def _samples(self, writer: Writer) -> F32:
        s = self.setup
        start = writer.engine.start()
        return writer.engine.futures(start, s.samples, s.steps, seed=s.seed, variation=s.variation)

    def _measured(self, writer: Writer, samples: F32) -> dict[str, F64]:
        values = measured(samples)
        nothing = {"c": False, "h": False}
        traces = (writer.engine.trace(writer.engine.start(), ink, **nothing) for ink in self._inks)
        to_raw = 2 * math.log(writer.checkpoint.units_per_raw_unit)
        values[SURPRISE] = np.array([-trace["loglik"].sum(axis=1).mean() - to_raw for trace in traces])
        return values


def counted(report: Callable[[int, int], None], total: int) -> Callable[[], None]:
    """Calls `report` with the number of its own calls so far, and their total."""
    numbers = count(1)
    return lambda: report(next(numbers), total)


def rounded(value: float) -> float:
    """Rounded to six digits, as an atlas stores it, so that exactly what is stored is measured."""
    return float(f"{value:.6g}")


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _mean(values: F64) -> float:
    """The mean of the finite values; NaN if there is none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _standard_error(values: F64) -> float:
    """Standard error of the mean of the finite values; NaN if there are fewer than two."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / len(known) ** 0.5) if len(known) > 1 else float("nan")


def _shuffled(values: list[tuple[int, int]], numbers: Iterator[float]) -> list[tuple[int, int]]:
    """Fisher and Yates's shuffle, a number in (0, 1) for each value but the first."""
    for k in range(len(values) - 1, 0, -1):
        other = int(next(numbers) * (k + 1))
        values[k], values[other] = values[other], values[k]
    return values
