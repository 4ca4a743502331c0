"""The page as a static site: below a path of a host that knows nothing of it, and under its own policy there."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from pentrace.engine.writer import DEFAULT_CHECKPOINT
from pentrace.page.site import page_files, write_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.conftest import Reader


class Host(SimpleHTTPRequestHandler):
    """A plain host of files, without a log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        pass


def test_a_site_works_below_any_path(open_reader: Callable[..., Reader], tmp_path: Path) -> None:
    write_site(tmp_path / "some/where", page_files([DEFAULT_CHECKPOINT]))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever).start()
        root = f"http://127.0.0.1:{server.server_port}/some/where/"
        reader = open_reader()
        reader.open(root)
        # What does not match its policy would be a problem, and open_reader allows none.
        assert all(url.startswith((root, "blob:")) for url in reader.requests)
        assert reader.page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
        # The page may still be loading what it needs later.
        reader.page.close()
        server.shutdown()


def test_a_site_opened_as_a_file_says_what_to_do(chromium: Browser, tmp_path: Path) -> None:
    write_site(tmp_path / "site", page_files([DEFAULT_CHECKPOINT]))
    page = chromium.new_page()
    page.goto((tmp_path / "site/index.html").as_uri())
    words = page.locator("#unstarted")
    words.wait_for(state="visible", timeout=10_000)
    assert "python3 -m http.server" in words.inner_text()
    page.close()
