"""The figure of the atlas: what follows what, moments in ink, and others like them, the same as Python finds."""

from __future__ import annotations

import io
import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pentrace.atlas import Atlas
from pentrace.atlas.similar import Similar
from pentrace.checkpoint import load
from pentrace.engine.writer import Writer
from pentrace.ink import Ink
from tests.browser.notebook import Notebook, run
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

CELLS, LINES, STEPS, MOMENTS = 60, 6, 150, 8
LIFT = "pen lift in 1 step"
FEATURES = ("speed", LIFT, "x in line", "turn")
CHANCE = (0.1, 0.05, 0.9, 0.2)
SAID = "document.querySelector('#atlas .status-line').textContent"
QUIET = "#playing=0&wall.playing=0&cells.length=100"


def made_atlas() -> Atlas:
    """An atlas of the small model: the features are random, the moments are real."""
    random = np.random.default_rng(8)
    writer = Writer(load(TINY))
    lines = [writer.write(STEPS, seed=3 + j, variation=0.9) for j in range(LINES)]
    c = np.stack(
        [trace.reshape(STEPS, CELLS) for line in lines if (trace := writer.trace(line).c) is not None]
    )
    # The strongest lines of each cell, and the row in each.
    strongest = {name: np.zeros((2, CELLS, MOMENTS)) for name in ("line", "step", "value")}
    for end, sign in enumerate((1, -1)):
        rows = (sign * c).argmax(axis=1)
        values = np.take_along_axis(c, rows[:, None], axis=1)[:, 0]
        order = np.argsort(-sign * values, axis=0)
        for cell in range(CELLS):
            for k in range(MOMENTS):
                line = order[k % LINES, cell]
                found = {"line": line, "step": rows[line, cell], "value": values[line, cell]}
                for name, value in found.items():
                    strongest[name][end, cell, k] = value
    score = random.uniform(-0.8, 0.8, (len(FEATURES), CELLS)).astype(np.float32)
    best = [int(np.argmax(np.abs(row))) for row in score]
    tensors: dict[str, Any] = {
        "order.none": np.arange(CELLS, dtype=np.uint16),
        "cluster": (np.arange(CELLS) // 10).astype(np.uint8),
        "range.c": np.percentile(c, [0.5, 5, 50, 95, 99.5], axis=(0, 1)).astype(np.float32),
        "moments.c": np.stack((c.mean(axis=(0, 1)), c.std(axis=(0, 1)) + 1e-3)).astype(np.float32),
        "score.c": score,
        "score.h": score,
        "lag.c": np.zeros((len(FEATURES), CELLS), np.int8),
        "lagged.c": score,
        "preferred.c": np.zeros(CELLS, np.float32),
        "strongest.line": strongest["line"].astype(np.uint16),
        "strongest.step": strongest["step"].astype(np.uint16),
        "strongest.value": strongest["value"].astype(np.float32),
    }
    features = [
        {
            "name": name,
            "what": f"About {name}.",
            "unit": "",
            "kind": "linear",
            "lags": True,
            "rows": 100,
            "best": {part: [best[k], float(score[k, best[k]])] for part in ("c", "h")},
            "chance": {"c": CHANCE[k], "h": CHANCE[k]},
            "probe": {"metric": "R2", "value": 0.2 * k, "control": 0.01},
        }
        for k, name in enumerate(FEATURES)
    ]
    about = {
        "format": "pentrace atlas",
        "version": 1,
        "checkpoint": {
            "name": "tiny",
            "sha256": load(TINY).sha256,
            "layers": 2,
            "hidden": CELLS // 2,
        },
        "command": "",
        "data": {"fit": {"lines": 7}, "held_out": {"lines": 5}, "terms": ""},
        "orders": [{"name": "none", "what": "", "merit": 0.0}],
        "features": features,
        "lags": [0],
        "clusters": [{"size": 10, "feature": FEATURES[k % 4], "score": 0.1 * k} for k in range(6)],
        "lines": {"source": "samples", "seed": 3, "count": LINES, "steps": STEPS, "variation": 0.9},
        "effects": [],
    }
    return Atlas(tensors, about)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return made_atlas()


@pytest.fixture
def figure(open_reader: Callable[..., Reader], place: str) -> Reader:
    """The figure with the ink of the figure of cells, and moments."""
    reader = open_reader()
    show(reader, place + QUIET)
    return reader


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#cells").scroll_into_view_if_needed()
    reader.wait("document.querySelector('#cells .status-line').textContent.includes(' steps')")
    reader.page.locator("#atlas").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.startsWith('Above') || {SAID}.startsWith('Steps')")


def column(reader: Reader, number: int) -> list[str]:
    """What a column of the table says."""
    return reader.page.locator(f".atlas-features tbody tr > :nth-child({number})").all_inner_texts()


def labels(reader: Reader) -> list[str]:
    return [text for text in reader.page.locator(".moment span").all_inner_texts() if text]


def told(reader: Reader, wanted: list[str]) -> None:
    """Waits until the moments are these."""
    reader.wait_for(lambda: labels(reader) == wanted, f"{wanted}, {labels(reader)}")


def test_the_table_goes_from_features_to_cells(figure: Reader, atlas: Atlas) -> None:
    best = {name: atlas.cells_for(name, 1)[0] for name in FEATURES}
    by_score = sorted(FEATURES, key=lambda name: -abs(best[name].score))
    assert column(figure, 1) == by_score
    assert column(figure, 2) == [str(best[name].cell) for name in by_score]
    assert [text.replace("−", "-").lstrip("+") for text in column(figure, 3)] == [
        f"{best[name].score:.2f}" for name in by_score
    ]
    assert column(figure, 4) == [f"{CHANCE[FEATURES.index(name)]:.2f}" for name in by_score]
    figure.page.get_by_role("button", name="What the pen does").click()
    assert column(figure, 1) == sorted(FEATURES)
    figure.wait("location.hash.includes('atlas.sort=name')")
    figure.page.locator("#atlas-filter").fill("lift")
    assert column(figure, 1) == [LIFT]
    figure.page.locator("#atlas-filter").fill("nothing like it")
    assert column(figure, 1) == ["No feature matches."]


def test_a_feature_chooses_its_best_cell_and_a_cell_tells_what_it_follows(
    figure: Reader, atlas: Atlas
) -> None:
    figure.page.locator(".atlas-features tbody").get_by_role("button", name="speed", exact=True).click()
    ranked = [f"Cell {found.cell}" for found in atlas.cells_for("speed", 25)]
    assert figure.page.locator(".atlas-cells .rank-label").all_inner_texts() == ranked
    best = atlas.cells_for("speed", 1)[0].cell
    figure.wait(f"location.hash.includes('cells.chosen={best}')")
    assert figure.page.locator(".atlas-follows h3").inner_text() == f"What cell {best} follows"
    followed = [found.feature for found in atlas.features_of(best)]
    assert figure.page.locator(".atlas-follows .rank-label").all_inner_texts() == followed
    # One click colours the ink by another cell, here and in the figure of cells.
    third = atlas.cells_for("speed", 3)[2].cell
    figure.page.locator(".atlas-cells .rank").nth(2).click()
    figure.wait(f"{SAID}.startsWith('Above, the ink coloured by cell {third};')")
    figure.wait(f"document.querySelector('.cells-facts').textContent.includes('Cell {third}')")
    # A cluster is all of its cells.
    figure.page.locator(".atlas-clusters .rank").nth(1).click()
    figure.wait("location.hash.includes('cells.chosen=10-19')")
    figure.press("atlas-change-it")
    figure.wait("location.hash.includes('change.cells=10-19')")


def test_the_moments_are_the_atlas_s(figure: Reader, atlas: Atlas) -> None:
    cell = atlas.cells_for(LIFT, 1)[0]
    for show, lowest in (("strongest", cell.score < 0), ("highest", False), ("lowest", True)):
        figure.page.locator("#atlas-show").select_option(show)
        end = "lowest" if lowest else "highest"
        figure.wait(f"{SAID}.includes('where cell {cell.cell} is {end} in')")
        wanted = [
            f"{moment.value:.2f} · line {moment.line + 1}, step {moment.step}".replace("-", "−")
            for moment in atlas.moments(cell.cell, lowest=lowest)
        ]
        told(figure, wanted)
    # The line of a moment is opened in the figure of cells, at its step.
    strongest = atlas.moments(cell.cell, lowest=True)[3]
    figure.page.locator(".moment").nth(3).click()
    figure.wait(
        f"document.querySelector('.cells-facts h3').textContent === 'Step {strongest.step} of {STEPS}'"
    )
    figure.wait(f"location.hash.includes('cells.seed={3 + strongest.line}&cells.length={STEPS}')")


def test_moments_alike_are_those_that_python_finds(figure: Reader, atlas: Atlas) -> None:
    figure.page.locator("#atlas-show").select_option("similar")
    figure.page.locator(".ink-span").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowLeft"):
        figure.page.keyboard.press(key)
    figure.wait(f"{SAID}.includes('in {LINES} lines that the model wrote and')")
    found = re.search(r"Steps (\d+) to (\d+)", figure.page.evaluate(SAID))
    assert found is not None
    begin, end = int(found[1]), int(found[2]) + 1
    # The ink is the sample of the figure of cells.
    writer = Writer(load(TINY))
    ink = Ink.from_offsets(writer.engine.sample(writer.engine.start(), 100, seed=1, variation=0.5))
    for by, cells in (("all", None), ("chosen", [atlas.cells_for(LIFT, 1)[0].cell])):
        figure.page.locator("#atlas-by").select_option(by)
        moments = Similar(writer, atlas).find(ink, (begin, end), cells=cells, count=8)
        wanted = [
            f"{distance:.2f} · {'this ink' if line is None else f'line {line + 1}'}, steps {first} to {last - 1}"
            for line, first, last, distance in moments
        ]
        told(figure, wanted)


def test_a_span_is_picked_by_dragging_and_stays_in_the_address(figure: Reader, place: str) -> None:
    figure.page.locator(".ink-span").scroll_into_view_if_needed()
    box = figure.page.locator(".ink-span").bounding_box()
    assert box is not None
    # From the left end of the ink to the right: as long as a span may be.
    inked = figure.page.evaluate(
        """() => {
            const canvas = document.querySelector(".ink-span canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const at = [];
            for (let k = 3; k < data.length; k += 4) if (data[k] > 200) at.push((k - 3) / 4);
            const place = (p) => [(p % canvas.width) / canvas.width, Math.floor(p / canvas.width) / canvas.height];
            const columns = at.map((p) => p % canvas.width);
            return [Math.min(...columns), Math.max(...columns)].map((x) => place(at[columns.indexOf(x)]));
        }"""
    )
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in inked]
    figure.page.mouse.move(*points[0])
    figure.page.mouse.down()
    figure.page.mouse.move(*points[1], steps=8)
    figure.page.mouse.up()
    figure.wait(f"{SAID}.startsWith('Steps')")
    figure.wait("location.hash.includes('atlas.show=similar') && location.hash.includes('atlas.from=')")
    said, address = figure.page.evaluate(SAID), figure.page.url
    figure.page.goto("about:blank")
    show(figure, address)
    figure.wait(f"{SAID}.split(',')[0] === '{said.split(',')[0]}'")


