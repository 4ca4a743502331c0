"""The field of futures: what a reader sees of it and does with it, along a straight line and along opened inks."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pentrace.data.score import RAW_NATS
from pentrace.engine.writer import Writer
from pentrace.ink import Ink, formats
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt
    from playwright.sync_api import FilePayload

    from tests.browser.conftest import Reader

SURFACE = "document.querySelector('.field-surface')"
SAID = "document.querySelector('#field .status-line').textContent"
PROBLEM = "document.querySelector('#field .problem').textContent"
SETTINGS = "#playing=0&wall.playing=0&field.ink=line&field.count=6&field.steps=3&field.variation=0.4"
ROWS = 161


@pytest.fixture
def field(open_reader: Callable[..., Reader], quick: str) -> Reader:
    """The field along a straight line, all of it drawn."""
    reader = open_reader()
    show(reader, quick + SETTINGS)
    return reader


def show(reader: Reader, url: str) -> None:
    reader.open(url)
    reader.page.locator("#field").scroll_into_view_if_needed()
    complete(reader, ROWS * 6 * 3)


def complete(reader: Reader, movements: int) -> None:
    """Waits until so many movements are drawn."""
    reader.wait(f"{SAID}.startsWith('{movements:,} movements')")


def press(reader: Reader, *keys: str) -> None:
    reader.page.locator(".field-surface").focus()
    for key in keys:
        reader.page.keyboard.press(key)


def slide(reader: Reader, control: str, value: str) -> None:
    reader.page.locator(f"#field-{control}").fill(value)


def step(reader: Reader) -> int:
    return int(reader.page.locator(".field-surface").get_attribute("aria-valuenow") or -1)


def strands(reader: Reader) -> list[str]:
    """Segments of the drawing, each `M x y l dx dy`."""
    drawing = reader.download("field-svg").decode()
    assert drawing.startswith("<svg")
    found: list[str] = re.findall(r"M-?\d+ -?\d+l-?\d+ -?\d+", drawing)
    return found


def test_the_drawing_is_what_is_drawn(field: Reader) -> None:
    assert len(strands(field)) > ROWS * 6
    # The one strand before the figure is numbered from its beginning, above all.
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", field.download("field-svg").decode())
    assert texts[0] == "1"
    with Image.open(io.BytesIO(field.download("field-png"))) as picture:
        colours = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)
    orange = (colours[:, 0] - colours[:, 2] > 60).sum()
    blue_green = (colours[:, 2] - colours[:, 0] > 60).sum()
    assert min(orange, blue_green) > 50


def test_a_change_of_a_control_drops_what_was_being_drawn(field: Reader) -> None:
    before = strands(field)
    for variation in ("0.9", "1.2", "0.5"):
        slide(field, "variation", variation)
    slide(field, "count", "9")
    complete(field, ROWS * 9 * 3)
    field.wait("location.hash.includes('field.count=9')")
    slide(field, "variation", "0.4")
    slide(field, "count", "6")
    complete(field, ROWS * 6 * 3)
    assert sorted(strands(field)) == sorted(before), "the same settings give the same futures"


def test_the_keys_go_from_step_to_step(field: Reader) -> None:
    press(field, "Home")
    assert step(field) == 0
    press(field, "ArrowRight", "ArrowRight", "PageDown", "ArrowLeft")
    assert step(field) == 11
    said = field.page.locator(".field-surface").get_attribute("aria-valuetext") or ""
    assert re.match(r"Step 11 of 160\. Ways on: .+ Surprise: .+ nats .+ The pen lifts: \d", said)
    press(field, "End")
    assert step(field) == ROWS - 1
    field.wait("location.hash.includes('field.step=160')")


def test_the_strip_scrubs(field: Reader) -> None:
    box = field.page.locator(".field-strip").bounding_box()
    assert box is not None
    field.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    assert abs(step(field) - 80) <= 2


def test_a_fork_is_taken_and_gone_back_from(field: Reader, open_reader: Callable[..., Reader]) -> None:
    press(field, "Home", "PageDown", "ArrowDown", "ArrowDown", "Enter")
    tried = field.page.locator(".fork-tree button")
    field.wait_for(lambda: tried.count() == 2, "the ink that was taken")
    complete(field, ROWS * 6 * 3)
    field.wait("location.hash.includes('field.forks=10.1.1.0-4')")
    taken = strands(field)
    other = open_reader()
    show(other, field.page.url)
    assert sorted(strands(other)) == sorted(taken), "a link shows the same"
    assert tried.nth(1).get_attribute("aria-current") == "true"
    tried.nth(0).click()
    field.wait("!location.hash.includes('field.forks')")
    complete(field, ROWS * 6 * 3)
    assert sorted(strands(field)) != sorted(taken)
    assert tried.count() == 2


def test_a_strand_that_is_clicked_is_taken(field: Reader) -> None:
    press(field, "Home", "PageDown", "ArrowDown")
    place: Any = field.page.evaluate(
        """() => {
            const over = document.querySelector(".field-over");
            const { data, width } = over.getContext("2d").getImageData(0, 0, over.width, over.height);
            const box = over.getBoundingClientRect();
            let best = null;
            // The end of the strand that stands out: the painted place farthest from the ink.
            for (let k = 3; k < data.length; k += 4) {
                const at = (k - 3) / 4;
                const y = Math.floor(at / width);
                const away = Math.abs(y - over.height / 2);
                if (data[k] > 100 && (best === null || away > best.away)) best = { x: at % width, y, away };
            }
            const scale = box.width / width;
            return [box.left + best.x * scale, box.top + best.y * scale];
        }"""
    )
    field.page.mouse.move(*place)
    assert "on-strand" in (field.page.locator(".field-surface").get_attribute("class") or "")
    field.page.mouse.click(*place)
    field.wait_for(lambda: field.page.locator(".fork-tree button").count() == 2, "the ink that was taken")


@pytest.fixture
def phone(open_reader: Callable[..., Reader], quick: str) -> Reader:
    """The field on a phone, where fingers point."""
    reader = open_reader(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    show(reader, quick + SETTINGS)
    return reader


def touch(reader: Reader, *places: tuple[float, float]) -> None:
    """A finger goes down, along some places, and up."""
    session = reader.page.context.new_cdp_session(reader.page)
    kinds = ["touchStart"] + ["touchMove"] * (len(places) - 1)
    for kind, (x, y) in zip(kinds, places, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_scrubs_along_the_strip(phone: Reader) -> None:
    strip = phone.page.locator(".field-strip")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    inset = float(
        phone.page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.field-strip')).paddingLeft)"
        )
    )
    width, y = box["width"] - 2 * inset, box["y"] + box["height"] / 2

    def at(share: float) -> tuple[float, float]:
        return box["x"] + inset + share * width, y

    for share in (0.25, 0.8):
        phone.page.touchscreen.tap(*at(share))
        phone.wait(f"Math.abs({SURFACE}.ariaValueNow - {share * (ROWS - 1)}) < 2")
    # The finger stays down: every place on its way is looked at, also when it leaves the strip.
    touch(phone, at(0.2), at(0.4), (at(0.6)[0], y + 40))
    phone.wait(f"Math.abs({SURFACE}.ariaValueNow - {0.6 * (ROWS - 1)}) < 2")


def test_a_finger_looks_at_a_strand_and_then_takes_it(phone: Reader) -> None:
    phone.page.locator(".field-surface").scroll_into_view_if_needed()
    place: Any = phone.page.evaluate(
        """() => {
            const surface = document.querySelector(".field-surface");
            const box = surface.getBoundingClientRect();
            let best = null;
            // The end of a strand: of what is painted in sight, the place farthest from the ink.
            for (const canvas of document.querySelectorAll(".field-sheet canvas")) {
                const place = canvas.getBoundingClientRect();
                const scale = place.width / canvas.width;
                const { data, width, height } =
                    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                for (let k = 3; k < data.length; k += 4) {
                    const at = (k - 3) / 4;
                    const [x, y] = [at % width, Math.floor(at / width)];
                    const seen = place.left + x * scale;
                    const away = Math.abs(y - height / 2);
                    if (seen < box.left + 30 || seen > box.right - 30 || data[k] < 100) continue;
                    if (best === null || away > best.away) best = { x: seen, y: place.top + y * scale, away };
                }
            }
            return [best.x, best.y];
        }"""
    )
    tried = phone.page.locator(".fork-tree button")
    phone.page.touchscreen.tap(*place)
    phone.wait("location.hash.includes('field.step=')")
    assert tried.count() < 2, "the first touch only looks"
    assert "field.forks" not in phone.page.url
    phone.page.touchscreen.tap(*place)
    phone.wait_for(lambda: tried.count() == 2, "the ink that was taken")
    phone.wait("location.hash.includes('field.forks=')")


def choose(reader: Reader, name: str, content: str) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    reader.page.locator("#field input[type=file]").set_input_files(file)


def line(n: int) -> Ink:
    """Offsets of loops, as the model is shown them."""
    k = np.arange(n)
    offsets = np.stack([0.35 + 0.5 * np.cos(0.6 * k), 0.6 * np.sin(0.6 * k), k % 9 == 8], axis=1)
    return Ink.from_offsets(offsets.astype(np.float32), 0.025)


def test_an_opened_ink_has_the_numbers_that_python_has(field: Reader, tmp_path: Path) -> None:
    ink = line(30)
    formats.write(ink, tmp_path / "ink.json")
    choose(field, "ink.json", (tmp_path / "ink.json").read_text())
    complete(field, 31 * 6 * 3)
    trace = Writer(TINY).trace(ink, mixture=True)
    assert trace.loglik is not None
    assert trace.mixture is not None
    for row in (0, 8, 29):
        press(field, "Home", *["ArrowRight"] * row)
        said = field.page.locator(".field-facts").inner_text().replace("\N{MINUS SIGN}", "-")
        place, pen = RAW_NATS - trace.loglik[row, 0], -trace.loglik[row, 1]
        assert f"place {place:.2f}, pen {pen:.2f}" in said
    ours = segments(ink, Writer(TINY).futures(ink, 6, 3, seed=1, variation=0.4))
    theirs = strands(field)
    assert len(theirs) == len(ours)
    # A place half-way between two units may be rounded to either.
    assert len(set(theirs) & set(ours)) > 0.98 * len(set(ours))


def segments(ink: Ink, futures: npt.NDArray[np.float32]) -> list[str]:
    """What the page's drawing has of a field: tenths of sheet units, of which 16 are the standard size of writing."""
    unit = 10 * 16 / 2.1875
    origin = np.cumsum(np.concatenate((np.zeros((1, 2)), ink.offsets()[:, :2])), axis=0, dtype=np.float64)
    moved = np.concatenate((np.zeros_like(futures[:, :, :1, :2]), futures[..., :2]), axis=2)
    points = np.floor((origin[:, None, None] + np.cumsum(moved, axis=2, dtype=np.float64)) * unit + 0.5)
    down = np.ones(futures.shape[:3], np.bool_)
    down[:, :, 0] = ~ink.pen_up[:, None]
    down[:, :, 1:] = futures[:, :, :-1, 2] == 0
    starts, steps = points[:, :, :-1][down].astype(int), np.diff(points, axis=2)[down].astype(int)
    return [f"M{x} {y}l{dx} {dy}" for (x, y), (dx, dy) in zip(starts, steps, strict=True)]


