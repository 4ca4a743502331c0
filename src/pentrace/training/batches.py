"""Lines to batches for training: augmentation, shuffling, sorting by length, windows. NumPy only.

The order of the lines and what is done to each follow from the seed, the pass and the line's place in the data, so
that a run can be resumed and does not depend on how many processes share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pentrace.arrays import F32, F64, I64, Array, Mask
from pentrace.ink import points_of
from pentrace.training.config import TrainConfig
from pentrace.training.splice import Splicer
from pentrace.training.text import NO_HAND, Aligned, Steps, after_cut, step_by_step

ELASTIC = 50
"""Points between knots of the random stretch (about three letters)."""
REST_SIZE = 0.4
"""Model units: a pen that stays within a square of this size rests. Dots are larger, or shorter."""
EVERYTHING = slice(None)


@dataclass(frozen=True)
class Example:
    """A line as it is learned from: offsets f32 [n, 3] in model units and, for a text model, the aligned text."""

    offsets: F32
    text: Aligned | None = None
    copies: float = 1.0
    """How often it is shown in one pass, in the mean."""


@dataclass(frozen=True)
class Shown:
    """An example made ready for a batch."""

    offsets: F32
    steps: Steps | None = None
    """Of the text, [n + 1]; None in a model without texts."""
    hand: int = NO_HAND
    given: bool = True
    """Whether the model sees the text and the hand."""


@dataclass(frozen=True)
class TextBatch(Steps):
    """The texts of a batch: the arrays of `Steps` side by side, [T, B] each, and of each line [B]."""

    hand: I64
    given: Mask

    def part(self, steps: slice, lines: slice) -> TextBatch:
        """Some of the steps and of the lines."""
        of_steps = (array[steps, lines] for array in self.arrays)
        return TextBatch(*of_steps, *(array[lines] for array in (self.hand, self.given)))


@dataclass(frozen=True)
class Batch:
    """Lines side by side: inputs and targets f32 [T, B, 3] in model units, mask [T, B] of the real points.

    inputs[0] is zero and inputs[t + 1] = targets[t].
    """

    inputs: F32
    targets: F32
    mask: Mask
    text: TextBatch | None = None

    @property
    def points(self) -> int:
        """Real points in the batch."""
        return int(self.mask.sum())

    def part(self, steps: slice = EVERYTHING, lines: slice = EVERYTHING) -> Batch:
        """Some of the steps and of the lines."""
        text = self.text.part(steps, lines) if self.text else None
        return Batch(self.inputs[steps, lines], self.targets[steps, lines], self.mask[steps, lines], text)

    def windows(self, length: int) -> Iterator[Batch]:
        """Equal parts of at most `length` steps."""
        steps = len(self.mask)
        count = -(-steps // length)
        for part in np.array_split(np.arange(steps), count):
            yield self.part(steps=slice(part[0], part[-1] + 1))

    def share(self, rank: int, processes: int) -> Batch:
        """Every `processes`-th line, from `rank` on: one process's part of the batch."""
        if rank < self.mask.shape[1]:
            return self.part(lines=slice(rank, None, processes))
        # fewer lines than processes: one that counts for nothing
        mine = self.part(lines=slice(0, 1))
        text = mine.text and replace(mine.text, advance_mask=np.zeros_like(mine.text.advance_mask))
        return replace(mine, mask=np.zeros_like(mine.mask), text=text)


def pad(lines: Sequence[Shown]) -> Batch:
    """Lines of any lengths as one batch."""
    texts = [line.steps for line in lines if line.steps is not None]
    if texts and len(texts) < len(lines):
        raise ValueError("expected a text for all lines of a batch or for none")
    # a text asks for a step after the last point: whether the pointer moves past the text
    steps = max(len(line.offsets) for line in lines) + bool(texts)
    targets = _side_by_side([line.offsets for line in lines], steps)
    inputs = np.zeros_like(targets)
    inputs[1:] = targets[:-1]
    mask = _side_by_side([np.ones(len(line.offsets), np.bool_) for line in lines], steps)
    if not texts:
        return Batch(inputs, targets, mask)
    of_steps = [_side_by_side(one, steps) for one in zip(*(text.arrays for text in texts), strict=True)]
    of_lines = [np.array([getattr(line, name) for line in lines]) for name in ("hand", "given")]
    of_steps[-1] &= of_lines[-1]  # without a text there is no pointer to move
    return Batch(inputs, targets, mask, TextBatch(*of_steps, *of_lines))


def _side_by_side(arrays: Sequence[Array], steps: int) -> Array:
    """Arrays [n, ...] of any n at most `steps` -> [steps, B, ...], with zeros after each."""
    first = arrays[0]
    out = np.zeros((steps, len(arrays), *first.shape[1:]), first.dtype)
    for k, array in enumerate(arrays):
        out[: len(array), k] = array
    return out


