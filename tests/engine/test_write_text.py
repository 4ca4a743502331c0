"""A typed text becomes lines of ink whose points know their character."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer
from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.text.written import LINE_STEP, LONGEST_LINE, levelled, lines_of
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import EngineError, TextError
from pentrace.ink import formats


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TEXT_CHECKPOINT))


def test_every_character_is_written_in_order(writer: Writer) -> None:
    found = writer.write_text("I'd go", hand=3, seed=5)
    assert found.finished
    assert found.text == "I'd go"
    assert len(found.characters) == len(found.ink)
    assert (np.diff(found.characters) >= 0).all()
    assert set(found.characters.tolist()) == set(range(6))
    assert found.ink.pen_up[-1]


def test_the_same_seed_gives_the_same_ink_and_chooses_a_hand(writer: Writer) -> None:
    first, again, other = (writer.write_text("we", seed=seed).ink for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_long_lines_are_split_at_words_and_lie_below_each_other(writer: Writer) -> None:
    text = "one two " * 9 + "\n\nend"
    found = writer.write_text(text, hand=0, seed=1, variation=0.3)
    lines = found.text.split("\n")
    assert [0 < len(line) <= LONGEST_LINE for line in lines] == [True, True, False, True]
    assert " ".join(lines).split() == text.split()
    middles = []
    begin = 0
    for line in lines:
        inside = (found.characters >= begin) & (found.characters < begin + len(line))
        if line:
            middles.append(np.median(found.ink.points[inside, 1]))
        begin += len(line) + 1
    # The empty line stays free.
    np.testing.assert_allclose(np.diff(middles) * found.ink.scale, [LINE_STEP, 2 * LINE_STEP], rtol=5e-3)
    assert sum(len(line) for line in found.lines) == len(found.ink)


def test_a_word_longer_than_a_line_is_cut(writer: Writer) -> None:
    known = writer.checkpoint.architecture.text
    assert lines_of("a" * 150, known) == ["a" * 64, "a" * 64, "a" * 22]
    assert lines_of("one two\n\n three", known, columns=5) == ["one", "two", "", "three"]


def test_lines_have_a_height_on_paper(writer: Writer, tmp_path: Path) -> None:
    half = writer.write_text("go\non", hand=3, seed=1, candidates=1, line_height=7)
    usual = writer.write_text("go\non", hand=3, seed=1, candidates=1)
    np.testing.assert_array_equal(half.ink.points, usual.ink.points)
    widths = []
    for name, written in (("half", half), ("usual", usual)):
        formats.write(written.ink, tmp_path / f"{name}.svg")
        found = re.search(r'width="([\d.]+)mm"', (tmp_path / f"{name}.svg").read_text())
        assert found is not None
        widths.append(float(found[1]))
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.05)
    with pytest.raises(TextError, match=r"line_height: expected 1 to 200 millimetres, found 0\.5"):
        writer.write_text("go", line_height=0.5)
    with pytest.raises(TextError, match="columns: expected 1 to 64, found 65"):
        writer.write_text("go", columns=65)


def test_a_notebook_shows_it(writer: Writer) -> None:
    written = writer.write_text("go", seed=1, candidates=1)
    shown = formats.decode(written._repr_svg_().encode(), "shown")
    assert len(list(shown.strokes())) == len(list(written.ink.strokes()))
    assert 100 < float(re.search(r'width="(\d+)"', written._repr_svg_())[1]) <= 800  # type: ignore[index]
    assert (
        repr(written.ink)
        == f"<Ink: {len(written.ink)} points, {len(list(written.ink.strokes()))} strokes, 'go'>"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a@b", 'cannot write @: the model has not learned it; write "(at)"?'),
        ("50 %", 'cannot write %: the model has not learned it; write "per cent"?'),
        ("\U0001f600", "cannot write \U0001f600: the model has not learned it; leave it out?"),
        ("a\x00", r"cannot write '\x00'"),
        (" \n ", "expected at least one character besides white space, found none"),
        ("a" * 10_001, "expected at most 10,000 characters, found 10,001"),
    ],
)
def test_a_text_that_cannot_be_written_is_refused(writer: Writer, text: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        writer.write_text(text)
    assert message in str(caught.value)


def test_a_checkpoint_or_a_hand_that_cannot_do_it(writer: Writer) -> None:
    with pytest.raises(TextError, match="expected a checkpoint that knows text, found one that does not"):
        Writer().write_text("a")
    with pytest.raises(EngineError, match="hand: expected one of"):
        writer.write_text("a", hand=10_000)


def test_the_command_writes_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.svg"
    assert main(["write", "--text", "Ada", "--hand", "2", "--seed", "1", "-o", str(out)]) == 0
    assert out.read_text().startswith("<svg")
    assert "seed 1" in capsys.readouterr().out
    assert main(["write", "--text", "a@"]) == 1
    assert "cannot write @" in capsys.readouterr().err
    assert main(["write", "--hand", "1"]) == 2
    assert "--hand with a number wants --text" in capsys.readouterr().err


def test_the_command_writes_several_lines(tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    lines = ["--text", "it\u2019s a", "--text", "caf\u00e9 @", "--replace", "--columns", "3"]
    assert main(["write", *lines, "--candidates", "1", "--line-height", "8", "-o", str(out)]) == 0
    read = formats.read(out)
    assert read.text == "it'\ns a\ncaf\ne\n(at\n)"
    assert read.unit_mm == pytest.approx(8 * 0.025 / LINE_STEP)


def test_the_command_writes_in_the_hand_of_a_prime(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prime, out = str(tmp_path / "prime.json"), tmp_path / "out.json"
    command = ["write", "--text", "the other", "--hand", "7", "--seed", "3", "--variation", "0.3"]
    assert main([*command, "-o", prime]) == 0
    given = ["write", "--text", "we", "--seed", "1", "--candidates", "2", "--prime", prime]
    assert main([*given, "--prime-text", "the other", "-o", str(out)]) == 0
    assert out.is_file()
    capsys.readouterr()
    assert main([*given, "--prime-text", "Quiz 1984"]) == 1
    assert 'prime_text: expected the text of the ink, found "Quiz 1984"' in capsys.readouterr().err
    assert main(given) == 2
    assert "--prime and --prime-text want each other" in capsys.readouterr().err
    assert main(["write", "--prime-text", "we"]) == 2
    assert "--prime-text wants --text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("piped", "message"),
    [
        (b"\xc3\xa9" * 30_000, "standard input: expected at most 10,000 characters, found more"),
        (b"\xff\xfe", "standard input: expected a text in UTF-8, found another encoding"),
    ],
)
def test_a_text_from_a_pipe_is_bounded_and_utf_8(
    piped: bytes, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
    assert main(["write", "--text", "-"]) == 1
    assert message in capsys.readouterr().err


def test_unknown_characters_are_replaced_on_request(writer: Writer) -> None:
    written = writer.write_text("a@b \U0001f600 c", seed=1, candidates=1, replace=True)
    assert written.text == "a(at)b c"


def slope(offsets: np.ndarray) -> float:
    x, y = np.cumsum(offsets[:, :2].astype(float), axis=0).T
    return float(np.cov(x, y)[0, 1] / np.var(x, ddof=1))


def test_a_line_is_levelled() -> None:
    # Up and down strokes of a slant, along a line that falls.
    points = np.array([(3 * k + (k % 2), 2 * (k % 2) + 0.4 * k) for k in range(40)], float)
    offsets = np.column_stack([np.diff(points, axis=0), np.zeros(39)]).astype(np.float32)
    level = levelled(offsets)
    np.testing.assert_array_equal(level[:, [0, 2]], offsets[:, [0, 2]])
    assert abs(slope(level)) < 1e-5
    assert slope(offsets) > 0.1
    short = offsets[:1]
    np.testing.assert_array_equal(levelled(short), short)
    assert levelled(offsets[:0]).shape == (0, 3)
