"""The preparation of ink, measured: does prepared ink look like the whiteboard's to a reader of numbers and to a model?

    python -m benchmarks.ink ../shared/data [--checkpoint FILE] [--lines N] [--score-lines N]

Prints the tables of spec/ink.md: the size estimate, the match of steps, turns, points and lifts, nats under a model
(by default the 2016 article's weights), and how pens of several rates and grids agree.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.pens import agreement, line, pen

from pentrace.checkpoint import load
from pentrace.checkpoint.article_weights import import_distill
from pentrace.data.dataset import Line, read_lines
from pentrace.data.score import CLIP, RAW_NATS
from pentrace.engine import Engine
from pentrace.ink import WHITEBOARD_SCALE, Ink

Offsets = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

TRUE_SIZE = 87.5
"""The size, in raw units, that makes 1 model unit of 40 raw units."""
MEDIAN_STEP = 18.4
"""Of the raw ink with the pen down, in raw units."""
PERCENTILES = (5, 25, 50, 75, 95)
PREFIX, REST = 250, 100
"""Points of a line that the model reads, raw or prepared, and raw points after them whose nats are counted."""


@dataclass(frozen=True)
class Marks:
    """What is compared: steps with the pen down and turns between them (radians), points a line, lifts a point."""

    steps: Array
    turns: Array
    points: Array
    lifts: float


def marks(lines: Iterable[Offsets]) -> Marks:
    steps, turns, points, lifts = [], [], [], []
    for offsets in lines:
        length = np.hypot(offsets[:, 0], offsets[:, 1]).astype(np.float64)
        down = np.append(True, offsets[:-1, 2] == 0)
        angle = np.arctan2(offsets[:, 1], offsets[:, 0])
        turn = np.abs((np.diff(angle) + np.pi) % (2 * np.pi) - np.pi)
        # angles between steps shorter than 2 raw units are the grid's, not the hand's
        seen = down[1:] & down[:-1] & (length[1:] > 0.05) & (length[:-1] > 0.05)
        steps.append(length[down])
        turns.append(turn[seen])
        points.append(len(offsets) + 1)
        lifts.append(offsets[:, 2].sum())
    total = np.array(points, np.float64)
    return Marks(np.concatenate(steps), np.concatenate(turns), total, float(sum(lifts) / total.sum()))


def kolmogorov_smirnov(a: Array, b: Array) -> float:
    """Largest distance between two distribution functions."""
    both = np.sort(np.concatenate([a, b]))
    f, g = (np.searchsorted(np.sort(x), both, side="right") / len(x) for x in (a, b))
    return float(np.abs(f - g).max())


def wasserstein(a: Array, b: Array) -> float:
    """Mean distance between quantiles."""
    q = (np.arange(1000) + 0.5) / 1000
    return float(np.abs(np.quantile(a, q) - np.quantile(b, q)).mean())


def sparser(ink: Ink) -> Ink:
    """Every second point of each stroke, its ends kept: half the rate."""
    return Ink.from_strokes([keep(stroke.points) for stroke in ink.strokes()])


def keep(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    chosen = np.zeros(len(points), np.bool_)
    chosen[::2] = chosen[-1] = True
    return points[chosen]


def denser(ink: Ink) -> Ink:
    """With a point between any two of a stroke, on the curve through four: twice the rate."""
    return Ink.from_strokes([between(stroke.points.astype(np.float64)) for stroke in ink.strokes()])


def between(points: Array) -> Array:
    if len(points) < 2:
        return points
    p = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    middle = (9 * (p[1:-2] + p[2:-1]) - p[:-3] - p[3:]) / 16
    out = np.empty((2 * len(points) - 1, 2))
    out[::2], out[1::2] = points, middle
    return out


def equidistant(ink: Ink) -> Ink:
    """The plain way, to compare with: points one median step apart along each stroke."""
    strokes = []
    for stroke in ink.strokes():
        points = stroke.points.astype(np.float64)
        way = np.append(0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))
        at = np.linspace(0, way[-1], max(1, round(way[-1] / MEDIAN_STEP)) + 1)
        even = np.stack([np.interp(at, way, points[:, c]) for c in (0, 1)], axis=1)
        strokes.append(even if way[-1] > 0 else points[:1])
    return Ink.from_strokes(strokes, WHITEBOARD_SCALE)


def show(title: str, rows: Iterable[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, text in rows:
        print(f"  {name:34s} {text}")


def sizes(engine: Engine, lines: list[Line]) -> None:
    """Spread of the estimate on whole lines and on parts that begin with a stroke."""
    random = np.random.default_rng(0)
    rows = []
    for most in (None, 250, 100, 40, 25):
        found, forms = [], []
        for each in lines:
            ink = each.ink
            if most is not None:
                begins = np.append(0, np.flatnonzero(ink.pen_up)[:-1] + 1)
                begin = int(random.choice(begins[begins <= max(len(ink) - most, 0)]))
                ink = ink[begin : begin + most]
            size = engine.writing_size(ink)
            if size > 0:
                found.append(size)
                forms.append(each.form)
        log = np.log(found)
        within = [log[np.array(forms) == form].std() for form in set(forms) if forms.count(form) >= 4]
        rows.append(
            (
                "whole lines" if most is None else f"{most} points",
                f"median {np.median(found):6.2f} raw units, deviation of the log {log.std():.3f}, "
                f"within a form {np.mean(within):.3f}",
            )
        )
    show(f"Size of writing, {len(lines):,} lines", rows)


def match(engine: Engine, lines: list[Line]) -> None:
    """Distributions of prepared ink, from the raw points, half and twice of them, against the raw ink."""
    raw = marks(each.ink.offsets() for each in lines)
    ways: dict[str, Callable[[Ink], Ink]] = {
        "prepared": lambda ink: ink,
        "prepared from every second point": sparser,
        "prepared from twice the points": denser,
    }
    rows = [("raw", describe(raw))]
    found_by = {
        name: [engine.prepare(change(each.ink), TRUE_SIZE).offsets for each in lines]
        for name, change in ways.items()
    }
    found_by["equidistant"] = [equidistant(each.ink).offsets() for each in lines]
    for name, offsets in found_by.items():
        found = marks(offsets)
        rows.append((name, describe(found)))
        ratio = np.log(found.points / raw.points)
        rows.append(
            (
                "",
                f"steps KS {kolmogorov_smirnov(found.steps, raw.steps):.3f}, "
                f"Wasserstein {wasserstein(found.steps, raw.steps) * 40:.2f} raw units; "
                f"turns Wasserstein {wasserstein(found.turns, raw.turns):.3f} rad; "
                f"log of points a line, found over raw: mean {ratio.mean():+.3f}, deviation {ratio.std():.3f}",
            )
        )
    show(f"Match with the raw ink, {len(lines):,} lines at their true size", rows)


def describe(found: Marks) -> str:
    steps = " ".join(f"{value * 40:5.1f}" for value in np.percentile(found.steps, PERCENTILES))
    turns = " ".join(f"{value:.2f}" for value in np.percentile(found.turns, PERCENTILES))
    return (
        f"steps {steps} | turns {turns} | points a line {found.points.mean():.0f} | lifts {found.lifts:.4f}"
    )


def nats(engine: Engine, lines: list[Line]) -> None:
    """How likely prepared lines are, and how well raw points are foreseen after a prepared beginning."""
    own: dict[str, list[Offsets]] = {"raw": [], "prepared": [], "equidistant": []}
    prefixes: dict[str, list[Offsets]] = {name: [] for name in [*own, "prepared, size estimated", "none"]}
    rests: list[Offsets] = []
    for each in lines:
        ink = each.ink
        own["raw"].append(ink.offsets())
        own["prepared"].append(engine.prepare(ink, TRUE_SIZE).offsets)
        own["equidistant"].append(equidistant(ink).offsets())
        ends = np.flatnonzero(ink.pen_up) + 1
        ends = ends[(ends > PREFIX // 2) & (ends <= PREFIX)]
        if not len(ends) or len(ink) < PREFIX + REST:
            continue
        end = int(ends[-1])
        rests.append(ink.offsets()[end - 1 : end - 1 + REST])
        prefixes["raw"].append(ink.offsets()[: end - 1])
        prefixes["prepared"].append(engine.prepare(ink[:end], TRUE_SIZE).offsets)
        prefixes["equidistant"].append(equidistant(ink[:end]).offsets())
        prefixes["prepared, size estimated"].append(engine.prepare(ink[:end]).offsets)
        prefixes["none"].append(np.zeros((0, 3), np.float32))
    rows = []
    for name, offsets in own.items():
        loss = np.concatenate([score(engine, part[:600]) for part in offsets])
        rows.append((f"{name} lines", f"position {loss[:, 0].mean():.3f}, pen {loss[:, 1].mean():.4f}"))
    for name, offsets in prefixes.items():
        loss = np.concatenate(
            [score(engine, rest, before) for before, rest in zip(offsets, rests, strict=True)]
        )
        rows.append((f"raw points after: {name}", f"{loss.sum(axis=1).mean():.3f}"))
    show(f"Nats a point in raw units, {len(lines)} lines of val1, {len(rests)} beginnings", rows)


def score(engine: Engine, offsets: Offsets, before: Offsets | None = None) -> Array:
    """-log p of position and pen, [n, 2], after the offsets before."""
    state = engine.start()
    if before is not None and len(before):
        engine.consume(state, clipped(before))
    loss = -engine.trace(state, clipped(offsets), c=False, h=False)["loglik"].astype(np.float64)
    loss[:, 0] += RAW_NATS
    return loss


def clipped(offsets: Offsets) -> Offsets:
    out = offsets.copy()
    np.clip(out[:, :2], -CLIP, CLIP, out=out[:, :2])
    return out


def pens(engine: Engine, seeds: int = 20) -> None:
    """Pens of several rates and grids against one that reports everything, on generated lines."""
    rows = []
    for grid, height in ((0.1, 30), (1, 30), (0.1, 60)):
        for rate in (60, 120, 240):
            table = []
            for seed in range(seeds):
                motions = line(seed)
                best = pen(motions, 960, 1e-6)
                size = engine.writing_size(best)
                ink = pen(motions, rate, grid, height)
                found = agreement(
                    engine.prepare(ink, size * height / 30).offsets, engine.prepare(best, size).offsets
                )
                estimate = engine.writing_size(ink) / size / height * 30 - 1
                table.append((estimate, found.points, found.path, found.path_max, found.aligned))
            worst = np.abs(table).max(axis=0)
            rows.append(
                (
                    f"grid {grid} px, {height} px high, {rate} a second",
                    f"size {worst[0]:.2%}, points {worst[1]:.1%}, path {worst[2]:.3f} (farthest {worst[3]:.3f}), "
                    f"aligned {worst[4]:.3f}",
                )
            )
    show(f"Pens against 960 points a second without grid: worst of {seeds} lines, model units", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument(
        "data", type=Path, help="folder with iam-ondb-train.parquet, iam-ondb-val1.parquet, distill/"
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="the model that reads (default: the article's weights)"
    )
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--score-lines", type=int, default=150)
    arguments = parser.parse_args()
    assert np.isclose(2.1875 / TRUE_SIZE, WHITEBOARD_SCALE)
    if arguments.checkpoint:
        engine = Engine(load(arguments.checkpoint))
    else:
        engine = Engine(import_distill(arguments.data / "distill/b64_weights.json"))
    train = [*read_lines([arguments.data / "iam-ondb-train.parquet"])]
    some = train[:: max(1, len(train) // arguments.lines)]
    sizes(engine, train)
    match(engine, some)
    val1 = [*read_lines([arguments.data / "iam-ondb-val1.parquet"])]
    nats(engine, val1[:: max(1, len(val1) // arguments.score_lines)])
    pens(engine)


if __name__ == "__main__":
    main()
