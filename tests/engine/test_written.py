"""Ink that knows what it says: from Writer.write_text into files and back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from pentrace.errors import FormatError, InkError
from pentrace.ink import Ink, concatenate, formats
from pentrace.ink.formats import svg
from tests.golden import written

SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("cab", "bad")
"""The words that strokes begin in: this small model writes "a" without lifting the pen after "cab"."""


@pytest.fixture(scope="module")
def ink() -> Ink:
    return written.written(written.CASES[0]).ink


def test_the_golden_files_are_what_is_written_now(ink: Ink) -> None:
    assert json.loads(written.GOLDEN.read_text("utf-8")) == json.loads(json.dumps(written.golden()))
    assert formats.read(written.INK) == ink
    assert written.DRAWING.read_bytes() == svg.dumps(ink)


def test_text_and_characters_survive_json(ink: Ink) -> None:
    read = formats.read(written.INK)
    assert read.text == "cab a\nbad"
    np.testing.assert_array_equal(read.characters, ink.characters)


def test_each_word_is_a_group_of_the_drawing(ink: Ink) -> None:
    root = ElementTree.fromstring(written.DRAWING.read_text("utf-8"))
    assert root.get("aria-label") == ink.text
    assert root.findtext(f"{SVG}title") == ink.text
    groups = root.findall(f".//{SVG}g[@id]")
    assert [group.get("id") for group in groups] == ["word-1", "word-2"]
    assert tuple(group.findtext(f"{SVG}title") for group in groups) == WORDS
    assert sum(len(group.findall(f"{SVG}path")) for group in groups) == len(list(ink.strokes()))
    assert len(list(formats.read(written.DRAWING).strokes())) == len(list(ink.strokes()))


def test_markup_in_a_text_stays_text() -> None:
    ink = Ink([(0, 0), (1, 1)], [0, 1], text='a<b&"', characters=[0, 1])
    root = ElementTree.fromstring(svg.dumps(ink).decode())
    assert root.get("aria-label") == root.findtext(f"{SVG}title") == 'a<b&"'


def test_an_ink_without_a_text_is_drawn_as_before(ink: Ink) -> None:
    plain = svg.dumps(replace(ink, text=None, characters=None)).decode()
    assert "<title>" not in plain
    assert "aria-label" not in plain
    paths = re.compile(r' d="([^"]*)"')
    assert paths.findall(plain) == paths.findall(svg.dumps(ink).decode())


def test_inks_with_texts_become_lines() -> None:
    one = Ink([(0, 0), (1, 1)], [0, 1], text="ab", characters=[0, 1])
    assert one[1:].characters is not None
    both = concatenate([one, one])
    assert both.text == "ab\nab"
    assert both.characters is not None
    assert both.characters.tolist() == [0, 1, 3, 4]
    assert concatenate([one, Ink([(0, 0)], [1])]).text is None


@pytest.mark.parametrize(
    ("text", "characters", "message"),
    [
        ("a", None, "characters: expected them together with the text, found one without the other"),
        (None, [0, 0], "characters: expected them together with the text, found one without the other"),
        ("a", [0], "characters: expected 2 values, one a point, found shape [1]"),
        ("ab", [0, 2], "characters: expected whole numbers from 0 to 1, places in the text"),
        ("ab", [0.5, 1], "characters: expected whole numbers from 0 to 1, places in the text"),
    ],
)
def test_what_an_ink_refuses(text: str | None, characters: list[int] | None, message: str) -> None:
    with pytest.raises(InkError, match=re.escape(message)):
        Ink([(0, 0), (1, 1)], [0, 1], text=text, characters=characters)


@pytest.mark.parametrize(
    ("changes", "characters", "message"),
    [
        ({"text": 1}, [0, 1], "text: expected a string, found something else"),
        ({"text": "ab"}, None, "stroke 0: characters: expected a list of 2 numbers, as many as x"),
        ({"text": "ab"}, [0], "stroke 0: characters: expected a list of 2 numbers, as many as x"),
        (
            {"text": "ab"},
            [0, 2],
            "stroke 0: characters: expected whole numbers from 0 to 1, places in the text",
        ),
        (
            {"text": ""},
            [0, 0],
            "stroke 0: characters: expected whole numbers from 0 to -1, places in the text",
        ),
    ],
)
def test_what_a_file_must_not_say(
    changes: dict[str, object], characters: list[int] | None, message: str
) -> None:
    stroke = {"x": [0, 1], "y": [0, 1]} | ({} if characters is None else {"characters": characters})
    document = {"format": "pentrace-ink", "format_version": 1, "strokes": [stroke]} | changes
    with pytest.raises(FormatError, match=re.escape(message)):
        formats.decode(json.dumps(document).encode(), "ink")
