"""Makes spec/golden/explain.json: votes, silenced cells, inputs and what happens without them (spec/explain.md).

    python -m tests.golden explain

Python and the page must give the same numbers.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pentrace.checkpoint import load
from pentrace.engine import Prepared
from pentrace.engine.ink_reader import Readable
from pentrace.engine.mixture import branches, unpack_mixture
from pentrace.engine.writer import Writer
from pentrace.explain.inputs import inputs, without
from pentrace.explain.reading import Reading, write_line
from pentrace.explain.votes import silence, votes
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/explain.json"
MODELS = ("tiny", "tiny-ln", "tiny-hyper", "tiny-text")
STEPS = 60
SILENCED, DRAWS = 4, 5


def sources(writer: Writer) -> list[Readable]:
    """A line of the model's own; where it knows text, one in a hand and one in none."""
    if writer.checkpoint.architecture.text:
        return [
            write_line(writer, "bad cab", hand=1, seed=3, variation=1),
            write_line(writer, "abc", seed=5, variation=1),
        ]
    offsets = writer.engine.sample(writer.engine.start(), STEPS, seed=3)
    return [Prepared(offsets, 1.0, np.arange(STEPS + 1, dtype=np.int32), False)]


def case(writer: Writer, name: str, source: Readable) -> dict[str, Any]:
    """All numbers of one ink, at three steps: near its beginning, in its middle, at its end."""
    reading = Reading(writer, source)
    rows = [at(writer, source, step) for step in (3, len(reading) // 2, len(reading))]
    text = None
    if reading.pointers is not None:
        text = {"words": reading.text, "hand": reading.line.hand, "pointers": reading.pointers.tolist()}
    return {
        "model": name,
        "offsets": reading.offsets.ravel().tolist(),
        "text": text,
        "steps": rows,
    }


def at(writer: Writer, source: Readable, step: int) -> dict[str, Any]:
    """All numbers of one step: of the two heaviest components, so that it need not be a fork."""
    mixture = writer.engine.mixture(Reading(writer, source).state(step))
    a, b = np.argsort(-unpack_mixture(mixture).pi, kind="stable")[:2].tolist()
    found = votes(writer, source, step, a, b)
    added = inputs(writer, source, step)
    silent, other = (
        silence(writer, source, found, SILENCED, other=way, draws=DRAWS, seed=7) for way in (False, True)
    )
    return {
        "step": step,
        "components": [a, b],
        "branches": [{"components": way.components, "weight": way.weight} for way in branches(mixture)],
        "weight": found.weight.tolist(),
        "bias": found.weight_bias,
        "log_odds": found.log_odds,
        "width": found.width.tolist(),
        "width_bias": found.width_bias,
        "correlation": found.correlation,
        "others": found.others,
        "log_density": found.log_density,
        "ranked": found.ranked(),
        "silenced": vars(silent),
        "silenced_other": vars(other),
        "characters": added.characters,
        "parts": {name: part.ravel().tolist() for name, part in added.parts.items()},
        "strength": {name: part.tolist() for name, part in added.strength().items()},
        "without": {
            name: [one.divergence, *one.share] for name, one in without(writer, source, step).items()
        },
    }


def golden() -> dict[str, Any]:
    """What the file holds."""
    cases = []
    for name in MODELS:
        writer = Writer(load(ROOT / f"spec/golden/{name}.safetensors"))
        cases += [case(writer, name, source) for source in sources(writer)]
    return {"seed": 7, "silenced": SILENCED, "draws": DRAWS, "cases": cases}


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
