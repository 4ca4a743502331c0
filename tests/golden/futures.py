"""Makes spec/golden/futures.json: a small field of futures with its angles, colours, opacities and forks.

    python -m tests.golden futures

Python and the page must give the same futures bit for bit, and the rest to 1e-6.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pentrace.checkpoint import load
from pentrace.engine.mixture import branches
from pentrace.engine.writer import Writer
from pentrace.ink import Ink
from pentrace.pictures.futures import colours, opacity, veer
from tests.golden.engine import ROOT, SEED, TINY, ink

GOLDEN = ROOT / "spec/golden/futures.json"
POINTS = 12
COUNT, STEPS, VARIATION = 5, 4, 0.75

# Rows [1 + 6M] in which Python and the page must find the same branches; the tests give the branches' weights.
MIXTURES: dict[str, list[list[float]]] = {
    # pi, mu x, mu y, sigma x, sigma y, rho of each component
    "one": [[1.0, 0.3, 0.0, 0.1, 0.1, 0.0]],
    "two apart": [[0.6, 0.5, 0.0, 0.1, 0.1, 0.0], [0.4, -0.5, 0.0, 0.1, 0.1, 0.0]],
    "two that overlap": [[0.6, 0.1, 0.0, 0.1, 0.1, 0.0], [0.4, -0.1, 0.0, 0.1, 0.1, 0.0]],
    "one between joins the heavier": [
        [0.4, 0.0, 0.0, 0.1, 0.1, 0.0],
        [0.1, 0.19, 0.0, 0.1, 0.1, 0.0],
        [0.5, 0.38, 0.0, 0.1, 0.1, 0.0],
    ],
    "a chain does not join its ends": [
        [0.45, 0.5, 0.0, 0.1, 0.1, 0.0],
        [0.1, 0.25, 0.0, 0.1, 0.1, 0.0],
        [0.45, 0.0, 0.0, 0.1, 0.1, 0.0],
    ],
    "the other is unlikely": [[0.86, 0.5, 0.0, 0.1, 0.1, 0.0], [0.14, -0.5, 0.0, 0.1, 0.1, 0.0]],
    "what does not count joins nothing": [
        [0.5, 0.5, 0.0, 0.1, 0.1, 0.0],
        [0.005, 0.45, 0.0, 0.1, 0.1, 0.0],
        [0.495, 0.0, 0.0, 0.1, 0.1, 0.0],
    ],
    "apart across the correlation": [
        [0.5, 0.15, -0.15, 0.3, 0.3, 0.95],
        [0.5, -0.15, 0.15, 0.3, 0.3, 0.95],
    ],
    "together along the correlation": [
        [0.5, 0.15, 0.15, 0.3, 0.3, 0.95],
        [0.5, -0.15, -0.15, 0.3, 0.3, 0.95],
    ],
}


def mixture(components: list[list[float]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A row of a trace: e, then the parameters by kind."""
    return np.array([0.1, *np.array(components).T.ravel()], np.float32)


def golden() -> dict[str, Any]:
    """What the file holds."""
    offsets = ink()[:POINTS]
    path = Ink.from_offsets(offsets)
    field = Writer(load(TINY)).futures(path, COUNT, STEPS, seed=SEED, variation=VARIATION)
    angles = veer(offsets, field)
    scale = np.linspace(-np.pi, np.pi, 25)
    return {
        "checkpoint": TINY.relative_to(ROOT).as_posix(),
        "seed": str(SEED),
        "count": COUNT,
        "steps": STEPS,
        "variation": VARIATION,
        "offsets": offsets.ravel().tolist(),
        "futures": field.ravel().tolist(),
        "veer": angles.ravel().tolist(),
        "scale": scale.tolist(),
        "colours": {theme: colours(scale, theme).ravel().tolist() for theme in ("light", "dark")},
        "opacity": [opacity(k + 1, STEPS, COUNT) for k in range(STEPS)],
        "branches": {
            name: {
                "mixture": mixture(rows).tolist(),
                "weights": [branch.weight for branch in branches(mixture(rows))],
            }
            for name, rows in MIXTURES.items()
        },
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
