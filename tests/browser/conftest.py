"""The page as a reader sees it: served by the app, opened in Chromium, and watched for errors."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pentrace.atlas import beside
from tests.browser import host
from tests.golden.engine import TINY
from tests.waiting import wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from pentrace.atlas import Atlas


CONTROLS = {"button", "slider", "combobox", "switch", "checkbox", "spinbutton", "textbox", "radio"}
"""Roles of what a reader can set or press."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with host.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def serve_page() -> Iterator[Callable[[list[Path]], str]]:
    """Serves the page with some checkpoints; gives its address."""
    with ExitStack() as running:
        yield lambda checkpoints: running.enter_context(host.served(checkpoints))


@pytest.fixture(scope="session")
def address(serve_page: Callable[[list[Path]], str]) -> str:
    """Where the page is, with the default checkpoint."""
    return serve_page([host.DEFAULT])


@pytest.fixture(scope="session")
def quick(serve_page: Callable[[list[Path]], str]) -> str:
    """Where the page is, with a small model that takes no time."""
    return serve_page([TINY])


@pytest.fixture(scope="module")
def place(
    atlas: Atlas, serve_page: Callable[[list[Path]], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Where the page is, with the small model and the atlas that a module of tests made for it."""
    file = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    shutil.copy(TINY, file)
    atlas.save(beside(file))
    return serve_page([file])


@dataclass
class Reader:
    """A page that is open, and what a reader does with it."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Goes to an address and waits for the first future."""
        host.open_page(self.page, url)

    def wait(self, expression: str) -> Any:
        """Waits until an expression of the page is true and gives it."""
        wait(lambda: self.page.evaluate(expression), f"{expression}; status: {self.status}")
        return self.page.evaluate(expression)

    def wait_for(self, true: Callable[[], bool], what: str) -> None:
        """Waits until something holds."""
        wait(true, f"{what}; status: {self.status}")

    @property
    def status(self) -> str:
        """What the page says above the paper."""
        return self.page.locator("#status").inner_text()

    def settle(self) -> None:
        """Waits until the model has read all the ink and its futures are there."""
        self.wait("document.querySelector('.paper-surface').ariaBusy === 'false'")

    @property
    def movements(self) -> int:
        """How many movements the model has read, of all that was written."""
        self.settle()
        words = self.status.split()
        return int(words[0]) if words[1:2] == ["movements"] else 0

    def press(self, button: str) -> None:
        """Presses a button by its id."""
        self.page.locator(f"#{button}").click()

    def pause(self) -> None:
        """Stops the page from going to the next future."""
        if self.page.locator("#play").inner_text() == "Pause":
            self.press("play")

    def download(self, button: str) -> bytes:
        """The file that a button gives."""
        with self.page.expect_download() as waiting:
            self.press(button)
        return Path(waiting.value.path()).read_bytes()

    def controls(self) -> list[tuple[str, str, str]]:
        """Role, name and spoken value of every control, by Chromium's tree for assistive technology.

        From Chromium 156 on that tree has only the number of a range, so its words come from the page.
        """
        session = self.page.context.new_cdp_session(self.page)
        found = []
        for node in session.send("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if node.get("ignored") or role not in CONTROLS:
                continue
            spoken = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
            element = session.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
            names_values = element.get("attributes", [])
            attributes = dict(zip(names_values[::2], names_values[1::2], strict=True))
            words = attributes.get("aria-valuetext") or spoken.get("valuetext")
            value = words or node.get("value", {}).get("value", "")
            found.append((role, str(node.get("name", {}).get("value", "")), str(value)))
        return found

    def ink(self) -> dict[str, Any]:
        """The ink as its JSON says it. The page stays where it is, although its button may be out of view."""
        before = self.page.evaluate("scrollY")
        document: dict[str, Any] = json.loads(self.download("json"))
        self.page.evaluate("(y) => scrollTo({ top: y, behavior: 'instant' })", before)
        return document

    def coloured(self, layer: int) -> int:
        """Pixels that are painted on a layer of the paper: 0 ink (with the rules), 1 cloud, 2 the future shown."""
        return int(
            self.page.evaluate(
                """(layer) => {
                    const canvas = document.querySelectorAll("#paper canvas")[layer];
                    const copy = new OffscreenCanvas(canvas.width, canvas.height);
                    const context = copy.getContext("2d", { willReadFrequently: true });
                    context.drawImage(canvas, 0, 0);
                    const { data } = context.getImageData(0, 0, copy.width, copy.height);
                    let count = 0;
                    for (let k = 3; k < data.length; k += 4) if (data[k] > 8) count++;
                    return count;
                }""",
                layer,
            )
        )


@pytest.fixture
def open_reader(chromium: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens pages, each with a browser profile of its own; at the end none may have had a problem."""
    readers: list[Reader] = []

    def make(**options: Any) -> Reader:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        reader = Reader(context.new_page())
        page = reader.page
        page.on("pageerror", lambda error: reader.problems.append(f"error: {error}"))
        page.on("console", lambda said: reader.problems.append(f"console: {said.text}"))
        page.on("request", lambda request: reader.requests.append(request.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));"
        )
        readers.append(reader)
        return reader

    yield make
    for reader in readers:
        reader.page.context.close()
    assert [problem for reader in readers for problem in reader.problems] == []


@pytest.fixture
def reader(open_reader: Callable[..., Reader], address: str) -> Reader:
    """The page on a laptop's screen, its first future shown."""
    reader = open_reader()
    reader.open(address)
    return reader
