"""What the page costs, as Chromium itself reports it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

MAIN_THREAD = "CrRendererMain"
TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
"""What Chromium calls a task; where it has both names, each of the second is a part of one of the first."""
FRAMES = """(count) => new Promise((resolve) => {
    const times = [];
    const next = (now) => {
        times.push(now);
        if (times.length <= count) requestAnimationFrame(next);
        else resolve(times.slice(1).map((time, k) => time - times[k]));
    };
    requestAnimationFrame(next);
})"""
"""Milliseconds of each of so many frames."""
CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline"]


def transferred(page: Page) -> dict[str, int]:
    """Bytes that came over the network by address, headers and the page itself included."""
    entries = page.evaluate(
        """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
            .map(({ name, transferSize }) => [name, transferSize])"""
    )
    sizes: dict[str, int] = {}
    for name, size in entries:
        # A second worker has its code from the cache.
        sizes[name] = sizes.get(name, 0) + int(size)
    return sizes


def first_prediction(page: Page) -> float:
    """Milliseconds from navigation until the first future was handed to the figure."""
    return float(page.evaluate("performance.getEntriesByName('first-future')[0].startTime"))


def tasks_while_writing(browser: Browser, page: Page, text: str, trace: Path) -> list[tuple[float, float]]:
    """Writes a text in a hand's time and gives the main thread's tasks: (processor, clock) in milliseconds each."""
    box = page.locator("#paper").bounding_box()
    assert box is not None
    browser.start_tracing(page=page, path=trace, categories=CATEGORIES)
    write(page, text, Hand(90, box["y"] + 0.6 * box["height"]), hurry=False)
    page.wait_for_timeout(500)
    browser.stop_tracing()
    return main_thread_tasks(json.loads(trace.read_text())["traceEvents"])


def main_thread_tasks(events: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """The tasks of the main thread in a trace: (processor, clock) in milliseconds each."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"]["name"] == MAIN_THREAD
    }
    named: dict[str, list[tuple[float, float]]] = {name: [] for name in TASKS}
    for event in events:
        if event.get("name") in named and (event["pid"], event["tid"]) in threads and "tdur" in event:
            named[event["name"]].append((event["tdur"] / 1000, event["dur"] / 1000))
    return next((found for found in named.values() if found), [])


def task_time(session: CDPSession) -> float:
    """Seconds of the processor that the main thread's tasks have taken."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))
