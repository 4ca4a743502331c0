"""A small atlas for tests that need any: two layers of two cells, two features."""

from __future__ import annotations

from typing import Any

import numpy as np

from pentrace.atlas import Atlas

ORDERS: dict[str, list[int]] = {"correlation": [2, 0, 1, 3], "none": [0, 1, 2, 3]}


def make_atlas(sha256: str = "0" * 64) -> Atlas:
    """Every number in it differs from its neighbours, so that a test sees a mix-up."""
    random = np.random.default_rng(7)
    tensors: dict[str, Any] = {f"order.{name}": np.array(o, np.uint16) for name, o in ORDERS.items()}
    tensors |= {
        "cluster": np.array([0, 1, 0, 1], np.uint8),
        "range.c": np.sort(random.normal(size=(5, 4)), axis=0).astype(np.float32),
        "moments.c": np.abs(random.normal(size=(2, 4))).astype(np.float32),
        "score.c": np.array([[0.1, -0.9, 0.5, 0.0], [0.3, 0.2, -0.4, 0.6]], np.float32),
        "score.h": np.array([[0.2, 0.3, 0.4, -0.5], [0.7, 0.1, 0.0, 0.2]], np.float32),
        "lag.c": np.array([[0, 2, -1, 0], [0, 0, 0, 0]], np.int8),
        "lagged.c": np.array([[0.1, -0.95, 0.6, 0.0], [0.3, 0.2, -0.4, 0.6]], np.float32),
        "preferred.c": np.array([0, 90, -90, 180], np.float32),
        "strongest.line": np.arange(16).reshape(2, 4, 2).astype(np.uint16) % 3,
        "strongest.step": np.arange(16).reshape(2, 4, 2).astype(np.uint16),
        "strongest.value": random.normal(size=(2, 4, 2)).astype(np.float32),
    }
    about: dict[str, Any] = {
        "format": "pentrace atlas",
        "version": 1,
        "checkpoint": {"name": "tiny", "sha256": sha256, "layers": 2, "hidden": 2},
        "command": "pentrace atlas tiny.safetensors data",
        "data": {},
        "orders": [{"name": name, "what": name, "merit": 0.5 - i / 2} for i, name in enumerate(ORDERS)],
        "features": [{"name": "speed", "kind": "linear"}, {"name": "pen lift", "kind": "binary"}],
        "lags": [-1, 0, 2],
        "clusters": [{"size": 2}, {"size": 2}],
        "lines": {"source": "samples", "seed": 5, "count": 3, "steps": 20, "variation": 0.5},
        "effects": [],
    }
    return Atlas(tensors, about)
