"""Learning from other models (knowledge distillation; Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

What a teacher would write next, drawn anew each time, stands beside what was written. The mean of many draws is the
teacher's whole density, and no draw can be learnt by heart; several teachers, one a batch, are learnt from as their
mixture, which knows more than each of them.

Whether the pen rests, at an offset of zero, is learnt from what was written only: a teacher without a component for
it (pentrace.training.model) would say that it hardly ever does, and which teachers have one is not asked.

Letter key: T steps, B lines, D draws, K mixture components.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pentrace import files
from pentrace.checkpoint import MAX_FILE, decode, load
from pentrace.errors import CheckpointError
from pentrace.ink import WHITEBOARD_SCALE
from pentrace.training.model import State, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence


class Teachers:
    """Models that are learnt from, at least one.

    Args:
        paths: their checkpoints, of any architecture.
        share: the share of the loss that is on draws, in all; the rest is on what was written.
        draws: draws for each point.
        dtype: what their products are computed in.
        device: where they compute.

    Raises:
        CheckpointError: a file is no checkpoint.
    """

    def __init__(
        self,
        paths: Sequence[Path | str],
        share: float,
        draws: int,
        dtype: torch.dtype,
        device: torch.device | str = "cpu",
    ) -> None:
        self.models = [unpack(load(path)).to(device).requires_grad_(False) for path in paths]
        for model in self.models:
            model.dtype = dtype
        self.draws = draws
        self.shares = torch.tensor([1 - share, *[share / draws] * draws], device=device)
        """Of what was written, and of each draw [1 + D]."""
        self._now = self.models[0]
        self._state: State | None = None

    def begin(self) -> None:
        """Lines from their beginning, with one of the teachers at random."""
        self._now = self.models[int(torch.randint(len(self.models), ()))]
        self._state = None

    @torch.no_grad()
    def beside(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Inputs and what came after them, targets, each [T, B, 3] -> [1 + D, T, B, 3]: the targets, then draws.

        A draw is the target itself where either of them is a rest.
        """
        z, self._state = self._now(inputs, self._state)
        draws = [drawn(z) for _ in range(self.draws)]
        written = rests(targets)
        return torch.stack([targets, *(torch.where(written | rests(draw), targets, draw) for draw in draws)])


def rests(offsets: Tensor) -> Tensor:
    """Whether the pen rests at offsets [..., 3]: nearer to zero than to any other whole raw unit [..., 1]."""
    return (offsets[..., :2].abs() < WHITEBOARD_SCALE / 2).all(-1, keepdim=True)


def drawn(z: Tensor) -> Tensor:
    """An offset [..., 3] from the read-out z [..., 1 + 6K] (Graves 2013, equations 18 to 25), in model units."""
    k = (z.shape[-1] - 1) // 6
    pen, logits, *parts = torch.split(z, [1, k, k, k, k, k, k], -1)
    # the largest of logits less the logs of exponential numbers is a draw from their softmax (Gumbel 1954)
    chosen = (logits - torch.log(torch.empty_like(logits).exponential_())).argmax(-1, keepdim=True)
    mu_x, mu_y, log_sx, log_sy, r = (part.gather(-1, chosen) for part in parts)
    rho, n0, n1 = torch.tanh(r), torch.randn_like(r), torch.randn_like(r)
    dx = mu_x + log_sx.exp() * n0
    dy = mu_y + log_sy.exp() * (rho * n0 + (1 - rho * rho).sqrt() * n1)
    lift = (torch.rand_like(pen) < torch.sigmoid(pen)).to(dx.dtype)
    return torch.cat([dx, dy, lift], -1)


def named(paths: Sequence[Path | str]) -> tuple[str, ...]:
    """What a checkpoint says of its teachers: the name of each and the first 16 digits of its file's SHA-256.

    Raises CheckpointError.
    """
    told = []
    for path in map(Path, paths):
        blob = files.read(path, MAX_FILE, CheckpointError)
        told.append(f"{decode(blob, path.name).name}, sha256 {hashlib.sha256(blob).hexdigest()[:16]}")
    return tuple(told)


def with_terms_of(paths: Sequence[Path | str], data: dict[str, object]) -> dict[str, object]:
    """A checkpoint's `data` with the terms of the checkpoints that it learnt or began from beside its own.

    Raises CheckpointError.
    """
    terms = [str(data["terms"])] if data.get("terms") else []
    for path in paths:
        theirs = load(path).data.get("terms")
        if theirs and str(theirs) not in terms:
            terms.append(str(theirs))
    return data | ({"terms": "; ".join(terms)} if terms else {})
