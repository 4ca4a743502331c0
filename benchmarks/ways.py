"""Ways to a hand, side by side: what each gains from half the lines of a page, in what time, with how many numbers.

    python -m benchmarks.ways VAL1.parquet [--text] [--pages N]

The pages and lines are those of `benchmarks.hand`, which learns everything with PyTorch. Here a line is read before the
others and nothing is learned (only on the default checkpoint), or `pentrace.learn` learns a part of what it learns:
the hand code (only with --text), the float32 numbers too, and what directions add to the recurrent weights. Seconds are
of the processor, on one core, without the choice of how much is kept. The checkpoint must not have been trained on
these pages.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import numpy as np

from benchmarks.hand import pages
from benchmarks.learn import score
from pentrace import learn
from pentrace.checkpoint import load
from pentrace.checkpoint.hand_changes import ADDED, HAND_CODE, RANK, learned_tensors
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.data.transcripts import as_written
from pentrace.engine import Engine
from pentrace.engine.hand import learner
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.ink import Ink, concatenate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pentrace.checkpoint import Checkpoint
    from pentrace.data.dataset import Line
    from pentrace.engine.wasm import FloatArray

SPACE = 300
"""Between two words, in raw whiteboard units."""


class Result(NamedTuple):
    """What one way gave on one page."""

    gain: float
    seconds: float


def ways(base: Checkpoint) -> dict[str, set[str]]:
    """The learned tensors of each way."""
    names = set(learned_tensors(base.architecture))
    code = names & {HAND_CODE}
    numbers = {"float32 numbers": names - {ADDED}, "and recurrent weights along directions": names}
    return {"hand code": code} | numbers if code else numbers


def count(base: Checkpoint, names: set[str]) -> int:
    """Bytes that these take in a hand: one a number, and the directions, if anything is added along them."""
    shapes = learned_tensors(base.architecture)
    directions = RANK * base.architecture.hidden if ADDED in names else 0
    return directions + sum(math.prod(shapes[name]) for name in names)


def only(names: set[str], units: Callable[[Checkpoint], FloatArray]) -> Callable[[Checkpoint], FloatArray]:
    """The units of numbers, zero for those that stay as they are."""

    def of(checkpoint: Checkpoint) -> FloatArray:
        shapes = learned_tensors(checkpoint.architecture)
        kept = np.concatenate([np.full(math.prod(shape), name in names) for name, shape in shapes.items()])
        return np.where(kept, units(checkpoint), np.float32(0))

    return of


def learned(base: Checkpoint, seen: Sequence[Line], unseen: Sequence[Line]) -> Result:
    """What is gained by learning lines, with their texts where the checkpoint knows text."""
    passed = [time.process_time()]
    texts = [as_written(line.text) for line in seen] if base.architecture.text else None
    made = learn(
        [line.ink for line in seen],
        texts,
        checkpoint=base,
        progress=lambda _: passed.append(time.process_time()),
    )
    return Result(score(base, unseen) - score(made.apply(base), unseen), passed[-1] - passed[0])


def primed(base: Checkpoint, seen: Sequence[Line], unseen: Sequence[Line]) -> Result:
    """What is gained by reading a line before each of the others."""
    engine = Engine(base)
    first = seen[0].ink
    start, nats = time.process_time(), []
    for line in unseen:
        offsets = clipped_offsets(line.ink)[:MAX_OFFSETS]
        read = [engine.start(), engine.start()]
        engine.consume(read[1], clipped_offsets(concatenate([first, beside(first, line.ink)]))[: len(first)])
        nats.append([-engine.trace(state, offsets, c=False, h=False)["loglik"].sum(axis=1) for state in read])
    before, after = (np.concatenate(each).mean() for each in zip(*nats, strict=True))
    return Result(float(before - after), time.process_time() - start)


def beside(first: Ink, ink: Ink) -> Ink:
    """A line moved to where the next word after another line would begin."""
    left, middle = ink.points[:, 0].min(), np.median(ink.points[:, 1])
    place = np.array([first.points[:, 0].max() + SPACE - left, np.median(first.points[:, 1]) - middle])
    return Ink((ink.points + place).astype(np.float32), ink.pen_up, scale=ink.scale)


def main() -> None:
    """Prints a row for each way."""
    parser = argparse.ArgumentParser(prog="benchmarks.ways", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL1.parquet")
    parser.add_argument("--text", action="store_true", help="learn on the checkpoint that knows text")
    parser.add_argument("--pages", type=int, default=8, metavar="N")
    asked = parser.parse_args()
    base = load(TEXT_CHECKPOINT if asked.text else DEFAULT_CHECKPOINT)
    parts = [(lines[::2], lines[1::2]) for lines in pages(asked.data, asked.pages)]
    print("| what is learned | gain | least | seconds | bytes |")
    if not asked.text:
        tell("nothing, a line is read first", [primed(base, *part) for part in parts], 0)
    for name, names in ways(base).items():
        with mock.patch.object(learner, "units", only(names, learner.units)):
            tell(name, [learned(base, *part) for part in parts], count(base, names))


def tell(name: str, results: Sequence[Result], size: int) -> None:
    """Prints a row."""
    gains = [result.gain for result in results]
    seconds = np.mean([result.seconds for result in results])
    print(f"| {name} | {np.mean(gains):.3f} | {min(gains):.3f} | {seconds:.1f} | {size:,} |", flush=True)


if __name__ == "__main__":
    main()
