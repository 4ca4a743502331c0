"""An instance of learn.wasm: a checkpoint, some lines, and the gradients of what is learned (spec/hand.md).

Letter key: P numbers that are learned, n lines.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.hand_changes import (
    ADDED,
    DIRECTIONS,
    HAND_CODE,
    RANK,
    begun,
    learned_tensors,
    rounded,
)
from pentrace.engine.wasm import LEARN_WASM, FloatArray, Wasm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.checkpoint import Checkpoint
    from pentrace.engine.text.scripts import Script

_TENSORS = (
    "lstm.0.recurrent.weight",
    "lstm.0.code.recurrent.weight",
    "lstm.0.modulation.weight",
    "head.weight",
    "text.weight",
    "text.scale",
    "text.code.weight",
    "text.embedding",
)
"""By the number that learn_tensor knows them by."""
CODE_UNIT = 3.5
"""The unit of a number of the hand code: some 25 times the spread of the hands of the checkpoint that knows text, so
that the code goes towards another hand while the other numbers change little. With four times as much, what is written
is harder to read and the score hardly better."""
TEXT_ADDED_UNIT = 2.0
"""The unit of what a direction adds, of a checkpoint that knows text; of another it is 1, because with a larger one it
gains less."""
JITTER = 4.0
"""Steps (standard deviation) by which moves of the pointer are off, as in training: see training/config.py."""


class Read(NamedTuple):
    """What reading a window of some lines gave, a row for each line."""

    nats: npt.NDArray[np.float64]
    """Sums over the window, in model units, [n]."""
    gradients: FloatArray
    """By each number, [n, P padded]; empty if none were asked for."""
    points: int
    """Points of all these lines in the window."""


class Learner:
    """A checkpoint and lines, offsets [m, 3] in model units, some with their texts; what has been learned so far."""

    def __init__(
        self, checkpoint: Checkpoint, lines: Sequence[FloatArray], scripts: Sequence[Script | None] = ()
    ) -> None:
        self.lengths = [len(line) for line in lines]
        a = checkpoint.architecture
        self.names = learned_tensors(a)
        self._directions = np.zeros((RANK, a.hidden), np.float32)
        self._wasm = Wasm(LEARN_WASM)
        t = a.text
        text = (len(t.alphabet), t.reach, t.embedding, t.hand) if t else (0, 0, 0, 0)
        self._wasm.run("learn_create", "learn", a.hidden, a.mixtures, a.code, *text)
        for number, name in enumerate(_TENSORS):
            if name in checkpoint.tensors:
                with self._wasm.scratch():
                    source = self._wasm.write(checkpoint.tensors[name])
                    self._wasm.run("learn_tensor", name, number, source)
        flat = self._base = np.concatenate([begun(checkpoint, name).reshape(-1) for name in self.names])
        with self._wasm.scratch():
            addresses = self._wasm.write(flat), self._wasm.write(units(checkpoint))
            self._wasm.run("learn_begin", "learn", *addresses)
        self._stride = int(self._wasm.call("learn_stride"))
        self._state = int(self._wasm.call("learn_state_bytes"))
        self._lines = [self._wasm.write(np.concatenate([np.zeros((1, 3), np.float32), x])) for x in lines]
        self._states = [self._wasm.alloc(self._state) for _ in lines]
        given = scripts or [None] * len(lines)
        self._texts = [
            0 if script is None else self._text(script, length)
            for script, length in zip(given, self.lengths, strict=True)
        ]

    def _text(self, script: Script, length: int) -> int:
        codes, first = self._wasm.write(script.codes), self._wasm.write(script.first)
        return int(self._wasm.run("learn_text", "text", codes, first, len(script.codes), length))

    @property
    def numbers(self) -> FloatArray:
        """A copy of what has been learned so far, [P]."""
        return self._wasm.read(int(self._wasm.call("learn_parameters")), (self._size,))

    @numbers.setter
    def numbers(self, values: FloatArray) -> None:
        at = int(self._wasm.call("learn_parameters"))
        self._wasm.bytes(at, 4 * self._size)[:] = values.view(np.uint8)

    def find_directions(self, lines: Sequence[int], end: int) -> FloatArray:
        """The directions in which h varies most while lines are read, [RANK, H], rounded as in a file.

        Of each line the offsets up to `end` are read.
        """
        self.restart()
        rows = self._table(lines, 0, end)
        shape = self._directions.shape
        with self._wasm.scratch():
            table, to = self._wasm.write(rows), self._wasm.alloc(4 * math.prod(shape))
            self._wasm.run("learn_find", "learn", len(rows), table, to)
            return rounded({DIRECTIONS: self._wasm.read(to, shape)})[DIRECTIONS]

    @property
    def directions(self) -> FloatArray:
        """Directions of h that may add to the recurrent sums, [RANK, H]; zero at first."""
        return self._directions

    @directions.setter
    def directions(self, values: FloatArray) -> None:
        self._directions = values
        with self._wasm.scratch():
            self._wasm.run("learn_directions", "learn", self._wasm.write(values))

    @property
    def _size(self) -> int:
        return int(self._wasm.call("learn_count"))

    def changes(self, numbers: FloatArray, share: float) -> dict[str, FloatArray]:
        """What a hand keeps of learned numbers [P], rounded as in its file, and the directions.

        That is a share of what they change, and the whole hand code.
        """
        ends = np.cumsum([math.prod(shape) for shape in self.names.values()])
        parts = np.split(numbers.astype(np.float64) - self._base, ends[:-1])
        kept = {
            name: (part if name == HAND_CODE else share * part).astype(np.float32).reshape(shape)
            for (name, shape), part in zip(self.names.items(), parts, strict=True)
        }
        return rounded(kept) | {DIRECTIONS: self._directions}

    def changed(self, changes: dict[str, FloatArray]) -> FloatArray:
        """The numbers [P] with these changes."""
        flat: FloatArray = np.concatenate([changes[name].reshape(-1) for name in self.names])
        return self._base + flat

    def restart(self, number: int | None = None) -> None:
        """Puts every line's state back to its beginning.

        In the pass of a number pointers make their moves a little off; otherwise just when the next character begins.
        """
        for at in self._states:
            self._wasm.bytes(at, self._state)[:] = 0
        jitter = 0.0 if number is None else JITTER
        for line, at in enumerate(self._texts):
            if at:
                self._wasm.run("learn_path", "text", at, jitter, line, number or 0)

    def read(
        self,
        lines: Sequence[int],
        begin: int,
        end: int,
        *,
        gradients: bool,
        drop: float = 0.0,
        step: int = 0,
    ) -> Read:
        """Reads offsets `begin` to `end` of lines, all of which reach beyond `begin`, on from their states.

        A share `drop` of the recurrent weights and of the hidden states before the read-out is left out, by random
        numbers of the `step`.
        """
        rows = self._table(lines, begin, end)
        n = len(rows)
        with self._wasm.scratch():
            table, sums = self._wasm.write(rows), self._wasm.alloc(8 * n)
            to = self._wasm.alloc(self._stride * n) if gradients else 0
            self._wasm.run("learn_window", "learn", n, table, sums, to, float(drop), step)
            nats = self._wasm.bytes(sums, 8 * n).view(np.float64).copy()
            found = self._wasm.read(to, (n, self._stride // 4)) if to else np.empty((n, 0), np.float32)
        return Read(nats, found, int((rows[:, 2] - rows[:, 1]).sum()))

    def _table(self, lines: Sequence[int], begin: int, end: int) -> npt.NDArray[np.int32]:
        """What learn.wasm is told of a window of lines, [n, 6]."""
        rows = [
            (self._lines[k], begin, min(end, self.lengths[k]), self._states[k], self._texts[k], k)
            for k in lines
        ]
        return np.array(rows, np.int32)

    def step(self, gradients: FloatArray, points: int, rate: float) -> None:
        """One step of Adam from the gradients of some lines [n, P padded] over so many points."""
        with self._wasm.scratch():
            at = self._wasm.write(gradients)
            self._wasm.run("learn_step", "learn", at, len(gradients), points, rate)


def units(checkpoint: Checkpoint) -> FloatArray:
    """The unit in which the change of each number is counted, [P].

    Of a scale it is its own size, of the hand code CODE_UNIT, of others 1; of what directions add it is TEXT_ADDED_UNIT
    with a checkpoint that knows text. A read-out row without weights is a mixture component that is fixed at offset
    zero: it has no unit, and stays.
    """
    fixed = ~checkpoint.tensors["head.weight"].any(axis=1)
    parts = []
    for name in learned_tensors(checkpoint.architecture):
        values = begun(checkpoint, name)
        unit = np.abs(values) if name.endswith(".scale") else np.ones_like(values)
        if name == HAND_CODE:
            unit *= CODE_UNIT
        if name == ADDED and checkpoint.architecture.text:
            unit *= TEXT_ADDED_UNIT
        if name.startswith("head."):
            unit[fixed] = 0
        parts.append(unit.reshape(-1))
    return np.concatenate(parts).astype(np.float32)
