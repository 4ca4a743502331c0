"""Rows of traces with labels (features of the pen) for an atlas; and the same with labels swapped, as a control.

Letter key: N cells of all layers in turn, F features, J lags, n rows of all lines.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.atlas.alignment import Alignment, align, character_widths
from pentrace.atlas.features import FEATURES, measure
from pentrace.data.dataset import count_lines, read_lines
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pentrace.data.dataset import Line
    from pentrace.engine import Engine

FloatArray = npt.NDArray[np.float32]

LAGS = (-8, -4, -2, -1, 0, 1, 2, 4, 8)
EDGE = max(LAGS)
"""Rows at both ends of a line that are left out, so that every lag is known in the others."""
MOST_NUMBERS = 2**26
"""Largest number of values in an array of cells; above this, rows are thinned out."""
_CANDIDATES = 8
"""Candidates held in memory for each line to be chosen."""
_WHOLE_LINES = 100
"""Traces that are kept whole, for orders that depend on time."""


@dataclass(frozen=True)
class Text:
    """What the estimate of words and characters needs: widths of characters, and which are told apart."""

    widths: dict[str, float]
    alphabet: tuple[str, ...]

    @staticmethod
    def of(lines: Sequence[Line]) -> Text:
        """From the lines to fit on. Characters that make up less than 0.2% of the text are not told apart."""
        text = "".join("".join(line.text.split()) for line in lines)
        known = sorted({c for c in set(text) if text.count(c) >= 0.002 * len(text)})
        if not known:
            return Text({}, ())
        return Text(character_widths((line.ink.offsets(), line.text) for line in lines), tuple(known))


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
    labels: for each line, float32 [rows that count, J, F]; NaN if not known.
    whole: c of all rows of the first lines, [rows, N] each.
    steps: number of rows that count, before thinning.
    without_words: number of lines whose words are not known.
    """

    c: FloatArray
    h: FloatArray
    line: npt.NDArray[np.int64]
    step: npt.NDArray[np.int64]
    labels: list[FloatArray]
    whole: list[FloatArray]
    steps: int
    without_words: int

    def at(self, lag: int) -> FloatArray:
        """Labels [n, F] at a lag."""
        return self._taken(range(len(self.labels)), LAGS.index(lag))

    def swapped(self, random: np.random.Generator) -> FloatArray:
        """Labels [n, F] at lag 0, each line with those of another line at the same steps.

        Labels of a shorter line are repeated from its start.
        """
        count = len(self.labels)
        circle = random.permutation(count)
        other = np.empty(count, np.int64)
        other[circle] = np.roll(circle, 1)  # a single cycle, so that no line keeps its own labels
        return self._taken(other.tolist(), LAGS.index(0))

    def _taken(self, sources: Iterable[int], lag: int) -> FloatArray:
        parts = []
        for line, source in enumerate(sources):
            labels = self.labels[source][:, lag]
            parts.append(labels[self.step[self.line == line] % len(labels)])
        return np.concatenate(parts)


def countable(lines: Iterable[Line]) -> tuple[list[Line], int]:
    """The lines long enough to have rows that count, and the number of the others."""
    found = list(lines)
    long = [line for line in found if min(len(line.ink) - 1, MAX_OFFSETS) > 2 * EDGE]
    return long, len(found) - len(long)


def gather(
    engine: Engine, lines: Sequence[Line], text: Text, report: Callable[[], None] = lambda: None
) -> Rows:
    """Traces lines and measures their features. Calls `report` after each line."""
    a = engine.architecture
    cells = a.layers * a.hidden
    counts = [min(len(line.ink) - 1, MAX_OFFSETS) - 2 * EDGE for line in lines]
    every = max(1, -(-sum(counts) * cells // MOST_NUMBERS))
    c, h, labels = [], [], []
    whole: list[FloatArray] = []
    without_words = 0
    for line in lines:
        offsets = clipped_offsets(line.ink)
        trace = engine.trace(engine.start(), offsets[:MAX_OFFSETS], loglik=False)
        rows = slice(EDGE, len(trace["c"]) - EDGE)
        cells_of_line = trace["c"].reshape(-1, cells)
        c.append(cells_of_line[rows][::every])
        h.append(trace["h"].reshape(-1, cells)[rows][::every])
        if len(whole) < _WHOLE_LINES:
            whole.append(cells_of_line)
        alignment = align(offsets, line.text, text.widths, text.alphabet)
        without_words += alignment is None
        labels.append(_labels(offsets, alignment))
        report()
    taken = [len(part) for part in c]
    return Rows(
        np.concatenate(c),
        np.concatenate(h),
        np.repeat(np.arange(len(lines)), taken),
        np.concatenate([np.arange(n) * every for n in taken]),
        labels,
        whole,
        sum(counts),
        without_words,
    )


def _labels(offsets: FloatArray, alignment: Alignment | None) -> FloatArray:
    """Labels [rows that count, J, F] of a line."""
    values = measure(offsets, alignment)
    table = np.stack([values[feature.name][:MAX_OFFSETS] for feature in FEATURES], axis=1)
    n = len(table) - 2 * EDGE
    return np.stack([table[EDGE + lag : EDGE + lag + n] for lag in LAGS], axis=1)
