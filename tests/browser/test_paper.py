"""The paper: pens, fingers and palms as devices send them; ink that is never lost from sight, nor at all."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.browser.pen import Hand

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload

    from tests.browser.conftest import Reader

STILL = "#playing=0&wall.playing=0"
SCROLL = "document.querySelector('.paper-surface').scrollLeft"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

SEND = """([type, fields]) => {
    const surface = document.querySelector(".paper-surface");
    const box = surface.getBoundingClientRect();
    const { x = 0, y = 0, ...rest } = fields;
    const usual = { bubbles: true, cancelable: true, composed: true, pointerId: 7, button: 0, buttons: 1 };
    const at = { clientX: box.left + 60 + x, clientY: box.top + 150 + y };
    return surface.dispatchEvent(new PointerEvent(type, { ...usual, ...at, ...rest }));
}"""
"""Sends a pointer event to the paper; x and y count from a place on it. False where the page prevents its default."""

PEN = {"pointerType": "pen", "pointerId": 2, "isPrimary": True, "pressure": 0.4}
TOUCH = {"pointerType": "touch", "pointerId": 3, "isPrimary": True, "width": 24, "height": 24}
MOUSE = {"pointerType": "mouse", "pointerId": 1, "isPrimary": True}


@pytest.fixture
def paper(open_reader: Callable[..., Reader], quick: str) -> Reader:
    """The page on a laptop, nothing moving by itself."""
    reader = open_reader()
    reader.open(quick + STILL)
    return reader


def send(reader: Reader, kind: str, device: dict[str, Any], **fields: Any) -> bool:
    prevented: bool = not reader.page.evaluate(SEND, [kind, {**device, **fields}])
    return prevented


def stroke(reader: Reader, device: dict[str, Any], x: float = 0, **fields: Any) -> None:
    """A stroke to the right."""
    send(reader, "pointerdown", device, x=x, **fields)
    for k in range(1, 4):
        send(reader, "pointermove", device, x=x + 9 * k, button=-1, **fields)
    send(reader, "pointerup", device, x=x + 30, **{**fields, "buttons": 0, "pressure": 0})


def strokes(reader: Reader) -> list[dict[str, Any]]:
    """The ink's strokes; an empty list without ink."""
    if reader.page.locator("#json").is_disabled():
        return []
    found: list[dict[str, Any]] = reader.ink()["strokes"]
    return found


def take_over(reader: Reader, times: int = 1) -> None:
    for _ in range(times):
        reader.settle()
        reader.press("take-over")
    reader.settle()


def rest(reader: Reader) -> float:
    """Waits until the paper has come to rest, and says how far along the line it is."""
    before = -1.0
    while (now := float(reader.page.evaluate(SCROLL))) != before:
        before = now
        reader.page.wait_for_timeout(1800)
    return before


def test_it_draws_without_coalesced_events(open_reader: Callable[..., Reader], quick: str) -> None:
    """Older Safari does not have them, nor does a page that came over plain http."""
    reader = open_reader()
    reader.page.add_init_script("delete PointerEvent.prototype.getCoalescedEvents")
    reader.open(quick + STILL)
    for device in (MOUSE, TOUCH):
        stroke(reader, device, 60.0 * float(str(device["pointerId"])))
    reader.page.wait_for_timeout(700)  # the pen would take a stroke of a moment ago for its palm's
    stroke(reader, PEN)
    assert len(strokes(reader)) == 3


def test_a_palm_before_the_pen_is_taken_back(paper: Reader) -> None:
    send(paper, "pointerdown", TOUCH, x=200, y=60)
    send(paper, "pointermove", TOUCH, x=206, y=62)
    stroke(paper, PEN)
    send(paper, "pointermove", TOUCH, x=240, y=64, width=90)
    send(paper, "pointerup", TOUCH, x=240, y=64)
    (only,) = strokes(paper)
    assert only["pressure"] == [0.4] * len(only["x"])


def test_palms_beside_a_pen_move_nothing(paper: Reader) -> None:
    take_over(paper, 4)
    before = rest(paper)
    send(paper, "pointerdown", PEN)
    for number in (8, 9):
        send(paper, "pointerdown", TOUCH, pointerId=number, isPrimary=number == 8)
    for k in range(6):
        send(paper, "pointermove", TOUCH, pointerId=8 + k % 2, x=-40 * k, isPrimary=False)
    send(paper, "pointermove", PEN, x=20)
    send(paper, "pointerup", PEN, x=24, buttons=0)
    assert paper.page.evaluate(SCROLL) == before


