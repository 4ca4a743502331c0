"""The moments that Python and the page must both find (spec/golden/similar.json)."""

from __future__ import annotations

import json

import pytest

from tests.golden.similar import GOLDEN, golden


def test_the_golden_moments_are_found_again() -> None:
    written, found = json.loads(GOLDEN.read_text(encoding="utf-8")), golden()
    assert len(found["cases"]) == len(written["cases"])
    for case, expected in zip(found["cases"], written["cases"], strict=True):
        moments, wanted = case["moments"], expected["moments"]
        assert [moment[:3] for moment in moments] == [moment[:3] for moment in wanted]
        assert [moment[3] for moment in moments] == pytest.approx([moment[3] for moment in wanted], abs=1e-5)
        # Of a line in which the model stopped writing, none.
        assert written["lines"]["collapsed"][0] not in {moment[0] for moment in moments}
