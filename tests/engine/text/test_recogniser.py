"""The recogniser of recogniser.wasm: samples, paths through a table, alignment, reading, and what it refuses."""

from __future__ import annotations

import pickle
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint.recogniser_weights import Sizes, load, pack
from pentrace.data.dataset import read_lines
from pentrace.data.error_rate import error_rate
from pentrace.data.transcripts import as_written
from pentrace.engine.text.recogniser import RECOGNISER, Recogniser, sample_path
from pentrace.engine.wasm import RECOGNISER_WASM, Wasm
from pentrace.errors import CheckpointError, EngineError
from pentrace.ink import WHITEBOARD_SCALE, Ink

SPACING, NEAR = 0.4, 32
F64 = npt.NDArray[np.float64]


def wave(count: int, phase: float = 0) -> Ink:
    """A wave in strokes of 20 points, in whole raw units."""
    t = np.arange(count)
    points = np.round(np.stack([14 * t, 90 * np.sin(t / 3 + phase)], 1))
    return Ink(points, t % 20 == 19, scale=WHITEBOARD_SCALE)


def tiny(alphabet: str = "abc ", sizes: Sizes | None = None) -> Recogniser:
    """A recogniser with random weights."""
    sizes, rng = sizes or Sizes(16, 16, 8, 2), np.random.default_rng(11)
    shapes = sizes.matrices(len(alphabet))
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    biases = {
        name: rng.normal(0, 0.4, rows).astype(np.float32)
        for name, (rows, _) in shapes.items()
        if not name.endswith("recurrent")
    }
    return Recogniser(pack(alphabet, sizes, weights, biases, {}))


def by_numpy(points: F64, pen_up: npt.NDArray[np.bool_], size: float) -> tuple[F64, F64]:
    """Features and sources of spec/recogniser.md, in numpy."""
    ends = np.union1d(np.flatnonzero(pen_up) + 1, [len(points)])
    places, source, starts, begin = [], [], [], 0
    for end in ends.tolist():
        stroke = points[begin:end]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
        count = int(np.ceil(along[-1] / (SPACING * size)))
        at = np.linspace(0, along[-1], count + 1)
        places.append(np.stack([np.interp(at, along, stroke[:, k]) for k in (0, 1)], 1))
        source.append(begin + np.interp(at, along, np.arange(end - begin)))
        starts.append(np.arange(len(at)) == 0)
        begin = end
    xy, start = np.concatenate(places) / size, np.concatenate(starts)
    step = np.diff(xy, axis=0, prepend=xy[:1])
    near = np.array([xy[max(k - NEAR, 0) : k + NEAR + 1, 1].mean() for k in range(len(xy))])
    way_back = np.clip(xy[:, 0] - np.maximum.accumulate(xy[:, 0]), -8, 0) / 2
    inside = np.where(start[:, None], 0.0, step / SPACING)
    jump = np.where(start[:, None], np.clip(step / 4, -2, 2), 0.0)
    last = np.append(start[1:], True)
    features = np.column_stack([inside, jump, xy[:, 1] - near, way_back, start, last])
    return features, np.concatenate(source)


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 150])
def test_samples_are_those_of_the_specification(count: int) -> None:
    points = np.random.default_rng(count).normal(0, 3, (count, 2)).cumsum(0).astype(np.float32)
    lifts = np.arange(count) % 9 == 8
    found = sample_path(points, lifts, 2.0)
    features, source = by_numpy(points.astype(float), lifts, 2.0)
    np.testing.assert_allclose(found.features, features, atol=1e-5)
    np.testing.assert_allclose(found.source, source, atol=1e-5)
    assert found.frames == (len(source) + 1) // 2


def test_samples_do_not_change_with_the_size_of_the_writing() -> None:
    ink = wave(80)
    small, large = (sample_path(ink.points * k, ink.pen_up, 50.0 * k).features for k in (1, 3))
    np.testing.assert_allclose(small, large, atol=1e-5)


def test_points_that_stay_where_they_are_change_nothing() -> None:
    ink = wave(45)
    again = np.repeat(np.arange(45), np.where(np.arange(45) % 7 == 3, 3, 1))
    lifts = np.append(again[1:] != again[:-1], True) & ink.pen_up[again]
    plain, resting = sample_path(ink.points, ink.pen_up, 60.0), sample_path(ink.points[again], lifts, 60.0)
    np.testing.assert_array_equal(plain.features, resting.features)


