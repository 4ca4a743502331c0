"""Words and characters of a line, estimated from its text and ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.atlas.alignment import align, character_widths, word_numbers, words_of
from pentrace.ink import Ink

WIDTHS = {"i": 1.0, "n": 2.0, "m": 3.0}
GAP, SPACE = 0.2, 2.5


def write(text: str, dots: bool = False) -> npt.NDArray[np.float32]:
    """A line of strokes, one a character, as wide as WIDTHS says; with dots, an i has one once its word is done."""
    strokes, x = [], 0.0
    for word in text.split(" "):
        later = []
        for character in word:
            width = WIDTHS[character] - GAP
            strokes.append([(x, 0.0), (x + width / 2, 1.0), (x + width, 0.0)])
            if character == "i":
                later.append([(x + width / 2, -2.0), (x + width / 2, -1.9)])
            x += WIDTHS[character]
        strokes += later if dots else []
        x += SPACE
    return Ink.from_strokes(strokes, scale=1.0).offsets()


def test_punctuation_goes_with_the_word_before() -> None:
    assert words_of("Left-wing support , a large majority .") == [
        "Left-wing",
        "support,",
        "a",
        "large",
        "majority.",
    ]
    assert words_of("  ") == []
    assert words_of(", he") == [",", "he"]


def test_an_ending_goes_with_its_apostrophe() -> None:
    assert words_of("my uncle ' s and Seaweed 's don 't") == ["my", "uncle's", "and", "Seaweed's", "don't"]
    assert words_of("'t was s") == ["'t", "was", "s"]
    assert words_of("said 'hello") == ["said", "'hello"]


@pytest.mark.parametrize("dots", [False, True])
def test_words_end_at_the_widest_gaps_and_dots_added_later_open_none(dots: bool) -> None:
    text = "min in nim"
    number = word_numbers(write(text, dots), 3)
    assert number is not None
    # a stroke of three points for each character, one of two for each dot
    points = [3 * len(word) + (2 * word.count("i") if dots else 0) for word in text.split()]
    np.testing.assert_array_equal(number, np.repeat([0, 1, 2], points))


def test_fewer_gaps_than_words_tell_nothing() -> None:
    assert word_numbers(write("in"), 3) is None
    assert word_numbers(write("in"), 2) is not None
    assert align(write("in"), "in in in in", WIDTHS, "imn") is None
    assert align(write("in"), "", WIDTHS, "imn") is None


def test_widths_are_found_again_from_whole_words() -> None:
    texts = ["min in nim", "mi ni mm", "nn im in", "mim nin ii", "n m i"]
    found = character_widths([(write(text), text) for text in texts] * 20)
    ratio = found["m"] / found["i"]
    # the last character of a word lacks its gap, so widths are a little short
    assert 2.5 < ratio < 4.0
    assert 1.5 < found["n"] / found["i"] < 2.6
    assert character_widths([(write("in"), "")]) == {}


def test_a_point_belongs_to_the_character_that_it_lies_in() -> None:
    text = "min nim"
    found = align(write(text, dots=True), text, WIDTHS, "imn")
    assert found is not None
    middles = found.character[1::3][:3]
    np.testing.assert_array_equal(middles, [1, 0, 2])
    # the dot comes after the word's last stroke, and is still an i's
    assert found.word[9] == 0
    assert found.character[9] == 0
    assert set(found.character[found.word == 1]) == {0, 1, 2}


def test_a_character_outside_the_alphabet_is_not_told_apart() -> None:
    found = align(write("min"), "min", WIDTHS, "mn")
    assert found is not None
    np.testing.assert_array_equal(found.character[[1, 4, 7]], [0, -1, 1])
