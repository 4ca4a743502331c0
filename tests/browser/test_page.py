"""Write, and it writes on: what a reader does with the page, done by a scripted pen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pentrace.checkpoint import load
from pentrace.ink.formats import json as ink_json
from pentrace.ink.formats import svg as ink_svg
from tests.browser.host import DEFAULT
from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader


def hand(reader: Reader, x_height: float = 34.0) -> Hand:
    """A hand that writes on the page's line."""
    box = reader.page.locator("#paper").bounding_box()
    assert box is not None
    return Hand(box["x"] + 90, box["y"] + 0.6 * box["height"], x_height)


def points(document: dict[str, Any]) -> list[list[list[float]]]:
    """Where the pen went; not when."""
    return [[stroke["x"], stroke["y"]] for stroke in document["strokes"]]


def continuation(reader: Reader) -> list[list[list[float]]]:
    """The future that the page shows, exactly: taken over, read, and taken back."""
    reader.settle()
    reader.press("take-over")
    taken = points(reader.ink())
    reader.press("undo")
    return taken


def test_something_lives_before_the_reader_writes(reader: Reader) -> None:
    assert reader.status == "Write on the line, with a pen, a finger or the mouse."
    reader.wait_for(lambda: reader.coloured(2) > 100, "a future to be drawn")
    reader.wait_for(lambda: reader.coloured(1) > 300, "the other futures")
    assert reader.page.locator("#clear").is_disabled()
    assert reader.page.locator("#json").is_disabled()


def test_it_writes_on_while_the_pen_is_down_and_after(reader: Reader) -> None:
    write(reader.page, "here", hand(reader), hold=True)
    assert reader.movements > 40
    reader.wait_for(lambda: reader.coloured(2) > 100, "a future of the open stroke")
    held = reader.movements
    reader.page.mouse.up()
    assert reader.movements >= held
    reader.wait_for(lambda: reader.coloured(2) > 100, "a future of the closed stroke")
    assert len(reader.ink()["strokes"]) == 4


def test_futures_take_turns_until_paused(reader: Reader) -> None:
    write(reader.page, "we", hand(reader))
    reader.wait_for(lambda: "Future 2" in reader.status, "the second future")
    reader.pause()
    shown = reader.status
    reader.page.wait_for_timeout(3500)
    assert reader.status == shown
    reader.press("another")
    reader.wait_for(lambda: reader.status != shown, "another future")
    reader.press("play")
    assert reader.page.locator("#play").inner_text() == "Pause"


def test_take_over_adds_ink_and_a_person_writes_on(reader: Reader) -> None:
    at = hand(reader)
    write(reader.page, "we", at)
    reader.pause()
    mine = points(reader.ink())
    reader.settle()
    reader.press("take-over")
    both = points(reader.ink())
    assert both[: len(mine)] == mine
    assert sum(len(x) for x, _ in both[len(mine) :]) == 120, "as many points as the slider says"
    end = max(max(x) for x, _ in both)
    before = reader.movements
    write(reader.page, "i", Hand(at.x + end + 60, at.y, at.x_height))
    assert reader.movements > before
    ours = points(reader.ink())
    assert ours[: len(both)] == both
    assert len(ours) == len(both) + 2


def test_undo_goes_back_step_by_step(reader: Reader) -> None:
    write(reader.page, "we", hand(reader))
    reader.pause()
    mine = points(reader.ink())
    assert len(mine) == 2
    reader.settle()
    reader.press("take-over")
    assert len(points(reader.ink())) > 2
    reader.page.keyboard.press("Control+z")
    assert points(reader.ink()) == mine
    reader.press("undo")
    assert points(reader.ink()) == mine[:1]
    reader.press("undo")
    assert reader.page.locator("#undo").is_disabled()
    assert reader.status.startswith("Write on the line")


def test_clear_leaves_nothing_behind(reader: Reader) -> None:
    reader.pause()
    at = hand(reader)
    write(reader.page, "we write", at)
    first = points(reader.ink())
    futures = continuation(reader)
    reader.press("clear")
    assert reader.movements == 0
    write(reader.page, "we write", at)
    assert points(reader.ink()) == first
    assert continuation(reader) == futures
    assert len(futures) > len(first)


def test_no_point_is_read_twice(reader: Reader) -> None:
    """Undo and opening a link read the whole ink again; reading it stroke by stroke must have given the same."""
    reader.pause()
    write(reader.page, "where", hand(reader))
    live = (reader.movements, continuation(reader))
    reader.press("link")
    link = reader.page.url
    reader.page.goto("about:blank")
    reader.open(link)
    assert (reader.movements, continuation(reader)) == live


def test_a_link_restores_ink_controls_and_prediction(
    reader: Reader, open_reader: Callable[..., Reader]
) -> None:
    write(reader.page, "here we", hand(reader))
    reader.pause()
    reader.press("another")
    reader.page.locator("#length").fill("90")
    reader.page.locator("#variation").fill("0.35")
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.press("link")
    link = reader.wait("navigator.clipboard.readText()")
    other = open_reader(viewport={"width": 800, "height": 700})
    other.open(link)
    assert other.status == reader.status
    for document in (reader.ink(), other.ink()):
        assert document["controls"]["length"] == 90
        assert document["controls"]["variation"] == 0.35
        assert document["controls"]["playing"] is False
    assert other.ink() == reader.ink()
    assert continuation(other) == continuation(reader)


