"""Makes spec/golden/effects.json: what a few interventions do to the samples of spec/golden/tiny.safetensors.

    python -m tests.golden effects

Run it when a measure or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
from typing import Any

from pentrace.checkpoint import load
from pentrace.engine.interventions import Intervention
from pentrace.engine.writer import Writer
from pentrace.measure.effects import Effect, Laboratory, Setup
from tests.golden.engine import ROOT, TINY

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


def drawn(laboratory: Laboratory, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The random cells of the first draws, and what is added to each."""
    found = [laboratory.like(made(case), draw).changes for draw in range(3)]
    return [
        {"cells": [30 * c.layer + c.cell for c in changes], "shift": [c.shift for c in changes]}
        for changes in found
    ]


def as_object(effect: Effect) -> dict[str, Any]:
    """Before, after and under OTHER; null where no sample has a measure."""
    figures = {name: figure.to_dict() for name, figure in effect.figures.items()}
    return {name: [each["before"], each["after"], each["random"][0]] for name, each in figures.items()}


def main() -> None:
    laboratory = Laboratory(Writer(load(TINY)), SETUP)
    cases = [
        {**case, "figures": as_object(measured(laboratory, case)), "random": drawn(laboratory, case)}
        for case in CASES
    ]
    golden = {"setup": vars(SETUP), "other": OTHER, "cases": cases}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
