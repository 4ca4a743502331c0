"""A hand from five lines: what `pentrace.learn` gains on the other lines of the page, in what time, in how many bytes.

    python -m benchmarks.learn VAL.parquet [--pages N] [--passes N] [--threads N]

The checkpoint must not have been trained on these pages.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from pentrace.checkpoint import hand, load
from pentrace.data.dataset import read_pages, write_shards
from pentrace.engine.learn import PASSES, learn
from pentrace.engine.writer import DEFAULT_CHECKPOINT
from pentrace.measure import evaluate

LEARNED = 5
"""Lines that are learned from."""
LEAST = 10
"""Lines that a page must have."""


def main() -> None:
    """Prints a row a page."""
    parser = argparse.ArgumentParser(prog="benchmarks.learn", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL.parquet")
    parser.add_argument("--pages", type=int, default=20, metavar="N")
    parser.add_argument("--passes", type=int, default=PASSES, metavar="N")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    base = load(DEFAULT_CHECKPOINT)
    print("page        others  before   after    gain  on grid  seconds (processor)")
    gains = []
    for lines in read_pages([asked.data], LEAST)[: asked.pages]:
        start, processor = time.monotonic(), time.process_time()
        learned = learn(
            [line.ink for line in lines[:LEARNED]],
            checkpoint=base,
            passes=asked.passes,
            threads=asked.threads,
        )
        seconds, used = time.monotonic() - start, time.process_time() - processor
        with tempfile.TemporaryDirectory() as folder:
            write_shards(lines[LEARNED:], folder)
            before, after = (
                evaluate.evaluate(checkpoint, [Path(folder)]) for checkpoint in (base, learned.apply(base))
            )
        gains.append(before.nats_per_point - after.nats_per_point)
        figures = f"{before.nats_per_point:6.3f}  {after.nats_per_point:6.3f}  {gains[-1]:+6.3f}"
        grid = f"{before.on_grid - after.on_grid:+7.3f}"
        row = f"{lines[0].form:<10}  {len(lines) - LEARNED:6}  {figures}  {grid}  {seconds:7.1f} ({used:.1f})"
        print(row, flush=True)
    mean = sum(gains) / len(gains)
    print(
        f"mean gain {mean:.3f}, least {min(gains):.3f} nats a point; a hand has {len(hand.encode(learned)):,} bytes"
    )


if __name__ == "__main__":
    main()
