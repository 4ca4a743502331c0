"""A line of 40 characters, one take and eight that are ranked, in Python (wasmtime) and Node: milliseconds of a core.

The same with eight candidates of each character, of which the one goes on that is most like somebody's letters.

    python -m benchmarks.takes [--rounds N]

The parts take turns, so that whatever else the machine does falls on all alike, and processor time is counted. The
ratio is to one take in the same host.

Then the page, by the clock: milliseconds from when the model is ready to the first ink, and to the line that is chosen
among eight takes, each time with a new page; and from a press of "Another take" to the chosen line.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.browser.host import DEFAULT, chromium, open_page, served
from tests.bundle import bundle

from pentrace.checkpoint import load
from pentrace.engine import Engine
from pentrace.engine.text import letters
from pentrace.engine.text.recogniser import RECOGNISER, Recogniser
from pentrace.engine.text.takes import choose, scores
from pentrace.engine.text.written import CAP
from pentrace.engine.wasm import RECOGNISER_WASM, WASM
from pentrace.engine.writer import TEXT_CHECKPOINT

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "It writes what you type, in a good hand."
HAND, SEED, VARIATION, TAKES = 3, 1, 0.5, 8
THEIRS, THEIR_HAND = "The quick brown fox jumps over a lazy dog.", 40
"""A line whose letters are known, and the hand that wrote it."""
IN_NODE = """
import { readFileSync } from "node:fs";
const [script, wasm, checkpoint, recogniserWasm, recogniser, settings] = process.argv.slice(1);
const { times } = await import(script);
const bytes = (path) => new Uint8Array(readFileSync(path));
const modules = [wasm, recogniserWasm].map((path) => new WebAssembly.Module(bytes(path)));
console.log(JSON.stringify(times(modules, bytes(checkpoint), bytes(recogniser), JSON.parse(settings))));
"""

SETTLE_MS = 3000
PRESS = """() => {
    const begin = performance.now();
    document.querySelector("#type-another-take").click();
    return begin;
}"""
MARKS = """async (times) => {
    while (performance.getEntriesByName("type-whole").length < times) {
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return Object.fromEntries(
        performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]));
}"""
"""Waits until a line was chosen so many times; gives when the newest mark of each name was set."""

Times = dict[str, list[float]]
"""Milliseconds by what took them."""


def in_node(rounds: int) -> tuple[Times, list[int]]:
    settings = {
        "text": TEXT,
        "hand": HAND,
        "draws": {"seed": SEED, "variation": VARIATION, "cap": CAP},
        "takes": TAKES,
        "rounds": rounds,
        "theirs": {"text": THEIRS, "hand": THEIR_HAND},
    }
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "takes.mjs")
        bundle("benchmarks/takes.mjs", script)
        files = (script, WASM, TEXT_CHECKPOINT, RECOGNISER_WASM, RECOGNISER)
        command = ["node", "--input-type=module", "-e", IN_NODE, *map(str, files), json.dumps(settings)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(answer.stdout)
    return found["times"], found["steps"]


def in_python(rounds: int) -> tuple[Times, list[int]]:
    engine, recogniser = Engine(load(TEXT_CHECKPOINT)), Recogniser.load()
    state = engine.start(TEXT, HAND)
    steps = CAP * (len(TEXT) + 1)

    def drawn(count: int) -> Callable[[], object]:
        return lambda: engine.takes(state, count, cap=CAP, seed=SEED, variation=VARIATION)

    def ranked(count: int) -> object:
        takes = engine.takes(state, count, cap=CAP, seed=SEED, variation=VARIATION)
        return choose(TEXT, takes, scores(recogniser, TEXT, takes))

    theirs = engine.takes(engine.start(THEIRS, THEIR_HAND), 1, cap=CAP, seed=SEED, variation=VARIATION)[0]
    known = letters.Letters([(THEIRS, theirs)])
    draws = letters.Draws(SEED, 0, VARIATION)

    works: dict[str, Callable[[], object]] = {
        "one take": lambda: engine.write(state.copy(), steps, cap=CAP, seed=SEED, variation=VARIATION),
        f"{TAKES} takes": drawn(TAKES),
        f"{TAKES} takes, ranked": lambda: ranked(TAKES),
        f"{TAKES // 2} takes, ranked: a worker of two": lambda: ranked(TAKES // 2),
        f"{TAKES} candidates of each character": lambda: letters.write(
            engine, state, TEXT, known, TAKES, draws
        ),
    }
    times: Times = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begin = time.thread_time()
            work()
            times[name].append(1000 * (time.thread_time() - begin))
    takes = engine.takes(state, TAKES, cap=CAP, seed=SEED, variation=VARIATION)
    return times, [len(take.offsets) for take in takes]


def on_page(rounds: int) -> Times:
    """Clock times in Chromium with all workers of the page."""
    settings = f"playing=0&type.text={quote(TEXT)}&type.candidates={TAKES}"
    times: Times = {"first ink": [], "chosen line": [], "chosen line of another take": []}
    with served([DEFAULT, TEXT_CHECKPOINT]) as address, chromium() as browser:
        for _ in range(rounds):
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            open_page(page, f"{address}#{settings}")
            page.locator("#type .view").scroll_into_view_if_needed()
            page.locator("#type-text").focus()
            marks = page.evaluate(MARKS, 1)
            times["first ink"].append(marks["type-first-ink"] - marks["type-ready"])
            times["chosen line"].append(marks["type-whole"] - marks["type-ready"])
            # What was put off until the first line was there is not counted.
            page.wait_for_timeout(SETTLE_MS)
            begin = page.evaluate(PRESS)
            again = page.evaluate(MARKS, 2)
            times["chosen line of another take"].append(again["type-whole"] - begin)
            page.context.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    for host, measure in {"Python": in_python, "Node": in_node}.items():
        times, steps = measure(rounds)
        one = min(times["one take"])
        print(f"{host}: {len(TEXT)} characters, {steps[0]} steps in one take, {sum(steps)} in {TAKES}")
        print(f"  {1000 / one:.1f} lines a second and core, unranked (target in Python: 10)")
        for name, all_ in times.items():
            best = min(all_)
            print(
                f"  {name:34}{best:8.1f} ms ({statistics.median(all_):.1f}) {best / one:6.2f} times one take"
            )
    print(
        "Page, by the clock: targets 100 ms for the first ink and 600 ms for the chosen line of another take"
    )
    for name, all_ in on_page(rounds).items():
        print(f"  {name:34}{min(all_):8.0f} ms ({statistics.median(all_):.0f})")


if __name__ == "__main__":
    main()
