"""The engine's golden digests in Chromium, through the page's own host of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from pentrace.wasm import WASM
from tests.make_golden import DEFAULT, GOLDEN, ROOT, TINY

ORIGIN = "https://golden.test/"


@pytest.fixture(scope="module")
def script(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """web/test/golden.ts and what it imports, as one script."""
    path = tmp_path_factory.mktemp("golden") / "golden.js"
    bundle = ["rolldown", "web/test/golden.ts", "--format", "esm", "--file", str(path)]
    subprocess.run(
        [sys.executable, "hatch_build.py", "npm", "exec", "--no", "--", *bundle],
        cwd=repository,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return path


@pytest.fixture(scope="module")
def page(repository: Path, script: Path) -> Iterator[Page]:
    """An empty page whose origin has these files and nothing else: no network."""
    files = {
        "": (b"<!doctype html><title>golden</title>", "text/html"),
        "golden.js": (script.read_bytes(), "text/javascript"),
        "engine.wasm": (WASM.read_bytes(), "application/wasm"),
        "golden.json": (GOLDEN.read_bytes(), "application/json"),
    }
    for path in (TINY, DEFAULT):
        if path.exists():
            name = path.relative_to(ROOT).as_posix()
            files[name] = (path.read_bytes(), "application/octet-stream")

    def answer(route: Route) -> None:
        body, kind = files[route.request.url.removeprefix(ORIGIN)]
        route.fulfill(body=body, content_type=kind)

    command = [str(repository / ".ci/need"), "chromium"]
    chromium = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(ORIGIN)
        yield page
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", [TINY, DEFAULT], ids=["tiny", "default"])
def test_bits_in_chromium(page: Page, path: Path) -> None:
    if path == DEFAULT and not path.exists():
        pytest.skip("there is no default checkpoint yet")
    name = path.relative_to(ROOT).as_posix()
    found = page.evaluate(
        """async (name) => {
            const { digests } = await import("/golden.js");
            const module = await WebAssembly.compileStreaming(fetch("/engine.wasm"));
            const file = new Uint8Array(await (await fetch("/" + name)).arrayBuffer());
            return digests(module, file, await (await fetch("/golden.json")).json());
        }""",
        name,
    )
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))["checkpoints"].get(name)
