"""What lines say, as learn.wasm takes it: which character each offset belongs to (spec/hand.md).

Letter key: m offsets of a line, L characters of its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.arguments import MAX_TEXT, text_codes
from pentrace.engine.text.recogniser import FITS
from pentrace.engine.text.spelling import plain

if TYPE_CHECKING:
    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.wasm import FloatArray


class Script(NamedTuple):
    """The text of a line."""

    codes: npt.NDArray[np.uint8]
    """[L]: the place of each character in the alphabet, plus 1."""
    first: npt.NDArray[np.int32]
    """[L]: the first offset of each character, rising from 0."""


def script_of(
    offsets: FloatArray, text: str, known: TextArchitecture, recogniser: Recogniser
) -> Script | None:
    """The text of a line of offsets [m, 3]; None where the line does not say it or the model cannot write it.

    Printed forms of a character, such as curly quotes, are taken for the one that the model knows.
    """
    said = " ".join(plain(text, known.alphabet).split())
    if not 1 <= len(said) <= MAX_TEXT or not len(offsets):
        return None
    if not set(said) <= set(known.alphabet) or not set(said) <= set(recogniser.alphabet):
        return None
    found = recogniser.align(offsets, said)
    if found is None or recogniser.score(offsets, said) < FITS:
        return None
    return Script(text_codes(known, said), found.first)
