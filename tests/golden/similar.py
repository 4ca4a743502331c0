"""Makes spec/golden/similar.json: moments that are alike in a small model's lines (spec/atlas.md, similar moments).

    python -m tests.golden similar

Python and the page must find the same moments, at the same distances to 1e-5.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np

from pentrace.atlas import Atlas
from pentrace.atlas.similar import Similar
from pentrace.checkpoint import load
from pentrace.engine.writer import Writer
from pentrace.ink import Ink
from tests.atlases import make_atlas
from tests.golden.engine import ROOT, TINY, ink

GOLDEN = ROOT / "spec/golden/similar.json"
LINES = {"source": "samples", "seed": 11, "count": 5, "steps": 90, "variation": 0.8, "collapsed": [3]}
CASES: tuple[dict[str, Any], ...] = (
    {"span": [4, 12], "cells": None, "count": 6},
    {"span": [0, 1], "cells": [2], "count": 12},
    {"span": [20, 23], "cells": [0, 5, 1], "count": 4},
    {"span": [5, 35], "cells": None, "count": 30},
)


def atlas_of(cells: int, deviation: np.ndarray[Any, Any]) -> Atlas:
    """An atlas of which only the lines and the deviations are asked for."""
    plain = make_atlas()
    about = plain.about | {
        "lines": LINES,
        "checkpoint": plain.about["checkpoint"] | {"layers": 1, "hidden": cells},
    }
    moments = np.stack((np.zeros(cells), deviation)).astype(np.float32)
    return replace(plain, about=about, tensors=plain.tensors | {"moments.c": moments})


def golden() -> dict[str, Any]:
    """What the file holds."""
    writer = Writer(load(TINY))
    a = writer.checkpoint.architecture
    count = a.layers * a.hidden
    deviation = np.linspace(0.5, 2, count).astype(np.float32)
    similar = Similar(writer, atlas_of(count, deviation))
    offsets = ink()
    found = [
        case
        | {
            "moments": [
                list(moment)
                for moment in similar.find(
                    Ink.from_offsets(offsets), tuple(case["span"]), cells=case["cells"], count=case["count"]
                )
            ]
        }
        for case in CASES
    ]
    return {
        "checkpoint": TINY.relative_to(ROOT).as_posix(),
        "lines": LINES,
        "deviation": deviation.tolist(),
        "offsets": offsets.ravel().tolist(),
        "cases": found,
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
