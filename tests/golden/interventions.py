"""Makes spec/golden/interventions.json: interventions, what the engine is given for them, and what it then writes.

    python -m tests.golden interventions

Run it when the meaning of an intervention or the engine's arithmetic changes, and say why in the commit.
"""

from __future__ import annotations

import json
from typing import Any

from pentrace.checkpoint import load
from pentrace.engine.writer import Writer
from tests.engine.test_interventions import digest, made
from tests.golden.engine import ROOT, TINY

GOLDEN = ROOT / "spec/golden/interventions.json"

CASES: list[dict[str, Any]] = [
    {"changes": [{"how": "clamp", "cells": "3,7-9", "values": 0.3, "of": "c", "layer": 0}], "strength": 1},
    {
        "changes": [
            {"how": "scale", "cells": "0-4", "values": 0.1, "of": "h", "layer": 1},
            {"how": "shift", "cells": "4,6", "values": [0.7, -0.1], "of": "h", "layer": 1},
            {"how": "clamp", "cells": "11", "values": -1.2, "of": "c", "layer": 0},
        ],
        "strength": 1,
    },
    {
        "changes": [{"how": "clamp", "cells": "29,1", "values": [1.1, 0.9], "of": "c", "layer": 1}],
        "strength": 0.35,
    },
    {"changes": [], "strength": 1},
]


def main() -> None:
    writer = Writer(load(TINY))
    a = writer.checkpoint.architecture
    for seed, case in enumerate(CASES):
        intervention = made(case["changes"]).at_strength(case["strength"])
        tables = intervention.settings(a.layers, a.hidden)
        case["settings"] = [None if table is None else digest(table) for table in tables]
        case |= {"seed": seed, "steps": 120, "variation": 0.8}
        engine = writer.with_intervention(intervention).engine
        case["strokes"] = digest(engine.sample(engine.start(), 120, seed=seed, variation=0.8))
    GOLDEN.write_text(json.dumps(CASES, indent=1) + "\n", encoding="utf-8")
