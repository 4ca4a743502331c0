"""Moments at which cells were much as they were over a span."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer
from pentrace.atlas import Atlas
from pentrace.atlas.similar import Similar, distances, similar_moments
from pentrace.errors import AtlasError
from pentrace.ink import Ink
from tests.atlases import make_atlas


@pytest.fixture(scope="module")
def writer(tiny_checkpoint: Path) -> Writer:
    return Writer(tiny_checkpoint)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Of the tiny checkpoint's one layer of four cells, with three lines of 40 steps."""
    made = make_atlas()
    sizes = made.about["checkpoint"] | {"layers": 1, "hidden": 4}
    lines = made.about["lines"] | {"steps": 40}
    return replace(made, about=made.about | {"checkpoint": sizes, "lines": lines})


def ink_of(offsets: np.ndarray) -> Ink:
    return Ink.from_offsets(offsets, 1.0)


def test_distance_is_the_root_mean_square_over_rows_and_cells() -> None:
    random = np.random.default_rng(2)
    rows = random.normal(size=(30, 3)).astype(np.float32)
    wanted = random.normal(size=(4, 3)).astype(np.float32)
    found = distances(rows, wanted)
    assert found.shape == (27,)
    for k in range(27):
        assert found[k] == pytest.approx(np.sqrt(np.square(rows[k : k + 4] - wanted).mean()), rel=1e-5)
    assert distances(rows, rows[5:9])[5] == pytest.approx(0, abs=1e-6)
    assert distances(rows[:3], wanted).shape == (0,)


def test_a_span_of_an_atlas_line_is_found_in_that_line(writer: Writer, atlas: Atlas) -> None:
    # the line itself as ink: its own span is left out, and the same rows of the atlas's line are nearest
    ink = ink_of(atlas.line(1, writer.engine))
    found = Similar(writer, atlas).find(ink, (12, 18), count=5)
    assert (found[0].line, found[0].begin, found[0].end) == (1, 12, 18)
    assert found[0].distance < 1e-3 < found[1].distance
    assert [m.distance for m in found] == sorted(m.distance for m in found)
    assert len(found) == 5


def test_nothing_is_found_where_the_model_collapsed(writer: Writer, atlas: Atlas) -> None:
    ink = ink_of(atlas.line(1, writer.engine))
    lines = atlas.about["lines"] | {"collapsed": [1]}
    found = similar_moments(
        writer, ink, (12, 18), replace(atlas, about=atlas.about | {"lines": lines}), count=99
    )
    assert {m.line for m in found} == {None, 0, 2}


def test_moments_do_not_overlap_each_other_or_the_span(writer: Writer, atlas: Atlas) -> None:
    ink = writer.write(60, seed=3)
    span = (20, 26)
    found = similar_moments(writer, ink, span, atlas, count=1000)
    own = [m for m in found if m.line is None]
    assert own
    assert all(m.end <= span[0] or m.begin >= span[1] for m in own)
    for line in (None, 0, 1, 2):
        begins = sorted(m.begin for m in found if m.line == line)
        assert begins
        assert all(later - earlier >= 6 for earlier, later in pairwise(begins))
        assert begins[-1] + 6 <= (60 if line is None else 40)


def test_distances_are_in_standard_deviations_of_the_chosen_cells(writer: Writer, atlas: Atlas) -> None:
    ink = writer.write(50, seed=4)
    trace = writer.trace(ink).c
    assert trace is not None
    deviation = atlas.tensors["moments.c"][1, [2, 0]]
    c = trace[:, 0][:, [2, 0]] / deviation
    own = [m for m in similar_moments(writer, ink, (5, 8), atlas, cells=[2, 0], count=100) if m.line is None]
    for m in own:
        expected = np.sqrt(np.square(c[m.begin : m.end] - c[5:8]).mean())
        assert m.distance == pytest.approx(expected, rel=1e-4)
    best = min(np.sqrt(np.square(c[k : k + 3] - c[5:8]).mean()) for k in range(48) if abs(k - 5) >= 3)
    assert own[0].distance == pytest.approx(best, rel=1e-4)


def test_what_is_not_there_is_named(writer: Writer, atlas: Atlas) -> None:
    ink = writer.write(30, seed=1)
    with pytest.raises(AtlasError, match="span: expected rows within 0 to 30, found 20 to 31"):
        similar_moments(writer, ink, (20, 31), atlas)
    with pytest.raises(AtlasError, match="span: expected rows within 0 to 30, found 5 to 5"):
        similar_moments(writer, ink, (5, 5), atlas)
    with pytest.raises(AtlasError, match=r"cells: expected some of 0 to 3, found \[4\]"):
        similar_moments(writer, ink, (5, 9), atlas, cells=[4])
    with pytest.raises(AtlasError, match=r"cells: expected some of 0 to 3, found \[\]"):
        similar_moments(writer, ink, (5, 9), atlas, cells=[])
    larger = replace(atlas, about=atlas.about | {"checkpoint": atlas.about["checkpoint"] | {"hidden": 5}})
    with pytest.raises(AtlasError, match="atlas: expected 4 cells, as the model has, found 5"):
        Similar(writer, larger)