def test_a_link_that_is_cut_short_says_so(reader: Reader, open_reader: Callable[..., Reader]) -> None:
    write(reader.page, "we", hand(reader))
    link = reader.wait("location.hash.includes('ink=') && location.href")
    other = open_reader()
    other.open(link[:-7])
    assert other.status == "The ink in this link cannot be read: it ends too early."
    assert other.page.locator("#json").is_disabled()


def test_sliders_bend_the_futures(reader: Reader) -> None:
    write(reader.page, "we", hand(reader))
    reader.pause()
    usual = continuation(reader)
    slider = reader.page.locator("#length")
    slider.focus()
    reader.page.keyboard.press("End")
    assert reader.page.locator("#length-value").inner_text() == "200 points"
    longer = continuation(reader)
    assert sum(len(x) for x, _ in longer) == sum(len(x) for x, _ in usual) + 80
    flat = [(x, y) for stroke in usual for x, y in zip(*stroke, strict=True)]
    assert [(x, y) for stroke in longer for x, y in zip(*stroke, strict=True)][: len(flat)] == flat
    slider.focus()
    reader.page.keyboard.press("Home")
    reader.page.locator("#variation").focus()
    reader.page.keyboard.press("End")
    assert reader.page.locator("#variation-value").inner_text() == "1.50"
    reader.wait("location.hash.includes('length=5') && location.hash.includes('variation=1.5')")


def test_the_keyboard_alone_is_enough(reader: Reader) -> None:
    """Nobody can write with Tab and arrows, but the model can be made to."""
    page = reader.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tour-link"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Paper to write on"
    page.keyboard.press("Space")
    assert page.locator("#play").inner_text() == "Play"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert reader.movements > 0
    once = len(points(reader.ink()))
    assert page.locator("#announcement").inner_text() == "120 movements taken over."
    page.locator(".paper-surface").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    reader.settle()
    assert len(points(reader.ink())) > once
    page.locator(".paper-surface").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "play", "Tab leaves the paper for who came by Tab"


def test_tab_takes_over_after_the_pen(reader: Reader) -> None:
    write(reader.page, "we", hand(reader))
    before = reader.movements
    reader.page.keyboard.press("Tab")
    assert reader.movements > before
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.id") == "play"


def test_downloads_are_what_was_written(reader: Reader) -> None:
    write(reader.page, "write", hand(reader))
    document = ink_json.load_document(reader.download("json"))
    strokes = list(document.ink.strokes())
    assert len(strokes) == 7
    assert document.ink.time is not None
    assert document.seed == 1
    drawing = ink_svg.loads(reader.download("svg"))
    drawn = list(drawing.strokes())
    assert len(drawn) == len(strokes)
    for stroke, line in zip(strokes, drawn, strict=True):
        assert line.points[0] == pytest.approx(stroke.points[0], abs=1e-3)
        assert line.points[-1] == pytest.approx(stroke.points[-1], abs=1e-3)
        assert line.bounds == pytest.approx(stroke.bounds, abs=1.0)


