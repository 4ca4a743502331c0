"""The letter that would come next: what the recogniser reads where an ink and a future meet (spec/explain.md)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import SupportsIndex

    from pentrace.engine import Engine, State
    from pentrace.engine.sampler import Line
    from pentrace.engine.text.recogniser import Recogniser

F32 = npt.NDArray[np.float32]

READ_STEPS = 50
"""Offsets of a future that are read: two characters or more."""
AHEAD = 10
"""Offsets after the end of the ink, half a character, at which the letter is looked up."""
TAIL = 150
"""Offsets before the end of the ink that are read with it."""
LETTER_FUTURES = 16
"""Futures that say which letter a state writes next."""


@dataclass(frozen=True)
class Letters:
    """The letter that comes in each future, without and with a change, with the same random numbers; "" for none."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def others(self) -> int:
        """In how many futures it is another letter."""
        return sum(one != other for one, other in zip(self.before, self.after, strict=True))


@dataclass(frozen=True)
class LetterShares:
    """The letter that comes oftenest after ink A, and in what share of futures it comes.

    letter: "" where nothing is read.
    a, b, both: the share after A, after B, and after B with cells of A. random: as `both`, for each draw.
    """

    letter: str
    a: float
    b: float
    both: float
    random: tuple[float, ...]


def commonest(letters: Sequence[str]) -> str:
    """The letter that comes oftenest, the first of several; "" where none is read."""
    counts = Counter(filter(None, letters))
    return max(counts, key=counts.__getitem__, default="")


def share_of(letter: str, letters: Sequence[str]) -> float:
    """The share of some letters that are a certain one."""
    return sum(one == letter for one in letters) / len(letters)


def letters_after(
    recogniser: Recogniser, engine: Engine, state: State, ink: F32, count: int, seed: SupportsIndex
) -> tuple[str, ...]:
    """The letter in each of `count` futures of a state, read as if they went on from an ink [n, 3]."""
    return letters_in(recogniser, ink, engine.text_futures(state, count, READ_STEPS, seed=seed))


def letters_in(recogniser: Recogniser, ink: F32, futures: Line) -> tuple[str, ...]:
    """The letter in each of some futures, of which the first READ_STEPS offsets are read."""
    return tuple(
        letter_after(recogniser, ink, future[:READ_STEPS][here[:READ_STEPS] >= 0])
        for future, here in zip(*futures, strict=True)
    )


def letter_after(recogniser: Recogniser, ink: F32, future: F32) -> str:
    """The character that a future [k, 3] writes AHEAD offsets after an ink [n, 3].

    "" where the future ends before, or nothing is read.
    The recogniser reads the last TAIL offsets of the ink and the future as one line, and aligns what it read with them.
    """
    if len(future) <= AHEAD:
        return ""
    tail = ink[-TAIL:]
    line = np.concatenate((tail, future))
    text, aligned = recogniser.read_aligned(line)
    if aligned is None:
        return ""
    return text[int(np.searchsorted(aligned.first, len(tail) + AHEAD, side="right")) - 1]
