"""Drawing from a model: lines, futures and takes (spec/engine.md).

Letter key: K mixture components, n steps, F futures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine.arguments import (
    BATCH,
    CALL_BYTES,
    amount,
    check_size,
    checked_variation,
    seed_words,
    word,
)
from pentrace.engine.host import Host, State
from pentrace.engine.wasm import FloatArray
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Line(NamedTuple):
    """A line that was written from a text."""

    offsets: FloatArray
    """[n, 3] in model units."""
    pointers: npt.NDArray[np.int32]
    """[n], the character of each offset."""


class _Draws(NamedTuple):
    """How futures are drawn, beyond their number and length."""

    seed: SupportsIndex
    origin: SupportsIndex
    first: SupportsIndex
    """The stream of the first."""
    first_step: int
    variation: float
    cap: int = 0
    stop: int = 0
    """The character at which they end; 0 for none."""


class Sampler(Host):
    """A model that draws: what an Engine does with random numbers."""

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
        return self._futures(state, count, steps, _Draws(seed, origin, first, 0, variation))

    def takes(
        self,
        state: State,
        count: SupportsIndex,
        *,
        cap: SupportsIndex,
        seed: SupportsIndex,
        first: SupportsIndex = 0,
        first_step: SupportsIndex = 0,
        variation: float = 1.0,
        stop: SupportsIndex = 0,
    ) -> list[Line]:
        """Writes the rest of a text `count` times; `state` stays as it is.

        Take f is what `write(state.copy(), ..., cap=cap, seed=seed, stream=first + f, first_step=first_step)` gives,
        bit for bit. With `stop` it ends where the pointer comes to this character; 0 for none.
        """
        cap, stop = amount("cap", cap), amount("stop", stop)
        if not state.characters or cap < 1:
            raise EngineError(
                f"takes: expected a text and a cap of at least 1, found {state.characters} characters, cap {cap}"
            )
        characters = stop - state.pointer if stop else state.characters + 1
        steps = cap * max(characters, 1)
        draws = _Draws(seed, 0, first, amount("first_step", first_step), variation, cap, stop)
        offsets, pointers = self._futures(state, count, steps, draws)
        lengths = (pointers >= 0).sum(axis=1)
        return [Line(offsets[f, :n], pointers[f, :n]) for f, n in enumerate(lengths)]

    def _futures(self, state: State, count: SupportsIndex, steps: SupportsIndex, draws: _Draws) -> Line:
        """Offsets [F, n, 3] and the character of each [F, n], -1 after the end of a line."""
        count, steps = amount("count", count), amount("steps", steps)
        first = whole("first", draws.first, 0, 2**32 - 1 - count, EngineError)
        check_size("futures", 12 * count * steps, "draw fewer futures, or shorter ones")
        offsets, pointers = np.empty((count, steps, 3), np.float32), np.empty((count, steps), np.int32)
        numbers = (*seed_words(draws.seed), word("origin", draws.origin))
        draws = draws._replace(variation=checked_variation(draws.variation))
        if steps > self._call_steps:  # one future alone would be too long for a call
            for begin in range(0, count, BATCH):
                batch = slice(begin, min(begin + BATCH, count))
                into = Line(offsets[batch], pointers[batch])
                self._long_futures(state, into, first + begin, numbers, draws)
            return Line(offsets, pointers)
        for piece in self._pieces(count, 4 * steps, steps):
            stream = word("first", first + piece.start)
            n = piece.stop - piece.start
            offsets[piece], pointers[piece] = self._drawn(state, stream, n, steps, numbers, draws)
        return Line(offsets, pointers)

    def _long_futures(
        self, state: State, into: Line, first: int, numbers: tuple[int, int, int], draws: _Draws
    ) -> None:
        """Fills a batch piece by piece, side by side; futures whose line has ended cost nothing more."""
        count, steps = into.pointers.shape
        into.offsets[:], into.pointers[:] = (0, 0, 1), -1
        going = {k: state.copy() for k in range(count)}
        done = 0
        while going and done < steps:
            n = min(steps - done, max(1, self._call_steps // len(going)))
            own = np.array([(each.address, first + k) for k, each in going.items()], np.uint32)
            later = draws._replace(first_step=draws.first_step + done)
            offsets, pointers = self._drawn(state, 0, len(own), n, numbers, later, own)
            piece = slice(done, done + n)
            into.offsets[list(going), piece], into.pointers[list(going), piece] = offsets, pointers
            done += n
            self.steps_done += n * len(own)
            ended = pointers[:, -1] < 0
            going = {k: each for (k, each), end in zip(going.items(), ended, strict=True) if not end}

    def _drawn(
        self,
        state: State,
        stream: int,
        count: int,
        steps: int,
        numbers: tuple[int, int, int],
        draws: _Draws,
        own: npt.NDArray[np.uint32] | None = None,
    ) -> Line:
        """Futures of one call.

        Args:
            state: where they begin.
            stream: the low word of that of the first.
            count: F.
            steps: n.
            numbers: the words of the seed and the high word of the stream.
            draws: the rest.
            own: for each an address of a state of its own and the low word of its stream, [F, 2].
        """
        low, high, origin = numbers
        with self._wasm.scratch():
            at, places = self._wasm.alloc(12 * count * steps), self._wasm.alloc(4 * count * steps)
            table = 0 if own is None else self._wasm.write(own)
            first_step = word("first_step", draws.first_step)
            settings = (count, steps, draws.variation, draws.cap, at, places, first_step, table, draws.stop)
            self._wasm.run("futures", "futures", self._at(state), low, high, stream, origin, *settings)
            shape = count, steps
            return Line(self._wasm.read(at, (*shape, 3)), self._wasm.read_integers(places, shape))

    def _pieces(self, n: int, width: int, steps: int = 1) -> Iterator[slice]:
        """Rows of `width` numbers, each the work of `steps` steps, in pieces that are small enough for one call."""
        size = max(1, min(CALL_BYTES // (4 * max(1, width)), self._call_steps // max(1, steps)))
        for begin in range(0, n, size):
            piece = slice(begin, min(begin + size, n))
            yield piece
            self.steps_done += (piece.stop - piece.start) * steps
