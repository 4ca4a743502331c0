"""Lines to batches for training: augmentation, shuffling, sorting by length, windows. NumPy only.

The order of the lines and what is done to each follow from the seed, the pass and the line's place in the data, so
that a run can be resumed and does not depend on how many processes share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.data.score import CLIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pentrace.training.config import TrainConfig

FloatArray = npt.NDArray[np.float32]

ELASTIC = 50
"""Points, some three letters, after which the ink's stretching is another."""
REST_SIZE = 0.4
"""Model units: a pen that stays in a square of this size rests; a dot is larger, or shorter."""


@dataclass(frozen=True)
class Batch:
    """Lines side by side: inputs and targets f32 [T, B, 3] in model units, mask [T, B] of the real points.

    inputs[0] is zero and inputs[t + 1] = targets[t].
    """

    inputs: FloatArray
    targets: FloatArray
    mask: npt.NDArray[np.bool_]

    @property
    def points(self) -> int:
        """Real points in the batch."""
        return int(self.mask.sum())

    def windows(self, length: int) -> Iterator[Batch]:
        """Equal parts of at most `length` steps."""
        steps = len(self.mask)
        count = -(-steps // length)
        for part in np.array_split(np.arange(steps), count):
            window = slice(part[0], part[-1] + 1)
            yield Batch(self.inputs[window], self.targets[window], self.mask[window])

    def share(self, rank: int, processes: int) -> Batch:
        """Every `processes`-th line, from `rank` on: one process's part of the batch."""
        lines = slice(rank, None, processes)
        if rank >= self.mask.shape[1]:  # fewer lines than processes: one that counts for nothing
            lines = slice(0, 1)
            return Batch(self.inputs[:, lines], self.targets[:, lines], np.zeros_like(self.mask[:, lines]))
        return Batch(self.inputs[:, lines], self.targets[:, lines], self.mask[:, lines])


def pad(lines: list[FloatArray]) -> Batch:
    """Offsets of lines, each [n, 3], as one batch."""
    steps = max(len(line) for line in lines)
    targets = np.zeros((steps, len(lines), 3), np.float32)
    mask = np.zeros((steps, len(lines)), np.bool_)
    for k, line in enumerate(lines):
        targets[: len(line), k] = line
        mask[: len(line), k] = True
    inputs = np.zeros_like(targets)
    inputs[1:] = targets[:-1]
    return Batch(inputs, targets, mask)


def batches(lines: Iterable[FloatArray], config: TrainConfig, epoch: int) -> Iterator[Batch]:
    """One pass over the lines' offsets, each [n, 3] in model units: augmented, shuffled, of like length."""
    rng = np.random.default_rng((config.seed, epoch))
    held: list[FloatArray] = []
    for index, line in enumerate(lines):
        if len(line) < 2:
            continue
        line_rng = np.random.default_rng((config.seed, epoch, index))
        line = cut_rests(line, config.rest) if config.rest else line
        held.append(augment(line, config, line_rng)[: config.max_points])
        if len(held) == config.shuffle:
            yield from _by_length(held, config.batch, rng)
            held = []
    if held:
        yield from _by_length(held, config.batch, rng)


def _by_length(held: list[FloatArray], size: int, rng: np.random.Generator) -> Iterator[Batch]:
    # a little noise, so that a line does not meet the same neighbours in every pass
    lengths = np.array([len(line) for line in held]) * rng.uniform(0.97, 1.03, len(held))
    order = np.argsort(lengths, kind="stable")
    groups = [order[k : k + size] for k in range(0, len(order), size)]
    for g in rng.permutation(len(groups)):
        yield pad([held[k] for k in groups[g]])


def augment(offsets: FloatArray, config: TrainConfig, rng: np.random.Generator) -> FloatArray:
    """The same line by another hand: size, proportions, slant, unevenness. Offsets [n, 3] -> the same."""
    size = np.exp(rng.normal(0, config.scale))
    aspect = np.exp(rng.normal(0, config.aspect) / 2)
    slant = rng.normal(0, config.slant)
    width, height = size * np.exp(wander(len(offsets), config.elastic, rng))
    out = offsets.copy()
    out[:, 0] = width * (aspect * offsets[:, 0] + slant * offsets[:, 1])
    out[:, 1] = height * offsets[:, 1] / aspect
    out[:, :2] = np.clip(out[:, :2], -CLIP, CLIP)
    return out


def wander(count: int, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Two curves [2, count] that wander about zero: normal with that spread every ELASTIC points, straight between."""
    knots = np.arange(0, count + ELASTIC, ELASTIC)
    values = rng.normal(0, spread, (2, len(knots)))
    return np.stack([np.interp(np.arange(count), knots, curve) for curve in values])


def cut_rests(offsets: FloatArray, longest: int) -> FloatArray:
    """Strokes without the points at which a pen has rested on one spot for `longest` points. Offsets [n, 3] -> [m, 3].

    The ends of strokes stay.
    """
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(offsets[:, :2], axis=0, dtype=np.float64)])
    rested = np.zeros(len(points), np.bool_)
    near = np.flatnonzero((np.abs(points[longest:] - points[:-longest]) < REST_SIZE).all(axis=1))
    if len(near) == 0:
        return offsets
    windows = np.lib.stride_tricks.sliding_window_view(points, longest + 1, axis=0)
    rested[near + longest] = (np.ptp(windows[near], axis=-1) < REST_SIZE).all(axis=-1)
    lift = np.concatenate([[0], offsets[:, 2]]) > 0.5
    begins = np.concatenate([[False], lift[:-1]])
    kept = ~rested | lift | begins
    if kept.all():
        return offsets
    out = np.empty((int(kept.sum()) - 1, 3), np.float32)
    out[:, :2] = np.diff(points[kept], axis=0)
    out[:, 2] = lift[kept][1:]
    return out
