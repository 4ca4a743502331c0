"""Lines with their texts for training: what the pointer sees at each step, and where it should move on. NumPy only.

The pointer is taught to steer back. It does not stand at the true character: every boundary between characters is moved
by a few random steps. The target asks where the ink truly is: does the next point belong to a character beyond the
pointer? Trained on true positions alone, the pointer would run ahead of the ink or fall behind once the model writes on
its own.

Letter key: n offsets of a line, L characters of its text.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.architecture import MAX_ALPHABET, TextArchitecture
from pentrace.data.alignment import read_alignments
from pentrace.data.dataset import read_lines
from pentrace.data.score import clipped_offsets
from pentrace.errors import DataError
from pentrace.training.splice import Splicer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from pentrace.data.alignment import Alignment
    from pentrace.training.config import TrainConfig

NO_HAND = -1
"""Used instead of the number of a hand: no particular hand."""
MOST_COPIES = 5
"""How often a line with a rare character is shown in one pass, at most."""


@dataclass(frozen=True)
class Aligned:
    """The text of a line in codes, with the first offset of each character, and the number of its hand."""

    codes: npt.NDArray[np.int64]
    """[L]: place in the alphabet plus 1."""
    first: npt.NDArray[np.int64]
    """[L], rising from 0."""
    hand: int


@dataclass(frozen=True)
class Steps:
    """A line's text step by step, [n + 1]: step t predicts offset t, and the last one what comes after the line."""

    characters: npt.NDArray[np.int64]
    """[n + 1, 2 reach + 1]: codes of the characters around the pointer, 0 where there is none."""
    standing: npt.NDArray[np.float32]
    """Steps for which the pointer has stood there."""
    advance: npt.NDArray[np.float32]
    """1 where the next point belongs to a character beyond the pointer, or the line is over."""
    advance_mask: npt.NDArray[np.bool_]
    """False where the pointer has passed the text and cannot move."""

    def __getitem__(self, steps: slice) -> Steps:
        return Steps(
            self.characters[steps], self.standing[steps], self.advance[steps], self.advance_mask[steps]
        )


def step_by_step(
    text: Aligned, offsets: int, reach: int, jitter: float = 0.0, rng: np.random.Generator | None = None
) -> Steps:
    """The text of a line of n `offsets`, for a pointer whose moves are `jitter` steps (standard deviation) off."""
    length = len(text.codes)
    pointer = pointer_path(text.first, offsets, jitter, rng)
    truly = np.searchsorted(text.first, np.arange(offsets), side="right") - 1
    # the character of the point after the one that a step predicts; after the line, beyond the last
    following = np.append(truly[1:], [length, length])
    step = np.arange(offsets + 1)
    moved = np.append(True, pointer[1:] != pointer[:-1])
    padded = np.pad(text.codes, (reach, reach + 1))
    return Steps(
        characters=padded[pointer[:, None] + np.arange(2 * reach + 1)],
        standing=(step - np.maximum.accumulate(np.where(moved, step, 0))).astype(np.float32),
        advance=(following > pointer).astype(np.float32),
        advance_mask=pointer < length,
    )


def pointer_path(
    first: npt.NDArray[np.int64], offsets: int, jitter: float = 0.0, rng: np.random.Generator | None = None
) -> npt.NDArray[np.int64]:
    """Where the pointer stands before each of n offsets and after the last [n + 1]: from 0 up to L, one at a time."""
    order = np.arange(len(first))
    moves = np.append(first[1:], offsets).astype(np.float64)
    if jitter and rng is not None:
        moves += np.round(rng.normal(0, jitter, len(moves)))
    # at most one move a step, the first after the first step
    moves = np.maximum.accumulate(np.maximum(moves, 1) - order) + order
    return np.searchsorted(moves, np.arange(offsets + 1), side="right")


def after_cut(first: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64] | None:
    """First offsets when only the offsets `kept` [n] remain; None if fewer offsets than characters remain."""
    left = int(kept.sum())
    if left < len(first):
        return None
    order = np.arange(len(first))
    moved = np.minimum((np.cumsum(kept) - kept)[first], left - 1)
    moved = np.maximum.accumulate(moved - order) + order
    return moved if moved[-1] < left else None


@dataclass(frozen=True)
class Texts:
    """The aligned texts of a training's lines."""

    architecture: TextArchitecture
    """The alphabet, and how many hands there are: each page of the training data is one."""
    lines: dict[str, Aligned]
    """By line id. Lines that the model cannot learn from are not among them."""
    copies: dict[str, float]
    """By line id, for training lines: how often one is shown in a pass, in the mean. More often if a character of it
    is rare."""
    splicer: Splicer
    """Puts rare characters into other lines."""

    @classmethod
    def read(
        cls,
        alignment: Path | str,
        data: Sequence[Path | str],
        config: TrainConfig,
        skip: Collection[str] = (),
    ) -> Texts:
        """The texts of the lines in `data` but those to skip, and of others for validation. Raises DataError."""
        kept = (line for line in read_lines(data, columns=("form",)) if line.line_id not in skip)
        forms = {line.line_id: line.form for line in kept}
        aligned_lines = (one for one in read_alignments(alignment) if one.line_id not in skip)
        fitting = [one for one in aligned_lines if one.score > config.least_score]
        training = [one for one in fitting if one.line_id in forms]
        counts = Counter(character for one in training for character in one.text)
        alphabet = "".join(sorted(set(counts) - set(config.left_out)))
        if not 1 <= len(alphabet) <= MAX_ALPHABET:
            raise DataError(
                f"{alignment}: expected texts of the training lines with 1 to {MAX_ALPHABET} different characters, "
                f"found {len(alphabet)}"
            )
        codes = {character: k + 1 for k, character in enumerate(alphabet)}
        spelled = [one for one in fitting if set(one.text) <= codes.keys()]
        hands = {form: k for k, form in enumerate(sorted({forms[one.line_id] for one in training}))}

        def aligned(one: Alignment) -> Aligned:
            letters = np.array([codes[character] for character in one.text])
            form = forms.get(one.line_id)
            return Aligned(letters, one.first.astype(np.int64), NO_HAND if form is None else hands[form])

        lines = {one.line_id: aligned(one) for one in spelled}
        rare = [character for character in alphabet if counts[character] < config.rare / 2]
        inks = (
            (clipped_offsets(line.ink), lines[line.line_id])
            for line in read_lines(data, columns=())
            if line.line_id in lines
        )
        return cls(
            TextArchitecture(alphabet, hands=len(hands)),
            lines,
            {one.line_id: _copies(one.text, counts, config.rare) for one in spelled if one.line_id in forms},
            Splicer.collect(inks, alphabet, rare),
        )


def _copies(text: str, counts: Counter[str], rare: int) -> float:
    return min(MOST_COPIES, max(1.0, math.sqrt(rare / min(counts[character] for character in text))))
