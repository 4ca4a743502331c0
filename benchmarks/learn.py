"""A hand from five lines: what `pentrace.learn` gains on the other lines of the page, in what time, in how many bytes.

    python -m benchmarks.learn VAL.parquet [--spread] [--pages N] [--passes N] [--threads N]

The first five lines of a page are learned, or with --spread every second line until there are five. The checkpoint must
not have been trained on these pages.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pentrace.checkpoint import hand, load
from pentrace.data.dataset import read_pages, write_shards
from pentrace.engine.learn import PASSES, learn
from pentrace.engine.writer import DEFAULT_CHECKPOINT
from pentrace.measure import evaluate

if TYPE_CHECKING:
    from pentrace.data.dataset import Line

LEARNED = 5
"""Lines that are learned from."""
LEAST = 10
"""Lines that a page must have."""


def parted(lines: list[Line], spread: bool) -> tuple[list[Line], list[Line]]:
    """The lines of a page that are learned, and the others."""
    step = 2 if spread else 1
    learned = lines[: LEARNED * step : step]
    return learned, [line for line in lines if line not in learned]


def main() -> None:
    """Prints a row a page."""
    parser = argparse.ArgumentParser(prog="benchmarks.learn", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL.parquet")
    parser.add_argument("--spread", action="store_true", help="learn every second line, not the first five")
    parser.add_argument("--pages", type=int, default=20, metavar="N")
    parser.add_argument("--passes", type=int, default=PASSES, metavar="N")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    base = load(DEFAULT_CHECKPOINT)
    print("page        others  before   after    gain  on grid  seconds (processor)")
    gains = []
    for lines in read_pages([asked.data], LEAST)[: asked.pages]:
        seen, unseen = parted(lines, asked.spread)
        start, processor = time.monotonic(), time.process_time()
        learned = learn(
            [line.ink for line in seen],
            checkpoint=base,
            passes=asked.passes,
            threads=asked.threads,
        )
        seconds, used = time.monotonic() - start, time.process_time() - processor
        with tempfile.TemporaryDirectory() as folder:
            write_shards(unseen, folder)
            before, after = (
                evaluate.evaluate(checkpoint, [Path(folder)]) for checkpoint in (base, learned.apply(base))
            )
        gains.append(before.nats_per_point - after.nats_per_point)
        figures = f"{before.nats_per_point:6.3f}  {after.nats_per_point:6.3f}  {gains[-1]:+6.3f}"
        grid = f"{before.on_grid - after.on_grid:+7.3f}"
        row = f"{lines[0].form:<10}  {len(unseen):6}  {figures}  {grid}  {seconds:7.1f} ({used:.1f})"
        print(row, flush=True)
    mean = sum(gains) / len(gains)
    print(
        f"mean gain {mean:.3f}, least {min(gains):.3f} nats a point; a hand has {len(hand.encode(learned)):,} bytes"
    )


if __name__ == "__main__":
    main()
