"""Weights during a training: their moving mean, and all that a resumed training needs of them as plain tensors."""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.no_grad()
def move_mean(mean: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Move an exponential mean of weights on after an update; `step` counts from 0.

    The mean is over fewer updates at first, so that the random start is soon forgotten.
    """
    keep = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list[Tensor](mean.parameters()), list[Tensor](model.parameters()), 1 - keep)


def state_of(optimizer: torch.optim.Optimizer, **models: nn.Module) -> dict[str, Tensor]:
    """Weights, and Adam's moments and counts, by name: plain tensors, so that a file needs no pickle."""
    tensors = {
        f"{part}.{name}": value
        for part, model in models.items()
        for name, value in model.state_dict().items()
    }
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in moments.items()}
    return tensors


def restore(tensors: dict[str, Tensor], optimizer: torch.optim.Optimizer, **models: nn.Module) -> None:
    """Fill models and optimizer with what `state_of` gave. Raises RuntimeError or ValueError for anything else."""
    for part, model in models.items():
        model.load_state_dict(part_of(tensors, part))
    entries: dict[int, dict[str, Tensor]] = {}
    for key, value in part_of(tensors, "optimizer").items():
        index, name = key.split(".")
        entries.setdefault(int(index), {})[name] = value
    # load_state_dict would accept missing moments and other shapes
    for number, parameter in enumerate(optimizer.param_groups[0]["params"]):
        moments = entries.get(number, {})
        for name in ("exp_avg", "exp_avg_sq"):
            if name not in moments or moments[name].shape != parameter.shape:
                raise ValueError(f"no {name} of parameter {number}")
    optimizer.load_state_dict({"state": entries, "param_groups": optimizer.state_dict()["param_groups"]})


def part_of(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    """The tensors of a part, by their names in it."""
    return {k.removeprefix(f"{part}."): v for k, v in tensors.items() if k.startswith(f"{part}.")}
