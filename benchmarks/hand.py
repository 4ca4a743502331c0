"""Another hand from a page: what the default checkpoint learns from half of the lines of one, measured on the others.

    python -m benchmarks.hand VAL.parquet [--pages N]
    python -m benchmarks.hand VAL1.parquet --people spread      the pages and lines of `benchmarks.learn --spread`

The checkpoint must not have been trained on them. With --people there is a page of each of twenty people and five lines
of it are learned, the first ones or spread ones: so the change is the most that a hand of these lines can be hoped to
reach.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.learn import parted
from benchmarks.people import page_of_each
from pentrace.checkpoint import load
from pentrace.data.dataset import read_pages, write_shards
from pentrace.measure import evaluate
from pentrace.training.config import TrainConfig
from pentrace.training.train import train

if TYPE_CHECKING:
    from pentrace.data.dataset import Line

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT / "src/pentrace/weights/default.safetensors"
CONFIG = ROOT / "configs/hand.toml"
LEAST = 8
"""Lines that a page must have."""


def pages(data: Path, count: int) -> list[list[Line]]:
    """The lines of some pages, evenly spread over those that are long enough."""
    long = read_pages([data], LEAST)
    return long[:: max(1, len(long) // count)][:count]


def main() -> None:
    """Prints a row a page."""
    parser = argparse.ArgumentParser(prog="benchmarks.hand", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL.parquet")
    parser.add_argument("--pages", type=int, default=8, metavar="N")
    parser.add_argument("--people", choices=["first", "spread"])
    asked = parser.parse_args()
    if asked.people:
        parts = [parted(page, asked.people == "spread") for page in page_of_each(asked.data)]
    else:
        parts = [(page[::2], page[1::2]) for page in pages(asked.data, asked.pages)]
    print("page        lines  before   after  change  seconds")
    changes = []
    for learned, others in parts:
        with tempfile.TemporaryDirectory() as folder:
            seen, unseen, run = (Path(folder) / name for name in ("seen", "unseen", "run"))
            write_shards(learned, seen)
            write_shards(others, unseen)
            before = evaluate.evaluate(load(DEFAULT), [unseen]).nats_per_point
            start = time.monotonic()
            train(TrainConfig.from_toml(CONFIG), [seen], [unseen], run, begin_from=DEFAULT)
            seconds = time.monotonic() - start
            # the last, not the best, which was chosen on these very lines
            after = evaluate.evaluate(load(run / "last.safetensors"), [unseen]).nats_per_point
        changes.append(after - before)
        figures = f"{before:6.3f}  {after:6.3f}  {changes[-1]:+6.3f}  {seconds:7.0f}"
        print(f"{learned[0].form:<10}  {len(learned):5}  {figures}", flush=True)
    print(f"mean change {sum(changes) / len(changes):+.3f} nats a point")


if __name__ == "__main__":
    main()