def test_an_svg_is_prepared(field: Reader) -> None:
    path = "M10 40C20 10 40 10 50 40S80 70 90 40M100 40l20 -30"
    choose(field, "ink.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{path}"/></svg>')
    field.wait("location.hash.includes('field.ink=opened')")
    field.wait(f"{SURFACE}.ariaValueMax !== '160' && {SAID}.includes('movements drawn')")
    assert 10 < int(field.page.evaluate(f"{SURFACE}.ariaValueMax")) < 100


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "bad.json",
            json.dumps({"format": "ink"}),
            'expected an object with "format": "pentrace-ink", found another JSON; export the ink as SVG',
        ),
        (
            "bad.txt",
            "{",
            "unknown file type .txt; expected one of .json, .svg, .inkml, .xopp, .svgz, .xml; export the ink as SVG",
        ),
        (
            "bad.svg",
            "<html></html>",
            "expected an <svg>, an <ink>, a <xournal> or a <WhiteboardCaptureSession>, found <html>; "
            "export the ink as SVG",
        ),
        (
            "bad.svg",
            '<svg xmlns="http://www.w3.org/2000/svg"/>',
            "no ink found: expected a path, line, polyline, polygon, circle or ellipse",
        ),
    ],
)
def test_a_file_that_is_no_ink_is_refused(field: Reader, name: str, content: str, message: str) -> None:
    choose(field, name, content)
    field.wait(f"{PROBLEM} === {json.dumps(f'{name} cannot be read: {message}.')}")


def test_what_a_file_has_that_is_no_ink_is_said(field: Reader) -> None:
    choose(field, "ink.svg", '<svg><path d="M10 40C20 10 40 10 50 40L60 x"/></svg>')
    note = "path 1: drawn up to an error at character 29: expected a number, found 'x'; correct it to read the rest"
    field.wait(f"{PROBLEM}.includes({json.dumps(note)})")


def test_nothing_moves_on_the_page_when_the_field_begins(
    open_reader: Callable[..., Reader], quick: str
) -> None:
    reader = open_reader()
    reader.page.add_init_script(
        "window.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries().map("
        "(entry) => entry.value))).observe({ type: 'layout-shift', buffered: true });"
    )
    show(reader, quick + SETTINGS)
    assert sum(reader.page.evaluate("window.shifts")) < 0.001
