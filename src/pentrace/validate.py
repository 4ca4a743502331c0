"""The score of a model through PyTorch: during training, and for `pentrace evaluate --float`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pentrace.batches import pad
from pentrace.model import Handwriting, negative_log_likelihood
from pentrace.score import Score, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt


@torch.no_grad()
def score_model(
    model: Handwriting,
    lines: Sequence[npt.NDArray[np.float32]],
    *,
    batch: int = 64,
    device: torch.device | str = "cpu",
) -> Score:
    """Score of offsets (each [n, 3], model units) in batches of lines of like length."""
    model = model.to(device).eval()
    order = sorted(range(len(lines)), key=lambda k: len(lines[k]))
    tally = Tally()
    for begin in range(0, len(order), batch):
        part = pad([lines[k] for k in order[begin : begin + batch]])
        mask = torch.from_numpy(part.mask).to(device)
        z, _ = model(torch.from_numpy(part.inputs).to(device))
        nats = negative_log_likelihood(z[mask], torch.from_numpy(part.targets).to(device)[mask])
        tally.add(
            float(nats.position.double().sum()),
            float(nats.pen.double().sum()),
            part.points,
            part.mask.shape[1],
        )
    return tally.score()
