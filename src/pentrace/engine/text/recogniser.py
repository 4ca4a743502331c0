"""The recogniser of handwriting in recogniser.wasm: it reads ink, says how well ink fits a text, and aligns the two.

It aligns the training data and ranks takes (spec/recogniser.md). It never reports how legible a model is: that is the
work of a judge that we did not train (pentrace.measure.judge).

Letter key: n points, N samples along the path, T = ceil(N / 2) frames, L characters.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.recogniser_weights import CHANNELS, RecogniserWeights, load
from pentrace.engine.arguments import checked_offsets, codes_of
from pentrace.engine.prepare import write_ink
from pentrace.engine.wasm import RECOGNISER_WASM, FloatArray, Wasm
from pentrace.errors import EngineError
from pentrace.ink import Ink

if TYPE_CHECKING:
    from collections.abc import Iterator

RECOGNISER = Path(__file__).parents[2] / "weights/recogniser.safetensors"
"""The weights that come with the package."""
MAX_TEXT = 1024
"""Characters of the longest text."""
FITS = -3.0
"""Least log probability of the best alignment, a character, of a text that fits its ink. Of 60 lines of people the
worst had -2.0 with its own text; with the text of another line the best had -5.6."""
_PARTS = ("weight", "scale", "bias")
_TOO_LONG = (
    "the ink is too long for the size of its writing, or a stroke is (spec/recogniser.md); use less of it"
)


class Samples(NamedTuple):
    """An ink sampled evenly along its path."""

    features: FloatArray
    """[N, 8]: step and jump, each x and y; height above the line; way back; first and last of a stroke."""
    source: npt.NDArray[np.float64]
    """[N]: the point of the ink at which each sample lies, with a fraction."""

    @property
    def frames(self) -> int:
        """T."""
        return (len(self.features) + 1) // 2


class Aligned(NamedTuple):
    """Which offset is the first of each character."""

    first: npt.NDArray[np.int32]
    """[L], rising from 0; offset k leads from point k to point k + 1."""
    score: float
    """Log probability of the best path, a character; at most 0."""

    @property
    def fits(self) -> bool:
        """Whether it is plausible that the ink says the text."""
        return self.score >= FITS

    def pointers(self, offsets: int) -> npt.NDArray[np.int32]:
        """The character of each of a number of offsets, int32 [n]."""
        return pointers_of(self.first, offsets)


def pointers_of(first: npt.NDArray[np.int32], offsets: int) -> npt.NDArray[np.int32]:
    """The character of each of a number of offsets, from the first offset of each character."""
    return np.repeat(np.arange(len(first), dtype=np.int32), np.diff(np.append(first, offsets)))


class _Seen(NamedTuple):
    """An ink in the module's memory, and the log probabilities of its frames."""

    ink: tuple[int, int, int]
    sources: int
    frames: int
    table: int


