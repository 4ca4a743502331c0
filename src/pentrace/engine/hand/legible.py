"""How much a hand for typed text keeps of what was learned: as much as leaves its writing easy to read (spec/hand.md).

The hand writes fixed texts, and our own recogniser reads them. The page has its twin in web/src/engine/hand/legible.ts.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

from pentrace.engine.engine import Engine
from pentrace.engine.text import takes
from pentrace.engine.text.written import CAP, VARIATION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pentrace.checkpoint import Checkpoint
    from pentrace.engine.text.recogniser import Recogniser

SHARES = (0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0)
"""What may be kept of the change of the numbers. The hand code is kept whole. With more of it other lines are foreseen
no better, because much of it is noise of the few lines that were learned, and writing is harder to read."""
UNTRIED = 0.5
"""What is kept where nothing is tried, and while learning goes on."""
TEXTS = ("having quickly drawn the big box", "Why, Mr. Jones, just as you said")
"""What is written; no measurement of this repository uses these texts."""
TAKES = 8
"""Single takes of each text, with the default variation."""
WORST = -1.0
"""A take that cannot be read at all counts as this, so that one of them does not decide."""
LOSS = 0.2
"""By how much the mean over all takes may be lower than with the hand code alone, in nats a character: then two to
four characters in a hundred more are misread."""


def chosen(checkpoint: Checkpoint, recogniser: Recogniser, in_hand: Callable[[float], Checkpoint]) -> float:
    """The largest of SHARES with which the texts can be read about as well as with the hand code alone.

    Args:
        checkpoint: one that knows text, without a hand.
        recogniser: reads what is written.
        in_hand: the checkpoint with a share of the hand.
    """
    texts = texts_for(checkpoint, recogniser)
    if not texts:
        return UNTRIED
    least = legibility(in_hand(SHARES[-1]), recogniser, texts) - LOSS
    return largest_good(lambda share: legibility(in_hand(share), recogniser, texts, least) >= least)


def largest_good(good: Callable[[float], bool]) -> float:
    """The largest of SHARES that is good, found by halving: what is smaller counts as good too, and the last always."""
    return SHARES[bisect_left(SHARES, True, hi=len(SHARES) - 1, key=good)]


def texts_for(checkpoint: Checkpoint, recogniser: Recogniser) -> list[str]:
    """TEXTS, without the characters that the model or the recogniser does not know."""
    known = checkpoint.architecture.text
    both = set(recogniser.alphabet) & set(known.alphabet if known else "")
    kept = ("".join(character for character in text if character in both).strip() for text in TEXTS)
    return [text for text in kept if text]


def legibility(
    checkpoint: Checkpoint, recogniser: Recogniser, texts: Sequence[str], least: float = -math.inf
) -> float:
    """How well single takes of texts can be read: the mean of log p(text | ink) a character, none below WORST.

    Where it cannot reach `least`, the rest is not written, and what is given is too high but still lower than `least`.
    """
    engine, total = Engine(checkpoint), 0.0
    for seed, text in enumerate(texts):
        drawn = engine.takes(engine.start(text), TAKES, cap=CAP, seed=seed, variation=VARIATION)
        for score in takes.scores(recogniser, text, drawn):
            total += max(score, WORST)
        if total / (TAKES * len(texts)) < least:
            break
    return total / (TAKES * len(texts))
