"""The guided tour: a bar with a question, the figure set up beside it, by the keyboard and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.test_access import LEAST_CONTRAST, LOW_CONTRAST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

IN_SIGHT = """(id) => {
    const { top, bottom } = document.getElementById(id).getBoundingClientRect();
    const end = document.querySelector('.tour').getBoundingClientRect().top;
    return top < end - 100 && bottom > 100;
}"""


def said(reader: Reader) -> str:
    return reader.page.locator(".tour").inner_text()


def test_from_station_to_station(reader: Reader) -> None:
    page = reader.page
    assert page.locator(".tour").count() == 0
    page.locator("#tour-link").focus()
    page.keyboard.press("Enter")
    reader.wait("document.activeElement.matches('.tour')")
    assert said(reader).startswith("1 of 8: It guesses what comes next")
    assert page.get_by_role("button", name="Previous", exact=True).is_disabled()

    # The answer is there when it is asked for.
    answer = page.locator(".tour-answer")
    assert not answer.is_visible()
    page.get_by_role("button", name="Show the answer").click()
    assert answer.inner_text().startswith("Every guess starts where the ink ends")
    assert page.get_by_role("button", name="Hide the answer").get_attribute("aria-expanded") == "true"

    following = page.locator(".tour").get_by_role("button", name="Next", exact=True)
    for number in range(2, 9):
        following.click()
        reader.wait(f"document.querySelector('.tour').innerText.startsWith('{number} of 8')")
        assert not answer.is_visible()
    assert following.is_disabled()
    reader.wait("location.hash.includes('change.preset=lift-silent') && location.hash.includes('tour=8')")
    reader.wait_for(lambda: page.evaluate(IN_SIGHT, "swap"), "the last figure in sight")
    # From the title of the station the next Tab goes into the figure.
    page.locator(".tour-title").click()
    assert page.evaluate("document.activeElement.id") == "swap"

    page.get_by_role("button", name="Close the tour").click()
    assert not page.locator(".tour").is_visible()
    assert page.evaluate("document.activeElement.id") == "tour-link"
    reader.wait("!location.hash.includes('tour')")


def test_a_link_to_a_station(open_reader: Callable[..., Reader], address: str) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
    reader = open_reader(**phone, color_scheme="dark")
    reader.open(f"{address}#tour=3")
    reader.wait("document.querySelector('.tour')?.innerText.startsWith('3 of 8')")
    reader.wait("document.querySelector('#step-cell').value === '4'")
    reader.wait("document.querySelector('#step .view').ariaValueText?.startsWith('It forgets')")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert reader.page.evaluate(LOW_CONTRAST, LEAST_CONTRAST) == []
    boxes = [each.bounding_box() for each in reader.page.locator(".tour .actions button, .tour-close").all()]
    assert all(box is not None and box["height"] >= 40 and box["width"] >= 40 for box in boxes)

    # A link that says more is left as it is.
    reader.page.goto("about:blank")
    reader.open(f"{address}#tour=3&cells.chosen=9")
    reader.wait("document.querySelector('.tour')?.innerText.startsWith('3 of 8')")
    assert reader.page.locator("#step-cell").input_value() == "9"
