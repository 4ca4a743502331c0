"""How claims are measured on a model's own samples, each with a control.

Letter key: N samples, n steps of each, H cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.engine.interventions import Intervention
from pentrace.engine.mixture import branches, unpack_mixture
from pentrace.engine.neaten import neatened
from pentrace.explain.votes import votes
from pentrace.ink import Ink, points_of
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.engine import Engine
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

DRAWS = 19
"""Of each control: by chance a figure exceeds all of them once in 20 times."""
_SEED = 1


@dataclass(frozen=True)
class Measured:
    """What was measured of one claim: the figure, its control and whether the claim holds; numbers in words."""

    figure: str
    control: str
    holds: bool


def consistent(writer: Writer) -> Measured:
    """Whether a sample keeps its slant."""
    samples = _samples(writer, 64, 300)
    first, second = (measured(half)["slant"] for half in (samples[:, :150], samples[:, 150:]))
    order = _orders(writer.engine, len(first))
    return _beats(_correlation(first, second), [_correlation(first, second[k]) for k in order])


def variation(writer: Writer) -> Measured:
    """How far futures spread with variation."""
    engine, ink = writer.engine, _samples(writer, 1, 300)[0]
    state, spread = engine.start(), {0.1: 0.0, 0.6: 0.0, 1.0: 0.0}
    for k in range(0, 300, 30):
        engine.consume(state, ink[k : k + 30])
        for temperature in spread:
            field = engine.futures(state, 50, 8, seed=_SEED, origin=k, variation=temperature)
            ends = field[..., :2].astype(np.float64).sum(axis=1)
            spread[temperature] += float(np.hypot(*(ends - ends.mean(axis=0)).T).mean()) / 10
    low, middle, high = spread.values()
    figure = f"{low:.2f}, {middle:.2f}, {high:.2f} model units at 0.1, 0.6, 1"
    return Measured(figure, "none needed", low < middle < high)


def ways_on(writer: Writer) -> Measured:
    """How many steps are forks."""
    rows = np.concatenate([_trace(writer, ink, mixture=True)["mixture"] for ink in _samples(writer, 8, 300)])
    share = float(np.mean([len(branches(row)) > 1 for row in rows]))
    return Measured(f"{share:.1%} of the steps", "none needed", share > 0)


def knows_lifts(writer: Writer) -> Measured:
    """How well one cell tells a lift that is about to come."""
    return _follows(writer, lambda ink: ink[:, 2])


def keeps_time(writer: Writer) -> Measured:
    """How well one cell follows the pen up and down."""
    return _follows(writer, lambda ink: points_of(ink)[0][:-1, 1] - _smooth(points_of(ink)[0][:-1, 1]))


def causes_lifts(writer: Writer) -> Measured:
    """Whether the cells that tell lifts best also make them."""
    samples = _samples(writer, 16, 300)
    c, target = _cells_and(writer, samples, lambda ink: ink[:, 2])
    r = _correlations(c, target)
    order = np.argsort(-np.abs(r), kind="stable")
    mean, spread = c.mean(axis=0, dtype=np.float64), c.std(axis=0, dtype=np.float64)
    plain = _lifts(writer)

    def effect(cells: npt.NDArray[np.int64]) -> float:
        held = mean[cells] - 2 * np.sign(r[cells]) * spread[cells]
        return _lifts(writer.with_intervention(Intervention.clamp(cells, held.tolist()))) - plain

    others = order[10:]
    numbers = [writer.engine.random(len(others), seed=_SEED, stream=draw) for draw in range(DRAWS)]
    drawn = [effect(others[np.argsort(each, kind="stable")[:10]]) for each in numbers]
    found = effect(order[:10])
    figure = f"{found:+.2f} lifts in 100 points, from {plain:.2f}"
    return Measured(figure, f"{min(drawn):+.2f} to {max(drawn):+.2f}", found < min(drawn))


def votes_add_up(writer: Writer) -> Measured:
    """How far the sum of the votes is from the engine's log-odds."""
    offsets = _samples(writer, 1, 200)[0]
    ink = Ink.from_offsets(offsets)
    rows = _trace(writer, ink.offsets(), mixture=True)["mixture"]
    apart = []
    for step in range(0, 200, 10):
        pi = unpack_mixture(rows[step].astype(np.float64)).pi
        a, b = np.argsort(-pi)[:2].tolist()
        apart.append(abs(votes(writer, ink, step, a, b).log_odds - float(np.log(pi[a] / pi[b]))))
    return Measured(f"{max(apart):.0e} nats apart at most", "none needed", max(apart) < 1e-5)


