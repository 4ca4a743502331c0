"""Makes spec/golden/neaten.json: an ink neatened with several shares (spec/neaten.md).

    python -m tests.golden neaten

Python and the page must give the same numbers to 1e-5.
"""

from __future__ import annotations

import json
from typing import Any

from pentrace.checkpoint import load
from pentrace.engine import Engine
from pentrace.engine.neaten import neatened
from tests.golden.engine import ROOT, TINY, ink

GOLDEN = ROOT / "spec/golden/neaten.json"
CASES = ((0.0, False), (0.3, False), (0.8, True), (1.0, False))
"""The model's share, and whether the pen lifts at the first point."""


def golden() -> dict[str, Any]:
    """What the file holds."""
    engine, own = Engine(load(TINY)), ink()
    return {
        "checkpoint": TINY.relative_to(ROOT).as_posix(),
        "offsets": own.ravel().tolist(),
        "cases": [
            {
                "share": share,
                "first_lifted": first_lifted,
                "neat": neatened(engine, own, share, first_lifted).ravel().tolist(),
            }
            for share, first_lifted in CASES
        ],
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
