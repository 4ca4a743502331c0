"""Hosts engine.wasm: the same bytes that the page runs compute every prediction of Python (spec/engine.md).

An Engine holds one model and belongs to one thread at a time.

Letter key: H hidden, L layers, K mixture components, n steps, F futures.
"""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.architecture import CELLS
from pentrace.engine.wasm import FloatArray, Wasm
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pentrace.checkpoint import Checkpoint
    from pentrace.ink import Ink

_LAYER_TENSORS = (
    *("input.weight", "input.scale", "recurrent.weight", "recurrent.scale", "bias"),
    *("gain", "cell.gain", "cell.bias"),
    *("code.input.weight", "code.input.scale", "code.recurrent.weight", "code.recurrent.scale"),
    *("modulation.weight", "modulation.scale"),
)
_HEAD_TENSORS = ("head.weight", "head.scale", "head.bias")
"""Tensors by the number that model_tensor knows them by: those of a layer, then those of the head."""
_DTYPES = {"F32": np.dtype(np.float32), "I8": np.dtype(np.int8)}

_CALL_BYTES = 2**24
"""What the arrays of one call may take of the engine's memory, whatever the length of an ink."""

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


class State:
    """What the model remembers of an ink: made by Engine.start or copy, changed by consume, trace and sample."""

    def __init__(self, engine: Engine, pointer: int) -> None:
        self.engine = engine
        self.pointer = pointer
        weakref.finalize(self, engine._free.append, pointer)

    def copy(self) -> State:
        """Another state with the same memory."""
        other = self.engine._state()
        self.engine._wasm.call("state_copy", other.pointer, self.pointer)
        return other

    @property
    def c(self) -> FloatArray:
        """Cell states, [L, H]."""
        return self._layers("state_c")

    @property
    def h(self) -> FloatArray:
        """Hidden states, [L, H]."""
        return self._layers("state_h")

    def _layers(self, where: str) -> FloatArray:
        a = self.engine.architecture
        at = (int(self.engine._wasm.call(where, layer)) for layer in range(a.layers))
        return np.stack([self.engine._wasm.read(self.pointer + offset, (a.hidden,)) for offset in at])


