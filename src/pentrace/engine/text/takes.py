"""The choice among takes of a line: refuse what broke off or lost a letter, then take the most legible.

Where even that is hard to read, as many takes are drawn again.

The rule is in spec/recogniser.md (Choice among takes); the page has its twin, and
spec/golden/recogniser.json pins both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pentrace.engine.text.written import CAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.engine.sampler import Line
    from pentrace.engine.text.recogniser import Recogniser

LEAST = 3
"""Offsets of a letter or digit that was written at all; people give fewer to 1 in 1,000 of them."""
LONGEST = 100
"""Offsets of a character that was written once; people give more to 1 in 2,000 of them."""
SURE = -0.05
"""Log likelihood a character of a text that the recogniser reads without doubt."""
ROUNDS = 3
"""How often takes of a line are drawn at most."""
ROUND_STREAMS = 2**20
"""Streams of random numbers for the takes of a round; 10,000 lines with 64 takes each need fewer."""
MOST = 64
"""Takes of a round at most: what the engine draws side by side."""


class Choice(NamedTuple):
    """The take that was chosen.

    chosen: its place among the takes.
    refused: of each take what is wrong with it, "" where nothing is.
    unsure: whether the chosen one is refused or hard to read, so that more takes are worth their time.
    """

    chosen: int
    refused: list[str]
    unsure: bool

    @property
    def note(self) -> str:
        """What is wrong with the chosen take, "" where nothing is."""
        return self.refused[self.chosen]


def choose(text: str, takes: Sequence[Line], scores: Sequence[float], cap: int = CAP) -> Choice:
    """The take with the largest score (the first of equals) of those that are not refused, or else of all.

    `cap` is the most offsets that a character could get.
    """
    refused = [fault(text, take, cap) for take in takes]
    allowed = [k for k, what in enumerate(refused) if not what] or list(range(len(takes)))
    chosen = max(allowed, key=lambda k: scores[k])
    return Choice(chosen, refused, bool(refused[chosen]) or scores[chosen] < SURE)


def streams(line: int, candidates: int) -> range:
    """The first stream of random numbers of each round of a line; its takes have this one and those that follow."""
    rounds = ROUNDS if candidates > 1 else 1  # a single take is not ranked
    first = line * candidates
    return range(first, first + rounds * ROUND_STREAMS, ROUND_STREAMS)


def fault(text: str, take: Line, cap: int) -> str:
    """Why a take of a text is refused, or ""."""
    counts = np.bincount(take.pointers, minlength=len(text) + 1)
    if counts[len(text)] >= cap:
        return "the pen did not come to rest after the last character"
    for place, character in enumerate(text):
        if counts[place] > LONGEST or counts[place] >= cap:
            return f'the pen lingered on "{character}", character {place + 1}'
        if character.isalnum() and counts[place] < LEAST:
            return f'"{character}", character {place + 1}, was left out'
    return ""


def scores(recogniser: Recogniser, text: str, takes: Sequence[Line]) -> list[float]:
    """Log p(text | ink) a character of each take, by the characters that the recogniser knows."""
    known = "".join(character for character in text if character in recogniser.alphabet)
    return [recogniser.score(take.offsets, known) if known else 0.0 for take in takes]
