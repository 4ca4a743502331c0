"""What training minimises: -log p of the points under the mixture, and of the pointer's moves.

Letter key: T steps, B lines, S sets of targets, H hidden, K mixture components, R = 1 + 6K rows of the mixture.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pentrace.arrays import Array
from pentrace.training.batches import Batch
from pentrace.training.model import Handwriting, State, TextInputs, split_rows
from pentrace.training.recurrence import accelerated


class Nats(NamedTuple):
    """-log p of each point, in nats and model units, each [...]: of its position and of the pen."""

    position: Tensor
    pen: Tensor


class Targets(NamedTuple):
    """What comes after each step."""

    offsets: Tensor
    """f32 [S, T, B, 3]: what was written, then what teachers would have written instead."""
    shares: Tensor
    """f32 [S]: the share of each set in the gradient."""
    mask: Tensor
    """bool [T, B]: real points; others are padding."""
    advance: Tensor | None = None
    """f32 [T, B]: 1 where the next point belongs to a character beyond the pointer; only with a text."""
    advance_mask: Tensor | None = None
    """bool [T, B]: steps at which the pointer can move."""


class Sums(NamedTuple):
    """Sums over a window, in nats and model units."""

    points: Tensor
    """Of the points that were written; its gradient is that of all sets by their shares."""
    advance: Tensor
    """Of the pointer's moves; 0 without a text."""


def tensors(batch: Batch, device: torch.device | str) -> tuple[Tensor, TextInputs | None, Targets]:
    """A batch as tensors: the offsets that are the inputs, the text, and the targets."""

    def tensor(array: Array) -> Tensor:
        return torch.from_numpy(array).to(device)

    offsets = tensor(batch.targets)[None]
    targets = Targets(offsets, offsets.new_ones(1), tensor(batch.mask))
    text = batch.text
    if text is None:
        return tensor(batch.inputs), None, targets
    inputs = TextInputs(tensor(text.characters), tensor(text.standing), tensor(text.hand), tensor(text.given))
    targets = targets._replace(advance=tensor(text.advance), advance_mask=tensor(text.advance_mask))
    return tensor(batch.inputs), inputs, targets


class Loss(nn.Module):
    """A model together with its loss: the module that Accelerate prepares and shares out among processes."""

    def __init__(self, model: Handwriting) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, offsets: Tensor, state: State | None, text: TextInputs | None, targets: Targets
    ) -> tuple[Sums, State]:
        """Offsets [T, B, 3] and the state before the first -> sums over the window, the state after the last."""
        hidden, after = self.model.hidden_states(offsets, state, text)
        points = self._points(hidden, targets)
        advance = self._advance(hidden, targets) if text is not None else torch.zeros_like(points)
        return Sums(points, advance), after

    def _points(self, hidden: Tensor, targets: Targets) -> Tensor:
        model = self.model
        dropout = model.dropout if model.training else 0.0
        fast = accelerated(hidden, model.dtype)
        if fast is not None:
            rows = model.architecture.rows
            weight, bias = model.head.weight[:rows], model.head.bias[:rows]
            sums: Tensor = fast.nats(hidden, dropout, weight, bias, *targets[:3])
            return sums
        z = model.read_out(functional.dropout(hidden, dropout))[targets.mask]
        each = [negative_log_likelihood(z, offsets[targets.mask]) for offsets in targets.offsets]
        all_sets = torch.stack([(nats.position + nats.pen).sum() for nats in each])
        mixed = (targets.shares * all_sets).sum()
        # the value of the first set with the gradient of the mixed one
        return all_sets[0].detach() + mixed - mixed.detach()

    def _advance(self, hidden: Tensor, targets: Targets) -> Tensor:
        if targets.advance is None or targets.advance_mask is None:
            raise ValueError("expected targets of the advance beside a text")
        weight, bias = self.model.head.weight[-1:], self.model.head.bias[-1:]
        logits = functional.linear(hidden.float(), weight, bias)[..., 0].float()
        return functional.binary_cross_entropy_with_logits(
            logits, targets.advance, weight=targets.advance_mask.float(), reduction="sum"
        )


def negative_log_likelihood(z: Tensor, offsets: Tensor) -> Nats:
    """-log p(offset) under the read-out z [..., rows of the head] for offsets [..., 3], in model units.

    Exact and stable: 1 - rho^2 and the pen's probability are never formed, so nothing needs clamping.
    """
    pen, logits, mu_x, mu_y, log_sx, log_sy, r = split_rows(z)
    dx, dy, lift = torch.split(offsets, 1, -1)  # each [..., 1]
    u = (dx - mu_x) * torch.exp(-log_sx)  # (21)
    v = (dy - mu_y) * torch.exp(-log_sy)  # (21)
    rho = torch.tanh(r)  # (22)
    # log(1 - tanh(r)^2) = -2 log cosh r
    log_1_rho2 = -2 * (r.abs() + functional.softplus(-2 * r.abs()) - math.log(2))
    # (25) rewritten as a sum of squares: Z / (1 - rho^2) = (u - rho v)^2 / (1 - rho^2) + v^2
    quadratic = (u - rho * v).square() * torch.exp(-log_1_rho2) + v.square()
    log_normal = -math.log(2 * math.pi) - log_sx - log_sy - 0.5 * (log_1_rho2 + quadratic)  # (24)
    log_p = torch.logsumexp(functional.log_softmax(logits, -1) + log_normal, -1)  # (19), (23)
    # (18): e = sigmoid(pen). Graves writes 1 / (1 + exp(pen)); the sign is absorbed by the weights.
    nats_pen = functional.softplus(torch.where(lift > 0.5, -pen, pen)).squeeze(-1)
    return Nats(-log_p, nats_pen)  # (26)
