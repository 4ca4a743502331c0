"""Writing a text on in the hand of inks whose text is known: one is read with the pointer, of all the letters are kept.

Letter key: n offsets of the prime, L characters of its text.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.arguments import MAX_TEXT
from pentrace.engine.engine import Engine
from pentrace.engine.sampler import Line
from pentrace.engine.text.letters import Letters
from pentrace.engine.text.read_text import aligned
from pentrace.engine.text.written import LONGEST_LINE
from pentrace.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.host import State
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.wasm import FloatArray

LONGEST = MAX_TEXT - LONGEST_LINE - 1
"""Characters of the longest text of a prime: the engine holds it, a space and a line."""


class Prime(NamedTuple):
    """An ink that was read with its text.

    text: what it says.
    offsets: [n, 3] in model units.
    pointers: int32 [n + 1], the character of each offset; the last one is the space after the text.
    letters: those of the ink, and of others by the same writer.
    """

    text: str
    offsets: FloatArray
    pointers: npt.NDArray[np.int32]
    letters: Letters

    def start(self, engine: Engine, line: str, hand: int | npt.ArrayLike | None) -> State:
        """The state after the prime, before a line that goes on in its hand."""
        state = engine.start(self.before(line), hand)
        engine.consume(state, self.offsets, pointers=self.pointers)
        return state

    def before(self, line: str) -> str:
        """The text of a state that writes a line after the prime."""
        return f"{self.text} {line}"

    @property
    def place(self) -> int:
        """Of the line's first character in the whole text: after a space."""
        return len(self.text) + 1

    def rest(self, take: Line) -> Line:
        """What a take wrote after the space: the line alone."""
        own = take.pointers >= self.place
        return Line(take.offsets[own], take.pointers[own] - np.int32(self.place))


def read_primes(
    inks: Sequence[FloatArray], texts: Sequence[str], known: TextArchitecture | None, recogniser: Recogniser
) -> Prime:
    """Aligns the prepared offsets [n, 3] of inks with what they say; the one that is read best is the prime.

    Raises TextError for a text that does not fit its ink, or that model or recogniser cannot read.
    """
    if len(inks) != len(texts) or not inks:
        raise TextError(
            f"prime_text: expected the text of each of {len(inks)} inks, found {len(texts)} texts"
        )
    return _best([_aligned(*one, known, recogniser) for one in zip(inks, texts, strict=True)], recogniser)


def fitting(
    inks: Sequence[FloatArray],
    texts: Sequence[str | None],
    known: TextArchitecture | None,
    recogniser: Recogniser,
) -> Prime | None:
    """The prime of those inks that can be read with their texts, as `read_primes` gives it; None where none can."""
    found: list[tuple[str, Line]] = []
    for ink, text in zip(inks, texts, strict=True):
        with suppress(TextError):
            found.append(_aligned(ink, text or "", known, recogniser))
    return _best(found, recogniser) if found else None


def _best(lines: Sequence[tuple[str, Line]], recogniser: Recogniser) -> Prime:
    """The line that is read best, with the letters of all."""
    said, (offsets, pointers) = max(lines, key=lambda each: recogniser.score(each[1].offsets, each[0]))
    return Prime(said, offsets, np.append(pointers, np.int32(len(said))), Letters(lines))


def _aligned(
    ink: FloatArray, text: str, known: TextArchitecture | None, recogniser: Recogniser
) -> tuple[str, Line]:
    """What an ink says, and its offsets with the character of each."""
    offsets = ink.copy()
    if len(offsets):
        offsets[-1, 2] = 1
    read = aligned(offsets, text, known, recogniser, name="prime_text", longest=LONGEST)
    assert read.pointers is not None  # noqa: S101 - aligned
    return read.text, Line(offsets, read.pointers)
