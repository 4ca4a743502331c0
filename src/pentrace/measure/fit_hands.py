"""Fit the hand codes of a checkpoint that knows text to what is written with them.

Training fits a hand code to what it helps to predict while the model reads true ink. There the ink itself shows much of
the hand, so a code needs not say all of it: what is then written with the code alone lies nearer to the mean than the
writer's page. So texts of each page are written in its hand, and the code is moved by what their traits lack of the
page's own. The network stays as it is.

Letter key: H hands, C numbers of a code, L lines, D traits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F64, I64
from pentrace.checkpoint import Checkpoint, pack_rows
from pentrace.checkpoint.checkpoint import scale_name
from pentrace.data.dataset import read_lines
from pentrace.engine.writer import Writer
from pentrace.errors import CheckpointError, DataError
from pentrace.ink import Ink
from pentrace.measure.likeness import taken_over
from pentrace.measure.read_back import TRAITS, hand_traits, logarithms
from pentrace.training.config import TrainConfig
from pentrace.training.examples import Texts

CODES = "text.hands"
STRETCH = {"spacing": 1.2, "strokes a character": 1.2}
"""Pages should differ by this much more in these traits than they do: the best of several takes is shown, and choosing
it brings these traits nearer to the mean."""
GAIN = {"spacing": 1.2, "strokes a character": 0.8}
"""The share of what is lacking by which codes are moved; of the other traits OTHER_GAIN."""
OTHER_GAIN = 0.5
LEAST_LETTERS = 15
"""Shorter texts say little of a hand."""
RIDGE = 1.0
"""Pull of the slopes towards 0, when traits are explained by codes."""
DAMPING = 0.02
"""Of the step, as a share of the traits' mean squared slope: small differences are worth small steps only."""
LARGEST = 2.0
"""Standard deviations of a trait by which a page may differ from what was written; more is taken for an outlier."""
DOUBT = 0.5
"""Lines that a page's own mean must outweigh: a difference over n lines counts n / (n + DOUBT)."""


class Fit(NamedTuple):
    """How well the pages' traits are found in what is written in their hands, each trait by name."""

    slope: dict[str, float]
    """Of what is written over what the writers do, 1 where all of a difference between pages is taken over."""
    correlation: dict[str, float]


class HandLine(NamedTuple):
    """A line of a page that the checkpoint was trained on, and the number of the page's hand."""

    hand: int
    text: str
    ink: Ink


def fit_hands(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    alignment: Path | str,
    *,
    lines: int = 3,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda _done, _count: None,
) -> tuple[Checkpoint, Fit]:
    """The checkpoint with hand codes moved so that what is written in each has the traits of its page.

    Args:
        checkpoint: knows text and hands.
        data: the lines that it was trained on; they tell which page is which hand.
        alignment: the alignments that it was trained with.
        lines: of each page, at most, that are written in its hand, a single take each at the default variation.
        seed: of what is written; each line has another.
        report: gets the number of lines written, and their count.

    Returns:
        The checkpoint with moved codes, and how well the traits were found before.

    Raises CheckpointError, DataError.
    """
    real, inks = written_in_hands(checkpoint, data, alignment, lines, seed, report)
    codes = checkpoint.float_tensor(CODES).astype(np.float64)
    hand = np.array([line.hand for line in real])
    wanted = [hand_traits(line.ink, line.text) for line in real]
    found = [hand_traits(ink, line.text) for ink, line in zip(inks, real, strict=True)]
    step, fit = step_of(codes, hand, logarithms(wanted), logarithms(found))
    rows, scale = pack_rows((codes + step).astype(np.float32))
    tensors = checkpoint.tensors | {CODES: rows, scale_name(CODES): scale}
    return dataclasses.replace(checkpoint, tensors=tensors), fit


def written_in_hands(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    alignment: Path | str,
    lines: int,
    seed: int,
    report: Callable[[int, int], None],
) -> tuple[list[HandLine], list[Ink]]:
    """Some lines of each page, and what the checkpoint writes of their texts in the page's hand: see fit_hands."""
    known = checkpoint.architecture.text
    if known is None or not known.hands:
        raise CheckpointError(
            f"{checkpoint.name}: expected a checkpoint that knows text and hands, found none"
        )
    real = _lines_of_hands(data, alignment, known.hands, lines)
    writer, inks = Writer(checkpoint), []
    for number, line in enumerate(real):
        inks.append(writer.write_text(line.text, hand=line.hand, seed=seed + number, candidates=1).ink)
        report(number + 1, len(real))
    return real, inks


