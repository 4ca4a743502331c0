"""Claims of the 2016 article and of the page as rows: measure, figure, control, verdict (docs/claims.md).

Letter key: N samples, n steps of each, H cells.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.interventions import Intervention
from pentrace.engine.mixture import branches, unpack_mixture
from pentrace.engine.neaten import neatened
from pentrace.explain.votes import votes
from pentrace.ink import Ink, points_of
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pentrace.engine import Engine
    from pentrace.engine.writer import Writer
    from pentrace.explain.memory import Curve
    from pentrace.explain.patch import Patches
    from pentrace.explain.style import Style

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

DRAWS = 19
"""Of each control: by chance a figure exceeds all of them once in 20 times."""
ARTICLE, PAGE = "2016 article", "our page"
_SEED = 1


@dataclass(frozen=True)
class Measured:
    """What was measured of one claim: the figure, its control and whether the claim holds; numbers in words."""

    figure: str
    control: str
    holds: bool


class Claim(NamedTuple):
    """A claim in words, who makes it, and how it is measured."""

    who: str
    words: str
    measure: str
    control: str


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


QUICK: dict[str, tuple[Claim, Callable[[Writer], Measured]]] = {
    "consistent": (
        Claim(
            ARTICLE,
            "The style of the writing is more or less consistent within a sample.",
            "correlation of the slants of both halves of 64 samples of 300 points",
            "halves of different samples, the best of 19 pairings",
        ),
        consistent,
    ),
    "variation": (
        Claim(
            ARTICLE,
            "With less variation the writing is neater, with more it takes risks.",
            "mean distance of 50 futures of 8 points from their mean, at 10 places of an ink",
            "",
        ),
        variation,
    ),
    "ways on": (
        Claim(
            ARTICLE,
            "At some points the line could have gone on in quite another way.",
            "forks (spec/futures.md) over 8 samples of 300 points",
            "",
        ),
        ways_on,
    ),
    "knows lifts": (
        Claim(
            PAGE,
            "Single cells know that the pen is about to lift.",
            "correlation of the best cell with the lift of the next offset; chosen on 16 samples, measured on 16 more",
            "the best cell for the labels of other samples, the highest of 19",
        ),
        knows_lifts,
    ),
    "keeps time": (
        Claim(
            PAGE,
            "Some cells keep time with the pen.",
            "correlation of the best cell with the height of the pen above the middle of the 41 points around",
            "as above",
        ),
        keeps_time,
    ),
    "causes lifts": (
        Claim(
            PAGE,
            "The ten cells that best predict a lift, held low, stop the pen from lifting.",
            "change of the lifts in 40 samples of 100 points",
            "ten random cells held as far from their means, 19 draws",
        ),
        causes_lifts,
    ),
    "neatens": (
        Claim(
            PAGE,
            "Neatening takes wobbles away.",
            "mean square of how a movement differs from the next: of an ink, of the ink with a tremble of up to 0.15 "
            "units, and of that neatened with a share of 80 %",
            "a mean of three points of the trembling ink",
        ),
        neatens,
    ),
    "votes": (
        Claim(
            PAGE,
            "The votes of the cells add up exactly.",
            "largest difference to the engine's log-odds over 20 steps",
            "",
        ),
        votes_add_up,
    ),
}
"""Claims that a model's own samples decide."""

STUDIED = {
    "remembers style": Claim(
        ARTICLE,
        "The style is consistent because the LSTM remembers how earlier strokes were written.",
        "offsets of another hand after which it has half of the influence on the slant; slope on the slant of the old "
        "hand when 40 offsets of the new one were read",
        "standard error of the slope",
    ),
    "remembers letters": Claim(
        ARTICLE,
        "It remembers which letter came before.",
        "divergence 20 offsets (about a letter) after a stroke that was straightened; where it falls below a tenth",
        "a stroke that trembles",
    ),
    "hand like yours": Claim(
        PAGE,
        "The network continues in a hand like yours.",
        "slopes of slant and size of what it writes on the hand of which it read the last 320 offsets",
        "slopes on the hand that it read before",
    ),
    "kept in cells": Claim(
        PAGE,
        "A hand is kept in the state of the cells.",
        "slope of the slant that is carried over with the 50 cells that tell hands apart best; with all cells",
        "50 random cells",
    ),
}
"""Claims that need lines of a data set."""