def test_a_lost_end_does_not_stop_the_next_finger(paper: Reader) -> None:
    send(paper, "pointerdown", TOUCH)
    send(paper, "pointermove", TOUCH, x=20)
    stroke(paper, TOUCH, 100, pointerId=4)
    send(paper, "pointerdown", TOUCH, pointerId=5, x=200)
    send(paper, "pointermove", TOUCH, pointerId=5, x=220)
    send(paper, "lostpointercapture", TOUCH, pointerId=5)
    stroke(paper, TOUCH, 300, pointerId=6)
    assert len(strokes(paper)) == 4


def test_a_pens_ink_survives_a_cancel(paper: Reader) -> None:
    send(paper, "pointerdown", PEN)
    send(paper, "pointermove", PEN, x=20)
    send(paper, "pointercancel", PEN)
    assert len(strokes(paper)) == 1
    send(paper, "pointerdown", PEN, x=60, button=5, buttons=32)
    send(paper, "pointermove", PEN, x=10, button=-1, buttons=32)
    send(paper, "pointerup", PEN, x=10, button=5, buttons=0)
    assert strokes(paper) == [], "the eraser has met the stroke"
    paper.press("undo")
    assert len(strokes(paper)) == 1


def test_a_tablet_that_calls_itself_a_mouse_has_pressure(paper: Reader) -> None:
    stroke(paper, MOUSE, 0, pressure=0.5)
    stroke(paper, MOUSE, 60, pressure=0.31)
    plain, pressed = strokes(paper)
    assert set(plain["pressure"]) == {0.5}, "what a device without pressure has"
    assert set(pressed["pressure"]) == {0.31}


def test_a_press_and_hold_opens_no_menu(paper: Reader) -> None:
    menu = "contextmenu"
    for device in (TOUCH, PEN):
        send(paper, "pointerdown", device)
        assert send(paper, menu, device)
        send(paper, "pointerup", device)
    send(paper, "pointerdown", MOUSE, button=2, buttons=2)
    assert not send(paper, menu, MOUSE)
    touched = """(type) => document.querySelector(".paper-surface")
        .dispatchEvent(new Event(type, { cancelable: true, bubbles: true }))"""
    assert [paper.page.evaluate(touched, kind) for kind in ("touchstart", "touchmove")] == [False, False]
    style = "getComputedStyle(document.querySelector('.paper-surface')).touchAction"
    assert paper.page.evaluate(style) == "none", (
        "no double tap zooms, and no pen is taken for handwriting input"
    )


@pytest.fixture
def phone(open_reader: Callable[..., Reader], quick: str) -> Reader:
    reader = open_reader(**PHONE)
    reader.open(quick + STILL)
    return reader


class Fingers:
    """Fingers on the paper of a phone, sent by the browser itself."""

    def __init__(self, reader: Reader) -> None:
        self._session = reader.page.context.new_cdp_session(reader.page)
        box = reader.page.locator("#paper").bounding_box()
        assert box is not None
        self.left, self.line = box["x"], box["y"] + 0.6 * box["height"]

    def send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def draw(self, points: list[tuple[float, float]]) -> None:
        self.send("touchStart", points[0])
        for point in points[1:]:
            self.send("touchMove", point)
        self.send("touchEnd")


def test_a_swipe_over_the_paper_scrolls_the_page(phone: Reader) -> None:
    fingers = Fingers(phone)
    fingers.draw([(200, fingers.line - 15 * k) for k in range(17)])
    assert phone.page.evaluate("scrollY") > 100
    assert strokes(phone) == []
    phone.page.evaluate("scrollTo(0, 0)")
    fingers.draw([(200, fingers.line)])
    assert strokes(phone) == [], "a tap draws nothing"


def test_a_finger_writes_letters_and_dots(phone: Reader) -> None:
    fingers = Fingers(phone)
    words = list(Hand(30, fingers.line, 28).strokes("white"))
    for points in words:
        fingers.draw(points)
    for k in range(2):
        fingers.draw([(300 + 12 * k, fingers.line - 40)])
    assert phone.page.evaluate("scrollY") == 0
    assert len(strokes(phone)) == len(words) + 2, "two quick dots are kept"


def test_two_fingers_move_the_paper_up_and_down_and_zoom(phone: Reader) -> None:
    fingers = Fingers(phone)
    for k in range(3):
        y = fingers.line + 35 * k
        fingers.draw([(40.0 + 12 * n, y + 3 * n) for n in range(9)])
    before = phone.ink()["strokes"]
    painted = phone.coloured(0)
    fingers.send("touchStart", (100, fingers.line), (200, fingers.line))
    for k in range(1, 12):
        fingers.send("touchMove", (100, fingers.line - 6 * k), (200 + 12 * k, fingers.line - 6 * k))
    fingers.send("touchEnd")
    assert phone.ink()["strokes"] == before
    phone.wait_for(lambda: phone.coloured(0) > 1.3 * painted, "larger ink")


