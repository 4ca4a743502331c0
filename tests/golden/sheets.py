"""Makes spec/golden/sheets.json: inks of the page's paper and the offsets that the tiny model reads of them.

python -m tests.golden sheets
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.engine.sheet import read_sheet
from pentrace.engine.writer import Writer
from pentrace.link.ink_code import encode
from pentrace.link.sheet import MODEL_MS, SheetInk, Stroke
from tests.golden.engine import ROOT, TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

GOLDEN = ROOT / "spec/golden/sheets.json"


def sheets() -> dict[str, list[Stroke]]:
    """Little ink and enough to fix the size, dots, strokes of the model, an open end, pressure."""
    hand = [_waves(9 * k, 12 + k % 3) for k in range(9)]
    pressed = [
        Stroke(stroke.x, stroke.y, stroke.time, pressure=[(7 * k) % 101 for k in range(len(stroke.x))])
        for stroke in hand[:2]
    ]
    return {
        "one stroke": hand[:1],
        "several": hand,
        "large": [_waves(40 * k, 90) for k in range(9)],
        "dots": [Stroke([16], [-40], [0]), Stroke([96], [8], [120])],
        "a dot first": [Stroke([16], [-40], [0]), *hand],
        "written on": [*hand, *_by_model(hand[-1].time[-1])],
        "the model's own": _by_model(-MODEL_MS),
        "open": [*hand[:3], _waves(60, 14, lifted=False)],
        "only begun": [_waves(0, 30, lifted=False)],
        "pressed": pressed,
    }


def _waves(x: int, height: int, **more: Any) -> Stroke:
    """A stroke of two waves, x and height in sheet units."""
    t = np.linspace(0, 4 * np.pi, 41)
    across = np.floor(8 * (x + 2 * t + np.cos(t)) + 0.5).astype(int).tolist()
    down = np.floor(8 * height * np.sin(t) / 2 + 0.5).astype(int).tolist()
    return Stroke(across, down, [12 * (10 * x + k) for k in range(len(t))], **more)


def _by_model(time: int) -> list[Stroke]:
    """Two strokes of the model, whose points are MODEL_MS apart, after a point at a time."""
    strokes = [_waves(110, 11), _waves(140, 9)]
    for stroke in strokes:
        for k in range(len(stroke.time)):
            stroke.time[k] = time = time + MODEL_MS
    return [Stroke(stroke.x, stroke.y, stroke.time, model=True) for stroke in strokes]


def golden() -> dict[str, Any]:
    """What the golden file holds."""
    engine = Writer(TINY).engine
    return {name: _read(strokes, engine) for name, strokes in sheets().items()}


def _read(strokes: Sequence[Stroke], engine: Any) -> dict[str, Any]:
    read = read_sheet(engine, SheetInk(list(strokes)))
    return {
        "code": encode(strokes),
        "scale": read.scale,
        "first_lifted": read.first_lifted,
        "offsets": base64.b64encode(read.offsets.astype("<f4").tobytes()).decode(),
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
