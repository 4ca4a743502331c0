"""Presets: chosen by rule from what cells follow, measured, and stored so that what was measured can be run again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.atlas import Atlas
from pentrace.atlas.presets import (
    AWAY,
    PRESETS,
    TOP,
    available,
    from_record,
    intervention,
    measure_presets,
    with_effects,
)
from pentrace.engine.interventions import Change
from pentrace.engine.writer import Writer
from pentrace.measure.effects import ALL_MEASURES, DRAWS, Laboratory, Setup
from tests.engine_reference import random_checkpoint

FEATURES = ("pen lift in 1 step", "speed")


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory(Writer(random_checkpoint(2, 24, 3)), Setup(samples=20, steps=30))


@pytest.fixture(scope="module")
def scores() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    rng = np.random.default_rng(3)
    return {name: rng.uniform(-1, 1, 48).astype(np.float32) for name in FEATURES}


def test_the_first_preset_takes_the_pen_lifts_away() -> None:
    first = PRESETS[0]
    assert (first.feature, first.measure, first.expected) == ("pen lift in 1 step", "pen lifts", -1)
    assert {preset.measure for preset in PRESETS} <= set(ALL_MEASURES)
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)


def test_the_page_tells_how_they_are_measured(repository: Path) -> None:
    prose = " ".join((repository / "web/index.html").read_text(encoding="utf-8").split())
    assert (Setup().samples, DRAWS, TOP) == (200, 19, 10)
    for claim in (
        "two hundred samples",
        "nineteen random choices",
        "the ten cells that best predict a pen lift",
    ):
        assert claim in prose


def test_only_features_that_there_are(scores: dict[str, np.ndarray]) -> None:
    assert {preset.feature for preset in available(scores)} == set(FEATURES)


@pytest.mark.parametrize(("name", "side"), [("no-lift", -1), ("lift", 1)])
def test_the_best_cells_are_held_on_their_side(
    laboratory: Laboratory,
    scores: dict[str, np.ndarray],
    name: str,
    side: int,
) -> None:
    preset = next(preset for preset in PRESETS if preset.name == name)
    followed = scores[preset.feature]
    made = intervention(preset, laboratory, followed)
    numbers = [change.layer * 24 + change.cell for change in made.changes]
    best = sorted(range(48), key=lambda number: -abs(followed[number]))[:TOP]
    assert sorted(numbers) == sorted(best)
    for change, number in zip(made.changes, numbers, strict=True):
        mean, spread = (values["c"].ravel()[number] for values in (laboratory.mean, laboratory.spread))
        assert change.scale == 0
        expected = mean + side * np.sign(followed[number]) * AWAY * spread
        assert change.shift == pytest.approx(expected, rel=1e-5)


def test_what_is_stored_can_be_run_again(
    laboratory: Laboratory,
    scores: dict[str, np.ndarray],
) -> None:
    steps = 0

    def progress() -> None:
        nonlocal steps
        steps += 1

    records = measure_presets(laboratory, scores, ("turn", [30, 2, 5]), draws=2, progress=progress)
    assert steps == 3 * len(records)
    assert [record["name"] for record in records] == [preset.name for preset in available(scores)] + [
        "cluster"
    ]
    for record in json.loads(json.dumps(records, allow_nan=False)):
        assert not record["controls"]  # two draws are too few for a claim
        assert set(record["figures"]) == set(ALL_MEASURES)
        assert len(record["random"]) == 2
        measured = laboratory.measure(
            from_record(record, 24), random=[from_record(other, 24) for other in record["random"]]
        )
        for name, figure in record["figures"].items():
            again = measured.figures[name]
            for part in ("before", "after", "error"):
                found = getattr(again, part)
                assert figure[part] == (
                    pytest.approx(found, rel=1e-5, abs=1e-12) if np.isfinite(found) else None
                )
            assert figure["random"] == pytest.approx(list(again.random), rel=1e-5, nan_ok=True)
    cluster = records[-1]
    assert cluster["measure"] == "turn"
    assert from_record(cluster, 24).changes == (
        Change(0, "h", 2, 0.0, 0.0),
        Change(0, "h", 5, 0.0, 0.0),
        Change(1, "h", 6, 0.0, 0.0),
    )


def test_an_atlas_gets_the_effects_of_what_it_has(
    laboratory: Laboratory,
    scores: dict[str, np.ndarray],
) -> None:
    names = (*FEATURES, "y in word")
    cluster = np.zeros(48, np.uint8)
    cluster[[4, 9, 30]] = 1
    about = {
        "checkpoint": {"layers": 2, "hidden": 24},
        "features": [{"name": name} for name in names],
        "clusters": [
            {"size": 45, "feature": "speed", "score": 0.9},  # most of the cells: nothing to compare with
            {"size": 3, "feature": "y in word", "score": -0.4},
            {"size": 0, "feature": None, "score": 0.0},
        ],
        "effects": [],
    }
    table = np.stack([*scores.values(), np.zeros(48, np.float32)])
    atlas = Atlas({"score.c": table, "cluster": cluster}, about)
    told: list[tuple[int, int]] = []
    found = with_effects(
        atlas, laboratory.writer, laboratory.setup, draws=1, report=lambda *each: told.append(each)
    )
    assert atlas.effects == []
    assert [effect["feature"] for effect in found.effects] == [*FEATURES[:1] * 3, "speed", "y in word"]
    assert found.effects[-1]["cells"] == [4, 9, 30]
    assert found.effects[-1]["measure"] == "drift"
    assert told == [(k + 1, 10) for k in range(10)]
