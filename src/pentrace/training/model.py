"""The model, whole: an LSTM that predicts the next pen offset as a mixture of bivariate Gaussians and a pen lift.

Alex Graves, "Generating Sequences With Recurrent Neural Networks" (2013), arXiv:1308.0850, sections 2 and 4; "(n)"
beside a line is its equation there. Left out: peepholes, skip connections, clamped LSTM gradients. Added: a component
that is held at offset zero and, in training only, DropConnect on the recurrent weights (Merity et al. 2017,
arXiv:1708.02182) and dropout before the read-out.

Training happens here; everything else (sampling, traces, futures) is the engine's work, on the packed weights.

Letter key: T steps, B lines, H hidden, K mixture components, R = 1 + 6K read-out rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pentrace.checkpoint import Checkpoint, pack_rows
from pentrace.checkpoint.architecture import Architecture
from pentrace.data.score import ROUNDING_VARIANCE
from pentrace.training.amx import tiles
from pentrace.training.recurrence import Layer, recurrence, tiled

REST = 0
"""The component of the mixture that is held at offset zero, where one is."""


class State(NamedTuple):
    """Hidden and cell states, each [L, B, H]."""

    h: Tensor
    c: Tensor


@dataclass(frozen=True)
class Nats:
    """-log p a point, in nats and model units, each [T, B]: of the position and of the pen."""

    position: Tensor
    pen: Tensor


class Handwriting(nn.Module):
    """Offsets [T, B, 3] to the read-out [T, B, R] of what comes after each of them.

    `weight_drop` is the share of recurrent weights set to zero for a whole window, `dropout` the share of the hidden
    state set to zero before the read-out; both only while training. With `rest_component` one component of the mixture
    is held at offset zero.
    """

    def __init__(
        self,
        architecture: Architecture,
        *,
        weight_drop: float = 0.0,
        dropout: float = 0.0,
        rest_component: bool = False,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.weight_drop, self.dropout, self.dtype = weight_drop, dropout, dtype
        gates, hidden = 4 * architecture.hidden, architecture.hidden
        sizes = [3] + [hidden] * (architecture.layers - 1)
        self.inputs = nn.ParameterList(_uniform(gates, size, 1 / math.sqrt(hidden)) for size in sizes)
        self.recurrent = nn.ParameterList(_uniform(gates, hidden, 1 / math.sqrt(hidden)) for _ in sizes)
        self.bias = nn.ParameterList(nn.Parameter(_forget_open(hidden)) for _ in sizes)
        scales = sizes if architecture.normalised else []
        self.gain = nn.ParameterList(nn.Parameter(torch.ones(gates)) for _ in scales)
        self.cell_gain = nn.ParameterList(nn.Parameter(torch.ones(hidden)) for _ in scales)
        self.cell_bias = nn.ParameterList(nn.Parameter(torch.zeros(hidden)) for _ in scales)
        coded = sizes if architecture.code else []
        self.code = nn.ParameterList(
            _uniform(architecture.code, hidden, 1 / math.sqrt(hidden)) for _ in coded
        )
        self.code_inputs = nn.ParameterList(
            _uniform(architecture.code, size, 1 / math.sqrt(size)) for size in coded
        )
        self.modulation = nn.ParameterList(nn.Parameter(torch.zeros(gates, architecture.code)) for _ in coded)
        self.head = nn.Linear(hidden, architecture.rows)
        self.rest_component = rest_component
        if rest_component:
            rows = self.put_at_rest()
            for parameter in (self.head.weight, self.head.bias):
                # PyTorch does not type this one
                hold = cast("Any", parameter.register_hook)
                hold(lambda gradient: gradient.index_fill(0, rows.to(gradient.device), 0.0))

    @torch.no_grad()
    def put_at_rest(self) -> Tensor:
        """Put a component at offset zero, as wide as what rounding to whole raw units hides; its rows of the read-out.

        A pen that rests reports the same whole units again and again, and a mean that follows the hidden state, in
        bfloat16, does not stay as near to zero as that.
        """
        # of mu x, mu y, log sigma x, log sigma y, r
        rows = 1 + REST + self.architecture.mixtures * torch.arange(1, 6)
        self.head.weight[rows] = 0.0
        self.head.bias[rows] = torch.tensor(
            [0.0, 0.0, math.log(ROUNDING_VARIANCE) / 2, math.log(ROUNDING_VARIANCE) / 2, 0.0]
        )
        return rows

    def forward(
        self,
        offsets: Tensor,
        state: State | None = None,
        targets: Tensor | None = None,
        mask: Tensor | None = None,
        shares: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        """Offsets [T, B, 3], state from before the first -> read-out [T, B, R], state after the last.

        With targets [T, B, 3] and a mask [T, B] of the points that count: the sum of their nats, in model units, in
        place of the read-out. With shares [S], too, and S times as many targets [S, T, B, 3]: the nats of the first,
        with the gradient of all, each having its share (pentrace.training.distillation).
        """
        hidden, after = self._hidden(offsets, state)
        dropout = self.dropout if self.training else 0.0
        if targets is not None and shares is None:
            targets, shares = targets[None], targets.new_ones(1)
        if targets is not None and mask is not None and tiled(hidden, self.dtype):
            drop = tiles.Drop.random(dropout)
            apply = cast("Any", tiles.ReadOut).apply
            return apply(hidden, drop, self.head.weight, self.head.bias, targets, shares, mask), after
        hidden = functional.dropout(hidden, dropout)
        z = functional.linear(hidden, self.head.weight.to(hidden.dtype)).float() + self.head.bias  # (17)
        if targets is None or shares is None or mask is None:
            return z, after
        each = [negative_log_likelihood(z[mask], target[mask]) for target in targets]
        sums = torch.stack([(nats.position + nats.pen).sum() for nats in each])
        mixed = (shares * sums).sum()
        return sums[0].detach() + mixed - mixed.detach(), after

    def _hidden(self, offsets: Tensor, state: State | None) -> tuple[Tensor, State]:
        if state is None:
            zero = offsets.new_zeros(len(self.bias), offsets.shape[1], self.architecture.hidden)
            state = State(zero, zero)
        if self.dtype == torch.float32 and not self.architecture.normalised:
            return self._lstm(offsets, state)
        return self._recurrence(offsets, state)

    def _lstm(self, offsets: Tensor, state: State) -> tuple[Tensor, State]:
        """Through PyTorch's own kernels, exact in float32."""
        flat: list[Tensor] = []
        for inputs, recurrent, bias in zip(self.inputs, self.recurrent, self.bias, strict=True):
            recurrent = functional.dropout(recurrent, self.weight_drop, self.training)
            flat += [inputs, recurrent, bias, torch.zeros_like(bias)]  # its second bias is not needed
        hidden, h, c = torch.lstm(
            offsets,
            (state.h, state.c),
            flat,
            has_biases=True,
            num_layers=len(self.bias),
            dropout=0.0,
            train=self.training,
            bidirectional=False,
            batch_first=False,
        )  # (7)-(11), gates in the order i f g o
        return hidden, State(h, c)

    def _recurrence(self, offsets: Tensor, state: State) -> tuple[Tensor, State]:
        """Through our own, which knows layer normalisation and fast products."""
        hidden, after = offsets, []
        weight_drop = self.weight_drop if self.training else 0.0
        for k, recurrent in enumerate(self.recurrent):
            more: list[Tensor] = []
            if self.architecture.normalised:
                more += self.gain[k], self.cell_gain[k], self.cell_bias[k]
            if self.architecture.code:
                more += self.code[k], self.code_inputs[k], self.modulation[k]
            layer = Layer(self.inputs[k], recurrent, self.bias[k], *more)
            hidden, *last = recurrence(hidden, state.h[k], state.c[k], layer, self.dtype, weight_drop)
            after.append(last)
        return hidden, State(*(torch.stack(part) for part in zip(*after, strict=True)))


