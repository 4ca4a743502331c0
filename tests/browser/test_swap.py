"""One hand's state put into another's: the page puts in what Python does, at any step, and says what comes along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pentrace.checkpoint import load
from pentrace.engine.interventions import cells_of
from pentrace.engine.writer import Writer
from pentrace.explain.hands import own_lines, telling, traits_after
from tests.browser.notebook import Notebook
from tests.browser.test_python import offsets_of, same
from tests.browser.test_wall import hashed
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

SAID = "document.querySelector('#swap .status-line').textContent"
TOLD = "document.querySelector('.swap-told').textContent"
COUNT = 3


@pytest.fixture
def figure(open_reader: Callable[..., Reader], quick: str) -> Reader:
    """The figure at rest, with all its numbers."""
    reader = open_reader(reduced_motion="reduce")
    show(reader, quick)
    return reader


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#swap .view").scroll_into_view_if_needed()
    measured(reader)


def measured(reader: Reader) -> None:
    reader.wait(f"{SAID}.startsWith('After')")
    reader.wait(f"/further than|as many other cells/.test({TOLD})")


def slants(reader: Reader) -> tuple[float, float, float]:
    """Of the receiver, of the receiver with the donor's cells, and of the donor."""
    text = reader.page.locator(".swap-traits [data-trait=slant] .swap-detail").inner_text()
    found = re.match(r"(\S+) → (\S+) degrees; donor ([^\s;]+)", text)
    assert found is not None, text
    receiver, both, donor = (float(part.replace("\N{MINUS SIGN}", "-")) for part in found.groups())
    return receiver, both, donor


def after_line(step: int) -> float:
    """The slant of what Python writes after some movements of the line that the page begins with."""
    engine = Writer(load(TINY)).engine
    state = engine.start()
    line = engine.sample(engine.start(), 300, seed=5, variation=0.5)
    engine.consume(state, line[:step])
    return traits_after(engine, state, 32, 100, 0)["slant"]


def sides(reader: Reader) -> list[str]:
    """The path data of the samples, left and right in turn, wherever they lie."""
    svg = reader.download("swap-svg").decode()
    paths = re.findall(r'<path fill="[^"]*" d="([^"]*)"', svg)[-2 * COUNT :]
    return [re.sub(r"M[^lZ]*", "M", path) for path in paths]


