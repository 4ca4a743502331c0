"""Makes spec/golden/cells.json: values of cells, their limits and colours, and how they keep time (spec/cells.md).

    python -m tests.golden cells

Python and the page must give the same numbers.
"""

from __future__ import annotations

import json
from typing import Any, get_args

import numpy as np

from pentrace.arrays import F32
from pentrace.pictures.cell_colours import ANCHORS, LimitsKind, Quantity, palette, scale_of
from pentrace.pictures.rhythm import plainest, rhythm
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/cells.json"
ROWS, CELLS = 60, 7


def values(what: Quantity) -> F32:
    """Cells of many sizes, one that is still, and a few values far from the others."""
    random = np.random.default_rng(3)
    found = random.normal(size=(ROWS, CELLS)) * [0.1, 0.3, 1, 0, 2, 0.01, 5] + [0, 0.2, -1, 0, 0.5, 0, 0]
    return (1 / (1 + np.exp(-found)) if what in ("i", "f", "o") else found).astype(np.float32)


def heights() -> F32:
    """A pen that swings up and down on a line that sinks, with the third cell."""
    return (values("c")[:, 2] + np.sin(np.arange(ROWS) / 3) + 0.1 * np.arange(ROWS)).astype(np.float32)


def golden() -> dict[str, Any]:
    """What the file holds."""
    cases: list[dict[str, Any]] = []
    for what in ("c", "f"):
        given = values(what)
        for kind in get_args(LimitsKind):
            for log in (False, True):
                scale = scale_of(given, what, kind, log)
                cases.append(
                    {
                        "what": what,
                        "limits": kind,
                        "log": log,
                        "each": scale.limits.tolist(),
                        "beyond": scale.beyond(given),
                        "levels": scale.levels(scale.shares(given)).ravel().tolist(),
                    }
                )
    return {
        "cells": CELLS,
        "values": {what: values(what).ravel().tolist() for what in ("c", "f")},
        "heights": heights().tolist(),
        "rhythm": {what: rhythm(values(what), heights()).tolist() for what in ("c", "f")},
        "plainest": {what: plainest(values(what), rhythm(values(what), heights())) for what in ("c", "f")},
        "palettes": {theme: np.rint(palette(theme) * 255).astype(int).ravel().tolist() for theme in ANCHORS},
        "cases": cases,
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
