"""Votes: what each cell adds to the odds between two ways on, at one step (spec/explain.md).

Letter key: H cells of the top layer, K mixture components, R read-out rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine.interventions import Intervention
from pentrace.engine.mixture import Branch, branches, unpack_mixture
from pentrace.errors import InkError
from pentrace.explain.draws import drawn
from pentrace.explain.reading import Reading
from pentrace.measure.effects import DRAWS

if TYPE_CHECKING:
    from typing import SupportsIndex

    from pentrace.engine import Engine, State
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.writer import Writer

F64 = npt.NDArray[np.float64]

H_UNIT = 2.0**14
"""Hidden states enter the read-out in whole multiples of 1 / H_UNIT (spec/engine.md)."""


@dataclass(frozen=True)
class Votes:
    """The odds between two ways on, taken apart; everything in nats, above 0 for `a`.

    step: the offset that is predicted.
    a, b: the heaviest component of each way.
    branches: all ways on at this step, heaviest first.
    weight: [H], what each cell adds to log(pi_a / pi_b).
    width: [H], what each cell adds to log(sigma_x sigma_y of b / those of a).
    weight_bias, width_bias: what the biases of the read-out add.
    correlation: what the components' correlations add to the density.
    others: what the other components add to the density where a is highest, less what they add where b is.
    """

    step: int
    a: int
    b: int
    branches: tuple[Branch, ...]
    weight: F64
    width: F64
    weight_bias: float
    width_bias: float
    correlation: float
    others: float

    @property
    def log_odds(self) -> float:
        """log(pi_a / pi_b): the sum of all weight votes and their bias."""
        return math.fsum([*self.weight, self.weight_bias])

    @property
    def log_density(self) -> float:
        """log(p(mu_a) / p(mu_b)), how much denser the next position is at the middle of a: the sum of all parts."""
        parts = (self.weight_bias, self.width_bias, self.correlation, self.others)
        return math.fsum([*self.weight, *self.width, *parts])

    def ranked(self) -> list[int]:
        """Cells by the size of their weight votes, largest first."""
        return [int(cell) for cell in np.argsort(-np.abs(self.weight), kind="stable")]

    def supporters(self, count: SupportsIndex, *, other: bool = False) -> list[int]:
        """The cells that vote most for `a`, or for `b` with `other`: at most `count`, largest vote first."""
        said = -self.weight if other else self.weight
        best = np.argsort(-said, kind="stable")[: whole("cells", count, 1, len(said), InkError)]
        return [int(cell) for cell in best if said[cell] > 0]


def votes(
    writer: Writer,
    ink: Readable,
    step: SupportsIndex,
    a: SupportsIndex | None = None,
    b: SupportsIndex | None = None,
) -> Votes:
    """What each cell of the top layer says about two ways on at a step.

    Args:
        writer: the model.
        ink: what it has read.
        step: the offset that is predicted, 0 to n.
        a: a component of the mixture, counted from 0; None for that of the likeliest way.
        b: the other; None for that of the second way.

    Raises:
        InkError: no such step or component, or no two ways at this step.
    """
    reading, checkpoint = Reading(writer, ink), writer.checkpoint
    step, mixtures = reading.checked(step), checkpoint.architecture.mixtures
    state = reading.state(step)
    ways = branches(writer.engine.mixture(state))
    one, other = _chosen(ways, mixtures, step, a, b)
    scale = checkpoint.tensors["head.scale"].astype(np.float64)
    # spec/checkpoint.md: the pen, then K each of weight, mu x, mu y, log sigma x, log sigma y, artanh rho.
    rows = np.arange(1, 1 + 6 * mixtures).reshape(6, mixtures)
    table = checkpoint.tensors["head.weight"].astype(np.float64) * scale[:, None]
    bias = checkpoint.tensors["head.bias"].astype(np.float64)
    says = table * rounded(state.h[-1])

    def difference(kind: int) -> tuple[F64, float]:
        p, q = rows[kind, one], rows[kind, other]
        return says[p] - says[q], float(bias[p] - bias[q])

    (weight, weight_bias), (x, x_bias), (y, y_bias) = map(difference, (0, 3, 4))
    z = says.sum(axis=1) + bias
    shape = z[rows]
    # -1/2 log(1 - rho^2) = log cosh(artanh rho)
    round_a, round_b = _log_cosh(shape[5, [one, other]]).tolist()
    return Votes(
        step=step,
        a=one,
        b=other,
        branches=tuple(ways),
        weight=weight,
        width=-(x + y),
        weight_bias=weight_bias,
        width_bias=-(x_bias + y_bias),
        correlation=round_a - round_b,
        others=_share_of_others(shape, one) - _share_of_others(shape, other),
    )


def fork_gaps(writer: Writer, ink: Readable) -> dict[int, float]:
    """The forks of an ink, steps 0 to n: how much more the likeliest way weighs than the next."""
    reading = Reading(writer, ink)
    state = reading.state(0)
    found: dict[int, float] = {}
    for step in range(len(reading) + 1):
        ways = branches(writer.engine.mixture(state))
        if len(ways) > 1:
            found[step] = ways[0].weight - ways[1].weight
        if step < len(reading):
            reading.go_on(state, step, step + 1)
    return found


def _chosen(
    ways: list[Branch], mixtures: int, step: int, a: SupportsIndex | None, b: SupportsIndex | None
) -> tuple[int, int]:
    """The two components that are compared."""
    if (a is None) != (b is None):
        raise InkError("components: expected two of them, or none for those of the two likeliest ways")
    if a is None or b is None:
        if len(ways) < 2:
            raise InkError(
                f"step {step}: expected two ways on, found one; choose a fork, or name two components"
            )
        return ways[0].components[0], ways[1].components[0]
    one, other = (whole("component", k, 0, mixtures - 1, InkError) for k in (a, b))
    if one == other:
        raise InkError(f"components: expected two, found {one} twice")
    return one, other


def rounded(h: npt.NDArray[np.float32]) -> F64:
    """Hidden states as products see them (spec/engine.md)."""
    return np.clip(np.rint(h.astype(np.float64) * H_UNIT), -(2**15), 2**15 - 1) / H_UNIT


def _log_cosh(x: F64) -> F64:
    found: F64 = np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - math.log(2)
    return found


def _share_of_others(z: F64, k: int) -> float:
    """Log of the whole density at the mean of component k, less that of component k alone; z [6, K]."""
    weight, mu_x, mu_y, log_x, log_y, artanh = z
    dx, dy = (mu_x[k] - mu_x) / np.exp(log_x), (mu_y[k] - mu_y) / np.exp(log_y)
    sign = np.sign(artanh) + (artanh == 0)
    t = np.exp(-2 * np.abs(artanh))
    # Z / (1 - rho^2), as in spec/engine.md, The density
    distance = (dx - sign * dy) ** 2 * (1 + t) ** 2 / (4 * t) + sign * dx * dy * (1 + t)
    terms = weight - log_x - log_y + _log_cosh(artanh) - distance / 2
    largest = terms.max()
    return float(largest + np.log(np.exp(terms - largest).sum()) - terms[k])


@dataclass(frozen=True)
class Silenced:
    """The share of way a among two ways, when some cells say nothing (h = 0) and when as many others do.

    cells: those that were silenced.
    before: without any silence.
    at_step: silenced at this step alone.
    always: silenced from the first step on.
    random_at_step, random_always: the same for each draw of random cells.
    """

    cells: tuple[int, ...]
    before: float
    at_step: float
    always: float
    random_at_step: tuple[float, ...]
    random_always: tuple[float, ...]


def silence(
    writer: Writer,
    ink: Readable,
    found: Votes,
    count: SupportsIndex = 10,
    *,
    other: bool = False,
    draws: SupportsIndex = DRAWS,
    seed: SupportsIndex = 0,
) -> Silenced:
    """Silences the `count` cells that vote most for way a, and as many random other cells, `draws` times.

    With `other`, it silences those that vote most for way b instead. The shares are still those of way a.

    The random cells are drawn by the engine (`random` in spec/engine.md, stream k for draw k).

    Raises:
        InkError: no cell votes for this way, more cells are asked for than are left, or step 0, before which nothing
            was read.
    """
    reading, hidden = Reading(writer, ink), len(found.weight)
    step = reading.checked(found.step, 1)
    cells = found.supporters(count, other=other)
    if not cells or 2 * len(cells) > hidden:
        way = "b" if other else "a"
        raise InkError(f"cells: expected 1 to {hidden // 2} that vote for way {way}, found {len(cells)}")
    others = [cell for cell in range(hidden) if cell not in cells]
    count = whole("draws", draws, 0, 999, InkError)
    random = [drawn(writer.engine, others, len(cells), seed, draw) for draw in range(count)]
    before = reading.state(step - 1)
    ways = _components(found)

    def share(engine: Engine, state: State) -> float:
        pi = unpack_mixture(engine.mixture(state).astype(np.float64)).pi
        p, q = (float(pi[list(way)].sum()) for way in ways)
        return p / (p + q)

    layer = writer.checkpoint.architecture.layers - 1
    once, always = [], []
    for each in (cells, *random):
        silent = Intervention.scale(each, 0, of="h", layer=layer)
        quiet = writer.with_intervention(silent)
        always.append(share(quiet.engine, Reading(quiet, reading.line).state(step)))
        once.append(share(writer.engine, reading.stepped(before, step, silent)))
    return Silenced(
        tuple(cells),
        share(writer.engine, reading.state(step)),
        once[0],
        always[0],
        tuple(once[1:]),
        tuple(always[1:]),
    )


def _components(found: Votes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The components of both ways: whole branches where a and b lead some, otherwise a and b alone."""
    by_first = {branch.components[0]: branch.components for branch in found.branches}
    return by_first.get(found.a, (found.a,)), by_first.get(found.b, (found.b,))