def batches(
    examples: Iterable[Example],
    config: TrainConfig,
    epoch: int,
    *,
    reach: int = 0,
    splicer: Splicer | None = None,
) -> Iterator[Batch]:
    """One pass over the examples: augmented, shuffled, batched by length. `reach` is that of the text."""
    rng = np.random.default_rng((config.seed, epoch))

    def by_length() -> Iterator[Batch]:
        lengths = np.array([len(line.offsets) for line in held])
        return (pad([held[k] for k in group]) for group in groups_of(lengths, config.batch, 0.03, rng))

    held: list[Shown] = []
    for index, example in enumerate(examples):
        if len(example.offsets) < 2:
            continue
        line_rng = np.random.default_rng((config.seed, epoch, index))
        # a whole number of copies, at random, with that mean
        for _ in range(1 if example.copies == 1 else int(example.copies + line_rng.random())):
            shown = _prepared(example, config, line_rng, reach, splicer)
            if shown is None:
                continue
            held.append(shown)
            if len(held) == config.shuffle:
                yield from by_length()
                held = []
    if held:
        yield from by_length()


def _prepared(
    example: Example, config: TrainConfig, rng: np.random.Generator, reach: int, splicer: Splicer | None
) -> Shown | None:
    """An example without rests, augmented and cut to length, its pointer jittered; None where the text has no room."""
    offsets, text = example.offsets, example.text
    if text is not None and splicer is not None and rng.random() < config.splice:
        offsets, text = splicer.splice(offsets, text, rng) or (offsets, text)
    kept = moving(offsets, config.rest) if config.rest else np.ones(len(offsets), np.bool_)
    if text is not None:
        first = after_cut(text.first, kept)
        if first is None:
            return None
        text = replace(text, first=first)
    offsets = augment(without_rests(offsets, kept), config, rng)
    cut = offsets[: config.max_points]
    if text is None:
        return Shown(cut)
    steps = step_by_step(text, len(offsets), reach, config.jitter, rng)[: len(cut) + 1]
    given = rng.random() >= config.text_dropout
    hand = text.hand if rng.random() >= config.hand_dropout else NO_HAND
    return Shown(cut, steps, hand, given)


def groups_of(lengths: I64, size: int, noise: float, rng: np.random.Generator) -> Iterator[I64]:
    """The numbers of lines in groups of similar length, in random order.

    `noise` is the share by which lengths are off, so that a line does not meet the same neighbours in every pass.
    """
    order = np.argsort(lengths * rng.uniform(1 - noise, 1 + noise, len(lengths)), kind="stable")
    groups = [order[k : k + size] for k in range(0, len(order), size)]
    return (groups[k] for k in rng.permutation(len(groups)))


def augment(offsets: F32, config: TrainConfig, rng: np.random.Generator) -> F32:
    """The same line as if by another hand: other size, proportions, slant, unevenness. Offsets [n, 3] -> the same."""
    size = np.exp(rng.normal(0, config.scale))
    aspect = np.exp(rng.normal(0, config.aspect) / 2)
    slant = rng.normal(0, config.slant)
    width, height = size * np.exp(wander(len(offsets), config.elastic, rng))
    out = offsets.copy()
    out[:, 0] = width * (aspect * offsets[:, 0] + slant * offsets[:, 1])
    out[:, 1] = height * offsets[:, 1] / aspect
    out[:, :2] = np.clip(out[:, :2], -config.largest_offset, config.largest_offset)
    return out


def wander(count: int, spread: float, rng: np.random.Generator) -> F64:
    """Two random curves [2, count] about zero: normal with that spread every ELASTIC points, straight in between."""
    knots = np.arange(0, count + ELASTIC, ELASTIC)
    values = rng.normal(0, spread, (2, len(knots)))
    return np.stack([np.interp(np.arange(count), knots, curve) for curve in values])


def moving(offsets: F32, longest: int) -> Mask:
    """Which offsets [n, 3] lead to a point that stays when pauses are trimmed to `longest` points [n].

    The first and last points of strokes always stay.
    """
    points, lift = points_of(offsets)
    rested = np.zeros(len(points), np.bool_)
    near = np.flatnonzero((np.abs(points[longest:] - points[:-longest]) < REST_SIZE).all(axis=1))
    if len(near) == 0:
        return np.ones(len(offsets), np.bool_)
    windows = np.lib.stride_tricks.sliding_window_view(points, longest + 1, axis=0)
    rested[near + longest] = (np.ptp(windows[near], axis=-1) < REST_SIZE).all(axis=-1)
    begins = np.concatenate([[False], lift[:-1]])
    kept: Mask = ~rested | lift | begins
    return kept[1:]


def without_rests(offsets: F32, kept: Mask) -> F32:
    """The line [n, 3] through the kept points only [m, 3]."""
    if kept.all():
        return offsets
    out = np.empty((int(kept.sum()), 3), np.float32)
    out[:, :2] = np.diff(points_of(offsets)[0][np.append(True, kept)], axis=0)
    out[:, 2] = offsets[kept, 2]
    return out
