"""The figure of cells: the numbers that Python has, looked at by mouse and keys, and while a pen writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pentrace.checkpoint import load
from pentrace.engine.writer import Writer
from tests.browser.pen import Hand, write
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from tests.browser.conftest import Reader

STEPS, SEED, VARIATION = 100, 5, 0.8
SAID = "document.querySelector('#cells .status-line').textContent"
SETTINGS = f"#playing=0&wall.playing=0&cells.length={STEPS}&cells.seed={SEED}&cells.variation={VARIATION}"
NUMBER = r"\u2212?\d+\.\d+"


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#cells .view").scroll_into_view_if_needed()
    reader.wait("document.querySelector('.cell-heatmap')?.ariaValueText?.startsWith('Step')")


def told(reader: Reader) -> str:
    return reader.page.locator(".cell-heatmap").get_attribute("aria-valuetext") or ""


def step(reader: Reader) -> int:
    return int(reader.page.locator(".cell-heatmap").get_attribute("aria-valuenow") or -1)


def values(reader: Reader) -> list[float]:
    return [float(found.replace("\u2212", "-")) for found in re.findall(NUMBER, told(reader))]


@pytest.fixture(scope="module")
def c() -> npt.NDArray[np.float32]:
    """[steps, cells] as Python computes it."""
    writer = Writer(load(TINY))
    trace = writer.trace(writer.write(STEPS, seed=SEED, variation=VARIATION))
    assert trace.c is not None
    return trace.c.reshape(STEPS, -1)


@pytest.mark.parametrize(("row", "cell"), [(10, 3), (57, 21), (99, 29)])
def test_a_value_is_the_one_that_python_has(
    open_reader: Callable[..., Reader], quick: str, c: npt.NDArray[np.float32], row: int, cell: int
) -> None:
    reader = open_reader()
    show(reader, quick + SETTINGS + f"&cells.step={row}&cells.chosen={cell}")
    assert step(reader) == row
    assert f"Cell {cell}" in told(reader) or f"cell {cell}" in told(reader)
    assert any(abs(value - float(c[row, cell])) < 6e-4 for value in values(reader)), told(reader)


def test_keys_go_through_steps_and_the_link_keeps_them(
    open_reader: Callable[..., Reader], quick: str
) -> None:
    reader = open_reader()
    show(reader, quick + SETTINGS + "&cells.step=20&cells.chosen=4")
    reader.page.locator(".cell-heatmap").focus()
    before = told(reader)
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        reader.page.keyboard.press(key)
    reader.wait_for(lambda: step(reader) == 21, "the next step")
    reader.page.keyboard.press("ArrowDown")
    reader.wait("location.hash.includes('cells.chosen=') && !/cells.chosen=4(&|$)/.test(location.hash)")
    assert told(reader) != before
    other = open_reader()
    show(other, reader.page.url)
    assert (step(other), told(other)) == (step(reader), told(reader))


def test_a_click_chooses_a_cell_and_a_drag_several(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, quick + SETTINGS)
    box = reader.page.locator(".cell-heatmap").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reader.page.mouse.click(x, y)
    reader.wait(r"/cells.chosen=\d+(&|$)/.test(location.hash)")
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x, y + box["height"] / 4, steps=4)
    reader.page.mouse.up()
    reader.wait(r"/cells.chosen=\d+[-,]\d+/.test(decodeURIComponent(location.hash))")
    assert abs(step(reader) - STEPS / 2) <= 1


def test_cells_follow_a_pen_and_are_cleared(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, quick + SETTINGS)
    reader.page.locator("#cells").get_by_role("button", name="Write yourself").click()
    reader.page.locator(".cells-ink").scroll_into_view_if_needed()
    box = reader.page.locator(".cells-ink").bounding_box()
    assert box is not None
    hand = Hand(box["x"] + 60, box["y"] + 0.65 * box["height"], 26)
    write(reader.page, "e", hand)
    said = r"Number(/over (\d+) steps, your writing/.exec(" + SAID + ")?.[1] ?? 0)"
    reader.wait(f"{said} > 5")
    first = int(reader.page.evaluate(said))
    write(reader.page, "re", Hand(hand.x + 60, hand.y, 26))
    # The size is estimated from all ink, so there can be fewer steps than before.
    reader.wait(f"![0, {first}].includes({said})")
    reader.page.locator("#cells").get_by_role("button", name="Clear").click()
    reader.wait(f"{SAID}.startsWith('Write on the line')")


def test_on_a_phone_nothing_is_wider_than_the_page(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader(viewport={"width": 390, "height": 844}, has_touch=True)
    show(reader, quick + SETTINGS)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_both_downloads_are_what_is_shown(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, quick + SETTINGS)
    assert reader.download("cells-png").startswith(b"\x89PNG")
    drawing = reader.download("cells-svg").decode()
    assert drawing.startswith("<svg")
    assert "<image" in drawing, "the heatmap is one picture in it"
    assert drawing.count("<rect") > 60, "the grid has a square for each cell"
    assert "Along this ink" in drawing, "what is known of the cell"
    assert "@font-face" in drawing
