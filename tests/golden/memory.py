"""Makes spec/golden/memory.json: strokes of an ink that are changed, and what each change does to predictions.

    python -m tests.golden memory

Python and the page must give the same changed inks to a rounding of float32, and the rest to 1e-6. Run it when a
change, the divergence, a measure or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
from typing import Any

from pentrace.checkpoint import load
from pentrace.engine.recogniser import RECOGNISER, Recogniser
from pentrace.engine.writer import Writer
from pentrace.explain.density import divergence
from pentrace.explain.memory import DISTANCES, memory
from pentrace.explain.strokes import CHANGES, changed, strokes_before
from pentrace.ink import Ink
from tests.golden.engine import DEFAULT, ROOT

GOLDEN = ROOT / "spec/golden/memory.json"
POINTS, STEP, FUTURES, SEED = 60, 52, 4, 3


def golden() -> dict[str, Any]:
    """What the file holds."""
    writer = Writer(load(DEFAULT))
    engine = writer.engine
    offsets = engine.sample(engine.start(), POINTS, seed=SEED, variation=0.8)
    # Strokes of 2, 12 and more points.
    offsets[:, 2] = 0
    offsets[[0, 2, 14, 30, 45], 2] = 1
    prepared = writer.read(Ink.from_offsets(offsets))
    offsets = prepared.offsets
    parts = strokes_before(offsets, False, STEP)
    found = memory(writer, prepared, STEP, futures=FUTURES, seed=SEED, recogniser=Recogniser.load())
    plain = engine.trace(engine.start(), offsets, mixture=True)["mixture"]
    cases: list[dict[str, Any]] = []
    for number, part in enumerate(parts):
        numbers = engine.random(2 * (part.stop - part.start), seed=SEED, stream=number).reshape(-1, 2)
        for how in CHANGES:
            other = changed(offsets, part, how, numbers)
            mixture = engine.trace(engine.start(), other.offsets, mixture=True)["mixture"]
            rows = [part.stop - 1 + d for d in DISTANCES if part.stop - 1 + d < POINTS]
            influence = found[len(cases)]
            cases.append(
                {
                    "stroke": number,
                    "change": how,
                    "offsets": other.offsets.ravel().tolist(),
                    "shift": other.shift,
                    "divergence": influence.divergence,
                    "near": divergence(plain[rows], mixture[[row - other.shift for row in rows]]).tolist(),
                    "hand": {name: [one.change, one.error] for name, one in influence.hand.items()},
                    "letters": None if influence.letters is None else list(influence.letters.after),
                }
            )
    return {
        "checkpoint": DEFAULT.relative_to(ROOT).as_posix(),
        "recogniser": RECOGNISER.relative_to(ROOT).as_posix(),
        "step": STEP,
        "futures": FUTURES,
        "seed": SEED,
        "distances": list(DISTANCES),
        "offsets": offsets.ravel().tolist(),
        "strokes": [[part.start, part.stop] for part in parts],
        "letters": None if found[0].letters is None else list(found[0].letters.before),
        "cases": cases,
    }


def main() -> None:
    text = json.dumps(golden(), allow_nan=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