def neatens(writer: Writer) -> Measured:
    """Whether neatening takes a tremble away."""
    ink = _samples(writer, 1, 200)[0]
    numbers = writer.engine.random(400, seed=_SEED).reshape(-1, 2)
    shaken = ink.copy()
    shaken[:, :2] += np.diff(0.3 * (numbers - 0.5), axis=0, prepend=0)
    rough = [_roughness(each) for each in (ink, shaken, neatened(writer.engine, shaken, 0.8))]
    smooth = shaken.copy()
    smooth[1:-1, :2] = (shaken[:-2, :2] + shaken[1:-1, :2] + shaken[2:, :2]) / 3
    own, more, neat = rough
    return Measured(
        f"{own:.4f}, {more:.4f}, {neat:.4f}", f"{_roughness(smooth):.4f}", abs(neat - own) < (more - own) / 2
    )


def _samples(writer: Writer, count: int, steps: int) -> F32:
    return writer.engine.futures(writer.engine.start(), count, steps, seed=_SEED, variation=0.6)


def _trace(writer: Writer, ink: F32, **wanted: bool) -> dict[str, F32]:
    nothing = {"c": False, "h": False, "loglik": False}
    return writer.engine.trace(writer.engine.start(), ink, **(nothing | wanted))


def _lifts(writer: Writer) -> float:
    samples = writer.engine.futures(writer.engine.start(), 40, 100, seed=_SEED, variation=1.0)
    return 100 * float((samples[..., 2] > 0.5).mean())


def _follows(writer: Writer, label: Callable[[F32], npt.NDArray[np.floating]]) -> Measured:
    """The best cell for a label: chosen on half of 32 samples, measured on the other half."""
    samples = _samples(writer, 32, 300)
    c, target = _cells_and(writer, samples, label)
    half = len(c) // 2
    best = int(np.argmax(np.abs(_correlations(c[:half], target[:half]))))
    found = abs(_correlation(c[half:, best], target[half:]))
    parts = np.array_split(target, len(samples))
    controls = [
        float(np.abs(_correlations(c, np.concatenate([parts[k] for k in order]))).max())
        for order in _orders(writer.engine, len(samples))
    ]
    return _beats(found, controls)


def _cells_and(
    writer: Writer, samples: F32, label: Callable[[F32], npt.NDArray[np.floating]]
) -> tuple[F32, F64]:
    c = [_trace(writer, ink, c=True)["c"].reshape(len(ink), -1) for ink in samples]
    return np.concatenate(c), np.concatenate([label(ink).astype(np.float64) for ink in samples])


def _correlations(c: F32, target: F64) -> F64:
    """Of each cell [H] with a target; 0 where one does not vary."""
    x, y = c - c.mean(axis=0, dtype=np.float64), target - target.mean()
    below = np.sqrt((x**2).sum(axis=0) * (y @ y))
    found: F64 = np.divide(y @ x, below, out=np.zeros_like(below), where=below > 0)
    return found


def _correlation(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def _orders(engine: Engine, count: int) -> list[npt.NDArray[np.int64]]:
    """DRAWS orders of `count` things in which none is in its place."""
    found: list[npt.NDArray[np.int64]] = []
    stream = 0
    while len(found) < DRAWS:
        order = np.argsort(engine.random(count, seed=_SEED, stream=stream), kind="stable")
        # A cycle through all of them: each gets what belongs to the next.
        shifted = np.empty(count, np.int64)
        shifted[order] = np.roll(order, 1)
        found.append(shifted)
        stream += 1
    return found


def _beats(figure: float, controls: list[float]) -> Measured:
    return Measured(f"{figure:.2f}", f"{max(controls):.2f}", figure > max(controls))


def _smooth(values: F64) -> F64:
    """The mean of the 41 points around each."""
    padded = np.pad(values, 20, mode="edge")
    found: F64 = np.convolve(padded, np.ones(41) / 41, mode="valid")
    return found


def _roughness(ink: F32) -> float:
    """Mean square of how one movement differs from the next."""
    turns = np.diff(ink[:, :2].astype(np.float64), axis=0)[ink[1:, 2] < 0.5]
    return float((turns**2).sum(axis=1).mean())
