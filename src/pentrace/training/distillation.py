"""Learning from other models (knowledge distillation; Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

At each point, offsets are drawn from a teacher's prediction and used as targets beside what was written. Every draw is
new. So on average the student sees the teacher's whole density, and it cannot overfit the draws. With several teachers,
each batch has one of them at random; the student learns their mixture, which is better than each of them.

Whether the pen rests, at an offset of zero, is learned only from what was written: a teacher without a rest component
(pentrace.training.model) would say that the pen hardly ever does.

Letter key: T steps, B lines, D draws, K mixture components.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from pentrace.checkpoint import load
from pentrace.ink import WHITEBOARD_SCALE
from pentrace.training.model import State, split_rows, unpack


class Teachers:
    """Models to learn from, at least one. They see no text.

    Args:
        paths: their checkpoints, of any architecture.
        share: the share of the loss that is on the draws together; the rest is on what was written.
        draws: draws for each point.
        dtype: what their products may be computed in.
        device: where they compute.

    Raises:
        CheckpointError: a file is not a checkpoint.
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
        """Share of the loss: on what was written, then on each draw [1 + D]."""
        self._now = self.models[0]
        self._state: State | None = None

    def begin(self) -> None:
        """Start new lines, with one of the teachers at random."""
        self._now = self.models[int(torch.randint(len(self.models), ()))]
        self._state = None

    @torch.no_grad()
    def beside(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Inputs [T, B, 3] and the offsets after them, the targets -> [1 + D, T, B, 3]: the targets, then the draws.

        Where the target or a draw is a rest, the target takes the place of the draw.
        """
        z, self._state = self._now(inputs, self._state)
        draws = [drawn(z) for _ in range(self.draws)]
        written = rests(targets)
        return torch.stack([targets, *(torch.where(written | rests(draw), targets, draw) for draw in draws)])


def rests(offsets: Tensor) -> Tensor:
    """Whether offsets [..., 3] are nearer to zero than to any other whole raw unit: the pen rests [..., 1]."""
    return (offsets[..., :2].abs() < WHITEBOARD_SCALE / 2).all(-1, keepdim=True)


def drawn(z: Tensor) -> Tensor:
    """A random offset [..., 3] from the read-out z [..., 1 + 6K] (Graves 2013, equations 18 to 25), in model units."""
    pen, logits, *parts = split_rows(z)
    # the largest of logits minus logs of exponentially distributed numbers is a draw from their softmax (Gumbel 1954)
    chosen = (logits - torch.log(torch.empty_like(logits).exponential_())).argmax(-1, keepdim=True)
    mu_x, mu_y, log_sx, log_sy, r = (part.gather(-1, chosen) for part in parts)
    rho, n0, n1 = torch.tanh(r), torch.randn_like(r), torch.randn_like(r)
    dx = mu_x + log_sx.exp() * n0
    dy = mu_y + log_sy.exp() * (rho * n0 + (1 - rho * rho).sqrt() * n1)
    lift = (torch.rand_like(pen) < torch.sigmoid(pen)).to(dx.dtype)
    return torch.cat([dx, dy, lift], -1)


def named(paths: Sequence[Path | str]) -> tuple[str, ...]:
    """Checkpoints as text, for the record of a run: the name of each and the first 16 digits of its file's SHA-256.

    Raises CheckpointError.
    """
    return tuple(f"{one.name}, sha256 {one.sha256[:16]}" for one in map(load, paths))


def with_terms_of(paths: Sequence[Path | str], data: dict[str, object]) -> dict[str, object]:
    """A checkpoint's `data`, with the terms of the checkpoints that it learned or started from added to its own.

    Raises CheckpointError.
    """
    of_each = (data.get("terms"), *(load(path).data.get("terms") for path in paths))
    terms = dict.fromkeys(str(one) for one in of_each if one)
    return data | ({"terms": "; ".join(terms)} if terms else {})
