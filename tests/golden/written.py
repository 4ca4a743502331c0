"""Makes spec/golden/written.json, written-ink.json and written-ink.svg: texts that were written, and one as files.

    python -m tests.golden written

Python and the page must write the same bits, and files that say the same.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pentrace import Writer
from pentrace.engine.text import letters
from pentrace.engine.text.written import CAP, WrittenText
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
LETTERS: dict[str, Any] = {
    "known": {"text": "cab a bad", "hand": 1, "seed": 4, "variation": 0.7},
    "text": "a bad cab. dé",
    "hand": 0,
    "candidates": 6,
    "seed": 5,
    "first": 12,
    "variation": 1.0,
}
"""A line whose letters are known, and one that is written in them; point and é are not among them."""


def golden() -> dict[str, Any]:
    """What written.json holds: each case, with its lines and the SHA-256 of its points and characters."""
    cases = [case | digest(written(case)) for case in CASES]
    return {
        "checkpoint": MODEL.relative_to(ROOT).as_posix(),
        "cases": cases,
        "letters": LETTERS | in_letters(),
    }


def in_letters() -> dict[str, Any]:
    """What LETTERS comes to: offsets, the SHA-256 of f32 offsets and i32 characters, and how far letters are apart."""
    engine, known = Writer(MODEL).engine, LETTERS["known"]
    line = engine.write(
        engine.start(known["text"], known["hand"]),
        CAP * (len(known["text"]) + 1),
        cap=CAP,
        seed=known["seed"],
        variation=known["variation"],
    )
    theirs = letters.Letters([(known["text"], line)])
    text = LETTERS["text"]
    draws = letters.Draws(LETTERS["seed"], LETTERS["first"], LETTERS["variation"])
    found = letters.write(
        engine, engine.start(text, LETTERS["hand"]), text, theirs, LETTERS["candidates"], draws
    )
    blob = found.offsets.astype("<f4").tobytes() + found.pointers.astype("<i4").tobytes()
    distances = [
        theirs.distance(character, found.offsets[found.pointers == place])
        for place, character in enumerate(text)
        if character in theirs
    ]
    return {
        "offsets": len(found.offsets),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "distances": distances,
    }


def written(case: dict[str, Any]) -> WrittenText:
    """The first take of a case."""
    return Writer(MODEL).write_text(**case, candidates=1)


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
