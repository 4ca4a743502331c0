"""The recogniser: milliseconds of one core for a line of ink, by its parts, in Python (wasmtime).

    python -m benchmarks.recogniser DATA

DATA: a Parquet file of lines. Lines of 35 to 45 characters are read. Processor time, so that other work on the machine
counts less.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

from pentrace.data.dataset import Line, read_lines
from pentrace.data.error_rate import error_rate
from pentrace.data.transcripts import as_written
from pentrace.engine.text.recogniser import Recogniser

if TYPE_CHECKING:
    from collections.abc import Callable

LINES, ROUNDS = 12, 7


def main(data: str) -> None:
    recogniser = Recogniser.load()
    lines = [
        (as_written(line.text), line)
        for line in read_lines([data], columns=("text",))
        if set(as_written(line.text)) <= set(recogniser.alphabet)
    ]
    timed = [(text, line) for text, line in lines if 35 <= len(text) <= 45][:LINES]
    frames = [len(recogniser.probabilities(line.ink)) for _, line in timed]
    print(f"{len(timed)} lines, {statistics.mean(frames):.0f} frames each")
    calls: dict[str, Callable[[str, Line], object]] = {
        "log probabilities": lambda _, line: recogniser.probabilities(line.ink),
        "read": lambda _, line: recogniser.read(line.ink),
        "score": lambda text, line: recogniser.score(line.ink, text),
        "align": lambda text, line: recogniser.align(line.ink, text),
    }
    for name, call in calls.items():
        best, middle = zip(*(milliseconds(call, text, line) for text, line in timed), strict=True)
        print(f"{name:18} {statistics.mean(best):6.1f} ms ({statistics.mean(middle):.1f})")
    some = lines[:: max(1, len(lines) // 300)]
    wrong = error_rate([recogniser.read(line.ink) for _, line in some], [text for text, _ in some])
    print(f"{len(some)} lines read, {wrong.rate:.1%} of characters wrong")


def milliseconds(call: Callable[[str, Line], object], text: str, line: Line) -> tuple[float, float]:
    """The best and the median of some rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call(text, line)
        took.append(1000 * (time.process_time() - began))
    return min(took), statistics.median(took)


if __name__ == "__main__":
    main(sys.argv[1])
