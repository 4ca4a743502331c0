"""Start a training from the weights of a checkpoint instead of random ones (a warm start)."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import torch
from torch import Tensor

from pentrace.checkpoint import load
from pentrace.checkpoint.architecture import Architecture
from pentrace.errors import TrainingError
from pentrace.training.model import REST, Handwriting, unpack

RARE = 0.01
"""Weight of a new rest component: about the share of offsets that are zero."""


@torch.no_grad()
def start(model: Handwriting, path: Path | str, inputs: Tensor) -> None:
    """Give a model the weights of a checkpoint.

    A model that knows text may start from a checkpoint that knows none: the weights of the text stay as they are, small
    and random. If the model has a rest component and the checkpoint has none, it takes the place of the component that
    weighs least after `inputs`, offsets [T, B, 3].

    Raises CheckpointError, and TrainingError if the checkpoint is of another architecture.
    """
    checkpoint = load(path)
    found = checkpoint.architecture
    if found not in (model.architecture, dataclasses.replace(model.architecture, text=None)):
        raise TrainingError(
            f"{path}: expected {_words(model.architecture)}, as the settings and the data say, "
            f"found {_words(found)}; change the settings, or start from another checkpoint"
        )
    fixed = _rest(model) if model.rest_component else None
    weights = model.state_dict()
    for name, weight in unpack(checkpoint).state_dict().items():
        weights[name][: len(weight)] = weight  # the model's read-out may have more rows at its end
    if fixed is None or torch.equal(fixed, _rest(model)):
        return
    mixtures = model.architecture.mixtures
    training = model.training
    z, _ = model.eval()(inputs)
    model.train(training)
    logits = z[..., 1 : 1 + mixtures]
    least = int(logits.softmax(-1).mean((0, 1)).argmin())
    for parameter in (model.head.weight, model.head.bias):
        # the rows at REST move to the component given up, whose own are lost
        parts = _parts(model, parameter)
        parts[:, least] = parts[:, REST]
    model.put_at_rest()
    model.head.weight[1 + REST] = 0.0
    model.head.bias[1 + REST] = logits.logsumexp(-1).mean() + math.log(RARE)


def _parts(model: Handwriting, parameter: Tensor) -> Tensor:
    """Rows of the read-out by the parameter of a component that they give [6, K, ...], as a view."""
    return parameter[1 : model.architecture.rows].view(6, model.architecture.mixtures, -1)


def _rest(model: Handwriting) -> Tensor:
    """Head rows of the rest component, without its mixture logit [5, 1 + H]."""
    rows = torch.cat([model.head.bias[:, None], model.head.weight], 1)
    return _parts(model, rows)[1:, REST].clone()


def _words(architecture: Architecture) -> str:
    """The sizes; of the text only the numbers that tell two texts apart."""
    words = [f"{name} {value}" for name, value in architecture.described().items() if name != "text"]
    text = architecture.text
    if text is not None:
        words.append(f"a text of {len(text.alphabet)} characters and {text.hands} hands")
    return ", ".join(words)
