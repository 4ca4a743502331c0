"""Frames a second while a reader uses each live figure, and what a frame costs the main thread.

    python -m benchmarks.frames [--only NAME] [--seconds S]

Chromium draws on the processor here; a machine with a graphics card has more room. The main thread's work is counted in
processor time, so other work on the machine hardly changes it; frames and gaps are by the clock. The first row is the
page at rest, to compare with.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.measure import CATEGORIES, main_thread_tasks
from tests.browser.pen import Hand, write
from tests.waiting import wait

from pentrace.engine.writer import TEXT_CHECKPOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

RECORD = """() => {
    window.frames_ = [];
    const next = (now) => {
        if (window.frames_ === null) return;
        window.frames_.push(now);
        requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
}"""
RECORDED = "(() => { const times = window.frames_; window.frames_ = null; return times; })()"
SHOWN = "(id) => document.querySelector(`#${id} .view`).scrollIntoView({ block: 'center' })"
FIELD = "performance.getEntriesByName('field-complete').length > 0"
COMPLETE = {"field": FIELD, "step": FIELD}
"""Figures that have started before all is drawn: the field takes seconds, and is drawn beside One step too."""
QUIET = {"playing": "0", "wall.playing": "0", "type.playing": "0"}
PACE_MS = 16


class Use(NamedTuple):
    """What a reader does.

    name: in the table.
    figure: that is in view, by its id; empty for the top of the page.
    act: one movement of the reader's, by its number.
    state: of the page's address.
    """

    name: str
    figure: str
    act: Callable[[Page, int], None]
    state: dict[str, str]


class Found(NamedTuple):
    """What was measured, in milliseconds.

    gaps: from frame to frame, by the clock.
    tasks: of the main thread, by the processor.
    """

    gaps: list[float]
    tasks: list[float]


def hover(selector: str) -> Callable[[Page, int], None]:
    """The mouse goes to and fro over an element, slowly from its top to its bottom."""

    def act(page: Page, number: int) -> None:
        box = page.evaluate(
            "(selector) => document.querySelector(selector).getBoundingClientRect().toJSON()", selector
        )
        across, down = abs((number % 80) / 40 - 1), (number % 240) / 240
        x = box["x"] + (0.03 + 0.94 * across) * box["width"]
        page.mouse.move(x, box["y"] + (0.1 + 0.8 * down) * box["height"])

    return act


def drag(selector: str) -> Callable[[Page, int], None]:
    """The mouse does the same with its button pressed."""
    over = hover(selector)

    def act(page: Page, number: int) -> None:
        over(page, number)
        if number == 0:
            page.mouse.down()

    return act


def keys(selector: str, *names: str) -> Callable[[Page, int], None]:
    """Keys are pressed in turn, with an element in focus; each direction ten times."""

    def act(page: Page, number: int) -> None:
        if number == 0:
            page.locator(selector).first.focus()
        page.keyboard.press(names[number // 10 % len(names)])

    return act


def scroll(page: Page, number: int) -> None:
    """The page is scrolled, down and up again."""
    page.mouse.wheel(0, 60 if number % 60 < 30 else -60)


def zoom(selector: str) -> Callable[[Page, int], None]:
    """Over an element the wheel zooms in and out, with Ctrl."""

    def act(page: Page, number: int) -> None:
        if number == 0:
            hover(selector)(page, 100)
            page.keyboard.down("Control")
        page.mouse.wheel(0, -40 if number % 40 < 20 else 40)

    return act


def watch(page: Page, number: int) -> None:
    """The reader only looks."""


USES = [
    Use("page at rest", "", watch, {}),
    Use("paper: futures play", "", watch, {"playing": "1"}),
    Use("paper: zoom", "", zoom("#paper"), {}),
    Use("typed line is written", "type", watch, {"type.playing": "1"}),
    Use("wall: 24 samples write", "wall", watch, {"wall.playing": "1"}),
    Use("field: mouse over futures", "field", hover(".field-surface"), {}),
    Use("field: keys along the ink", "field", keys(".field-surface", "ArrowLeft", "ArrowRight"), {}),
    Use("step: scrolling through it", "step", scroll, {}),
    Use("step: keys from stage to stage", "step", keys("#step .view", "ArrowRight", "ArrowLeft"), {}),
    Use("cells: mouse over the heatmap", "cells", hover(".cells-map"), {}),
    Use("cells: zoom of the heatmap", "cells", zoom(".cells-map"), {}),
    Use("why: mouse over the votes", "why", hover(".why-grid"), {}),
    Use("why: keys along the ink", "why", keys(".why-ink", "ArrowLeft", "ArrowRight"), {}),
    Use("atlas: mouse over the ink", "atlas", hover(".atlas-ink"), {}),
    Use("change: both sides write", "change", watch, {}),
    Use("memory: the ring is dragged", "memory", drag(".memory-ink"), {}),
    Use("memory: keys, stroke to stroke", "memory", keys(".memory-ink", "ArrowUp", "ArrowDown"), {}),
    Use("patching: mouse over the inks", "swap", hover(".swap-inks"), {}),
]


def writing(browser: Browser, address: str, trace: Path) -> Found:
    """A hand writes on the paper, at its own pace."""
    page = opened(browser, address, QUIET)
    box = page.locator("#paper").bounding_box()
    if box is None:
        raise RuntimeError("expected a paper to write on, found none")

    def act() -> None:
        write(page, "write here", Hand(90, box["y"] + 0.6 * box["height"]), hurry=False)

    return recorded(browser, page, act, trace)


def used(browser: Browser, address: str, use: Use, seconds: float, trace: Path) -> Found:
    """A figure in use for so many seconds, after it has come to rest."""
    page = opened(browser, address, QUIET | use.state)
    if use.figure:
        page.evaluate(SHOWN, use.figure)
        ready = f"!document.querySelector('#{use.figure}-svg').disabled && {COMPLETE.get(use.figure, 'true')}"
        wait(lambda: page.evaluate(ready), f"{use.name}: {ready}")
    page.wait_for_timeout(3000)
    use.act(page, 0)

    def act() -> None:
        end, number = time.monotonic() + seconds, 1
        while time.monotonic() < end:
            use.act(page, number)
            page.wait_for_timeout(PACE_MS)
            number += 1

    return recorded(browser, page, act, trace)


def opened(browser: Browser, address: str, state: dict[str, str]) -> Page:
    # Evaluations in the page are not its own.
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    open_page(page, f"{address}#{'&'.join(f'{name}={value}' for name, value in state.items())}")
    return page


def recorded(browser: Browser, page: Page, act: Callable[[], None], trace: Path) -> Found:
    browser.start_tracing(page=page, path=trace, categories=CATEGORIES)
    page.evaluate(RECORD)
    act()
    times: list[float] = page.evaluate(RECORDED)
    browser.stop_tracing()
    page.context.close()
    tasks = [processor for processor, _ in main_thread_tasks(json.loads(trace.read_text())["traceEvents"])]
    gaps = [after - before for before, after in pairwise(times)]
    return Found(gaps, tasks)


def row(name: str, found: Found) -> str:
    gaps = sorted(found.gaps)
    late = gaps[min(int(0.95 * len(gaps)), len(gaps) - 1)]
    rate = 1000 / statistics.fmean(gaps)
    return (
        f"{name:36} {rate:6.1f} {statistics.median(gaps):8.1f} {late:8.1f} {sum(found.tasks) / len(gaps):9.1f}"
        f" {max(found.tasks):9.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="rows whose name has this")
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    with (
        served([DEFAULT, TEXT_CHECKPOINT]) as address,
        chromium() as browser,
        tempfile.TemporaryDirectory() as folder,
    ):
        print(f"Chromium {browser.version}; load {os.getloadavg()[0]:.1f}")
        print(f"{'milliseconds; a frame has 16.7':36} frames   median      95%   work in   longest")
        print(f"{'':36}    a s    frame    frame   a frame      task")
        trace = Path(folder, "trace.json")
        for use in USES:
            if arguments.only in use.name:
                print(row(use.name, used(browser, address, use, arguments.seconds, trace)), flush=True)
        if arguments.only in "paper: a hand writes":
            print(row("paper: a hand writes", writing(browser, address, trace)), flush=True)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
