"""The sample wall: frames a second while 24 samples write, what one costs, and the time until samples are there.

    python -m benchmarks.wall [--checkpoint FILE] [--speed S]

Chromium draws on the processor here; a machine with a graphics card has more room.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.measure import FRAMES, task_time
from tests.waiting import wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAID = "document.querySelector('#wall .status-line').textContent"
MEASURED = 180


def frames(
    browser: Browser, address: str, size: tuple[int, int], speed: float
) -> tuple[list[float], float, float]:
    """Milliseconds of each frame while all samples write, of the main thread's processor time in one, and until the
    first samples were there."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    open_page(page, f"{address}#playing=0&wall.speed={speed:g}")
    start = page.evaluate("performance.now()")
    page.locator("#wall .view").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#wall .view').scrollIntoView({ block: 'center' })")
    wait(lambda: page.evaluate(f"{SAID}.startsWith('24 samples')"), "the samples")
    first = page.evaluate("performance.now()") - start
    page.wait_for_timeout(4000)
    # All from the beginning, together.
    page.locator("#wall-playing").click()
    page.locator("#wall-step").fill("0")
    page.locator("#wall-playing").click()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = task_time(session)
    times: list[float] = page.evaluate(FRAMES, MEASURED)
    cost = 1000 * (task_time(session) - before) / MEASURED
    page.close()
    return times, cost, first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--speed", type=float, default=1.0)
    arguments = parser.parse_args()
    with served([arguments.checkpoint]) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        for size in ((1280, 800), (1920, 1080), (390, 844)):
            times, cost, first = frames(browser, address, size, arguments.speed)
            late = sum(time > 1.5 * 1000 / 60 for time in times)
            print(
                f"{size[0]:>5} x {size[1]:<5} first samples {first:6.0f} ms   "
                f"{1000 / statistics.mean(times):5.1f} frames/s   {late} of {len(times)} late, "
                f"longest {max(times):.0f} ms   {cost:.1f} ms of the main thread's processor a frame"
            )


if __name__ == "__main__":
    main()
