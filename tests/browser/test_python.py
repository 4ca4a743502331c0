"""Copy as Python: the lines that a figure gives compute, bit for bit, what the page's workers computed."""

from __future__ import annotations

import ast
import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.engine.writer import TEXT_CHECKPOINT
from tests.browser import pen
from tests.browser.host import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Reader

F32 = npt.NDArray[np.float32]

LISTEN = """
// What each request asked a worker for, and what it answered, by task and method.
window.heard = {};
window.Worker = class extends Worker {
    #asked = new Map();
    constructor(...options) {
        super(...options);
        this.addEventListener("message", ({ data }) => {
            const entry = this.#asked.get(data.id);
            if (data.type === "reply") entry.replies.push(data.reply);
            if (data.type === "done") entry.done = true;
        });
    }
    postMessage(message, ...rest) {
        if (message.type === "ask") {
            const entry = { request: message.request, replies: [], done: false };
            this.#asked.set(message.id, entry);
            (window.heard[`${message.task}.${message.method}`] ??= []).push(entry);
        }
        super.postMessage(message, ...rest);
    }
};
window.plain = (value) => {
    if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
        return { type: value.constructor.name, bytes: btoa(text) };
    }
    if (Array.isArray(value)) return value.map(window.plain);
    if (value === null || typeof value !== "object" || value instanceof WebAssembly.Module) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, window.plain(each)]));
};
"""
TYPES = {
    "Float32Array": np.float32,
    "Float64Array": np.float64,
    "Int32Array": np.int32,
    "Uint8Array": np.uint8,
}
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
}


def decoded(value: Any) -> Any:
    """A value of the page with its arrays as arrays."""
    if isinstance(value, dict):
        if set(value) == {"type", "bytes"}:
            return np.frombuffer(base64.b64decode(value["bytes"]), TYPES[value["type"]])
        return {name: decoded(each) for name, each in value.items()}
    return [decoded(each) for each in value] if isinstance(value, list) else value


def run(text: str) -> Any:
    """What a notebook shows after the lines: the value of the last one."""
    tree = ast.parse(text)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


class Figures:
    """A page of which every figure can be copied."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def show(self, name: str) -> None:
        """Scrolls to a figure and waits until its workers have answered all that was asked."""
        self.reader.page.locator(f"#{name}").scroll_into_view_if_needed()
        self.reader.page.evaluate(
            "(name) => document.getElementById(name).scrollIntoView({ behavior: 'instant', block: 'center' })",
            name,
        )

    def heard(self, name: str) -> dict[str, Any]:
        """The newest request of a task's method, all of whose replies have come."""
        newest = f"window.heard['{name}']?.at(-1)"
        self.reader.wait(f"{newest}?.done")
        found: dict[str, Any] = decoded(self.reader.page.evaluate(f"window.plain({newest})"))
        return found

    def copied(self, name: str) -> str:
        """What the button copies."""
        button = self.reader.page.locator(f"#{name} button.python")
        button.click()
        self.reader.wait_for(lambda: button.inner_text() == "Copied", f"{name} copied")
        text: str = self.reader.page.evaluate("navigator.clipboard.readText()")
        return text

    def value(self, name: str) -> Any:
        """What the copied lines give."""
        return run(self.copied(name))


@pytest.fixture
def page(open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]) -> Figures:
    """The page with a line that was written by hand and written on by the model, in the middle of a stroke."""
    reader = open_reader(
        permissions=["clipboard-read", "clipboard-write"], viewport={"width": 1280, "height": 1000}
    )
    reader.page.add_init_script(LISTEN)
    address = serve_page([DEFAULT, TEXT_CHECKPOINT])
    reader.open(address + "#" + "&".join(f"{name}={value}" for name, value in SETTINGS.items()))
    box = reader.page.locator("#paper").bounding_box()
    assert box is not None
    pen.write(reader.page, "here", pen.Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    reader.settle()
    reader.press("take-over")
    reader.settle()
    return Figures(reader)


def points(sample: F32, end: dict[str, float], scale: float) -> F32:
    """Where offsets lead on the sheet, as the page places them."""
    steps = sample[:, :2].astype(np.float64) / scale
    placed = np.cumsum(np.concatenate([[[end["x"], end["y"]]], steps]), axis=0)
    return placed[1:].astype(np.float32)


def same(a: npt.ArrayLike, b: npt.ArrayLike) -> bool:
    """Whether two arrays are equal bit for bit, whatever their shapes."""
    return np.array_equal(np.ravel(a), np.ravel(b))


def test_every_figure_as_python(page: Figures) -> None:
    page.show("wall")
    heard = page.heard("wall.samples")
    assert len(heard["request"]["strokes"]) > 3
    wall = page.value("wall")
    assert wall.shape == (24, 500, 3)
    assert same(wall, np.concatenate([reply["offsets"] for reply in heard["replies"]]))

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
    page.reader.wait("document.querySelector('#field .view').ariaBusy === 'false'")
    futures = page.value("field")
    pieces = decoded(
        page.reader.page.evaluate(
            "plain(heard['field.draw'].flatMap(({ request, replies }) => request.steps === 3 ? replies : []))"
        )
    )
    rows = {(piece["piece"]["row"], piece["piece"]["first"]): piece for piece in pieces}
    assert len({row for row, _ in rows}) == len(futures) > 150
    for (row, first), piece in rows.items():
        assert same(futures[row, first : first + piece["piece"]["count"]], piece["offsets"])

    page.show("step")
    (reply,) = page.heard("step.step")["replies"]
    memory, gates, hidden, mixture, drawn = page.value("step")
    assert reply["own"] == 60
    assert same(memory, reply["history"])
    assert same(gates, reply["gates"])
    assert same(hidden, reply["hidden"])
    assert same(mixture, reply["mixture"])
    assert same(drawn, reply["next"])

    page.show("memory")
    replies = page.heard("memory.strokes")["replies"]
    remembered = page.value("memory")
    apart = {reply["stroke"]: reply["divergence"] for reply in replies if reply["kind"] == "stroke"}
    assert len(apart) == len(remembered) > 3
    assert [one.divergence for one in remembered] == pytest.approx([apart[k] for k in range(len(apart))])

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