def test_all_cells_make_the_donor_at_any_step(open_reader: Callable[..., Reader], quick: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    show(reader, f"{quick}#swap.cells=all&swap.other=120")
    receiver, both, donor = slants(reader)
    assert donor == pytest.approx(after_line(120), abs=0.051)
    assert both == donor
    assert receiver != donor
    assert "not as many other cells" in reader.page.evaluate(TOLD)
    # The inks change places, and each keeps its step.
    left = sides(reader)
    reader.press("swap-swap-the-inks")
    reader.wait(f"{SAID}.startsWith('After 120 movements')")
    measured(reader)
    assert slants(reader) == (donor, receiver, receiver)
    assert sides(reader)[0] == left[1]
    assert hashed(reader)["swap.turned"] == "1"


def test_the_step_by_pointer_and_keys(figure: Reader) -> None:
    before = sides(figure)
    assert all(len(path) > 300 for path in before)
    donor = figure.page.locator(".swap-surface").last
    assert donor.get_attribute("aria-valuenow") == "300"
    donor.focus()
    figure.page.keyboard.press("PageDown")
    figure.wait("location.hash.includes('swap.other=290')")
    figure.wait("document.querySelectorAll('.swap-surface')[1].ariaValueNow === '290'")
    figure.wait_for(lambda: sides(figure)[1] != before[1], "what is written with another state")
    donor.focus()
    figure.page.keyboard.press("Home")
    figure.wait("document.querySelectorAll('.swap-surface')[1].ariaValueNow === '0'")
    assert "step 0 of 300" in figure.page.locator(".swap-head").last.inner_text()
    box = donor.bounding_box()
    assert box is not None
    figure.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    figure.wait("Number(document.querySelectorAll('.swap-surface')[1].ariaValueNow) > 0")
    receiver = figure.page.locator(".swap-surface").first
    receiver.focus()
    figure.page.keyboard.press("Home")
    figure.wait("document.querySelectorAll('.swap-surface')[0].ariaValueNow === '1'")
    figure.press("swap-whole-inks")
    figure.wait_for(lambda: sides(figure) == before, "both inks to their ends")


def test_which_cells_are_put_in(figure: Reader) -> None:
    engine = Writer(load(TINY)).engine
    assert figure.page.locator(".pairs-head.after").last.inner_text() == "With 10 cells of the donor"
    assert "has not been measured for this model" in figure.page.locator(".swap-measured").inner_text()
    figure.press("swap-see-these-cells")
    figure.wait("location.hash.includes('cells.chosen=')")
    best = telling(engine, own_lines(engine))[:10]
    assert sorted(cells_of(hashed(figure)["cells.chosen"])) == sorted(best.tolist())
    figure.page.locator("#swap .view").scroll_into_view_if_needed()
    told = sides(figure)
    figure.page.locator("#swap-cells").select_option("chosen")
    figure.wait("location.hash.includes('swap.cells=chosen')")
    figure.wait(f"{SAID}.includes('10 cells')")
    figure.wait_for(lambda: sides(figure) == told, "the same cells by number")
    figure.page.locator("#swap-cells").select_option("random")
    figure.wait(f"{SAID}.includes('10 random cells')")
    one = sides(figure)
    figure.press("swap-other-random-cells")
    figure.wait_for(lambda: sides(figure)[1] not in (told[1], one[1]), "other random cells")
    figure.page.locator("#swap-cells").select_option("all")
    figure.wait(f"{SAID}.includes('60 cells of the receiver')")
    assert figure.page.locator("#swap-count").is_hidden()


def test_the_default_checkpoint_has_its_measured_figures(
    open_reader: Callable[..., Reader], address: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(address)
    reader.page.locator("#swap .view").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.startsWith('After')")
    reader.wait("document.querySelectorAll('.swap-table tbody tr').length === 9")
    reader.wait("document.querySelectorAll('.swap-traits li').length === 4")
    shares = reader.page.locator(".swap-traits [data-trait=slant] .swap-share").inner_text()
    found = re.match(r"(\d+) %", shares)
    assert found is not None, shares
    assert int(found[1]) > 50
    # A direction in place of cells.
    reader.page.locator("#swap-cells").select_option("direction:slant")
    reader.wait(f"{SAID}.includes('moved along the direction of \u201cslant\u201d')")
    assert (
        reader.page.locator(".pairs-head.after").last.inner_text()
        == "Moved to the donor along \u201cslant\u201d"
    )
    assert reader.page.locator("#swap-cells option[value='feature:stroke height']").count() == 1


def test_copied_python_gives_the_same_numbers(
    open_reader: Callable[..., Reader], quick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TINY.parent)
    reader = open_reader(reduced_motion="reduce")
    page = Notebook(reader)
    show(reader, f"{quick}#swap.other=120&swap.yours=70&swap.seed=3&swap.hand=8")
    (before, after), traits = page.value("swap")
    written = page.heard("swap.write")["replies"][-1]["written"]
    assert same(before, offsets_of(written["before"]))
    assert same(after, offsets_of(written["after"]))
    heard = page.heard("swap.measure")["replies"][-1]
    assert list(traits.cells) == written["cells"]
    for found, name in ((traits.a, "donor"), (traits.b, "receiver"), (traits.both, "both")):
        assert found == pytest.approx({trait: one["mean"] for trait, one in heard[name].items()})
    assert len(traits.random) == len(heard["random"]) == 19
    for found, other in zip(traits.random, heard["random"], strict=True):
        assert found == pytest.approx({trait: one["mean"] for trait, one in other.items()})
