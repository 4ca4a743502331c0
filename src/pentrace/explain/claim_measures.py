"""How claims are measured on what a model writes and on its cells meanwhile, each with a control (claim_samples.py).

Letter key: S samples, n steps of each, N cells of all layers in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.atlas.features import measure
from pentrace.atlas.order import by_tsne, merit
from pentrace.atlas.order import correlations as of_pairs
from pentrace.engine.interventions import Intervention
from pentrace.engine.mixture import branches, unpack_mixture
from pentrace.engine.neaten import neatened
from pentrace.explain.claim_samples import (
    READ,
    SEED,
    STEPS,
    Measured,
    Samples,
    beats,
    correlation,
    correlations,
    follows,
    orders,
    random_cells,
)
from pentrace.explain.draws import shuffled
from pentrace.explain.votes import Silenced, fork_gaps, silence, votes
from pentrace.ink import Ink, points_of
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

TOP = 10
"""Cells of a group."""
_HALF = READ // 2 * STEPS
_WINDOW = 20
"""Steps that are about a character."""
_PLACES = range(0, 300, 20)
_APART = 40
"""Least steps between two forks of a sample, so that they are not one."""


def following(label: Callable[[F32], npt.NDArray[np.floating]]) -> Callable[[Samples], Measured]:
    """The measure of how well one cell follows a label."""
    return lambda samples: follows(samples.writer.engine, samples.cells, samples.labels(label), READ)


def feature(name: str) -> Callable[[F32], npt.NDArray[np.floating]]:
    """A feature of an atlas (spec/atlas.md) as a label."""
    return lambda ink: measure(ink)[name]


def lift(ink: F32) -> npt.NDArray[np.floating]:
    """Whether the next offset lifts the pen."""
    return ink[:, 2]


def height(ink: F32) -> npt.NDArray[np.floating]:
    """How far the pen is below the middle of the 41 points around."""
    y = points_of(ink)[0][:-1, 1]
    padded = np.pad(y, 20, mode="edge")
    return y - np.convolve(padded, np.ones(41) / 41, mode="valid")


def in_tandem(samples: Samples) -> Measured:
    """How well ten cells together tell a lift, beside the best of them alone and beside ten random cells."""
    c, target = samples.cells.astype(np.float64), samples.labels(lift)
    r = np.abs(correlations(samples.cells[:_HALF], target[None, :_HALF])[0])
    order = np.argsort(-r, kind="stable").tolist()

    def together(cells: Sequence[int]) -> float:
        rows = np.column_stack((np.ones(len(c)), c[:, cells]))
        weights, *_ = np.linalg.lstsq(rows[:_HALF], target[:_HALF], rcond=None)
        return correlation(rows[_HALF:] @ weights, target[_HALF:])

    group, alone = together(order[:TOP]), abs(correlation(c[_HALF:, order[0]], target[_HALF:]))
    random = max(together(cells) for cells in random_cells(samples.writer.engine, order[TOP:], TOP))
    return Measured(f"{group:.2f}, alone {alone:.2f}", f"{random:.2f}", group > max(alone, random))


def neighbours(samples: Samples) -> Measured:
    """Whether t-SNE on some samples puts cells side by side that do the same in others."""
    c = samples.cells
    order = by_tsne(np.split(c[:_HALF], READ // 2))
    apart = of_pairs(c[_HALF:])
    random = random_cells(samples.writer.engine, range(c.shape[1]), c.shape[1])
    return beats(merit(apart, order), [merit(apart, each) for each in random])


def slow_and_quick(samples: Samples) -> Measured:
    """How much of what a cell does happens within a character: of a slow cell and of a quick one."""
    c = samples.cells.reshape(READ, STEPS, -1).astype(np.float64)

    def within(rows: F64) -> F64:
        windows = rows.reshape(READ, STEPS // _WINDOW, _WINDOW, -1)
        found: F64 = windows.var(axis=2).mean(axis=(0, 1)) / np.maximum(rows.var(axis=1).mean(axis=0), 1e-12)
        return found

    slow, quick = np.percentile(within(c), (5, 95)).tolist()
    control = float(within(c[:, shuffled(samples.writer.engine, STEPS, 0)]).min())
    return Measured(f"{slow:.2f} and {quick:.2f} of its variance", f"{control:.2f}", slow < control)


def causes_lifts(samples: Samples) -> Measured:
    """Whether the cells that tell lifts best also make them."""
    writer = samples.writer
    c = samples.cells[:_HALF]
    r = correlations(c, samples.labels(lift)[None, :_HALF])[0]
    order = np.argsort(-np.abs(r), kind="stable").tolist()
    mean, spread = c.mean(axis=0, dtype=np.float64), c.std(axis=0, dtype=np.float64)
    plain = _lifts(writer)

    def effect(cells: Sequence[int]) -> float:
        held = mean[cells] - 2 * np.sign(r[cells]) * spread[cells]
        return _lifts(writer.with_intervention(Intervention.clamp(cells, held.tolist()))) - plain

    others = [effect(cells) for cells in random_cells(writer.engine, order[TOP:], TOP)]
    found = effect(order[:TOP])
    figure = f"{found:+.2f} lifts in 100 points, from {plain:.2f}"
    return Measured(figure, f"{min(others):+.2f} to {max(others):+.2f}", found < min(others))


def _lifts(writer: Writer) -> float:
    samples = writer.engine.futures(writer.engine.start(), 40, 100, seed=1, variation=1.0)
    return 100 * float((samples[..., 2] > 0.5).mean())


def consistent(samples: Samples) -> Measured:
    """Whether a sample keeps its slant."""
    inks = samples.inks(64)
    first, second = (measured(half)["slant"] for half in (inks[:, :150], inks[:, 150:]))
    order = orders(samples.writer.engine, len(first))
    return beats(correlation(first, second), [correlation(first, second[k]) for k in order])


def variation(samples: Samples) -> Measured:
    """How far futures spread with variation."""
    spread = [float(np.mean(_spreads(samples, temperature, SEED))) for temperature in (0.1, 0.6, 1.0)]
    low, middle, high = spread
    figure = f"{low:.2f}, {middle:.2f}, {high:.2f} model units at 0.1, 0.6, 1"
    return Measured(figure, "none needed", low < middle < high)


def consensus(samples: Samples) -> Measured:
    """Whether futures keep together at some places and part at others."""
    one, other = (_spreads(samples, 0.6, seed) for seed in (SEED, SEED + 1))
    low, high = np.percentile(one, (10, 90)).tolist()
    chance = float(np.percentile(np.maximum(one / other, other / one), 90))
    figure = f"{low:.2f} to {high:.2f} model units, {high / low:.1f} times"
    return Measured(figure, f"{chance:.1f} times", high / low > chance)


def _spreads(samples: Samples, temperature: float, seed: int) -> npt.NDArray[np.float64]:
    """At each of _PLACES of a sample: the mean distance of 50 futures of 8 points from their mean."""
    engine, ink = samples.writer.engine, samples.inks(1)[0]
    state, found, before = engine.start(), [], 0
    for k in _PLACES:
        engine.consume(state, ink[before:k])
        before = k
        field = engine.futures(state, 50, 8, seed=seed, origin=k, variation=temperature)
        ends = field[..., :2].astype(np.float64).sum(axis=1)
        found.append(float(np.hypot(*(ends - ends.mean(axis=0)).T).mean()))
    return np.array(found)


def ways_on(samples: Samples) -> Measured:
    """How many steps are forks."""
    rows = np.concatenate([_mixtures(samples, ink) for ink in samples.inks(8)])
    share = float(np.mean([len(branches(row)) > 1 for row in rows]))
    return Measured(f"{share:.1%} of the steps", "none needed", share > 0)


def votes_add_up(samples: Samples) -> Measured:
    """How far the sum of the votes is from the engine's log-odds."""
    ink = Ink.from_offsets(samples.inks(1)[0, :200])
    rows = _mixtures(samples, ink.offsets())
    apart = []
    for step in range(0, 200, 10):
        pi = unpack_mixture(rows[step].astype(np.float64)).pi
        a, b = np.argsort(-pi)[:2].tolist()
        found = votes(samples.writer, ink, step, a, b)
        apart.append(abs(found.log_odds - float(np.log(pi[a] / pi[b]))))
    return Measured(f"{max(apart):.0e} nats apart at most", "none needed", max(apart) < 1e-5)


