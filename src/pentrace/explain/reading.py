"""An ink that a model reads, with or without a text, and its states along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine.interventions import Intervention
from pentrace.engine.text import read_text
from pentrace.engine.text.written import CAP
from pentrace.errors import InkError, TextError

if TYPE_CHECKING:
    from typing import SupportsIndex

    from pentrace.engine import State
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]

_LEFT = 150
"""Offsets that a text has left where no step is named: enough for futures to show a hand before its line ends."""
_NOTHING = Intervention()


def write_line(
    writer: Writer, text: str, *, hand: int | None = None, seed: SupportsIndex = 0, variation: float = 0.6
) -> read_text.Reading:
    """One line of a text, in the model's writing, to be read again.

    Raises:
        EngineError: a character or a hand that the model does not know, or a text of more than 256 characters.
        TextError: no text.
    """
    if not text:
        raise TextError("text: expected at least one character, found none")
    state = writer.engine.start(text, hand)
    line = writer.engine.write(state, CAP * (len(text) + 1), cap=CAP, seed=seed, variation=variation)
    return read_text.Reading(line.offsets, text, line.pointers, hand)


class Reading:
    """A writer and what it reads: an ink with its text, where that is known and the model knows text.

    line: the ink as the writer reads it (`Writer.reading`).
    """

    def __init__(self, writer: Writer, ink: Readable) -> None:
        self.writer = writer
        self.line = writer.reading(ink)

    @property
    def offsets(self) -> F32:
        """[n, 3] in model units."""
        return self.line.offsets

    @property
    def text(self) -> str:
        """What it says; empty without a text."""
        return self.line.text

    @property
    def pointers(self) -> npt.NDArray[np.int32] | None:
        """The character of each offset, [n]; None without a text."""
        return self.line.pointers

    def __len__(self) -> int:
        """Number of offsets."""
        return len(self.offsets)

    def state(self, step: SupportsIndex) -> State:
        """The state that predicts offset `step`, 0 to n (spec/trace.md)."""
        step = self.checked(step)
        state = self.line.start(self.writer.engine)
        self.go_on(state, 0, step)
        return state

    def go_on(self, state: State, begin: int, end: int) -> None:
        """Consumes offsets `begin` to `end`, `end` left out, with the pointer where it stood."""
        path = None if self.pointers is None else self.pointers[begin : end + 1]
        if end > begin:
            self.writer.engine.consume(state, self.offsets[begin:end], pointers=path)

    def stepped(self, before: State, step: int, intervention: Intervention = _NOTHING) -> State:
        """The state at a step, from that one step before, with an intervention, after the writer's own, in this step.

        Other threads must not use the writer meanwhile.
        """
        state, own = before.copy(), self.writer.intervention
        try:
            self._intervene(own.then(intervention))
            self.go_on(state, step - 1, step)
        finally:
            self._intervene(own)
        return state

    def _intervene(self, intervention: Intervention) -> None:
        a = self.writer.checkpoint.architecture
        for layer, table in enumerate(intervention.settings(a.layers, a.hidden)):
            self.writer.engine.intervene(layer, table)

    def checked(self, step: SupportsIndex | None, least: int = 0) -> int:
        """A step of this ink; for None the last, or with a text one some time before its end. Raises InkError."""
        if step is None:
            step = len(self) if not self.text else max(len(self) - _LEFT, len(self) // 2)
        return whole("step", step, least, len(self), InkError)
