"""Makes spec/golden/spelling.json: texts as people type them, and what of them a model with some alphabet writes.

    python -m tests.golden spelling

Python and the page must find the same.
"""

from __future__ import annotations

import json
from typing import Any

from pentrace.engine.text import spelling
from tests.golden.engine import ROOT

GOLDEN = ROOT / "spec/golden/spelling.json"
ALPHABET = " !\"'(),-.0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CASES = (
    ("“It’s a ﬁne café” – she said…", ALPHABET),
    ("Stra\u00dfe, na\u00efve, e\u0301 and \u00c5", ALPHABET),
    ("a@b.org costs $5 & 10 % of 3/4 * 2 = ?_", ALPHABET),
    ("\ufeffzero\u200bwidth\u00adsoft \u2764\ufe0f \U0001f600", ALPHABET),
    ("tab\there\u00a0and\r\nthere\x00 \x1d\x85.", ALPHABET),
    ("\u05e9\u05dc\u05d5\u05dd q\u0301", ALPHABET),
    ("d\u00e9cad\u00e9e \u2013 “b”", "abcd\u00e9“"),
    ("", ALPHABET),
)


def golden() -> dict[str, Any]:
    """Each text with its alphabet, its plain characters, what is unknown among them, and what is written at last."""
    cases = []
    for text, alphabet in CASES:
        plain = spelling.plain(text, alphabet)
        unknown = [[each, spelling.instead(each, alphabet)] for each in spelling.unknown(plain, alphabet)]
        written = spelling.writable(text, alphabet)
        cases.append(
            {"text": text, "alphabet": alphabet, "plain": plain, "unknown": unknown, "written": written}
        )
    return {"cases": cases}


def main() -> None:
    GOLDEN.write_text(json.dumps(golden(), ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
