"""How legible written lines are, what failed in them, and how far apart their hands are.

The judge (pentrace.measure.judge) measures legibility; it never chooses what is shown to it. The pointer shows
failures: how many points each character got.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.data.error_rate import ErrorRate
from pentrace.measure.judge import Judge
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pentrace.ink import Ink

LONG = 6.0
"""A character with this many times its usual points was lingered on."""
SHORT = 0.2
"""A letter or digit with less than this share of its usual points was dropped."""
TRAITS = ("slant", "height", "width a character", "spacing", "strokes a character")

F64 = npt.NDArray[np.float64]


class Written(NamedTuple):
    """A line that was written: its text, ink, the character of each offset and whether it came to its end."""

    text: str
    ink: Ink
    characters: npt.NDArray[np.int32]
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


def read_back(
    lines: Iterable[Written], usual: dict[str, float], report: Callable[[int], None] = lambda _: None
) -> tuple[ReadBack, list[str]]:
    """The figures of lines, each in another hand, and what was read in each.

    `usual` has the median number of points of characters (`usual_points`). Raises MissingExtraError.
    """
    judge, rate, reads, traits = Judge(), ErrorRate(), [], []
    unfinished = dropped = lingered = 0
    for count, line in enumerate(lines, 1):
        reads.append(judge.read(line.ink))
        rate.add(reads[-1], line.text)
        unfinished += not line.finished
        few, many = unusual(line.text, line.characters, usual)
        dropped, lingered = dropped + few, lingered + many
        traits.append(hand_traits(line.ink, line.text))
        report(count)
    found = ReadBack(len(reads), rate.rate, unfinished, dropped, lingered, spread(traits))
    return found, reads


def unusual(text: str, characters: npt.NDArray[np.integer], usual: dict[str, float]) -> tuple[int, int]:
    """How many characters got far too few points, and how many far too many."""
    points = np.bincount(characters[characters < len(text)], minlength=len(text))
    few = many = 0
    for character, count in zip(text, points.tolist(), strict=True):
        often = usual.get(character)
        if often is None:
            continue
        few += character.isalnum() and count < SHORT * often
        many += count > LONG * max(often, 8)
    return few, many


def usual_points(lines: Iterable[tuple[str, Sequence[int], int]]) -> dict[str, float]:
    """Median points of each character over aligned lines: text, first offset of each character, offsets in all."""
    found: dict[str, list[int]] = {}
    for text, first, count in lines:
        for character, points in zip(text, np.diff([*first, count]).tolist(), strict=True):
            found.setdefault(character, []).append(points)
    return {character: float(np.median(points)) for character, points in found.items()}


def hand_traits(ink: Ink, text: str) -> F64:
    """Slant in degrees, height, width a character, gap between words and strokes a character; sizes in model units."""
    offsets = ink.offsets()
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(offsets[:, :2], axis=0, dtype=np.float64)])
    lift = np.concatenate([[False], offsets[:, 2] > 0.5])
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


def spread(traits: Sequence[F64]) -> dict[str, float]:
    """Standard deviation of each trait over lines; sizes by their logarithm, so that few large hands do not decide."""
    table = np.array(traits, np.float64).reshape(-1, len(TRAITS))
    table[:, 1:] = np.log(np.clip(table[:, 1:], 1e-3, None))
    return {name: float(np.nanstd(column)) for name, column in zip(TRAITS, table.T, strict=True)}
