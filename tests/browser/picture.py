"""The pictures of the page in docs/, taken of the page itself while a scripted pen writes.

python -m tests.browser.picture
"""

from __future__ import annotations

import base64
import io
import itertools
import time
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.browser.host import DEFAULT, ROOT, chromium, open_page, served
from tests.browser.pen import Hand, write

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

DOCS = ROOT / "docs"
TEXT = "we write here"
SIZE = (1280, 800)
FILM_SIZE = (900, 600)
LOOK_MS = 4000


def main() -> None:
    """Writes docs/page.png, docs/page-dark.png and docs/writing.webp. For a machine that does nothing else."""
    DOCS.mkdir(exist_ok=True)
    with served([DEFAULT]) as address, chromium() as browser:
        for scheme, name in (("light", "page.png"), ("dark", "page-dark.png")):
            page = new_page(browser, address, scheme, density=2)
            page.locator("#length").fill("160")
            write(page, TEXT, hand(page))
            page.wait_for_timeout(3200)
            save(DOCS / name, page.screenshot())
            page.context.close()
        save(DOCS / "writing.webp", film(new_page(browser, address, "light", density=1, size=FILM_SIZE)))


def new_page(browser: Browser, address: str, scheme: Any, density: int, size: tuple[int, int] = SIZE) -> Page:
    """The page in a window of a size."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=density
    )
    open_page(page, address)
    return page


def hand(page: Page) -> Hand:
    """A hand at the begin of the line, as large as its rules ask for."""
    left, top, _, height = paper(page)
    return Hand(left + 66, top + round(0.6 * height), 36)


def paper(page: Page) -> tuple[float, float, float, float]:
    """Left, top, width and height of the paper in the window."""
    box = page.locator("#paper").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def film(page: Page) -> bytes:
    """A hand writes, futures flicker, one is taken over, they go on: an endless WebP of the paper."""
    left, top, width, height = map(round, paper(page))
    box = (left, top, left + width, top + height)
    frames: list[tuple[float, Image.Image]] = []
    filming = True
    session = page.context.new_cdp_session(page)

    def keep(frame: dict[str, Any]) -> None:
        picture = Image.open(io.BytesIO(base64.b64decode(frame["data"]))).convert("RGB")
        frames.append((float(frame["metadata"]["timestamp"]), picture.crop(box)))
        if filming:
            session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "jpeg", "quality": 95, "everyNthFrame": 4})
    begin = time.time()
    write(page, TEXT, hand(page), hurry=False)
    written = time.time()
    page.wait_for_timeout(LOOK_MS)
    page.keyboard.press("Enter")
    page.wait_for_timeout(LOOK_MS)
    filming = False
    session.send("Page.stopScreencast")
    # Filming slows the pen down: it is shown at the pace of a hand.
    pace = min(hand(page).seconds(TEXT) / (written - begin), 1.0)
    times = [pace * min(t, written) + max(t - written, 0.0) for t in [*(t for t, _ in frames), time.time()]]
    durations = [max(round(1000 * (b - a)), 1) for a, b in itertools.pairwise(times)]
    out = io.BytesIO()
    pictures = [picture for _, picture in frames]
    pictures[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        quality=70,
        method=4,
    )
    return out.getvalue()


def save(path: Path, content: bytes) -> None:
    """Writes beside the file, then moves it into place."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


if __name__ == "__main__":
    main()
