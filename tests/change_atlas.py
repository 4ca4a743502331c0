"""An atlas of spec/golden/tiny.safetensors: random features, measured effects of presets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pentrace.atlas import Atlas
from pentrace.atlas.presets import with_effects
from pentrace.checkpoint import load
from pentrace.engine.writer import Writer
from pentrace.measure.effects import Setup

TINY = Path(__file__).parent.parent / "spec/golden/tiny.safetensors"
HIDDEN, CELLS = 30, 60
"""Of the model, in two layers."""
FEATURES = ("pen lift in 1 step", "speed", "turn")
_SIZES = {
    "range.c": (5, CELLS),
    "moments.c": (2, CELLS),
    "score.c": (len(FEATURES), CELLS),
    "score.h": (len(FEATURES), CELLS),
    "lagged.c": (len(FEATURES), CELLS),
    "preferred.c": (CELLS,),
    "strongest.value": (2, CELLS, 1),
}


def measured_atlas() -> Atlas:
    """With small effects: 20 samples of 40 steps, 19 draws of random cells."""
    random = np.random.default_rng(4)
    tensors: dict[str, Any] = {
        "order.none": np.arange(CELLS, dtype=np.uint16),
        "cluster": (np.arange(CELLS) // 10).astype(np.uint8),
        "lag.c": np.zeros((len(FEATURES), CELLS), np.int8),
        "strongest.line": np.zeros((2, CELLS, 1), np.uint16),
        "strongest.step": np.zeros((2, CELLS, 1), np.uint16),
    }
    for name, shape in _SIZES.items():
        tensors[name] = random.uniform(-1, 1, shape).astype(np.float32)
    feature = {"what": "", "unit": "", "kind": "linear", "lags": False, "rows": 1}
    best = {"best": {"c": [0, 0.5], "h": [0, 0.5]}, "chance": {"c": 0.1, "h": 0.1}}
    probe = {"probe": {"metric": "R2", "value": 0.5, "control": 0.0}}
    about = {
        "format": "pentrace atlas",
        "version": 1,
        "checkpoint": {"name": "tiny", "sha256": load(TINY).sha256, "layers": 2, "hidden": HIDDEN},
        "command": "",
        "data": {"fit": {"lines": 1}, "held_out": {"lines": 1}, "terms": ""},
        "orders": [{"name": "none", "what": "", "merit": 0.0}],
        "features": [{"name": name, **feature, **best, **probe} for name in FEATURES],
        "lags": [0],
        "clusters": [{"size": 10, "feature": FEATURES[k % 3], "score": 0.1 * k} for k in range(6)],
        "lines": {"source": "samples", "seed": 1, "count": 1, "steps": 20, "variation": 1.0},
        "effects": [],
    }
    return with_effects(Atlas(tensors, about), Writer(TINY), Setup(samples=20, steps=40))
