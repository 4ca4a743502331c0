"""Hosts engine.wasm: the same bytes that the page runs compute every prediction of Python (spec/engine.md).

An Engine holds one model. Threads may share it, each with states of its own: they take turns, since a lock lets one
compute at a time. Threads that are to compute at the same time need an engine each.

Letter key: H hidden, L layers, K mixture components, n steps, F futures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine import prepare
from pentrace.engine.arguments import (
    amount,
    check_size,
    checked_offsets,
    checked_variation,
    pointer_path,
    seed_words,
    word,
)
from pentrace.engine.host import State
from pentrace.engine.prepare import Prepared
from pentrace.engine.sampler import Sampler
from pentrace.engine.wasm import FloatArray
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from pentrace.ink import Ink


class Engine(Sampler):
    """A model ready to run.

    Args:
        checkpoint: the packed weights (pentrace.checkpoint).

    Raises:
        EngineError: engine.wasm is not built, or the weights do not fit its memory.
    """

    def consume(self, state: State, offsets: npt.ArrayLike, *, pointers: npt.ArrayLike | None = None) -> None:
        """Moves `state` on by offsets.

        Args:
            state: moved on.
            offsets: (dx, dy, pen), [n, 3] in model units.
            pointers: the character of each offset, [n], and if it is known of the next too, [n + 1]; None where the
                pointer of a text moves by itself.

        Raises:
            EngineError: an offset that is not finite, or pointers that do not fit.
        """
        rows = checked_offsets(offsets)
        path = self._path(state, pointers, len(rows))
        for piece in self._pieces(len(rows), 3):
            with self._wasm.scratch():
                at, n = self._wasm.write(rows[piece]), piece.stop - piece.start
                self._wasm.run(
                    "consume_many", "consume", self._at(state), at, n, self._write_path(path, piece)
                )

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
        pointer: bool = False,
        pointers: npt.ArrayLike | None = None,
    ) -> dict[str, FloatArray]:
        """Consumes offsets [n, 3] and records what predicted each: row k is what was there before offset k.

        `pointers` is as in consume.

        Returns:
            Arrays by name, those asked for: c [n, L, H]; h [n, L, H]; gates [n, L, 4, H] (i f g o);
            mixture [n, 1 + 6K] (e, pi, mu x, mu y, sigma x, sigma y, rho); loglik [n, 2] (position, pen), nats in
            model units; pointer [n, 2] (where it stands, the probability that it moves on).

        Raises:
            EngineError: an offset or a result is not finite, or pointers that do not fit.
        """
        rows = checked_offsets(offsets)
        a, n = self.architecture, len(rows)
        shapes = {
            "c": (c, (n, a.layers, a.hidden)),
            "h": (h, (n, a.layers, a.hidden)),
            "gates": (gates, (n, a.layers, 4, a.hidden)),
            "mixture": (mixture, (n, a.rows)),
            "loglik": (loglik, (n, 2)),
            "pointer": (pointer, (n, 2)),
        }
        if pointer and not a.text:
            raise EngineError("trace: pointer: expected a model that knows text, found one that does not")
        path = self._path(state, pointers, n)
        asked = {name: shape for name, (wanted, shape) in shapes.items() if wanted}
        width = 3 + sum(math.prod(shape[1:]) for shape in asked.values())
        check_size("trace", 4 * n * width, "ask for fewer arrays, or trace a part of the ink")
        result = {name: np.empty(shape, np.float32) for name, shape in asked.items()}
        for piece in self._pieces(n, width):
            with self._wasm.scratch():
                at = self._wasm.write(rows[piece])
                out = {name: self._wasm.alloc(array[piece].nbytes) for name, array in result.items()}
                addresses = [self._write_path(path, piece), *(out.get(name, 0) for name in shapes)]
                self._wasm.run("trace", "trace", self._at(state), at, piece.stop - piece.start, *addresses)
                for name, array in result.items():
                    array[piece] = self._wasm.read(out[name], array[piece].shape)
        return result

    def mixture(self, state: State, variation: float = 1.0) -> FloatArray:
        """Parameters [1 + 6K] of the next offset: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho."""
        variation = checked_variation(variation)
        with self._wasm.scratch():
            at = self._wasm.alloc(self.architecture.rows * 4)
            self._wasm.run("mixture", "mixture", self._at(state), variation, at)
            return self._wasm.read(at, (self.architecture.rows,))

    def intervene(self, layer: SupportsIndex, settings: npt.ArrayLike | None) -> None:
        """Changes cells of a layer after every later step.

        Args:
            layer: 0 to L - 1.
            settings: [5, H]: on (0 or 1), scale of c, shift of c, scale of h, shift of h; None for no intervention.

        Raises:
            EngineError: no such layer, a wrong shape, or a number that is not finite.
        """
        layer = whole("intervene: layer", layer, 0, self.architecture.layers - 1, EngineError)
        if settings is None:
            self._wasm.run("intervene", "intervene", layer, 0)
            return
        table = np.asarray(settings, np.float32)
        expected = (5, self.architecture.hidden)
        if table.shape != expected:
            raise EngineError(f"intervene: settings: expected shape {expected}, found {table.shape}")
        with self._wasm.scratch():
            self._wasm.run("intervene", "intervene", layer, self._wasm.write(table))

    def random(
        self, count: SupportsIndex, *, seed: SupportsIndex, stream: SupportsIndex = 0
    ) -> npt.NDArray[np.float64]:
        """`count` numbers in (0, 1), float64, that a seed and a stream fix; samples never use the same ones."""
        count = amount("count", count)
        with self._wasm.scratch():
            at = self._wasm.alloc(8 * count)
            self._wasm.call("random", *seed_words(seed), word("stream", stream), count, at)
            return self._wasm.bytes(at, 8 * count).view(np.float64).copy()

    def writing_size(self, ink: Ink) -> float:
        """Estimated size of the writing in the ink's units (spec/ink.md); 0 for dots alone."""
        return prepare.writing_size(self._wasm, ink)

    def prepare(self, ink: Ink, size: float | None = None) -> Prepared:
        """An ink of any pen with the spacing and size that the model knows (spec/ink.md).

        Args:
            ink: a last stroke without pen lift is taken as one that goes on.
            size: of the writing, in the ink's units; None to estimate it.

        Raises:
            EngineError: the size is out of range, or the path is too long for it.
        """
        size = self.writing_size(ink) if size is None else float(np.float32(size))
        return prepare.prepare(self._wasm, ink, size)

    def _path(self, state: State, pointers: npt.ArrayLike | None, n: int) -> npt.NDArray[np.int32] | None:
        if pointers is None:
            return None
        if not state.characters:
            raise EngineError("pointers: expected a state with a text, found one without")
        return pointer_path(pointers, n, state.pointer, state.characters)

    def _write_path(self, path: npt.NDArray[np.int32] | None, piece: slice) -> int:
        return 0 if path is None else self._wasm.write(path[piece])