def test_the_downloads_are_what_is_shown(figure: Reader) -> None:
    figure.wait("document.querySelectorAll('.moment:not(:disabled)').length === 8")
    svg = figure.download("atlas-svg").decode()
    for label in labels(figure):
        assert label in svg
    assert svg.count("A6 6 0 1 1") == 2 * MOMENTS, "a ring is two halves"
    assert "What the pen does" in svg, "the table is in it"
    assert "nine in ten" in svg, "and the scale"
    with Image.open(io.BytesIO(figure.download("atlas-png"))) as picture:
        assert len(picture.convert("RGB").getcolors(picture.width * picture.height) or []) > 50


def test_a_model_without_an_atlas_says_so(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    reader.open(quick + QUIET)
    reader.page.locator("#atlas").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.includes('has no atlas')")


def test_moments_like_a_span_as_python(
    open_reader: Callable[..., Reader],
    place: str,
    atlas: Atlas,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = open_reader()
    notebook = Notebook(reader)
    reader.open(
        f"{place}{QUIET}&cells.chosen=7,30&atlas.show=similar&atlas.by=chosen&atlas.from=20&atlas.length=15"
    )
    notebook.show("atlas")
    reader.wait(f"{SAID}.includes('{LINES} lines')")
    found = notebook.heard("atlas.similar")["replies"][-1]["moments"]
    text = notebook.copied("atlas")
    # The page was started with these files.
    shutil.copy(TINY, tmp_path / "tiny.safetensors")
    atlas.save(tmp_path / "tiny.atlas.safetensors")
    monkeypatch.chdir(tmp_path)
    moments = run(text)
    places = [(moment.line, moment.begin, moment.end) for moment in moments]
    assert places == [(each["line"], each["begin"], each["end"]) for each in found]
    assert [moment.distance for moment in moments] == pytest.approx(
        [each["distance"] for each in found], abs=1e-6
    )