def test_the_line_is_followed_wherever_the_ink_goes(paper: Reader) -> None:
    """However far the ink drifts, its end comes back into view."""
    page = paper.page
    for k in range(9):
        send(paper, "pointerdown", PEN, x=60 * k, y=22 * k)
        send(paper, "pointermove", PEN, x=60 * k + 30, y=22 * k - 12)
        send(paper, "pointerup", PEN, x=60 * k + 40, y=22 * k, buttons=0)
    page.wait_for_timeout(2200)
    low = end_of_ink(paper)
    assert 0 < low < 0.9, "followed down"
    page.locator(".paper-surface").focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowUp")
    assert page.locator("#hint").inner_text() != ""
    page.keyboard.press("End")
    page.wait_for_timeout(1200)
    assert 0 < end_of_ink(paper) < 0.9
    page.keyboard.press("Home")
    page.wait_for_timeout(1200)
    assert page.evaluate(SCROLL) == 0


def end_of_ink(reader: Reader) -> float:
    """Where the lowest of the paper's ink is drawn, as a share of its height."""
    share: float = reader.page.evaluate(
        """() => {
            const canvas = document.querySelector("#paper canvas");
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
            for (let row = canvas.height - 1; row >= 0; row--) {
                let dark = 0;
                for (let k = 0; k < canvas.width; k++) {
                    const at = 4 * (row * canvas.width + k);
                    if (data[at + 3] > 200 && data[at] < 80) dark++;
                }
                if (dark > 0) return row / canvas.height;
            }
            return 0;
        }"""
    )
    return share


def test_all_of_the_ink_is_seen_at_once(paper: Reader) -> None:
    take_over(paper, 12)
    paper.wait_for(lambda: paper.page.locator("#hint").inner_text() != "", "the hint that there is more")
    paper.press("whole")
    rows = paper.page.locator(".whole-ink")
    assert rows.is_visible()
    assert paper.page.locator("#hint").inner_text() == ""
    assert paper.page.locator("#whole").get_attribute("aria-pressed") == "true"
    box = rows.bounding_box()
    assert box is not None
    paper.page.mouse.click(box["x"] + 80, box["y"] + 80)
    assert rows.count() == 0
    paper.wait(f"{SCROLL} === 0")


def test_a_turned_phone_still_shows_where_the_line_begins(phone: Reader) -> None:
    fingers = Fingers(phone)
    for k in range(9):
        fingers.draw(
            [(30 + 36 * k, fingers.line), (40 + 36 * k, fingers.line - 20), (50 + 36 * k, fingers.line)]
        )
    phone.wait(f"{SCROLL} > 0")
    phone.page.set_viewport_size({"width": 844, "height": 390})
    phone.wait(f"{SCROLL} === 0")
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.page.wait_for_timeout(1500)
    assert phone.page.evaluate(SCROLL) == 0


def test_undo_gives_back_the_place_and_redo_the_change(paper: Reader) -> None:
    take_over(paper, 8)
    place, before = rest(paper), strokes(paper)
    assert place > 200
    paper.press("clear")
    paper.wait(f"{SCROLL} === 0")
    paper.press("undo")
    assert strokes(paper) == before
    assert paper.page.evaluate(SCROLL) == pytest.approx(place, abs=1)
    paper.page.keyboard.press("Control+Shift+Z")
    assert strokes(paper) == []
    assert paper.page.locator("#redo").is_disabled()


def test_written_ink_survives_a_reload(paper: Reader) -> None:
    stroke(paper, PEN)
    take_over(paper)
    send(paper, "pointerdown", PEN, x=400)
    send(paper, "pointermove", PEN, x=420)
    # At once, with the pen still down: the address had no time to follow.
    paper.page.reload()
    paper.open(paper.page.url)
    kept = strokes(paper)
    assert len(kept) > 2
    assert len(kept[-1]["x"]) == 2


def test_a_long_ink_has_a_short_link_and_is_kept_exactly(
    paper: Reader, open_reader: Callable[..., Reader]
) -> None:
    paper.page.locator("#length").fill("200")
    stroke(paper, PEN)
    take_over(paper, 36)
    paper.press("link")
    link = paper.page.url
    assert len(link) <= 8000
    exact = strokes(paper)
    assert sum(len(each["x"]) for each in exact) > 7000
    other = open_reader()
    other.open(link)
    near = strokes(other)
    assert [len(each["x"]) for each in near] == [len(each["x"]) for each in exact]
    off = [
        abs(a - b)
        for mine, its in zip(exact, near, strict=True)
        for axis in ("x", "y")
        for a, b in zip(mine[axis], its[axis], strict=True)
    ]
    assert max(off) <= 1.0
    paper.page.reload()
    paper.open(paper.page.url)
    assert strokes(paper) == exact, "this tab has every digit of it"


