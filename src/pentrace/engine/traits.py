"""Traits of a hand that can be turned up or down: changes of the hand code (spec/hand.md, Traits)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pentrace.engine.wasm import FloatArray

STORED = Path(__file__).with_name("traits.json")
"""The changes for the included checkpoint that knows text: `pentrace fit-traits` writes such a file."""
NAMES = ("slant", "size", "width", "spacing", "joins", "pace")
"""More is: more slanted to the right, larger, wider, further between words, fewer strokes, faster."""
LARGEST = 2.0
"""Standard deviations of people by which a trait can be changed, at most."""


def changed(sha256: str, code: FloatArray, amounts: Mapping[str, float]) -> FloatArray:
    """A hand code [D] with some traits turned up or down.

    Args:
        sha256: of the checkpoint's file; of a learned hand that of its base.
        code: the hand code.
        amounts: by name, -2 to 2; 1 is about a standard deviation of people.

    Raises:
        TextError: no such trait, an amount out of range, or a checkpoint whose traits are not known.
    """
    table: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    if table["checkpoint"] != sha256:
        raise TextError(
            f"traits: expected the included checkpoint that knows text ({table['checkpoint'][:12]}), found "
            f"another ({sha256[:12]}); leave out the traits, or choose a hand"
        )
    for name, amount in amounts.items():
        if name not in NAMES:
            raise TextError(f"traits: expected some of {', '.join(NAMES)}, found {name!r}")
        if not abs(amount) <= LARGEST:
            raise TextError(f"traits: expected {name} from -{LARGEST:g} to {LARGEST:g}, found {amount:g}")
    total = code.astype(np.float64)
    for name in NAMES:
        total += amounts.get(name, 0.0) * np.array(table["traits"][name], np.float64)
    return total.astype(np.float32)
