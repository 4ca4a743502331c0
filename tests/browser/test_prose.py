"""The text: its cells can be chosen, its notes lead there and back, and it speaks of the checkpoint that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import host
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

QUIET = "playing=0&wall.playing=0"
TEXT = host.ROOT / "src/pentrace/weights/text.safetensors"


@pytest.fixture(scope="module")
def several(serve_page: Callable[[list[Path]], str]) -> str:
    """The page with the default checkpoint, one that knows text, and a small one without an atlas."""
    return serve_page([host.DEFAULT, TEXT, TINY])


def seen(reader: Reader, condition: str) -> bool:
    return bool(reader.page.locator(f'[data-when="{condition}"]').first.is_visible())


def test_a_cell_in_a_sentence_is_chosen_by_a_click(open_reader: Callable[..., Reader], several: str) -> None:
    reader = open_reader()
    reader.open(f"{several}#{QUIET}")
    link = reader.page.locator('[data-cell="direction"]').first
    link.scroll_into_view_if_needed()
    cell = "".join(filter(str.isdigit, link.inner_text()))
    link.click()
    reader.wait(f"/cells.chosen={cell}(&|$)/.test(location.hash)")
    reader.wait(f"document.querySelector('.cell-heatmap')?.ariaValueText?.includes('Cell {cell}')")
    assert reader.page.locator("#announcement").text_content() == f"Cell {cell} is chosen."


def test_a_note_and_back_leave_the_address_alone(open_reader: Callable[..., Reader], several: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(f"{several}#{QUIET}")
    before = reader.page.url
    reader.page.locator("#from-graves").click()
    reader.wait("document.activeElement.id === 'note-graves'")
    assert reader.page.locator("#note-graves").is_visible()
    reader.page.locator("#note-graves .back").click()
    reader.wait("document.activeElement.id === 'from-graves'")
    assert reader.page.url == before


def test_the_text_speaks_of_the_checkpoint_that_is_open(
    open_reader: Callable[..., Reader], several: str
) -> None:
    reader = open_reader()
    reader.open(f"{several}#{QUIET}")
    assert seen(reader, "no text")
    assert not seen(reader, "text")
    reader.open(f"{several}?checkpoint=text#{QUIET}")
    reader.wait("document.querySelector('#model').textContent.includes('text')")
    assert seen(reader, "text")
    assert not seen(reader, "no text")
    reader.open(f"{several}?checkpoint=tiny#{QUIET}")
    reader.wait("document.querySelector('#model').textContent.includes('30 cells')")
    # Two layers of 30.
    facts = reader.page.locator('[data-fact="hidden"]').all_text_contents()
    assert set(facts) == {"60"}
    assert not seen(reader, "IAM-OnDB")
    # Without an atlas no cell is named.
    reader.wait("[...document.querySelectorAll('[data-when=atlas]')].every((part) => part.hidden)")
