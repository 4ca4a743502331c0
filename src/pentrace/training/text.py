"""Lines with their texts for training: what the pointer sees at each step, and where it should move on. NumPy only.

The pointer is taught to steer back. It does not stand at the true character: every boundary between characters is moved
by a few random steps. The target asks where the ink truly is: does the next point belong to a character beyond the
pointer? Trained on true positions alone, the pointer would run ahead of the ink or fall behind once the model writes on
its own.

Letter key: n offsets of a line, L characters of its text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pentrace.arrays import F32, I64, Array, Mask

NO_HAND = -1
"""Used instead of the number of a hand: no particular hand."""


@dataclass(frozen=True)
class Aligned:
    """The text of a line in codes, with the first offset of each character, and the number of its hand."""

    codes: I64
    """[L]: place in the alphabet plus 1."""
    first: I64
    """[L], rising from 0."""
    hand: int


@dataclass(frozen=True)
class Steps:
    """A line's text step by step, [n + 1]: step t predicts offset t, and the last one what comes after the line."""

    characters: I64
    """[n + 1, 2 reach + 1]: codes of the characters around the pointer, 0 where there is none."""
    standing: F32
    """Steps for which the pointer has stood there."""
    advance: F32
    """1 where the next point belongs to a character beyond the pointer, or the line is over."""
    advance_mask: Mask
    """False where the pointer has passed the text and cannot move."""

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All of them."""
        return self.characters, self.standing, self.advance, self.advance_mask

    def __getitem__(self, steps: slice) -> Steps:
        return Steps(*(array[steps] for array in self.arrays))


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
    first: I64, offsets: int, jitter: float = 0.0, rng: np.random.Generator | None = None
) -> I64:
    """Where the pointer stands before each of n offsets and after the last [n + 1]: from 0 up to L, one at a time."""
    order = np.arange(len(first))
    moves = np.append(first[1:], offsets).astype(np.float64)
    if jitter and rng is not None:
        moves += np.round(rng.normal(0, jitter, len(moves)))
    # at most one move a step, the first after the first step
    moves = np.maximum.accumulate(np.maximum(moves, 1) - order) + order
    return np.searchsorted(moves, np.arange(offsets + 1), side="right")


def after_cut(first: I64, kept: Mask) -> I64 | None:
    """First offsets when only the offsets `kept` [n] remain; None if fewer offsets than characters remain."""
    left = int(kept.sum())
    if left < len(first):
        return None
    order = np.arange(len(first))
    moved = np.minimum((np.cumsum(kept) - kept)[first], left - 1)
    moved = np.maximum.accumulate(moved - order) + order
    return moved if moved[-1] < left else None
