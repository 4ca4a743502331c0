"""Which cells do something else in a hand: the twin of web/src/engine/hand/cell-changes.ts.

Letter key: H cells, m offsets of a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pentrace.engine.engine import Engine
from pentrace.engine.text.recogniser import pointers_of

if TYPE_CHECKING:
    from pentrace.checkpoint import Checkpoint
    from pentrace.engine.text.scripts import Script
    from pentrace.engine.wasm import FloatArray

READ = 600
"""Offsets of a line that are read."""


def cell_changes(
    before: Checkpoint, after: Checkpoint, line: FloatArray, script: Script | None
) -> FloatArray:
    """How much of what each cell says is new: the root mean square of the change of its hidden state, [H].

    Both checkpoints read the same line, offsets [m, 3] in model units, along its text where that is known. Hidden
    states are between -1 and 1, so this is at most 2.
    """
    old, new = (_hidden(Engine(checkpoint), line, script) for checkpoint in (before, after))
    # row by row, so that sums have the order of the page's
    total = np.zeros(old.shape[1])
    for squares in (new.astype(np.float64) - old) ** 2:
        total += squares
    return np.sqrt(total / len(old)).astype(np.float32)


def _hidden(engine: Engine, line: FloatArray, script: Script | None) -> FloatArray:
    """The hidden states along a line [m, H], before each of its offsets."""
    text, pointers = "", None
    known = engine.architecture.text
    if script is not None and known is not None:
        text = "".join(known.alphabet[code - 1] for code in script.codes)
        pointers = pointers_of(script.first, len(line))[:READ]
    return engine.trace(engine.start(text), line[:READ], c=False, loglik=False, pointers=pointers)["h"][:, 0]
