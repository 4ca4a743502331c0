"""What the page's text claims of single cells is true of the default checkpoint, by its atlas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pentrace.atlas import Atlas
from pentrace.checkpoint import load as load_checkpoint
from pentrace.engine.writer import DEFAULT_CHECKPOINT, Writer
from pentrace.pictures.rhythm import plainest, rhythm

if TYPE_CHECKING:
    from pathlib import Path

# In the text: a feature whose best cell is named, and how far above chance that cell must be.
NAMED = {
    "direction": 0.5,
    "y in line": 0.5,
    "word start": 0.5,
    "pen lift in 1 step": 0.4,
    # The text says that this one sounds good and is not: chance comes near it.
    "x in line": 0.0,
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.default()


@pytest.fixture(scope="module")
def html(repository: Path) -> str:
    return " ".join((repository / "web/index.html").read_text(encoding="utf-8").split())


def feature(atlas: Atlas, name: str) -> dict[str, Any]:
    return atlas.features[name]


def test_every_cell_that_the_text_names_is_the_best_for_its_feature(atlas: Atlas, html: str) -> None:
    named = re.findall(r'data-cell="([^"]+)">[Cc]ell (\d+)<', html)
    assert {name for name, _ in named} == set(NAMED)
    for name, cell in named:
        assert int(cell) == int(np.abs(atlas.scores(name)).argmax()), name


@pytest.mark.parametrize("name", NAMED)
def test_a_cell_that_is_named_is_better_than_chance(atlas: Atlas, name: str) -> None:
    best, chance = feature(atlas, name)["best"]["c"][1], feature(atlas, name)["chance"]["c"]
    assert abs(best) > chance + NAMED[name]


def test_the_number_that_sounds_good_is_near_chance(atlas: Atlas) -> None:
    found = feature(atlas, "x in line")
    assert found["chance"]["c"] > 0.5
    assert abs(found["best"]["c"][1]) - found["chance"]["c"] < 0.3


def test_the_heatmap_opens_on_a_cell_that_swings_with_the_strokes() -> None:
    """The page begins with sample 1 of 400 steps at variation 0.5 (web/src/figures/cells/controls.ts)."""
    writer = Writer(load_checkpoint(DEFAULT_CHECKPOINT))
    ink = writer.write(400, seed=1, variation=0.5)
    trace = writer.trace(ink)
    assert trace.c is not None
    values = trace.c.reshape(len(trace.offsets), -1)
    height = np.concatenate(([0], np.cumsum(trace.offsets[:-1, 1])))
    swing = rhythm(values, height)
    cell = plainest(values, swing)
    assert swing[cell] > 0.6
    # The one of the largest variance, which was shown before, drifts.
    assert swing[int(values.var(axis=0).argmax())] < 0.1
    # Where the pen is lower, the cell is on one side of its mean, and where it is higher, on the other.
    low = height > np.median(height)
    apart = abs(values[low, cell].mean() - values[~low, cell].mean())
    assert apart > values[:, cell].std()