def studied(
    style: Mapping[str, Style],
    curves: Mapping[str, Curve],
    patches: Mapping[str, Patches],
    lines: int,
    pairs: int,
) -> dict[str, Measured]:
    """The claims of STUDIED, from what is measured over `lines` lines, and with patches over `pairs` pairs of them."""
    slant, size = style["slant"], style["size"]
    at, last = slant.windows.index(40), len(slant.windows) - 1
    old, half = slant.old[at], slant.half()
    after = f"{half:.0f} offsets" if np.isfinite(half) else f"more than {slant.windows[-1]} offsets"
    shape, tremble = curves["straighten"], curves["tremble"]
    here = shape.distances.index(20)
    reach = shape.reach()
    fades = f"{reach} offsets" if reach else f"beyond {shape.distances[-1]} offsets"
    best, random = patches["the 50 cells that tell hands apart best"], patches["50 random cells"]
    whole = patches["all cells"].slopes["slant"]
    new = [one.new[last] for one in (slant, size)]
    before = [one.old[last] for one in (slant, size)]
    return {
        "remembers style": Measured(
            f"{after}; {old.slope:+.2f} ({lines} pairs)",
            f"{old.error:.2f}",
            old.slope > 2 * old.error and half > 20,
        ),
        "remembers letters": Measured(
            f"{shape.mean[here]:.4f} nats; {fades} ({lines} lines)",
            f"{tremble.mean[here]:.4f} nats",
            bool(shape.mean[here] - 2 * shape.error[here] > tremble.mean[here]),
        ),
        "hand like yours": Measured(
            f"{new[0].slope:+.2f} and {new[1].slope:+.2f} ({lines} pairs)",
            f"{before[0].slope:+.2f} and {before[1].slope:+.2f}",
            all(one.slope > 2 * one.error for one in new),
        ),
        "kept in cells": Measured(
            f"{best.slopes['slant'].slope:+.2f}; {whole.slope:+.2f} ({pairs} pairs)",
            f"{random.slopes['slant'].slope:+.2f}",
            best.slopes["slant"].slope - 2 * best.slopes["slant"].error > random.slopes["slant"].slope,
        ),
    }


def quick(writer: Writer, names: list[str] | None = None) -> dict[str, Measured]:
    """The claims of QUICK, or some of them."""
    return {name: QUICK[name][1](writer) for name in names or QUICK}


def page(figures: Mapping[str, Mapping[str, Measured]]) -> str:
    """The table in Markdown. figures: by model, by claim."""
    models = list(figures)
    parts = [
        "# Claims, measured\n",
        _filled(
            "Claims of the 2016 article (in our words) and of our page, each with its measure. Written by `pentrace "
            "explain claims`; `claims.json` has the same, and a test measures some of them again. A control is what "
            "the same measure gives where the claim cannot be true, or what something simpler does. docs/explain.md "
            "says more of them. A row that is missing was not measured for these weights."
        ),
    ]
    claims = {name: claim for name, (claim, _) in QUICK.items()} | STUDIED
    for who in (ARTICLE, PAGE):
        parts.append(f"## {who[0].upper()}{who[1:]}\n")
        for name, claim in claims.items():
            if claim.who != who:
                continue
            control = f" Control: {claim.control}." if claim.control else ""
            words = f"**{claim.words}** Measure: {claim.measure}.{control}"
            parts.append(_filled(words))
            parts.append("| weights | figure | control | holds |\n|---|---|---|---|")
            for model in models:
                one = figures[model].get(name)
                if one is not None:
                    verdict = "yes" if one.holds else "no"
                    parts.append(f"| {model} | {one.figure} | {one.control} | {verdict} |")
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _filled(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def dumps(figures: Mapping[str, Mapping[str, Measured]]) -> str:
    """The figures as JSON."""
    table = {model: {name: asdict(one) for name, one in each.items()} for model, each in figures.items()}
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def loads(text: str) -> dict[str, dict[str, Measured]]:
    """The figures of `dumps`."""
    table: dict[str, dict[str, Any]] = json.loads(text)
    return {model: {name: Measured(**one) for name, one in each.items()} for model, each in table.items()}


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
