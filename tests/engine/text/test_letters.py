"""A text is written in somebody's letters: for each character the candidate goes on that is most like theirs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer
from pentrace.checkpoint import hand, load
from pentrace.cli import main
from pentrace.engine import Line
from pentrace.engine.text import letters
from pentrace.engine.text.letters import Draws, Letters, distance, letter
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import TextError
from pentrace.ink import Ink, formats
from pentrace.measure.likeness import first_offsets, letter_distance, seen
from tests.hands import no_changes

TEXT = "the quiet garden"
SAID = "the water ran into it and under the red gate"


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TEXT_CHECKPOINT))


@pytest.fixture(scope="module")
def theirs(writer: Writer) -> Ink:
    """A line by somebody else than the hand that writes below."""
    return writer.write_text(SAID, hand=40, seed=3, variation=0.4).ink


def offsets(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_the_shape_of_a_letter_lies_evenly_along_its_path() -> None:
    found = letter(offsets((5, 1, 0), (3, 0, 0), (0, 12, 1)))
    assert (found.offsets, found.lifts) == (3, 1)
    assert found.middle == pytest.approx(np.mean([p for p, _ in _right_angle()], axis=0))
    assert np.add(found.shape, found.middle) == pytest.approx(np.array([p for p, _ in _right_angle()]))


def _right_angle() -> list[tuple[tuple[float, float], int]]:
    """16 points, one unit apart: 3 to the right from (5, 1), then down."""
    return [((5 + min(k, 3), 1 + max(k - 3, 0)), k) for k in range(16)]


def test_a_dot_has_a_place_and_no_shape() -> None:
    dot = letter(offsets((2, -1, 1)))
    assert dot.middle == (2, -1)
    assert set(dot.shape) == {(0, 0)}
    elsewhere = letter(offsets((2, 3, 1)))
    assert distance(dot, elsewhere) == pytest.approx(letters.PLACE * 4)


def test_pace_and_pen_lifts_count() -> None:
    line = letter(offsets((1, 0, 0), (1, 0, 0), (1, 0, 0)))
    assert distance(line, line) == 0
    assert distance(line, line._replace(lifts=2)) == 2 * letters.LIFT
    assert distance(line, line._replace(offsets=5)) == pytest.approx(letters.PACE * 0.5)


def test_a_character_is_compared_with_the_nearest_of_its_kind() -> None:
    line = Line(offsets((1, 0, 0), (0, 2, 0), (1, 0, 0)), np.array([0, 1, 2], np.int32))
    known = Letters([("aba", line)])
    assert "a" in known
    assert "c" not in known
    assert known.distance("a", offsets((1, 0, 0))) == 0
    assert known.distance("b", offsets((1, 0, 0))) > 0


def test_with_one_candidate_it_is_the_plain_take(writer: Writer, theirs: Ink) -> None:
    state = writer.engine.start(TEXT, 7)
    known = Letters([(SAID, Line(theirs.offsets(), theirs.characters[1:]))])  # type: ignore[index]
    found = letters.write(writer.engine, state, TEXT, known, 1, Draws(5, 0, 0.5))
    plain = writer.engine.takes(state, 1, cap=150, seed=5, variation=0.5)[0]
    assert found.offsets.tobytes() == plain.offsets.tobytes()
    assert found.pointers.tobytes() == plain.pointers.tobytes()


def test_letters_come_nearer_to_theirs(writer: Writer, theirs: Ink) -> None:
    shapes = _shapes(theirs, SAID)

    def far(candidates: int) -> float:
        found = [
            writer.write_text(TEXT, seed=seed, candidates=candidates, prime=theirs, prime_text=SAID).ink
            for seed in range(3)
        ]
        return float(np.mean([letter_distance(_shapes(ink, TEXT), shapes) for ink in found]))

    assert far(8) < 0.9 * far(1)


def _shapes(ink: Ink, text: str) -> dict[str, list[np.ndarray]]:
    assert ink.characters is not None
    return seen(ink, text, first_offsets(ink.characters[1:], len(text))).letters


def test_several_lines_give_their_letters(writer: Writer, theirs: Ink) -> None:
    other = writer.write_text("quick", hand=40, seed=1, variation=0.4).ink
    settings = {"seed": 1, "candidates": 4}
    one = writer.write_text(TEXT, prime=theirs, prime_text=SAID, **settings)  # type: ignore[arg-type]
    listed = writer.write_text(TEXT, prime=[theirs], prime_text=[SAID], **settings)  # type: ignore[arg-type]
    both = writer.write_text(TEXT, prime=[theirs, other], prime_text=[SAID, "quick"], **settings)  # type: ignore[arg-type]
    assert one.ink == listed.ink
    assert one.ink != both.ink
    assert both.text == TEXT
    with pytest.raises(TextError, match="prime_text: expected the text of each of 1 inks, found 2 texts"):
        writer.write_text(TEXT, prime=[theirs], prime_text=[SAID, "quick"])


def test_lines_that_a_hand_keeps_are_its_prime(writer: Writer, theirs: Ink) -> None:
    plain = hand.Hand(
        writer.checkpoint.sha256,
        no_changes(writer.checkpoint),
        lines=2,
        points=100,
        held_back=0,
        before=None,
        after=None,
    )
    kept = replace(plain, ink=(theirs, theirs, theirs), texts=("something else than that", None, SAID))
    settings = {"seed": 1, "candidates": 4}
    primed = Writer(writer.checkpoint, hand=plain).write_text(TEXT, prime=theirs, prime_text=SAID, **settings)  # type: ignore[arg-type]
    own = Writer(writer.checkpoint, hand=kept)
    assert own.write_text(TEXT, **settings).ink == primed.ink  # type: ignore[arg-type]
    alone = Writer(writer.checkpoint, hand=plain).write_text(TEXT, **settings).ink  # type: ignore[arg-type]
    assert own.write_text(TEXT, prime=[], prime_text=[], **settings).ink == alone  # type: ignore[arg-type]
    unread = replace(kept, texts=("something else than that", None, None))
    assert Writer(writer.checkpoint, hand=unread).write_text(TEXT, **settings).ink == alone  # type: ignore[arg-type]


def test_the_command_takes_several_primes(
    tmp_path: Path, theirs: Ink, capsys: pytest.CaptureFixture[str]
) -> None:
    prime, out = str(tmp_path / "prime.json"), tmp_path / "out.json"
    formats.write(theirs, Path(prime))
    given = ["write", "--text", "we", "--seed", "1", "--candidates", "2", "--prime", prime, "--prime", prime]
    assert main([*given, "--prime-text", SAID, "--prime-text", SAID, "-o", str(out)]) == 0
    assert formats.read(out).text == "we"
    assert main([*given, "--prime-text", SAID]) == 2
    assert "--prime and --prime-text want each other" in capsys.readouterr().err
    assert main(["write", "--prime", prime, "--prime", prime]) == 2
    assert "several --prime want --text" in capsys.readouterr().err