def test_a_finger_writes_and_two_move_the_paper(open_reader: Callable[..., Reader], address: str) -> None:
    reader = open_reader(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    reader.open(address)
    touch = reader.page.context.new_cdp_session(reader.page)
    at = hand(reader, 28)

    def send(kind: str, *fingers: tuple[float, float]) -> None:
        places = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(fingers)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    for stroke in Hand(40, at.y, 28).strokes("where"):
        send("touchStart", stroke[0])
        for point in stroke[1:]:
            send("touchMove", point)
        send("touchEnd")
    assert reader.page.evaluate("scrollY") == 0
    assert len(reader.ink()["strokes"]) == 5
    # The first finger of two draws a little before the second comes down.
    surface = ".paper-surface"
    reader.page.locator(surface).evaluate("(el) => (el.scrollLeft = 0)")
    send("touchStart", (300, at.y))
    send("touchMove", (295, at.y))
    send("touchStart", (295, at.y), (340, at.y))
    for k in range(1, 16):
        send("touchMove", (295 - 10 * k, at.y), (340 - 10 * k, at.y))
    send("touchEnd")
    assert len(reader.ink()["strokes"]) == 5
    assert reader.page.locator(surface).evaluate("(el) => el.scrollLeft") > 80


def test_a_new_size_keeps_the_ink(reader: Reader) -> None:
    write(reader.page, "we", hand(reader))
    reader.pause()
    before = (reader.ink(), reader.movements)
    for width, height in ((390, 844), (2560, 1300), (360, 640), (1280, 800)):
        reader.page.set_viewport_size({"width": width, "height": height})
        reader.page.wait_for_timeout(100)
        assert reader.coloured(0) > 300
        assert not reader.page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
    assert (reader.ink(), reader.movements) == before


def test_the_paper_slides_on_when_the_line_is_full(reader: Reader) -> None:
    surface = reader.page.locator(".paper-surface")
    reader.page.locator("#length").fill("200")
    for _ in range(4):
        before = reader.movements
        reader.press("take-over")
        assert reader.movements > before
    reader.wait_for(lambda: surface.evaluate("(el) => el.scrollLeft") > 100, "the paper to slide")
    reader.press("clear")
    reader.wait_for(lambda: surface.evaluate("(el) => el.scrollLeft") == 0, "the paper to slide back")


def test_less_motion_for_who_asked_for_it(open_reader: Callable[..., Reader], address: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(address)
    assert reader.page.locator("#play").inner_text() == "Play"
    reader.wait_for(lambda: reader.coloured(1) > 300, "the futures")
    painted = reader.coloured(2)
    reader.page.wait_for_timeout(1500)
    assert reader.coloured(2) == painted > 0


def test_a_checkpoint_is_chosen_by_name(
    serve_page: Callable[..., str], open_reader: Callable[..., Reader], golden: Any, address: str
) -> None:
    several = serve_page([DEFAULT, golden / "tiny.safetensors"])
    reader = open_reader()
    reader.open(several)
    menu = reader.page.locator("#checkpoint")
    assert menu.locator("option").count() == 2
    first = reader.page.locator("#model").inner_text()
    menu.select_option(index=1)
    reader.wait_for(lambda: reader.page.locator("#model").inner_text() != first, "the other model")
    reader.wait("location.search === '?checkpoint=tiny'")
    other = open_reader()
    other.open(several + "?checkpoint=tiny")
    assert other.page.locator("#model").inner_text() == reader.page.locator("#model").inner_text()
    # The text tells the size of the model that runs.
    architecture = load(golden / "tiny.safetensors").architecture
    said = other.page.locator("[data-fact=hidden]").all_inner_texts()
    assert set(said) == {str(architecture.layers * architecture.hidden)}
    assert f"{architecture.hidden} cells" in other.page.locator("#model").inner_text()
    single = open_reader()
    single.open(address)
    assert single.page.locator("#models").is_hidden()


def test_what_cannot_be_had_is_said_in_one_sentence(
    open_reader: Callable[..., Reader], address: str, golden: Any
) -> None:
    messages: dict[str, str] = json.loads((golden / "hostile.json").read_text())
    reader = open_reader()
    file = next(name for name in messages if "nan" in name.lower())
    reader.page.route(
        "**/checkpoints/*.safetensors", lambda route: route.fulfill(path=golden / "hostile" / file)
    )
    reader.page.goto(address)
    said = messages[file].split(": ", 1)[1]
    reader.wait_for(lambda: said in reader.status, "what is wrong")
    assert reader.status.startswith("This checkpoint cannot be used: default.safetensors: ")
    assert reader.page.locator("#take-over").is_disabled()
    missing = open_reader()
    missing.page.goto(address + "?checkpoint=nobody")
    missing.wait_for(lambda: "nobody" in missing.status, "what is missing")
    assert missing.status == "There is no checkpoint “nobody” here; choose another."


def test_only_this_server_is_asked(reader: Reader, address: str) -> None:
    write(reader.page, "we", hand(reader))
    reader.press("take-over")
    reader.download("svg")
    reader.page.wait_for_timeout(500)
    others = [url for url in reader.requests if not url.startswith((address, f"blob:{address}"))]
    assert others == []


INK_LIGHTNESS = """([selector, number]) => {
    const canvas = document.querySelectorAll(selector)[number];
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let [sum, count] = [0, 0];
    for (let k = 0; k < data.length; k += 4) {
        if (data[k + 3] < 200) continue;
        sum += data[k] + data[k + 1] + data[k + 2];
        count++;
    }
    return count === 0 ? null : sum / (3 * count);
}"""
"""How light the drawing on a canvas is, 0 to 255; null where there is none. A canvas: a selector, and which of them."""


def test_a_dark_page_is_printed_in_light_colours(open_reader: Callable[..., Reader], address: str) -> None:
    reader = open_reader(color_scheme="dark", viewport={"width": 1280, "height": 900})
    reader.open(address)
    reader.page.locator("#wall").scroll_into_view_if_needed()
    canvases = [("#paper canvas", 2), ("#wall canvas", 0)]

    def is_dark() -> bool:
        there = reader.page.locator("#wall canvas").count() > 0
        return there and all((reader.page.evaluate(INK_LIGHTNESS, each) or 0) > 100 for each in canvases)

    reader.wait_for(is_dark, "light ink on the dark page")
    reader.page.evaluate(
        f"""(canvases) => addEventListener("beforeprint", () => {{
            const light = {INK_LIGHTNESS};
            window.printed = [
                getComputedStyle(document.body).backgroundColor,
                ...canvases.map((each) => light(each)),
            ];
        }})""",
        canvases,
    )
    reader.page.pdf()
    page, *inks = reader.page.evaluate("printed")
    assert page == "rgb(246, 243, 236)"
    assert all(ink is not None and ink < 100 for ink in inks)
    assert reader.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 25)"
    reader.wait_for(is_dark, "the dark page again")
