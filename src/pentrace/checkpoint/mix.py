"""Mixing hands: what several hands changed, each taken at a share (spec/hand.md). The twin of mix.ts."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import numpy as np

from pentrace.arrays import F32
from pentrace.checkpoint.checkpoint import Checkpoint, load
from pentrace.checkpoint.hand import Hand, check_finite
from pentrace.checkpoint.hand_changes import ADDED, DIRECTIONS, rounded
from pentrace.errors import HandError

MOST_HANDS = 16
MOST_SHARE = 2.0
"""A share may reach so far to both sides of 0."""


def mix(
    checkpoint: Checkpoint | str | os.PathLike[str], hands: Sequence[Hand], shares: Sequence[float]
) -> Hand:
    """A hand between hands: each number changes by what every hand changes of it, times that hand's share.

    Hand codes are mixed in the same way, from the code of no particular hand, which is zero. The mix has the directions
    of all hands.

    Shares that add up to 1 lie between the hands, and one hand at a share below 1 lies between it and the plain model.
    A share above 1 exaggerates a hand. A mix is not scored: its `before` and `after` are None.

    Args:
        checkpoint: the one that all of them were learned on, or its path.
        hands: 1 to 16.
        shares: one for each hand, -2 to 2.

    Raises:
        CheckpointError: the file is not a checkpoint.
        HandError: a hand of another checkpoint, or shares that do not fit.
    """
    if not isinstance(checkpoint, Checkpoint):
        checkpoint = load(checkpoint)
    if not 1 <= len(hands) <= MOST_HANDS or len(shares) != len(hands):
        raise HandError(
            f"mix: expected 1 to {MOST_HANDS} hands with a share each, "
            f"found {len(hands)} hands and {len(shares)} shares"
        )
    for share in shares:
        if not math.isfinite(share) or abs(share) > MOST_SHARE:
            raise HandError(f"mix: expected shares of -{MOST_SHARE:g} to {MOST_SHARE:g}, found {share:g}")
    for hand in hands:
        hand.check(checkpoint)
    changes: dict[str, F32] = {}
    for name in hands[0].tensors:
        parts = [
            share * hand.tensors[name].astype(np.float64) for share, hand in zip(shares, hands, strict=True)
        ]
        if name == DIRECTIONS:
            changes[name] = np.concatenate([hand.tensors[name] for hand in hands])
            continue
        mixed = np.concatenate(parts) if name == ADDED else np.sum(parts, axis=0)
        with np.errstate(over="ignore"):  # what overflows is refused below
            changes[name] = mixed.astype(np.float32)
    check_finite(changes)
    lines, points = (sum(getattr(hand, what) for hand in hands) for what in ("lines", "points"))
    return Hand(checkpoint.sha256, rounded(changes), lines, points, 0, None, None)
