"""Changes of strokes, and what they do to predictions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT, Writer
from pentrace.errors import InkError
from pentrace.explain.density import divergence
from pentrace.explain.letters import AHEAD, READ_STEPS, Letters, letter_after
from pentrace.explain.memory import DISTANCES, curves, memory
from pentrace.explain.reading import Reading, write_line
from pentrace.explain.strokes import CHANGES, DOWN, LEAN, TREMBLE, changed, strokes_before
from pentrace.ink import Ink, points_of

LINE = Ink.from_strokes(
    [
        [[0, 0], [1, -2], [2, 0]],
        [[4, 0], [4, -4], [5, -1], [6, 0]],
        [[9, 0], [9, -3]],
    ],
    scale=1.0,
)
OFFSETS = LINE.offsets()


def after(how: str, stroke: slice) -> np.ndarray:
    other = changed(OFFSETS, stroke, how, np.full((stroke.stop - stroke.start, 2), 0.75))
    begin, end = max(stroke.start - 1, 0), stroke.stop
    assert other.offsets[:begin].tolist() == OFFSETS[:begin].tolist()
    assert other.offsets[end - other.shift :].tolist() == OFFSETS[end:].tolist()
    return points_of(other.offsets)[0]


def test_strokes_before_a_step() -> None:
    assert strokes_before(OFFSETS, False, 8) == [slice(0, 3), slice(3, 7)]
    assert strokes_before(OFFSETS, False, 7) == [slice(0, 3), slice(3, 7)]
    assert strokes_before(OFFSETS, False, 6) == [slice(0, 3)]
    assert strokes_before(OFFSETS, True, 8) == [slice(0, 1), slice(1, 3), slice(3, 7)]


def test_changes_of_a_stroke() -> None:
    points, second = points_of(OFFSETS)[0], slice(3, 7)
    np.testing.assert_allclose(after("drop", second), np.delete(points, range(3, 7), axis=0))
    straight = after("straighten", second)
    np.testing.assert_allclose(straight[3:7], [[x, 0.0] for x in (4.0, 14 / 3, 16 / 3, 6.0)], atol=1e-6)
    np.testing.assert_allclose(straight[7:], points[7:], atol=1e-6)
    leaned = after("lean", second)
    apart = leaned - points
    assert (apart[:3] == 0).all()
    assert np.degrees(np.arctan(apart[4, 0] - apart[3, 0]) / 1) == pytest.approx(
        np.degrees(np.arctan(4 * np.tan(np.radians(LEAN))))
    )
    np.testing.assert_allclose(
        (after("move", second) - points)[:, 1], DOWN * np.repeat([0, 1, 0], [3, 4, 2]), atol=1e-6
    )
    np.testing.assert_allclose((after("tremble", second) - points)[3:7], TREMBLE / 2, atol=1e-6)


def test_dropping_the_first_stroke_begins_with_the_second() -> None:
    other = changed(OFFSETS, slice(0, 3), "drop", np.zeros((3, 2)))
    assert other.offsets.tolist() == OFFSETS[3:].tolist()
    assert other.shift == 3


def test_influence_is_what_another_reading_gives() -> None:
    writer = Writer()
    ink = writer.write(120, seed=3)
    found = memory(writer, ink, 110, futures=4, seed=5)
    reading = Reading(writer, ink)
    strokes = strokes_before(reading.offsets, bool(ink.pen_up[0]), 110)
    assert [(one.begin, one.end, one.change) for one in found] == [
        (part.start, part.stop, how) for part in strokes for how in CHANGES
    ]
    dropped = found[0]
    kept = np.delete(ink.points, range(dropped.begin, dropped.end), axis=0)
    pens = np.delete(ink.pen_up, range(dropped.begin, dropped.end))
    other = Reading(writer, Ink(kept, pens, scale=ink.scale))
    p = writer.engine.mixture(reading.state(110))
    q = writer.engine.mixture(other.state(110 - (dropped.end - dropped.begin)))
    assert dropped.divergence == pytest.approx(float(divergence(p[None], q[None])[0]), rel=1e-3)
    assert {how: max(one.divergence for one in found if one.change == how) for how in CHANGES}[
        "tremble"
    ] < 0.01
    assert all(set(one.hand) == {"slant", "size"} for one in found)
    assert [one.hand for one in memory(writer, ink, 40, futures=0)] == [{}] * len(CHANGES) * len(
        strokes_before(reading.offsets, False, 40)
    )
    only = memory(writer, ink, 110, changes=["move"], futures=0)
    assert [one.divergence for one in only] == [one.divergence for one in found if one.change == "move"]
    with pytest.raises(InkError, match=r"^changes: expected some of drop, straighten, .*, found 'shake'$"):
        memory(writer, ink, 110, changes=["shake"])
    with pytest.raises(InkError, match=r"^step 1: expected a stroke that has ended before it, found none$"):
        memory(writer, ink, 1)


def test_letters_that_would_come() -> None:
    recogniser = Recogniser.load()
    writer = Writer(TEXT_CHECKPOINT)
    line = write_line(writer, "the hand", hand=7, seed=2, variation=0.2)
    assert recogniser.read(line.offsets) == "the hand"
    assert line.pointers is not None
    # The letter that stands 10 offsets after the place where the line is cut. At its end the next one may be read.
    places = range(40, len(line.offsets) - 60, 10)
    right = [
        letter_after(recogniser, line.offsets[:at], line.offsets[at:][:READ_STEPS])
        == line.text[line.pointers[at + AHEAD]]
        for at in places
    ]
    assert sum(right) >= 0.75 * len(right) > 6
    dots = np.array([[0, 0, 1]], np.float32)
    assert letter_after(recogniser, dots, dots) == ""
    assert Letters(("a", "b", "b", ""), ("a", "c", "b", "b")).others == 2


def test_an_ink_is_read_with_its_text() -> None:
    writer = Writer(TEXT_CHECKPOINT)
    line = write_line(writer, "hello my friend", hand=7, seed=1)
    pointers, n = line.pointers, len(line.offsets)
    assert pointers is not None
    # A stroke between others: what is left of it says nothing of its characters either.
    part = strokes_before(line.offsets, False, n)[2]
    other = changed(line.offsets, part, "drop", np.zeros((part.stop - part.start, 2)), pointers)
    assert other.pointers is not None
    kept = np.delete(np.append(pointers[:1], pointers), range(part.start, part.stop))[1:]
    assert other.pointers.tolist() == kept.tolist()
    again = line._replace(offsets=other.offsets, pointers=other.pointers)
    at = part.stop + 30
    p = writer.engine.mixture(Reading(writer, line).state(at))
    q = writer.engine.mixture(Reading(writer, again).state(at - other.shift))
    found = memory(writer, line, at, changes=["drop"], futures=0)
    assert found[2].divergence == float(divergence(p[None], q[None])[0])
    alone = memory(writer, line.offsets, at, changes=["drop"], futures=0)
    assert alone[2].divergence != found[2].divergence
    # Where no step is named, futures have room to show a hand; at its end they have none.
    latest = memory(writer, line, changes=["move"], futures=8)
    assert [one.end for one in latest] == [each.stop for each in strokes_before(line.offsets, False, n - 150)]
    assert np.isfinite(latest[-1].hand["slant"].error)
    assert np.isnan(memory(writer, line, n, changes=["move"], futures=8)[-1].hand["size"].change)
    # A file that says what it says is read so too.
    ink = writer.write_text("hello my friend", hand=7, seed=1, candidates=1).ink
    assert memory(writer, ink, at, changes=["drop"], futures=0)[2].divergence != alone[2].divergence


def test_the_pages_curve_is_that_of_the_default_checkpoint(repository: Path) -> None:
    measured = json.loads((repository / "web/src/figures/memory/reach.json").read_text(encoding="utf-8"))
    assert measured["checkpoint"] == load(DEFAULT_CHECKPOINT).sha256
    assert list(measured["curves"]) == list(CHANGES)
    assert all(curve["distances"] == list(DISTANCES) for curve in measured["curves"].values())


def test_influence_fades_with_distance() -> None:
    writer = Writer()
    lines = [writer.engine.sample(writer.engine.start(), 200, seed=seed, variation=0.6) for seed in range(3)]
    told: list[int] = []
    found = curves(writer, lines, strokes=2, progress=lambda: told.append(1))
    assert list(found) == list(CHANGES)
    assert len(told) == 3
    for how in ("drop", "straighten", "move"):
        curve = found[how]
        assert curve.distances[0] == 1
        assert set(curve.distances) <= set(DISTANCES)
        assert curve.strokes[0] <= 6
        assert curve.mean[:3].min() > 10 * curve.mean[-1]
    assert found["tremble"].mean.max() < found["drop"].mean.max() / 20
    reach = found["drop"].reach()
    assert reach is not None
    assert 5 <= reach <= 200
