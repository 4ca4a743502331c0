"""What callers hand to the engine, checked before it runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.wasm import FloatArray

MAX_TEXT = 256
"""Characters of the longest text."""
BATCH = 64
"""Futures that the engine draws side by side, as in engine/assembly/model.ts."""
CALL_BYTES = 2**24
"""What the arrays of one call may take of the engine's memory, whatever the length of an ink."""
CALL_WORK = 2**30
"""Weights times steps of one call: well below a second on any machine, since Python cannot stop a call with Ctrl-C."""
MAX_BYTES = 2**30
"""Largest result of one function, in bytes."""


def check_size(doing: str, size: int, advice: str) -> None:
    """Raises EngineError, before any memory is taken, for a result of more than MAX_BYTES."""
    if size > MAX_BYTES:
        raise EngineError(
            f"{doing}: expected a result of at most {MAX_BYTES // 2**20:,} MiB, "
            f"found {size / 2**20:,.0f} MiB; {advice}"
        )


def checked_offsets(offsets: npt.ArrayLike) -> FloatArray:
    """Offsets [n, 3] as finite float32."""
    array = np.asarray(offsets, np.float32)
    if array.ndim != 2 or array.shape[1] != 3:
        raise EngineError(f"offsets: expected shape (n, 3), found {array.shape}")
    finite = np.isfinite(array).all(axis=1)
    if not finite.all():
        raise EngineError(
            f"offsets: expected finite numbers, found a NaN or an infinity in row {np.argmin(finite)}"
        )
    return array


def amount(name: str, value: SupportsIndex) -> int:
    """A whole number, 0 to 2^31 - 1."""
    return whole(name, value, 0, 2**31 - 1, EngineError)


def word(name: str, value: SupportsIndex) -> int:
    """A 32-bit word as the signed number that WebAssembly's i32 takes."""
    number = whole(name, value, 0, 2**32 - 1, EngineError)
    return number - 2**32 if number >= 2**31 else number


def seed_words(seed: SupportsIndex) -> tuple[int, int]:
    """The low and the high word of a seed."""
    number = whole("seed", seed, 0, 2**64 - 1, EngineError)
    return word("seed", number % 2**32), word("seed", number >> 32)


def checked_variation(value: float) -> float:
    """A variation T >= 0."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise EngineError(f"variation: expected a number of at least 0, found {value!r:.40}")
    return number


def text_codes(known: TextArchitecture | None, text: str) -> npt.NDArray[np.uint8]:
    """The codes of a text's characters: 1 and their place in the alphabet."""
    if known is None:
        raise EngineError("text: expected a model that knows text, found one that does not")
    if len(text) > MAX_TEXT:
        raise EngineError(f"text: expected at most {MAX_TEXT} characters, found {len(text)}")
    return codes_of(text, known.alphabet, "model")


def codes_of(text: str, alphabet: str, reader: str) -> npt.NDArray[np.uint8]:
    """The codes of characters in the alphabet of `reader`, which is what errors call it."""
    for k, character in enumerate(text):
        if character not in alphabet:
            raise EngineError(
                f"text: expected characters that the {reader} knows, found {character!r} at {k}"
            )
    return np.array([1 + alphabet.index(character) for character in text], np.uint8)


def pointer_path(pointers: npt.ArrayLike, offsets: int, here: int, characters: int) -> npt.NDArray[np.int32]:
    """Where the pointer goes as each of n offsets is consumed, from the character of each; -1: by itself.

    Args:
        pointers: [n], or [n + 1] with where it stands after the last.
        offsets: n.
        here: where it stands now.
        characters: of the text.
    """
    path = np.asarray(pointers)
    if path.ndim != 1 or len(path) not in (offsets, offsets + 1) or path.dtype.kind not in "iu":
        raise EngineError(
            f"pointers: expected whole numbers of shape ({offsets},) or ({offsets + 1},), "
            f"found {path.dtype} {path.shape}"
        )
    outside = (path < 0) | (path > characters)
    if outside.any():
        row = int(np.argmax(outside))
        raise EngineError(f"pointers: expected 0 to {characters}, found {path[row]} in row {row}")
    if len(path) and path[0] != here:
        raise EngineError(f"pointers: expected {here}, where the pointer stands, in row 0, found {path[0]}")
    return np.append(path[1:], [-1] * (offsets + 1 - len(path))).astype(np.int32)
