"""Makes spec/golden/learn.json: hands that Python and the page must learn to the bit (spec/hand.md).

python -m tests.golden learn
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pentrace.checkpoint import hand, load
from pentrace.engine.learn import learn_lines
from tests.golden.engine import DEFAULT, ROOT, TINY_TEXT, ink

GOLDEN = ROOT / "spec/golden/learn.json"
CASES = (
    (
        TINY_TEXT,
        [
            (0, 150),
            (20, 150),
            (0, 90),
            (5, 138),
            (60, 150),
            (0, 37),
            (12, 150),
            (3, 150),
            (40, 150),
            (7, 141),
        ],
        3,
    ),
    (DEFAULT, [(0, 150), (30, 110)], 1),
)
"""A checkpoint, the rows of the ink that each line has, and passes. Ten lines: two batches, and one held back."""


def golden(threads: int = 1) -> dict[str, Any]:
    """What the file holds."""
    offsets = ink()
    cases = []
    for path, rows, passes in CASES:
        lines = [offsets[begin:end] for begin, end in rows]
        learned = learn_lines(load(path), lines, passes=passes, threads=threads)
        cases.append(
            {
                "checkpoint": path.relative_to(ROOT).as_posix(),
                "rows": rows,
                "passes": passes,
                "log": [list(row) for row in learned.log],
                "sha256": hashlib.sha256(hand.encode(learned)).hexdigest(),
            }
        )
    return {"offsets": offsets.ravel().tolist(), "cases": cases}


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
