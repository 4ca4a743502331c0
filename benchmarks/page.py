"""The page: bytes, time to the first prediction, the longest task of the main thread while a hand writes, and memory.

    python -m benchmarks.page [--checkpoint FILE] [--times N] [--memory N]

Chromium and the server run on this machine, over loopback; each time is a browser profile of its own. Memory is what
the renderer process holds alone (its private pages, from /proc), so this part needs Linux: after the first future, and
after the reader has scrolled through all figures and all of them have drawn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.measure import first_prediction, tasks_while_writing, transferred

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


FIGURES = ["neaten", "wall", "field", "cells", "atlas", "change", "swap"]
LONGEST_S = 300.0
SETTLE_S = 15.0
STEP = 500


def opened(browser: Browser, address: str) -> Page:
    """The page in a new profile, its first future there."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    open_page(page, address)
    return page


def renderers(browser: Browser) -> set[int]:
    """The processes that run pages."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {int(each["id"]) for each in processes if each["type"] == "renderer"}


def private_mib(process: int) -> float:
    """MiB that only this process holds."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def memory(browser: Browser, address: str) -> tuple[float, float, int]:
    """MiB after the first future, MiB after all figures were opened, and the number of workers then."""
    others = renderers(browser)
    page = opened(browser, address)
    page.wait_for_timeout(2000)
    # Chromium keeps a spare renderer ready, which holds little.
    process = max(renderers(browser) - others, key=private_mib)
    first = private_mib(process)
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    for top in range(0, height, STEP):
        page.evaluate("(top) => scrollTo({ top, behavior: 'instant' })", top)
        page.wait_for_timeout(400)
    started = f"{FIGURES}.every((name) => !document.getElementById(`${{name}}-svg`).disabled)"
    complete = "performance.getEntriesByName('field-complete').length > 0"
    end = time.monotonic() + LONGEST_S
    while not page.evaluate(f"{started} && {complete}"):
        if time.monotonic() > end:
            raise SystemExit(f"benchmarks: the figures had not drawn after {LONGEST_S:g} s")
        page.wait_for_timeout(500)
    page.wait_for_timeout(1000 * SETTLE_S)
    last = private_mib(process)
    workers = len(page.workers)
    page.context.close()
    return first, last, workers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--memory", type=int, default=3, help="how often memory is measured")
    arguments = parser.parse_args()
    with (
        served([arguments.checkpoint]) as address,
        chromium() as browser,
        tempfile.TemporaryDirectory() as folder,
    ):
        print(f"Chromium {browser.version}")
        predictions, paints = [], []
        for _ in range(arguments.times):
            page = opened(browser, address)
            predictions.append(first_prediction(page))
            paints.append(float(page.evaluate(PAINT)))
            total = sum(transferred(page).values())
            page.context.close()
        page = opened(browser, address)
        page.locator("#length").fill("200")
        tasks = tasks_while_writing(browser, page, "write here there", Path(folder, "trace.json"))
        page.context.close()
        sizes = [memory(browser, address) for _ in range(arguments.memory)]
    print(f"transferred       {total:>10,} bytes")
    print(f"first paint       {statistics.median(paints):>10.0f} ms (best {min(paints):.0f})")
    print(f"first prediction  {statistics.median(predictions):>10.0f} ms (best {min(predictions):.0f})")
    print(
        f"longest task      {max(clock for _, clock in tasks):>10.1f} ms while writing, 8 futures of 200 points"
    )
    print(f"                  {max(processor for processor, _ in tasks):>10.1f} ms of the processor")
    if sizes:
        firsts, lasts, workers = zip(*sizes, strict=True)
        print(f"memory            {statistics.median(firsts):>10.0f} MiB after the first future")
        print(
            f"                  {statistics.median(lasts):>10.0f} MiB with all figures, {max(workers)} workers"
            f" ({', '.join(f'{each:.0f}' for each in lasts)})"
        )


if __name__ == "__main__":
    main()
