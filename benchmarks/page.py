"""The page: bytes, time to the first prediction, and the longest task of the main thread while a hand writes.

    python -m benchmarks.page [--checkpoint FILE] [--times N]

Chromium and the server run on this machine, over loopback; each time is a browser profile of its own.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.measure import first_prediction, tasks_while_writing, transferred

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def opened(browser: Browser, address: str) -> Page:
    """The page in a new profile, its first future there."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    open_page(page, address)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--times", type=int, default=9)
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
    print(f"transferred       {total:>10,} bytes")
    print(f"first paint       {statistics.median(paints):>10.0f} ms (best {min(paints):.0f})")
    print(f"first prediction  {statistics.median(predictions):>10.0f} ms (best {min(predictions):.0f})")
    print(
        f"longest task      {max(clock for _, clock in tasks):>10.1f} ms while writing, 8 futures of 200 points"
    )
    print(f"                  {max(processor for processor, _ in tasks):>10.1f} ms of the processor")


if __name__ == "__main__":
    main()
