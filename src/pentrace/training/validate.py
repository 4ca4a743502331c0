"""The score of a model through PyTorch: during training, and for `pentrace evaluate --float`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from pentrace.data.score import LineNats, Score, Tally, nats_on_grid
from pentrace.training.batches import pad
from pentrace.training.model import Handwriting, negative_log_likelihood, parameters

FloatArray = npt.NDArray[np.float32]


def score_model(
    model: Handwriting, lines: Sequence[FloatArray], *, device: torch.device | str = "cpu"
) -> Score:
    """Score of lines' offsets (each [n, 3], model units)."""
    tally = Tally()
    for line in nats_of_lines(model, lines, device=device):
        tally.add(line)
    return tally.score()


@torch.no_grad()
def nats_of_lines(
    model: Handwriting,
    lines: Sequence[FloatArray],
    *,
    batch: int = 64,
    device: torch.device | str = "cpu",
) -> Iterator[LineNats]:
    """Sums of -log p of each line; lines of like length go together."""
    model = model.to(device).eval()
    order = sorted(range(len(lines)), key=lambda k: len(lines[k]))
    for begin in range(0, len(order), batch):
        part = pad([lines[k] for k in order[begin : begin + batch]])
        mask = torch.from_numpy(part.mask).to(device)
        z, _ = model(torch.from_numpy(part.inputs).to(device))
        nats = negative_log_likelihood(z, torch.from_numpy(part.targets).to(device))
        for k in range(mask.shape[1]):
            real = mask[:, k]
            position, pen = nats.position[real, k], nats.pen[real, k]
            on_grid = nats_on_grid(parameters(z[real, k]).cpu().numpy(), part.targets[part.mask[:, k], k])
            yield LineNats(
                float(position.double().sum()),
                float(pen.double().sum()),
                float(on_grid.sum()),
                int(real.sum()),
            )
