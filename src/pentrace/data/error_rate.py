"""Character error rate: how much of what was read differs from what it should say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np


def edits(read: str, text: str) -> int:
    """Least number of characters to insert, delete or replace (Levenshtein distance)."""
    row = np.arange(len(text) + 1)
    letters = np.array(list(text))
    at = np.arange(len(text) + 1)
    for count, character in enumerate(read, 1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (letters != character))
        # Insertions run along the row: a running minimum of the distance less the position.
        row = np.minimum.accumulate(np.append(count, changed) - at) + at
    return int(row[-1])


@dataclass
class ErrorRate:
    """Character error rate over lines; white space is removed, case and punctuation count."""

    errors: int = 0
    characters: int = 0
    lines: list[int] = field(default_factory=list)
    """Errors of each line."""

    def add(self, read: str, text: str) -> None:
        """Count one line."""
        read, text = "".join(read.split()), "".join(text.split())
        self.lines.append(edits(read, text) if text else len(read))
        self.errors += self.lines[-1]
        self.characters += len(text)

    @property
    def rate(self) -> float:
        """Errors a character."""
        return self.errors / max(1, self.characters)


def error_rate(reads: Iterable[str], texts: Iterable[str]) -> ErrorRate:
    """Of lines that were read, against what they should say."""
    total = ErrorRate()
    for read, text in zip(reads, texts, strict=True):
        total.add(read, text)
    return total
