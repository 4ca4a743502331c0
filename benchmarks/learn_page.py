"""The page while it learns a hand from five lines: the most memory that it holds, and the time.

    python -m benchmarks.learn_page [--times N]

A scripted hand writes five lines of the card in the whole page, where both included checkpoints are. The page then
learns a hand for each of them. Memory is what the renderer process holds alone, read every 50 ms from /proc, so it
needs Linux. The figures that write by themselves are stopped, as the benchmark would otherwise measure them too.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.pen import Hand, write

from benchmarks.page import private_mib, renderers
from pentrace.engine.writer import TEXT_CHECKPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

LINES = (
    "write here there write",
    "here there write here",
    "there here write there",
    "here write there here",
    "there here there write",
)
EVERY_S = 0.05
LONGEST_S = 300.0


class Learnt(NamedTuple):
    """MiB before, at most and some seconds afterwards; seconds by the clock."""

    before: float
    peak: float
    after: float
    seconds: float


def wait(page: Page, condition: str) -> None:
    """Until a condition of the page holds. The page's security policy does not let it wait by itself."""
    end = time.monotonic() + LONGEST_S
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise SystemExit(f"benchmarks: after {LONGEST_S:g} s still not: {condition}")
        page.wait_for_timeout(100)


@contextmanager
def watched(process: int) -> Iterator[list[float]]:
    """The MiB of a process, again and again."""
    found = [private_mib(process)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(EVERY_S):
            found.append(private_mib(process))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def learnt(browser: Browser, address: str) -> Learnt:
    """A new profile writes and learns."""
    others = renderers(browser)
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    open_page(page, f"{address}#playing=0&wall.playing=0")
    # Chromium keeps a spare renderer ready, which holds little.
    process = max(renderers(browser) - others, key=private_mib)
    page.locator("#teach").scroll_into_view_if_needed()
    wait(page, "!document.querySelector('#teach-open-hand').disabled")
    for number, words in enumerate(LINES, 1):
        box = page.locator("#teach .paper").bounding_box()
        if box is None:
            raise SystemExit("benchmarks: the paper to write on is not shown")
        write(page, words, Hand(box["x"] + 60, box["y"] + 0.6 * box["height"]))
        wait(page, "!document.querySelector('#teach-write-again').disabled")
        if number < len(LINES):
            page.locator("#teach-next-line").click()
            status = "document.querySelector('#teach .status-line').textContent"
            wait(page, f"{status}.startsWith('Line {number + 1} of')")
    page.wait_for_timeout(1000)
    with watched(process) as mib:
        start = time.monotonic()
        page.locator("#teach-learn").click()
        wait(page, "document.querySelector('#teach-learn').textContent === 'Stop'")
        wait(page, "document.querySelector('#teach-learn').textContent !== 'Stop'")
        seconds = time.monotonic() - start
        page.wait_for_timeout(4000)
    page.context.close()
    return Learnt(mib[0], max(mib), mib[-1], seconds)


def main() -> None:
    """Prints a row for each time, and the medians."""
    parser = argparse.ArgumentParser(prog="benchmarks.learn_page", description=__doc__)
    parser.add_argument("--times", type=int, default=3, metavar="N")
    asked = parser.parse_args()
    with served([DEFAULT, TEXT_CHECKPOINT]) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        print("MiB before    most   after   seconds")
        rows = []
        for _ in range(asked.times):
            rows.append(learnt(browser, address))
            print("{:10.0f} {:7.0f} {:7.0f} {:9.1f}".format(*rows[-1]), flush=True)
        most = statistics.median(row.peak for row in rows)
        print(f"median of the most: {most:.0f} MiB, {most * 2**20 / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
