"""How like somebody's writing a line is: with lines that differ in what is known."""

from __future__ import annotations

import numpy as np
import pytest

from pentrace.ink import Ink
from pentrace.measure.likeness import (
    WAYS,
    LineUp,
    Seen,
    first_offsets,
    letter_distance,
    pooled,
    seen,
    taken_over,
    trait,
)

TEXT = "nun mum"


def line(slant: float, loops: float, seed: int) -> Seen:
    """A line of seven arcs in one hand: it leans, and its arcs are more or less round."""
    rng = np.random.default_rng(seed)
    points, lifts, characters = [], [], []
    for place in range(len(TEXT)):
        if TEXT[place] == " ":
            continue
        at = np.linspace(0, 2 * np.pi, 24)
        x = 30 * place + 9 * at / np.pi + loops * np.sin(2 * at)
        y = -20 * np.abs(np.sin(at)) + rng.normal(0, 0.2, len(at))
        points.append(np.stack([x - slant * y, y], axis=1))
        lifts += [False] * (len(at) - 1) + [True]
        characters += [place] * len(at)
    ink = Ink(np.concatenate(points), lifts, scale=0.1)
    return seen(ink, TEXT, first_offsets(np.array(characters[1:]), len(TEXT)))


@pytest.fixture(scope="module")
def people() -> LineUp:
    hands = [(0.0, 0.0), (0.6, 0.0), (0.0, 9.0), (0.6, 9.0)]
    return LineUp([[line(*hand, 10 * k + seed) for seed in range(4)] for k, hand in enumerate(hands)])


@pytest.mark.parametrize("way", WAYS)
def test_a_line_is_not_nearest_to_somebody_who_writes_otherwise(people: LineUp, way: str) -> None:
    far = people.distances(line(0.6, 9.0, 99))[way]
    assert far.shape == (4,)
    assert int(far.argmin()) == 3 or (way == "letters" and int(far.argmin()) in (2, 3))
    assert far[0] > far.min()


def test_letters_are_compared_upright_and_at_one_size() -> None:
    upright, leaning, other = (pooled([line(*hand, 1)]) for hand in ((0.0, 0.0), (0.6, 0.0), (0.0, 9.0)))
    assert set(upright) == {"n", "u", "m"}
    assert letter_distance(upright, leaning) < 0.5 * letter_distance(upright, other)
    assert letter_distance(upright, upright) == 0
    assert np.isnan(letter_distance(upright, {}))


def test_a_line_whose_letters_are_not_known_has_none() -> None:
    assert (
        seen(
            Ink([[0, 0], [3, 4], [6, 0], [9, 4], [12, 0]], [False] * 4 + [True], scale=0.1), "n", None
        ).letters
        == {}
    )


def test_the_slant_is_a_trait() -> None:
    lines = [line(np.tan(np.radians(20)), 0.0, seed) for seed in range(3)]
    straight = [line(0.0, 0.0, seed) for seed in range(3)]
    assert trait(lines, "slant") - trait(straight, "slant") == pytest.approx(20, abs=6)


def test_what_is_taken_over_is_the_slope_over_people() -> None:
    real = np.array([0.0, 1.0, 2.0, 5.0])
    assert taken_over(real, 3 + 0.5 * real) == pytest.approx((0.5, 1.0))
    assert taken_over(real, np.array([1.0, 2.0, 1.0, 2.0]))[0] < 0.25


def test_the_first_offset_of_each_character() -> None:
    assert first_offsets(np.array([0, 0, 1, 3, 3]), 4).tolist() == [0, 2, 3, 3]
