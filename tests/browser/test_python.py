"""Copy as Python: the lines that a figure gives compute, bit for bit, what the page's workers computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.ink import Ink, formats
from pentrace.ink.formats import json
from tests.browser import pen
from tests.browser.host import DEFAULT
from tests.browser.notebook import Notebook, points, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

F32 = npt.NDArray[np.float32]

SETTINGS = {
    "playing": "0",
    "shown": "3",
    "variation": "0.35",
    "wall.playing": "0",
    "wall.seed": "5",
    "wall.primed": "1",
    "field.count": "5",
    "field.steps": "3",
    "field.forks": "40.2.1.0-7~70.1.9.0-35",
    "step.row": "60",
    "step.drawn": "2",
    "cells.what": "f",
    "atlas.feature": "pen lift in 1 step",
    "change.strength": "0.55",
    "change.primed": "1",
    "type.playing": "0",
    "type.candidates": "2",
    "type.text": "Ada, 7",
}


@pytest.fixture
def page(open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]) -> Notebook:
    """The page with a line that was written by hand and written on by the model, in the middle of a stroke."""
    reader = open_reader(viewport={"width": 1280, "height": 1000})
    made = Notebook(reader)
    address = serve_page([DEFAULT, TEXT_CHECKPOINT])
    reader.open(address + "#" + "&".join(f"{name}={value}" for name, value in SETTINGS.items()))
    box = reader.page.locator("#paper").bounding_box()
    assert box is not None
    pen.write(reader.page, "here", pen.Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    reader.settle()
    reader.press("take-over")
    reader.settle()
    return made


def same(a: npt.ArrayLike, b: npt.ArrayLike) -> bool:
    """Whether two arrays are equal bit for bit, whatever their shapes."""
    return np.array_equal(np.ravel(a), np.ravel(b))


def offsets_of(lines: list[dict[str, Any]]) -> F32:
    """The offsets of some samples, one after the other."""
    return np.concatenate([line["offsets"] for line in lines])


def assert_futures(page: Notebook, begin: int, first: int = 1) -> F32:
    """The copied field is the one that the workers have drawn since a request, from row `first` to the last."""
    ended = "document.querySelector('#field .status-line').textContent.includes('movements drawn')"
    page.reader.wait(f"heard['field.draw']?.length > {begin} && {ended}")
    futures: F32 = page.value("field")
    pieces = page.plain(
        f"heard['field.draw'].slice({begin})"
        ".flatMap(({ request, replies }) => request.steps === 3 ? replies : [])"
    )
    rows = {(piece["piece"]["row"], piece["piece"]["first"]): piece for piece in pieces}
    # The row before the first movement is the same for every ink, so it is not drawn again.
    assert {row for row, _ in rows} - {0} == set(range(first, len(futures)))
    for (row, future), piece in rows.items():
        assert same(futures[row, future : future + piece["piece"]["count"]], piece["offsets"])
    return futures


def assert_memory(page: Notebook, least: int) -> None:
    """The copied influences are those that the workers found, of so many strokes at least."""
    page.show("memory")
    replies = page.heard("memory.strokes")["replies"]
    # Futures show the hand later, and take time.
    remembered = run(page.copied("memory").replace("changes=", "futures=0, changes="))
    apart = {reply["stroke"]: reply["divergence"] for reply in replies if reply["kind"] == "stroke"}
    assert len(apart) == len(remembered) >= least
    assert [one.divergence for one in remembered] == pytest.approx([apart[k] for k in range(len(apart))])


def test_every_figure_as_python(page: Notebook) -> None:
    page.show("wall")
    heard = page.heard("wall.samples")
    assert len(heard["request"]["strokes"]) > 3
    wall = page.value("wall")
    assert wall.shape == (24, 500, 3)
    assert same(wall, offsets_of([line for reply in heard["replies"] for line in reply["lines"]]))

    scale = heard["replies"][0]["scale"]
    heard = page.heard("writing.futures")
    assert heard["request"]["variation"] == 0.35
    page.show("writing")
    sample = page.value("writing")
    last = heard["replies"][-1]
    future = last["all"][heard["request"]["shown"] - last["first"]]
    assert same(points(sample, last["end"], scale), future["points"])
    assert same(sample[:, 2], future["lifts"])

    page.show("field")
    assert_futures(page, 0)
    before = page.plain("heard['field.draw'].length")
    page.reader.page.locator("#field-ink").select_option("line")
    assert len(assert_futures(page, before)) == 161

    page.show("step")
    (reply,) = page.heard("step.step")["replies"]
    memory, gates, hidden, mixture, drawn = page.value("step")
    assert reply["own"] == 60
    assert same(memory, reply["history"])
    assert same(gates, reply["gates"])
    assert same(hidden, reply["hidden"])
    assert same(mixture, reply["mixture"])
    assert same(drawn, reply["next"])

    assert_memory(page, 4)
    page.show("why")
    page.reader.wait("document.querySelector('#why .why-told').textContent.includes('times:')")
    (looked,) = page.heard("why.look")["replies"]
    (always,) = page.heard("why.always")["replies"]
    weight, bias, silent = page.value("why")
    assert same(weight, looked["votes"]["weight"])
    assert bias == looked["votes"]["bias"]
    shares = (silent.before, silent.always, *silent.random_always)
    assert shares == pytest.approx((looked["now"]["share"], always["top"], *always["random"]), abs=1e-12)

    page.show("neaten")
    heard = page.heard("neaten.neaten")
    neat = page.value("neaten")
    origin = dict(zip("xy", heard["request"]["strokes"][0]["points"][:2].tolist(), strict=True))
    assert same(points(neat, origin, scale), heard["replies"][-1]["neat"]["points"][2:])

    page.show("cells")
    heard = page.heard("cells.cells")
    values = page.value("cells")
    reply = heard["replies"][-1]
    assert reply["what"] == "f"
    assert values.shape == (reply["from"] + reply["values"].size // reply["cells"], 500)
    assert same(values[reply["from"] :], reply["values"])

    points_of_file = np.cumsum(np.random.default_rng(4).normal(0, 2, (80, 2)), axis=0)
    file = json.dumps(Ink.from_strokes([points_of_file[:50], points_of_file[50:]]))
    page.reader.page.locator("#cells input[type=file]").set_input_files(
        {"name": "opened.json", "mimeType": "application/json", "buffer": file}
    )
    page.reader.wait("heard['cells.cells'].at(-1).request.source.kind === 'ink'")
    reply = page.heard("cells.cells")["replies"][-1]
    assert same(page.value("cells")[reply["from"] :], reply["values"])

    page.show("atlas")
    heard = page.heard("atlas.look")
    best, features, moments = page.value("atlas")
    assert [found.cell for found in best[:1]] == heard["request"]["cells"]
    assert best[0] in features
    assert [moment._asdict() for moment in moments] == heard["request"]["moments"]

    page.show("change")
    heard = page.heard("change.write")
    assert heard["request"]["strokes"] != []
    without, changed = page.value("change")
    assert same(without, offsets_of(heard["replies"][-1]["before"]))
    assert same(changed, offsets_of(heard["replies"][-1]["after"]))
    assert not same(without, changed)

    page.show("type")
    page.reader.wait("!document.querySelector('#type-json').disabled")
    written = page.value("type")
    assert written.ink == formats.decode(page.reader.download("type-json"), "type.json")


def test_a_moved_pointer_and_one_step_of_a_text_as_python(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]
) -> None:
    reader = open_reader(viewport={"width": 1280, "height": 1000})
    page = Notebook(reader)
    settings = "playing=0&type.playing=0&type.candidates=2&type.text=Ada&type.moves=0.20.1.0~0.60.2.30"
    settings += "&type.slant=1.5&type.pace=-0.5"
    settings += "&field.count=5&field.steps=3"
    reader.open(f"{serve_page([DEFAULT, TEXT_CHECKPOINT])}#{settings}&step.row=30&step.drawn=2")
    page.show("type")
    # A letter that comes again, and one that is held.
    reader.wait("document.querySelector('#type .status-line').textContent.includes('2 times')")
    reader.wait("!document.querySelector('#type-json').disabled")
    copied = page.copied("type")
    assert "moves=[(0, 20, 1, 0), (0, 60, 2, 30)]" in copied
    assert 'traits={"slant": 1.5, "pace": -0.5}' in copied
    moved = page.value("type")
    assert moved.ink == formats.decode(reader.download("type-json"), "type.json")

    reader.press("type-open-in-futures")
    reader.wait("document.querySelector('#field-ink').value === 'opened'")
    page.show("step")
    reader.wait("window.heard['step.step']?.at(-1).request.source.text")
    (reply,) = page.heard("step.step")["replies"]
    memory, gates, hidden, mixture, drawn = page.value("step")
    assert same(memory, reply["history"])
    assert same(gates, reply["gates"])
    assert same(hidden, reply["hidden"])
    assert same(mixture, reply["mixture"])
    assert same(drawn, reply["next"])

    # A future that was taken goes on along the text.
    page.show("field")
    assert_futures(page, 0)
    begin = page.plain("heard['field.draw'].length")
    reader.page.locator("#field .field-surface").focus()
    for key in ("Home", "PageDown", "ArrowDown", "ArrowDown", "Enter"):
        reader.page.keyboard.press(key)
    reader.wait("document.querySelectorAll('.fork-tree button').length === 2")
    assert_futures(page, begin, first=11)
    assert "ink.pointers[:step]" in page.copied("field")

    assert_memory(page, 1)
    said = "document.querySelector('#memory .status-line').textContent"
    assert ", at \u201c" in reader.page.evaluate(said)
    assert "Reading(ink.offsets" in page.copied("memory")

    # The state of one hand in that of another, along the same text.
    page.show("swap")
    heard = page.heard("swap.write")
    assert [ink["words"] for ink in heard["replies"][-1]["inks"]] == ["Ada", "Ada"]
    # Traits of few futures are quicker; test_swap.py compares all of them.
    code = page.copied("swap").replace("futures=32", "futures=2, draws=0")
    (before, after), traits = run(re.sub(r", (draws=\d\d|recogniser=[^)]*\))", "", code))
    written = heard["replies"][-1]["written"]
    for samples, lines in ((before, written["before"]), (after, written["after"])):
        # What follows the end of a line is nothing.
        ends = [line["pointers"].size for line in lines]
        assert same(
            offsets_of(lines), np.concatenate([one[:n] for one, n in zip(samples, ends, strict=True)])
        )
    assert list(traits.cells) == written["cells"]
    # Every step of the text can be looked at, not only the one before its end at which the figure begins.
    reader.page.locator("#swap .swap-surface").first.focus()
    reader.page.keyboard.press("End")
    length = heard["replies"][-1]["inks"][0]["offsets"].size // 3
    reader.wait(f"document.querySelector('#swap .status-line').textContent.startsWith('After {length} ')")
    heads = reader.page.locator("#swap .swap-head").all_inner_texts()
    assert [head.split(",")[0] for head in heads] == [
        "Receiver: the opened text",
        "Donor: the same in another hand",
    ]


def test_python_that_cannot_be_copied_is_shown(reader: Reader) -> None:
    reader.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('refused')))")
    button = reader.page.locator("#writing button.python")
    button.click()
    text = reader.page.locator("#writing .python-box textarea")
    reader.wait("document.activeElement.matches('.python-box textarea')")
    assert text.input_value().startswith("from pentrace import Writer\n")
    assert reader.page.evaluate("getSelection().toString()") == text.input_value()
    reader.page.locator("#writing .python-box button").click()
    assert text.count() == 0
    assert reader.page.evaluate("document.activeElement.className") == "python"
