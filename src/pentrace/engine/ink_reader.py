"""Reading an ink with a model: its state after it, everything computed on the way, its futures."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import Checkpoint
from pentrace.counts import whole
from pentrace.engine.arguments import check_size, checked_offsets
from pentrace.engine.engine import Engine
from pentrace.engine.host import State
from pentrace.engine.prepare import Prepared
from pentrace.engine.sheet import read_sheet
from pentrace.engine.text.read_text import Reading, aligned, own
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.trace import Trace
from pentrace.errors import InkError
from pentrace.ink import MAX_POINTS, Ink
from pentrace.link.sheet import SheetInk

FloatArray = npt.NDArray[np.float32]
Readable = Ink | Prepared | SheetInk | FloatArray | Reading
"""What a model can read: an ink, one that is prepared, one of the page, offsets [n, 3] in model units, or an ink with
its text."""


class Futures(NamedTuple):
    """Sampled continuations after each of n offsets of an ink, n + 1 rows, F futures of K points."""

    offsets: FloatArray
    """[n + 1, F, K, 3] in model units."""
    characters: npt.NDArray[np.int32]
    """[n + 1, F, K], where the pointer stands at each point; -1 after the end of the line, 0 without a text."""


class InkReader:
    """What a Writer does with an ink that is there.

    Args:
        checkpoint: the model.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self.engine = Engine(checkpoint)

    def futures(
        self,
        ink: Readable,
        count: SupportsIndex = 50,
        steps: SupportsIndex = 8,
        *,
        seed: SupportsIndex = 0,
        variation: float = 0.6,
    ) -> FloatArray:
        """Sampled continuations at every step: offsets [step, future, horizon, 3] in model units.

        Row p has the continuations after p of the n offsets of the prepared ink, so there are n + 1 rows. An ink with
        a text is continued along it (`reading`); what follows the end of its line is (0, 0, 1).
        """
        return self.text_futures(ink, count, steps, seed=seed, variation=variation).offsets

    def text_futures(
        self,
        ink: Readable,
        count: SupportsIndex = 50,
        steps: SupportsIndex = 8,
        *,
        seed: SupportsIndex = 0,
        variation: float = 0.6,
    ) -> Futures:
        """The same futures with the character of each point: they may part in the text as well as in the ink."""
        reading = self.reading(ink)
        offsets = reading.offsets
        count, steps = whole("count", count, 0, 2**31 - 1, InkError), whole_steps(steps)
        rows = len(offsets) + 1
        size = 16 * rows * count * steps
        check_size("futures", size, "draw fewer futures, shorter ones, or along a part of the ink")
        state = reading.start(self.engine)
        found = Futures(
            np.empty((rows, count, steps, 3), np.float32), np.empty((rows, count, steps), np.int32)
        )
        for p in range(rows):
            drawn = self.engine.text_futures(state, count, steps, seed=seed, origin=p, variation=variation)
            found.offsets[p], found.characters[p] = drawn
            if p < len(offsets):
                after = None if reading.pointers is None else reading.pointers[p : p + 2]
                self.engine.consume(state, offsets[p : p + 1], pointers=after)
        return found

    def trace(
        self,
        ink: Readable,
        *,
        c: bool = True,
        h: bool = True,
        gates: bool = False,
        mixture: bool = False,
        loglik: bool = True,
    ) -> Trace:
        """Everything computed while reading the ink; see Trace for shapes. An ink with a text is read along it."""
        reading = self.reading(ink)
        pointer = reading.pointers is not None
        arrays = reading.trace(
            self.engine, c=c, h=h, gates=gates, mixture=mixture, loglik=loglik, pointer=pointer
        )
        return Trace(reading.offsets, reading.scale, text=reading.text, **arrays)

    def reading(
        self,
        ink: Readable,
        text: str | None = None,
        *,
        hand: int | npt.ArrayLike | None = None,
    ) -> Reading:
        """The ink with what it says, for `trace` and `futures`. A checkpoint that knows no text reads the ink alone.

        Args:
            ink: of one line.
            text: what it says; the recogniser finds its characters in the ink. None for what the ink itself says (an
                ink that was written from a text, or read from a file that says it), "" to read it alone.
            hand: the number of one of the checkpoint's hands, a hand code [D], or None for no particular hand.

        Raises:
            TextError: the text does not fit the ink, or the model cannot read it.
            EngineError: a hand that the model does not know.
        """
        if isinstance(ink, Reading):
            return ink
        prepared, known = self.read(ink), self.checkpoint.architecture.text
        if text is None and isinstance(ink, Ink):
            found = own(ink, prepared, known)
        elif text:
            found = aligned(prepared.offsets, text, known, self._recogniser)
        else:
            found = Reading(prepared.offsets)
        return found._replace(scale=prepared.scale, hand=hand, first_lifted=prepared.first_lifted)

    def state(self, ink: Readable) -> State:
        """The model's state after an ink; after one with its text (`reading`) along it."""
        reading = ink if isinstance(ink, Reading) else Reading(self.read(ink).offsets)
        state = reading.start(self.engine)
        self.engine.consume(state, reading.offsets, pointers=reading.pointers)
        return state

    def prepare(self, ink: Ink) -> Ink:
        """The ink as the model reads it, in its own units; an ink that has a scale is returned unchanged."""
        return ink if ink.scale is not None else as_points(ink, self.read(ink))

    def read(self, ink: Readable) -> Prepared:
        """The ink as the model reads it. Pass this to `futures` and `trace` to prepare an ink only once.

        Offsets are taken as they are, as the ink of a whiteboard. The ink of a link (`pentrace.link.read_link`) is read
        as the page reads it.
        """
        if isinstance(ink, Prepared):
            return ink
        if isinstance(ink, SheetInk):
            return read_sheet(self.engine, ink)
        if isinstance(ink, np.ndarray | Reading):
            rows = checked_offsets(ink.offsets if isinstance(ink, Reading) else ink)
            numbers = np.arange(len(rows) + 1, dtype=np.int32)
            if isinstance(ink, Reading):
                return Prepared(rows, ink.scale, numbers, ink.first_lifted)
            return Prepared(rows, self.checkpoint.units_per_raw_unit, numbers, False)
        if ink.scale is None:
            return self.engine.prepare(ink)
        return Prepared(ink.offsets(), ink.scale, np.arange(len(ink), dtype=np.int32), bool(ink.pen_up[0]))

    @cached_property
    def _recogniser(self) -> Recogniser:
        """The one that comes with the package, loaded when it is first needed."""
        return Recogniser.load()


def as_points(ink: Ink, prepared: Prepared) -> Ink:
    """A prepared ink as points in the units of the ink that it was made from, and from its first point."""
    x, y = map(float, ink.points[0])
    return Ink.from_offsets(prepared.offsets, prepared.scale, (x, y), prepared.first_lifted)


def whole_steps(steps: SupportsIndex, most: int = MAX_POINTS - 1) -> int:
    """The number of steps to write: an ink has one point more, and MAX_POINTS at most."""
    return whole("steps", steps, 1, most, InkError)
