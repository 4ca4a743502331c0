"""Failures are counted by points a character, and hands are told apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.cli import main
from pentrace.data.dataset import Line, write_shards
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.ink import WHITEBOARD_SCALE, Ink
from pentrace.measure.read_back import (
    TRAITS,
    Written,
    distances,
    hand_traits,
    read_back,
    spread,
    unusual,
    usual_points,
)
from pentrace.measure.samples import FEATURES


def wave(slant: float, height: float, points: int = 200) -> Ink:
    t = np.arange(points)
    y = -height * np.sin(t / 3)
    return Ink(np.stack([6 * t - slant * y, y], 1), t % 40 == 39, scale=WHITEBOARD_SCALE)


def test_usual_points_are_medians() -> None:
    lines = [("ab", [4, 6]), ("a", [8]), ("ab", [6, 4])]
    written = [Written(text, wave(0, 40), np.repeat(np.arange(len(text)), n), True) for text, n in lines]
    assert usual_points(written) == {"a": 6.0, "b": 5.0}


def test_characters_with_far_too_few_or_too_many_points_are_counted() -> None:
    characters = np.repeat([0, 1, 2, 3], [10, 1, 200, 10])
    assert unusual("abc.", characters, {"a": 10, "b": 12, "c": 20, ".": 2}) == (1, 1)


def test_traits_follow_the_hand() -> None:
    upright, slanted, tall = (hand_traits(wave(*hand), "ab cd") for hand in ((0, 40), (0.5, 40), (0, 80)))
    assert abs(upright[0]) < 3 < slanted[0]
    assert tall[1] == pytest.approx(2 * upright[1])
    assert upright[4] == 5 / 4


def test_the_spread_of_equal_hands_is_nothing() -> None:
    same = [hand_traits(wave(0.2, 50), "ab")] * 3
    assert spread(same) == pytest.approx(dict.fromkeys(TRAITS, 0.0))


def test_the_judge_reads_what_is_written() -> None:
    pytest.importorskip("rapidocr", reason="the judge needs rapidocr (pip install 'pentrace[judge]')")
    strokes = [[(0, 0), (0, 10)], [(0, 5), (6, 5)], [(6, 0), (6, 10)], [(10, 0), (10, 10)]]
    ink = Ink.from_strokes([np.array(s, np.float32) for s in strokes], scale=1.0)
    characters = np.repeat([0, 1], [5, 2]).astype(np.int32)
    found = read_back([Written("HI", ink, characters, True), Written("HO", ink, characters, False)])
    assert (found.lines, found.error_rate, found.unfinished) == (2, 0.25, 1)


def test_the_command_compares_with_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rapidocr", reason="the judge needs rapidocr (pip install 'pentrace[judge]')")
    whole = Ink(np.round(wave(0, 40, 400).points), wave(0, 40, 400).pen_up, scale=WHITEBOARD_SCALE)
    lines = [Line(f"l{k}", "f", "s", text, whole) for k, text in enumerate(["we go", "a # b", "in"])]
    data = [str(path) for path in write_shards(lines, tmp_path)]
    command = ["evaluate", str(TEXT_CHECKPOINT), *data, "--read-back", "2", "--candidates", "2", "--json"]
    assert main([*command, "--floor", *data]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["written"]["lines"] == found["people"]["lines"] == 2
    assert set(found["written"]["spread"]) == set(TRAITS)
    assert set(found["distances"]) == set(FEATURES)
    assert found["floor"] == dict.fromkeys(FEATURES, 0.0)


def test_lines_are_as_far_apart_as_their_strokes() -> None:
    nobody = np.zeros(0, np.int32)
    low, high = (Written("a", wave(0.2, 50 * size, 400), nobody, True) for size in (1, 40))
    assert set(distances([low], [low]).values()) == {0.0}
    assert distances([low], [high])["stroke length"] == 1
