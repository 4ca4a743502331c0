"""Find the changes of a hand code that turn one trait up and leave the others as they are (spec/hand.md, Traits).

Texts are written in all hands of the checkpoint. How their traits follow the code gives a first change for each trait.
These changes are then tried, up and down, and corrected by what they did.

Letter key: H hands, C numbers of a code, L lines, D measured traits, N traits that can be changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.traits import NAMES
from pentrace.engine.writer import Writer
from pentrace.errors import CheckpointError
from pentrace.measure.fit_hands import CODES, lines_of_hands, means_of, slopes_of, smallest_steps
from pentrace.measure.read_back import TRAITS, hand_traits, logarithms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pentrace.checkpoint import Checkpoint
    from pentrace.ink import Ink

F64 = npt.NDArray[np.float64]

MEASURED = (*TRAITS, "points a character")
TRIED = 60
"""Hands in which the first changes are tried."""
_DIGITS = 5


class TraitFit(NamedTuple):
    """Changes of a hand code, each for one trait.

    changes: by the names of traits, the change [C] that turns it up by one standard deviation of people.
    people: that standard deviation of each of MEASURED [D]: degrees for the slant, of the others of the logarithm.
    did: what the first changes did [N, D], before they were corrected, in these standard deviations.
    """

    changes: dict[str, F64]
    people: F64
    did: F64


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

    Args:
        checkpoint: knows text and hands.
        data: the lines that it was trained on; they tell which page is which hand.
        alignment: the alignments that it was trained with.
        lines: of each page, at most, that are written in its hand, a single take each at the default variation.
        seed: of what is written; each line has another.
        report: gets the number of lines written, and their count.

    Raises CheckpointError, DataError.
    """
    known = checkpoint.architecture.text
    if known is None or not known.hands:
        raise CheckpointError(
            f"{checkpoint.name}: expected a checkpoint that knows text and hands, found none"
        )
    real = lines_of_hands(data, alignment, known.hands, lines)
    tried = [real[k] for k in np.linspace(0, len(real) - 1, min(TRIED, len(real))).astype(int)]
    total, done = len(real) + len(tried) * (1 + 2 * len(NAMES)), 0
    codes, writer = checkpoint.float_tensor(CODES).astype(np.float64), Writer(checkpoint)

    def written(text: str, code: F64, number: int) -> F64:
        nonlocal done
        ink = writer.write_text(text, hand=code.astype(np.float32), seed=seed + number, candidates=1).ink
        done += 1
        report(done, total)
        return traits_of(ink, text)

    hand = np.array([line.hand for line in real])
    found = logarithms_of([written(line.text, codes[line.hand], k) for k, line in enumerate(real)])
    people = logarithms_of([traits_of(line.ink, line.text) for line in real])
    usable = np.isfinite(found).all(axis=1) & np.isfinite(people).all(axis=1)
    _, place, count = np.unique(hand[usable], return_inverse=True, return_counts=True)
    unit = means_of(people[usable], place, count).std(axis=0)
    wanted = _wanted(unit)
    first = smallest_steps(slopes_of(codes[hand[usable]], found[usable] / unit), wanted)

    def means(change: F64) -> F64:
        rows = [written(line.text, codes[line.hand] + change, k) for k, line in enumerate(tried)]
        mean: F64 = np.nanmean(logarithms_of(rows), axis=0) / unit
        return mean

    did = np.array([(means(change) - means(-change)) / 2 for change in first])
    corrected = wanted @ np.linalg.pinv(did) @ first
    return TraitFit(dict(zip(NAMES, corrected, strict=True)), unit, did)


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


def logarithms_of(traits: Sequence[F64]) -> F64:
    """Traits of lines [L, D] as they are compared: the slant in degrees, the logarithm of all others."""
    table = np.array(traits)
    points = np.log(np.clip(table[:, -1:], 1e-3, None))
    return np.concatenate([logarithms(list(table[:, :-1])), points], axis=1)
