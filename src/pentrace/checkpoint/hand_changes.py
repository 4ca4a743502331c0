"""What a hand changes of a checkpoint, how that is rounded for its file, and how it is applied (spec/hand.md).

The page has its twin in web/src/checkpoint/hand-changes.ts, which gives the same bits.

Letter key: H hidden, C code, r directions of a hand, n rows of a change.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, Array
from pentrace.checkpoint.architecture import Architecture
from pentrace.checkpoint.checkpoint import Checkpoint, pack_rows, scale_name
from pentrace.errors import HandError

HAND_CODE = "text.hand"
"""The tensor with the hand code, which no checkpoint has in its file."""
DIRECTIONS, ADDED = "hand.directions", "hand.added"
"""Directions of the hidden state, [r, H], and what each adds to the rows of the gates and the code, [r, 4H + C]."""
RECURRENT, CODE_RECURRENT = "lstm.0.recurrent.weight", "lstm.0.code.recurrent.weight"
RANK = 16
"""Directions of a learned hand. A mix has those of all its hands."""


def learned_tensors(architecture: Architecture, rank: int = RANK) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what is learned, in the order of the file.

    These are all float32 tensors but those of a text, what each direction adds to the recurrent rows, and the hand code
    of a model that knows text.

    Raises:
        HandError: the model has more than one layer, or cells without layer normalisation.
    """
    if architecture.layers != 1 or not architecture.normalised:
        raise HandError(
            "hand: expected a checkpoint of one layer with layer normalisation, "
            f"found {architecture.layers} layers of {architecture.cell}; learn with the included one"
        )
    table = architecture.tensors().items()
    learned = {
        name: shape for name, (dtype, shape) in table if dtype == "F32" and not name.startswith("text.")
    }
    learned[ADDED] = (rank, 4 * architecture.hidden + architecture.code)
    return learned | ({HAND_CODE: (architecture.text.hand,)} if architecture.text else {})


def begun(checkpoint: Checkpoint, name: str) -> F32:
    """What a learned tensor is before anything is learned: that of the checkpoint, zeros where it has none."""
    if name in (HAND_CODE, ADDED):
        return np.zeros(learned_tensors(checkpoint.architecture)[name], np.float32)
    return checkpoint.tensors[name]


def rounded(changes: dict[str, F32]) -> dict[str, F32]:
    """Changes as they are after a file: int8 times the scale of their row."""
    return {name: unpack_change(*pack_change(name, change)) for name, change in changes.items()}


def pack_change(name: str, change: F32) -> tuple[npt.NDArray[np.int8], F32]:
    """A change as int8, and the scale of each row [n]: the least power of two that brings the row within +-127."""
    rows = rows_of(name, change).astype(np.float64)
    share, exponent = np.frexp(np.abs(rows).max(axis=1) / 127)
    scale = np.where(share > 0, np.ldexp(1.0, exponent - (share == 0.5)), 1)
    packed = np.rint(rows / scale[:, None]).astype(np.int8)
    return packed.reshape(change.shape), scale.astype(np.float32)


def unpack_change(packed: npt.NDArray[np.int8], scale: F32) -> F32:
    """A change from int8 and the scale of each row [n]."""
    rows = packed.reshape(len(scale), -1) * scale[:, None]
    return rows.reshape(packed.shape)


def rows_of(name: str, change: Array) -> Array:
    """What has a scale of its own: what a direction adds, a direction, any other change as a whole."""
    return change if name in (ADDED, DIRECTIONS) else change.reshape(1, -1)


def changed(checkpoint: Checkpoint, changes: dict[str, F32]) -> dict[str, Array]:
    """The tensors that a hand changes. Rows to which directions add something are packed again."""
    tensors: dict[str, Array] = {
        name: begun(checkpoint, name) + change
        for name, change in changes.items()
        if name not in (ADDED, DIRECTIONS)
    }
    if not changes[ADDED].any():
        return tensors
    gates = 4 * checkpoint.architecture.hidden
    for name, rows in (RECURRENT, slice(0, gates)), (CODE_RECURRENT, slice(gates, None)):
        if name not in checkpoint.tensors:
            continue
        scale = scale_name(name)
        weight = tensors[scale].astype(np.float64)[:, None] * checkpoint.tensors[name]
        for direction, added in zip(changes[DIRECTIONS], changes[ADDED][:, rows], strict=True):
            weight += np.multiply.outer(added, direction, dtype=np.float64)
        tensors[name], tensors[scale] = pack_rows(weight.astype(np.float32))
    return tensors
