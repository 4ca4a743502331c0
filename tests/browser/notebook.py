"""Copied Python in a notebook, beside what the page's workers were asked and what they answered."""

from __future__ import annotations

import ast
import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tests.browser.conftest import Reader

F32 = npt.NDArray[np.float32]

_LISTEN = """
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
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
_TYPES = {
    "Float32Array": np.float32,
    "Float64Array": np.float64,
    "Int32Array": np.int32,
    "Uint8Array": np.uint8,
}


def _decoded(value: Any) -> Any:
    """A value of the page with its arrays as arrays."""
    if isinstance(value, dict):
        if set(value) == {"type", "bytes"}:
            return np.frombuffer(base64.b64decode(value["bytes"]), _TYPES[value["type"]])
        return {name: _decoded(each) for name, each in value.items()}
    return [_decoded(each) for each in value] if isinstance(value, list) else value


def run(text: str) -> Any:
    """What a notebook shows after the lines: the value of the last one."""
    tree = ast.parse(text)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


class Notebook:
    """A page whose figures are copied, and the notebook that they are pasted into."""

    def __init__(self, reader: Reader) -> None:
        """Before the page is opened."""
        self.reader = reader
        reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader.page.add_init_script(_LISTEN)

    def show(self, name: str) -> None:
        """Scrolls to a figure."""
        self.reader.page.evaluate(
            "(name) => document.getElementById(name).scrollIntoView({ behavior: 'instant', block: 'center' })",
            name,
        )

    def heard(self, name: str) -> dict[str, Any]:
        """The newest request of a task's method, all of whose replies have come."""
        newest = f"window.heard['{name}']?.at(-1)"
        self.reader.wait(f"{newest}?.done")
        # The figure shows the answer two frames later, and may have asked for more by then.
        self.reader.page.evaluate(_TWO_FRAMES)
        self.reader.wait(f"{newest}?.done")
        found: dict[str, Any] = self.plain(newest)
        return found

    def plain(self, expression: str) -> Any:
        """An expression of the page, its arrays as arrays."""
        return _decoded(self.reader.page.evaluate(f"window.plain({expression})"))

    def copied(self, name: str) -> str:
        """What the button copies."""
        read = "navigator.clipboard.readText()"
        # The button still says "Copied" of the time before.
        self.reader.page.evaluate("navigator.clipboard.writeText('')")
        self.reader.page.locator(f"#{name} button.python").click()
        self.reader.wait_for(lambda: self.reader.page.evaluate(read), f"{name} copied")
        text: str = self.reader.page.evaluate(read)
        return text

    def value(self, name: str) -> Any:
        """What the copied lines give."""
        return run(self.copied(name))


def points(sample: F32, end: dict[str, float], scale: float) -> F32:
    """Where offsets lead on the sheet, as the page places them."""
    steps = sample[:, :2].astype(np.float64) / scale
    placed = np.cumsum(np.concatenate([[[end["x"], end["y"]]], steps]), axis=0)
    return placed[1:].astype(np.float32)
