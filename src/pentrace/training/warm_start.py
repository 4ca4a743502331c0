"""Starting a training from the weights of a checkpoint, not from random ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pentrace.checkpoint import load
from pentrace.errors import TrainingError
from pentrace.training.model import REST, Handwriting, unpack

if TYPE_CHECKING:
    from pathlib import Path

    from pentrace.checkpoint.architecture import Architecture

RARE = 0.01
"""Weight of a new component at rest: about the share of offsets that are zero."""


@torch.no_grad()
def start(model: Handwriting, path: Path | str, inputs: Tensor) -> None:
    """Give a model the weights of a checkpoint.

    Where the model holds a component at rest and the checkpoint does not, the one that weighs least after `inputs`,
    offsets [T, B, 3], is given up for it.

    Raises CheckpointError, and TrainingError if the checkpoint is of another architecture.
    """
    checkpoint = load(path)
    if checkpoint.architecture != model.architecture:
        raise TrainingError(
            f"{path}: expected {_words(model.architecture)}, as the settings say, "
            f"found {_words(checkpoint.architecture)}; change the settings, or start from another checkpoint"
        )
    held = _rest(model) if model.rest_component else None
    model.load_state_dict(unpack(checkpoint).state_dict())
    if held is None or torch.equal(held, _rest(model)):
        return
    mixtures = model.architecture.mixtures
    training = model.training
    z, _ = model.eval()(inputs)
    model.train(training)
    logits = z[..., 1 : 1 + mixtures]
    least = int(logits.softmax(-1).mean((0, 1)).argmin())
    for parameter in (model.head.weight, model.head.bias):
        # REST's place is that of the one given up, which is overwritten
        parts = parameter[1:].view(6, mixtures, -1)
        parts[:, least] = parts[:, REST]
    model.put_at_rest()
    model.head.weight[1 + REST] = 0.0
    model.head.bias[1 + REST] = logits.logsumexp(-1).mean() + math.log(RARE)


def _rest(model: Handwriting) -> Tensor:
    """What the read-out's biases and weights say of the component at rest, but how likely it is [5, 1 + H]."""
    rows = torch.cat([model.head.bias[:, None], model.head.weight], 1)
    return rows[1:].view(6, model.architecture.mixtures, -1)[1:, REST].clone()


def _words(architecture: Architecture) -> str:
    return ", ".join(f"{name} {value}" for name, value in architecture.described().items())
