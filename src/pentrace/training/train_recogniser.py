"""Training of the recogniser (pentrace.training.recogniser): lines with their texts in, one file of weights out.

The file is written after every pass over the data. `OUT.state` beside it holds what --resume needs; it is deleted at
the end.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save
from torch.nn import functional

from pentrace import files
from pentrace.arrays import F64, Mask
from pentrace.data.dataset import read_lines
from pentrace.data.error_rate import error_rate
from pentrace.data.transcripts import CROSSED_OUT, as_written
from pentrace.engine import Engine
from pentrace.engine.text.recogniser import Samples, sample_path
from pentrace.errors import DataError, TrainingError
from pentrace.training.batches import groups_of, wander
from pentrace.training.recogniser import Recogniser, batched
from pentrace.training.weights import move_mean, restore, state_of

BATCH = 48
RATE = 3e-3
WARM_UP = 300
"""Updates of linear warm-up; then the rate falls along a cosine to zero."""
DROPOUT = 0.2
AVERAGE = 0.998
"""Decay of the exponential mean of the weights, which is what is kept."""
VALIDATE = 300
"""Lines of the validation data, evenly spread, that are read after each pass."""


@dataclass(frozen=True)
class Pass:
    """A pass over the data: CTC loss a character, and the share of characters that are read wrongly."""

    number: int
    loss: float
    error_rate: float
    minutes: float


@dataclass(frozen=True)
class _Item:
    text: str
    points: F64
    pen_up: Mask
    size: float

    def samples(self, rng: np.random.Generator | None) -> Samples:
        """Along the path; with `rng` of the same line by another hand."""
        points, size = (self.points, self.size) if rng is None else _augment(self, rng)
        return sample_path(points, self.pen_up, size)


def train_recogniser(
    data: Sequence[Path | str],
    validation: Sequence[Path | str],
    out: Path | str,
    *,
    engine: Engine,
    provenance: dict[str, object],
    passes: int = 24,
    seed: int = 1,
    resume: bool = False,
    report: Callable[[Pass], None] = lambda _: None,
) -> None:
    """Train on Parquet files or folders `data` and write the recogniser to `out`.

    `provenance` is the file's `data` field: what it was trained on and under which terms. Raises DataError,
    TrainingError.
    """
    items = _items(data, engine)
    if not items:
        raise DataError(f"{data[0]}: expected lines with texts, found none")
    reading = _items(validation, engine)
    reading = reading[:: max(1, len(reading) // VALIDATE)][:VALIDATE]
    torch.manual_seed(seed)
    alphabet = "".join(sorted({character for item in items for character in item.text}))
    model, mean = Recogniser(alphabet, DROPOUT), Recogniser(alphabet)
    mean.load_state_dict(model.state_dict())
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.01)
    run = _Run(model, mean, optimizer, Path(f"{out}.state"), seed, passes, -(-len(items) // BATCH))
    if resume:
        run.load()
    started = time.monotonic()
    for number in range(run.done, passes):
        loss = run.pass_over(items)
        mean.eval().packed(provenance).save(out)
        run.save()
        minutes = (time.monotonic() - started) / 60
        report(Pass(number + 1, loss, _error_rate(mean, reading), minutes))
    run.state.unlink(missing_ok=True)


@dataclass
class _Run:
    model: Recogniser
    mean: Recogniser
    optimizer: torch.optim.Optimizer
    state: Path
    seed: int
    passes: int
    updates: int
    """In a pass."""
    done: int = 0
    """Passes."""

    def pass_over(self, items: list[_Item]) -> float:
        """One pass; the mean loss."""
        total = 0.0
        torch.manual_seed(hash((self.seed, self.done)))
        self.model.train()
        lengths = np.array([len(item.points) for item in items])
        order = np.random.default_rng((self.seed, self.done))
        for k, group in enumerate(groups_of(lengths, BATCH, 0.05, order)):
            rng = np.random.default_rng((self.seed, self.done, k))
            total += self._update([items[i] for i in group], rng, self.done * self.updates + k)
        self.done += 1
        return total / self.updates

    def _update(self, items: list[_Item], rng: np.random.Generator, step: int) -> float:
        left = math.pi * step / (self.passes * self.updates)
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (1 + math.cos(left)) / 2
        features, frames = batched([item.samples(rng) for item in items])
        codes = torch.tensor([code for item in items for code in self.model.codes(item.text)])
        lengths = torch.tensor([len(item.text) for item in items])
        table = self.model(features, frames)
        losses = functional.ctc_loss(table, codes, frames, lengths, zero_infinity=True, reduction="sum")
        loss = losses / lengths.sum()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        move_mean(self.mean, self.model, AVERAGE, step)
        return float(loss.detach())

    def save(self) -> None:
        """What the next pass needs."""
        tensors = state_of(self.optimizer, model=self.model, mean=self.mean)
        settings = json.dumps([self.seed, self.passes, self.updates, self.model.alphabet])
        files.write(self.state, save(tensors, {"settings": settings, "done": str(self.done)}), TrainingError)

    def load(self) -> None:
        """Continue from what `save` wrote. Raises TrainingError."""
        blob = files.read(self.state, 64 << 20, TrainingError)
        header = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])["__metadata__"]
        if json.loads(header["settings"]) != [self.seed, self.passes, self.updates, self.model.alphabet]:
            raise TrainingError(
                f"{self.state}: expected the state of a training with these settings and data, found another; "
                "start without --resume"
            )
        restore(load(blob), self.optimizer, model=self.model, mean=self.mean)
        self.done = int(header["done"])


def _items(data: Sequence[Path | str], engine: Engine) -> list[_Item]:
    """The lines with a text, but for those with crossed-out words."""
    items = []
    for line in read_lines(data, columns=("text",)):
        text, size = as_written(line.text), engine.writing_size(line.ink)
        if text and CROSSED_OUT not in text and size > 0:
            items.append(_Item(text, line.ink.points.astype(np.float64), line.ink.pen_up, size))
    return items


def _augment(item: _Item, rng: np.random.Generator) -> tuple[F64, float]:
    """Another size, slant, aspect, unevenness, baseline and a little noise -> points [n, 2] and size."""
    width, height = np.exp(wander(len(item.points), 0.08, rng))
    step = np.diff(item.points, axis=0, prepend=item.points[:1])
    points = np.cumsum(step * np.stack([width, height], 1), axis=0)
    points += rng.normal(0, 0.015 * item.size, points.shape)
    slant, aspect, slope = rng.normal(0, 0.2), np.exp(rng.normal(0, 0.1)), rng.normal(0, 0.02)
    x, y = points.T
    turned = np.stack([(x + slant * y) * aspect, y / aspect + slope * x], 1)
    return turned, item.size * float(np.exp(rng.normal(0, 0.12)))


@torch.no_grad()
def _error_rate(model: Recogniser, items: list[_Item]) -> float:
    reads: list[str] = []
    for k in range(0, len(items), BATCH):
        samples = [item.samples(None) for item in items[k : k + BATCH]]
        classes = model(*batched(samples)).argmax(-1).numpy()
        reads += [model.text(classes[: one.frames, i]) for i, one in enumerate(samples)]
    return error_rate(reads, [item.text for item in items]).rate
