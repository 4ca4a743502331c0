"""Trace: everything computed while reading an ink, as named arrays with axes (spec/trace.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

AXES = {
    "offsets": ("step", "coordinate"),
    "c": ("step", "layer", "cell"),
    "h": ("step", "layer", "cell"),
    "gates": ("step", "layer", "gate", "cell"),
    "mixture": ("step", "parameter"),
    "loglik": ("step", "part"),
}
"""Axis names of each array; gates are i f g o, parts are position and pen."""


@dataclass(frozen=True)
class Trace:
    """What the model had computed before each offset of an ink. Row k of every array is what predicts offset k.

    offsets: f32 [n, 3], (dx, dy, pen) in model units.
    c, h: f32 [n, L, H], cell and hidden states.
    gates: f32 [n, L, 4, H], i f g o of the step that led to row k.
    mixture: f32 [n, 1 + 6K]: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho.
    loglik: f32 [n, 2], log p of position and of pen, nats and model units.
    scale: model units in one unit of the ink that was read.

    An array that was not asked for is None.
    """

    offsets: FloatArray
    scale: float
    c: FloatArray | None = None
    h: FloatArray | None = None
    gates: FloatArray | None = None
    mixture: FloatArray | None = None
    loglik: FloatArray | None = None

    def __len__(self) -> int:
        """Number of steps."""
        return len(self.offsets)

    def arrays(self) -> dict[str, FloatArray]:
        """The arrays that are there, by name (`AXES` names their axes)."""
        found = {name: getattr(self, name) for name in AXES}
        return {name: array for name, array in found.items() if array is not None}
