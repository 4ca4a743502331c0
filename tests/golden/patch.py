"""Makes spec/golden/patch.json: states of small checkpoints put into others, and what they then write.

Inks alone are of spec/golden/tiny.safetensors, those with a text of spec/golden/tiny-text.safetensors.

    python -m tests.golden patch

Run it when a trait, the choice of cells or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.checkpoint import load
from pentrace.engine import Prepared
from pentrace.engine.text.read_text import Reading
from pentrace.engine.text.written import CAP
from pentrace.engine.writer import Writer
from pentrace.explain.directions import Direction
from pentrace.explain.hands import telling
from pentrace.explain.patch import patch
from tests.golden.engine import ROOT, TINY, TINY_TEXT

if TYPE_CHECKING:
    from pentrace.engine.ink_reader import Readable

GOLDEN = ROOT / "spec/golden/patch.json"
INKS: dict[str, dict[str, Any]] = {
    "a": {"seed": 3, "steps": 40, "variation": 0.8},
    "b": {"seed": 4, "steps": 50, "variation": 0.8},
}
LINES: dict[str, Any] = {"seed": 2, "count": 6, "steps": 80, "variation": 0.8}
CASES: tuple[dict[str, Any], ...] = (
    {"cells": [0, 2, 29, 31], "at": [None, None], "draws": 3, "futures": 6, "steps": 120, "seed": 5},
    {"cells": [40, 41], "at": [25, 1], "draws": 2, "futures": 5, "steps": 90, "seed": 0},
    {"cells": None, "at": [0, 50], "draws": 1, "futures": 5, "steps": 90, "seed": 1},
)
"""The last has all cells, so no random ones are drawn."""
ALONG: dict[str, Any] = {"cells": None, "at": [30, None], "draws": 2, "futures": 5, "steps": 90, "seed": 3}
"""A direction in place of cells."""
TEXTS: dict[str, dict[str, Any]] = {
    "a": {"text": "bad cab", "hand": 1, "seed": 5, "steps": 60, "variation": 0.8},
    "b": {"text": "cab a dab", "hand": 0, "seed": 6, "steps": 60, "variation": 0.8},
}
"""Lines with a text, of spec/golden/tiny-text.safetensors."""
TEXT_CASES: tuple[dict[str, Any], ...] = (
    {"cells": [0, 2, 13], "at": [None, None], "draws": 2, "futures": 6, "steps": 20, "seed": 5},
    {"cells": None, "at": [12, 4], "draws": 1, "futures": 5, "steps": 30, "seed": 1},
)
"""Without a step, a text is looked at before its end. Some futures end before their last step."""


def ink(writer: Writer, name: str) -> Prepared:
    """An ink that the model writes, as it reads it."""
    engine, wanted = writer.engine, INKS[name]
    offsets = engine.sample(
        engine.start(), wanted["steps"], seed=wanted["seed"], variation=wanted["variation"]
    )
    return Prepared(offsets, 1.0, np.arange(len(offsets) + 1, dtype=np.int32), False)


def line(writer: Writer, name: str) -> Reading:
    """A line with its text."""
    engine, wanted = writer.engine, TEXTS[name]
    state = engine.start(wanted["text"], wanted["hand"])
    made = engine.write(state, wanted["steps"], cap=CAP, seed=wanted["seed"], variation=wanted["variation"])
    return Reading(made.offsets, wanted["text"], made.pointers, wanted["hand"])


def order(writer: Writer) -> list[int]:
    """All cells, those that tell the hands of LINES apart best first."""
    engine = writer.engine
    lines = engine.futures(
        engine.start(), LINES["count"], LINES["steps"], seed=LINES["seed"], variation=LINES["variation"]
    )
    found: list[int] = telling(engine, list(lines)).tolist()
    return found


def direction(writer: Writer) -> Direction:
    """One that says nothing, for the sums."""
    numbers = writer.engine.random(120, seed=9)
    weight = numbers[:60] - 0.5
    return Direction("some", weight / np.sqrt(weight @ weight), numbers[60:])


def patched(
    writer: Writer, inks: tuple[Readable, Readable], case: dict[str, Any], along: Direction | None = None
) -> dict[str, Any]:
    """Traits of a case; null where no future has one."""
    settings = {name: case[name] for name in ("draws", "futures", "steps", "seed")}
    taken = case["cells"] if along is None else along
    found = patch(writer, *inks, taken, at=tuple(case["at"]), **settings)

    def known(traits: dict[str, float]) -> dict[str, float | None]:
        return {name: None if math.isnan(value) else value for name, value in traits.items()}

    return {
        "a": known(found.a),
        "b": known(found.b),
        "both": known(found.both),
        "random": [known(each) for each in found.random],
    }


def golden() -> dict[str, Any]:
    """What the file holds."""
    writer, reader = Writer(load(TINY)), Writer(load(TINY_TEXT))
    alone = ink(writer, "a"), ink(writer, "b")
    cases = [case | patched(writer, alone, case) for case in CASES]
    some = direction(writer)
    along = {"weight": some.weight.tolist(), "spread": some.spread.tolist()}
    along |= patched(writer, alone, ALONG, some)
    said = line(reader, "a"), line(reader, "b")
    return {
        "inks": INKS,
        "lines": LINES,
        "order": order(writer),
        "cases": cases,
        "along": ALONG | along,
        "texts": TEXTS,
        "text cases": [case | patched(reader, said, case) for case in TEXT_CASES],
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
