from __future__ import annotations

import numpy as np
import pytest

from pentrace.training import splice
from pentrace.training.splice import Splicer
from pentrace.training.text import Aligned

ALPHABET = " &DXabdnx"


def line(text: str, size: float = 1.0) -> tuple[np.ndarray, Aligned]:
    """Each character is one stroke of four points, a square as high as its place in the alphabet, by hand 7."""
    points: list[tuple[float, float]] = []
    pen: list[float] = []
    first: list[int] = []
    for k, character in enumerate(text):
        first.append(max(0, len(points) - 1))
        if character == " ":
            continue
        if k and text[k - 1] == " ":  # the offset to a word's first point belongs to the space
            first[-1] += 1
        height = 1 + ALPHABET.index(character)
        x = 3 * k
        points += [(x, 0), (x + 1, 0), (x + 1, -height), (x, -height)]
        pen += [0, 0, 0, 1]
    offsets = np.column_stack([size * np.diff(points, axis=0), pen[1:]]).astype(np.float32)
    codes = np.array([ALPHABET.index(character) + 1 for character in text])
    return offsets, Aligned(codes, np.array(first), 7)


def height(offsets: np.ndarray, part: slice) -> float:
    y = np.cumsum(offsets[:, 1])[part]
    return float(y.max() - y.min())


def written(text: Aligned) -> str:
    return "".join(ALPHABET[code - 1] for code in text.codes)


def test_a_capital_is_replaced_at_the_size_of_the_line() -> None:
    splicer = Splicer.collect([line("ab Xa", size=2)], ALPHABET, "X")
    offsets, text = line("ab Dab", size=3)
    found = splicer.splice(offsets, text, np.random.default_rng(1))
    assert found is not None
    new, spelled = found
    assert written(spelled) == "ab Xab"
    assert spelled.hand == text.hand
    # the first point of a word belongs to the offset of the space before it
    part = slice(spelled.first[3] - 1, spelled.first[4])
    assert new[part.stop - 1, 2] == 1
    assert new[part.start - 1, 2] == 1
    assert height(new, part) == pytest.approx(3 / 2 * 2 * 4, rel=0.3)
    np.testing.assert_array_equal(new[: part.start], offsets[: part.start])
    np.testing.assert_array_equal(new[part.stop + 1 :], offsets[text.first[4] + 1 :])


def test_the_word_and_becomes_an_ampersand() -> None:
    splicer = Splicer.collect([line("a & b")], ALPHABET, "&")
    new, spelled = splicer.splice(*line("ab and ba"), np.random.default_rng(1)) or pytest.fail("not replaced")
    assert written(spelled) == "ab & ba"
    assert len(new) == len(line("ab & ba")[0])
    assert (np.diff(spelled.first) > 0).all()


def test_a_small_letter_enlarged_is_a_capital(monkeypatch: pytest.MonkeyPatch) -> None:
    enlarged = Splicer.collect([line("a xb")], ALPHABET, "X").capitals[0][0]
    monkeypatch.setattr(splice, "CAPITAL_SIZE", 1.0)
    small = Splicer.collect([line("a xb")], ALPHABET, "X").capitals[0][0]
    assert ALPHABET[enlarged.code - 1] == "X"
    np.testing.assert_allclose(np.ptp(enlarged.points, axis=0), 1.6 * np.ptp(small.points, axis=0))


@pytest.mark.parametrize("words", ["ab ba", "Dab", "ab"])
def test_a_line_without_a_place_is_left_alone(words: str) -> None:
    splicer = Splicer.collect([line("ab Xa")], ALPHABET, "X")
    assert splicer.splice(*line(words), np.random.default_rng(1)) is None


def test_a_donor_with_a_missing_stroke_is_left_out() -> None:
    lines = [line("a Xa"), line("a Xa"), line("a Xa")]
    offsets, text = lines[2]
    begin = text.first[2]
    offsets[begin : begin + 3, 1] *= 0.3
    assert len(Splicer.collect(lines, ALPHABET, "X").capitals[0]) == 2
