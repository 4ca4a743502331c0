"""How legible written lines are, what failed in them, and how far apart their hands are.

The judge (pentrace.measure.judge) measures legibility; it never chooses what is shown to it. The pointer shows
failures: how many points each character got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F64, I32
from pentrace.data.dataset import read_lines
from pentrace.data.error_rate import ErrorRate
from pentrace.data.score import MAX_OFFSETS
from pentrace.data.transcripts import as_written
from pentrace.engine.writer import Writer
from pentrace.errors import DataError
from pentrace.ink import Ink, points_of
from pentrace.measure.judge import Judge
from pentrace.measure.measures import measured
from pentrace.measure.samples import compare, features

LONG = 6.0
"""A character with this many times its usual points was lingered on."""
SHORT = 0.2
"""A letter or digit with less than this share of its usual points was dropped."""
TRAITS = ("slant", "height", "width a character", "spacing", "strokes a character")


class Written(NamedTuple):
    """A line that was written: its text, ink, the character of each offset and whether it came to its end."""

    text: str
    ink: Ink
    characters: I32
    finished: bool


@dataclass(frozen=True)
class ReadBack:
    """What the judge read and what went wrong.

    unfinished: lines that reached the largest number of points before their end.
    dropped, lingered: characters with far fewer or far more points than usual.
    spread: standard deviation between lines of each trait of a hand.
    """

    lines: int
    error_rate: float
    unfinished: int
    dropped: int
    lingered: int
    spread: dict[str, float]

    def to_dict(self) -> dict[str, object]:
        """All figures by name."""
        return asdict(self)


def write_texts(
    writer: Writer,
    data: Sequence[Path | str],
    count: int,
    *,
    variation: float,
    seed: int = 0,
    candidates: int = 8,
    report: Callable[[int], None] = lambda _: None,
) -> tuple[list[Written], list[Written]]:
    """Texts of lines of a data set, evenly spread, written by a model, each in another hand; and the lines themselves.

    Lines with characters that the model does not know are left out. Raises DataError, TextError.
    """
    known = writer.checkpoint.architecture.text
    alphabet = frozenset(known.alphabet if known else "")
    lines = [(as_written(line.text), line.ink) for line in read_lines(data, columns=("text",))]
    lines = [(text, ink) for text, ink in lines if text and alphabet.issuperset(text)]
    if not lines:
        raise DataError(f"{data[0]}: expected lines with texts that the model can write, found none")
    chosen = [lines[k] for k in np.linspace(0, len(lines) - 1, min(count, len(lines))).astype(int)]
    hands = (
        np.linspace(0, known.hands - 1, len(chosen)).astype(int)
        if known and known.hands
        else [None] * len(chosen)
    )
    written = []
    for number, ((text, _), hand) in enumerate(zip(chosen, hands, strict=True)):
        found = writer.write_text(
            text, hand=hand, seed=seed + number, variation=variation, candidates=candidates
        )
        written.append(Written(text, found.ink, found.characters[1:], found.finished))
        report(number + 1)
    nobody = np.zeros(0, np.int32)
    return written, [Written(text, ink, nobody, True) for text, ink in chosen]


def read_back(lines: Sequence[Written], report: Callable[[int], None] = lambda _: None) -> ReadBack:
    """The figures of lines, each in another hand. Raises MissingExtraError."""
    judge, rate, traits = Judge(), ErrorRate(), []
    unfinished = dropped = lingered = 0
    usual = usual_points(line for line in lines if len(line.characters))
    for count, line in enumerate(lines, 1):
        rate.add(judge.read(line.ink), line.text)
        unfinished += not line.finished
        if len(line.characters):
            few, many = unusual(line.text, line.characters, usual)
            dropped, lingered = dropped + few, lingered + many
        traits.append(hand_traits(line.ink, line.text))
        report(count)
    return ReadBack(len(lines), rate.rate, unfinished, dropped, lingered, spread(traits))


def distances(written: Sequence[Written], real: Sequence[Written]) -> dict[str, float]:
    """The Kolmogorov-Smirnov distance of each feature of strokes between two sets of lines, 0 to 1."""
    found, people = (
        features(line.ink.offsets()[:MAX_OFFSETS] for line in lines) for lines in (written, real)
    )
    return {one.feature: one.distance for one in compare(found, people)}


def unusual(text: str, characters: npt.NDArray[np.integer], usual: dict[str, float]) -> tuple[int, int]:
    """How many characters got far too few points, and how many far too many."""
    few = many = 0
    for character, count in zip(text, points_of_characters(text, characters), strict=True):
        often = usual.get(character)
        if often is None:
            continue
        few += character.isalnum() and count < SHORT * often
        many += count > LONG * max(often, 8)
    return few, many


def points_of_characters(text: str, characters: npt.NDArray[np.integer]) -> list[int]:
    """How many points each character of a text got, from the character of each point."""
    return list(map(int, np.bincount(characters[characters < len(text)], minlength=len(text))))


def usual_points(lines: Iterable[Written]) -> dict[str, float]:
    """Median points of each character over lines."""
    found: dict[str, list[int]] = {}
    for line in lines:
        for character, points in zip(
            line.text, points_of_characters(line.text, line.characters), strict=True
        ):
            found.setdefault(character, []).append(points)
    return {character: float(np.median(points)) for character, points in found.items()}


def hand_traits(ink: Ink, text: str) -> F64:
    """Slant in degrees, height, width a character, gap between words and strokes a character; sizes in model units."""
    offsets = ink.offsets()
    points, lift = points_of(offsets)
    letters = max(1, len("".join(text.split())))
    gaps = np.sort(np.diff(points[:, 0])[lift[:-1]])[::-1][: max(1, text.count(" "))]
    return np.array(
        [
            float(measured(offsets[None])["slant"][0]),
            float(np.std(points[:, 1])),
            float(np.ptp(points[:, 0])) / letters,
            float(np.median(gaps)) if len(gaps) else np.nan,
            float(lift.sum()) / letters,
        ]
    )


def logarithms(traits: Sequence[F64]) -> F64:
    """Traits of lines [N, traits] as they are compared: the slant in degrees, the logarithm of all others."""
    table = np.array(traits, np.float64)
    table[:, 1:] = np.log(np.clip(table[:, 1:], 1e-3, None))
    return table


def spread(traits: Sequence[F64]) -> dict[str, float]:
    """Standard deviation of each trait over lines; sizes by their logarithm, so that few large hands do not decide."""
    columns = logarithms(traits).T
    return {name: float(np.nanstd(column)) for name, column in zip(TRAITS, columns, strict=True)}
