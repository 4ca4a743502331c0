"""Learning a hand from some lines: the same bits here and in the page (spec/hand.md).

Letter key: P numbers that are learned, n lines.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, SupportsIndex

import numpy as np

from pentrace.checkpoint import Checkpoint, load
from pentrace.checkpoint.hand import Hand, Pass, encode
from pentrace.checkpoint.hand_changes import DIRECTIONS, RANK, changed, learned_tensors
from pentrace.counts import whole
from pentrace.engine.hand.cell_changes import cell_changes
from pentrace.engine.hand.learner import Learner, Read
from pentrace.engine.hand.legible import SHARES, UNTRIED, chosen
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.scripts import Script, script_of
from pentrace.engine.wasm import FloatArray
from pentrace.engine.writer import DEFAULT_CHECKPOINT, Writer
from pentrace.errors import HandError
from pentrace.ink import Ink

PASSES = 8
"""Passes over all lines. More of them gain little from five lines, and overfit fewer."""
WINDOW = 64
"""Offsets after which a step is taken; gradients do not go further back."""
RATE = 0.002
"""How far the first step of Adam goes, in units."""
DROP = 0.1
"""The share of recurrent weights and hidden states that is left out at random, against overfitting."""
TEXT_DROP = 0.25
"""The same for a checkpoint that knows text. It was trained with dropout, and the default one was not."""
BATCH = 8
"""Lines whose gradients make one step."""
LEAST_POINTS = 100
"""Fewer are not a hand: about two words."""
MOST_POINTS = 100_000
"""Points of all lines together: what a page of a hundred lines has."""
WORK = 60_000
"""Points that are read in all, and so the time: with many lines there are fewer passes."""
HELD_FROM = 6
"""With so many lines the last one is held back."""
SCORED = 600
"""Offsets of a line that are scored."""
LARGEST = 12.5
"""Largest offset in model units, as in the score."""

Progress = Callable[[Pass], None]


class _Step(NamedTuple):
    """What makes one step: lines, and the offset at which their window begins."""

    lines: list[int]
    begin: int


def learn(
    inks: Sequence[Ink],
    texts: Sequence[str | None] | None = None,
    *,
    checkpoint: Checkpoint | str | os.PathLike[str] | None = None,
    passes: SupportsIndex = PASSES,
    threads: SupportsIndex = 1,
    keep_ink: bool = False,
    progress: Progress | None = None,
) -> Hand:
    """The hand of somebody who wrote some lines, as a change to a checkpoint.

    With six lines or more the last one is held back, and of all passes the one is kept that predicts it best. With
    fewer, all are learned from. Of what was learned the hand keeps three quarters, because the rest is noise of these
    lines. `threads` changes nothing but the time.

    A checkpoint that knows text learns a hand code too, from the lines whose text is given. It learns from the others
    without a text, and so does every line whose text the recogniser does not find in it. Its hand keeps less
    where typed text would be hard to read (spec/hand.md).

    Args:
        inks: lines, one each. Ink without a scale is prepared first, as in Writer.
        texts: what each line says, or None for a line where that is not known.
        checkpoint: a checkpoint, the path of one, or None for the default one.
        passes: times that the lines are read, at most; 1 to 100.
        threads: processors to use, 1 to 64.
        keep_ink: whether the hand, and its file, hold the lines and what they say.
        progress: called with each row of the log.

    Returns:
        The hand; its log has a row for each pass.

    Raises:
        HandError: too little ink or too much, texts that are not one for each ink, or a checkpoint that cannot learn
            one or knows no text.
        EngineError: an ink that the engine cannot prepare.
    """
    passes, threads = whole("passes", passes, 1, 100, HandError), whole("threads", threads, 1, 64, HandError)
    if not isinstance(checkpoint, Checkpoint):
        checkpoint = load(DEFAULT_CHECKPOINT if checkpoint is None else checkpoint)
    learned_tensors(checkpoint.architecture)
    writer = Writer(checkpoint)
    offsets = [writer.read(ink).offsets for ink in inks]
    recogniser = Recogniser.load() if checkpoint.architecture.text else None
    scripts = _scripts(checkpoint, offsets, texts, recogniser)
    kept = tuple(Ink(ink.points, ink.pen_up, scale=ink.scale) for ink in inks) if keep_ink else ()
    said = tuple(texts or [None] * len(inks)) if keep_ink else ()
    _check_room(checkpoint, kept, said)
    learned = learn_lines(
        checkpoint,
        offsets,
        scripts,
        recogniser,
        passes=passes,
        threads=threads,
        progress=progress,
    )
    return replace(learned, ink=kept, texts=said)


def learn_lines(
    checkpoint: Checkpoint,
    offsets: Sequence[FloatArray],
    scripts: Sequence[Script | None] = (),
    recogniser: Recogniser | None = None,
    *,
    passes: int = PASSES,
    threads: int = 1,
    progress: Progress | None = None,
) -> Hand:
    """`learn` from the offsets [m, 3] of each line, in model units, and the texts of lines where they are known.

    The recogniser reads what is written in the hand of a checkpoint that knows text. Without it the hand keeps the
    share UNTRIED, and a checkpoint without texts has the largest of SHARES.
    """
    scripts = scripts or [None] * len(offsets)
    scripts = [script for line, script in zip(offsets, scripts, strict=True) if len(line)]
    lines = _checked(offsets)
    held_back = int(len(lines) >= HELD_FROM)
    learned = range(len(lines) - held_back)
    points = sum(len(lines[k]) for k in learned)
    passes = max(1, min(passes, WORK // points))
    steps = list(_steps([len(lines[k]) for k in learned]))
    raw = -2 * math.log(checkpoint.units_per_raw_unit)
    drop, share = (TEXT_DROP, UNTRIED) if checkpoint.architecture.text else (DROP, SHARES[0])
    log: list[Pass] = []

    def tell(row: Pass) -> None:
        log.append(row)
        if progress is not None:
            progress(row)

    count = min(threads, len(learned), BATCH)
    with ThreadPoolExecutor(count) as pool:
        group = _Group([Learner(checkpoint, lines, scripts) for _ in range(count)], pool)
        group.find_directions(learned[:BATCH])
        first = group.first.numbers
        scored = range(len(learned), len(lines)) if held_back else learned
        tell(Pass(0, None, group.score(scored, share) + raw))
        best, found = log[0].scored, None
        for number in range(passes):
            group.restart(number)
            nats = 0.0
            for k, step in enumerate(steps, number * len(steps)):
                # falling to zero, so that the last steps average out what is noise
                rate = RATE * (1 - k / (passes * len(steps)))
                nats += group.step(step, rate, drop, k)
            tell(Pass(number + 1, nats / points + raw, group.score(scored, share) + raw))
            if log[-1].scored < best:
                best, found = log[-1].scored, group.first.numbers
        if found is None:
            found = first
        elif recogniser is not None:
            share = _share(checkpoint, recogniser, group.first, found)
            group.give(found)
            best = group.score(scored, share) + raw
        tensors = group.first.changes(found, share)
    total = sum(map(len, lines))
    known = sum(script is not None for script in scripts)
    counts = (len(lines), total, held_back)
    hand = Hand(checkpoint.sha256, tensors, *counts, before=log[0].scored, after=best, share=share)
    last = next(line for line in reversed(offsets) if len(line))
    changes = cell_changes(checkpoint, hand.apply(checkpoint), last, scripts[-1])
    return replace(hand, log=tuple(log), changes=changes, with_text=known)


def _check_room(checkpoint: Checkpoint, kept: tuple[Ink, ...], said: tuple[str | None, ...]) -> None:
    """Raises HandError, before minutes of learning, where the hand with this ink would be too large for its file."""
    shapes = learned_tensors(checkpoint.architecture) | {DIRECTIONS: (RANK, checkpoint.architecture.hidden)}
    nothing = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    points = sum(map(len, kept))
    encode(Hand(checkpoint.sha256, nothing, len(kept), points, 1, -99.0, -99.0, SHARES[0], kept, said))


def _share(checkpoint: Checkpoint, recogniser: Recogniser, learner: Learner, numbers: FloatArray) -> float:
    """How much of learned numbers [P] is kept."""

    def in_hand(share: float) -> Checkpoint:
        changes = learner.changes(numbers, share)
        return replace(checkpoint, tensors=checkpoint.tensors | changed(checkpoint, changes))

    return chosen(checkpoint, recogniser, in_hand)


def _scripts(
    checkpoint: Checkpoint,
    offsets: Sequence[FloatArray],
    texts: Sequence[str | None] | None,
    recogniser: Recogniser | None,
) -> Sequence[Script | None]:
    """The texts of lines, each aligned with its line."""
    if texts is None:
        return ()
    if isinstance(texts, str):
        raise HandError(
            "texts: expected a list of what each line says, found a single text; put it into a list"
        )
    for text in texts:
        if not (text is None or isinstance(text, str)):
            raise HandError(
                f"texts: expected a text or None for each line, found {type(text).__name__}; give a str or None"
            )
    known = checkpoint.architecture.text
    if len(texts) != len(offsets):
        raise HandError(
            f"texts: expected one for each of {len(offsets)} lines, found {len(texts)}; "
            "give None for a line where it is not known"
        )
    if known is None or recogniser is None:
        raise HandError(
            "texts: expected a checkpoint that knows text, found one that does not; leave out the texts"
        )
    return [
        None if text is None else script_of(line, text, known, recogniser)
        for line, text in zip(offsets, texts, strict=True)
    ]


def _checked(offsets: Sequence[FloatArray]) -> list[FloatArray]:
    """The lines that have offsets, those of extreme size clipped."""
    lines = [line.copy() for line in offsets if len(line)]
    for line in lines:
        np.clip(line[:, :2], -LARGEST, LARGEST, out=line[:, :2])
    points = sum(map(len, lines))
    if points < LEAST_POINTS:
        raise HandError(
            f"hand: expected at least {LEAST_POINTS} points of writing, about two words, found {points}; write more"
        )
    if points > MOST_POINTS:
        raise HandError(
            f"hand: expected at most {MOST_POINTS:,} points of writing, found {points:,}; leave out lines"
        )
    return lines


def _steps(lengths: Sequence[int]) -> Iterator[_Step]:
    """The steps of a pass: windows of a batch of lines, one after the other, then of the next batch."""
    for first in range(0, len(lengths), BATCH):
        batch = range(first, min(first + BATCH, len(lengths)))
        for begin in range(0, max(lengths[k] for k in batch), WINDOW):
            yield _Step([k for k in batch if lengths[k] > begin], begin)


class _Group:
    """Learners that share the lines of each step. The first of them takes the steps, in the order of the lines."""

    def __init__(self, learners: Sequence[Learner], pool: ThreadPoolExecutor) -> None:
        self._learners = learners
        self._pool = pool
        self.first = learners[0]

    def restart(self, number: int | None = None) -> None:
        """Puts every line's state back to its beginning; `number`: that of a pass."""
        for learner in self._learners:
            learner.restart(number)

    def find_directions(self, lines: Sequence[int]) -> None:
        """Finds the directions of the hidden state that may add to the recurrent sums, from the beginnings of lines."""
        directions = self.first.find_directions(lines, SCORED)
        for learner in self._learners:
            learner.directions = directions

    def step(self, step: _Step, rate: float, drop: float, number: int) -> float:
        """Learns from a window; returns its nats before the step."""
        parts = self._read(step, step.begin + WINDOW, gradients=True, drop=drop, step=number)
        gradients = np.concatenate([part.gradients for part in parts])
        self.first.step(gradients, sum(part.points for part in parts), rate)
        self.give(self.first.numbers)
        return _sum(parts)

    def score(self, lines: Sequence[int], share: float) -> float:
        """Nats a point of lines under a hand that keeps a share of what is learned now, in model units.

        Of each line at most as many offsets are read as for the score (data/score.py).
        """
        self.restart()
        numbers = self.first.numbers
        self.give(self.first.changed(self.first.changes(numbers, share)))
        parts = self._read(_Step(list(lines), 0), SCORED, gradients=False)
        self.give(numbers)
        return _sum(parts) / sum(part.points for part in parts)

    def give(self, numbers: FloatArray) -> None:
        """Gives all learners these numbers [P]."""
        for learner in self._learners:
            learner.numbers = numbers

    def _read(
        self, what: _Step, end: int, *, gradients: bool, drop: float = 0.0, step: int = 0
    ) -> list[Read]:
        """What each learner read of its share of lines of a batch, in the order of the lines."""
        # a line always goes to the same learner, which holds its state
        shares: dict[int, list[int]] = {}
        for line in what.lines:
            place = line % BATCH
            batch = min(BATCH, len(self.first.lengths) - (line - place))
            shares.setdefault(place * len(self._learners) // batch, []).append(line)

        def read(number: int) -> Read:
            learner = self._learners[number]
            return learner.read(shares[number], what.begin, end, gradients=gradients, drop=drop, step=step)

        return list(self._pool.map(read, shares))


def _sum(parts: Sequence[Read]) -> float:
    """The nats of all lines, added in their order. Python's own `sum` corrects for rounding, as the page's does not."""
    total = 0.0
    for part in parts:
        for nats in part.nats:
            total += float(nats)
    return total
