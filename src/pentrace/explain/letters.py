"""The letter that would come next: what the recogniser reads where an ink and a future meet (spec/explain.md)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pentrace.engine.recogniser import Recogniser

F32 = npt.NDArray[np.float32]

READ_STEPS = 50
"""Offsets of a future that are read: two characters or more."""
AHEAD = 10
"""Offsets after the end of the ink, half a character, at which the letter is looked up."""
TAIL = 150
"""Offsets before the end of the ink that are read with it."""


@dataclass(frozen=True)
class Letters:
    """The letter that comes in each future, without and with a change, with the same random numbers; "" for none."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def others(self) -> int:
        """In how many futures it is another letter."""
        return sum(one != other for one, other in zip(self.before, self.after, strict=True))

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How often each letter comes, without and with the change, the most frequent first."""
        before, after = (dict(Counter(each).most_common()) for each in (self.before, self.after))
        return before, after


def letter_after(recogniser: Recogniser, ink: F32, future: F32) -> str:
    """The character that a future [k, 3] writes AHEAD offsets after an ink [n, 3]; "" where nothing is read.

    The recogniser reads the last TAIL offsets of the ink and the future as one line, and aligns what it read with them.
    """
    tail = ink[-TAIL:]
    line = np.concatenate((tail, future))
    text = recogniser.read(line)
    aligned = recogniser.align(line, text) if text else None
    if aligned is None:
        return ""
    return text[int(np.searchsorted(aligned.first, len(tail) + AHEAD, side="right")) - 1]
