"""The recogniser's golden results in Python; web/test/engine/text/recogniser.test.ts has the same in Node."""

from __future__ import annotations

import json

from tests.golden.recogniser import GOLDEN, golden


def test_bits_and_choices() -> None:
    written = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden() == written, "run: python -m tests.golden recogniser"