@pytest.mark.parametrize(
    ("points", "size", "message"),
    [
        ([[0, 0], [np.nan, 0]], 1.0, "a NaN or an infinity came up"),
        ([[0, 0], [1e9, 0]], 1.0, "the ink is too long for the size of its writing"),
        ([[0, 0], [1, 0]], 0.0, "the ink is too long for the size of its writing"),
        ([[0, 0], [1, 0]], np.nan, "the ink is too long for the size of its writing"),
    ],
)
def test_samples_of_bad_ink_are_refused(points: Any, size: float, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        sample_path(points, [False, True], size)


def collapsed(classes: tuple[int, ...]) -> list[int]:
    """What CTC reads in a class for each frame."""
    kept = [c for k, c in enumerate(classes) if k == 0 or c != classes[k - 1]]
    return [c for c in kept if c]


class Paths:
    """The functions of a table, called bare."""

    def __init__(self) -> None:
        self.wasm = tiny("ab")._wasm

    def run(self, name: str, table: F64, codes: list[int]) -> float:
        with self.wasm.scratch():
            at = self.wasm.write(table.astype(np.float32))
            out = self.wasm.alloc(8)
            text = self.wasm.write(np.array(codes, np.uint8))
            rest: tuple[int, ...] = (out,)
            if name == "align":
                n = 4 * len(table)
                points, lifts = self.wasm.alloc(8 * n), self.wasm.alloc(n)
                sources = self.wasm.write(np.arange(2.0 * len(table)))
                rest = (0, sources, points, lifts, n, self.wasm.alloc(4 * len(codes)), out)
            self.wasm.run(name, name, at, len(table), text, len(codes), *rest)
            return float(self.wasm.bytes(out, 8).view(np.float64)[0])


@pytest.mark.parametrize("codes", [[1, 2], [1, 1], [2], [2, 1, 2]])
def test_paths_are_all_those_that_say_the_text(codes: list[int]) -> None:
    table = np.log(np.random.default_rng(7).dirichlet(np.ones(3), 6)).astype(np.float32).astype(float)
    said = [path for path in product(range(3), repeat=6) if collapsed(path) == codes]
    each = [sum(table[t, c] for t, c in enumerate(path)) for path in said]
    paths = Paths()
    assert paths.run("align", table, codes) == pytest.approx(max(each), abs=1e-12)
    assert paths.run("likelihood", table, codes) == pytest.approx(np.logaddexp.reduce(each), abs=1e-12)


def test_a_text_that_is_longer_than_the_ink_has_no_path() -> None:
    assert Paths().run("likelihood", np.zeros((2, 3)), [1, 1]) == -np.inf
    assert Paths().run("align", np.zeros((2, 3)), [1, 1]) == -np.inf


@pytest.mark.parametrize("codes", [[], [0], [3], [1] * 1025])
def test_a_text_of_unknown_characters_is_refused(codes: list[int]) -> None:
    with pytest.raises(EngineError, match="outside its range"):
        Paths().run("likelihood", np.zeros((9, 3)), codes)


def test_a_boundary_lies_at_a_pen_lift_and_a_space_is_the_jump() -> None:
    # a, b, a space, c: pen lifts after points 4, 9 and 14; the jump to the next word is the one after 14
    recogniser, text = tiny(), "ab c"
    wasm = recogniser._wasm
    x = np.arange(20.0) + 30 * (np.arange(20) > 14)
    points = np.stack([x, np.zeros(20)], 1).astype(np.float32)
    lifts = np.isin(np.arange(20), [4, 9, 14, 19]).astype(np.uint8)
    classes = [1, 1, 0, 2, 2, 0, 4, 0, 3, 0]
    table = np.full((10, 5), -9, np.float32)
    table[np.arange(10), classes] = 0
    with wasm.scratch():
        first, out = wasm.alloc(16), wasm.alloc(8)
        arrays = [wasm.write(a) for a in (table, np.linspace(0, 19, 20), points, lifts)]
        codes = wasm.write(np.array([1 + "abc ".index(c) for c in text], np.uint8))
        call = (arrays[0], 10, codes, 4, 4, arrays[1], arrays[2], arrays[3], 20, first, out)
        assert wasm.run("align", "align", *call) == 1
        assert wasm.read_integers(first, (4,)).tolist() == [0, 4, 14, 15]


def test_the_module_refuses_what_it_cannot_do() -> None:
    out_of_memory, bad, not_finite, not_ready = -1, -2, -3, -4
    wasm = Wasm(RECOGNISER_WASM)
    at = wasm.alloc(4096)
    assert wasm.call("recogniser_ready") == not_ready
    assert wasm.call("recogniser_tensor", 0, 0, at) == not_ready
    assert wasm.call("recognise", at, 4, at) == not_ready
    for sizes in (
        (8, 16, 8, 1, 4),
        (16, 272, 8, 1, 4),
        (16, 16, 12, 1, 4),
        (16, 16, 8, 5, 4),
        (16, 16, 8, 1, 256),
    ):
        assert wasm.call("recogniser_create", *sizes) == bad
    assert wasm.call("recogniser_create", 16, 16, 8, 1, 4) == 0
    assert wasm.call("recogniser_ready") == not_ready
    for matrix, part in ((-1, 0), (7, 0), (0, 3)):
        assert wasm.call("recogniser_tensor", matrix, part, at) == bad
    infinite = wasm.write(np.full(16, np.inf, np.float32))
    assert wasm.call("recogniser_tensor", 0, 1, infinite) == not_finite
    for count in (-1, 0):
        assert wasm.call("sample_count", at, at, count, 1.0) == bad
        assert wasm.call("writing_size", at, at, count) == bad
    assert wasm.call("alloc", 2**30) == 0
    recogniser = tiny()
    features = recogniser._wasm.write(np.full((4, 8), np.inf, np.float32))
    assert recogniser._wasm.call("recognise", features, 4, features) == not_finite
    for count in (0, 16385):
        assert recogniser._wasm.call("recognise", features, count, features) == bad
    # memory that cannot grow is said, and what was taken before is given back
    zeros = recogniser._wasm.alloc(2**20)
    while recogniser._wasm.call("alloc", 2**20):
        pass
    mark = recogniser._wasm.call("mark")
    assert recogniser._wasm.call("recognise", zeros, 16384, zeros) == out_of_memory
    assert recogniser._wasm.call("mark") == mark


def test_an_ink_and_its_offsets_are_read_alike() -> None:
    # whole numbers, so that offsets lead exactly to the points
    recogniser, ink = tiny(), wave(100).with_scale(1.0)
    offsets = ink.offsets()
    assert recogniser.read(ink) == recogniser.read(offsets)
    assert recogniser.score(ink, "ab") == pytest.approx(recogniser.score(offsets, "ab"), abs=1e-5)
    aligned, again = recogniser.align(ink, "ab c"), recogniser.align(offsets, "ab c")
    assert aligned is not None
    assert again is not None
    np.testing.assert_array_equal(aligned.first, again.first)


def test_dots_say_nothing() -> None:
    dot = Ink([[3, 4]], [True])
    recogniser = tiny()
    assert recogniser.read(dot) == ""
    assert recogniser.score(dot, "a") == -np.inf
    assert recogniser.align(dot, "a") is None
    assert recogniser.probabilities(dot).shape == (0, 5)
    assert recogniser.read(np.zeros((0, 3))) == ""


def test_what_cannot_be_scored_is_refused() -> None:
    recogniser = tiny()
    with pytest.raises(EngineError, match="expected characters that the recogniser knows, found 'x' at 1"):
        recogniser.score(wave(50), "ax")
    with pytest.raises(EngineError, match=r"expected 1 to 1,024 characters, found 0"):
        recogniser.align(wave(50), "")
    with pytest.raises(EngineError, match="NaN"):
        recogniser.read(np.full((3, 3), np.nan))
    with pytest.raises(EngineError, match="cannot be pickled"):
        pickle.dumps(recogniser)


def test_memory_is_given_back() -> None:
    recogniser = tiny()
    recogniser.read(wave(500))
    size = recogniser._wasm.size
    for _ in range(5):
        recogniser.score(wave(500), "ab")
    assert recogniser._wasm.size == size


def test_a_file_comes_back(tmp_path: Path) -> None:
    weights = load(RECOGNISER)
    weights.save(tmp_path / "r.safetensors")
    assert (tmp_path / "r.safetensors").read_bytes() == RECOGNISER.read_bytes()
    assert RECOGNISER.stat().st_size < 2**20
    assert "non-commercial research" in weights.data["terms"]


@pytest.mark.parametrize("content", [b"", b"scrap", (2).to_bytes(8, "little") + b"{}"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.safetensors").write_bytes(content)
    with pytest.raises(
        CheckpointError,
        match=r"r\.safetensors: expected a (safetensors file|recogniser), found something else",
    ):
        Recogniser.load(tmp_path / "r.safetensors")


def test_it_reads_people(shared_data: Path) -> None:
    lines = list(read_lines([shared_data / "iam-ondb-val1.parquet"], columns=("text",)))[::60]
    recogniser = Recogniser.load()
    texts = [as_written(line.text) for line in lines]
    assert error_rate([recogniser.read(line.ink) for line in lines], texts).rate < 0.2
