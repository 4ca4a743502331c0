"""Lines that a model should not learn from, and lists of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pentrace.cli import main
from pentrace.data.check import check, read_list
from pentrace.data.dataset import Line, read_lines, write_shards
from pentrace.engine.text.recogniser import Recogniser
from pentrace.errors import DataError
from pentrace.ink import Ink


def line(name: str, text: str = "a line", points: int = 100, time: list[float] | None = None) -> Line:
    x = np.arange(points)
    ink = Ink(np.stack((x, x % 7), axis=1), x == points - 1, time, scale=0.025)
    return Line(name, "form", "train", text, ink)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    back = [float(k) for k in range(100)]
    back[50], back[70] = 3, 2
    lines = [
        *(line(f"good-{k}") for k in range(5)),
        line("textless", " "),
        line("crossed", "a # line"),
        line("dot", "a line", 1),
        line("back", time=back),
        line("long", points=400),
        line("short", points=20),
    ]
    write_shards(lines, tmp_path / "data")
    return tmp_path / "data"


def test_what_is_wrong_is_named(data: Path) -> None:
    report = check([data])
    assert report.lines == 11
    assert report.points_a_character == 20
    assert dict(report.findings) == {
        "textless": ("no text",),
        "crossed": ("# in the text, which stands for a crossed-out word",),
        "dot": ("no ink but a dot", "0.2 points a character, the median line has 20.0"),
        "back": ("times that run backwards in 2 places",),
        "long": ("80.0 points a character, the median line has 20.0",),
        "short": ("4.0 points a character, the median line has 20.0",),
    }


def test_a_list_leaves_them_out(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skip = tmp_path / "skip.txt"
    assert main(["data", "check", str(data), "-o", str(skip)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "crossed: # in the text, which stands for a crossed-out word" in printed
    assert printed[-1] == "6 lines of 11 reported"
    assert read_list(skip) == {"textless", "crossed", "dot", "back", "long", "short"}
    assert main(["data", "check", str(data), "--skip", str(skip), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"lines": 5, "points_a_character": 20.0, "findings": []}


def test_a_list_that_is_none_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.txt: cannot be read \(No such file or directory\)"):
        read_list(tmp_path / "gone.txt")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"bytes\.txt: expected a list of lines in UTF-8, found other bytes"):
        read_list(tmp_path / "bytes.txt")


def test_the_training_data_has_what_is_known_of_it(shared_data: Path) -> None:
    report = check([shared_data])
    assert report.lines == 8320
    found = [what for _, whats in report.findings for what in whats]
    assert sum("backwards" in what for what in found) >= 10
    assert sum(what.startswith("#") for what in found) >= 54
    assert {"l07-851z-08", "h02-037-02"} <= {line_id for line_id, _ in report.findings}


def test_the_recogniser_finds_texts_that_are_of_another_line(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = list(read_lines([shared_data / "iam-ondb-val1.parquet"], columns=("text",)))[:4]
    lines[2] = replace(lines[2], text="something else was written")
    found = check(write_shards(lines, tmp_path), recogniser=Recogniser.load()).findings
    assert [finding.line_id for finding in found] == [lines[2].line_id]
    assert "the recogniser does not find the text in the ink, it reads " in found[0].what[-1]
    assert main(["data", "check", str(tmp_path), "--read"]) == 0
    assert "1 line of 4 reported" in capsys.readouterr().out
