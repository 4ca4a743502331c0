"""What a reader has to say about a file that it could read: each sentence once, in order, with how often."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pentrace.errors import InkWarning

if TYPE_CHECKING:
    from pentrace.ink.ink import Ink

_MOST = 8
"""Notes that are given; a file with more says how many."""


class Notes:
    """Collects notes while a file is read."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        """A note of its own."""
        if text not in self._texts[:_MOST]:
            self._texts.append(text)

    def count(self, noun: str, rest: str, n: int = 1) -> None:
        """Adds to the count of a sentence that says how many of something there are, and then the rest."""
        if n > 0:
            self._counts[noun, rest] = self._counts.get((noun, rest), 0) + n

    def all(self) -> list[str]:
        """Every note, those that were counted last."""
        texts = self._texts[:_MOST]
        if len(self._texts) > _MOST:
            texts.append(f"{len(self._texts) - _MOST:,} more of this kind")
        return texts + [things(n, noun) + rest for (noun, rest), n in self._counts.items()]


Reading = tuple["Ink", list[str]]
"""The ink of a file, and what could not be taken from the file."""


def warned(reading: Reading) -> Ink:
    """The ink; its notes are given as InkWarnings."""
    ink, notes = reading
    for text in notes:
        warnings.warn(text, InkWarning, stacklevel=3)
    return ink


def things(number: int, noun: str) -> str:
    """A number of things, such as 1 path and 1,438 paths."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
