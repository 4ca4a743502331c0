"""Aligning ink with its text: which offset is the first of each character.

The best CTC path of the recogniser (Viterbi) gives each character some frames. Between two characters the boundary is
the pen lift that lies nearest to the middle of the gap, or the middle. A space gets the jump to the next word and
nothing else, so what is written late (the bar of a t, the dot of an i) belongs to the word before it.

Letter key: T frames, L characters, S = 2L + 1 states (a blank before, between and after the characters), n offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch

from pentrace.data.alignment import Alignment
from pentrace.data.dataset import Line
from pentrace.data.transcripts import as_written
from pentrace.engine import Engine
from pentrace.training.recogniser import Recogniser, Samples, batched, sample_path

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

BATCH = 48
SORTED = 1024
"""Lines that are sorted by length before they are batched."""


def align(lines: Iterable[Line], recogniser: Recogniser, engine: Engine) -> Iterator[Alignment | str]:
    """The alignment of each line, or why it has none: a sentence that names the line. Not in the order of the lines."""
    stream = iter(lines)
    while some := list(islice(stream, SORTED)):
        some.sort(key=lambda line: len(line.ink))
        for begin in range(0, len(some), BATCH):
            yield from _align_batch(some[begin : begin + BATCH], recogniser, engine)


def _align_batch(lines: list[Line], recogniser: Recogniser, engine: Engine) -> Iterator[Alignment | str]:
    kept: list[tuple[Line, str, Samples]] = []
    for line in lines:
        text, size = as_written(line.text), engine.writing_size(line.ink)
        if unknown := "".join(sorted(set(text) - set(recogniser.alphabet))):
            yield f"{line.line_id}: the recogniser does not know {unknown!r}"
        elif not text or size <= 0:
            yield f"{line.line_id}: no text, or no ink but dots"
        else:
            samples = sample_path(line.ink.points.astype(np.float64), line.ink.pen_up, size)
            kept.append((line, text, samples))
    if not kept:
        return
    with torch.no_grad():
        table = recogniser(*batched([samples for _, _, samples in kept])).double().numpy()
    for k, (line, text, samples) in enumerate(kept):
        found = _align_line(line, text, samples, table[: samples.frames, k], recogniser)
        yield found or f"{line.line_id}: too little ink for {text!r}"


def _align_line(
    line: Line, text: str, samples: Samples, table: F64, recogniser: Recogniser
) -> Alignment | None:
    path = best_path(table, np.array(recogniser.codes(text)))
    if path is None:
        return None
    states, score = path
    first = boundaries(states, text, samples.source, line.ink.points.astype(np.float64), line.ink.pen_up)
    if first[-1] >= len(line.ink) - 1:
        return None
    return Alignment(line.line_id, text, first.astype(np.int32), score / len(text))


def best_path(table: F64, codes: I64) -> tuple[I64, float] | None:
    """Log probabilities [T, 1 + A] and a text [L] -> the likeliest state of each frame [T] and its log probability.

    None where there are too few frames.
    """
    count = 2 * len(codes) + 1
    classes = np.zeros(count, np.int64)
    classes[1::2] = codes
    may_skip = np.zeros(count, np.bool_)  # over the blank between two different characters
    may_skip[3::2] = codes[1:] != codes[:-1]
    emitted = table[:, classes]
    best = np.full(count, -np.inf)
    best[:2] = emitted[0, :2]
    came_from = np.zeros((len(table), count), np.int64)
    state = np.arange(count)
    for t in range(1, len(table)):
        step = np.append(-np.inf, best[:-1])
        skip = np.where(may_skip, np.append([-np.inf, -np.inf], best[:-2]), -np.inf)
        choices = np.stack([best, step, skip])
        back = choices.argmax(0)
        came_from[t] = state - back
        best = choices[back, state] + emitted[t]
    last = count - 1 if best[-1] > best[-2] else count - 2
    score = float(best[last])
    if not np.isfinite(score):
        return None
    states = np.zeros(len(table), np.int64)
    for t in range(len(table) - 1, -1, -1):
        states[t] = last
        last = int(came_from[t, last])
    return states, score


def boundaries(states: I64, text: str, source: F64, points: F64, pen_up: npt.NDArray[np.bool_]) -> I64:
    """States [T] -> the first offset of each character [L], rising from 0. `source` [N]: points of the samples."""
    lifts = np.flatnonzero(pen_up[:-1])
    of_frame = source[::2]
    begins = [of_frame[np.searchsorted(states, 2 * k + 1, side="left")] for k in range(len(text))]
    ends = [of_frame[np.searchsorted(states, 2 * k + 1, side="right") - 1] for k in range(len(text))]
    first = np.zeros(len(text), np.int64)
    k = 1
    while k < len(text):
        space = text[k] == " " and k + 1 < len(text)
        before, after = ends[k - 1], begins[k + 1 if space else k]
        between = lifts[(lifts >= before - 1) & (lifts < after)]
        middle = (before + after) / 2
        if len(between) == 0:
            first[k] = round(middle)
        elif space:  # the widest jump to the right is the one to the next word
            first[k] = between[np.argmax(points[between + 1, 0] - points[between, 0])]
        else:
            first[k] = between[np.argmin(np.abs(between - middle))]
        if space:
            first[k + 1] = first[k] + 1
        k += 2 if space else 1
    order = np.arange(len(text))
    rising: I64 = np.maximum.accumulate(first - order) + order
    rising[0] = 0
    return rising
