"""Find the changes of a hand code that turn one trait up and leave the others as they are (spec/hand.md, Traits).

Texts are written in all hands of the checkpoint. How their traits follow the code gives a first change for each trait.
These changes are then tried, up and down, and corrected by what they did.

Letter key: H hands, C numbers of a code, L lines, D measured traits, N traits that can be changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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


def fit_traits(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    alignment: Path | str,
    *,
    lines: int = 2,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda _done, _count: None,
) -> tuple[dict[str, F64], F64]:
    """For each trait the change of the hand code [C] that turns it up by one standard deviation of people.

    Args:
        checkpoint: knows text and hands.
        data: the lines that it was trained on; they tell which page is which hand.
        alignment: the alignments that it was trained with.
        lines: of each page, at most, that are written in its hand, a single take each at the default variation.
        seed: of what is written; each line has another.
        report: gets the number of lines written, and their count.

    Returns:
        The changes, and what the first ones did [N, D] in standard deviations of people.

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
        return _traits(ink, text)

    hand = np.array([line.hand for line in real])
    found = _logarithms([written(line.text, codes[line.hand], k) for k, line in enumerate(real)])
    people = _logarithms([_traits(line.ink, line.text) for line in real])
    usable = np.isfinite(found).all(axis=1) & np.isfinite(people).all(axis=1)
    _, place, count = np.unique(hand[usable], return_inverse=True, return_counts=True)
    unit = means_of(people[usable], place, count).std(axis=0)
    wanted = _wanted(unit)
    first = smallest_steps(slopes_of(codes[hand[usable]], found[usable] / unit), wanted)

    def means(change: F64) -> F64:
        rows = [written(line.text, codes[line.hand] + change, k) for k, line in enumerate(tried)]
        mean: F64 = np.nanmean(_logarithms(rows), axis=0) / unit
        return mean

    did = np.array([(means(change) - means(-change)) / 2 for change in first])
    corrected = wanted @ np.linalg.pinv(did) @ first
    return dict(zip(NAMES, corrected, strict=True)), did


def dumps(sha256: str, changes: dict[str, F64]) -> str:
    """The changes for a checkpoint as JSON, as pentrace.engine.traits reads it."""
    rounded = {name: [round(float(x), _DIGITS) for x in change] for name, change in changes.items()}
    return json.dumps({"checkpoint": sha256, "traits": rounded}) + "\n"


def _wanted(unit: F64) -> F64:
    """What each of NAMES should change [N, D], in standard deviations `unit` of people: itself, and nothing else."""
    slant, height, width, spacing, strokes, points = np.eye(len(MEASURED))
    # larger by one factor in all directions, that of the height
    size = height + unit[1] / unit[2] * width + unit[1] / unit[3] * spacing
    return np.array([slant, size, width, spacing, -strokes, -points])


def _traits(ink: Ink, text: str) -> F64:
    letters = max(1, len("".join(text.split())))
    return np.append(hand_traits(ink, text), (len(ink) - 1) / letters)


def _logarithms(traits: Sequence[F64]) -> F64:
    """Traits [L, D]: the slant in degrees, the logarithm of all others."""
    table = np.array(traits)
    points = np.log(np.clip(table[:, -1:], 1e-3, None))
    return np.concatenate([logarithms(list(table[:, :-1])), points], axis=1)
