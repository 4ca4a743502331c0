"""Neatening: a scripted pen writes on the upper line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Reader

SAID = "document.querySelector('#neaten .status-line').textContent"
READY = f"/upper line; below/.test({SAID})"


@pytest.fixture
def neaten(open_reader: Callable[..., Reader], address: str) -> Reader:
    """The figure, started, nothing written yet."""
    reader = open_reader()
    reader.open(f"{address}#playing=0&wall.playing=0")
    reader.page.evaluate("document.querySelector('#neaten .view').scrollIntoView({ block: 'center' })")
    reader.wait(READY)
    return reader


def hand(reader: Reader) -> Hand:
    box = reader.page.locator("#neaten .paper").first.bounding_box()
    assert box is not None
    return Hand(box["x"] + 90, box["y"] + 0.6 * box["height"])


def ink(reader: Reader, which: str) -> list[dict[str, Any]]:
    """The ink that a button gives, pressed without the mouse: that may be writing."""
    with reader.page.expect_download() as waiting:
        reader.page.evaluate("(id) => document.getElementById(id).click()", f"neaten-json-of-{which}")
    document = json.loads(Path(waiting.value.path()).read_bytes())
    strokes: list[dict[str, Any]] = document["strokes"]
    return strokes


def write_we(reader: Reader) -> None:
    """Writes two strokes, and waits until they are neatened."""
    write(reader.page, "we", hand(reader))
    reader.wait("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    reader.wait("document.querySelector('#neaten .view').ariaBusy === 'false'")


def test_it_follows_the_pen_and_keeps_both(neaten: Reader) -> None:
    write(neaten.page, "here", hand(neaten), hold=True)
    neaten.wait_for(lambda: len(ink(neaten, "neatened")) == 4, "the stroke that is being written")
    neaten.page.mouse.up()
    neaten.wait(f"/surprise the model by -?[0-9.]+ nats a point/.test({SAID})")
    own, neat = ink(neaten, "yours"), ink(neaten, "neatened")
    assert len(own) == len(neat) == 4
    for mine, its in zip(own, neat, strict=True):
        assert (its["x"][0], its["y"][0]) == pytest.approx((mine["x"][0], mine["y"][0]), abs=0.3)
    assert [stroke["x"] for stroke in own] != [stroke["x"] for stroke in neat]
    assert neaten.movements > 20, "the first figure has the same ink"


def test_nothing_of_the_model_is_the_readers_ink(neaten: Reader) -> None:
    write_we(neaten)
    neaten.page.locator("#neaten-share").fill("0")
    neaten.wait(f"/neatened, by 0.00 nats/.test({SAID})")
    own, neat = ink(neaten, "yours"), ink(neaten, "neatened")
    for mine, its in zip(own, neat, strict=True):
        for axis in ("x", "y"):
            assert min(its[axis]) == pytest.approx(min(mine[axis]), abs=1.5)
            assert max(its[axis]) == pytest.approx(max(mine[axis]), abs=1.5)
    neaten.wait("location.hash.includes('neaten.share=0')")


def test_it_can_be_kept_and_taken_back(neaten: Reader) -> None:
    write_we(neaten)
    own, neat = ink(neaten, "yours"), ink(neaten, "neatened")
    neaten.press("neaten-keep-neatened")
    assert ink(neaten, "yours") == neat
    neaten.press("neaten-undo")
    assert ink(neaten, "yours") == own
    neaten.press("neaten-clear")
    neaten.wait(READY)


def test_its_drawing_has_both_lines(neaten: Reader) -> None:
    write_we(neaten)
    neaten.wait(f"/surprise/.test({SAID})")
    drawing = neaten.download("neaten-svg").decode()
    lines = re.findall(r'<g opacity="1">(.*?)</g>', drawing, re.S)
    own, neat = (re.findall(r' d="([^"]*)"', line) for line in lines)
    assert len(own) == len(neat) == 2, "a path for each stroke"
    assert own != neat
    assert "surprise the model" in drawing, "the line above is in it, too"
