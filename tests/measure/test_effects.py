"""Measured effects: the same samples before and after, random cells that are a fair comparison, and when to claim."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load
from pentrace.engine.interventions import Intervention
from pentrace.engine.writer import Writer
from pentrace.errors import InterventionError
from pentrace.measure.effects import ALL_MEASURES, DRAWS, SURPRISE, Figure, Laboratory, Setup
from pentrace.measure.measures import measured
from tests.engine_reference import random_checkpoint
from tests.golden.effects import SETUP as GOLDEN_SETUP
from tests.golden.effects import as_object, drawn
from tests.golden.effects import measured as golden_effect

SETUP = Setup(samples=30, steps=40, seed=5)


@pytest.fixture(scope="module")
def writer() -> Writer:
    """A model in which the read-out of the pen sees cell 0 alone, and sees it well."""
    checkpoint = random_checkpoint(1, 24, 3)
    weight = checkpoint.tensors["head.weight"]
    weight[0] = 0
    weight[0, 0] = 127
    checkpoint.tensors["head.scale"][0] = 8 / 127
    return Writer(checkpoint)


@pytest.fixture(scope="module")
def laboratory(writer: Writer) -> Laboratory:
    return Laboratory(writer, SETUP)


def test_before_and_after_are_samples_of_the_same_seed(writer: Writer, laboratory: Laboratory) -> None:
    intervention = Intervention.clamp(0, 2.0)
    effect = laboratory.measure(intervention, draws=2)
    assert set(effect.figures) == set(ALL_MEASURES)
    assert len(effect.random) == 2

    def drawn(by: Writer) -> float:
        samples = by.engine.futures(by.engine.start(), 30, 40, seed=5, variation=1.0)
        return float(measured(samples)["advance"].mean())

    figure = effect.figures["advance"]
    assert figure.before == pytest.approx(drawn(writer))
    assert figure.after == pytest.approx(drawn(writer.with_intervention(intervention)))
    assert figure.random == tuple(
        pytest.approx(drawn(writer.with_intervention(other))) for other in effect.random
    )


def test_a_cell_that_controls_the_pen_is_told_from_random_ones(laboratory: Laboratory) -> None:
    effect = laboratory.measure(Intervention.clamp(0, -3.0))
    lifts = effect.figures["pen lifts"]
    assert lifts.before > 5
    assert lifts.after < 1
    assert lifts.beats_random(expected=-1)
    assert not lifts.beats_random(expected=1)
    assert 0 < lifts.error < 5


def test_a_cell_that_does_not_is_not_claimed_to(laboratory: Laboratory) -> None:
    assert not laboratory.measure(Intervention.clamp(7, -3.0)).figures["pen lifts"].beats_random()


@pytest.mark.parametrize(
    ("after", "random", "expected", "beats"),
    [
        (2.0, (4.5,) * DRAWS, -1, True),
        (2.0, (4.5,) * DRAWS, 1, False),
        (2.0, (4.5,) * (DRAWS - 1), 0, False),  # too few to know
        (2.0, (4.5,) * (DRAWS - 1) + (1.5,), -1, False),  # one of them did more
        (2.0, (4.5,) * (DRAWS - 1) + (6.5,), -1, True),  # one of them did more, to the other side
        (2.0, (4.5,) * (DRAWS - 1) + (6.5,), 0, False),
        (3.0, (2.0,) * DRAWS, 1, False),  # to the wrong side, if not as far as the others
        (4.0, (4.0,) * DRAWS, 0, False),
    ],
)
def test_the_rule_of_a_claim(after: float, random: tuple[float, ...], expected: int, beats: bool) -> None:
    assert Figure(4.0, after, 0.1, random).beats_random(expected) is beats


def test_threads_change_nothing(laboratory: Laboratory) -> None:
    made = Intervention.clamp(range(4), 1.0)
    one, three = (laboratory.measure(made, draws=4, threads=threads) for threads in (1, 3))
    assert one == three


def test_no_intervention_has_no_effect(laboratory: Laboratory) -> None:
    effect = laboratory.measure(Intervention(), draws=1)
    for figure in effect.figures.values():
        assert np.array_equal([figure.before, figure.error], [figure.after, 0.0], equal_nan=True)


def test_the_surprise_is_that_by_the_ink(writer: Writer) -> None:
    ink = np.tile(np.array([[0.5, 0.1, 0], [0.2, -0.4, 1]], np.float32), (10, 1))
    changed = Intervention.clamp(0, 2.0)
    figure = Laboratory(writer, SETUP, [ink]).measure(changed, draws=1).figures[SURPRISE]
    engine = writer.with_intervention(changed).engine
    expected = engine.trace(engine.start(), ink)["loglik"].sum() / len(ink)
    in_raw_units = -expected - 2 * np.log(writer.checkpoint.units_per_raw_unit)
    assert figure.after == pytest.approx(float(in_raw_units), rel=1e-5)
    assert figure.after != pytest.approx(figure.before, rel=1e-3)


def test_random_cells_are_others_and_are_moved_as_far(laboratory: Laboratory) -> None:
    mean, spread = laboratory.mean["c"][0], laboratory.spread["c"][0]
    cells = [2, 9, 11]
    values = mean[cells] + np.array([2, -2, 0.5]) * spread[cells]
    intervention = Intervention.clamp(cells, values.tolist())
    seen = set()
    for draw in range(12):
        other = laboratory.like(intervention, draw)
        assert other == laboratory.like(intervention, draw)
        chosen = [change.cell for change in other.changes]
        seen.add(tuple(chosen))
        assert len(set(chosen)) == 3
        assert not set(chosen) & set(cells)
        away = sorted(abs(change.shift - mean[change.cell]) / spread[change.cell] for change in other.changes)
        np.testing.assert_allclose(away, [0.5, 2, 2], rtol=1e-4)
    assert len(seen) > 8


def test_random_cells_are_scaled_alike(laboratory: Laboratory) -> None:
    other = laboratory.like(Intervention.scale([1, 2], 0.5, of="h"), 0)
    assert [change[1:2] + change[3:] for change in other.changes] == [("h", 0.5, 0.0)] * 2
    shifted = laboratory.like(Intervention.shift(4, 0.3), 0).changes[0]
    spread = laboratory.spread["c"][0]
    assert abs(shifted.shift) / spread[shifted.cell] == pytest.approx(0.3 / spread[4], rel=1e-4)


def test_there_must_be_as_many_others(laboratory: Laboratory) -> None:
    with pytest.raises(InterventionError, match=r"at most half of the layer's.*found 13"):
        laboratory.like(Intervention.clamp(range(13)), 0)


def test_golden(golden: Path) -> None:
    """What the page measures too (web/test/figures/change/effects.test.ts)."""
    stored = json.loads((golden / "effects.json").read_text())
    assert vars(GOLDEN_SETUP) == stored["setup"]
    laboratory = Laboratory(Writer(load(golden / "tiny.safetensors")), GOLDEN_SETUP)
    for case in stored["cases"]:
        found = as_object(golden_effect(laboratory, case))
        assert found.keys() == case["figures"].keys()
        for name, values in case["figures"].items():
            assert found[name] == pytest.approx(values, rel=1e-9)
        for random, expected in zip(drawn(laboratory, case), case["random"], strict=True):
            assert random["cells"] == expected["cells"]
            assert random["shift"] == pytest.approx(expected["shift"], rel=1e-5)
