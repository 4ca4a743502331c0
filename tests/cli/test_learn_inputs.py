"""Unusual ink for `pentrace learn` and `pentrace.learn`: each works, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer, learn
from pentrace.cli import main
from pentrace.errors import FormatError, HandError
from pentrace.ink import Ink, formats
from tests.golden.engine import TINY_TEXT, ink


def strokes(*lines: list[tuple[float, float]]) -> Ink:
    lifts = [k == len(line) - 1 for line in lines for k in range(len(line))]
    return Ink([point for line in lines for point in line], lifts)


def curve(turns: float, count: int, width: float) -> list[tuple[float, float]]:
    """Loops from left to right."""
    at = np.linspace(0, 2 * np.pi * turns, count)
    return list(zip(width * at / at[-1] + 9 * np.sin(at), 14 * np.cos(at), strict=True))


DOTS = strokes([(0.0, 0.0)], [(40.0, 3.0)])
LETTER = strokes(curve(1, 20, 12))
HOUSE = strokes(
    [(0, 0), (0, 200), (200, 200), (200, 0), (0, 0), (100, -120), (200, 0)],
    [(0, 0), (200, 200)],
    curve(20, 300, 500),
)
CONNECTED = strokes(curve(30, 500, 900), curve(1, 12, 15), [(300.0, 30.0)], [(500.0, 33.0)])
MOUSE = strokes(curve(12, 90, 400))
LINE = Ink.from_offsets(ink(), 0.025)
PEN = Ink(
    *(lambda made: (made.points, made.pen_up))(strokes(curve(12, 800, 400))), pressure=np.full(800, 0.5)
)


@pytest.mark.parametrize(
    ("inks", "texts", "said"),
    [
        ([DOTS], "", "hand: expected at least 100 points of writing, about two words, found 1; write more"),
        ([LETTER], "a", "hand: expected at least 100 points of writing, about two words, found "),
        ([HOUSE], "", "1 line (0 with their text)"),
        ([CONNECTED] * 3, "مرحبا بالعالم\n" * 3, "3 lines (0 with their text)"),
        ([Ink.from_offsets(ink()[:40], 0.025)] * 100, "", "100 lines (0 with their text), 4,000 points"),
        ([PEN, MOUSE, PEN], "", "3 lines (0 with their text)"),
    ],
    ids=["two dots", "one letter", "a drawing", "Arabic", "100 lines", "pen and mouse"],
)
def test_unusual_ink_works_or_is_refused_in_a_sentence(
    inks: list[Ink], texts: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"{k}.json" for k in range(len(inks))]
    for line, file in zip(inks, files, strict=True):
        formats.write(line, file)
    asked = ["-c", str(TINY_TEXT), "-o", str(tmp_path / "mine.hand.safetensors")]
    if texts:
        (tmp_path / "texts.txt").write_text(texts, encoding="utf-8")
        asked += ["--texts", str(tmp_path / "texts.txt")]
    code = main(["learn", *map(str, files), *asked])
    out, err = capsys.readouterr()
    assert said in out + err
    refused = said.startswith("hand:")
    assert code == int(refused)
    if refused:
        assert err.count("\n") == 1
        with pytest.raises(HandError, match="about two words"):
            learn(inks, checkpoint=TINY_TEXT)
    else:
        Writer(TINY_TEXT, hand=tmp_path / "mine.hand.safetensors").write(20)
    assert ("no text was found in its line" in out) == (bool(texts) and not refused)


@pytest.mark.parametrize(
    ("out", "plot", "said"),
    [
        ("folder.hand.safetensors", "p.svg", "expected a file to write, found a folder; name a file with -o"),
        ("none/x.hand.safetensors", "p.svg", "expected a folder that exists, found none at "),
        (
            "x.hand.safetensors",
            "folder.svg",
            "expected a file to write, found a folder; name a file with --plot",
        ),
        ("x.hand.safetensors", "none/p.svg", "expected a folder that exists, found none at "),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_learning(
    out: str, plot: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("folder.hand.safetensors", "folder.svg"):
        (tmp_path / name).mkdir()
    line = tmp_path / "line.json"
    formats.write(LINE, line)
    before = sorted(tmp_path.iterdir())
    asked = ["-c", str(TINY_TEXT), "-o", str(tmp_path / out), "--plot", str(tmp_path / plot)]
    assert main(["learn", str(line), *asked]) == 1
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_what_was_learned_is_told_even_if_its_plot_cannot_be_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FormatError("plot: no space")

    monkeypatch.setattr("pentrace.pictures.plots.learning", fail)
    line, out = tmp_path / "line.json", tmp_path / "x.hand.safetensors"
    formats.write(LINE, line)
    asked = ["-c", str(TINY_TEXT), "-o", str(out), "--plot", str(tmp_path / "p.svg")]
    assert main(["learn", str(line), *asked]) == 1
    assert "nats a point better" in capsys.readouterr().out