class Engine:
    """A model ready to run.

    Args:
        checkpoint: the packed weights (pentrace.checkpoint).

    Raises:
        EngineError: engine.wasm is not built, or the weights do not fit its memory.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.architecture = checkpoint.architecture
        self._wasm = Wasm()
        # Pointers of states that nobody holds any more: the engine's memory is a stack, so states are reused.
        self._free: list[int] = []
        a = checkpoint.architecture
        self._wasm.run("model_create", "model", a.layers, a.hidden, a.mixtures, CELLS.index(a.cell), a.code, 0, 0, 0, 0)
        for name in a.tensors():
            self._load(name, checkpoint)
        self._wasm.run("model_ready", "model")

    def start(self) -> State:
        """The state before a line: zero, one zero offset consumed."""
        state = self._state()
        self._wasm.run("state_start", "start", state.pointer)
        return state

    def consume(self, state: State, offsets: npt.ArrayLike) -> None:
        """Moves `state` on by offsets (dx, dy, pen) [n, 3] in model units. Raises EngineError if any is not finite."""
        rows = _offsets(offsets)
        for piece in _pieces(len(rows), 3):
            with self._wasm.scratch():
                at, n = self._wasm.write(rows[piece]), piece.stop - piece.start
                self._wasm.run("consume_many", "consume", self._at(state), at, n, 0)

    def trace(
        self,
        state: State,
        offsets: npt.ArrayLike,
        *,
        c: bool = True,
        h: bool = True,
        gates: bool = False,
        mixture: bool = False,
        loglik: bool = True,
    ) -> dict[str, FloatArray]:
        """Consumes offsets [n, 3] and records what predicted each: row k is what was there before offset k.

        Returns:
            Arrays by name, those asked for: c [n, L, H]; h [n, L, H]; gates [n, L, 4, H] (i f g o);
            mixture [n, 1 + 6K] (e, pi, mu x, mu y, sigma x, sigma y, rho); loglik [n, 2] (position, pen), nats in
            model units.

        Raises:
            EngineError: an offset or a result is not finite.
        """
        rows = _offsets(offsets)
        a, n = self.architecture, len(rows)
        shapes = {
            "c": (c, (n, a.layers, a.hidden)),
            "h": (h, (n, a.layers, a.hidden)),
            "gates": (gates, (n, a.layers, 4, a.hidden)),
            "mixture": (mixture, (n, a.rows)),
            "loglik": (loglik, (n, 2)),
        }
        result = {name: np.empty(shape, np.float32) for name, (wanted, shape) in shapes.items() if wanted}
        width = 3 + sum(math.prod(array.shape[1:]) for array in result.values())
        for piece in _pieces(n, width):
            with self._wasm.scratch():
                at = self._wasm.write(rows[piece])
                out = {name: self._wasm.alloc(array[piece].nbytes) for name, array in result.items()}
                pointers = (out.get(name, 0) for name in shapes)
                self._wasm.run("trace", "trace", self._at(state), at, piece.stop - piece.start, 0, *pointers, 0)
                for name, array in result.items():
                    array[piece] = self._wasm.read(out[name], array[piece].shape)
        return result

    def sample(
        self,
        state: State,
        steps: int,
        *,
        seed: int,
        stream: int = 0,
        origin: int = 0,
        first_step: int = 0,
        variation: float = 1.0,
    ) -> FloatArray:
        """Draws `steps` offsets and consumes them.

        Args:
            state: moved on.
            steps: n.
            seed: 0 to 2^64 - 1.
            stream: which future, 0 to 2^32 - 1.
            origin: the row of the ink that it continues, 0 to 2^32 - 1.
            first_step: the step that the first offset takes its numbers from.
            variation: T >= 0.

        Returns:
            Offsets [n, 3] in model units.

        Raises:
            EngineError: a setting out of range, or a result that is not finite.
        """
        out = np.empty((_count("steps", steps), 3), np.float32)
        _word("first_step", first_step + steps)
        numbers = (*_seed(seed), _word("stream", stream), _word("origin", origin))
        variation = _variation(variation)
        for piece in _pieces(steps, 3):
            with self._wasm.scratch():
                n, first = piece.stop - piece.start, _word("first_step", first_step + piece.start)
                at = self._wasm.alloc(n * 12)
                self._wasm.run("sample", "sample", self._at(state), *numbers, first, n, variation, 0, at, 0)
                out[piece] = self._wasm.read(at, (n, 3))
        return out

    def futures(
        self,
        state: State,
        count: int,
        steps: int,
        *,
        seed: int,
        origin: int = 0,
        first: int = 0,
        variation: float = 1.0,
    ) -> FloatArray:
        """Draws `count` continuations of `state`, which stays as it is.

        Future f is what `sample(state.copy(), steps, seed=seed, stream=first + f, origin=origin)` gives, bit for bit.

        Returns:
            Offsets [F, n, 3] in model units.

        Raises:
            EngineError: a setting out of range, or a result that is not finite.
        """
        out = np.empty((_count("count", count), _count("steps", steps), 3), np.float32)
        _word("first", first + count)
        key, high = _seed(seed), _word("origin", origin)
        variation = _variation(variation)
        for piece in _pieces(count, 3 * steps):
            with self._wasm.scratch():
                n, low = piece.stop - piece.start, _word("first", first + piece.start)
                at = self._wasm.alloc(n * steps * 12)
                numbers = (*key, low, high, n, steps, variation, 0, at, 0)
                self._wasm.run("futures", "futures", self._at(state), *numbers)
                out[piece] = self._wasm.read(at, (n, steps, 3))
        return out

    def mixture(self, state: State, variation: float = 1.0) -> FloatArray:
        """Parameters [1 + 6K] of the next offset: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho."""
        variation = _variation(variation)
        with self._wasm.scratch():
            at = self._wasm.alloc(self.architecture.rows * 4)
            self._wasm.run("mixture", "mixture", self._at(state), variation, at)
            return self._wasm.read(at, (self.architecture.rows,))

    def intervene(self, layer: int, settings: npt.ArrayLike | None) -> None:
        """Changes cells of a layer after every later step.

        Args:
            layer: 0 to L - 1.
            settings: [5, H]: on (0 or 1), scale of c, shift of c, scale of h, shift of h; None for no intervention.

        Raises:
            EngineError: no such layer, a wrong shape, or a number that is not finite.
        """
        if not 0 <= layer < self.architecture.layers:
            raise EngineError(
                f"intervene: layer: expected 0 to {self.architecture.layers - 1}, found {layer}"
            )
        if settings is None:
            self._wasm.run("intervene", "intervene", layer, 0)
            return
        table = np.asarray(settings, np.float32)
        expected = (5, self.architecture.hidden)
        if table.shape != expected:
            raise EngineError(f"intervene: settings: expected shape {expected}, found {table.shape}")
        with self._wasm.scratch():
            self._wasm.run("intervene", "intervene", layer, self._wasm.write(table))

    def random(self, count: int, *, seed: int, stream: int = 0) -> npt.NDArray[np.float64]:
        """`count` numbers in (0, 1), float64, that a seed and a stream fix; samples never use the same ones."""
        with self._wasm.scratch():
            at = self._wasm.alloc(8 * _count("count", count))
            self._wasm.call("random", *_seed(seed), _word("stream", stream), count, at)
            return self._wasm.bytes(at, 8 * count).view(np.float64).copy()

    def writing_size(self, ink: Ink) -> float:
        """Estimated size of the writing in the ink's units (spec/ink.md); 0 for dots alone."""
        with self._wasm.scratch():
            arguments = self._write_ink(ink)
            return self._wasm.run("writing_size", "writing_size", *arguments, outside=_TOO_LONG)

    def prepare(self, ink: Ink, size: float | None = None) -> Prepared:
        """An ink of any pen with the spacing and size that the model knows (spec/ink.md).

        Args:
            ink: a last stroke without pen lift is taken as one that goes on.
            size: of the writing, in the ink's units; None to estimate it.

        Raises:
            EngineError: the size is out of range, or the path is too long for it.
        """
        size = self.writing_size(ink) if size is None else float(np.float32(size))
        if not (np.isfinite(size) and size >= 0):
            raise EngineError(f"prepare: size: expected a number of at least 0, found {size}")
        standard = self._wasm.call("standard_size")
        with self._wasm.scratch():
            arguments = (*self._write_ink(ink), size, 0 if ink.pen_up[-1] else 1)
            count = int(self._wasm.run("prepare", "prepare", *arguments, 0, 0, 0, outside=_TOO_LONG))
            out, index = self._wasm.alloc(12 * count), self._wasm.alloc(4 * (count + 1))
            self._wasm.run("prepare", "prepare", *arguments, out, count, index)
            raw_points = self._wasm.bytes(index, 4 * (count + 1)).view(np.int32).copy()
            offsets = self._wasm.read(out, (count, 3))
        # The first stroke is a dot where the second prepared point lies in a later stroke.
        second = int(raw_points[1]) if count else len(ink)
        scale = standard / size if size > 0 else 1.0
        return Prepared(offsets, scale, raw_points, bool(ink.pen_up[:second].any()))

    def _write_ink(self, ink: Ink) -> tuple[int, int, int]:
        return self._wasm.write(ink.points), self._wasm.write(ink.pen_up.astype(np.uint8)), len(ink)

    def _state(self) -> State:
        pointer = self._free.pop() if self._free else self._wasm.alloc(int(self._wasm.call("state_bytes")))
        return State(self, pointer)

    def _at(self, state: State) -> int:
        """A state's pointer, if it is one of this engine."""
        if state.engine is not self:
            raise EngineError("state: expected one of this engine, found another's")
        return state.pointer

    def _load(self, name: str, checkpoint: Checkpoint) -> None:
        dtype, shape = checkpoint.architecture.tensors()[name]
        tensor = checkpoint.tensors.get(name)
        if tensor is None or tensor.dtype != _DTYPES[dtype] or tensor.shape != shape:
            found = "nothing" if tensor is None else f"{tensor.dtype} {tensor.shape}"
            raise EngineError(f"{name}: expected {_DTYPES[dtype]} {shape}, found {found}")
        with self._wasm.scratch():
            self._wasm.run("model_tensor", name, *tensor_number(name), self._wasm.write(tensor))