def ten_decide(samples: Samples) -> Measured:
    """Whether the ten cells that vote most for the likelier way turn forks, when they are silent from the start."""
    found = [each for ink in samples.inks(4) for each in _silenced(samples, ink)]
    before, always = (float(np.mean([getattr(one, name) for one in found])) for name in ("before", "always"))
    random = np.mean([one.random_always for one in found], axis=0)
    turned = sum(one.always < 0.5 for one in found)
    turned_at_random = max(np.sum([np.array(one.random_always) < 0.5 for one in found], axis=0).tolist())
    count = f"of {len(found)} turn"
    return Measured(
        f"{before:.0%} to {always:.0%}; {turned} {count}",
        f"{min(random):.0%}; {turned_at_random} {count}",
        bool(always < min(random)),
    )


def _silenced(samples: Samples, offsets: F32) -> list[Silenced]:
    """At the two forks of an ink at which both ways are most nearly equal."""
    ink = Ink.from_offsets(offsets)
    gaps = fork_gaps(samples.writer, ink)
    chosen: list[int] = []
    for step in sorted(gaps, key=lambda step: gaps[step]):
        if step > 0 and all(abs(step - other) >= _APART for other in chosen):
            chosen.append(step)
    found = [votes(samples.writer, ink, step) for step in chosen[:2]]
    return [silence(samples.writer, ink, one, 10) for one in found]


def neatens(samples: Samples) -> Measured:
    """Whether neatening takes a tremble away."""
    engine, ink = samples.writer.engine, samples.inks(1)[0, :200]
    numbers = engine.random(400, seed=SEED).reshape(-1, 2)
    shaken = ink.copy()
    shaken[:, :2] += np.diff(0.3 * (numbers - 0.5), axis=0, prepend=0)
    own, more, neat = (_roughness(each) for each in (ink, shaken, neatened(engine, shaken, 0.8)))
    smooth = shaken.copy()
    smooth[1:-1, :2] = (shaken[:-2, :2] + shaken[1:-1, :2] + shaken[2:, :2]) / 3
    return Measured(
        f"{own:.4f}, {more:.4f}, {neat:.4f}", f"{_roughness(smooth):.4f}", abs(neat - own) < (more - own) / 2
    )


def _mixtures(samples: Samples, ink: F32) -> F32:
    engine = samples.writer.engine
    return engine.trace(engine.start(), ink, c=False, h=False, loglik=False, mixture=True)["mixture"]


def _roughness(ink: F32) -> float:
    """Mean square of how one movement differs from the next."""
    turns = np.diff(ink[:, :2].astype(np.float64), axis=0)[ink[1:, 2] < 0.5]
    return float((turns**2).sum(axis=1).mean())
