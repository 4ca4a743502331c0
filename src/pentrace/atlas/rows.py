"""Rows of traces with labels (features of the pen) for an atlas; and the same with labels swapped, as a control.

Letter key: N cells of all layers in turn, F features, n rows of a line or of all lines.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from pentrace.arrays import F32, I32, I64
from pentrace.atlas.alignment import align, character_widths
from pentrace.atlas.features import FEATURES, Feature, measure
from pentrace.data.dataset import Line, count_lines, read_lines
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.engine import Engine
from pentrace.errors import DataError

LAGS = (-8, -4, -2, -1, 0, 1, 2, 4, 8)
EDGE = max(LAGS)
"""Rows at both ends of a line that are left out, so that every lag is known in the others."""
MOST_NUMBERS = 2**26
"""Largest number of values in an array of cells; above this, rows are thinned out."""
_CANDIDATES = 8
"""Candidates held in memory for each line to be chosen."""
_WHOLE_LINES = 100
"""Traces that are kept whole, for orders that depend on time."""


class Labelled(NamedTuple):
    """A line as the model reads it, with the labels of its rows.

    values: float32 [n, F], NaN where a feature is not known.
    words: whether its words are known.
    text: what the model reads it with; "" for the ink alone.
    pointers: int32 [n], the character of each offset; None without a text.
    """

    values: F32
    words: bool
    text: str = ""
    pointers: I32 | None = None


class Labels(Protocol):
    """Says what is to be known of a line, and how the model reads it."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features, in the order of the columns of labels."""

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The classes of the feature `character`."""

    def of(self, line: Line) -> Labelled:
        """A line as the model reads it, and the labels of its rows."""


@dataclass(frozen=True)
class Estimated:
    """Labels of ink that is read without its text; words and characters are estimated.

    widths: of characters.
    alphabet: the characters that are told apart.
    """

    widths: dict[str, float]
    alphabet: tuple[str, ...]
    features: ClassVar[tuple[Feature, ...]] = FEATURES

    @staticmethod
    def by(lines: Sequence[Line]) -> Estimated:
        """From the lines to fit on."""
        known = frequent("".join("".join(line.text.split()) for line in lines))
        if not known:
            return Estimated({}, ())
        return Estimated(character_widths((line.ink.offsets(), line.text) for line in lines), known)

    def of(self, line: Line) -> Labelled:
        """A line without its text, and its labels."""
        offsets = clipped_offsets(line.ink)
        alignment = align(offsets, line.text, self.widths, self.alphabet)
        values = measure(offsets, alignment)
        return Labelled(columns(values, self.features), alignment is not None)


def frequent(text: str) -> tuple[str, ...]:
    """The characters that make up at least 0.2% of a text, sorted."""
    return tuple(sorted({c for c in set(text) if text.count(c) >= 0.002 * len(text)}))


def columns(values: Mapping[str, F32], features: Sequence[Feature]) -> F32:
    """Labels by the names of their features as columns [n, F]."""
    return np.stack([values[feature.name] for feature in features], axis=1)


@dataclass(frozen=True)
class Source:
    """Lines, and the names of the files or folders that they come from."""

    files: tuple[str, ...]
    lines: list[Line]


def choose(data: Sequence[Path], held_out: Sequence[Path], most: int) -> tuple[Source, Source]:
    """Lines to fit on and lines of other forms to measure on: at most `most` of each, spread evenly over the files.

    Without `held_out`, a quarter of the forms of `data` (of the lines, if forms are not known) are held out, chosen by
    a hash of their names.

    Raises:
        DataError: a file cannot be read, or a form is in both.
    """
    fit = _candidates(data, most * _CANDIDATES)
    if held_out:
        measured = _candidates(held_out, most * _CANDIDATES)
        both = {_page(line) for line in fit} & {_page(line) for line in measured}
        if both:
            raise DataError(
                f"{held_out[0]}: expected lines of other forms than in {data[0]}, found {min(both)} in both"
            )
    else:
        measured = [line for line in fit if _is_held_out(line)]
        fit = [line for line in fit if not _is_held_out(line)]
    names = (tuple(path.name for path in paths) for paths in (data, held_out or data))
    first, second = (
        Source(files, _spread(lines, most)) for files, lines in zip(names, (fit, measured), strict=True)
    )
    return first, second


def _candidates(paths: Sequence[Path], most: int) -> list[Line]:
    every = max(1, count_lines(paths) // most)
    return list(islice(read_lines(paths, columns=("form", "text")), 0, None, every))


def _spread(lines: list[Line], most: int) -> list[Line]:
    count = min(most, len(lines))
    return [lines[i * len(lines) // count] for i in range(count)]


def _page(line: Line) -> str:
    return line.form or line.line_id


def _is_held_out(line: Line) -> bool:
    return zlib.crc32(_page(line).encode()) % 4 == 0


@dataclass(frozen=True)
class Rows:
    """Rows of many lines: every k-th row of each, without the first and last EDGE rows.

    c, h: float32 [n, N].
    line, step: int64 [n], the line of each row, and its number among the rows of the line that count.
    labels: for each line, float32 [all its rows, F]; NaN if not known.
    whole: c of all rows of the first lines, [rows, N] each.
    steps: number of rows that count, before thinning.
    without_words: number of lines whose words are not known.
    """

    c: F32
    h: F32
    line: I64
    step: I64
    labels: list[F32]
    whole: list[F32]
    steps: int
    without_words: int

    def at(self, lag: int) -> F32:
        """Labels [n, F] at a lag."""
        return self._taken(range(len(self.labels)), lag)

    def swapped(self, random: np.random.Generator) -> F32:
        """Labels [n, F] at lag 0, each line with those of another line at the same steps.

        Labels of a shorter line are repeated from its start.
        """
        count = len(self.labels)
        circle = random.permutation(count)
        other = np.empty(count, np.int64)
        other[circle] = np.roll(circle, 1)  # a single cycle, so that no line keeps its own labels
        return self._taken(other.tolist(), 0)

    def _taken(self, sources: Iterable[int], lag: int) -> F32:
        parts = []
        for line, source in enumerate(sources):
            labels = self.labels[source]
            step = self.step[self.line == line] % (len(labels) - 2 * EDGE)
            parts.append(labels[EDGE + lag + step])
        return np.concatenate(parts)


def countable(lines: Iterable[Line]) -> tuple[list[Line], int]:
    """The lines long enough to have rows that count, and the number of the others."""
    found = list(lines)
    long = [line for line in found if min(len(line.ink) - 1, MAX_OFFSETS) > 2 * EDGE]
    return long, len(found) - len(long)


def gather(
    engine: Engine,
    lines: Sequence[Line],
    labels: Labels,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> Rows:
    """Traces lines and labels their rows. Calls `report` after each line with those done and all of them."""
    a = engine.architecture
    cells = a.layers * a.hidden
    counts = [min(len(line.ink) - 1, MAX_OFFSETS) - 2 * EDGE for line in lines]
    every = max(1, -(-sum(counts) * cells // MOST_NUMBERS))
    c, h, found = [], [], []
    whole: list[F32] = []
    without_words = 0
    for done, line in enumerate(lines, 1):
        read = labels.of(line)
        offsets = clipped_offsets(line.ink)[:MAX_OFFSETS]
        pointers = None if read.pointers is None else read.pointers[:MAX_OFFSETS]
        trace = engine.trace(engine.start(read.text), offsets, loglik=False, pointers=pointers)
        rows = slice(EDGE, len(trace["c"]) - EDGE)
        cells_of_line = trace["c"].reshape(-1, cells)
        c.append(cells_of_line[rows][::every])
        h.append(trace["h"].reshape(-1, cells)[rows][::every])
        if len(whole) < _WHOLE_LINES:
            whole.append(cells_of_line)
        without_words += not read.words
        found.append(read.values[:MAX_OFFSETS])
        report(done, len(lines))
    taken = [len(part) for part in c]
    return Rows(
        np.concatenate(c),
        np.concatenate(h),
        np.repeat(np.arange(len(lines)), taken),
        np.concatenate([np.arange(n) * every for n in taken]),
        found,
        whole,
        sum(counts),
        without_words,
    )
