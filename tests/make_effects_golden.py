"""Makes spec/golden/effects.json: what a few interventions do to the samples of spec/golden/tiny.safetensors.

    python -m tests.make_effects_golden

Run it when a measure or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pentrace.checkpoint import load
from pentrace.engine.interventions import Intervention
from pentrace.engine.writer import Writer
from pentrace.measure.effects import Effect, Laboratory, Setup
from tests.make_golden import ROOT, TINY

GOLDEN = ROOT / "spec/golden/effects.json"
SETUP = Setup(samples=24, steps=160, variation=0.9, seed=11)
"""160 steps, so that a scribble can be told."""
CASES: list[dict[str, Any]] = [
    {"cells": [2, 17], "of": "c", "scale": 0.0, "shift": [1.5, -1.0]},
    {"cells": [31, 40, 59], "of": "h", "scale": 0.0, "shift": [0.0, 0.0, 0.0]},
]
OTHER = {"cells": [5, 6], "of": "h", "scale": 1.0, "shift": [0.5, 0.5]}
"""What each is compared with."""


def measured(laboratory: Laboratory, case: dict[str, Any]) -> Effect:
    """The effect of a case, compared with OTHER."""
    return laboratory.measure(made(case), random=[made(OTHER)])


def made(case: dict[str, Any]) -> Intervention:
    """An intervention of a case; cells are numbered through both layers of 30."""
    whole = Intervention()
    for cell, shift in zip(case["cells"], case["shift"], strict=True):
        place: dict[str, Any] = {"of": case["of"], "layer": cell // 30}
        scaled = Intervention.scale(cell % 30, case["scale"], **place)
        whole = whole.then(scaled).then(Intervention.shift(cell % 30, shift, **place))
    return whole


def as_object(effect: Effect) -> dict[str, Any]:
    """Before, after and under OTHER; null where no sample has a measure."""

    def known(value: float) -> float | None:
        return value if np.isfinite(value) else None

    return {
        name: [known(figure.before), known(figure.after), known(figure.random[0])]
        for name, figure in effect.figures.items()
    }


def main() -> None:
    laboratory = Laboratory(Writer(load(TINY)), SETUP)
    cases = [{**case, "figures": as_object(measured(laboratory, case))} for case in CASES]
    golden = {"setup": vars(SETUP), "other": OTHER, "cases": cases}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
