"""Ink of any pen, resampled and scaled to what the model was trained on (spec/ink.md); the engine does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.wasm import FloatArray, Wasm
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from pentrace.ink import Ink

_TOO_LONG = "a stroke is too long for the size of the writing (spec/ink.md); lift the pen more often"


class Prepared(NamedTuple):
    """An ink as the model sees it.

    offsets: [m, 3] in model units.
    scale: model units in one unit of the ink.
    raw_points: for each of the m + 1 prepared points, the last raw point before it.
    first_lifted: whether the pen lifts at the first point, which no offset says.
    """

    offsets: FloatArray
    scale: float
    raw_points: npt.NDArray[np.int32]
    first_lifted: bool


def writing_size(wasm: Wasm, ink: Ink) -> float:
    """Estimated size of the writing in the ink's units; 0 for dots alone."""
    with wasm.scratch():
        return wasm.run("writing_size", "writing_size", *write_ink(wasm, ink), outside=_TOO_LONG)


def prepare(wasm: Wasm, ink: Ink, size: float) -> Prepared:
    """The ink, prepared for a size of its writing."""
    if not (np.isfinite(size) and size >= 0):
        raise EngineError(f"prepare: size: expected a number of at least 0, found {size}")
    standard = wasm.call("standard_size")
    with wasm.scratch():
        arguments = (*write_ink(wasm, ink), size, 0 if ink.pen_up[-1] else 1)
        count = int(wasm.run("prepare", "prepare", *arguments, 0, 0, 0, outside=_TOO_LONG))
        out, index = wasm.alloc(12 * count), wasm.alloc(4 * (count + 1))
        wasm.run("prepare", "prepare", *arguments, out, count, index)
        offsets, raw_points = wasm.read(out, (count, 3)), wasm.read_integers(index, (count + 1,))
    # The first stroke is a dot where the second prepared point lies in a later stroke.
    second = int(raw_points[1]) if count else len(ink)
    scale = standard / size if size > 0 else 1.0
    return Prepared(offsets, scale, raw_points, bool(ink.pen_up[:second].any()))


def write_ink(wasm: Wasm, ink: Ink) -> tuple[int, int, int]:
    """Points, pen lifts and their number, in the memory of an instance."""
    return wasm.write(ink.points), wasm.write(ink.pen_up.astype(np.uint8)), len(ink)
