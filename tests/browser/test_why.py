"""Votes at a fork: the numbers that Python has, which add up on the page too, and what silence does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pentrace.engine import Prepared
from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
from pentrace.explain.votes import silence, votes
from tests.browser.host import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

STEPS, SEED, VARIATION, SILENT = 150, 1, 0.5, 6
LINK = f"#playing=0&wall.playing=0&cells.length={STEPS}&cells.seed={SEED}&why.silent={SILENT}"
HEAD = "document.querySelector('#why .status-line').textContent"
TOLD = "document.querySelector('#why .why-told').textContent"


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.evaluate("document.querySelector('#why').scrollIntoView({ behavior: 'instant' })")
    reader.wait("document.querySelector('#why .total') !== null")


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def rows(reader: Reader) -> list[tuple[str, float]]:
    """Names and numbers of the list and of its foot."""
    names = reader.page.locator("#why .vote-name").all_text_contents()
    values = reader.page.locator("#why .vote-number").all_text_contents()
    return [(name, number(value)) for name, value in zip(names, values, strict=True)]


def step(reader: Reader) -> int:
    return int(reader.page.locator(".why-ink").get_attribute("aria-valuenow") or -1)


@pytest.fixture(scope="module")
def source() -> tuple[Writer, Prepared]:
    """The sample that the page opens with, as Python has it."""
    writer = Writer()
    offsets = writer.engine.sample(writer.engine.start(), STEPS, seed=SEED, variation=VARIATION)
    return writer, Prepared(offsets, 1.0, np.arange(STEPS + 1, dtype=np.int32), False)


def test_the_page_has_the_numbers_of_python(
    open_reader: Callable[..., Reader], address: str, source: tuple[Writer, Prepared]
) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, address + LINK)
    # It opens at a fork, after which the ink goes on.
    assert "two ways on" in reader.wait(HEAD)
    assert 0 < step(reader) < STEPS
    found = votes(*source, step(reader))
    shown = rows(reader)
    listed = [(int(name.removeprefix("Cell ")), vote) for name, vote in shown[:-3]]
    assert [cell for cell, _ in listed] == found.ranked()[: len(listed)]
    for cell, vote in listed:
        assert vote == pytest.approx(found.weight[cell], abs=0.0101)
    name, total = shown[-1]
    assert name == "Log-odds"
    assert total == pytest.approx(found.log_odds, abs=0.0051)
    # What is printed adds up, to the last digit.
    assert sum(vote for _, vote in shown[:-1]) == pytest.approx(total, abs=1e-9)

    reader.wait(f"{TOLD}.includes('times:')")
    silent = silence(*source, found, SILENT)
    told = [int(share) for share in re.findall(r"(\d+)\u00a0%", reader.wait(TOLD))]
    random = silent.random_always
    expected = (silent.before, silent.at_step, silent.always, min(random), max(random))
    assert told == [pytest.approx(100 * share, abs=0.51) for share in expected]
    assert reader.page.locator("#why .vote.silent").count() > 0

    # With the widths, all parts make the density, and add up to the last digit too.
    reader.page.locator("#why-sum").select_option("density")
    reader.wait("document.querySelector('#why .total').textContent.startsWith('Log density')")
    *parts, (_, density) = rows(reader)
    assert density == pytest.approx(found.log_density, abs=0.0051)
    assert sum(part for _, part in parts) == pytest.approx(density, abs=1e-9)
    assert [name for name, _ in parts[-3:]] == ["Biases", "Correlations", "Other places"]

    # The cells of the other way are silenced in the same way.
    reader.page.locator("#why-side").select_option("other")
    against = silence(*source, found, SILENT, other=True)
    at_step = f"to {100 * against.at_step:.0f}\u00a0% of both"
    reader.wait(f"{TOLD}.includes('{at_step}')")
    reader.wait("location.hash.includes('why.side=other')")


def test_forks_cells_and_inputs_are_chosen_by_keys_and_kept_in_the_link(
    open_reader: Callable[..., Reader], address: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, address + LINK)
    page = reader.page
    first = step(reader)
    ink = page.locator(".why-ink")
    ink.focus()
    page.keyboard.press("Shift+ArrowLeft")
    reader.wait_for(lambda: step(reader) < first, "the fork before")
    page.keyboard.press("ArrowRight")
    reader.wait("document.querySelector('.why-ink').ariaValueText.includes('of 150')")
    page.get_by_role("button", name="Next fork").click()
    reader.wait_for(lambda: step(reader) == first, "the fork after")
    reader.wait(f"location.hash.includes('why.step={first}')")

    # A cell of the list: its votes at other forks lead there.
    page.mouse.move(1, 1)  # or it would rest on another view when the page scrolls
    page.locator("#why button.vote").nth(2).focus()
    cell = (page.locator("#why .vote-name").nth(2).text_content() or "").removeprefix("Cell ")
    reader.wait(f"document.querySelector('.why-cell').textContent.startsWith('Cell {cell} ')")
    page.keyboard.press("Enter")
    reader.wait(f"location.hash.includes('cells.chosen={cell}')")
    other = page.locator(".why-elsewhere button").first
    there, vote = re.findall(r"(\d+): (.+)", other.text_content() or "")[0]
    other.click()
    reader.wait_for(lambda: step(reader) == int(there), "the other fork")
    reader.wait(f"document.querySelector('.why-cell').textContent.startsWith('Cell {cell} votes {vote} ')")

    # An input is taken away; then no cell is silent.
    assert "silent" in (page.locator(".why-title").nth(1).text_content() or "")
    page.get_by_role("button", name="Take away the pen").click()
    reader.wait(
        "document.querySelectorAll('.why-title')[1].textContent === 'Without the pen\u2019s last movement'"
    )
    reader.wait("document.querySelectorAll('#why .vote.silent').length === 0")
    reader.wait("location.hash.includes('why.without=pen')")
    # At the start of the ink there is one way on, and the figure says so.
    ink.focus()
    page.keyboard.press("Home")
    reader.wait_for(lambda: step(reader) == 1, "the first step")
    reader.wait(f"{HEAD}.startsWith('Step 1 of 150')")


def test_with_a_text_the_characters_are_inputs(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]
) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, serve_page([DEFAULT, TEXT_CHECKPOINT]) + "?checkpoint=text" + LINK)
    page = reader.page
    page.get_by_role("button", name="Open “little by little”").click()
    reader.wait("document.querySelectorAll('.why-inputs tbody tr').length === 10")
    assert page.locator(".why-offer").is_hidden()
    names = page.locator(".why-inputs tbody th").all_text_contents()
    assert any(name.startswith("The character at the pointer, “") for name in names)
    page.get_by_role("button", name="Take away the hand").click()
    reader.wait("document.querySelectorAll('.why-title')[1].textContent === 'Without the hand'")
