"""Makes spec/golden/learn.json: hands that Python and the page must learn to the bit (spec/hand.md).

python -m tests.golden learn
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from pentrace.checkpoint import Checkpoint, hand, load
from pentrace.engine.hand.learn import learn_lines
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.scripts import Script
from pentrace.engine.wasm import FloatArray
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
        checkpoint = load(path)
        lines = [offsets[begin:end] for begin, end in rows]
        scripts = some_scripts(checkpoint, lines)
        reader = Recogniser.load() if checkpoint.architecture.text else None
        learned = learn_lines(checkpoint, lines, scripts, reader, passes=passes, threads=threads)
        assert learned.changes is not None
        cases.append(
            {
                "checkpoint": path.relative_to(ROOT).as_posix(),
                "rows": rows,
                "scripts": listed(scripts),
                "passes": passes,
                "log": [list(row) for row in learned.log],
                "changes": hashlib.sha256(learned.changes.tobytes()).hexdigest(),
                "sha256": hashlib.sha256(hand.encode(learned)).hexdigest(),
            }
        )
    return {"offsets": offsets.ravel().tolist(), "cases": cases}


def some_scripts(checkpoint: Checkpoint, lines: Sequence[FloatArray]) -> list[Script | None]:
    """A character for every nine offsets; the text of every third line is not known."""
    known = checkpoint.architecture.text
    scripts: list[Script | None] = []
    for k, line in enumerate(lines):
        first = np.arange(0, len(line), 9, dtype=np.int32)
        codes = 1 + (5 * k + 3 * np.arange(len(first))) % len(known.alphabet if known else " ")
        scripts.append(None if known is None or k % 3 == 1 else Script(codes.astype(np.uint8), first))
    return scripts


def listed(scripts: Sequence[Script | None]) -> list[Any]:
    """Codes and first offsets, as the file holds them."""
    return [script and [script.codes.tolist(), script.first.tolist()] for script in scripts]


def main() -> None:
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
