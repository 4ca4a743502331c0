"""The engine's golden digests in Python; web/test/engine/golden.test.ts and the browser must agree."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.golden.engine import CHECKPOINTS, GOLDEN, ROOT, digests


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    golden: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return golden


@pytest.mark.parametrize("path", CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_bits(written: dict[str, Any], path: Any) -> None:
    name = path.relative_to(ROOT).as_posix()
    offsets = np.array(written["ink"], np.float32).reshape(-1, 3)
    assert digests(path, offsets) == written["checkpoints"].get(name), "run: python -m tests.golden engine"
