"""Makes spec/golden/links.json: links to the page. The page must read from them what Python put in, and write the same.

python -m tests.golden links
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pentrace.ink import Ink
from pentrace.link import link
from pentrace.link.ink_code import encode
from pentrace.link.sheet import placed
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/links.json"
SETTINGS: list[dict[str, Any]] = [
    {"figure": "writing", "length": 60, "variation": 0.35, "seed": 7, "marked": True},
    {"figure": "cells", "chosen": [3, 4, 5, 120], "what": "h", "variation": 1.0, "step": 12},
    {"figure": "wall", "playing": False, "speed": 0.25},
    {"figure": "atlas", "feature": "pen lift in 1 step"},
    {"figure": "change", "cells": [7], "how": "shift", "shift": -0.5, "checkpoint": "a model * ~ é+&="},
]


def inks() -> dict[str, Ink]:
    """Loops that need scaling, others that do not, a dot, near points, whole and broken coordinates."""
    t = np.arange(120)
    rng = np.random.default_rng(5)
    loops = np.stack((40 * t + 300 * np.cos(t / 3), 400 * np.sin(t / 3)), axis=1) + rng.normal(0, 9, (120, 2))
    large = Ink.from_strokes([loops[:50], loops[50:51], loops[51:]])
    fitting = Ink.from_strokes([loops[:60] / 16 + (12, 0), loops[60:] / 16 + (12, 0)], scale=0.1)
    dots = Ink.from_strokes([[[5, 5]], [[9, 5]]])
    near = Ink.from_strokes([np.cumsum(rng.uniform(-0.4, 0.7, (80, 2)), axis=0) + np.array([3, -20])])
    left_open = Ink(loops[:30], np.zeros(30, bool))
    return {"large": large, "fitting": fitting, "dots": dots, "near": near, "open": left_open}


def golden() -> dict[str, Any]:
    """What the golden file holds."""
    found = inks()
    return {
        "inks": {
            name: {
                "points": ink.points.astype(float).ravel().tolist(),
                "pen_up": ink.pen_up.astype(int).tolist(),
                "codes": [encode(placed(ink), coarseness) for coarseness in (0, 1, 4)],
            }
            for name, ink in found.items()
        },
        "links": [{"settings": each, "link": link(found["dots"], **each)} for each in SETTINGS],
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
