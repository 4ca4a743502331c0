"""An instance of learn.wasm: a checkpoint, some lines, and the gradients of what is learned (spec/hand.md).

Letter key: P numbers that are learned, n lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.hand import learned_tensors
from pentrace.engine.wasm import LEARN_WASM, FloatArray, Wasm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.checkpoint import Checkpoint

_MATRICES = (
    "lstm.0.recurrent.weight",
    "lstm.0.code.recurrent.weight",
    "lstm.0.modulation.weight",
    "head.weight",
)
"""By the number that learn_matrix knows them by."""


class Read(NamedTuple):
    """What reading a window of some lines gave, a row for each line."""

    nats: npt.NDArray[np.float64]
    """Sums over the window, in model units, [n]."""
    gradients: FloatArray
    """By each number, [n, P padded]; empty if none were asked for."""
    points: int
    """Points of all these lines in the window."""


class Learner:
    """A checkpoint and lines, offsets [m, 3] in model units; what has been learned so far."""

    def __init__(self, checkpoint: Checkpoint, lines: Sequence[FloatArray]) -> None:
        self.lengths = [len(line) for line in lines]
        a = checkpoint.architecture
        self.names = learned_tensors(a)
        self._wasm = Wasm(LEARN_WASM)
        self._wasm.run("learn_create", "learn", a.hidden, a.mixtures, a.code, a.head_rows)
        for number, name in enumerate(_MATRICES):
            if name in checkpoint.tensors:
                with self._wasm.scratch():
                    source = self._wasm.write(checkpoint.tensors[name])
                    self._wasm.run("learn_matrix", name, number, source)
        flat = np.concatenate([checkpoint.tensors[name].reshape(-1) for name in self.names])
        with self._wasm.scratch():
            addresses = self._wasm.write(flat), self._wasm.write(units(checkpoint))
            self._wasm.run("learn_begin", "learn", *addresses)
        self._stride = int(self._wasm.call("learn_stride"))
        self._state = int(self._wasm.call("learn_state_bytes"))
        self._lines = [self._wasm.write(np.concatenate([np.zeros((1, 3), np.float32), x])) for x in lines]
        self._states = [self._wasm.alloc(self._state) for _ in lines]

    @property
    def numbers(self) -> FloatArray:
        """A copy of what has been learned so far, [P]."""
        return self._wasm.read(int(self._wasm.call("learn_parameters")), (self._size,))

    @numbers.setter
    def numbers(self, values: FloatArray) -> None:
        at = int(self._wasm.call("learn_parameters"))
        self._wasm.bytes(at, 4 * self._size)[:] = values.view(np.uint8)

    @property
    def _size(self) -> int:
        return int(self._wasm.call("learn_count"))

    def tensors(self) -> dict[str, FloatArray]:
        """What has been learned so far, by names."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.names.values()])
        parts = np.split(self.numbers, ends[:-1])
        return {
            name: part.reshape(shape) for (name, shape), part in zip(self.names.items(), parts, strict=True)
        }

    def restart(self) -> None:
        """Puts every line's state back to its beginning."""
        for at in self._states:
            self._wasm.bytes(at, self._state)[:] = 0

    def read(self, lines: Sequence[int], begin: int, end: int, *, gradients: bool) -> Read:
        """Reads offsets `begin` to `end` of lines, all of which reach beyond `begin`, on from their states."""
        ends = [min(end, self.lengths[line]) for line in lines]
        rows = [
            (self._lines[line], begin, last, self._states[line])
            for line, last in zip(lines, ends, strict=True)
        ]
        n = len(rows)
        with self._wasm.scratch():
            table, sums = self._wasm.write(np.array(rows, np.int32)), self._wasm.alloc(8 * n)
            to = self._wasm.alloc(self._stride * n) if gradients else 0
            self._wasm.run("learn_window", "learn", n, table, sums, to)
            nats = self._wasm.bytes(sums, 8 * n).view(np.float64).copy()
            found = self._wasm.read(to, (n, self._stride // 4)) if to else np.empty((n, 0), np.float32)
        return Read(nats, found, sum(ends) - begin * n)

    def step(self, gradients: FloatArray, points: int, rate: float) -> None:
        """One step of Adam from the gradients of some lines [n, P padded] over so many points."""
        with self._wasm.scratch():
            at = self._wasm.write(gradients)
            self._wasm.run("learn_step", "learn", at, len(gradients), points, rate)


def units(checkpoint: Checkpoint) -> FloatArray:
    """The unit in which the change of each number is counted, [P]: of a scale its own size, of others 1.

    A read-out row without weights is a mixture component that is fixed at offset zero: it has no unit, and stays.
    """
    fixed = ~checkpoint.tensors["head.weight"].any(axis=1)
    parts = []
    for name in learned_tensors(checkpoint.architecture):
        values = checkpoint.tensors[name]
        unit = np.abs(values) if name.endswith(".scale") else np.ones_like(values)
        if name.startswith("head."):
            unit[fixed] = 0
        parts.append(unit.reshape(-1))
    return np.concatenate(parts).astype(np.float32)
