"""Links to the page; web/test/ink/links.test.ts reads the same golden file with the page's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
from pentrace.errors import InkError, PageError
from pentrace.ink import Ink
from pentrace.link import link
from pentrace.link.address import figures
from pentrace.link.ink_code import encode, encode_within
from pentrace.link.sheet import GRID, placed
from tests.golden import links


def test_links_are_those_of_the_page(golden: Path) -> None:
    written = json.loads((golden / "links.json").read_text(encoding="utf-8"))
    assert links.golden() == written


def test_a_writer_links_to_its_own_checkpoint() -> None:
    writer = Writer()
    ink = writer.write(60, seed=2)
    found = urlsplit(writer.link(ink, figure="cells", seed=7))
    assert (found.scheme, found.netloc, found.path, found.query) == ("http", "127.0.0.1:8000", "/", "")
    fields = parse_qs(found.fragment)
    assert fields == {"cells.seed": ["7"], "ink": [encode(placed(ink))], "at": ["cells"]}
    other = Writer(TEXT_CHECKPOINT)
    assert parse_qs(urlsplit(other.link()).query) == {"checkpoint": [other.checkpoint.name]}
    assert Writer().link(page="https://example.org/pen/") == "https://example.org/pen/#"


def test_the_figures_are_those_of_the_page(repository: Path) -> None:
    page = (repository / "web/index.html").read_text(encoding="utf-8")
    assert all(f'<figure id="{name}"' in page for name in figures())
    assert figures()[0] == "writing"
    assert len(figures()) == page.count("<figure id=")


def test_a_long_ink_gets_a_coarser_grid() -> None:
    t = np.arange(6000) / 4
    rng = np.random.default_rng(1)
    loops = np.stack((8 * t + 9 * np.cos(t), 14 * np.sin(t)), axis=1) + rng.uniform(-0.5, 0.5, (6000, 2))
    ink = Ink.from_strokes(np.array_split(loops, 200))
    whole = encode(placed(ink))
    assert len(whole) > 7000
    assert len(encode_within(placed(ink), 7000)) <= 7000
    assert len(link(ink)) <= 8000
    with pytest.raises(InkError, match=r"^link: expected an ink that fits 100 characters, found [\d,]+; "):
        encode_within(placed(ink), 100)


def test_placing() -> None:
    ink = Ink.from_strokes([[[0, 0], [0, 400]], [[100, 0], [100, 300]]])
    strokes = placed(ink)
    heights = [(max(stroke.y) - min(stroke.y)) / GRID for stroke in strokes]
    # The median, of two the higher, becomes 1.6 rules; both ends are rounded to the grid.
    assert heights == pytest.approx([51.2, 38.4], abs=1 / GRID)
    assert min(min(stroke.x) for stroke in strokes) == 0
    assert [stroke.time for stroke in strokes] == [[0, 12], [24, 36]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"figure": "cell"}, r"^figure: expected one of writing, .*cells.*, found cell$"),
        ({"seed": float("nan")}, "^seed: expected a finite number, found nan$"),
        ({"chosen": ["a"]}, r"^chosen: expected a number, a text, true or false, or cells, found \['a'\]$"),
        ({"Seed.x": 1}, "^setting: expected the name of a control, found 'Seed.x'$"),
    ],
)
def test_errors(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(PageError, match=message):
        link(None, **settings)


def test_too_many_points() -> None:
    ink = Ink(np.stack((np.arange(50_001) * 20.0, np.zeros(50_001)), axis=1), np.zeros(50_001, bool))
    with pytest.raises(InkError, match=r"^link: expected at most 50,000 points, found 50,001$"):
        link(ink)
