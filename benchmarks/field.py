"""The field of futures: how long 400 points x 50 futures x 8 steps take.

    python -m benchmarks.field [--checkpoint FILE] [--times N]

Chromium runs on this machine, with the page's pool of workers. The coarse field is there when no 16 points in a row
have nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MEASURED = "(name) => performance.getEntriesByName(name).map(({ duration }) => duration)"
LONGEST_S = 240.0
ROWS, FUTURES, STEPS = 401, 50, 8


def shown(browser: Browser, address: str) -> Page:
    """The page with the field in the middle of the window and nothing else that moves."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    open_page(page, f"{address}#playing=0&wall.playing=0&field.count={FUTURES}&field.steps={STEPS}")
    page.evaluate("document.querySelector('#field').scrollIntoView()")
    return page


def field(page: Page) -> tuple[float, float]:
    """Milliseconds to the coarse and to the complete field."""
    end = time.monotonic() + LONGEST_S
    while not page.evaluate(MEASURED, "field-complete"):
        if time.monotonic() > end:
            raise SystemExit(f"benchmarks: the field was not complete after {LONGEST_S:g} s")
        page.wait_for_timeout(100)
    return page.evaluate(MEASURED, "field-coarse")[0], page.evaluate(MEASURED, "field-complete")[0]


def processor(browser: Browser) -> float:
    """Seconds that the pages of the browser have taken of the processor so far."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(float(each["cpuTime"]) for each in processes if each["type"] == "renderer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with served([arguments.checkpoint]) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        coarse, complete, taken = [], [], []
        for _ in range(arguments.times):
            page = shown(browser, address)
            before = processor(browser)
            first, all_of_it = field(page)
            taken.append(processor(browser) - before)
            coarse.append(first)
            complete.append(all_of_it)
            page.context.close()
    work = ROWS * FUTURES * STEPS
    print(f"coarse field     {statistics.median(coarse):>10.0f} ms (best {min(coarse):.0f})")
    print(
        f"complete field   {statistics.median(complete):>10.0f} ms (best {min(complete):.0f}), {work:,} future-steps"
    )
    print(f"                 {min(taken):>10.1f} s of the processor, workers and painting")


if __name__ == "__main__":
    main()
