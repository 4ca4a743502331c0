"""An ink that is read with its text: traces along it, and futures that part in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer
from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.text.written import WrittenText
from pentrace.engine.trace import Trace
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import TextError
from pentrace.ink import Ink, formats

TEXT = "Ada did\nan oak"


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TEXT_CHECKPOINT))


@pytest.fixture(scope="module")
def written(writer: Writer) -> WrittenText:
    return writer.write_text(TEXT, hand=12, seed=3, candidates=1)


def test_each_line_of_a_written_text_is_an_ink_with_its_own_text(
    writer: Writer, written: WrittenText
) -> None:
    lines = written.lines
    assert sum(map(len, lines)) == len(written.ink)
    readings = [writer.reading(line, hand=12) for line in lines]
    assert [reading.text for reading in readings] == TEXT.split("\n")
    for reading, line in zip(readings, lines, strict=True):
        assert reading.pointers is not None
        assert len(reading.pointers) == len(line) - 1
        assert set(reading.pointers.tolist()) == set(range(len(reading.text)))


def test_a_trace_has_the_pointer_and_the_probability_of_an_advance(
    writer: Writer, written: WrittenText
) -> None:
    reading = writer.reading(written.lines[0], hand=12)
    trace = writer.trace(reading)
    assert trace.text == "Ada did"
    assert trace.pointer is not None
    np.testing.assert_array_equal(trace.pointer[:, 0], reading.pointers)
    moves = np.diff(trace.pointer[:, 0]) > 0
    assert trace.pointer[:-1, 1][moves].mean() > 0.6
    assert trace.pointer[:-1, 1][~moves].mean() < 0.1
    assert trace.columns()["pointer.advance"].shape == (len(trace),)
    alone = writer.trace(writer.reading(written.lines[0], ""))
    assert alone.pointer is None
    assert trace.loglik is not None
    assert alone.loglik is not None
    assert trace.loglik.sum() > alone.loglik.sum()


def test_futures_say_which_character_each_point_is_of(writer: Writer, written: WrittenText) -> None:
    reading = writer.reading(written.lines[1], hand=12)
    field = writer.text_futures(reading, 4, 30, seed=1)
    n = len(reading.offsets)
    assert field.offsets.shape == (n + 1, 4, 30, 3)
    assert field.characters.shape == (n + 1, 4, 30)
    np.testing.assert_array_equal(writer.futures(reading, 4, 30, seed=1), field.offsets)
    # after the last point the line has ended
    assert (field.characters[-1] == -1).all()
    assert (field.offsets[-1] == (0, 0, 1)).all()
    state = reading.start(writer.engine)
    assert reading.pointers is not None
    writer.engine.consume(state, reading.offsets[:20], pointers=reading.pointers[:21])
    one = writer.engine.write(state, 30, cap=0, seed=1, stream=2, origin=20, variation=0.6)
    np.testing.assert_array_equal(field.characters[20, 2, : len(one.pointers)], one.pointers)
    np.testing.assert_array_equal(field.offsets[20, 2, : len(one.offsets)], one.offsets)


def test_a_drawn_ink_gets_its_characters_from_the_recogniser(writer: Writer, written: WrittenText) -> None:
    line = written.lines[0]
    drawn = Ink(line.points, line.pen_up)
    assert writer.reading(drawn).text == ""
    reading = writer.reading(drawn, "Ada did")
    assert reading.pointers is not None
    assert set(reading.pointers.tolist()) == set(range(7))
    with pytest.raises(TextError, match='found "quite other words", which does not fit it; the recogniser'):
        writer.reading(drawn, "quite other words")
    with pytest.raises(TextError, match="cannot read é: the model has not learned it"):
        writer.reading(drawn, "é")


def test_an_ink_of_several_lines_is_refused_and_one_without_text_is_read_alone(
    writer: Writer, written: WrittenText
) -> None:
    with pytest.raises(
        TextError, match='expected an ink of one line, found one of 2; read one line, or give text=""'
    ):
        writer.trace(written.ink)
    with pytest.raises(
        TextError, match="expected an ink from the beginning of a line, found one from character"
    ):
        writer.trace(written.lines[1][100:])
    plain = Writer()
    np.testing.assert_array_equal(
        plain.trace(written.ink).offsets,
        written.ink.offsets(),  # a model without text takes no notice of it
    )
    with pytest.raises(TextError, match="expected a checkpoint that knows text, found one that does not"):
        plain.reading(written.ink, "Ada")


def test_the_commands_read_a_text(
    written: WrittenText, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, checkpoint = tmp_path / "line.json", str(TEXT_CHECKPOINT)
    formats.write(written.lines[1], file)
    trace, field = tmp_path / "t.npz", tmp_path / "f.npz"
    assert main(["trace", str(file), "-c", checkpoint, "--hand", "12", "-o", str(trace)]) == 0
    with np.load(trace) as found:
        assert str(found["text"]) == "an oak"
        assert found["pointer"].shape == (len(written.lines[1]) - 1, 2)
    options = ["--text", "an oak", "--hand", "12", "--count", "3", "--steps", "4"]
    assert main(["futures", str(file), *options, "-o", str(field)]) == 0
    with np.load(field) as found:
        assert str(found["text"]) == "an oak"
        assert found["characters"].shape == (len(written.lines[1]), 3, 4)
    capsys.readouterr()
    assert main(["trace", str(file), "--text", "other words", "-o", str(trace)]) == 1
    assert 'found "other words", which does not fit it' in capsys.readouterr().err


def test_a_trace_keeps_its_text_in_files(writer: Writer, written: WrittenText, tmp_path: Path) -> None:
    trace: Trace = writer.trace(writer.reading(written.lines[0]), h=False)
    assert trace.to_xarray().attrs["text"] == "Ada did"
    assert trace.to_pandas().attrs["text"] == "Ada did"
    trace.save(tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz") as found:
        np.testing.assert_array_equal(found["pointer"], trace.pointer)
