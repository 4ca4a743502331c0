"""What an intervention does to writing, measured beside the same change of random cells (spec/interventions.md).

Letter key: N samples, n steps of each, L layers, H cells a layer, M inks.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.engine.interventions import Change, Intervention
from pentrace.errors import InterventionError
from pentrace.measure.measures import MEASURES, Measure, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pentrace.engine.interventions import Quantity
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

DRAWS = 19
"""Draws of random cells: an effect that goes further than all of 19 happens once in 20 times by chance."""
LIKELIHOOD = "log-likelihood"
ALL_MEASURES = MEASURES | {
    LIKELIHOOD: Measure("how likely the model finds the ink", "nats a point, in model units")
}

_INKS = 20
"""The first samples of the unchanged model are the ink whose likelihood is measured, where none is given."""
_RESAMPLES = 1000
_NEIGHBOURS = 40
"""A random cell is drawn from so many that vary most nearly as much."""


@dataclass(frozen=True)
class Setup:
    """Which samples are drawn: `samples` of `steps` offsets from the state before a line, before and after alike."""

    samples: int = 200
    steps: int = 160
    variation: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Figure:
    """One measure: its mean before and after, and under the same change of random cells.

    error: standard error of after - before, by bootstrap over the samples.
    random: a mean for each draw of random cells.
    """

    before: float
    after: float
    error: float
    random: tuple[float, ...]

    def beats_random(self, expected: int = 0) -> bool:
        """Whether the effect goes further than that of every draw of at least 19.

        expected: 1 for more, -1 for less: further to that side. 0: larger, to whichever side.
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

    random: the interventions on random cells that it was compared with.
    figures: by name, those of ALL_MEASURES.
    hidden: H.
    """

    intervention: Intervention
    random: tuple[Intervention, ...]
    figures: dict[str, Figure]
    setup: Setup
    hidden: int


class Laboratory:
    """A writer and what it does unchanged, so that several interventions are compared with one and the same.

    Args:
        writer: the model; its own intervention, if it has one, is part of what is called unchanged.
        setup: which samples.
        inks: offsets [n, 3] in model units whose likelihood is measured; the model's own samples if None.

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
        """The effect of an intervention, and of the same on `draws` random choices of as many cells.

        random: the interventions to compare with, instead of those that `like` draws.
        threads: how many run at once; the figures are the same.
        progress: called 1 + draws times.

        Raises:
            InterventionError: too many cells to draw as many others.
            EngineError: the cells grow without bound under it.
        """
        others = (
            tuple(self.like(intervention, draw) for draw in range(draws)) if random is None else (*random,)
        )
        results = []
        # The engine runs outside Python's lock, and each run has an engine of its own.
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
        """The same intervention on as many random cells, none of them its own.

        For each cell another is drawn from the 40 of its layer that vary most nearly as much and are left. A
        change without a shift stays as it is. One with a shift moves the other cell's mean by as many of the other's
        standard deviations as it moves the cell's own, to a side that is drawn.
        """
        rng = np.random.default_rng((self.setup.seed, draw))
        changes = []
        for layer in range(len(self.mean["c"])):
            own = [change for change in intervention.changes if change.layer == layer]
            others = self._others(layer, own, rng)
            sides = {cell: rng.choice((-1.0, 1.0)) for cell in others}
            changes += [self._moved(change, others[change.cell], sides[change.cell]) for change in own]
        return Intervention(tuple(sorted(changes)))

    def _others(self, layer: int, changes: list[Change], rng: np.random.Generator) -> dict[int, int]:
        """For each cell that is changed another that varies about as much."""
        of: dict[int, Quantity] = {change.cell: change.of for change in changes}
        left = np.setdiff1d(np.arange(self.mean["c"].shape[1]), list(of))
        if len(of) > len(left):
            raise InterventionError(
                f"cells: expected at most half of the layer's, so that as many others can be drawn, found {len(of)}"
            )
        chosen = {}
        for cell in rng.permutation(list(of)).tolist():
            spread = self.spread[of[cell]][layer]
            near = np.argsort(np.abs(spread[left] - spread[cell]), kind="stable")[:_NEIGHBOURS]
            at = rng.choice(near)
            chosen[cell] = int(left[at])
            left = np.delete(left, at)
        return chosen

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
        values[LIKELIHOOD] = np.array([trace["loglik"].sum(axis=1).mean() for trace in traces])
        return values


def rounded(value: float) -> float:
    """To six digits, as effects are stored: what is measured is what a file says."""
    return float(f"{value:.6g}")


def _mean(values: F64) -> float:
    """The mean of those that are known; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _standard_error(values: F64) -> float:
    """Of the mean, by drawing as many values with replacement 1000 times."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return float("nan")
    at = np.random.default_rng(0).integers(len(known), size=(_RESAMPLES, len(known)))
    return float(known[at].mean(axis=1).std(ddof=1))
