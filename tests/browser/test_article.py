"""The article as a whole: nothing shifts, everything has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

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
