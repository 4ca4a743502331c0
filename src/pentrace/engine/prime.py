"""Writing a text on in the hand of an ink whose text is known: the ink is aligned with it and read with the pointer.

Letter key: n offsets of the prime, L characters of its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.arguments import MAX_TEXT
from pentrace.engine.engine import Engine
from pentrace.engine.read_text import aligned
from pentrace.engine.sampler import Line
from pentrace.engine.text import LONGEST_LINE

if TYPE_CHECKING:
    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.host import State
    from pentrace.engine.recogniser import Recogniser
    from pentrace.engine.wasm import FloatArray

LONGEST = MAX_TEXT - LONGEST_LINE - 1
"""Characters of the longest text of a prime: the engine holds it, a space and a line."""


class Prime(NamedTuple):
    """An ink that was read with its text.

    text: what it says.
    offsets: [n, 3] in model units.
    pointers: int32 [n + 1], the character of each offset; the last one is the space after the text.
    """

    text: str
    offsets: FloatArray
    pointers: npt.NDArray[np.int32]

    def start(self, engine: Engine, line: str, hand: int | npt.ArrayLike | None) -> State:
        """The state after the prime, before a line that goes on in its hand."""
        state = engine.start(f"{self.text} {line}", hand)
        engine.consume(state, self.offsets, pointers=self.pointers)
        return state

    @property
    def place(self) -> int:
        """Of the line's first character in the whole text: after a space."""
        return len(self.text) + 1

    def rest(self, take: Line) -> Line:
        """What a take wrote after the space: the line alone."""
        own = take.pointers >= self.place
        return Line(take.offsets[own], take.pointers[own] - np.int32(self.place))


def read_prime(
    offsets: FloatArray, text: str, known: TextArchitecture | None, recogniser: Recogniser
) -> Prime:
    """Aligns the prepared offsets [n, 3] of an ink with what it says.

    Raises TextError for a text that does not fit the ink, or that model or recogniser cannot read.
    """
    offsets = offsets.copy()
    if len(offsets):
        offsets[-1, 2] = 1
    read = aligned(offsets, text, known, recogniser, name="prime_text", longest=LONGEST)
    assert read.pointers is not None  # noqa: S101 - aligned
    return Prime(read.text, offsets, np.append(read.pointers, np.int32(len(read.text))))
