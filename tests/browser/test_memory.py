"""What it remembers: the page's numbers are Python's, and strokes are chosen by pen and keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pentrace.engine import Prepared
from pentrace.engine.writer import Writer
from pentrace.explain.memory import memory
from tests.browser.pen import Hand, write
from tests.browser.test_wall import hashed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

FACTS = "document.querySelector('.memory-facts').innerText"
SAID = "document.querySelector('#memory .status-line').textContent"
SLIDER = "#memory [role=slider]"
QUIET = "playing=0&wall.playing=0"


@pytest.fixture
def show(open_reader: Callable[..., Reader], address: str) -> Callable[[str], Reader]:
    """Opens the figure with some controls."""

    def shown(controls: str) -> Reader:
        reader = open_reader(reduced_motion="reduce")
        reader.open(f"{address}#{QUIET}&{controls}")
        reader.page.evaluate("document.querySelector('#memory .view').scrollIntoView({ block: 'center' })")
        reader.wait(f"{FACTS}.includes('nats apart')")
        return reader

    return shown


def test_the_numbers_are_those_of_python(show: Callable[[str], Reader]) -> None:
    reader = show("memory.ink=sample&memory.step=120&memory.stroke=4&memory.change=move")
    writer = Writer()
    offsets = writer.engine.sample(writer.engine.start(), 300, seed=3, variation=0.6)
    prepared = Prepared(offsets, 1.0, range(len(offsets) + 1), False)  # type: ignore[arg-type]
    found = memory(writer, prepared, 120, futures=0)
    strokes = sorted({one.begin: one.end for one in found}.items())
    by_change = {one.change: one.divergence for one in found if one.begin == strokes[4][0]}
    text = reader.page.evaluate(FACTS)
    assert f"Stroke 5 moved down, {120 - (strokes[4][1] - 1)} steps ago" in text
    apart = re.search(r"([\d.]+) nats apart; (less than )?([\d.]+) where the stroke only trembles", text)
    assert apart is not None
    assert float(apart[1]) == float(f"{by_change['move']:.2g}")
    assert float(apart[3]) == (0.0001 if apart[2] else float(f"{by_change['tremble']:.2g}"))
    reader.wait(f"{SAID}.startsWith('After 120 of 300 steps.')")
    reader.wait(f"/another in \\d+ of 64 futures \\(in \\d+ where/.test({FACTS})")
    label = reader.page.locator(".memory-curve").get_attribute("aria-label")
    assert label is not None
    assert "192 lines" in label
    svg = reader.download("memory-svg").decode()
    assert "With stroke 5 moved down" in svg
    assert svg.count("<path") > 40


def test_strokes_and_steps_by_keys(show: Callable[[str], Reader]) -> None:
    reader = show("memory.step=180")
    slider = reader.page.locator(SLIDER)
    slider.focus()
    assert slider.get_attribute("aria-valuenow") == "180"
    before = reader.page.evaluate(FACTS)
    reader.page.keyboard.press("ArrowUp")
    reader.wait("location.hash.includes('memory.stroke=')")
    chosen = int(hashed(reader)["memory.stroke"])
    reader.wait(f"{FACTS}.startsWith('Stroke {chosen + 1} left out')")
    assert reader.page.evaluate(FACTS) != before
    reader.page.keyboard.press("ArrowLeft")
    reader.page.keyboard.press("PageDown")
    reader.wait(f"document.querySelector('{SLIDER}').ariaValueNow === '189'")
    reader.wait(f"document.querySelector('{SLIDER}').ariaValueText.includes('Stroke {chosen + 1} left out')")
    reader.page.keyboard.press("Home")
    reader.wait(f"{SAID}.startsWith('No stroke has ended before this step')")
    reader.page.keyboard.press("End")
    reader.wait("!location.hash.includes('memory.step')")


def test_strokes_and_steps_by_pen_in_the_readers_ink(show: Callable[[str], Reader]) -> None:
    reader = show("memory.step=60")
    assert "the example at the top" in reader.page.locator("#memory-caption").inner_text()
    box = reader.page.locator(SLIDER).bounding_box()
    assert box is not None
    left = box["x"] + float(
        reader.page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('{SLIDER}')).paddingLeft)")
    )
    y = box["y"] + 0.3 * box["height"]
    # The ink after the step is pressed, then the ring there is dragged back.
    reader.page.mouse.click(left + 400, y)
    reader.wait(f"Number(document.querySelector('{SLIDER}').ariaValueNow) > 100")
    later = int(reader.page.locator(SLIDER).get_attribute("aria-valuenow") or 0)
    reader.page.mouse.move(left + 400, y)
    reader.page.mouse.down()
    reader.page.mouse.move(left + 340, y, steps=3)
    reader.page.mouse.up()
    reader.wait(f"Number(document.querySelector('{SLIDER}').ariaValueNow) < {later}")
    # A stroke before it is pressed.
    reader.page.mouse.click(left + 20, y)
    reader.wait(f"{FACTS}.startsWith('Stroke 1 left out')")
    reader.page.evaluate("document.querySelector('#paper').scrollIntoView({ block: 'center' })")
    paper = reader.page.locator("#paper").bounding_box()
    assert paper is not None
    write(reader.page, "here", Hand(paper["x"] + 90, paper["y"] + 0.6 * paper["height"]))
    reader.settle()
    reader.page.evaluate("document.querySelector('#memory .view').scrollIntoView({ block: 'center' })")
    reader.wait("document.querySelector('#memory-caption').innerText.includes('what you have written')")
    reader.wait(f"{FACTS}.includes('nats apart') && {SAID}.startsWith('After ')")
