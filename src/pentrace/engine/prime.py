"""Writing a text on in the hand of an ink whose text is known: the ink is aligned with it and read with the pointer.

Letter key: n offsets of the prime, L characters of its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.arguments import MAX_TEXT
from pentrace.engine.engine import Engine, Line
from pentrace.engine.recogniser import FITS, Recogniser
from pentrace.engine.text import LONGEST_LINE
from pentrace.errors import TextError

if TYPE_CHECKING:
    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.host import State
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

    def rest(self, take: Line) -> Line:
        """What a take wrote after the space: the line alone."""
        place = len(self.text) + 1
        own = take.pointers >= place
        return Line(take.offsets[own], take.pointers[own] - np.int32(place))


def read_prime(
    offsets: FloatArray, text: str, known: TextArchitecture | None, recogniser: Recogniser
) -> Prime:
    """Aligns the prepared offsets [n, 3] of an ink with what it says.

    Raises TextError for a text that does not fit the ink, or that model or recogniser cannot read.
    """
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST:
        raise TextError(
            f"prime_text: expected 1 to {LONGEST} characters, found {len(text)}; use a shorter ink"
        )
    for character in text:
        if (known is not None and character not in known.alphabet) or character not in recogniser.alphabet:
            raise TextError(
                f"prime_text: cannot read {character}: the model has not learned it; use an ink without it"
            )
    offsets = offsets.copy()
    if len(offsets):
        offsets[-1, 2] = 1
    aligned = recogniser.align(offsets, text)
    if aligned is None or aligned.score < FITS:
        raise TextError(
            f'prime_text: expected the text of the ink, found "{text}", which does not fit it; '
            f'the recogniser reads "{recogniser.read(offsets)}"'
        )
    counts = np.diff(np.append(aligned.first, len(offsets) + 1))
    pointers = np.repeat(np.arange(len(text), dtype=np.int32), counts)
    pointers[-1] = len(text)
    return Prime(text, offsets, pointers)
