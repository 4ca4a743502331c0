"""Hosts engine.wasm: the same bytes that the page runs compute every prediction of Python (spec/engine.md).

An Engine holds one model. Threads may share it, each with states of its own: they take turns, since a lock lets one
compute at a time. Threads that are to compute at the same time need an engine each.

Letter key: H hidden, L layers, K mixture components, n steps, F futures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine import prepare
from pentrace.engine.arguments import (
    BATCH,
    CALL_BYTES,
    amount,
    check_size,
    checked_offsets,
    checked_variation,
    pointer_path,
    seed_words,
    word,
)
from pentrace.engine.host import Host, State
from pentrace.engine.prepare import Prepared
from pentrace.engine.wasm import FloatArray
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pentrace.ink import Ink


class Line(NamedTuple):
    """A line that was written from a text."""

    offsets: FloatArray
    """[n, 3] in model units."""
    pointers: npt.NDArray[np.int32]
    """[n], the character of each offset."""


class Engine(Host):
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

    def sample(
        self,
        state: State,
        steps: SupportsIndex,
        *,
        seed: SupportsIndex,
        stream: SupportsIndex = 0,
        origin: SupportsIndex = 0,
        first_step: SupportsIndex = 0,
        variation: float = 1.0,
    ) -> FloatArray:
        """Draws `steps` offsets and consumes them; fewer where the line of a text comes to its end.

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
        return self.write(
            state,
            steps,
            cap=0,
            seed=seed,
            stream=stream,
            origin=origin,
            first_step=first_step,
            variation=variation,
        ).offsets

    def write(
        self,
        state: State,
        steps: SupportsIndex,
        *,
        cap: SupportsIndex,
        seed: SupportsIndex,
        stream: SupportsIndex = 0,
        origin: SupportsIndex = 0,
        first_step: SupportsIndex = 0,
        variation: float = 1.0,
    ) -> Line:
        """Writes on at the text of `state`, at most `steps` offsets; `sample` with two things more.

        The line ends when the pointer is past the last character and the pen lifts. A line may be written in pieces
        (`first_step`); an empty piece is its end.

        `cap` is the most offsets of a character, after which the pointer moves on, or past the last the line ends; 0
        for any number. The other settings are those of `sample`.

        Raises:
            EngineError: a setting out of range, or a result that is not finite.
        """
        steps, cap = amount("steps", steps), amount("cap", cap)
        first_step = whole("first_step", first_step, 0, 2**32 - 1 - steps, EngineError)
        check_size("sample", 12 * steps, "sample fewer steps at a time")
        offsets, pointers = np.empty((steps, 3), np.float32), np.empty(steps, np.int32)
        numbers = (*seed_words(seed), word("stream", stream), word("origin", origin))
        variation = checked_variation(variation)
        done = 0
        for piece in self._pieces(steps, 4):
            with self._wasm.scratch():
                n, first = piece.stop - piece.start, word("first_step", first_step + piece.start)
                at, places = self._wasm.alloc(n * 12), self._wasm.alloc(n * 4)
                settings = (first, n, variation, cap, at, places)
                drawn = int(self._wasm.run("sample", "sample", self._at(state), *numbers, *settings))
                offsets[done : done + drawn] = self._wasm.read(at, (drawn, 3))
                pointers[done : done + drawn] = self._wasm.read_integers(places, (drawn,))
                done += drawn
            if drawn < n:
                break
        return Line(offsets[:done], pointers[:done])

    def futures(
        self,
        state: State,
        count: SupportsIndex,
        steps: SupportsIndex,
        *,
        seed: SupportsIndex,
        origin: SupportsIndex = 0,
        first: SupportsIndex = 0,
        variation: float = 1.0,
    ) -> FloatArray:
        """Draws `count` continuations of `state`, which stays as it is.

        Future f is what `sample(state.copy(), steps, seed=seed, stream=first + f, origin=origin)` gives, bit for bit.
        What follows the end of a text's line is (0, 0, 1).

        Returns:
            Offsets [F, n, 3] in model units.

        Raises:
            EngineError: a setting out of range, or a result that is not finite.
        """
        return self.text_futures(
            state, count, steps, seed=seed, origin=origin, first=first, variation=variation
        ).offsets

    def text_futures(
        self,
        state: State,
        count: SupportsIndex,
        steps: SupportsIndex,
        *,
        seed: SupportsIndex,
        origin: SupportsIndex = 0,
        first: SupportsIndex = 0,
        variation: float = 1.0,
    ) -> Line:
        """The same futures, [F, n, 3], with the character of each offset, [F, n]: -1 after the end of the line."""
        return self._futures(state, count, steps, 0, seed, origin, first, variation)

    def takes(
        self,
        state: State,
        count: SupportsIndex,
        *,
        cap: SupportsIndex,
        seed: SupportsIndex,
        first: SupportsIndex = 0,
        variation: float = 1.0,
    ) -> list[Line]:
        """Writes the rest of a text `count` times; `state` stays as it is.

        Take f is what `write(state.copy(), ..., cap=cap, seed=seed, stream=first + f)` gives, bit for bit.
        """
        cap = amount("cap", cap)
        if not state.characters or cap < 1:
            raise EngineError(
                f"takes: expected a text and a cap of at least 1, found {state.characters} characters, cap {cap}"
            )
        steps = cap * (state.characters + 1)
        offsets, pointers = self._futures(state, count, steps, cap, seed, 0, first, variation)
        lengths = (pointers >= 0).sum(axis=1)
        return [Line(offsets[f, :n], pointers[f, :n]) for f, n in enumerate(lengths)]

    def _futures(
        self,
        state: State,
        count: SupportsIndex,
        steps: SupportsIndex,
        cap: int,
        seed: SupportsIndex,
        origin: SupportsIndex,
        first: SupportsIndex,
        variation: float,
    ) -> Line:
        """Offsets [F, n, 3] and the character of each [F, n], -1 after the end of a line."""
        count, steps = amount("count", count), amount("steps", steps)
        first = whole("first", first, 0, 2**32 - 1 - count, EngineError)
        check_size("futures", 12 * count * steps, "draw fewer futures, or shorter ones")
        offsets, pointers = np.empty((count, steps, 3), np.float32), np.empty((count, steps), np.int32)
        key, high = seed_words(seed), word("origin", origin)
        variation = checked_variation(variation)
        if steps > self._call_steps:  # one future alone would be too long for a call
            for begin in range(0, count, BATCH):
                batch = slice(begin, min(begin + BATCH, count))
                into = Line(offsets[batch], pointers[batch])
                self._long_futures(state, into, first + begin, (*key, high), variation, cap)
            return Line(offsets, pointers)
        for piece in self._pieces(count, 4 * steps, steps):
            with self._wasm.scratch():
                n, low = piece.stop - piece.start, word("first", first + piece.start)
                at, places = self._wasm.alloc(n * steps * 12), self._wasm.alloc(n * steps * 4)
                numbers = (*key, low, high, n, steps, variation, cap, at, places, 0, 0)
                self._wasm.run("futures", "futures", self._at(state), *numbers)
                offsets[piece] = self._wasm.read(at, (n, steps, 3))
                pointers[piece] = self._wasm.read_integers(places, (n, steps))
        return Line(offsets, pointers)

    def _long_futures(
        self,
        state: State,
        into: Line,
        first: int,
        numbers: tuple[int, int, int],
        variation: float,
        cap: int,
    ) -> None:
        """Fills a batch piece by piece, side by side; futures whose line has ended cost nothing more.

        numbers: the words of the seed and the high word of the stream.
        """
        low, high, origin = numbers
        count, steps = into.pointers.shape
        into.offsets[:], into.pointers[:] = (0, 0, 1), -1
        going = {k: state.copy() for k in range(count)}
        done = 0
        while going and done < steps:
            n = min(steps - done, max(1, self._call_steps // len(going)))
            own = np.array([(each.address, first + k) for k, each in going.items()], np.uint32)
            with self._wasm.scratch():
                at, places = self._wasm.alloc(len(own) * n * 12), self._wasm.alloc(len(own) * n * 4)
                draws = (low, high, 0, origin, len(own), n, variation, cap, at, places)
                later = (word("first_step", done), self._wasm.write(own))
                self._wasm.run("futures", "futures", self._at(state), *draws, *later)
                offsets = self._wasm.read(at, (len(own), n, 3))
                pointers = self._wasm.read_integers(places, (len(own), n))
            piece = slice(done, done + n)
            into.offsets[list(going), piece], into.pointers[list(going), piece] = offsets, pointers
            done += n
            self.steps_done += n * len(own)
            ended = pointers[:, -1] < 0
            going = {k: each for (k, each), end in zip(going.items(), ended, strict=True) if not end}

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

    def _pieces(self, n: int, width: int, steps: int = 1) -> Iterator[slice]:
        """Rows of `width` numbers, each the work of `steps` steps, in pieces that are small enough for one call."""
        size = max(1, min(CALL_BYTES // (4 * max(1, width)), self._call_steps // max(1, steps)))
        for begin in range(0, n, size):
            piece = slice(begin, min(begin + size, n))
            yield piece
            self.steps_done += (piece.stop - piece.start) * steps

    def _path(self, state: State, pointers: npt.ArrayLike | None, n: int) -> npt.NDArray[np.int32] | None:
        if pointers is None:
            return None
        if not state.characters:
            raise EngineError("pointers: expected a state with a text, found one without")
        return pointer_path(pointers, n, state.pointer, state.characters)

    def _write_path(self, path: npt.NDArray[np.int32] | None, piece: slice) -> int:
        return 0 if path is None else self._wasm.write(path[piece])
