"""Takes are ranked by the recogniser, and a prime gives the hand of the line that follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pentrace import Writer
from pentrace.checkpoint import load
from pentrace.engine import Line
from pentrace.engine.text import takes
from pentrace.engine.text.prime import LONGEST, read_primes
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.written import CAP, levelled
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import EngineError, TextError
from pentrace.ink import Ink


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TEXT_CHECKPOINT))


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture(scope="module")
def prime(writer: Writer) -> Ink:
    """A line whose text the recogniser can align."""
    return writer.write_text("the other", hand=7, seed=3, variation=0.3).ink


def test_one_candidate_is_the_first_take(writer: Writer) -> None:
    line = writer.engine.write(writer.engine.start("we", 3), 500, cap=CAP, seed=5, variation=0.5)
    found = writer.write_text("we", hand=3, seed=5, variation=0.5, candidates=1)
    np.testing.assert_allclose(found.ink.offsets()[:, :2], levelled(line.offsets)[:, :2], atol=1e-4)


def test_the_likeliest_take_is_chosen(writer: Writer, recogniser: Recogniser) -> None:
    found = writer.write_text("we", hand=3, seed=5, variation=1, candidates=4)
    assert not found.notes
    lines = writer.engine.takes(writer.engine.start("we", 3), 4, cap=CAP, seed=5, variation=1)
    scores = takes.scores(recogniser, "we", lines)
    assert len(set(scores)) == 4
    best = lines[takes.choose("we", lines, scores).chosen]
    np.testing.assert_allclose(found.ink.offsets()[:, :2], levelled(best.offsets)[:, :2], atol=1e-4)


def test_where_the_best_take_is_hard_to_read_more_are_drawn(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takes, "SURE", 0)  # nothing is read without any doubt
    asked: list[int] = []
    drawn = writer.engine.takes

    def counted(*args: Any, first: int, **settings: Any) -> list[Line]:
        asked.append(first)
        return drawn(*args, first=first, **settings)

    monkeypatch.setattr(writer.engine, "takes", counted)
    writer.write_text("we\nbe", hand=3, seed=5, candidates=2)
    again = takes.ROUND_STREAMS
    assert asked == [0, again, 2 * again, 2, again + 2, 2 * again + 2]
    asked.clear()
    writer.write_text("we", hand=3, seed=5, candidates=1)
    assert asked == [0]


def test_each_line_has_takes_of_its_own(writer: Writer) -> None:
    found = writer.write_text("we\nwe", hand=3, seed=5, candidates=2)
    half = int(np.argmax(found.characters >= 3))
    assert not np.array_equal(found.ink.offsets()[: half - 1, 0], found.ink.offsets()[half:, 0])


def test_the_caller_hears_what_is_wrong_when_no_take_is_good(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takes, "LEAST", 1000)
    found = writer.write_text("we", hand=3, seed=5, candidates=2)
    assert found.notes == ('line 1: "w", character 1, was left out',)


def test_characters_that_the_recogniser_does_not_know_do_not_count(recogniser: Recogniser) -> None:
    k = np.arange(60)
    line = Line(
        np.stack([0.3 + 0 * k, np.sin(k / 2), k % 20 == 19], 1).astype(np.float32), np.zeros(60, np.int32)
    )
    assert takes.scores(recogniser, "aé", [line]) == takes.scores(recogniser, "a", [line])
    assert takes.scores(recogniser, "é", [line]) == [0.0]


@pytest.mark.parametrize("candidates", [0, 65])
def test_the_number_of_takes_has_limits(writer: Writer, candidates: int) -> None:
    with pytest.raises(EngineError, match=r"candidates: expected 1 to 64, found"):
        writer.write_text("we", candidates=candidates)


def test_a_prime_is_read_with_its_text(writer: Writer, recogniser: Recogniser, prime: Ink) -> None:
    known = writer.checkpoint.architecture.text
    read = read_primes([prime.offsets()], [" the  other "], known, recogniser)
    assert read.text == "the other"
    assert read.pointers[[0, -1]].tolist() == [0, len(read.text)]
    assert set(np.diff(read.pointers)) == {0, 1}
    state = read.start(writer.engine, "we", None)
    assert state.characters == len("the other we")
    take = read.rest(writer.engine.write(state, 900, cap=CAP, seed=1, variation=0.3))
    assert {0, 1} <= set(take.pointers.tolist()) <= {0, 1, 2}


def test_a_line_follows_its_prime(writer: Writer, prime: Ink) -> None:
    settings = {"seed": 1, "variation": 0.3, "candidates": 1}
    found = writer.write_text("we", prime=prime, prime_text="the other", **settings)  # type: ignore[arg-type]
    assert set(found.characters.tolist()) == {0, 1}
    assert found.ink != writer.write_text("we", **settings).ink  # type: ignore[arg-type]
    unprepared = Ink(prime.points * 3, prime.pen_up)
    other = writer.write_text("we", prime=unprepared, prime_text="the other", **settings)  # type: ignore[arg-type]
    assert other.text == "we"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"prime_text: expected 1 to {LONGEST} characters, found 0; give its text"),
        ("a" * (LONGEST + 1), f"expected 1 to {LONGEST} characters, found {LONGEST + 1}; use a shorter ink"),
        ("the @ther", "prime_text: cannot read @: the model has not learned it; use an ink without it"),
        ("Quiz 1984", 'found "Quiz 1984", which does not fit it; the recogniser reads "'),
        ("the other " * 15, "which does not fit it"),
    ],
)
def test_a_text_that_is_not_that_of_the_prime_is_refused(
    writer: Writer, prime: Ink, text: str, message: str
) -> None:
    with pytest.raises(TextError) as caught:
        writer.write_text("we", prime=prime, prime_text=text)
    assert message in str(caught.value)


def test_a_text_without_its_prime_is_refused(writer: Writer) -> None:
    with pytest.raises(TextError, match="prime_text: expected a prime that says it, found none"):
        writer.write_text("we", prime_text="the other")
