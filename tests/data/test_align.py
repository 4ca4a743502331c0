"""Lines are aligned by the recogniser, or named with what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace.cli import main
from pentrace.data.alignment import Alignment, align, read_alignments
from pentrace.data.dataset import Line, write_shards
from pentrace.engine.text.recogniser import Recogniser
from pentrace.ink import WHITEBOARD_SCALE, Ink


def wave(count: int) -> Ink:
    t = np.arange(count)
    points = np.round(np.stack([12 * t, 80 * np.sin(t / 4)], 1))
    return Ink(points, t % 30 == 29, scale=WHITEBOARD_SCALE)


LINES = [
    Line("good", "f", "s", "ab c", wave(120)),
    Line("odd", "f", "s", "a#", wave(120)),
    Line("empty", "f", "s", "", wave(120)),
    Line("dot", "f", "s", "a", Ink([[0, 0]], [True], scale=WHITEBOARD_SCALE)),
    Line("short", "f", "s", "abcabcabcabc", wave(10)),
]


def test_lines_are_aligned_or_named() -> None:
    found = list(align(LINES, Recogniser.load()))
    aligned = [one for one in found if isinstance(one, Alignment)]
    assert [one.line_id for one in aligned] == ["good"]
    assert aligned[0].first[0] == 0
    assert (np.diff(aligned[0].first) > 0).all()
    assert aligned[0].score <= 0
    assert [one for one in found if isinstance(one, str)] == [
        "odd: text: expected characters that the recogniser knows, found '#' at 1",
        "empty: text: expected 1 to 1,024 characters, found 0",
        "dot: too little ink for 'a'",
        "short: too little ink for 'abcabcabcabc'",
    ]


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_shards(LINES, tmp_path / "data")
    assert main(["data", "align", *map(str, data), "-o", str(tmp_path / "al.parquet")]) == 0
    assert [one.line_id for one in read_alignments(tmp_path / "al.parquet")] == ["good"]
    assert "1 line aligned, 4 left out" in capsys.readouterr().out
