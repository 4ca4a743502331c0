"""What a writer would notice: features measured by hand, a distance with known values, samples that collapse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pentrace.measure.samples import FEATURES, collapse, compare, features, kolmogorov
from tests.training.test_train import waves


def offsets(points: list[tuple[float, float]], lifts: list[int]) -> np.ndarray:
    steps = np.diff(np.array(points, np.float32), axis=0)
    return np.concatenate([steps, np.array(lifts[1:], np.float32)[:, None]], axis=1)


def test_features_of_two_strokes() -> None:
    # an L of 3 down and 4 right, then from (10, 0) a line to (10, 6)
    line = offsets([(0, 0), (0, 3), (4, 3), (10, 0), (10, 6)], [0, 0, 1, 0, 1])
    found = features([line])
    assert found["stroke length"].tolist() == [7, 6]
    assert found["stroke height"].tolist() == [3, 6]
    assert found["advance"].tolist() == [10]
    assert found["curvature"].tolist() == [pytest.approx(np.pi / 2)]
    assert len(found["pen down"]) == 0, "shorter than a piece"


def test_pen_down_is_the_written_share_of_the_path() -> None:
    # one unit written, one not, for ever: a lift at every second point
    line = np.zeros((600, 3), np.float32)
    line[:, 0] = 1
    line[::2, 2] = 1
    assert features([line])["pen down"].tolist() == pytest.approx([0.5, 0.5], abs=0.01)


def test_distance_has_the_values_it_must() -> None:
    a = np.arange(100.0)
    assert kolmogorov(a, a) == 0
    assert kolmogorov(a, a + 50) == pytest.approx(0.5)
    assert kolmogorov(a, a + 1000) == 1
    assert kolmogorov(a, a[:0]) == 1


def test_another_size_of_writing_is_seen() -> None:
    lines = [line.ink.offsets() for line in waves(20)]
    larger = [line * np.array([2, 2, 1], np.float32) for line in lines]
    table = {d.feature: d for d in compare(features(larger), features(lines))}
    assert set(table) == set(FEATURES)
    assert table["stroke height"].distance > 0.9
    assert table["stroke height"].median == pytest.approx(2 * table["stroke height"].median_real, rel=1e-3)
    assert table["curvature"].distance < 0.02


def test_collapses_are_named_and_writing_is_not() -> None:
    written = np.concatenate([line.ink.offsets() for line in waves(20)])
    assert collapse(written) is None
    straight = np.tile(np.array([[1, 0.1, 0]], np.float32), (60, 1))
    assert collapse(np.concatenate([written, straight])) == "a straight line of 59 units"
    dots = np.tile(np.array([[0.5, 0, 1]], np.float32), (12, 1))
    assert collapse(np.concatenate([written, dots])) == "10 dots in a row"
    angle = np.arange(200) * 0.7
    scribble = np.stack([np.cos(angle), np.sin(angle), angle * 0], axis=1).astype(np.float32)
    assert str(collapse(np.concatenate([written, scribble]))).startswith("150 points within")


def test_a_log_is_drawn(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    rows = [{"points": k * 1e6, "loss": 7 - k, "score": 6.5 - k, "learning_rate": 0.003} for k in range(3)]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    subprocess.run([sys.executable, "-m", "pentrace.pictures.plots", log, tmp_path / "log.svg"], check=True)
    assert (tmp_path / "log.svg").read_text().startswith("<?xml")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.jsonl", "log.svg"]
