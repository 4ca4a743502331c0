"""The figure of changes: both sides equal Python's, measured effects are shown, and random cells can be compared."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pentrace.atlas.presets import from_record
from pentrace.checkpoint import load
from pentrace.engine.interventions import Intervention, cells_of
from pentrace.engine.writer import Writer
from tests.browser.pen import Hand, write
from tests.browser.test_wall import hashed
from tests.change_atlas import HIDDEN, TINY, measured_atlas

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.atlas import Atlas
    from tests.browser.conftest import Reader

COUNT, STEPS = 4, 500
SAID = "document.querySelector('#change .status-line').textContent"
TOLD = "document.querySelector('.change-facts').innerText"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return measured_atlas()


@pytest.fixture
def figure(open_reader: Callable[..., Reader], place: str) -> Reader:
    """The figure at rest, both sides written."""
    reader = open_reader(reduced_motion="reduce")
    show(reader, place)
    return reader


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#change").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.startsWith('{COUNT} samples')")


def sides(reader: Reader) -> list[str]:
    """The path data of the samples, left and right in turn."""
    svg = reader.download("change-svg").decode()
    return re.findall(r'<path fill="[^"]*" d="([^"]*)"', svg)[: 2 * COUNT]


def said(text: str, value: float) -> bool:
    """Whether a number is in a text, as far as three digits say."""
    return any(
        abs(float(found) - value) <= 0.0501 if value >= 9.95 else abs(float(found) - value) <= 0.00501
        for found in re.findall(r"\d+\.\d+", text)
    )


def surprise(writer: Writer, inks: list[Any]) -> float:
    engine = writer.engine
    means = [-engine.trace(engine.start(), ink)["loglik"].sum() / len(ink) for ink in inks]
    return float(np.mean(means))


def told_difference(text: str) -> float:
    """Nats a point by which the ink on the left surprises the model more, as the figure says."""
    found = re.search(r"the ink on the left surprises the model by ([\d.]+) nats a point (less|more)", text)
    if found is None:
        assert "the ink on the left surprises the model as much as before" in text
        return 0
    return float(found[1]) * (-1 if found[2] == "less" else 1)


def expected_difference(intervention: Intervention) -> float:
    writer = Writer(load(TINY))
    engine = writer.engine
    inks = list(engine.futures(engine.start(), COUNT, STEPS, seed=1, variation=0.6))
    return surprise(writer.with_intervention(intervention), inks) - surprise(writer, inks)


def test_the_first_change_is_shown_and_what_it_was_measured_to_do(figure: Reader, atlas: Atlas) -> None:
    first = atlas.effects[0]
    assert first["feature"] == "pen lift in 1 step"
    buttons = figure.page.locator(".change-effects [role=radio]")
    assert buttons.count() == len(atlas.effects)
    assert buttons.first.get_attribute("aria-checked") == "true"
    text = figure.page.evaluate(TOLD)
    lifts = first["figures"]["pen lifts"]
    for value in (lifts["before"], lifts["after"], min(lifts["random"]), max(lifts["random"])):
        assert said(text, value)
    assert ("it is not shown that they control anything" in text) != first["controls"]
    assert figure.page.locator(".change-told li").count() == len(first["figures"]) - 1
    paths = sides(figure)
    assert len(paths) == 2 * COUNT
    assert all(len(path) > 500 for path in paths)
    assert all(paths[2 * k] != paths[2 * k + 1] for k in range(COUNT))


def test_the_page_computes_what_python_computes(figure: Reader, atlas: Atlas) -> None:
    made = from_record(atlas.effects[0], HIDDEN)
    assert told_difference(figure.page.evaluate(TOLD)) == pytest.approx(expected_difference(made), abs=0.006)


def test_cells_by_number_through_the_address(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{place}#change.cells=3,31-34&change.how=clamp&change.clamp=1.5&change.seed=1")
    made = Intervention.clamp(3, 1.5).then(Intervention.clamp(range(1, 5), 1.5, layer=1))
    assert "Cells of your choice" in reader.page.evaluate(TOLD)
    assert told_difference(reader.page.evaluate(TOLD)) == pytest.approx(expected_difference(made), abs=0.006)
    assert reader.page.locator("#change-cells").input_value() == "3,31-34"
    assert reader.page.locator(".pairs-head.after").inner_text() == "5 cells changed"
    # The same, typed.
    reader.page.locator("#change-cells").fill("3, 31-33,34")
    reader.page.locator("#change-cells").press("Enter")
    reader.page.locator("#change-of").select_option("h")
    reader.page.locator("#change-how").select_option("scale")
    reader.wait("location.hash.includes('change.how=scale')")
    assert hashed(reader)["change.cells"] == "3,31-34"
    made = Intervention.scale(3, 0.0, of="h").then(Intervention.scale(range(1, 5), 0.0, of="h", layer=1))
    wanted = expected_difference(made)
    reader.wait_for(
        lambda: abs(told_difference(reader.page.evaluate(TOLD)) - wanted) < 0.006, "the other change"
    )


def test_random_cells_are_those_that_were_measured(figure: Reader, atlas: Atlas) -> None:
    chosen = sides(figure)
    figure.press("change-random")
    stored = [from_record(other, HIDDEN) for other in atlas.effects[0]["random"][:2]]
    for draw, other in enumerate(stored):
        wanted = expected_difference(other)
        figure.wait_for(
            lambda wanted=wanted: abs(told_difference(figure.page.evaluate(TOLD)) - wanted) < 0.006,  # type: ignore[misc]
            "random cells",
        )
        figure.wait(f"location.hash.includes('change.random={draw + 1}')")
        figure.press("change-other-random-cells")
    assert "random cells" in figure.page.locator(".pairs-head.after").inner_text()
    figure.press("change-random")
    figure.wait_for(lambda: sides(figure) == chosen, "the chosen cells again")


def test_another_change_by_keyboard_and_in_the_link(figure: Reader, atlas: Atlas, place: str) -> None:
    first = sides(figure)
    figure.page.locator(".change-effects [role=radio]").first.focus()
    figure.page.keyboard.press("ArrowDown")
    second = atlas.effects[1]
    figure.wait(f"location.hash.includes('change.preset={second['name']}')")
    assert figure.page.evaluate("document.activeElement.ariaChecked") == "true"
    assert figure.page.evaluate("document.activeElement.dataset.name") == second["name"]
    figure.wait_for(lambda: sides(figure)[1] != first[1], "another change")
    assert second["title"] in figure.page.evaluate(TOLD)
    later = sides(figure)
    show(figure, f"{place}#change.preset={second['name']}")
    figure.wait_for(lambda: sides(figure) == later, "the same from the link")


def test_the_changed_cells_are_shown_among_all(figure: Reader, atlas: Atlas) -> None:
    figure.press("change-see-these-cells")
    figure.wait("location.hash.includes('cells.chosen=')")
    assert sorted(cells_of(hashed(figure)["cells.chosen"])) == sorted(atlas.effects[0]["cells"])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("chosen", [3, 4, 40]), ("cluster:2", list(range(20, 30))), ("feature:speed", None)],
)
def test_cells_by_name(
    open_reader: Callable[..., Reader], place: str, atlas: Atlas, choice: str, expected: list[int] | None
) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{place}#cells.chosen=3,4,40")
    reader.page.locator("#change-menu").select_option(choice)
    reader.wait("location.hash.includes('change.cells=')")
    cells = expected or [found.cell for found in atlas.cells_for("speed")]
    assert sorted(cells_of(hashed(reader)["change.cells"])) == sorted(cells)
    reader.wait(f"document.querySelector('.pairs-head.after').textContent === '{len(cells)} cells changed'")


def test_it_goes_on_in_the_readers_hand(figure: Reader, atlas: Atlas) -> None:
    alone = sides(figure)
    figure.page.locator("#change-primed").check()
    figure.wait(f"{SAID}.startsWith('{COUNT} samples in your hand')")
    figure.wait_for(lambda: sides(figure)[0] != alone[0], "samples in the hand of the example")
    primed = sides(figure)
    assert all(primed[2 * k] != primed[2 * k + 1] for k in range(COUNT))
    figure.page.locator("#paper").scroll_into_view_if_needed()
    box = figure.page.locator("#paper").bounding_box()
    assert box is not None
    write(figure.page, "here", Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    figure.settle()
    figure.page.locator("#change").scroll_into_view_if_needed()
    figure.wait_for(lambda: sides(figure)[0] not in (alone[0], primed[0]), "samples in the reader's hand")
    figure.page.locator("#change-primed").uncheck()
    figure.wait_for(lambda: sides(figure) == alone, "samples from nothing")


def test_no_strength_is_no_change(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{place}#change.strength=0")
    assert "the ink on the left surprises the model as much as before" in reader.page.evaluate(TOLD)


def test_a_change_of_the_readers_own_is_measured(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{place}#change.cells=31-36&change.of=h&change.how=scale")
    assert "has not been measured yet" in reader.page.evaluate(TOLD)
    reader.press("change-measure-it")
    reader.wait(f"{TOLD}.includes('random choices of cells')")
    rows = reader.page.locator(".change-told li")
    assert rows.count() == 12
    detail = reader.page.locator(".change-told li:first-child .effect-detail").inner_text()
    engine = (
        Writer(load(TINY)).with_intervention(Intervention.scale(range(1, 7), 0.0, of="h", layer=1)).engine
    )
    after = 100 * engine.futures(engine.start(), 200, 160, seed=0, variation=1.0)[..., 2].mean()
    assert said(detail.partition("→")[2].partition(";")[0], float(after))
    reader.page.locator("#change-cells").fill("31-35")
    reader.page.locator("#change-cells").press("Enter")
    reader.wait(f"{TOLD}.includes('has not been measured yet')")


def test_what_is_no_list_of_cells_is_said(figure: Reader) -> None:
    figure.page.locator("#change-cells").fill("12,x")
    figure.page.locator("#change-cells").press("Enter")
    assert figure.page.locator("#change-cells").get_attribute("aria-invalid") == "true"
    assert "change.cells" not in hashed(figure)
    problem = figure.page.locator("#change-cells-problem")
    assert problem.inner_text() == "Cells: expected numbers and ranges, such as 12,40-60, found “12,x”."
    assert problem.is_visible()
    figure.page.locator("#change-cells").fill("12")
    figure.page.locator("#change-cells").press("Enter")
    assert problem.is_hidden(), "it is mended"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("change.cells=60", "cell 60: expected 0 to 59, as this model has"),
        ("change.cells=0-29&change.how=scale&change.scale=2", "the cell values grow without bound"),
    ],
)
def test_what_cannot_be_done_is_said_and_then_forgotten(
    open_reader: Callable[..., Reader], place: str, asked: str, message: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(f"{place}#{asked}")
    reader.page.locator("#change").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.includes('{message}')")
    reader.page.locator("#change-cells").fill("5")
    reader.page.locator("#change-cells").press("Enter")
    reader.page.locator("#change-how").select_option("clamp")
    reader.wait(f"{SAID}.startsWith('{COUNT} samples')")
    assert reader.page.locator(".pairs-head.after").inner_text() == "1 cell changed"


def test_futures_are_drawn_on_both_sides(figure: Reader) -> None:
    figure.page.locator(".change-fields").scroll_into_view_if_needed()
    painted = """() => [...document.querySelectorAll(".change-field")].map((box) => {
        const canvas = box.querySelector("canvas:not([hidden])");
        if (canvas === null || canvas.width < 2) return 0;
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const context = copy.getContext("2d", { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, copy.width, copy.height);
        let sum = 0;
        for (let k = 3; k < data.length; k += 4) if (data[k] > 8) sum++;
        return sum;
    })"""
    figure.wait_for(lambda: min(figure.page.evaluate(painted), default=0) > 500, "both fields")
    both = figure.page.evaluate(painted)
    assert len(both) == 2
    assert both[0] != both[1]
    # Both look at one step, and go on together.
    surfaces = figure.page.locator(".change-field .field-surface")
    step = int(surfaces.first.get_attribute("aria-valuenow") or -1)
    assert surfaces.last.get_attribute("aria-valuenow") == str(step)
    surfaces.last.focus()
    figure.page.keyboard.press("ArrowRight")
    assert [surfaces.nth(k).get_attribute("aria-valuenow") for k in (0, 1)] == [str(step + 1)] * 2


def test_a_checkpoint_without_an_atlas_says_what_can_be_done(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str], tmp_path: Path
) -> None:
    file = tmp_path / "alone.safetensors"
    shutil.copy(TINY, file)
    reader = open_reader(reduced_motion="reduce")
    show(reader, serve_page([file]))
    assert "This model has no measured changes to try" in reader.page.evaluate(TOLD)
    assert reader.page.locator(".pairs-head.after").inner_text() == "No cell is changed"
    assert "the ink on the left surprises the model as much as before" in reader.page.evaluate(TOLD)
