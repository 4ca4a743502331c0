"""What the reader has written is in every figure; and what is missing is said, in a model without an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.pen import Hand, write
from tests.change_atlas import measured_atlas

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.atlas import Atlas
    from tests.browser.conftest import Reader

QUIET = "#playing=0&wall.playing=0"

CLEARED = """() => {
    window.cleared = new Map();
    const clear = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (x, y, width, height) {
        const { canvas } = this;
        const areas = window.cleared.get(canvas) ?? [];
        areas.push((width * height) / (canvas.width * canvas.height));
        window.cleared.set(canvas, areas);
        clear.call(this, x, y, width, height);
    };
}"""
AREAS = """(layer) => window.cleared.get(document.querySelectorAll("#paper canvas")[layer]) ?? []"""


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return measured_atlas()


def said(name: str) -> str:
    return f"document.querySelector('#{name} .status-line').textContent"


def show(reader: Reader, name: str) -> None:
    reader.page.evaluate("(id) => document.getElementById(id).scrollIntoView()", name)
    reader.wait(f"!document.querySelector('#{name}-svg').disabled")


def test_every_figure_takes_the_readers_ink_as_soon_as_there_is_some(
    open_reader: Callable[..., Reader], place: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(place + QUIET)
    page = reader.page
    shown = "(name) => document.querySelector(`[data-ink=${name}]`).textContent"
    assert page.evaluate(shown, "field") == page.evaluate(shown, "cells") == "a line that the model wrote"
    assert page.evaluate(shown, "change") == "Both sides begin a new line"
    box = page.locator("#paper").bounding_box()
    assert box is not None
    write(page, "we", Hand(box["x"] + 90, box["y"] + 0.6 * box["height"], 34))
    movements = reader.movements
    assert movements > 0
    for name in ("field", "cells", "why", "atlas"):
        assert page.evaluate(shown, name) == "what you have written"
    assert page.evaluate(shown, "change") == "Both sides go on from what you have written"
    assert page.locator("#field-ink").input_value() == page.locator("#cells-ink").input_value() == "yours"
    assert page.locator("#change-primed").is_checked()
    assert "field.ink" not in page.url, "it is no choice of the reader's"
    show(reader, "field")
    reader.wait(f"document.querySelector('.field-surface').ariaValueMax === '{movements}'")
    # The atlas has it although the figure of cells has not been in view.
    show(reader, "atlas")
    reader.wait(f"document.querySelector('.ink-span').ariaValueMax === '{movements - 1}'")
    show(reader, "why")
    reader.wait(f"{said('why')}.includes(' of {movements}:')")
    show(reader, "change")
    reader.wait(f"{said('change')}.includes('in your hand')")
    show(reader, "cells")
    reader.wait(f"/over {movements} steps, your writing/.test({said('cells')})")
    # Nothing is left of it: the figures have their own again.
    page.locator("#cells").get_by_role("button", name="Undo").click()
    page.locator("#cells").get_by_role("button", name="Redo").click()
    reader.wait(f"/over {movements} steps, your writing/.test({said('cells')})")
    page.locator("#cells").get_by_role("button", name="Clear").click()
    reader.wait("document.querySelector('[data-ink=field]').textContent === 'a line that the model wrote'")
    # What the reader chooses stays.
    page.locator("#field-ink").select_option("line")
    reader.wait("location.hash.includes('field.ink=line')")


def test_a_model_without_an_atlas_says_what_is_missing_and_how_to_make_it(
    open_reader: Callable[..., Reader], quick: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(quick + QUIET)
    page = reader.page
    for name in ("cells", "atlas", "change"):
        show(reader, name)
    reader.wait(f"{said('atlas')}.includes('pentrace atlas tiny.safetensors')")
    assert page.locator("#atlas .view").is_hidden()
    assert page.locator("#atlas .atlas-details").is_hidden()
    box = page.locator("#atlas").bounding_box()
    assert box is not None
    assert box["height"] < 200, "no empty frame"
    reader.wait(f"{said('cells')}.includes('it has no atlas')")
    reader.wait(
        "document.querySelector('.change-facts').textContent.includes('pentrace atlas tiny.safetensors')"
    )
    assert page.locator(".change-effects").is_hidden()
    text = page.locator("main").inner_text()
    assert "The first change" not in text
    assert "a change from the list" not in text


def test_the_paper_redraws_only_what_moves(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader()
    reader.page.add_init_script(f"({CLEARED})()")
    reader.open(place + "#wall.playing=0")
    page = reader.page
    reader.settle()
    reader.wait("document.querySelector('#status').textContent.startsWith('Write')")
    page.evaluate("window.cleared.clear()")
    reader.wait(f"({AREAS})(2).length > 20")
    clouds, shown = (page.evaluate(AREAS, layer) for layer in (1, 2))
    parts = [area for area in shown if area < 1]
    assert len(parts) > len(shown) / 4, "a frame draws the newest of the strand"
    assert sum(parts) / len(parts) < 0.2
    assert len(clouds) < len(shown), "the others stay"
    # At rest, and out of view, nothing is drawn at all.
    reader.pause()
    show(reader, "wall")
    reader.wait("document.querySelector('#wall .status-line').textContent.startsWith('24')")

    def rests() -> bool:
        page.evaluate("window.cleared.clear()")
        page.wait_for_timeout(1000)
        return bool(page.evaluate("[...window.cleared.values()].flat().length === 0"))

    reader.wait_for(rests, "the paper to rest")
