"""Writing a typed text: its lines, the characters that a model knows, and the ink with the character of each point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.engine.text import spelling
from pentrace.errors import TextError
from pentrace.ink import Ink, concatenate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.sampler import Line
    from pentrace.engine.wasm import FloatArray

LONGEST_LINE = 64
"""Characters of the longest line of the training data. Longer lines are split at words."""
MOST_CHARACTERS = 10_000
"""Of a whole text."""
CAP = 150
"""Most points of a character. In the training data one character in 10,000 takes more; half of them take 21 or less."""
LINE_STEP = 14.0
"""Model units from line to line: the usual height of a line with its ascenders and descenders."""
VARIATION = 0.5
"""Lower than that of free writing, because a text has to be legible. Between 0.3 and 0.6 our recogniser reads all about
as well (0.76 %, 1.00 %, 0.70 % and 0.85 % of the characters wrongly at 0.3, 0.4, 0.5 and 0.6; 150 texts of val1), and
at 0.5 hands differ more than at 0.3."""
LEVEL_WIDTH = 2
"""A line at least this many times as wide as high is levelled; of a shorter one the slope says little."""
HAND_STREAM = 2**32 - 1
"""The stream of random numbers that chooses a hand; no line has it."""


@dataclass(frozen=True)
class WrittenText:
    """The ink of a text.

    ink: all lines, one below the other; its text has a line break between lines, and each point knows its character.
    finished: whether every line came to its end; otherwise a character took too many points and was cut off.
    notes: for each line of which no take was good, what is wrong with the best one.
    """

    ink: Ink
    finished: bool
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What was written, with a line break between lines."""
        assert self.ink.text is not None  # noqa: S101 - laid_out gives it one
        return self.ink.text

    @property
    def lines(self) -> list[Ink]:
        """The ink of each line that is not empty, with its text, to be read on its own (Writer.reading)."""
        line = np.cumsum([character == "\n" for character in self.text])[self.characters]
        return [self.ink[slice(*np.flatnonzero(line == k)[[0, -1]] + (0, 1))] for k in np.unique(line)]

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.ink._repr_svg_()

    @property
    def characters(self) -> npt.NDArray[np.int32]:
        """The place in `text` of the character that each point belongs to: int32 [n]."""
        assert self.ink.characters is not None  # noqa: S101
        return self.ink.characters


def lines_of(
    text: str, known: TextArchitecture | None, *, replace: bool = False, columns: int = LONGEST_LINE
) -> list[str]:
    """The lines of a text, each at most `columns` characters; longer words are cut.

    A line without a word stays as an empty one where it is between others. With `replace` there is something else for
    characters that the model does not know (spelling.instead), or nothing.

    Raises TextError for a text that the model cannot write.
    """
    if known is None:
        raise TextError("text: expected a checkpoint that knows text, found one that does not")
    if len(text) > MOST_CHARACTERS:
        raise TextError(f"text: expected at most {MOST_CHARACTERS:,} characters, found {len(text):,}")
    plain = spelling.plain(text, known.alphabet)
    unknown = spelling.unknown(plain, known.alphabet)
    if unknown and not replace:
        advice = spelling.advice(unknown, known.alphabet)
        raise TextError(f"text: {advice} (--replace does, or replace=True)")
    plain = spelling.replaced(plain, known.alphabet)
    lines = [line for paragraph in plain.splitlines() for line in _split(paragraph, columns) or [""]]
    words = [number for number, line in enumerate(lines) if line]
    if not words:
        found = "none" if not unknown else "none that the model knows"
        raise TextError(f"text: expected at least one character besides white space, found {found}")
    return lines[words[0] : words[-1] + 1]


def _split(paragraph: str, columns: int) -> list[str]:
    lines: list[str] = []
    for word in paragraph.split():
        for begin in range(0, len(word), columns):
            part = word[begin : begin + columns]
            if lines and begin == 0 and len(lines[-1]) + 1 + len(part) <= columns:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
    return lines


def laid_out(
    lines: Sequence[str],
    written: Sequence[Line],
    scale: float,
    notes: Sequence[str] = (),
    unit_mm: float | None = None,
) -> WrittenText:
    """Lines of offsets as one ink, levelled, one below the other, aligned by the middle of their letters.

    `lines` may have empty ones, which stay free; `written` has the others.
    """
    inks: list[Ink] = []
    rows = [number for number, line in enumerate(lines) if line]
    for before, number, (drawn_offsets, pointers) in zip([-1, *rows], rows, written, strict=False):
        line, empty = lines[number], number - before - 1
        offsets = levelled(drawn_offsets)
        heights = np.cumsum(offsets[:, 1], dtype=np.float64)
        top = number * LINE_STEP - float(np.median(heights))
        offsets[-1, 2] = 1
        drawn = Ink.from_offsets(offsets, scale, (0.0, top / scale))
        # what is written after the last character, the bar of a t for one, belongs to it
        places = np.minimum(pointers, len(line) - 1)
        characters = empty + np.append(places[:1], places)
        inks.append(replace(drawn, text="\n" * empty + line, characters=characters))
    finished = all(_finished(lines[number], one) for number, one in zip(rows, written, strict=True))
    return WrittenText(replace(concatenate(inks), unit_mm=unit_mm), finished, tuple(notes))


def levelled(offsets: FloatArray) -> FloatArray:
    """A line [n, 3] sheared vertically so that it neither rises nor falls; slant and letter shapes stay.

    The slope is that of the straight line through its points with the least squares. People's lines drift on a page
    without rules; in a text that is set line by line, one would run into the next.
    """
    x, y = np.cumsum(offsets[:, :2], axis=0, dtype=np.float64).T
    if not len(x) or np.ptp(x) <= LEVEL_WIDTH * np.ptp(y):
        return offsets.copy()
    # sums in the order of the points, as the page makes them
    across = x - np.cumsum(x)[-1] / len(x)
    slope = np.cumsum(across * y)[-1] / np.cumsum(across * across)[-1]
    out = offsets.copy()
    out[:, 1] = offsets[:, 1].astype(np.float64) - slope * offsets[:, 0]
    return out


def _finished(line: str, written: Line) -> bool:
    """Whether no character, and nothing after the last one, took as many points as are allowed."""
    return bool(np.bincount(written.pointers, minlength=len(line) + 1).max() < CAP)
