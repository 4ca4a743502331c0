"""Makes spec/golden/ink.json: inks of several pens and what the engine must prepare of them, bit for bit.

    python -m tests.golden ink

Run it when the preparation changes, and say why in the commit. Both test suites read the file: its inks, its digests
and its tolerances (spec/ink.md, Tolerances).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import load
from pentrace.engine import Engine
from pentrace.ink import Ink
from tests.pens import line, pen

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "spec/golden/ink.json"
TINY = ROOT / "spec/golden/tiny.safetensors"

SEED, LETTERS = 7, 6
PENS = {
    "pen, 60 a second": (60, 0.1, 30),
    "pen, 120 a second": (120, 0.1, 30),
    "pen, 240 a second": (240, 0.1, 30),
    "pen, 120 a second, twice as large": (120, 0.1, 60),
    "mouse, 60 a second": (60, 1, 30),
    "mouse, 120 a second": (120, 1, 30),
    "mouse, 240 a second": (240, 1, 30),
}
"""Name of each pen that writes the line: points a second, grid in pixels, height of small letters in pixels."""
TOLERANCES = {
    "pen": {"size": 0.005, "points": 0.03, "path": 0.015, "path_max": 0.08, "aligned": 0.16},
    "mouse": {"size": 0.015, "points": 0.07, "path": 0.045, "path_max": 0.14, "aligned": 0.3},
}
"""Of each kind of pen against the pen with 240 points a second; the last four with one size given to all."""


def grid_ink(entry: dict[str, Any]) -> Ink:
    """The ink of an entry: whole steps of its grid, in float64 and then rounded to float32."""
    points = np.stack([np.array(entry["x"]), np.array(entry["y"])], axis=1) * entry["grid"]
    pen_up = np.zeros(len(points), np.bool_)
    pen_up[entry["lifts"]] = True
    return Ink(points, pen_up)


def digest(array: npt.NDArray[Any], kind: str) -> str:
    """SHA-256 of an array as little-endian numbers in C order."""
    return hashlib.sha256(np.ascontiguousarray(array, kind).tobytes()).hexdigest()


def expected(engine: Engine, ink: Ink, size: float | None = None) -> dict[str, Any]:
    """What an ink gives: its size (a float32, exact in JSON), number of offsets and digests."""
    prepared = engine.prepare(ink, size)
    return {
        "size": engine.writing_size(ink) if size is None else size,
        "count": len(prepared.offsets),
        "offsets": digest(prepared.offsets, "<f4"),
        "raw_points": digest(prepared.raw_points, "<i4"),
    }


def _entry(name: str, ink: Ink, grid: float) -> dict[str, Any]:
    whole = np.rint(ink.points.astype(np.float64) / grid).astype(int)
    lifts = np.flatnonzero(ink.pen_up).tolist()
    return {"name": name, "grid": grid, "x": whole[:, 0].tolist(), "y": whole[:, 1].tolist(), "lifts": lifts}


def _odd_inks() -> dict[str, Ink]:
    """Inks that a careless preparation would fall over."""
    word = pen(line(SEED, 2), 60, 1)
    return {
        "one dot": Ink([[3, 4]], [True]),
        "two dots": Ink([[3, 4], [9, 4]], [True, True]),
        "a dash": Ink([[0, 0], [50, 0]], [False, True]),
        "a dot of two points": Ink([[0, 0], [1, 0]], [False, True]),
        "points that repeat": Ink(np.repeat(word.points, 3, axis=0), np.kron(word.pen_up, [0, 0, 1])),
        "there and back": Ink([[0, 0], [40, 10], [0, 0], [40, 10]], [False, False, False, True]),
        "a stroke that goes on": Ink(word.points[:40], np.zeros(40)),
        "the first point of a stroke": Ink([[0, 0], [9, 9], [20, 0]], [False, True, False]),
    }


def main() -> None:
    """Writes the file."""
    engine = Engine(load(TINY))
    inks = []
    for name, (rate, grid, height) in PENS.items():
        inks.append(_entry(name, pen(line(SEED, LETTERS), rate, grid, height), grid))
    inks += [_entry(name, ink, 1) for name, ink in _odd_inks().items()]
    for entry in inks:
        ink = grid_ink(entry)
        entry["expected"] = expected(engine, ink)
        entry["expected_of_size_40"] = expected(engine, ink, 40.0)
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in inks)
    text = f'{{"tolerances": {json.dumps(TOLERANCES)},\n"inks": [\n{lines}\n]}}\n'
    GOLDEN.write_text(text, encoding="utf-8")
