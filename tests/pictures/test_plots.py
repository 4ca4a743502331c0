"""A run's log as it is read for a plot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pentrace.errors import FormatError
from pentrace.pictures.plots import read_log

ROW = {"points": 1, "loss": 2.0, "score": 3.0, "learning_rate": 0.1}


def test_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n" * 2)
    assert read_log(path) == [ROW, ROW]


@pytest.mark.parametrize(
    "row", ["[" * 200_000, "{", "3", json.dumps(ROW | {"loss": "none"}), json.dumps({"points": 1}), "\udcff"]
)
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{row}\n", errors="surrogateescape")
    with pytest.raises(FormatError, match=r"log\.jsonl: row 2: expected an object with points, loss, score"):
        read_log(path)


def test_an_empty_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").touch()
    with pytest.raises(FormatError, match="expected a row for each validation, found none"):
        read_log(tmp_path / "log.jsonl")
