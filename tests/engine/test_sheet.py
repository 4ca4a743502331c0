"""The ink of the page's paper; web/test/engine/sheet.test.ts reads the same golden file with the page's own code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pentrace import Writer
from pentrace.errors import InkError, PageError
from pentrace.link import link, read_link
from pentrace.link.ink_code import decode, encode
from pentrace.link.sheet import GRID, SheetInk, placed
from tests.golden import links, sheets
from tests.golden.engine import TINY

if TYPE_CHECKING:
    from pathlib import Path

    from pentrace.link.sheet import Stroke


def test_the_model_reads_what_the_page_reads(golden: Path) -> None:
    assert sheets.golden() == json.loads((golden / "sheets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "strokes"), sheets.sheets().items())
def test_a_code_gives_the_strokes_back(name: str, strokes: list[Stroke]) -> None:
    assert decode(encode(strokes)) == strokes, name
    coarse = decode(encode(strokes, 2))
    assert [len(stroke.x) for stroke in coarse] == [len(stroke.x) for stroke in strokes]
    assert {value % 4 for stroke in coarse for value in [*stroke.x, *stroke.y]} == {0}


def test_a_link_gives_its_ink_back() -> None:
    ink = links.inks()["large"]
    sheet = read_link(link(ink, "cells", seed=3))
    assert sheet.strokes == placed(ink)
    assert read_link(f"#ink={encode(placed(ink))}").strokes == sheet.strokes
    back = sheet.ink()
    assert back.pen_up.sum() == ink.pen_up.sum()
    assert back.points[0].tolist() == [sheet.strokes[0].x[0] / GRID, sheet.strokes[0].y[0] / GRID]
    assert back.time is not None
    assert back.pressure is None
    pressed = SheetInk(sheets.sheets()["pressed"]).ink()
    assert pressed.pressure is not None
    assert pressed.pressure[1] == np.float32(0.07)
    assert not SheetInk(sheets.sheets()["open"]).ink().pen_up[-1]


def test_a_writer_reads_sheets_and_offsets() -> None:
    writer = Writer(TINY)
    sheet = SheetInk(sheets.sheets()["written on"])
    read = writer.read(sheet)
    assert len(read.raw_points) == len(read.offsets) + 1
    # The model's strokes are read as they are: each of their points is a step.
    assert read.raw_points[-40:].tolist() == list(range(len(sheet.ink()) - 40, len(sheet.ink())))
    for ink in (sheet, read.offsets):
        assert np.array_equal(writer.trace(ink).offsets, read.offsets)
        one, other = (writer.engine.mixture(writer.state(each)) for each in (ink, read))
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://127.0.0.1:8000/#cells.seed=7", r"^link: expected one with an ink \(#ink=...\), found 'http"),
        ("#ink=%", "^link: the code of the ink: expected base64url, found something else$"),
        ("#ink=AQ", "^link: the code of the ink: expected version 2, found 1; "),
        ("#ink=Ag", "^link: the code of the ink ends too early; copy the whole link$"),
    ],
)
def test_links_without_an_ink_that_can_be_read(address: str, message: str) -> None:
    with pytest.raises((PageError, InkError), match=message):
        read_link(address)


def test_a_broken_code_is_refused() -> None:
    code = encode(sheets.sheets()["several"])
    with pytest.raises(InkError, match="ends too early"):
        decode(code[: len(code) // 8 * 4])
    broken = code[:40] + ("A" if code[40] != "A" else "B") + code[41:]
    with pytest.raises(InkError, match=r"^link: the code of the ink"):
        decode(broken)
    with pytest.raises(InkError, match="has more in it"):
        decode(code + "A" * (-len(code) % 4 + 4))
