"""One step, opened: its numbers fit together, and the reader goes through it by keys, buttons and scrolling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

QUIET = "#playing=0&wall.playing=0"
NUMBER = r"\u2212?\d+\.\d{3}"
HEAD = "document.querySelector('#step .status-line').textContent"


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#step .view").scroll_into_view_if_needed()
    reader.wait("document.querySelector('#step .numbers').textContent !== ''")


def told(reader: Reader, stage: int) -> str:
    return reader.page.locator("#step .numbers").nth(stage).text_content() or ""


def values(reader: Reader, stage: int) -> list[float]:
    return [float(found.replace("\u2212", "-")) for found in re.findall(NUMBER, told(reader, stage))]


def stage(reader: Reader) -> int:
    return int(reader.page.locator("#step .view").get_attribute("aria-valuenow") or -1)


def press(reader: Reader, name: str) -> None:
    reader.page.locator(f"#step-{name}").click()


def test_the_numbers_fit_together(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, f"{quick}{QUIET}&cells.chosen=4&step.drawn=3")
    assert "In cell 4:" in told(reader, 1)
    forget, given, out, candidate = values(reader, 1)
    assert values(reader, 2)[0] == forget
    _, before, kept = values(reader, 2)
    after = values(reader, 3)[-1]
    assert values(reader, 3)[:3] == [given, candidate, pytest.approx(given * candidate, abs=2e-3)]
    assert kept == pytest.approx(forget * before, abs=2e-3)
    assert after == pytest.approx(kept + given * candidate, abs=2e-3)
    # A plain cell shows tanh of its memory.
    assert values(reader, 4) == [
        after,
        pytest.approx(float(np.tanh(after)), abs=2e-3),
        out,
        values(reader, 4)[1],
        pytest.approx(out * float(np.tanh(after)), abs=2e-3),
    ]


def test_keys_and_buttons_go_through_the_stages_and_on_to_the_next_step(
    open_reader: Callable[..., Reader], quick: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{quick}{QUIET}")
    reader.page.locator("#step .view").focus()
    reader.page.keyboard.press("Home")
    reader.wait_for(lambda: stage(reader) == 0, "the first stage")
    reader.page.keyboard.press("ArrowRight")
    reader.wait_for(lambda: stage(reader) == 1, "the second stage")
    press(reader, "next")
    reader.wait_for(lambda: stage(reader) == 2, "the third stage")
    assert "forget" in (reader.page.locator("#step .view").get_attribute("aria-valuetext") or "").lower()
    press(reader, "back")
    reader.wait_for(lambda: stage(reader) == 1, "the second stage again")
    reader.page.locator("#step .view").focus()
    reader.page.keyboard.press("End")
    reader.wait_for(lambda: stage(reader) == 7, "the last stage")
    drawn = told(reader, 7)
    press(reader, "again")
    reader.wait_for(lambda: told(reader, 7) != drawn, "another draw")
    drawn = told(reader, 7).removeprefix("Drawn: ")
    press(reader, "next")
    reader.wait_for(lambda: stage(reader) == 0, "the first stage of the next step")
    reader.wait_for(lambda: told(reader, 0).endswith(drawn), "the drawn movement, read")
    reader.wait(f"{HEAD}.includes('that the model has drawn')")
    reader.wait("location.hash.includes('step.drawn=1')")
    press(reader, "back-to-the-end")
    reader.wait(f"{HEAD}.includes('the last of')")


def test_scrolling_brings_the_stages(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, f"{quick}{QUIET}&step.stage=2")
    for card in (4, 5, 1):
        reader.page.evaluate(
            "(card) => document.querySelectorAll('#step li')[card]"
            ".scrollIntoView({ block: 'center', behavior: 'instant' })",
            card,
        )
        reader.wait(f"document.querySelector('#step .view').ariaValueNow === '{card}'")
        top = reader.page.evaluate("document.querySelector('#step .view').getBoundingClientRect().top")
        assert 0 <= top < 200, "the drawing stays in sight"


def test_the_drawing_follows_the_pen_and_the_chosen_cell(
    open_reader: Callable[..., Reader], quick: str
) -> None:
    reader = open_reader()
    show(reader, f"{quick}{QUIET}")
    reader.wait(f"{HEAD}.includes('the example')")
    before = reader.page.evaluate(HEAD)
    reader.page.locator("#paper").scroll_into_view_if_needed()
    box = reader.page.locator("#paper").bounding_box()
    assert box is not None
    write(reader.page, "re", Hand(box["x"] + 120, box["y"] + 0.6 * box["height"], 30))
    reader.page.locator("#step .view").scroll_into_view_if_needed()
    reader.wait(f"{HEAD}.includes('your ink')")
    number = r"Movement (\d+),"
    assert re.findall(number, reader.page.evaluate(HEAD)) != re.findall(number, before)
    box = reader.page.locator("#step .step-cells").bounding_box()
    assert box is not None
    reader.page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    reader.wait(r"/cells.chosen=\d+(&|$)/.test(location.hash)")
    cell = re.search(r"cells\.chosen=(\d+)", reader.page.url)
    assert cell is not None
    reader.wait_for(lambda: f"In cell {cell[1]}:" in told(reader, 1), "the numbers of the cell")
    assert reader.page.locator("#step-cell").input_value() == cell[1]
    reader.page.locator("#step-cell").fill("9999")
    reader.page.locator("#step-cell").press("Enter")
    problem = reader.page.locator("#step-cell-problem")
    assert re.fullmatch(r"Cell: expected a number from 0 to \d+, found “9999”\.", problem.inner_text())
    reader.page.locator("#step-cell").fill("")
    reader.page.locator("#step-cell").press("Enter")
    assert problem.is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_page_and_the_picture_can_be_downloaded(
    open_reader: Callable[..., Reader], quick: str, width: int
) -> None:
    reader = open_reader(viewport={"width": width, "height": 844})
    show(reader, f"{quick}{QUIET}")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    drawing = reader.download("step-svg").decode()
    assert drawing.startswith("<svg")
    # on a phone, only the part that the stage is about
    assert ("Memory of cell" if width > 390 else "The pen has moved") in drawing
    assert reader.download("step-png").startswith(b"\x89PNG")


def test_in_print_each_stage_has_a_still_picture(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader()
    show(reader, f"{quick}{QUIET}")
    reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert reader.page.locator("#step li .still").count() == 8
    assert all(reader.page.locator("#step li .still").nth(k).inner_html() for k in range(8))
    reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert reader.page.locator("#step li .still").count() == 0
