"""The figure of cells: what it costs to repaint all values, and frames a second while a hand writes.

    python -m benchmarks.cells [--checkpoint FILE]

Each time is the main thread's processor time for all that a change repaints: of the scale, heatmap, ink, picker, curve,
small multiples and legend; of the order, heatmap and picker.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.browser.measure import FRAMES, task_time
from tests.browser.pen import Hand, write
from tests.waiting import wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAID = "document.querySelector('#cells .status-line').textContent"
CHANGED = """([name, value]) => new Promise((resolve) => {
    const menu = document.querySelector('#cells-' + name);
    menu.value = value;
    menu.dispatchEvent(new Event('input', { bubbles: true }));
    menu.dispatchEvent(new Event('change', { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(resolve));
})"""
TIMES = 10


CHANGES = {"scale": ("log", "linear"), "order": ("none", "correlation")}
"""A scale repaints everything; an order the heatmap and the picker."""


def repaints(browser: Browser, address: str, steps: int, name: str) -> list[float]:
    """Milliseconds of the main thread's processor time of each repaint."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    open_page(page, f"{address}#playing=0&wall.playing=0&cells.length={steps}")
    page.locator("#cells").scroll_into_view_if_needed()
    wait(lambda: page.evaluate(f"{SAID}.includes('over {steps} steps')"), "the cells")
    page.wait_for_timeout(1500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    costs = []
    for k in range(TIMES):
        before = task_time(session)
        page.evaluate(CHANGED, [name, CHANGES[name][k % 2]])
        costs.append(1000 * (task_time(session) - before))
    page.close()
    return costs


def frames_while_writing(browser: Browser, address: str, size: tuple[int, int]) -> list[float]:
    """Milliseconds of each frame while a hand writes and its cells are shown."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    open_page(page, f"{address}#playing=0&wall.playing=0")
    page.locator("#cells").scroll_into_view_if_needed()
    wait(lambda: page.evaluate(f"{SAID}.includes('steps')"), "the cells")
    page.locator("#cells").get_by_role("button", name="Write yourself").click()
    page.evaluate("document.querySelector('.cells-ink').scrollIntoView()")
    page.wait_for_timeout(1500)
    box = page.locator(".cells-ink").bounding_box()
    if box is None:
        raise RuntimeError("expected a sheet to write on, found none")
    hand = Hand(box["x"] + 20, box["y"] + 0.65 * box["height"], min(26.0, box["width"] / 16))
    count = round(60 * hand.seconds("write here"))
    page.evaluate(f"window.measured = ({FRAMES})({count}); 0")
    write(page, "write here", hand, hurry=False)
    times: list[float] = page.evaluate("window.measured")
    page.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    arguments = parser.parse_args()
    with served([arguments.checkpoint]) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        for steps in (400, 1500):
            for name in CHANGES:
                costs = repaints(browser, address, steps, name)
                print(
                    f"{steps:>6,} steps  {name:<6} {statistics.median(costs):5.1f} ms, most {max(costs):.1f}"
                )
        for size in ((1280, 800), (390, 844)):
            times = frames_while_writing(browser, address, size)
            late = sum(time > 1.5 * 1000 / 60 for time in times)
            print(
                f"{size[0]:>5} x {size[1]:<5} writing {1000 / statistics.mean(times):5.1f} frames/s, "
                f"{late} of {len(times)} late, longest {max(times):.0f} ms"
            )


if __name__ == "__main__":
    main()
