"""The engine: time a step in Node, in Chromium and in Python (wasmtime), on one core each.

    python -m benchmarks.engine [--checkpoint FILE] [--blocks N] [--json]

The best of many blocks says what the machine can do, the median what it did besides whatever else ran.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.host import DEFAULT, chromium
from tests.bundle import bundle, empty_page

from pentrace.checkpoint import load
from pentrace.engine import Engine
from pentrace.engine.wasm import WASM

if TYPE_CHECKING:
    from collections.abc import Callable

Figures = dict[str, tuple[float, float]]
"""Name to best and median, microseconds a step."""

IN_NODE = """
import { readFileSync } from "node:fs";
const [script, wasm, checkpoint, blocks] = process.argv.slice(1);
const { figures } = await import(script);
const module = new WebAssembly.Module(readFileSync(wasm));
console.log(JSON.stringify(figures(module, new Uint8Array(readFileSync(checkpoint)), Number(blocks))));
"""
IN_CHROMIUM = """async (blocks) => {
    const { figures } = await import("/engine.js");
    const module = await WebAssembly.compileStreaming(fetch("/engine.wasm"));
    const file = new Uint8Array(await (await fetch("/checkpoint")).arrayBuffer());
    return figures(module, file, blocks);
}"""


def in_node(script: Path, checkpoint: Path, blocks: int) -> Figures:
    command = [
        "node",
        "--input-type=module",
        "-e",
        IN_NODE,
        str(script),
        str(WASM),
        str(checkpoint),
        str(blocks),
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(answer.stdout)
    return figures


def in_chromium(script: Path, checkpoint: Path, blocks: int) -> Figures:
    files = {"engine.js": script, "engine.wasm": WASM, "checkpoint": checkpoint}
    with chromium() as browser:
        figures: Figures = empty_page(browser, files).evaluate(IN_CHROMIUM, blocks)
    return figures


def in_python(checkpoint: Path, blocks: int) -> Figures:
    engine = Engine(load(checkpoint))
    state = engine.start()
    ink = engine.sample(engine.start(), 200, seed=1, variation=0.5)
    rows: dict[str, tuple[int, Callable[[], object]]] = {
        "sample, one step a call": (1, lambda: engine.sample(state, 1, seed=1)),
        "sample, 200 steps a call": (200, lambda: engine.sample(state, 200, seed=1)),
        "consume, 200 offsets": (200, lambda: engine.consume(state, ink)),
        "trace of c, h, log-likelihood": (200, lambda: engine.trace(state, ink)),
        "trace of everything": (200, lambda: engine.trace(state, ink, gates=True, mixture=True)),
    }
    for count in (1, 8, 50, 200):
        rows[f"futures, F = {count}"] = (20 * count, partial(engine.futures, state, count, 20, seed=1))
    figures: Figures = {}
    for name, (steps, work) in rows.items():
        times = []
        for _ in range(4 * blocks):
            begin = time.perf_counter()
            work()
            times.append(1e6 * (time.perf_counter() - begin) / steps)
        figures[name] = (min(times), statistics.median(times))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT)
    parser.add_argument("--blocks", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "engine.mjs")
        bundle("benchmarks/engine.mjs", script)
        found = {
            "Node": in_node(script, arguments.checkpoint, arguments.blocks),
            "Chromium": in_chromium(script, arguments.checkpoint, arguments.blocks),
            "Python": in_python(arguments.checkpoint, arguments.blocks),
        }
    if arguments.json:
        json.dump(found, sys.stdout, indent=1)
        return
    print(f"{'microseconds a step, best (median)':<34}" + "".join(f"{host:>20}" for host in found))
    for name in found["Node"]:
        cells = (f"{figures[name][0]:.1f} ({figures[name][1]:.1f})" for figures in found.values())
        print(f"{name:<34}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
