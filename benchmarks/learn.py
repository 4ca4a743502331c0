"""A hand from five lines: what `pentrace.learn` gains on the other lines of the page, in what time, in how many bytes.

    python -m benchmarks.learn VAL1.parquet [--text] [--spread] [--pages N] [--passes N] [--threads N] [--hands FOLDER]

There is one page for each writer of `benchmarks/people.py`. Its first five lines are learned, or with --spread every
second line until there are five. With --text they are learned on the checkpoint that knows text, and lines are learned
and scored with their texts, where the recogniser finds those in them. The checkpoint must not have been trained on
these pages. `benchmarks.hands` uses the hands that are kept in --hands.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.people import page_of_each
from pentrace.checkpoint import hand, load
from pentrace.data.dataset import write_shards
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.data.transcripts import as_written
from pentrace.engine import Engine
from pentrace.engine.hand.learn import PASSES, learn
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.scripts import script_of
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.measure import evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.checkpoint import Checkpoint
    from pentrace.data.dataset import Line
    from pentrace.engine.wasm import FloatArray

LEARNED = 5
"""Lines that are learned from."""


def parted(lines: Sequence[Line], spread: bool) -> tuple[Sequence[Line], Sequence[Line]]:
    """The lines of a page that are learned, and the others.

    Where every second line is less than five, the second line of the page is learned too.
    """
    order = [*lines[::2], *lines[1::2]] if spread else lines
    return order[:LEARNED], order[LEARNED:]


def file_name(lines: Sequence[Line], count: int, base: Checkpoint) -> str:
    """What the hand of a page's first lines is called."""
    return f"{lines[0].form}-{count}-{base.sha256[:12]}{hand.SUFFIX}"


def score(checkpoint: Checkpoint, lines: Sequence[Line]) -> float:
    """Nats a point of lines in raw units; with their texts where the checkpoint knows text."""
    known = checkpoint.architecture.text
    if known is None:
        with tempfile.TemporaryDirectory() as folder:
            write_shards(lines, folder)
            return evaluate.evaluate(checkpoint, [Path(folder)]).nats_per_point
    engine, recogniser = Engine(checkpoint), Recogniser.load()
    nats: list[FloatArray] = []
    for line in lines:
        offsets, text = clipped_offsets(line.ink), as_written(line.text)
        script = script_of(offsets, text, known, recogniser)
        pointers = None
        if script is not None:
            counts = np.diff(np.append(script.first, len(offsets)))
            pointers = np.repeat(np.arange(len(counts), dtype=np.int32), counts)[:MAX_OFFSETS]
        state = engine.start("" if script is None else text)
        traced = engine.trace(state, offsets[:MAX_OFFSETS], pointers=pointers, c=False, h=False)
        nats.append(-traced["loglik"].sum(axis=1))
    return float(np.concatenate(nats).mean() - 2 * np.log(checkpoint.units_per_raw_unit))


def main() -> None:
    """Prints a row a page."""
    parser = argparse.ArgumentParser(prog="benchmarks.learn", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL1.parquet")
    parser.add_argument("--text", action="store_true", help="learn on the checkpoint that knows text")
    parser.add_argument("--hands", type=Path, metavar="FOLDER", help="where to keep the hands")
    parser.add_argument("--spread", action="store_true", help="learn every second line, not the first five")
    parser.add_argument("--pages", type=int, default=20, metavar="N")
    parser.add_argument("--passes", type=int, default=PASSES, metavar="N")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    base = load(TEXT_CHECKPOINT if asked.text else DEFAULT_CHECKPOINT)
    print("page        others  before   after    gain  share  seconds (processor)")
    gains = []
    for lines in page_of_each(asked.data)[: asked.pages]:
        seen, unseen = parted(lines, asked.spread)
        start, processor = time.monotonic(), time.process_time()
        learned = learn(
            [line.ink for line in seen],
            [as_written(line.text) for line in seen] if asked.text else None,
            checkpoint=base,
            passes=asked.passes,
            threads=asked.threads,
        )
        seconds, used = time.monotonic() - start, time.process_time() - processor
        if asked.hands is not None:
            asked.hands.mkdir(parents=True, exist_ok=True)
            hand.save(learned, asked.hands / file_name(lines, LEARNED, base))
        before, after = (score(checkpoint, unseen) for checkpoint in (base, learned.apply(base)))
        gains.append(before - after)
        share = 1 if learned.share is None else learned.share
        figures = f"{before:6.3f}  {after:6.3f}  {gains[-1]:+6.3f}  {share:5.3f}"
        print(f"{lines[0].form:<10}  {len(unseen):6}  {figures}  {seconds:7.1f} ({used:.1f})", flush=True)
    mean = sum(gains) / len(gains)
    print(
        f"mean gain {mean:.3f}, least {min(gains):.3f} nats a point; a hand has {len(hand.encode(learned)):,} bytes"
    )


if __name__ == "__main__":
    main()
