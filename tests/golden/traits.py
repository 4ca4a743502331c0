"""Makes spec/golden/traits.json: hand codes with changed traits, which Python and the page must give to the bit.

python -m tests.golden traits
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pentrace.engine.traits import changed
from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/traits.json"
CASES: tuple[tuple[int | None, dict[str, float]], ...] = (
    (None, {"slant": 1.0}),
    (743, {"pace": -0.5, "slant": 1.5}),
    (12, {"slant": -2.0, "size": 0.1, "width": 1.25, "spacing": -0.3, "joins": 2.0, "pace": 0.75}),
)


def golden() -> dict[str, Any]:
    """What the file holds."""
    writer = Writer(TEXT_CHECKPOINT)
    return {
        "checkpoint": TEXT_CHECKPOINT.relative_to(ROOT).as_posix(),
        "cases": [
            {
                "hand": hand,
                "amounts": amounts,
                "sha256": hashlib.sha256(
                    changed(writer.base.sha256, writer.engine.hand_code(hand), amounts).tobytes()
                ).hexdigest(),
            }
            for hand, amounts in CASES
        ],
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
