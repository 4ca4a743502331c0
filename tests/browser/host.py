"""The app and the browser: for the tests, the benchmark and the pictures."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from pentrace.page import serve
from pentrace.page.site import page_files
from tests.waiting import WAIT_S, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT / "src/pentrace/weights/default.safetensors"
READY = "performance.getEntriesByName('first-future').length > 0"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    command = [str(ROOT / ".ci/need"), "chromium"]
    path = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def served(checkpoints: list[Path]) -> Iterator[str]:
    """The address of the page with some checkpoints, on a free port of loopback."""
    bound = serve.listen("127.0.0.1", 0)
    app = serve.make_app(page_files(checkpoints))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    wait(lambda: server.started, "the server")
    yield serve.address_of(bound, "127.0.0.1")
    server.should_exit = True
    thread.join(WAIT_S)
    bound.close()


def open_page(page: Page, address: str) -> None:
    """Goes to an address and waits for the first future. (Playwright's own wait needs eval, which the page forbids.)"""
    page.goto(address)
    wait(lambda: page.evaluate(READY), "the first future")
