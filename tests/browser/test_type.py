"""Type, and watch it write: what a reader types, sees, moves and takes away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pentrace import Writer
from pentrace.engine.text.written import CAP
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.ink import Ink, formats
from pentrace.measure.fit_traits import traits_of
from tests.browser import pen
from tests.browser.host import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

SAID = "document.querySelector('#type .status-line').textContent"
WRITTEN = f"{SAID}.startsWith('Written')"
POINT = "Number(document.querySelector('.type-stairs').ariaValueNow)"
QUICK = "type.candidates=1&type.playing=0"
HAND = 743


@pytest.fixture(scope="module")
def place(serve_page: Callable[[list[Path]], str]) -> str:
    """Where the page is, with the default checkpoint and the one that knows text."""
    return serve_page([DEFAULT, TEXT_CHECKPOINT])


@pytest.fixture
def typed(open_reader: Callable[..., Reader], place: str) -> Callable[..., Reader]:
    """Opens the page with settings of the figure, goes to it and waits until the text is written."""

    def make(settings: str = QUICK, **options: Any) -> Reader:
        reader = open_reader(**options)
        reader.open(f"{place}#playing=0&{settings}")
        reader.page.locator("#type .view").scroll_into_view_if_needed()
        reader.page.locator("#type-text").focus()
        reader.wait("document.querySelector('#type .view').ariaBusy === 'false'")
        return reader

    return make


def write(reader: Reader, text: str) -> None:
    """Types a text in place of the one that is there, and waits until it is written."""
    reader.page.locator("#type-text").fill(text)
    reader.wait(f"document.querySelector('#type .type-letters').textContent === {json.dumps(text)}")
    reader.wait("document.querySelector('#type .view').ariaBusy === 'false'")


def ink(reader: Reader) -> Ink:
    """The ink that the figure's JSON has."""
    reader.wait("!document.querySelector('#type-json').disabled")
    return formats.decode(reader.download("type-json"), "type.json")


def settle(reader: Reader) -> None:
    """Waits until the whole text is there and the pen has come to its end."""
    reader.wait("document.querySelector('#type .view').ariaBusy === 'false'")
    reader.wait("document.querySelector('#type-playing').textContent === 'Play'")


