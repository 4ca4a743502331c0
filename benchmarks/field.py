"""The field of futures: how long 400 points x 50 futures x 8 steps take, and what a pen gets that writes.

    python -m benchmarks.field [--checkpoint FILE] [--times N]

Chromium runs on this machine, with two workers. The coarse field is there when no 16 points in a row have nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium, open_page, served, wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MEASURED = "(name) => performance.getEntriesByName(name).map(({ duration }) => duration)"
LONGEST_S = 240.0
ROWS, FUTURES, STEPS = 401, 50, 8
WRITING_STEPS = 4


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


def points_a_second(page: Page, address: str) -> float:
    """Points whose futures are drawn in a second when all that matters is the engine: one worker, row after row."""
    return float(
        page.evaluate(
            """async ([wasm, checkpoint, worker, rows, count, steps]) => {
                const bytes = async (name) => (await fetch(name)).arrayBuffer();
                const running = new Worker(worker, { type: "module" });
                const [engine, weights] = [await bytes(wasm), await bytes(checkpoint)];
                const pieces = Array.from({ length: rows }, (_, row) => ({ row, first: 0, count }));
                const said = (type, last) => new Promise((resolve) => {
                    running.onmessage = ({ data }) => {
                        if (data.type === type && (last === undefined || data.piece.row === last)) resolve(data);
                    };
                });
                running.postMessage({ type: "load", id: 1, wasm: engine, checkpoint: weights, name: "benchmark" });
                const source = { kind: "sample", seed: 1, steps: rows, variation: 0.5 };
                const path = said("path");
                running.postMessage({ type: "path", id: 2, source, forks: [], reply: true });
                await path;
                const begin = performance.now();
                const drawn = said("piece", rows - 1);
                running.postMessage({ type: "draw", id: 3, pieces, steps, seed: 1, variation: 0.7 });
                await drawn;
                const taken = performance.now() - begin;
                running.terminate();
                return (1000 * rows) / taken;
            }""",
            [
                f"{address}engine.wasm",
                f"{address}checkpoints/{DEFAULT.name}",
                worker_of(page),
                120,
                FUTURES,
                WRITING_STEPS,
            ],
        )
    )


def worker_of(page: Page) -> str:
    """The address of the field's worker, as the page has loaded it."""
    script = "performance.getEntriesByType('resource').find(({ name }) => /field-worker/.test(name))?.name"
    wait(lambda: page.evaluate(script), "the worker of the field")
    return str(page.evaluate(script))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with served([arguments.checkpoint]) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        coarse, complete, points, taken = [], [], [], []
        for _ in range(arguments.times):
            page = shown(browser, address)
            before = processor(browser)
            first, all_of_it = field(page)
            taken.append(processor(browser) - before)
            coarse.append(first)
            complete.append(all_of_it)
            points.append(points_a_second(page, address))
            page.context.close()
    work = ROWS * FUTURES * STEPS
    print(f"coarse field     {statistics.median(coarse):>10.0f} ms (best {min(coarse):.0f})")
    print(
        f"complete field   {statistics.median(complete):>10.0f} ms (best {min(complete):.0f}), {work:,} future-steps"
    )
    print(f"                 {min(taken):>10.1f} s of the processor, workers and painting")
    print(f"while writing    {max(points):>10.0f} points a second and worker get {FUTURES} x {WRITING_STEPS}")


if __name__ == "__main__":
    main()
