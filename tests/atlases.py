"""A small atlas for tests that need any: two layers of two cells, two features."""

from __future__ import annotations

import copy
from collections.abc import Iterator
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
        "data": {"fit": {"lines": 4}, "held_out": {"lines": 2}, "terms": "free"},
        "orders": [{"name": name, "what": name, "merit": 0.5 - i / 2} for i, name in enumerate(ORDERS)],
        "features": [_feature("speed", "linear"), _feature("pen lift", "binary")],
        "lags": [-1, 0, 2],
        "clusters": [
            {"size": 2, "feature": "speed", "score": 0.3},
            {"size": 2, "feature": None, "score": 0.1},
        ],
        "lines": {"source": "samples", "seed": 5, "count": 3, "steps": 20, "variation": 0.5},
        "effects": [],
    }
    return Atlas(tensors, about)


def make_effect() -> dict[str, Any]:
    """An effect that the atlas above may have."""
    change = {"cells": [1, 2], "of": "c", "scale": 0.0, "shift": [0.5, -0.25]}
    figure = {"before": 1.5, "after": None, "error": 0.123456789, "random": [1.25]}
    return {
        "name": "no-lift",
        "title": "No lift",
        "what": "Two cells, held.",
        "feature": "pen lift",
        **change,
        "random": [change | {"cells": [0, 3]}],
        "measure": "pen lifts",
        "expected": -1,
        "controls": False,
        "samples": 20,
        "steps": 40,
        "variation": 1.0,
        "seed": 0,
        "figures": {"pen lifts": figure, "advance": figure},
    }


def damaged(about: Any, values: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every single change of metadata: each part taken away, and replaced by each value.

    web/test/atlas/metadata.test.ts makes the same changes in the same order.
    """
    yield from ((f"metadata = {value!r}", value) for value in values)
    for path in _paths(about, ()):
        for value in (_GONE, *values):
            other = copy.deepcopy(about)
            holder = other
            for key in path[:-1]:
                holder = holder[key]
            if value is _GONE:
                del holder[path[-1]]
            else:
                holder[path[-1]] = copy.deepcopy(value)
            yield f"{path} = {'gone' if value is _GONE else repr(value)}", other


_GONE = object()


def _paths(value: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*at, key)
        yield from _paths(part, (*at, key))


def _feature(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "what": name,
        "unit": "",
        "kind": kind,
        "lags": False,
        "rows": 9,
        "best": {"c": [1, -0.9], "h": [3, -0.5]},
        "chance": {"c": 0.1, "h": 0.1},
        "probe": {"metric": "R2", "value": 0.5, "control": None},
    }
