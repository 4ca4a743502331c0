"""TypeScript as one script, and a page of a browser that has that script and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "https://alone.test/"


def bundle(entry: str, output: Path) -> None:
    """Writes the module `entry` (relative to the repository) with all that it imports to `output`."""
    command = ["npm", "exec", "--no", "--", "rolldown", entry, "--format", "esm", "--file", str(output)]
    subprocess.run(
        [sys.executable, "hatch_build.py", *command],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def empty_page(browser: Browser, files: dict[str, Path]) -> Page:
    """A page without network, whose origin has these files: name to file."""
    kinds = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN)
        if name:
            path = files[name]
            kind = kinds.get(path.suffix, "application/octet-stream")
            route.fulfill(body=path.read_bytes(), content_type=kind)
        else:
            route.fulfill(body="<!doctype html><title>alone</title>", content_type="text/html")

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(ORIGIN)
    return page
