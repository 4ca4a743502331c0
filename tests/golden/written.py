"""Makes spec/golden/written.json, written-ink.json and written-ink.svg: texts that were written, and one as files.

    python -m tests.golden written

Python and the page must write the same bits, and files that say the same.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pentrace import Writer
from pentrace.engine.text import WrittenText
from pentrace.ink import formats
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/written.json"
INK = ROOT / "spec/golden/written-ink.json"
DRAWING = INK.with_suffix(".svg")
MODEL = ROOT / "spec/golden/tiny-text.safetensors"
CASES: tuple[dict[str, Any], ...] = (
    {"text": "cab a\nbad", "hand": 1, "seed": 3, "variation": 0.6},
    {
        "text": "  décade  bad " + "abc " * 20 + "\n\n" + "d" * 70,
        "hand": 0,
        "seed": 2**40 + 7,
        "variation": 0.3,
    },
    {"text": "a bad cab", "hand": None, "seed": 12, "variation": 1.0},
)


def golden() -> dict[str, Any]:
    """What written.json holds: each case, with its lines and the SHA-256 of its points and characters."""
    cases = [case | digest(written(case)) for case in CASES]
    return {"checkpoint": MODEL.relative_to(ROOT).as_posix(), "cases": cases}


def written(case: dict[str, Any]) -> WrittenText:
    """The first take of a case."""
    return Writer(MODEL).write_text(**case)


def digest(found: WrittenText) -> dict[str, Any]:
    """The lines, the number of points, and the SHA-256 of f32 points, u8 lifts and i32 characters, in that order."""
    ink = found.ink
    parts = (ink.points.astype("<f4"), ink.pen_up.astype("u1"), found.characters.astype("<i4"))
    blob = b"".join(part.tobytes() for part in parts)
    return {
        "lines": found.text.split("\n"),
        "finished": found.finished,
        "points": len(ink),
        "sha256": hashlib.sha256(blob).hexdigest(),
    }


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    ink = written(CASES[0]).ink
    formats.write(ink, INK)
    formats.write(ink, DRAWING)
