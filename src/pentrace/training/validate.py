"""The score of a model through PyTorch: during training, and for `pentrace evaluate --float`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from pentrace.arrays import F32
from pentrace.data.score import MAX_OFFSETS, LineNats, Score, nats_on_grid
from pentrace.training.batches import Example, Shown, pad
from pentrace.training.loss import negative_log_likelihood, tensors
from pentrace.training.model import Handwriting, parameters
from pentrace.training.text import step_by_step

BATCH = 64
"""Lines that are scored at once."""


@dataclass(frozen=True)
class Validation:
    """How well a model predicts lines; with their true texts, if it knows text."""

    score: Score
    without_text: Score | None = None
    """The score of the same lines without their texts."""
    advance: float | None = None
    """Nats a point of the pointer's moves, from its true positions."""

    def to_dict(self) -> dict[str, float | int]:
        """All figures by name, as the metadata of a checkpoint has them."""
        figures = self.score.to_dict()
        if self.without_text is not None and self.advance is not None:
            figures["without_text"] = round(self.without_text.nats_per_point, 6)
            figures["advance"] = round(self.advance, 6)
        return figures


def validate(
    model: Handwriting, examples: Sequence[Example], *, device: torch.device | str = "cpu"
) -> Validation:
    """Scores lines in no particular hand; those with texts both with and without them."""
    shown = [_shown(example, model) for example in examples]
    results = list(_results(model, shown, device))
    score = Score.of(line for line, _ in results)
    if model.text is None:
        return Validation(score)
    without = Score.of(nats_of_lines(model, [line.offsets for line in shown], device=device))
    return Validation(score, without, sum(advance for _, advance in results) / score.points)


def nats_of_lines(
    model: Handwriting, lines: Sequence[F32], *, device: torch.device | str = "cpu"
) -> Iterator[LineNats]:
    """Sums of -log p of each line, offsets [n, 3] in model units, without a text. Shorter lines come first."""
    for line, _ in _results(model, [Shown(offsets) for offsets in lines], device):
        yield line


def _shown(example: Example, model: Handwriting) -> Shown:
    """The part of a line that counts, and the true text at each of its steps."""
    offsets = example.offsets[:MAX_OFFSETS]
    if model.text is None or example.text is None:
        return Shown(offsets)
    steps = step_by_step(example.text, len(example.offsets), model.text.sizes.reach)
    return Shown(offsets, steps[: len(offsets) + 1])


@torch.no_grad()
def _results(
    model: Handwriting, lines: Sequence[Shown], device: torch.device | str
) -> Iterator[tuple[LineNats, float]]:
    """Sums over each line: -log p of its points, and of the pointer's moves. Lines of similar length share a batch."""
    model = model.to(device).eval()
    ordered = sorted(lines, key=lambda line: len(line.offsets))
    for begin in range(0, len(ordered), BATCH):
        part = pad(ordered[begin : begin + BATCH])
        inputs, text, targets = tensors(part, device)
        z, _ = model(inputs, None, text)
        nats = negative_log_likelihood(z, targets.offsets[0])
        advance = torch.zeros(part.mask.shape[1])
        if targets.advance is not None and targets.advance_mask is not None:
            weight = targets.advance_mask.float()
            advance = functional.binary_cross_entropy_with_logits(
                z[..., -1], targets.advance, weight, reduction="none"
            ).sum(0)
        for k in range(part.mask.shape[1]):
            real = targets.mask[:, k]
            position, pen = nats.position[real, k], nats.pen[real, k]
            on_grid = nats_on_grid(parameters(z[real, k]).cpu().numpy(), part.targets[part.mask[:, k], k])
            line = LineNats(
                float(position.double().sum()),
                float(pen.double().sum()),
                float(on_grid.sum()),
                int(real.sum()),
            )
            yield line, float(advance[k])
