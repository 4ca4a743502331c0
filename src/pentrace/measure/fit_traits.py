"""Find the changes of a hand code that turn one trait up and leave the others as they are (spec/hand.md, Traits).

Texts are written in all hands of the checkpoint. How their traits follow the code gives the change for each trait.

Letter key: H hands, C numbers of a code, L lines, D measured traits, N traits that can be changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pentrace.arrays import F64
from pentrace.checkpoint import Checkpoint
from pentrace.engine.traits import NAMES
from pentrace.ink import Ink
from pentrace.measure.fit_hands import CODES, means_of, pages_of, slopes_of, smallest_steps, written_in_hands
from pentrace.measure.read_back import TRAITS, hand_traits, logarithms

MEASURED = (*TRAITS, "points a character")
_DIGITS = 5


class TraitFit(NamedTuple):
    """Changes of a hand code, each for one trait.

    changes: by the names of traits, the change [C] that turns it up by one standard deviation of people.
    people: that standard deviation of each of MEASURED [D]: degrees for the slant, of the others of the logarithm.
    """

    changes: dict[str, F64]
    people: F64


def fit_traits(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    alignment: Path | str,
    *,
    lines: int = 2,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda _done, _count: None,
) -> TraitFit:
    """For each trait the change of the hand code that turns it up.

    Arguments and errors are those of fit_hands.
    """
    real, inks = written_in_hands(checkpoint, data, alignment, lines, seed, report)
    codes = checkpoint.float_tensor(CODES).astype(np.float64)
    hand = np.array([line.hand for line in real])
    found = logarithms([traits_of(ink, line.text) for ink, line in zip(inks, real, strict=True)])
    people = logarithms([traits_of(line.ink, line.text) for line in real])
    usable = np.isfinite(found).all(axis=1) & np.isfinite(people).all(axis=1)
    _, place, count = pages_of(hand[usable])
    unit = means_of(people[usable], place, count).std(axis=0)
    changes = smallest_steps(slopes_of(codes[hand[usable]], found[usable] / unit), _wanted(unit))
    return TraitFit(dict(zip(NAMES, changes, strict=True)), unit)


def dumps(sha256: str, found: TraitFit) -> str:
    """The changes for a checkpoint as JSON, as pentrace.engine.traits reads it."""
    traits = {name: _rounded(change) for name, change in found.changes.items()}
    people = dict(zip(MEASURED, _rounded(found.people), strict=True))
    return json.dumps({"checkpoint": sha256, "people": people, "traits": traits}) + "\n"


def _rounded(values: F64) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _wanted(unit: F64) -> F64:
    """What each of NAMES should change [N, D], in standard deviations `unit` of people: itself, and nothing else."""
    slant, height, width, spacing, strokes, points = np.eye(len(MEASURED))
    # larger by one factor in all directions, that of the height
    size = height + unit[1] / unit[2] * width + unit[1] / unit[3] * spacing
    return np.array([slant, size, width, spacing, -strokes, -points])


def traits_of(ink: Ink, text: str) -> F64:
    """The traits of a line, as MEASURED names them."""
    letters = max(1, len("".join(text.split())))
    return np.append(hand_traits(ink, text), (len(ink) - 1) / letters)