def _lines_of_hands(
    data: Sequence[Path | str], alignment: Path | str, hands: int, count: int
) -> list[HandLine]:
    """Up to `count` lines of each page that was trained on, evenly spread over it."""
    texts = Texts.read(alignment, data, TrainConfig())
    if texts.architecture.hands != hands:
        raise DataError(
            f"{alignment}: expected the {hands} pages that the checkpoint was trained on, found "
            f"{texts.architecture.hands}; name the data that it was trained on"
        )
    alphabet = texts.architecture.alphabet
    pages: dict[int, list[HandLine]] = {}
    for line in read_lines(data, columns=()):
        aligned = texts.lines.get(line.line_id)
        if aligned is not None and len(aligned.codes) >= LEAST_LETTERS:
            text = "".join(alphabet[code - 1] for code in aligned.codes)
            pages.setdefault(aligned.hand, []).append(HandLine(aligned.hand, text, line.ink))
    return [
        page[k]
        for _, page in sorted(pages.items())
        for k in np.unique(np.linspace(0, len(page) - 1, count).astype(int))
    ]


def step_of(codes: F64, hand: I64, wanted: F64, found: F64) -> tuple[F64, Fit]:
    """The step [H, C] from the codes [H, C] that brings the traits [L, D] of what is written to those wanted.

    `hand` [L] is the hand of each line. Raises DataError for fewer than two hands.
    """
    usable = np.isfinite(wanted).all(axis=1) & np.isfinite(found).all(axis=1)
    hand, wanted, found = hand[usable], wanted[usable], found[usable]
    numbers, place, count = pages_of(hand)
    people, model = (means_of(table, place, count) for table in (wanted, found))
    unit = people.std(axis=0)
    slopes = slopes_of(codes[hand], found / unit)
    people, model = ((means - means.mean(axis=0)) / unit for means in (people, model))
    stretch = np.array([STRETCH.get(name, 1.0) for name in TRAITS])
    gain = np.array([GAIN.get(name, OTHER_GAIN) for name in TRAITS])
    lacking = gain * np.clip(stretch * people - model, -LARGEST, LARGEST)
    lacking *= (count / (count + DOUBT))[:, None]
    step = np.zeros_like(codes)
    step[numbers] = smallest_steps(slopes, lacking)
    found_again = [taken_over(page, own) for page, own in zip(people.T, model.T, strict=True)]
    slope, correlation = (dict(zip(TRAITS, column, strict=True)) for column in zip(*found_again, strict=True))
    return step, Fit(slope, correlation)


def pages_of(hand: I64) -> tuple[I64, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The hands of lines [L]: their numbers [pages], the place of each line among these [L], the lines of each.

    Raises DataError for fewer than two.
    """
    numbers, place, count = np.unique(hand, return_inverse=True, return_counts=True)
    if len(numbers) < 2:
        raise DataError(f"expected lines of at least two pages that show their hand, found {len(numbers)}")
    return numbers, place, count


def slopes_of(codes: F64, traits: F64) -> F64:
    """How traits [L, D] of lines follow their hand codes [L, C], by ridge regression [D, C]."""
    table = np.concatenate([np.ones((len(codes), 1)), codes], axis=1)
    pull = RIDGE * np.diag(np.append(0.0, np.ones(codes.shape[1])))
    found: F64 = np.linalg.solve(table.T @ table + pull, table.T @ traits)[1:].T
    return found


def smallest_steps(slopes: F64, wanted: F64) -> F64:
    """The smallest steps of codes [N, C] that change traits as wanted [N, D], by damped least squares."""
    square = slopes @ slopes.T
    damping = DAMPING * np.trace(square) / len(square) * np.eye(len(square))
    found: F64 = wanted @ np.linalg.solve(square + damping, slopes)
    return found


def means_of(table: F64, place: npt.NDArray[np.intp], count: npt.NDArray[np.intp]) -> F64:
    """The mean of the lines [L, D] of each page [pages, D]; `place` [L] is the page of a line, `count` its lines."""
    sums = np.zeros((len(count), table.shape[1]))
    np.add.at(sums, place, table)
    found: F64 = sums / count[:, None]
    return found
