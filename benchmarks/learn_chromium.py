"""A hand from five lines in Chromium: the time, the memory, and whether Python learns the same bytes.

    python -m benchmarks.learn_chromium VAL1.parquet [--text] [--pages N] [--workers N]

With --text it is learned on the checkpoint that knows text, along with what the lines say. The learners are workers of
a page that has nothing else: two, as in the page, or one. Memory is what the renderer process holds alone afterwards,
with the workers, so it needs Linux; the memory of a WebAssembly instance never shrinks.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

from tests.browser.host import DEFAULT, chromium
from tests.bundle import bundle, empty_page

from benchmarks.learn import LEARNED
from benchmarks.page import private_mib, renderers
from benchmarks.people import page_of_each
from pentrace import Writer
from pentrace.checkpoint import hand, load
from pentrace.data.transcripts import as_written
from pentrace.engine.hand.learn import learn_lines
from pentrace.engine.text.recogniser import RECOGNISER, Recogniser
from pentrace.engine.text.scripts import script_of
from pentrace.engine.wasm import LEARN_WASM, RECOGNISER_WASM, WASM
from pentrace.engine.writer import TEXT_CHECKPOINT

IN_CHROMIUM = """async ({ base, lines, workers }) => {
    const { learned } = await import("/learn.js");
    const module = (name) => WebAssembly.compileStreaming(fetch(`/${name}.wasm`));
    const bytes = async (name) => new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
    const [learn, engine, recogniser] = await Promise.all(["learn", "engine", "recogniser"].map(module));
    const [file, weights] = await Promise.all(["checkpoint", "weights"].map(bytes));
    const read = lines.map(({ offsets, script }) => ({
        offsets: Float32Array.from(offsets),
        script: script && { codes: Uint8Array.from(script[0]), first: Int32Array.from(script[1]) },
    }));
    return learned({ learn, engine, recogniser }, file, weights, base, read, workers);
}"""


def processor_s(process: int) -> float:
    """Seconds of the processor that a process has used, in all its threads."""
    ticks = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / 100


def main() -> None:
    """Prints a row a page."""
    parser = argparse.ArgumentParser(prog="benchmarks.learn_chromium", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL1.parquet")
    parser.add_argument("--text", action="store_true", help="learn on the checkpoint that knows text")
    parser.add_argument("--pages", type=int, default=3, metavar="N")
    parser.add_argument("--workers", type=int, choices=[1, 2], default=2)
    asked = parser.parse_args()
    path = TEXT_CHECKPOINT if asked.text else DEFAULT
    base = load(path)
    writer, recogniser, known = Writer(base), Recogniser.load(), base.architecture.text
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        files = {"checkpoint": path, "weights": RECOGNISER}
        for name, entry in (("learn.js", "learn.mjs"), ("worker.js", "learn_worker.mjs")):
            files[name] = Path(folder, name)
            bundle(f"benchmarks/{entry}", files[name])
        files |= {"learn.wasm": LEARN_WASM, "engine.wasm": WASM, "recogniser.wasm": RECOGNISER_WASM}
        print(f"Chromium {browser.version}")
        print("page        points  seconds (processor)     MiB  the bytes of Python")
        for lines in page_of_each(asked.data)[: asked.pages]:
            offsets = [writer.read(line.ink).offsets for line in lines[:LEARNED]]
            scripts = [
                script_of(line, as_written(of.text), known, recogniser) if known else None
                for line, of in zip(offsets, lines, strict=False)
            ]
            page = empty_page(browser, files)
            before = {process: processor_s(process) for process in renderers(browser)}
            request = {
                "base": base.sha256,
                "workers": asked.workers,
                "lines": [
                    {"offsets": line.ravel().tolist(), "script": of and [part.tolist() for part in of]}
                    for line, of in zip(offsets, scripts, strict=True)
                ],
            }
            found = page.evaluate(IN_CHROMIUM, request)
            # Chromium keeps a spare renderer ready, which holds little.
            process = max(before, key=private_mib)
            used, memory = processor_s(process) - before[process], private_mib(process)
            page.close()
            of_python = learn_lines(base, offsets, scripts, recogniser if known else None)
            same = hashlib.sha256(hand.encode(of_python)).hexdigest() == found["sha256"]
            figures = (
                f"{found['seconds']:7.1f} ({used:4.1f})         {memory:6.0f}  {'yes' if same else 'NO'}"
            )
            print(f"{lines[0].form:<10}  {sum(map(len, offsets)):6}  {figures}", flush=True)


if __name__ == "__main__":
    main()