def test_the_model_is_loaded_when_the_reader_comes(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(viewport={"width": 1280, "height": 800})
    reader.open(place)

    def fetched() -> int:
        return sum(url.endswith("/text.safetensors") for url in reader.requests)

    assert fetched() == 0
    reader.page.locator("#type .type-letters").scroll_into_view_if_needed()
    reader.wait(f"{POINT} > 20 && {POINT} < 600")
    reader.wait("document.querySelector('.letter.now') !== null")
    reader.wait("document.querySelectorAll('.type-hand svg').length === 8")
    assert fetched() == 1
    # The pace is that of a pen, whatever the machine can do.
    assert reader.page.locator("#type-playing").inner_text() == "Pause"


@pytest.mark.parametrize("candidates", [1, 4])
def test_it_writes_what_is_typed_as_python_does(typed: Callable[..., Reader], candidates: int) -> None:
    reader = typed(f"type.playing=0&type.candidates={candidates}&type.hand={HAND}&type.variation=0.4")
    write(reader, "a note")
    found = ink(reader)
    wanted = Writer(TEXT_CHECKPOINT).write_text(
        "a note", hand=HAND, seed=2, variation=0.4, candidates=candidates
    )
    assert found == wanted.ink


def test_files_know_the_words(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=to+Ada")
    reader.wait("!document.querySelector('#type-json').disabled")
    drawing = reader.download("type-svg").decode()
    assert re.findall(r'<g id="word-\d+"><title>(\w+)</title>', drawing) == ["to", "Ada"]
    assert 'aria-label="to Ada"' in drawing
    document = json.loads(reader.download("type-json"))
    assert document["text"] == "to Ada"
    assert document["controls"]["candidates"] == 1
    assert reader.download("type-png").startswith(b"\x89PNG")


def test_another_take_and_a_link_to_it(typed: Callable[..., Reader], place: str) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    first = ink(reader)
    reader.press("type-another-take")
    reader.wait("location.hash.includes('type.seed=3')")
    reader.press("type-playing")
    settle(reader)
    second = ink(reader)
    assert second != first
    link = reader.page.evaluate("location.hash.slice(1)")
    assert ink(typed(link)) == second


def test_pressing_a_letter_writes_it_next(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    before = ink(reader)
    reader.page.get_by_role("button", name="d, letter 2").click()
    reader.wait("location.hash.includes('type.moves=')")
    settle(reader)
    after = ink(reader)
    assert before.characters is not None
    assert after.characters is not None
    n = len(before)
    np.testing.assert_array_equal(after.points[:n, 0], before.points[:n, 0])
    assert after.characters[n] == 1
    assert set(after.characters[n:]) == {1, 2}
    reader.press("type-as-it-was")
    # What was written stays until all of it is there without the move.
    reader.wait_for(lambda: ink(reader) == before, "the text without the move")


def test_an_empty_line_stays_free(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.hand={HAND}&type.text=an%0A%0Aoak")
    wanted = Writer(TEXT_CHECKPOINT).write_text("an\n\noak", hand=HAND, seed=2, candidates=1)
    assert ink(reader) == wanted.ink


def test_holding_a_letter_has_a_bound(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada&type.step=10")
    reader.press("type-hold-the-letter")
    reader.wait("document.querySelector('#type-hold-the-letter').ariaPressed === 'true'")
    settle(reader)
    held = ink(reader).characters
    assert held is not None
    assert 240 <= np.count_nonzero(held == 0) <= 240 + 10 + CAP
    assert set(held) == {0, 1, 2}


def test_what_cannot_be_written_is_said(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    reader.page.locator("#type-text").fill("1 + 1 ☃")
    said = reader.wait("document.querySelector('#type-problem').textContent")
    assert said == ("The model has not learned every character: “plus” is written for “+”, “☃” is left out.")
    reader.wait("document.querySelector('#type .type-letters').textContent === '1 plus 1'")
    # What a hand writes in one way is not worth a word.
    reader.page.locator("#type-text").fill("\u201cI\u2019d\u201d \u2013 \ufb01t")
    reader.wait("document.querySelector('#type .type-letters').textContent === '\"I\\'d\" - fit'")
    assert reader.page.locator("#type-problem").inner_text() == ""
    reader.page.locator("#type-text").fill("   ")
    reader.wait(f"{SAID}.startsWith('Type something above')")
    assert reader.page.locator("#type-json").is_disabled()


def test_long_texts_are_lines(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    text = "word " * 20
    write_to = reader.page.locator("#type-text")
    write_to.fill(text)
    reader.wait("document.querySelectorAll('.letters-line').length === 2")
    settle(reader)
    reader.wait(WRITTEN)
    assert ink(reader).text == "\n".join(" ".join(["word"] * n) for n in (13, 7))


def test_ink_stairs_and_text_point_at_each_other(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    stairs = reader.page.locator(".type-stairs")
    stairs.focus()
    reader.page.keyboard.press("Home")
    reader.wait(f"{SAID}.startsWith('Point 1: “A”')")
    reader.page.keyboard.press("PageDown")
    reader.wait(f"/^Point \\d+: “d”, its point 1\\. The letter is finished/.test({SAID})")
    reader.wait("document.querySelector('.letter.now').textContent === 'd'")
    assert stairs.get_attribute("aria-valuetext") == reader.page.evaluate(SAID)
    stairs.hover(position={"x": 3, "y": 40})
    reader.wait("document.querySelector('.letter.now').textContent === 'A'")
    reader.page.locator("#type-playing").hover()
    reader.wait("document.querySelector('.letter.now').textContent === 'd'")


def test_a_hand_can_be_chosen(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    before = ink(reader)
    reader.page.locator(".type-hand").nth(3).click()
    chosen = reader.wait("new URLSearchParams(location.hash.slice(1)).get('type.hand')")
    reader.press("type-playing")
    settle(reader)
    assert ink(reader) != before
    reader.page.keyboard.press("Tab")
    assert reader.page.locator(".type-hand[aria-checked=true]").get_attribute("data-hand") == chosen


def test_the_hand_is_slanted_and_put_back(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.hand={HAND}&type.text=till noon")
    before = ink(reader)
    summary = reader.page.locator(".type-traits summary")
    summary.press("Enter")
    slider = reader.page.get_by_role("slider", name="Slant", exact=True)
    for _ in range(6):
        slider.press("ArrowRight")
    wanted = Writer(TEXT_CHECKPOINT).write_text(
        "till noon", hand=HAND, traits={"slant": 1.5}, seed=2, candidates=1
    )
    reader.wait_for(lambda: ink(reader) == wanted.ink, "the text in the slanted hand")
    assert traits_of(wanted.ink, "till noon")[0] > traits_of(before, "till noon")[0] + 5
    reader.wait("location.hash.includes('type.slant=1.5')")
    assert summary.inner_text() == "Change this hand: slant\u00a0+1.5"
    assert slider.get_attribute("aria-valuetext") == "+1.5"
    assert json.loads(reader.download("type-json"))["controls"]["traits"] == {"slant": 1.5}
    reader.press("type-as-it-is")
    reader.wait_for(lambda: ink(reader) == before, "the text in the hand as it is")
    assert summary.inner_text() == "Change this hand"
    assert "traits" not in json.loads(reader.download("type-json"))["controls"]


def test_what_was_written_opens_in_another_figure(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    points = len(ink(reader))
    reader.press("type-open-in-futures")
    reader.wait("location.search === '?checkpoint=text'")
    reader.wait("document.querySelector('#field-ink').value === 'opened'")
    reader.wait(f"document.querySelector('#field .view [role=slider]')?.ariaValueMax === '{points - 1}'")
    assert reader.movements == points - 1


def test_of_several_lines_the_one_under_the_pen_opens(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada%0Aan oak")
    reader.wait(f"{SAID}.includes('Other figures open line 2.')")
    button = reader.page.locator("#type-open-in-futures")
    assert button.inner_text() == "Open line 2 in futures"
    # The pen goes to the beginning of the text, and back to its end.
    reader.page.locator(".type-stairs").press("Home")
    reader.wait_for(lambda: button.inner_text() == "Open line 1 in futures", "line 1")
    reader.page.locator(".type-stairs").press("End")
    reader.wait_for(lambda: button.inner_text() == "Open line 2 in futures", "line 2")
    written = ink(reader)
    assert written.characters is not None
    last = int((written.characters > len("Ada")).sum())
    assert last not in (0, len(written) - last)
    reader.press("type-open-in-futures")
    reader.wait("document.querySelector('#field-ink').value === 'opened'")
    reader.wait(f"document.querySelector('#field .view [role=slider]')?.ariaValueMax === '{last - 1}'")


def test_in_the_readers_own_hand(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    before = ink(reader)
    hint = "document.querySelector('.type-own .type-hint').textContent"
    reader.page.locator("#type-own").check()
    reader.wait(f"{hint}.startsWith('Write a line in the figure above')")
    reader.page.locator("#paper").scroll_into_view_if_needed()
    box = reader.page.locator("#paper").bounding_box()
    assert box is not None
    pen.write(reader.page, "here", pen.Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    reader.wait(f"{hint}.startsWith('Say what your line says')")
    reader.page.locator("#type-said").fill("a line about something else")
    reader.wait(f"{hint}.startsWith('This does not fit your line')")
    reader.page.locator("#type-said").fill("here")
    reader.wait(f"{hint}.startsWith('Your letters are found')")
    # The pen moves only where it is seen.
    reader.page.locator("#type .view").scroll_into_view_if_needed()
    settle(reader)
    after = ink(reader)
    assert after.text == "Ada"
    assert after != before


def test_less_motion_shows_it_at_once(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(f"{place}#type.candidates=1")
    reader.page.locator("#type-text").focus()
    reader.wait(WRITTEN)
    reader.wait("document.querySelector('#announcement').textContent.includes('Dear Ada')")
    assert reader.page.locator("#type-playing").inner_text() == "Play"


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
def test_it_fits(typed: Callable[..., Reader], width: int) -> None:
    reader = typed(f"{QUICK}&type.text=Dear+Ada%2C+how+are+you", viewport={"width": width, "height": 800})
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width


def test_without_a_model_that_knows_text_it_says_so(reader: Reader) -> None:
    reader.page.locator("#type-text").focus()
    reader.wait(f"{SAID}.startsWith('No checkpoint that knows text is offered here.')")


def test_the_other_figures_read_it_with_its_text(typed: Callable[..., Reader]) -> None:
    reader = typed(f"{QUICK}&type.text=Ada")
    last = len(ink(reader)) - 1
    reader.press("type-open-in-futures")
    reader.wait("location.search === '?checkpoint=text'")
    facts = reader.page.locator("#field .facts h3")
    reader.wait("document.querySelector('#field-ink').value === 'opened'")
    slider = reader.page.locator("#field .view [role=slider]")
    reader.wait(f"document.querySelector('#field .view [role=slider]').ariaValueMax === '{last}'")
    slider.focus()
    slider.press("End")
    reader.wait_for(lambda: facts.inner_text() == f"Step {last} of {last}: the end", "the end")
    slider.press("Home")
    reader.wait_for(lambda: facts.inner_text() == f"Step 0 of {last}: “A” of “Ada”", "the first letter")
    step = reader.page.locator("#step .status-line")
    step.scroll_into_view_if_needed()
    reader.wait_for(lambda: step.inner_text().endswith("of the text. The pointer stands at the end"), "step")
    change = reader.page.locator("#change .status-line")
    change.scroll_into_view_if_needed()
    reader.wait_for(lambda: change.inner_text().startswith("4 samples of “Ada”"), "change")
    label = reader.page.locator("#change-primed + span")
    assert label.inner_text() == "The opened text"
