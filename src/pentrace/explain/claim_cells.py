"""How claims about cells are measured on a model's own samples, each with a control (claim_samples.py).

Letter key: S samples, n steps of each, N cells of all layers in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.atlas.alignment import extents, word_numbers, words_of
from pentrace.atlas.features import measure
from pentrace.atlas.order import by_tsne, merit
from pentrace.atlas.order import correlations as of_pairs
from pentrace.data.dataset import read_lines
from pentrace.data.score import clipped_offsets
from pentrace.engine.interventions import Intervention
from pentrace.errors import DataError
from pentrace.explain.claim_samples import (
    READ,
    STEPS,
    Measured,
    Samples,
    beats,
    cells_of,
    correlation,
    correlations,
    drawn,
    follows,
)
from pentrace.explain.hands import SHORTEST
from pentrace.ink import points_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

TOP = 10
"""Cells of a group."""
WORD_LINES = 32
"""Lines with words on which the position within a word is looked for."""
_HALF = READ // 2 * STEPS
_WINDOW = 20
"""Steps that are about a character."""


def following(label: Callable[[F32], npt.NDArray[np.floating]]) -> Callable[[Samples], Measured]:
    """The measure of how well one cell follows a label."""
    return lambda samples: follows(samples.writer.engine, samples.cells(), samples.labels(label), READ)


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
    found: F64 = y - np.convolve(padded, np.ones(41) / 41, mode="valid")
    return found


def in_tandem(samples: Samples) -> Measured:
    """How well ten cells together tell a lift, beside the best of them alone and beside ten random cells."""
    c, target = samples.cells().astype(np.float64), samples.labels(lift)
    r = np.abs(correlations(samples.cells()[:_HALF], target[None, :_HALF])[0])
    order = np.argsort(-r, kind="stable")

    def together(cells: npt.NDArray[np.int64]) -> float:
        rows = np.column_stack((np.ones(len(c)), c[:, cells]))
        weights, *_ = np.linalg.lstsq(rows[:_HALF], target[:_HALF], rcond=None)
        return correlation(rows[_HALF:] @ weights, target[_HALF:])

    group, alone = together(order[:TOP]), abs(correlation(c[_HALF:, order[0]], target[_HALF:]))
    random = max(together(cells) for cells in drawn(samples.writer.engine, order[TOP:], TOP))
    return Measured(f"{group:.2f}, alone {alone:.2f}", f"{random:.2f}", group > max(alone, random))


def neighbours(samples: Samples) -> Measured:
    """Whether t-SNE on some samples puts cells side by side that do the same in others."""
    c = samples.cells()
    order = by_tsne(np.split(c[:_HALF], READ // 2))
    apart = of_pairs(c[_HALF:])
    random = drawn(samples.writer.engine, np.arange(c.shape[1]), c.shape[1])
    return beats(merit(apart, order), [merit(apart, each) for each in random])


def slow_and_quick(samples: Samples) -> Measured:
    """How much of what a cell does happens within a character: of a slow cell and of a quick one."""
    c = samples.cells().reshape(READ, STEPS, -1).astype(np.float64)

    def within(rows: F64) -> F64:
        windows = rows.reshape(READ, STEPS // _WINDOW, _WINDOW, -1)
        found: F64 = windows.var(axis=2).mean(axis=(0, 1)) / np.maximum(rows.var(axis=1).mean(axis=0), 1e-12)
        return found

    slow, quick = np.percentile(within(c), (5, 95)).tolist()
    mixed = np.argsort(samples.writer.engine.random(STEPS, seed=0), kind="stable")
    control = float(within(c[:, mixed]).min())
    return Measured(f"{slow:.2f} and {quick:.2f} of its variance", f"{control:.2f}", slow < control)


def causes_lifts(samples: Samples) -> Measured:
    """Whether the cells that tell lifts best also make them."""
    writer = samples.writer
    c = samples.cells()[:_HALF]
    r = correlations(c, samples.labels(lift)[None, :_HALF])[0]
    order = np.argsort(-np.abs(r), kind="stable")
    mean, spread = c.mean(axis=0, dtype=np.float64), c.std(axis=0, dtype=np.float64)
    plain = _lifts(writer)

    def effect(cells: npt.NDArray[np.int64]) -> float:
        held = mean[cells] - 2 * np.sign(r[cells]) * spread[cells]
        return _lifts(writer.with_intervention(Intervention.clamp(cells, held.tolist()))) - plain

    others = [effect(cells) for cells in drawn(writer.engine, order[TOP:], TOP)]
    found = effect(order[:TOP])
    figure = f"{found:+.2f} lifts in 100 points, from {plain:.2f}"
    return Measured(figure, f"{min(others):+.2f} to {max(others):+.2f}", found < min(others))


def within_words(writer: Writer, data: Sequence[Path]) -> Measured:
    """How well one cell tells how far the pen is in its word, over lines of a data set that have their text."""
    inks, labels = [], []
    for line in read_lines(data, columns=("text",)):
        offsets = clipped_offsets(line.ink)
        number = word_numbers(offsets, len(words_of(line.text))) if line.text else None
        if number is None or len(offsets) < SHORTEST:
            continue
        x = points_of(offsets)[0][:, 0]
        left, _ = extents(x, number)
        inks.append(offsets[:SHORTEST])
        labels.append((x - left[number])[:SHORTEST])
        if len(inks) == WORD_LINES:
            break
    if len(inks) < 4:
        raise DataError(
            f"{data[0]}: expected 4 lines of {SHORTEST} points with their words, found {len(inks)}"
        )
    engine = writer.engine
    return follows(engine, cells_of(engine, inks), np.concatenate(labels).astype(np.float64), len(inks))


def _lifts(writer: Writer) -> float:
    samples = writer.engine.futures(writer.engine.start(), 40, 100, seed=1, variation=1.0)
    return 100 * float((samples[..., 2] > 0.5).mean())
