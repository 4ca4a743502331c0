"""An ink that a model reads, with or without a text, and its states along it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine import Prepared
from pentrace.engine.text import CAP
from pentrace.errors import InkError, TextError
from pentrace.ink import Ink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import SupportsIndex

    from pentrace.engine import State
    from pentrace.engine.interventions import Intervention
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TextLine:
    """A line that a model wrote from a text, to be read again.

    hand: the number of a hand of the checkpoint, or None for no particular one.
    offsets: [n, 3] in model units.
    pointers: [n], the character of each offset.
    """

    text: str
    hand: int | None
    offsets: F32
    pointers: npt.NDArray[np.int32]


def write_line(
    writer: Writer, text: str, *, hand: int | None = None, seed: SupportsIndex = 0, variation: float = 0.6
) -> TextLine:
    """One line of a text, in the model's writing.

    Raises:
        EngineError: a character or a hand that the model does not know, or a text of more than 256 characters.
        TextError: no text.
    """
    if not text:
        raise TextError("text: expected at least one character, found none")
    state = writer.engine.start(text, hand)
    line = writer.engine.write(state, CAP * (len(text) + 1), cap=CAP, seed=seed, variation=variation)
    return TextLine(text, hand, line.offsets, line.pointers)


class Reading:
    """A writer and what it reads.

    offsets: [n, 3] in model units.
    text: "" without one. pointers: [n] with a text, otherwise None.
    """

    def __init__(self, writer: Writer, source: Ink | Prepared | TextLine) -> None:
        self.writer = writer
        self.text = ""
        self.hand: int | None = None
        self.pointers: npt.NDArray[np.int32] | None = None
        if isinstance(source, TextLine):
            self.text, self.hand = source.text, source.hand
            self.offsets, self.pointers = source.offsets, source.pointers
        else:
            self.offsets = writer.read(source).offsets

    def __len__(self) -> int:
        """Number of offsets."""
        return len(self.offsets)

    @classmethod
    def of_offsets(cls, writer: Writer, offsets: F32) -> Reading:
        """Of offsets [n, 3] in model units."""
        return cls(writer, Prepared(offsets, 1.0, np.arange(len(offsets) + 1, dtype=np.int32), False))

    def under(self, writer: Writer) -> Reading:
        """The same ink, read by another writer."""
        other = Reading.__new__(Reading)
        other.__dict__.update(self.__dict__, writer=writer)
        return other

    def state(self, step: SupportsIndex) -> State:
        """The state that predicts offset `step`, 0 to n (spec/trace.md)."""
        step = self.checked(step)
        state = self.writer.engine.start(self.text, self.hand)
        self.go_on(state, 0, step)
        return state

    def go_on(self, state: State, begin: int, end: int) -> None:
        """Consumes offsets `begin` to `end`, `end` left out, with the pointer where it stood."""
        path = None if self.pointers is None else self.pointers[begin : end + 1]
        if end > begin:
            self.writer.engine.consume(state, self.offsets[begin:end], pointers=path)

    def checked(self, step: SupportsIndex, least: int = 0) -> int:
        """A step of this ink. Raises InkError."""
        return whole("step", step, least, len(self), InkError)


@contextmanager
def during(writer: Writer, intervention: Intervention) -> Iterator[None]:
    """Has an intervention in force in the writer's engine, after its own, until the block ends.

    Other threads must not use this writer meanwhile.
    """
    a = writer.checkpoint.architecture
    tables = writer.intervention.then(intervention).settings(a.layers, a.hidden)
    own = writer.intervention.settings(a.layers, a.hidden)
    try:
        for layer, table in enumerate(tables):
            writer.engine.intervene(layer, table)
        yield
    finally:
        for layer, table in enumerate(own):
            writer.engine.intervene(layer, table)
