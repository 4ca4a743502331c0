"""The import of the article's published weights."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pentrace.checkpoint.article_weights import import_distill
from pentrace.errors import CheckpointError

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = ((500, 121), (1, 121), (3, 2000), (500, 2000), (1, 2000))
SCALES = (1.5, 2.5, 2.0, 0.8, 1.5)


def write(path: Path, levels: list[np.ndarray]) -> Path:
    """Byte values as the article's file holds them: rows, and the two biases as one string each."""
    coded = [[base64.b64encode(row.astype(np.uint8).tobytes()).decode() for row in part] for part in levels]
    coded[1], coded[4] = coded[1][0], coded[4][0]  # type: ignore[call-overload]
    path.write_text(json.dumps(coded))
    return path


def test_every_weight_comes_through_exactly(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    # 0 to 255: the whole range, 255 standing for 128 levels, which int8 does not have
    levels = [rng.integers(0, 256, shape) for shape in SHAPES]
    checkpoint = import_distill(write(tmp_path / "w.json", levels))
    out, out_bias, inputs, recurrent, bias = (
        (part - 127) / 127 * scale for part, scale in zip(levels, SCALES, strict=True)
    )
    order = np.concatenate(
        [np.arange(500), np.arange(1000, 1500), np.arange(500, 1000), np.arange(1500, 2000)]
    )
    bias = bias[0] + np.where((np.arange(2000) // 500) == 2, 1.0, 0.0)
    for name, expected in {
        "lstm.0.input.weight": inputs.T[order],
        "lstm.0.recurrent.weight": recurrent.T[order],
        "lstm.0.bias": bias[order],
        "head.weight": out.T,
        "head.bias": out_bias[0],
    }.items():
        np.testing.assert_allclose(checkpoint.float_tensor(name), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected the article's weights as JSON"),
        ("[1, 2]", "expected a list of 5 weight arrays, found 2 entries"),
        ('{"a": 1}', "expected a list of 5 weight arrays, found dict"),
        ('[["AA=="], "", [], [], ""]', "output weights: expected 500 rows, found 1"),
        (json.dumps([["!"] * 500, "", [], [], ""]), "output weights: expected row 0 in base64"),
        (
            json.dumps([["AA=="] * 500, "", [], [], ""]),
            "output weights: expected 121 bytes in row 0, found 1",
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(text)
    with pytest.raises(CheckpointError, match=message):
        import_distill(path)
