"""The guided tour: what its answers say is true of the default checkpoint, and docs/tour.md has all of them."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace import Atlas, Ink, Writer
from pentrace.engine import Prepared
from pentrace.explain.memory import memory
from pentrace.explain.patch import patch
from tests.browser.pen import Hand

if TYPE_CHECKING:
    from pathlib import Path

Station = dict[str, Any]
F32 = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def stations(repository: Path) -> list[Station]:
    found: list[Station] = json.loads((repository / "web/src/page/stations.json").read_text(encoding="utf-8"))
    for station in found:
        for name in ("question", "answer"):
            station[name] = station[name].replace("\N{NO-BREAK SPACE}", " ")
    return found


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer()


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.default()


def test_the_document_has_all_stations(stations: list[Station], repository: Path) -> None:
    document = " ".join((repository / "docs/tour.md").read_text(encoding="utf-8").split())
    assert len(stations) == len(re.findall(r"`#tour=\d`, in the figure", document)) == 8
    for number, station in enumerate(stations, 1):
        assert (
            f"### {number}. {station['title']} `#tour={number}`, in the figure `{station['figure']}`. "
            f"{station['question']} Answer: {station['answer']}"
        ) in document


def test_1_guesses_are_as_tall_as_the_ink_and_differ(writer: Writer) -> None:
    ink = writer.read(Ink.from_strokes(list(Hand(0, 0).strokes("write here"))))
    state = writer.state(ink)
    guesses = writer.engine.futures(state, 8, 120, seed=1, variation=0.5, origin=len(ink.offsets))
    tall = np.ptp(np.cumsum(ink.offsets[:, 1]))
    ratios = [np.ptp(np.cumsum(guess[:, 1])) / tall for guess in guesses]
    assert min(ratios) > 0.5
    assert max(ratios) < 1.6
    assert not any(np.array_equal(a, b) for a, b in itertools.combinations(guesses, 2))


def test_2_the_pen_lifts_where_the_network_says_so(writer: Writer, stations: list[Station]) -> None:
    # The first sample of the figure (web/src/figures/field/drawing.ts).
    assert stations[1]["state"]["field.ink"] == "1"
    offsets = writer.engine.sample(writer.engine.start(), 400, seed=4, variation=0.4)
    mixture = writer.trace(offsets, c=False, h=False, mixture=True).mixture
    assert mixture is not None
    said, lifts = mixture[:, 0] > 0.5, offsets[:, 2] == 1
    assert (
        f"The pen lifts {lifts.sum()} times in this line, and {said[lifts].sum()} times the network says more than "
        f"50 % just before. In the {(~lifts).sum()} other places it says so {said[~lifts].sum()} times."
    ) in stations[1]["answer"]


def test_3_and_4_a_cell_that_remembers_and_what(writer: Writer, stations: list[Station]) -> None:
    # The sample that the figure of cells begins with (web/src/figures/cells/controls.ts).
    offsets = writer.engine.sample(writer.engine.start(), 400, seed=1, variation=0.5)
    trace = writer.trace(offsets, gates=True)
    assert trace.gates is not None
    assert trace.c is not None
    keeps, forgets = (float(trace.gates[1:, 0, 1, cell].mean()) for cell in (4, 69))
    assert f"over a whole line it is {100 * keeps:.0f} % on average" in stations[2]["question"]
    assert (
        f"About a third: {keeps:.2f} multiplied 20 times by itself is {round(keeps, 2) ** 20:.2f}. "
        f"Cell 69 keeps {100 * forgets:.0f} %: after two steps nearly nothing is left"
    ) in stations[2]["answer"]
    assert forgets**2 < 0.01
    assert [stations[k]["state"]["cells.chosen"] for k in (2, 3)] == ["4", "4"]
    # Low where the pen is low; y grows downwards.
    height = np.concatenate([[0], np.cumsum(offsets[:-1, 1])])
    assert np.corrcoef(trace.c[:, 0, 4], height)[0, 1] < -0.8


def test_6_a_cell_that_sees_the_lift_coming(atlas: Atlas, stations: list[Station]) -> None:
    station = stations[5]
    best = atlas.cells_for(station["state"]["atlas.feature"], 1)[0]
    chance = atlas.features[best.feature]["chance"]["c"]
    assert station["state"]["cells.chosen"] == str(best.cell)
    assert best.score < 0
    assert station["answer"].startswith(
        f"Cell {best.cell}. It follows the coming lift with {-best.score:.2f}, where 1 is perfect. The best of "
        f"{atlas.cells} cells reaches {chance:.2f} by chance."
    )


def test_7_without_these_cells_the_pen_lifts_less_often(atlas: Atlas, stations: list[Station]) -> None:
    station = stations[6]
    effect = next(each for each in atlas.effects if each["name"] == station["state"]["change.preset"])
    figure = effect["figures"]["pen lifts"]
    most = max(abs(value - figure["before"]) for value in figure["random"])
    assert len(effect["cells"]) == 10
    assert figure["before"] - figure["after"] > most
    assert (
        f"{figure['after']:.1f} times instead of {figure['before']:.1f} in {effect['steps']} steps. Ten other cells, "
        f"drawn at random {len(figure['random'])} times, change that number by {most:.1f} at most."
    ) in station["answer"]


def test_5_only_the_last_strokes_are_remembered(writer: Writer, stations: list[Station]) -> None:
    station = stations[4]
    assert station["state"] == {"memory.ink": "sample", "memory.seed": "1", "memory.change": "drop"}
    # The sample of web/src/figures/memory/live.ts.
    offsets = writer.engine.sample(writer.engine.start(), 300, seed=1, variation=0.6)
    *others, before, last = memory(writer, _prepared(offsets), changes=["drop"], futures=0)
    assert (
        f"the prediction changes by {last.divergence:.2f} nats, without the one before by {before.divergence:.2f}"
    ) in station["answer"]
    assert len(others) == 10
    assert max(one.divergence for one in others) < 0.005
    assert f"The pen left those {300 - (others[-1].end - 1)} steps ago or longer" in station["answer"]


def test_8_ten_cells_carry_the_slant(writer: Writer, stations: list[Station], repository: Path) -> None:
    station = stations[7]
    assert station["state"] == {"swap.cells": "", "swap.count": "10", "swap.hand": "5"}
    groups = json.loads((repository / "docs/patches.json").read_text(encoding="utf-8"))["groups"]
    best = groups["the 10 cells that tell hands apart best"]["numbers"]
    example = writer.read(Ink.from_strokes(list(Hand(0, 0).strokes("write here"))))
    # The line and the futures of web/src/figures/swap/live.ts.
    offsets = writer.engine.sample(writer.engine.start(), 300, seed=5, variation=0.5)
    found = patch(writer, _prepared(offsets), example, best, futures=32)
    a, b = found.a["slant"], found.b["slant"]
    assert a < -5 < b
    share = (found.both["slant"] - b) / (a - b)
    most = max((one["slant"] - b) / (a - b) for one in found.random)
    assert f"{100 * share:.0f} % of the difference" in station["answer"]
    assert f"none brings more than {100 * most:.0f} %" in station["answer"]
    assert len(found.random) == 19


def _prepared(offsets: F32) -> Prepared:
    """Offsets of the model's own, as it reads them."""
    return Prepared(offsets, 1.0, np.arange(len(offsets) + 1, dtype=np.int32), False)
