"""Hands for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pentrace.checkpoint.hand_changes import DIRECTIONS, RANK, learned_tensors

if TYPE_CHECKING:
    from pentrace.arrays import F32
    from pentrace.checkpoint import Checkpoint


def no_changes(checkpoint: Checkpoint) -> dict[str, F32]:
    """The tensors of a hand that changes nothing."""
    shapes = learned_tensors(checkpoint.architecture)
    shapes[DIRECTIONS] = (RANK, checkpoint.architecture.hidden)
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
