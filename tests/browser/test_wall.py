"""The sample wall: what a reader sees of it and does with it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from PIL import Image

from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

CELLS = 24
SAID = "document.querySelector('#wall .status-line').textContent"
WRITTEN = "document.querySelector('#wall-step').valueAsNumber"


def show(reader: Reader) -> None:
    """Scrolls to the wall and waits for all its samples."""
    reader.page.locator("#wall").scroll_into_view_if_needed()
    reader.wait(f"{SAID}.startsWith('24 samples')")
    reader.wait_for(lambda: drawing(reader).count("<path fill") == CELLS, "all samples")


def drawing(reader: Reader) -> str:
    """What the wall's SVG button gives, once it can be pressed."""
    reader.wait("!document.querySelector('#wall-svg').disabled")
    return reader.download("wall-svg").decode()


def paths(picture: str) -> list[str]:
    """The samples' ink in a drawing of the wall."""
    return re.findall(r'<path fill[^>]* d="([^"]*)"', picture)


def hashed(reader: Reader) -> dict[str, str]:
    """The controls in the page's address."""
    pairs = parse_qs(reader.page.evaluate("location.hash.slice(1)"))
    return {name: values[0] for name, values in pairs.items()}


@pytest.fixture
def wall(open_reader: Callable[..., Reader], address: str) -> Reader:
    """The wall at rest, every sample whole."""
    reader = open_reader()
    reader.open(f"{address}#wall.playing=0&playing=0")
    show(reader)
    return reader


def test_it_starts_when_it_is_near_and_fetches_nothing_twice(
    open_reader: Callable[..., Reader], address: str
) -> None:
    reader = open_reader(viewport={"width": 1280, "height": 400})
    reader.open(address)
    reader.page.wait_for_timeout(300)

    def fetched(part: str) -> int:
        return sum(part in url for url in reader.requests)

    assert fetched("placed-sample") == 0
    assert reader.page.locator("#wall-svg").is_disabled()
    reader.page.locator("#wall").scroll_into_view_if_needed()
    reader.wait(f"{WRITTEN} > 0 && {WRITTEN} < 400")
    reader.press("wall-playing")
    assert fetched("placed-sample") == 1
    assert fetched(".safetensors") == fetched("engine.wasm") == 1
    reader.wait_for(lambda: drawing(reader).count("<path fill") == CELLS, "all samples")
    stopped = drawing(reader)
    reader.page.wait_for_timeout(300)
    assert drawing(reader) == stopped


def test_every_sample_is_another_and_a_seed_says_which(wall: Reader) -> None:
    first = drawing(wall)
    samples = paths(first)
    assert len(set(samples)) == CELLS
    assert min(map(len, samples)) > 500
    wall.page.evaluate("location.hash = '#playing=0&wall.playing=0&wall.seed=77'")
    wall.wait(f"{SAID}.includes('seed 77')")
    wall.wait_for(lambda: not set(paths(drawing(wall))) & set(samples), "others")
    wall.page.evaluate("location.hash = '#playing=0&wall.playing=0'")
    wall.wait_for(lambda: drawing(wall) == first, "the first wall, exactly")


def test_stepping_through(wall: Reader) -> None:
    whole = drawing(wall)
    slider = wall.page.locator("#wall-step")
    slider.fill("90")
    early = drawing(wall)
    assert len(early) < len(whole) / 3
    slider.press("ArrowRight")
    later = drawing(wall)
    assert len(early) < len(later)
    slider.press("ArrowLeft")
    assert drawing(wall) == early
    wall.wait_for(lambda: hashed(wall).get("wall.step") == "90", "the address")


def test_looking_at_one_and_opening_it(wall: Reader) -> None:
    cell = wall.page.locator(".wall-cell").nth(4)
    cell.hover()
    said = wall.wait(f"/^Sample 5: seed 1, variation 0.60. Surprise of its/.test({SAID}) && {SAID}")
    count, total, each = re.findall(r"−?[\d.]+\d", said.split("Surprise")[1])
    assert float(total.replace("−", "-")) / int(count) == pytest.approx(
        float(each.replace("−", "-")), abs=0.01
    )
    cell.click()
    wall.wait_for(lambda: wall.movements >= 500, "the sample to be read as ink")
    assert wall.page.evaluate("document.activeElement.closest('#paper') !== null")
    strokes = wall.ink()["strokes"]
    assert sum(len(stroke["x"]) for stroke in strokes) == 501
    wall.press("undo")
    wall.wait("document.querySelector('#clear').disabled")


def test_with_the_keyboard(wall: Reader) -> None:
    cells = wall.page.locator(".wall-cell")
    cells.first.focus()
    wall.page.keyboard.press("ArrowRight")
    wall.wait(f"{SAID}.startsWith('Sample 2:')")
    wall.page.keyboard.press("ArrowDown")
    wall.wait(f"{SAID}.startsWith('Sample 6:')")
    wall.wait("document.querySelector('#announcement').textContent.startsWith('Sample 6:')")
    assert cells.evaluate_all("(all) => all.filter(({ tabIndex }) => tabIndex === 0).length") == 1


def test_in_the_readers_hand(wall: Reader) -> None:
    before = set(paths(drawing(wall)))
    box = wall.page.locator("#paper").bounding_box()
    assert box is not None
    wall.page.locator("#paper").scroll_into_view_if_needed()
    box = wall.page.locator("#paper").bounding_box()
    assert box is not None
    write(wall.page, "here", Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    wall.page.locator("#wall-primed").check()
    wall.wait_for(lambda: len(set(paths(drawing(wall))) - before) == CELLS, "samples in the reader's hand")
    wall.wait_for(lambda: hashed(wall).get("wall.primed") == "1", "the address")
    cell = wall.page.locator(".wall-cell").first
    cell.click()
    wall.wait_for(lambda: wall.movements > 540, "ink and sample to be read")
    assert len(wall.ink()["strokes"][0]["x"]) > 10


def test_less_motion_shows_it_whole(open_reader: Callable[..., Reader], address: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(address)
    show(reader)
    assert reader.page.locator("#wall-playing").inner_text() == "Play"
    assert reader.page.evaluate(WRITTEN) == 500


@pytest.mark.parametrize("width", [360, 390, 1280, 2560])
def test_it_fits_and_its_picture_is_what_is_shown(
    open_reader: Callable[..., Reader], address: str, width: int
) -> None:
    reader = open_reader(viewport={"width": width, "height": 800})
    reader.open(f"{address}#wall.playing=0")
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width
    show(reader)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width
    stage, view = (reader.page.locator(f"#wall {part}").bounding_box() for part in (".stage", ".view"))
    assert stage is not None
    assert view is not None
    picture = Image.open(io.BytesIO(reader.download("wall-png")))
    assert picture.width == 2 * width
    assert picture.height == pytest.approx(2 * stage["height"], abs=4)
    # One row of cells after the other has ink in it.
    ink = picture.convert("L").point(lambda value: 255 * (value < 100))
    rows = int(
        reader.page.evaluate("getComputedStyle(document.querySelector('#wall')).getPropertyValue('--rows')")
    )
    top, height = 2 * (view["y"] - stage["y"]), 2 * view["height"] / rows
    assert all(
        ink.crop((0, int(top + k * height), picture.width, int(top + (k + 1) * height))).getbbox()
        for k in range(rows)
    )
