"""The atlas of a checkpoint that knows text: it reads lines with their texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pentrace[atlas]")

from pentrace import Writer
from pentrace.atlas import Atlas, decode, encode
from pentrace.atlas.build import Samples, build
from pentrace.atlas.letters import Lettered, Said, label
from pentrace.atlas.rows import EDGE, Source
from pentrace.atlas.similar import similar_moments
from pentrace.checkpoint import load
from pentrace.data.dataset import Line
from pentrace.data.score import clipped_offsets
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import DataError

TEXTS = ("a bad bead", "ace added a cab", "dead cab bed.", "abbed faced bee", "beaded bead")
SAID = Said("Ab a", np.array([0, 0, 0, 0, 1, 1, 2, 3, 3, 3], np.int32))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    writer = Writer(load(TEXT_CHECKPOINT))
    return [
        Line(f"{form}-{k}", form, "", text, writer.write_text(text, hand=20 * k, seed=k, candidates=1).ink)
        for form in ("fit", "held")
        for k, text in enumerate(TEXTS)
    ]


@pytest.fixture(scope="module")
def made(golden: Path, lines: list[Line]) -> Atlas:
    checkpoint = load(golden / "tiny-text.safetensors")
    fit, held = (
        Source((f"{form}.parquet",), [line for line in lines if line.form == form])
        for form in ("fit", "held")
    )
    return build(checkpoint, fit, held, samples=Samples(count=12, texts=("bad cab", "a é.", "Xyz")))


def test_a_row_is_labelled_with_the_character_at_which_the_pointer_stands() -> None:
    found = label(SAID, ("A", "a", "b"), ("a",))
    assert found["character"].tolist()[:6] == [0, 0, 0, 0, 2, 2]
    assert np.isnan(found["character"][6])
    assert found["character"][7] == 1
    assert found["progress"].tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 0, 0.5, 0, 0, 1 / 3, 2 / 3])
    assert found["next character in 1 step"].tolist()[:-1] == [0, 0, 0, 1, 0, 1, 1, 0, 0]
    assert found["next character in 4 steps"].tolist()[:-4] == [1, 1, 1, 1, 1, 1]
    assert np.isnan(found["next character in 4 steps"][-4:]).all()
    assert found["letter a"].tolist() == [0] * 7 + [1] * 3
    assert found["capital"].tolist() == [1] * 4 + [0] * 6
    assert found["ascender"].tolist() == [0] * 4 + [1] * 2 + [0] * 4
    assert found["space"].tolist() == [0] * 6 + [1] + [0] * 3


def test_a_line_has_the_pointers_that_the_recogniser_finds_and_exact_words(lines: list[Line]) -> None:
    known = load(TEXT_CHECKPOINT).architecture.text
    assert known is not None
    labels = Lettered.by(lines, known.alphabet, Recogniser.load())
    assert set(labels.letters) <= set("abcdef")
    line = lines[1]
    read = labels.of(line)
    assert read.text == line.text
    assert read.pointers is not None
    assert line.ink.characters is not None
    assert (np.abs(read.pointers - line.ink.characters[1:]) <= 1).mean() > 0.95
    assert read.values.shape == (len(clipped_offsets(line.ink)), len(labels.features))
    start = read.values[:, [feature.name for feature in labels.features].index("word start")]
    assert np.nansum(start) == len(line.text.split())


def test_lines_that_do_not_fit_their_texts_are_left_out(golden: Path, lines: list[Line]) -> None:
    checkpoint = load(golden / "tiny-text.safetensors")
    wrong = [Line(f"w{k}", "w", "", "quite another text", line.ink) for k, line in enumerate(lines[:3])]
    unknown = [Line(f"u{k}", "u", "", "x", line.ink) for k, line in enumerate(lines[:2])]
    with pytest.raises(DataError, match="to fit on: expected at least 2 that fit their texts, found 0"):
        build(checkpoint, Source((), [*wrong, *unknown]), Source((), lines[:2]), samples=Samples(count=9))


def test_the_atlas_knows_features_of_the_text(made: Atlas) -> None:
    assert made.about["data"]["left_out"]["lines that do not fit their texts"] >= 0
    # "face" has a letter that the tiny model does not know
    assert made.about["data"]["fit"]["lines"] <= 4
    for name in ("character", "progress", "next character in 1 step", "letter a", "ascender", "space"):
        assert name in made.features
    assert " " in made.features["character"]["classes"]
    # the pointer is an input, so that even an untrained cell follows what the text says
    assert made.features["letter a"]["best"]["c"][1] != 0


def test_moments_are_in_texts_that_the_model_writes_again(golden: Path, made: Atlas) -> None:
    writer = Writer(load(golden / "tiny-text.safetensors"))
    about = made.about["lines"]["text"]
    # what the alphabet lacks is left out, and with it a text that has nothing else
    assert about["lines"] == ["bad cab", "a é."]
    assert about["hands"] == [j * 3 // 12 for j in range(12)]
    read = made.reading(3, writer.engine)
    assert (read.text, read.hand) == ("a é.", 0)
    again = writer.engine.write(
        writer.engine.start("a é.", 0),
        600,
        cap=about["cap"],
        seed=4,
        variation=made.about["lines"]["variation"],
    )
    np.testing.assert_array_equal(read.offsets, again.offsets)
    for cell in range(made.cells):
        for moment in made.moments(cell):
            line = made.reading(moment.line, writer.engine)
            c = line.trace(writer.engine, h=False, loglik=False)["c"].reshape(len(line.offsets), -1)
            assert c[moment.step, cell] == moment.value
            assert moment.step >= EDGE


def test_it_is_a_file_and_finds_moments_like_those_of_an_ink(golden: Path, made: Atlas) -> None:
    writer = Writer(load(golden / "tiny-text.safetensors"))
    same = decode(encode(made), "same")
    assert same.about == decode(encode(same), "again").about
    ink = writer.write_text("bad cab", hand=0, seed=1, candidates=1).ink
    found = similar_moments(writer, ink, (20, 30), same, count=4)
    assert len(found) == 4
    assert [moment.distance for moment in found] == sorted(moment.distance for moment in found)
