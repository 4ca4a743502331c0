"""The pointer of a text that is written, put elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pentrace import Writer
from pentrace.engine.text.written import CAP
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTINGS: dict[str, Any] = {"hand": 3, "seed": 5, "candidates": 2}


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(TEXT_CHECKPOINT)


def test_after_a_move_another_character_comes(writer: Writer) -> None:
    plain = writer.write_text("go on", **SETTINGS)
    moved = writer.write_text("go on", moves=[(0, 40, 3)], **SETTINGS)
    np.testing.assert_array_equal(moved.characters[:41], plain.characters[:41])
    assert moved.characters[41] == 3
    assert set(moved.characters[41:].tolist()) == {3, 4}
    # Levelling turns the line by its slope, so that only x is the same.
    np.testing.assert_array_equal(moved.ink.points[:41, 0], plain.ink.points[:41, 0])


def test_a_held_pointer_stays(writer: Writer) -> None:
    held = writer.write_text("go\n\non", moves=[(1, 5, 0, 90), (1, 100, 1, 0)], **SETTINGS)
    second = held.lines[1]
    assert second.characters is not None
    counts = np.bincount(second.characters - second.characters.min())
    assert counts[0] >= 95
    assert counts[1] <= CAP
    np.testing.assert_array_equal(
        held.lines[0].points, writer.write_text("go\n\non", **SETTINGS).lines[0].points
    )


def test_moves_in_the_hand_of_a_prime(writer: Writer) -> None:
    prime = writer.write_text("the other", hand=7, seed=3).ink
    given: dict[str, Any] = {"prime": prime, "prime_text": "the other", "seed": 1, "candidates": 1}
    plain = writer.write_text("we", **given)
    moved = writer.write_text("we", moves=[(0, 10, 1)], **given)
    np.testing.assert_array_equal(moved.ink.points[:11, 0], plain.ink.points[:11, 0])
    assert moved.characters[11] == 1


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ([(1, 0, 0)], "moves: line: expected 0 to 0, found 1"),
        ([(0, 0, 3)], "moves: to: expected 0 to 2, found 3"),
        ([(0, 0, 0, -1)], "moves: hold: expected 0 to 10,000, found -1"),
        ([(0, 400, 0)], "moves: at: expected at most the"),
        ([(0, 0)], "moves: expected (line, at, to, hold), found (0, 0)"),
    ],
)
def test_moves_that_do_not_fit(writer: Writer, moves: Sequence[Sequence[int]], message: str) -> None:
    with pytest.raises(TextError, match=re.escape(message)):
        writer.write_text("we", moves=moves, **SETTINGS)
