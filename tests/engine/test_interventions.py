"""Interventions: what they mean, how they compose, what the model does under them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pentrace.atlas import Atlas
from pentrace.checkpoint import Checkpoint, load
from pentrace.engine.interventions import Cells, Intervention, cells_of
from pentrace.engine.writer import Writer
from pentrace.errors import InterventionError
from pentrace.ink import Ink
from tests.engine_reference import Reference, random_checkpoint
from tests.training.test_train import waves


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return random_checkpoint(2, 24, 4)


@pytest.fixture(scope="module")
def writer(checkpoint: Checkpoint) -> Writer:
    return Writer(checkpoint)


@pytest.fixture(scope="module")
def line() -> Ink:
    return waves(1)[0].ink


MASK = np.zeros(24, np.bool_)
MASK[[3, 5]] = True


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (7, (7,)),
        (np.int64(7), (7,)),
        ([9, 2], (9, 2)),
        (range(3, 6), (3, 4, 5)),
        (np.array([4, 1]), (4, 1)),
        (MASK, (3, 5)),
        ("12, 4-6", (12, 4, 5, 6)),
        ("4-6,5", (4, 5, 6)),
    ],
)
def test_cells_are_named_in_many_ways(cells: Cells, expected: tuple[int, ...]) -> None:
    assert cells_of(cells) == expected


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([], "expected indices, a mask with a true in it"),
        (np.zeros(24, np.bool_), "a mask with a true in it"),
        ([0.5], "expected indices"),
        ([-1], "expected 0 to 2047, found -1"),
        ([2048], "found 2048"),
        ([3, 3], "each of them once"),
        ("", "expected numbers and ranges such as 12,40-60, found ''"),
        ("6-4", "ranges that rise, up to 2047, found 6-4"),
        ("1,x", "found '1,x'"),
        ("0-99999", "found 0-99999"),
    ],
)
def test_cells_that_cannot_be(cells: Any, message: str) -> None:
    with pytest.raises(InterventionError, match=message):
        Intervention.clamp(cells)


def test_numbers_that_cannot_be() -> None:
    with pytest.raises(InterventionError, match="shift: expected one number, or one for each of 2 cells"):
        Intervention.shift([1, 2], [1.0, 2.0, 3.0])
    with pytest.raises(InterventionError, match="scale: expected finite numbers"):
        Intervention.scale([1], float("nan"))
    with pytest.raises(InterventionError, match="clamp: expected c or h, found i"):
        Intervention.clamp([1], of="i")  # type: ignore[arg-type]
    with pytest.raises(InterventionError, match="layer: expected at least 0, found -1"):
        Intervention.clamp([1], layer=-1)
    with pytest.raises(InterventionError, match=r"strength: expected 0 to 1, found 1\.5"):
        Intervention.clamp([1]).at_strength(1.5)


def test_a_model_says_what_it_does_not_have(writer: Writer) -> None:
    with pytest.raises(InterventionError, match="cell 24: expected 0 to 23, as this model has"):
        writer.with_intervention(Intervention.clamp(24))
    with pytest.raises(InterventionError, match="layer 2: expected 0 to 1, as this model has"):
        writer.with_intervention(Intervention.clamp(3, layer=2))
    with pytest.raises(InterventionError, match="cell 3: expected numbers within float32"):
        writer.with_intervention(Intervention.clamp(3, 1e39))


def test_composition_is_one_after_the_other() -> None:
    both = Intervention.scale([1, 2], [0.5, 2.0]).then(Intervention.shift([2, 3], 0.25))
    c = np.array([4.0, 4.0, 4.0, 4.0])
    settings = both.settings(1, 4)[0]
    assert settings is not None
    assert settings[0].tolist() == [0, 1, 1, 1]
    assert (c * settings[1] + settings[2]).tolist() == [4, 2, 8.25, 4.25]
    assert Intervention.shift(1, 1.0).then(Intervention.clamp(1, 3.0)) == Intervention.clamp(1, 3.0)
    assert Intervention.clamp(1, 3.0).then(Intervention.shift(1, 1.0)) == Intervention.clamp(1, 4.0)
    assert Intervention.clamp([2, 1]) == Intervention.clamp("1-2")
    assert hash(Intervention.clamp([2, 1])) == hash(Intervention.clamp("1-2"))


def test_strength_is_a_part_of_the_way() -> None:
    half = Intervention.clamp(1, 3.0).at_strength(0.5)
    assert half == Intervention.scale(1, 0.5).then(Intervention.shift(1, 1.5))
    assert Intervention.scale(1, 3.0).at_strength(0).changes[0][3:] == (1, 0)


@pytest.mark.parametrize("of", ["c", "h"])
@pytest.mark.parametrize("layer", [0, 1])
def test_a_trace_agrees_with_the_equations(
    checkpoint: Checkpoint, writer: Writer, line: Ink, of: Any, layer: int
) -> None:
    intervention = Intervention.clamp(range(4), [0.1, 0.2, -0.3, 0.4], of=of, layer=layer).then(
        Intervention.scale([9, 10], 0.5, of="h", layer=layer)
    )
    changed = writer.with_intervention(intervention)
    trace = changed.trace(line, h=True)
    assert trace.c is not None
    assert trace.h is not None
    settings = {k: table for k, table in enumerate(intervention.settings(2, 24)) if table is not None}
    reference = Reference(checkpoint, settings)
    for row, step in enumerate(reference.trace(line.offsets())[:40]):
        np.testing.assert_allclose(trace.c[row], step.c, atol=2e-4)
    held = trace.c if of == "c" else trace.h
    np.testing.assert_allclose(held[:, layer, :4], np.tile([0.1, 0.2, -0.3, 0.4], (len(trace), 1)), atol=1e-7)


def test_everything_runs_under_it_and_the_writer_stays_as_it_was(writer: Writer, line: Ink) -> None:
    before = writer.write(60, seed=4)
    changed = writer.with_intervention(Intervention.clamp(range(12), 0.8))
    assert changed.write(60, seed=4) != before
    assert changed.continue_(line, 30, seed=1) != writer.continue_(line, 30, seed=1)
    assert not np.array_equal(changed.futures(line[:5], 3, 4, seed=1), writer.futures(line[:5], 3, 4, seed=1))
    assert (changed.state(line).c[0, :12] == np.float32(0.8)).all()
    assert writer.write(60, seed=4) == before
    twice = changed.with_intervention(Intervention.shift(range(12), 0.1))
    np.testing.assert_allclose(twice.state(line).c[0, :12], 0.9, atol=1e-6)


def test_cells_of_an_atlas() -> None:
    """The example of the docstring, on the default checkpoint."""
    atlas = Atlas.default()
    cells = [found.cell for found in atlas.cells_for("pen lift in 1 step")]
    writer = Writer().with_intervention(Intervention.scale(cells, 0, of="h"))
    trace = writer.trace(writer.write(30, seed=1))
    assert trace.h is not None
    assert (trace.h[:, 0, cells] == 0).all()
    assert trace.h[:, 0].any()
    cluster = Intervention.clamp(atlas.cluster(0), 0.5)
    assert len(cluster.changes) == atlas.about["clusters"][0]["size"]


def test_no_intervention_changes_nothing(writer: Writer) -> None:
    same = writer.with_intervention(Intervention.clamp(3, 1.0).at_strength(0))
    assert same.write(80, seed=2) == writer.write(80, seed=2)
    assert writer.with_intervention(Intervention()).write(80, seed=2) == writer.write(80, seed=2)


def test_golden(golden: Path) -> None:
    """What the page computes from the same cases (web/test/engine/interventions.test.ts)."""
    cases = json.loads((golden / "interventions.json").read_text())
    writer = Writer(load(golden / "tiny.safetensors"))
    assert len(cases) >= 4
    for case in cases:
        intervention = made(case["changes"]).at_strength(case["strength"])
        a = writer.checkpoint.architecture
        tables = intervention.settings(a.layers, a.hidden)
        assert [None if table is None else digest(table) for table in tables] == case["settings"]
        engine = writer.with_intervention(intervention).engine
        strokes = engine.sample(engine.start(), case["steps"], seed=case["seed"], variation=case["variation"])
        assert digest(strokes) == case["strokes"]


def made(changes: list[dict[str, Any]]) -> Intervention:
    """The intervention that a golden case describes."""
    whole = Intervention()
    for change in changes:
        make: Callable[..., Intervention] = getattr(Intervention, change["how"])
        whole = whole.then(make(change["cells"], change["values"], of=change["of"], layer=change["layer"]))
    return whole


def digest(array: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(array, "<f4").tobytes()).hexdigest()
