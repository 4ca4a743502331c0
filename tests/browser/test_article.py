"""The article as a whole: nothing shifts, everything has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pentrace.measure.effects import DRAWS, Setup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

SHIFTS = """() => new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
        observer.disconnect();
        resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0));
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(0), 500);
})"""
NAMELESS = """() => [...document.querySelectorAll("main button, main input, main select, main figure")]
    .filter((el) => !(el.ariaLabel || el.textContent.trim() || el.closest("label")?.textContent.trim()
        || document.getElementById(el.getAttribute("aria-labelledby"))?.textContent.trim()))
    .map(({ outerHTML }) => outerHTML)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_while_figures_start(
    open_reader: Callable[..., Reader], address: str, width: int
) -> None:
    reader = open_reader(viewport={"width": width, "height": 844})
    reader.open(f"{address}#playing=0&wall.playing=0")
    figures = reader.page.evaluate("[...document.querySelectorAll('section figure')].map(({ id }) => id)")
    assert {"wall", "neaten"} <= set(figures)
    for name in figures:
        reader.page.locator(f"#{name}").scroll_into_view_if_needed()
        reader.wait(f"!document.querySelector('#{name}-svg').disabled")
    assert reader.page.evaluate(SHIFTS) < 0.01
    assert reader.page.evaluate(NAMELESS) == []
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_numbers_that_the_prose_spells_out_are_the_figures_own(reader: Reader, repository: Path) -> None:
    page = reader.page
    prose = " ".join(page.locator("body").inner_text().split())
    for name in ("wall", "field"):
        page.locator(f"#{name}").scroll_into_view_if_needed()
        reader.wait(f"!document.querySelector('#{name}-svg').disabled")
    # How many samples there are, how many draws each is, how many futures a step has.
    assert "Twenty-four samples of one model" in prose
    assert page.locator("#wall .view button").count() == 24
    assert "Five hundred steps later" in prose
    assert page.locator("#wall-step").get_attribute("max") == "500"
    assert "fifty times each" in prose
    assert "Fifty futures start at each of its points" in prose
    assert page.locator("#field-count").input_value() == "50"
    # What a measured change rests on.
    assert "measured over two hundred samples" in prose
    assert "nineteen random choices" in prose
    assert Setup().samples == 200
    assert DRAWS == 19
    # Who wrote what the model has learned from.
    assert "some two hundred pens" in prose
    card = (repository / "src/pentrace/weights/MODEL_CARD.md").read_text(encoding="utf-8")
    assert "some 200 people" in card