def test_the_address_of_a_figure_leads_to_it_and_loses_nothing(
    paper: Reader, open_reader: Callable[..., Reader], quick: str
) -> None:
    stroke(paper, PEN)
    mine = strokes(paper)
    paper.page.evaluate("location.hash = '#neaten'")
    in_view = """(id) => {
        const { top, bottom } = document.getElementById(id).getBoundingClientRect();
        return top < innerHeight / 2 && bottom > innerHeight / 2;
    }"""
    paper.wait_for(lambda: paper.page.evaluate(in_view, "neaten"), "the figure")
    paper.page.evaluate("scrollTo(0, 0)")
    assert strokes(paper) == mine
    other = open_reader()
    other.open(f"{quick}{STILL}&at=cells")
    other.wait_for(lambda: other.page.evaluate(in_view, "cells"), "the figure")
    other.wait("Math.abs(document.getElementById('cells').getBoundingClientRect().top) < 100")
    other.page.locator("#cells-seed, #cells-another-sample").first.click()
    other.wait("location.hash.includes('at=cells')")


def ink_file(name: str, content: str) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}


def test_the_first_paper_opens_files_and_says_what_is_wrong_with_one(paper: Reader) -> None:
    page = paper.page
    chooser = page.locator("#writing input[type=file]")
    chooser.set_input_files([ink_file("notes.json", "{}")])
    problem = page.locator("#writing .problem")
    paper.wait_for(lambda: "notes.json" in problem.inner_text(), "what is wrong")
    assert problem.is_visible()
    stroke(paper, PEN)
    assert problem.is_visible(), "until it is mended"
    document = {
        "format": "pentrace-ink",
        "format_version": 1,
        "scale": None,
        "strokes": [{"x": [5, 12, 20], "y": [0, -40, 0]}, {"x": [30, 36], "y": [-30, 0]}],
    }
    chooser.set_input_files([ink_file("mine.json", json.dumps(document))])
    paper.wait_for(lambda: len(strokes(paper)) == 2, "the file's ink")
    assert not problem.is_visible()
    assert strokes(paper)[0]["x"] == [5, 12, 20]
    paper.press("undo")
    assert len(strokes(paper)) == 1, "the ink before is one step back"
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.svg"));
            document.getElementById("paper").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L300 200"/><path d="M310 0L400 250"/></svg>',
    )
    paper.wait_for(lambda: len(strokes(paper)) == 2, "the dropped ink")
    assert page.evaluate("scrollY") == 0, "it lands on the paper that it was dropped on"


def test_downloads_are_a_picture_and_a_drawing_in_the_colours_shown(paper: Reader) -> None:
    stroke(paper, PEN)
    take_over(paper)
    plain = paper.download("svg").decode()
    assert len(set(re.findall(r'stroke="(#\w+)"', plain))) == 1
    paper.page.locator("#marked").check()
    paper.wait("location.hash.includes('marked=1')")
    assert len(set(re.findall(r'stroke="(#\w+)"', paper.download("svg").decode()))) == 2
    with Image.open(io.BytesIO(paper.download("png"))) as picture:
        assert picture.format == "PNG"
        assert picture.width > 100


@pytest.mark.parametrize("width", [320, 640])
def test_narrow_screens_and_large_text_cut_nothing(
    open_reader: Callable[..., Reader], quick: str, width: int
) -> None:
    """320 pixels, and 200 % zoom of a small laptop."""
    reader = open_reader(viewport={"width": width, "height": 512}, has_touch=True, is_mobile=True)
    reader.open(quick + STILL)
    page = reader.page
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for slider in page.locator("#writing .slider").all():
        name, value = (slider.locator(tag).bounding_box() for tag in ("span", "output"))
        assert name is not None
        assert value is not None
        assert value["y"] == pytest.approx(name["y"], abs=2), "name and value are on one line"
        assert value["x"] > name["x"] + name["width"]
    small = page.evaluate(
        """() => [...document.querySelectorAll("#writing button, #writing input, #writing select")]
            .filter((el) => el.offsetParent !== null)
            .map((el) => [el.id, (el.closest(".switch") ?? el).getBoundingClientRect()])
            .filter(([, { width, height }]) => height < 40 || width < 40).map(([id]) => id)"""
    )
    assert small == []


def test_every_control_has_a_name_and_a_value(paper: Reader) -> None:
    controls = paper.controls()
    assert [(role, name) for role, name, _ in controls if not name.strip()] == []
    sliders = [(name, value) for role, name, value in controls if role == "slider"]
    assert sliders[:2] == [("Length", "120 points"), ("Variation", "0.50")]
    assert all(value for _, value in sliders)
    assert "Mark the model’s ink" in [name for role, name, _ in controls if role in ("switch", "checkbox")]
