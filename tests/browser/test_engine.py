"""The engine's golden digests in Chromium, through the page's own host of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pentrace.engine.wasm import WASM
from tests.bundle import bundle, empty_page
from tests.golden.engine import CHECKPOINTS, GOLDEN, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """web/test/golden.ts and what it reads."""
    script = tmp_path_factory.mktemp("golden") / "golden.js"
    bundle("web/test/golden.ts", script)
    files = {"golden.js": script, "engine.wasm": WASM, "golden.json": GOLDEN}
    files |= {path.relative_to(ROOT).as_posix(): path for path in CHECKPOINTS.values()}
    return empty_page(chromium, files)


@pytest.mark.parametrize("path", CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_bits_in_chromium(page: Page, path: Path) -> None:
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
