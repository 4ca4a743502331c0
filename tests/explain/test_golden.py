"""The golden file of explanations, which the page's tests read too, is what Python computes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.golden.explain import GOLDEN, golden


def test_the_golden_file_is_made_again() -> None:
    written = json.loads(GOLDEN.read_text(encoding="utf-8"))
    compare(json.loads(json.dumps(golden())), written, "explain.json")


def compare(found: Any, expected: Any, where: str) -> None:
    """The same names, lists and texts; numbers to the rounding of sums of f64."""
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for name, value in expected.items():
            compare(found[name], value, f"{where}, {name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for k, (one, other) in enumerate(zip(found, expected, strict=True)):
            compare(one, other, f"{where} [{k}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), where
    else:
        assert found == expected, where
