"""Lines of a data set that a model should not learn from: what their ink, times and text show by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pentrace import files
from pentrace.data.dataset import Line, read_lines
from pentrace.data.transcripts import CROSSED_OUT, as_written
from pentrace.engine.text.recogniser import Recogniser
from pentrace.errors import DataError, EngineError

FACTOR = 2
"""How many times more or fewer points a character than the median line a line may have."""
_MAX_LIST = 16 * 2**20


class Finding(NamedTuple):
    """A line, and a sentence that says what is wrong with it."""

    line_id: str
    what: tuple[str, ...]


class Report(NamedTuple):
    """What was found in a data set.

    lines: number of lines that were looked at.
    points_a_character: the median over lines with text, or None without any.
    findings: the lines with something wrong, in the order of the files.
    """

    lines: int
    points_a_character: float | None
    findings: list[Finding]


def check(
    paths: Iterable[Path | str], skip: Collection[str] = (), recogniser: Recogniser | None = None
) -> Report:
    """Looks at every line but those to skip; with a recogniser also for its text in its ink.

    Raises DataError for a file that cannot be read.
    """
    seen = [
        (line.line_id, _of_itself(line) + _misread(line, recogniser), _points_a_character(line))
        for line in read_lines(paths, columns=("text", "t"))
        if line.line_id not in skip
    ]
    known = [ratio for _, _, ratio in seen if ratio is not None]
    median = float(np.median(known)) if known else None
    findings = []
    for line_id, what, ratio in seen:
        if ratio is not None and median is not None and not median / FACTOR <= ratio <= median * FACTOR:
            what.append(f"{ratio:.1f} points a character, the median line has {median:.1f}")
        if what:
            findings.append(Finding(line_id, tuple(what)))
    return Report(len(seen), median, findings)


def _of_itself(line: Line) -> list[str]:
    """Faults that show in the line alone."""
    what = []
    if not line.text.strip():
        what.append("no text")
    if CROSSED_OUT in line.text:
        what.append(f"{CROSSED_OUT} in the text, which stands for a crossed-out word")
    if len(line.ink) < 2 or not np.ptp(line.ink.points, axis=0).any():
        what.append("no ink but a dot")
    if line.ink.time is not None and (back := int(np.sum(np.diff(line.ink.time) < 0))):
        what.append(f"times that run backwards in {back} place{'s' if back > 1 else ''}")
    return what


def _misread(line: Line, recogniser: Recogniser | None) -> list[str]:
    """Whether the recogniser does not find the text in the ink; texts with characters that it does not know pass."""
    text = as_written(line.text)
    if recogniser is None or not text or not set(text) <= set(recogniser.alphabet):
        return []
    try:
        found = recogniser.align(line.ink, text)
        if found is not None and found.fits:
            return []
        return [f'the recogniser does not find the text in the ink, it reads "{recogniser.read(line.ink)}"']
    except EngineError as error:
        return [str(error)]


def _points_a_character(line: Line) -> float | None:
    characters = sum(not character.isspace() for character in line.text)
    return len(line.ink) / characters if characters else None


def read_list(path: Path) -> frozenset[str]:
    """The names in a list of lines: one a row, what follows a # is a comment. Raises DataError."""
    data = files.read(path, _MAX_LIST, DataError)
    try:
        rows = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path}: expected a list of lines in UTF-8, found other bytes") from None
    return frozenset(name for row in rows if (name := row.partition("#")[0].strip()))


def write_list(path: Path, findings: Iterable[Finding]) -> None:
    """Writes a list that `read_list` reads, with what is wrong as comments."""
    rows = (f"{line_id}  # {'; '.join(what)}\n" for line_id, what in findings)
    files.write(path, "".join(rows).encode(), DataError)
