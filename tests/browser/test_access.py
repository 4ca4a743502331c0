"""Fingers, the keyboard, few colours and low contrast: in every figure."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from tests.change_atlas import measured_atlas

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.atlas import Atlas
    from tests.browser.conftest import Reader

QUIET = "#playing=0&wall.playing=0"
FIGURES = ("wall", "field", "step", "neaten", "teach", "cells", "why", "atlas", "change", "memory", "swap")
LEAST_TARGET = 40
LEAST_CONTRAST = 4.5

# A switch is pressed by its label; a cell that is named within a sentence reaches beyond its line.
SMALL_TARGETS = """(least) => [...document.querySelectorAll("main :is(button, select, input, [tabindex])")]
    .filter((el) => el.checkVisibility() && !el.matches(".in-text"))
    .map((el) => [el, (el.matches("[type=checkbox]") ? el.closest("label") : el).getBoundingClientRect()])
    .filter(([, { width, height }]) => width < least || height < least)
    .map(([el, { width, height }]) => `${el.closest("figure").id}: ${el.outerHTML.slice(0, 60)}: ${height} high`)"""
TAB_STOPS = """(figure) => [...document.querySelectorAll(`#${figure} :is(button, select, input, [tabindex])`)]
    .filter((el) => el.checkVisibility() && el.tabIndex >= 0 && !el.disabled).length"""

# Each text's colour against the nearest ground behind it, by WCAG's formula.
LOW_CONTRAST = """(least) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b]
        .map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0);
    const ground = (el) => {
        for (let at = el; at !== null; at = at.parentElement) {
            const colour = rgba(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255, 255];
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const el = texts.currentNode.parentElement;
        if (texts.currentNode.data.trim() === "" || !el.checkVisibility() || el.closest(":disabled, option")) continue;
        const [text, behind] = [rgba(getComputedStyle(el).color), ground(el)].map(light);
        const contrast = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
        if (contrast < least) found.push(`${texts.currentNode.data.slice(0, 30)}: ${contrast.toFixed(2)}`);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return measured_atlas()


def start_all(reader: Reader, place: str) -> None:
    """Opens the page and starts every figure."""
    reader.open(place + QUIET)
    for name in FIGURES:
        reader.page.evaluate("(id) => document.getElementById(id).scrollIntoView()", name)
        reader.wait(f"!document.querySelector('#{name}-svg').disabled")
    # A figure computes while it is in view.
    for name, shown in {
        "atlas": "document.querySelectorAll('.moment:not(:disabled)').length > 0",
        "why": "document.querySelectorAll('.vote').length > 4",
        "cells": "document.querySelectorAll('.multiples button').length > 4",
        "type": "document.querySelectorAll('[role=radio]').length > 1",
        "memory": "document.querySelector('.memory-curve') !== null",
    }.items():
        reader.page.evaluate("(id) => document.getElementById(id).scrollIntoView()", name)
        reader.wait(shown)


def low_contrast(reader: Reader) -> list[str]:
    """Text that does not stand out, also after every figure has come to rest."""
    found: list[str] = []

    def all_stand_out() -> bool:
        found[:] = reader.page.evaluate(LOW_CONTRAST, LEAST_CONTRAST)
        return not found

    with suppress(AssertionError):
        reader.wait_for(all_stand_out, "text to stand out")
    return found


def test_a_finger_meets_no_small_target(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    start_all(reader, place)
    assert reader.page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert reader.page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []
    controls = reader.controls()
    assert [(role, name) for role, name, _ in controls if not name.strip()] == []
    assert [name for role, name, value in controls if role == "slider" and not value.strip()] == []


def test_a_group_of_buttons_is_one_stop_of_the_tab_key(
    open_reader: Callable[..., Reader], place: str
) -> None:
    reader = open_reader(reduced_motion="reduce")
    start_all(reader, place)
    page = reader.page
    for figure, most in {
        "wall": 10,
        "field": 11,
        "neaten": 10,
        "teach": 16,
        "cells": 17,
        "why": 13,
        "atlas": 19,
        "change": 16,
        "memory": 9,
        "swap": 13,
    }.items():
        assert page.evaluate(TAB_STOPS, figure) <= most, figure

    def focused() -> str:
        label: str = page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent")
        return label

    tiles = page.locator(".multiples button")
    tiles.first.focus()
    labels = [str(tiles.nth(k).get_attribute("aria-label")) for k in range(tiles.count())]
    for key, to in {
        "ArrowRight": 1,
        "ArrowDown": 4,
        "ArrowLeft": 3,
        "ArrowUp": 0,
        "End": -1,
        "Home": 0,
    }.items():
        page.keyboard.press(key)
        assert focused() == labels[to], key
    # What was looked at last is where Tab comes back to.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert focused() == labels[1]
    # A table has rows and columns; sorting it again leaves one stop.
    names = page.locator("#atlas tbody th button")
    names.first.focus()
    page.keyboard.press("ArrowDown")
    assert focused() == names.nth(1).inner_text()
    page.keyboard.press("ArrowRight")
    assert focused() == page.locator("#atlas tbody tr").nth(1).locator("td button").inner_text()
    page.locator("#atlas thead button").first.click()
    reader.wait("document.querySelectorAll('#atlas tbody [tabindex=\"0\"]').length === 1")


def test_a_strand_at_a_fork_is_chosen_by_keys(open_reader: Callable[..., Reader], address: str) -> None:
    reader = open_reader(reduced_motion="reduce")
    reader.open(f"{address}{QUIET}&field.count=4&field.steps=2")
    page = reader.page
    page.evaluate("document.querySelector('#field').scrollIntoView()")
    reader.wait("/movements drawn/.test(document.querySelector('#field .status-line').textContent)")
    surface = page.locator("#field .field-surface")

    def said() -> str:
        return str(surface.get_attribute("aria-valuetext"))

    surface.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    reader.wait_for(lambda: "a fork: " in said(), "the first fork")
    fork = surface.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    reader.wait_for(lambda: "Strand: 2 of 4" in said(), "the second strand")
    page.keyboard.press("Enter")
    reader.wait("document.querySelectorAll('.fork-tree button').length === 2")
    assert (
        page.locator(".fork-tree button").nth(1).get_attribute("title")
        == f"An ink that branches off at step {fork}"
    )
    page.keyboard.press("Shift+ArrowRight")
    reader.wait_for(lambda: surface.get_attribute("aria-valuenow") != fork, "the next fork")


def test_text_stands_out_from_its_ground(open_reader: Callable[..., Reader], place: str) -> None:
    reader = open_reader(reduced_motion="reduce", color_scheme="light")
    start_all(reader, place)
    assert low_contrast(reader) == []
    reader.page.emulate_media(color_scheme="dark")
    reader.wait("getComputedStyle(document.body).backgroundColor === 'rgb(16, 19, 25)'")
    assert low_contrast(reader) == []


def test_with_the_readers_own_colours_nothing_that_means_something_vanishes(
    open_reader: Callable[..., Reader], address: str
) -> None:
    reader = open_reader(reduced_motion="reduce", forced_colors="active", color_scheme="dark")
    start_all(reader, address)
    page = reader.page

    def style(selector: str, name: str, pseudo: str | None = None) -> Any:
        return page.evaluate(
            "([selector, name, pseudo]) =>"
            " getComputedStyle(document.querySelector(selector), pseudo).getPropertyValue(name)",
            [selector, name, pseudo],
        )

    ground = style("body", "background-color")
    fill, low = (
        style(".score-bar:not(.low) .score-fill", "background-color"),
        style(".low .score-fill", "background-color"),
    )
    track, tick = style(".score-bar", "background-color"), style(".score-chance", "background-color")
    assert len({ground, track, fill}) == len({ground, track, low}) == 3
    assert tick != ground
    dot, band = style(".controls-it .dot", "background-color"), style(".band", "background-color")
    assert len({ground, dot, band}) == 3
    assert style("button:not(.controls-it) .effect-plot .dot", "background-color") == ground, (
        "it stays hollow"
    )
    chosen = style(".rank[aria-pressed=true]", "box-shadow")
    assert ground not in chosen
    assert style(".rank[aria-pressed=false]", "box-shadow") == "none"
    assert style("[role=radio][aria-checked=true]", "box-shadow") != style(
        "[role=radio][aria-checked=false]", "box-shadow"
    )
    page.locator("#change .switch").click()
    assert style("#change-primed", "background-color") != ground
    assert style("#change-primed", "background-color") != style(
        "#change-primed", "background-color", "::before"
    )
    assert style("#wall-primed", "background-color", "::before") != ground
    assert style("#length", "--filled").endswith("%")
    # A canvas is drawn in them, too: the ink of the paper is not what it is on the dark page.
    assert low_contrast(reader) == []
    ink = page.evaluate(
        """() => {
            const canvas = document.querySelector("#neaten canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const light = (k) => (data[k + 3] > 0 ? data[k] + data[k + 1] + data[k + 2] : 0);
            let most = 0;
            for (let k = 0; k < data.length; k += 4) most = Math.max(most, light(k));
            return most;
        }"""
    )
    assert ink == 3 * 255, "white, on black"