class Recogniser:
    """Reads lines of handwriting.

    An ink is an `Ink`, or offsets [n, 3] of (dx, dy, pen) in any unit.

    Raises:
        EngineError: recogniser.wasm is not built.
    """

    def __init__(self, weights: RecogniserWeights) -> None:
        self.alphabet = weights.alphabet
        self._wasm = Wasm(RECOGNISER_WASM)
        s = weights.sizes
        sizes = (s.narrow, s.wide, s.hidden, s.layers, len(self.alphabet))
        self._wasm.run("recogniser_create", "recogniser", *sizes)
        for number, name in enumerate(s.matrices(len(self.alphabet))):
            for part, kind in enumerate(_PARTS):
                if (tensor := weights.tensors.get(f"{name}.{kind}")) is not None:
                    with self._wasm.scratch():
                        self._wasm.run("recogniser_tensor", name, number, part, self._wasm.write(tensor))
        self._wasm.run("recogniser_ready", "recogniser")

    def __reduce__(self) -> NoReturn:
        raise EngineError("recogniser: cannot be pickled or copied; load it again with Recogniser.load()")

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Recogniser:
        """A recogniser from a file, or the one that comes with the package. Raises CheckpointError, EngineError."""
        return cls(load(RECOGNISER if path is None else Path(path)))

    def read(self, ink: Ink | npt.ArrayLike) -> str:
        """The text of a line of ink, by the likeliest character of each frame; "" for dots alone."""
        with self._look(ink) as seen:
            return "" if seen is None else self._read(seen)

    def read_aligned(self, ink: Ink | npt.ArrayLike) -> tuple[str, Aligned | None]:
        """What `read` gives, and what `align` says of it, in little more time than one of them; None with ""."""
        with self._look(ink) as seen:
            if seen is None or (text := self._read(seen)) == "":
                return "", None
            return text, self._align(seen, self._codes(text))

    def score(self, ink: Ink | npt.ArrayLike, text: str) -> float:
        """How well ink fits a text: log p(text | ink), nats a character; -inf where the ink is too short for the text.

        Raises:
            EngineError: a character that the recogniser does not know, no text, or an ink that is too long.
        """
        codes = self._codes(text)
        with self._look(ink) as seen:
            if seen is None:
                return -np.inf
            out = self._wasm.alloc(8)
            table = (seen.table, seen.frames, self._wasm.write(codes), len(codes))
            self._wasm.run("likelihood", "score", *table, out)
            return float(self._wasm.bytes(out, 8).view(np.float64)[0]) / len(codes)

    def align(self, ink: Ink | npt.ArrayLike, text: str) -> Aligned | None:
        """The first offset of each character, by the likeliest path; None where the ink is too short for the text.

        Raises:
            EngineError: as for `score`.
        """
        codes = self._codes(text)
        with self._look(ink) as seen:
            return None if seen is None else self._align(seen, codes)

    def probabilities(self, ink: Ink | npt.ArrayLike) -> FloatArray:
        """Log probabilities [T, 1 + A] of the blank and of each character at each frame; [0, 1 + A] for dots alone."""
        with self._look(ink) as seen:
            count = seen.frames if seen else 0
            return self._wasm.read(seen.table if seen else 0, (count, 1 + len(self.alphabet)))

    def _read(self, seen: _Seen) -> str:
        codes = self._wasm.alloc(seen.frames)
        count = int(self._wasm.run("read", "read", seen.table, seen.frames, codes))
        return "".join(self.alphabet[code - 1] for code in self._wasm.bytes(codes, count))

    def _align(self, seen: _Seen, codes: npt.NDArray[np.uint8]) -> Aligned | None:
        first, out = self._wasm.alloc(4 * len(codes)), self._wasm.alloc(8)
        table = (seen.table, seen.frames, self._wasm.write(codes), len(codes))
        space = self.alphabet.find(" ") + 1
        found = self._wasm.run("align", "align", *table, space, seen.sources, *seen.ink, first, out)
        if not found:
            return None
        score = float(self._wasm.bytes(out, 8).view(np.float64)[0]) / len(codes)
        return Aligned(self._wasm.read_integers(first, (len(codes),)), score)

    @contextmanager
    def _look(self, ink: Ink | npt.ArrayLike) -> Iterator[_Seen | None]:
        """What the module sees of an ink, until the end of the block; None for dots alone."""
        wasm = self._wasm
        with wasm.scratch():
            place = _write(wasm, ink)
            size = wasm.run("writing_size", "writing_size", *place, outside=_TOO_LONG)
            if size <= 0:
                yield None
                return
            count = int(wasm.run("sample_count", "recogniser", *place, size, outside=_TOO_LONG))
            features, sources = wasm.alloc(4 * CHANNELS * count), wasm.alloc(8 * count)
            wasm.run("sample", "recogniser", *place, size, features, sources)
            frames = (count + 1) // 2
            table = wasm.alloc(4 * frames * (1 + len(self.alphabet)))
            wasm.run("recognise", "recogniser", features, count, table)
            yield _Seen(place, sources, frames, table)

    def _codes(self, text: str) -> npt.NDArray[np.uint8]:
        if not 1 <= len(text) <= MAX_TEXT:
            raise EngineError(f"text: expected 1 to {MAX_TEXT:,} characters, found {len(text):,}")
        return codes_of(text, self.alphabet, "recogniser")


def sample_path(points: npt.ArrayLike, pen_up: npt.ArrayLike, size: float) -> Samples:
    """Points [n, 2], pen lifts [n] and the size of the writing -> samples along each stroke."""
    wasm = _sampler()
    xy, lifts = np.asarray(points, np.float32), np.asarray(pen_up, np.bool_).astype(np.uint8)
    with wasm.scratch():
        place = (wasm.write(xy), wasm.write(lifts), len(xy))
        count = int(wasm.run("sample_count", "sample_path", *place, size, outside=_TOO_LONG))
        features, sources = wasm.alloc(4 * CHANNELS * count), wasm.alloc(8 * count)
        wasm.run("sample", "sample_path", *place, size, features, sources)
        source = wasm.bytes(sources, 8 * count).view(np.float64).copy()
        return Samples(wasm.read(features, (count, CHANNELS)), source)


@cache
def _sampler() -> Wasm:
    """An instance without weights."""
    return Wasm(RECOGNISER_WASM)


def _write(wasm: Wasm, ink: Ink | npt.ArrayLike) -> tuple[int, int, int]:
    """Points, pen lifts and their number."""
    if isinstance(ink, Ink):
        return write_ink(wasm, ink)
    offsets = checked_offsets(ink)
    n = len(offsets) + 1
    at, points, lifts = wasm.write(offsets), wasm.alloc(8 * n), wasm.alloc(n)
    wasm.run("place", "offsets", at, len(offsets), points, lifts)
    return points, lifts, n
