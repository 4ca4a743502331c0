from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentrace.checkpoint import load
from pentrace.data.dataset import read_lines
from pentrace.engine import Engine
from pentrace.errors import EngineError
from pentrace.ink import Ink
from tests.golden.ink import expected, grid_ink
from tests.pens import agreement, line, pen

GOLDEN = Path(__file__).resolve().parents[2] / "spec/golden"
CASES: dict[str, Any] = json.loads((GOLDEN / "ink.json").read_text(encoding="utf-8"))
INKS: dict[str, Any] = {entry["name"]: entry for entry in CASES["inks"]}
PENS = [name for name in INKS if name.startswith(("pen", "mouse"))]
STANDARD = "pen, 240 a second"


# Hypothesis calls its tests many times over, so the engine is made once.
ENGINE = Engine(load(GOLDEN / "tiny.safetensors"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return ENGINE


@pytest.mark.parametrize("name", INKS)
def test_golden_inks_give_the_same_bits(engine: Engine, name: str) -> None:
    entry = INKS[name]
    assert expected(engine, grid_ink(entry)) == entry["expected"]
    assert expected(engine, grid_ink(entry), 40.0) == entry["expected_of_size_40"]


@pytest.mark.parametrize("name", [name for name in PENS if name != STANDARD])
def test_pens_agree_on_a_golden_line(engine: Engine, name: str) -> None:
    check_agreement(
        engine, grid_ink(INKS[name]), grid_ink(INKS[STANDARD]), name.split(",")[0], "twice" in name
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rate", [60, 120, 240])
@pytest.mark.parametrize(("kind", "grid"), [("pen", 0.1), ("mouse", 1)])
def test_pens_agree(engine: Engine, seed: int, rate: float, kind: str, grid: float) -> None:
    motions = line(seed)
    check_agreement(engine, pen(motions, rate, grid), pen(motions, 240, 0.1), kind)


@pytest.mark.parametrize("seed", range(4))
def test_a_line_twice_as_large_agrees(engine: Engine, seed: int) -> None:
    motions = line(seed)
    check_agreement(engine, pen(motions, 120, 0.1, 60), pen(motions, 240, 0.1, 30), "pen", twice=True)


def check_agreement(engine: Engine, ink: Ink, standard: Ink, kind: str, twice: bool = False) -> None:
    tolerance = CASES["tolerances"][kind]
    size = engine.writing_size(standard)
    factor = 2 if twice else 1
    assert engine.writing_size(ink) / factor == pytest.approx(size, rel=tolerance["size"])
    found = agreement(engine.prepare(ink, size * factor).offsets, engine.prepare(standard, size).offsets)
    for name in ("points", "path", "path_max", "aligned"):
        assert abs(getattr(found, name)) <= tolerance[name], name


@pytest.mark.parametrize("factor", [0.25, 2, 3.7, 1000])
def test_size_follows_scale(engine: Engine, factor: float) -> None:
    ink = pen(line(1), 120, 0.1)
    large = Ink(ink.points * np.float32(factor), ink.pen_up)
    assert engine.writing_size(large) == pytest.approx(factor * engine.writing_size(ink), rel=1e-5)
    a, b = engine.prepare(ink), engine.prepare(large)
    assert len(a.offsets) == len(b.offsets)
    np.testing.assert_allclose(a.offsets, b.offsets, atol=1e-3)
    assert b.scale == pytest.approx(a.scale / factor, rel=1e-5)


def test_prepared_writing_has_the_standard_size(engine: Engine) -> None:
    for seed in range(4):
        prepared = engine.prepare(pen(line(seed), 240, 0.1))
        again = engine.writing_size(Ink.from_offsets(prepared.offsets))
        assert again == pytest.approx(2.1875, rel=0.05)


def test_strokes_begin_and_end_on_their_points(engine: Engine) -> None:
    ink = pen(line(3), 120, 0.1)
    offsets, scale, raw, _ = engine.prepare(ink)
    points = np.concatenate([[[0.0, 0.0]], np.cumsum(offsets[:, :2].astype(np.float64), axis=0)])
    lifts = np.flatnonzero(offsets[:, 2]) + 1
    ends = np.flatnonzero(ink.pen_up)
    truth = (ink.points - ink.points[0]).astype(np.float64) * scale
    np.testing.assert_allclose(points[lifts], truth[ends], atol=2e-4)
    np.testing.assert_allclose(points[lifts[:-1] + 1], truth[ends[:-1] + 1], atol=2e-4)
    assert np.array_equal(raw[lifts], ends)
    assert raw[0] == 0
    assert (np.diff(raw) >= 0).all()
    # a prepared point lies near the raw point it belongs to: no farther than the next one, and smoothing
    steps = np.append(np.hypot(*np.diff(truth, axis=0).T), 0)
    assert (np.hypot(*(points - truth[raw]).T) <= steps[raw] + 0.2).all()


def test_strokes_come_in_packets(engine: Engine) -> None:
    offsets = engine.prepare(pen(line(5), 120, 0.1)).offsets
    lengths = np.diff(np.flatnonzero(offsets[:, 2]), prepend=-2)
    assert len(lengths) > 3
    assert (lengths % 4 == 1).all(), "4 k + 1 points a stroke"


def test_dots_stay_dots(engine: Engine) -> None:
    word = pen(line(2, 3), 120, 0.1)
    dotted = Ink(
        np.concatenate([word.points, [[400, 20]] * 3, [[420, 20]]]), np.append(word.pen_up, [0, 0, 1, 1])
    )
    offsets = engine.prepare(dotted).offsets
    assert np.array_equal(offsets[-2:, 2], [1, 1])
    assert len(offsets) == len(engine.prepare(word, engine.writing_size(dotted)).offsets) + 2


@pytest.mark.parametrize("seed", range(3))
def test_closed_strokes_never_change(engine: Engine, seed: int) -> None:
    """The page draws on: what earlier strokes gave stays bit for bit when the size is given."""
    ink = pen(line(seed, 8), 120, 0.1)
    size = engine.writing_size(ink)
    whole = engine.prepare(ink, size)
    ends = np.flatnonzero(ink.pen_up) + 1
    for n in range(1, len(ink) + 1, 7):
        part = engine.prepare(ink[:n], size)
        closed = int((ends <= n).sum())
        if closed:
            steps = int(np.flatnonzero(np.append(ink.pen_up[0], whole.offsets[:, 2]))[closed - 1])
            assert np.array_equal(part.offsets[:steps], whole.offsets[:steps])
            assert np.array_equal(part.raw_points[: steps + 1], whole.raw_points[: steps + 1])


def test_a_stroke_that_goes_on_has_no_lift_and_no_slow_tip(engine: Engine) -> None:
    x = np.linspace(0, 300, 200)
    straight = np.stack([x, 0.1 * x], axis=1)
    open_end, closed = np.zeros(200), np.append(np.zeros(199), 1)
    going = engine.prepare(Ink(straight, open_end), 40).offsets
    ended = engine.prepare(Ink(straight, closed), 40).offsets
    assert not going[:, 2].any()
    assert ended[-1, 2] == 1
    assert np.hypot(*going[-1, :2]) > 1.5 * np.hypot(*ended[-1, :2])
    # whole steps: the tip is less than one step away
    left = np.hypot(300, 30) * 2.1875 / 40 - np.hypot(*going[:, :2].T).sum()
    assert 0 <= left < 1.05 * np.hypot(*going[-1, :2])


coordinates = st.floats(-1000, 1000, width=32)


@settings(max_examples=150, deadline=None)
@given(
    points=st.lists(st.tuples(coordinates, coordinates, st.booleans()), min_size=1, max_size=30),
    size=st.one_of(st.none(), st.floats(1, 1000)),
)
def test_any_ink_can_be_prepared(points: list[tuple[float, float, bool]], size: float | None) -> None:
    ink = Ink([(x, y) for x, y, _ in points], [up for *_, up in points])
    assert ENGINE.writing_size(ink) >= 0
    offsets, scale, raw, first_lifted = ENGINE.prepare(ink, size)
    assert np.isfinite(offsets).all()
    assert scale > 0
    assert first_lifted == begins_with_a_dot(ink, raw)
    assert int(offsets[:, 2].sum()) + int(first_lifted) == int(ink.pen_up.sum())
    assert len(raw) == len(offsets) + 1
    assert (np.diff(raw) >= 0).all()
    assert raw[-1] < len(ink)


def begins_with_a_dot(ink: Ink, raw: npt.NDArray[np.int32]) -> bool:
    """Whether the first stroke became one point: no offset leads to it, so its pen lift is in none."""
    if not ink.pen_up.any():
        return False
    return len(raw) == 1 or bool(raw[1] > np.argmax(ink.pen_up))


def test_what_cannot_be_prepared_is_refused(engine: Engine) -> None:
    ink = pen(line(1, 3), 60, 1)
    for size in (-1.0, float("nan"), float("inf")):
        with pytest.raises(EngineError, match="size: expected a number of at least 0"):
            engine.prepare(ink, size)
    far = Ink([[-(2**24), 0], [2**24, 1]], [False, True])
    with pytest.raises(EngineError, match="too long for the size of the writing"):
        engine.prepare(far, 1e-3)


def test_a_stroke_that_is_all_scribble_is_too_long(engine: Engine) -> None:
    """A million points in one stroke, up and down all the time: the way is endless against the size."""
    k = np.arange(1_000_000)
    scribble = Ink(np.stack((k * 0.01, (k % 40) * 0.5), axis=1), k == k[-1])
    with pytest.raises(EngineError, match="writing_size: a stroke is too long for the size of the writing"):
        engine.writing_size(scribble)


def test_raw_lines_keep_their_steps(engine: Engine, shared_data: Path) -> None:
    """Whiteboard lines, prepared at their true size, have the steps that they were written with."""
    raw, prepared = [], []
    for k, sample in enumerate(read_lines([shared_data / "iam-ondb-train.parquet"], columns=())):
        if k % 40 == 0:
            raw.append(sample.ink.offsets())
            prepared.append(engine.prepare(sample.ink, 2.1875 / 0.025).offsets)
    assert abs(sum(map(len, prepared)) / sum(map(len, raw)) - 1) < 0.05
    a, b = (np.concatenate([steps_in_strokes(offsets) for offsets in lines]) for lines in (raw, prepared))
    for q, tolerance in ((25, 0.06), (50, 0.03), (75, 0.08), (95, 0.16)):
        assert abs(np.percentile(a, q) - np.percentile(b, q)) < tolerance, q


def steps_in_strokes(offsets: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Lengths of the offsets that are made with the pen down."""
    down = np.append(True, offsets[:-1, 2] == 0)
    lengths: npt.NDArray[np.float32] = np.hypot(offsets[down, 0], offsets[down, 1])
    return lengths