def tensor_number(name: str) -> tuple[int, int]:
    """Number and layer by which the engine knows a tensor of a checkpoint."""
    if name in _HEAD_TENSORS:
        return len(_LAYER_TENSORS) + _HEAD_TENSORS.index(name), 0
    _, layer, part = name.split(".", 2)
    return _LAYER_TENSORS.index(part), int(layer)


def _pieces(n: int, width: int) -> Iterator[slice]:
    """Rows of `width` numbers in pieces that one call may hold."""
    size = max(1, _CALL_BYTES // (4 * max(1, width)))
    return (slice(begin, min(begin + size, n)) for begin in range(0, n, size))


def _offsets(offsets: npt.ArrayLike) -> FloatArray:
    array = np.asarray(offsets, np.float32)
    if array.ndim != 2 or array.shape[1] != 3:
        raise EngineError(f"offsets: expected shape (n, 3), found {array.shape}")
    finite = np.isfinite(array).all(axis=1)
    if not finite.all():
        raise EngineError(
            f"offsets: expected finite numbers, found a NaN or an infinity in row {np.argmin(finite)}"
        )
    return array


def _count(name: str, value: int) -> int:
    if not 0 <= value < 2**31:
        raise EngineError(f"{name}: expected 0 to {2**31 - 1}, found {value}")
    return value


def _word(name: str, value: int) -> int:
    """A 32-bit word as the signed number that WebAssembly's i32 takes."""
    if not 0 <= value < 2**32:
        raise EngineError(f"{name}: expected 0 to {2**32 - 1}, found {value}")
    return value - 2**32 if value >= 2**31 else value


def _seed(seed: int) -> tuple[int, int]:
    if not 0 <= seed < 2**64:
        raise EngineError(f"seed: expected 0 to {2**64 - 1}, found {seed}")
    return _word("seed", seed % 2**32), _word("seed", seed >> 32)


def _variation(value: float) -> float:
    if not (np.isfinite(value) and value >= 0):
        raise EngineError(f"variation: expected a number of at least 0, found {value}")
    return float(value)
