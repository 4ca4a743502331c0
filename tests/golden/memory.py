"""Makes spec/golden/memory.json: strokes of an ink that are changed, and what each change does to predictions.

    python -m tests.golden memory

Python and the page must give the same changed inks to a rounding of float32, and the rest to 1e-6. Run it when a
change, the divergence, a measure or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import load
from pentrace.engine.text import read_text
from pentrace.engine.text.recogniser import RECOGNISER, Recogniser
from pentrace.engine.writer import Writer
from pentrace.explain.density import divergence
from pentrace.explain.memory import DISTANCES, memory
from pentrace.explain.reading import Reading, write_line
from pentrace.explain.strokes import CHANGES, changed, strokes_before
from tests.golden.engine import DEFAULT, ROOT

GOLDEN = ROOT / "spec/golden/memory.json"
TEXT = ROOT / "spec/golden/tiny-text.safetensors"
FUTURES, SEED = 4, 3


def alone(writer: Writer) -> Reading:
    """60 points of a model's own, with strokes of 2, 12 and more."""
    offsets = writer.engine.sample(writer.engine.start(), 60, seed=SEED, variation=0.8)
    return with_lifts(Reading(writer, offsets), [0, 2, 14, 30, 45])


def with_text(writer: Writer) -> Reading:
    """20 points of the beginning of a text: each of the first three strokes is a character of its own."""
    text = "bad cab bad cab bad cab bad cab"
    offsets = write_line(writer, text, hand=1, seed=5, variation=1).offsets[:20]
    pointers = np.repeat(np.arange(4, dtype=np.int32), (5, 4, 3, 8))
    return with_lifts(Reading(writer, read_text.Reading(offsets, text, pointers, 1)), [4, 8, 11, 19])


def with_lifts(reading: Reading, rows: list[int]) -> Reading:
    offsets = reading.offsets.copy()
    offsets[:, 2] = 0
    offsets[rows, 2] = 1
    return Reading(reading.writer, reading.line._replace(offsets=offsets))


def ink(reading: Reading, model: Path, step: int, recogniser: Recogniser | None) -> dict[str, Any]:
    """All numbers of an ink, before the step."""
    writer, offsets = reading.writer, reading.offsets
    parts = strokes_before(offsets, False, step)
    found = memory(writer, reading.line, step, futures=FUTURES, seed=SEED, recogniser=recogniser)
    plain = reading.line.trace(writer.engine, mixture=True)["mixture"]
    cases: list[dict[str, Any]] = []
    for number, part in enumerate(parts):
        numbers = writer.engine.random(2 * (part.stop - part.start), seed=SEED, stream=number).reshape(-1, 2)
        for how in CHANGES:
            other = changed(offsets, part, how, numbers, reading.pointers)
            again = reading.line._replace(offsets=other.offsets, pointers=other.pointers)
            mixture = again.trace(writer.engine, mixture=True)["mixture"]
            rows = [part.stop - 1 + d for d in DISTANCES if part.stop - 1 + d < len(offsets)]
            influence = found[len(cases)]
            cases.append(
                {
                    "stroke": number,
                    "change": how,
                    "offsets": other.offsets.ravel().tolist(),
                    "pointers": listed(other.pointers),
                    "shift": other.shift,
                    "divergence": influence.divergence,
                    "near": divergence(plain[rows], mixture[[row - other.shift for row in rows]]).tolist(),
                    "hand": {name: [*map(known, vars(one).values())] for name, one in influence.hand.items()},
                    "letters": influence.letters and list(influence.letters.after),
                }
            )
    return {
        "checkpoint": model.relative_to(ROOT).as_posix(),
        "step": step,
        "offsets": offsets.ravel().tolist(),
        "text": {"words": reading.text, "hand": reading.line.hand, "pointers": listed(reading.pointers)},
        "strokes": [[part.start, part.stop] for part in parts],
        "letters": found[0].letters and list(found[0].letters.before),
        "cases": cases,
    }


def listed(numbers: npt.NDArray[np.int32] | None) -> list[int] | None:
    return None if numbers is None else numbers.tolist()


def known(number: float) -> float | None:
    return number if np.isfinite(number) else None


def golden() -> dict[str, Any]:
    """What the file holds."""
    plain, text = Writer(load(DEFAULT)), Writer(load(TEXT))
    return {
        "recogniser": RECOGNISER.relative_to(ROOT).as_posix(),
        "futures": FUTURES,
        "seed": SEED,
        "distances": list(DISTANCES),
        "inks": [
            ink(alone(plain), DEFAULT, 52, Recogniser.load()),
            # The line ends in some of these futures before a hand can be seen, in others it does not.
            ink(with_text(text), TEXT, 14, None),
        ],
    }


def main() -> None:
    text = json.dumps(golden(), allow_nan=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
