"""Makes spec/golden/mix.json: mixes of two hands that Python and the page must give to the bit (spec/hand.md).

python -m tests.golden mix
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pentrace.checkpoint import hand, load
from pentrace.checkpoint.mix import mix
from pentrace.engine.hand.learn import learn_lines
from tests.golden.engine import ROOT, TINY_TEXT, ink
from tests.golden.learn import listed, some_scripts

GOLDEN = ROOT / "spec/golden/mix.json"
ROWS = ((0, 150), (30, 140))
"""The rows of the ink that each hand is learned from: one with its text, one without."""
SHARES = ((1.0, 0.0), (0.5, 0.5), (1.3, -0.4), (0.1, 0.7))


def golden() -> dict[str, Any]:
    """What the file holds."""
    checkpoint, offsets = load(TINY_TEXT), ink()
    lines = [offsets[begin:end] for begin, end in ROWS]
    scripts = some_scripts(checkpoint, lines)
    hands = [
        learn_lines(checkpoint, [line], [script], passes=1)
        for line, script in zip(lines, scripts, strict=True)
    ]
    return {
        "checkpoint": TINY_TEXT.relative_to(ROOT).as_posix(),
        "offsets": offsets.ravel().tolist(),
        "rows": ROWS,
        "scripts": listed(scripts),
        "cases": [
            {
                "shares": shares,
                "sha256": hashlib.sha256(hand.encode(mix(checkpoint, hands, shares))).hexdigest(),
            }
            for shares in SHARES
        ],
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