def _uniform(rows: int, columns: int, bound: float) -> nn.Parameter:
    return nn.Parameter(torch.empty(rows, columns).uniform_(-bound, bound))


def _forget_open(hidden: int) -> Tensor:
    """Biases [4H]: forget gates start open, so that gradients reach far back (Gers et al. 2000)."""
    bias = torch.zeros(4 * hidden)
    bias[hidden : 2 * hidden] = 1.0
    return bias


def negative_log_likelihood(z: Tensor, offsets: Tensor) -> Nats:
    """-log p(offset) under the read-out z [..., R] for offsets [..., 3], in model units.

    Exact and stable: 1 - rho^2 and the pen's probability are never formed, so nothing needs clamping.
    """
    k = (z.shape[-1] - 1) // 6
    pen, logits, mu_x, mu_y, log_sx, log_sy, r = torch.split(z, [1, k, k, k, k, k, k], -1)  # (17)
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


def parameters(z: Tensor) -> Tensor:
    """Read-out z [..., R] -> the mixture's parameters [..., R]: e, pi, mu x, mu y, sigma x, sigma y, rho."""
    k = (z.shape[-1] - 1) // 6
    pen, logits, mu_x, mu_y, log_sx, log_sy, r = torch.split(z, [1, k, k, k, k, k, k], -1)  # (17)
    pi = functional.softmax(logits, -1)  # (19)
    sigma_x, sigma_y, rho = log_sx.exp(), log_sy.exp(), torch.tanh(r)  # (21), (22)
    return torch.cat([torch.sigmoid(pen), pi, mu_x, mu_y, sigma_x, sigma_y, rho], -1)  # (18)


def pack(model: Handwriting, name: str, data: dict[str, object]) -> Checkpoint:
    """The model's weights as a checkpoint: int8 rows, float32 elsewhere (spec/checkpoint.md)."""
    tensors = {}
    kinds = {key: dtype for key, (dtype, _) in model.architecture.tensors().items()}
    for key, parameter in _named(model).items():
        # copies: the checkpoint must not change when training goes on
        values = parameter.detach().cpu().float().numpy().copy()
        if kinds[key] == "I8":
            values, tensors[key.removesuffix("weight") + "scale"] = pack_rows(values)
        tensors[key] = values
    return Checkpoint(model.architecture, tensors, name, data)


def _named(model: Handwriting) -> dict[str, Tensor]:
    """The weights by their names in a checkpoint."""
    parts = {
        "input.weight": model.inputs,
        "recurrent.weight": model.recurrent,
        "bias": model.bias,
        "gain": model.gain,
        "cell.gain": model.cell_gain,
        "cell.bias": model.cell_bias,
        "code.input.weight": model.code_inputs,
        "code.recurrent.weight": model.code,
        "modulation.weight": model.modulation,
    }
    named: dict[str, Tensor] = {
        f"lstm.{layer}.{key}": weight for key, part in parts.items() for layer, weight in enumerate(part)
    }
    return named | {"head.weight": model.head.weight, "head.bias": model.head.bias}


def unpack(checkpoint: Checkpoint) -> Handwriting:
    """A model that computes, in float32, what a checkpoint's weights say."""
    model = Handwriting(checkpoint.architecture)
    with torch.no_grad():
        for name, parameter in _named(model).items():
            parameter.copy_(torch.tensor(checkpoint.float_tensor(name)))
    return model.eval()
