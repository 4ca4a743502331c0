"""The model, whole: an LSTM that predicts the next pen offset as a mixture of bivariate Gaussians and a pen lift.

Alex Graves, "Generating Sequences With Recurrent Neural Networks" (2013), arXiv:1308.0850, sections 2 and 4; "(n)"
beside a line is its equation there. Left out: peepholes, skip connections, clamped LSTM gradients. Added: a mixture
component that is fixed at offset zero; a text, given by a pointer that the model itself moves on; and, in training
only, DropConnect on the recurrent weights (Merity et al. 2017, arXiv:1708.02182) and dropout before the read-out.

Training happens here, with the loss of pentrace.training.loss. Everything else (sampling, traces, futures) is the
engine's work, on the packed weights.

Letter key: T steps, B lines, H hidden, K mixture components, R = 1 + 6K rows of the mixture in the read-out, U inputs
from the text.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pentrace.checkpoint import Checkpoint, pack_rows
from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.checkpoint.checkpoint import scale_name
from pentrace.data.score import ROUNDING_VARIANCE
from pentrace.training.layer import Layer
from pentrace.training.recurrence import recurrence
from pentrace.training.text import NO_HAND

REST = 0
"""The mixture component that is fixed at offset zero, in models that have one."""
STANDING_CAP = 48
"""Steps after which it makes no difference how long the pointer has stood."""


class State(NamedTuple):
    """Hidden and cell states, each [L, B, H]."""

    h: Tensor
    c: Tensor


class TextInputs(NamedTuple):
    """What the model sees of the text at each step, and in whose hand it writes."""

    characters: Tensor
    """i64 [T, B, 2 reach + 1]: codes of the characters around the pointer. A code is the place in the alphabet plus 1;
    0 stands for no character, before the first and after the last."""
    standing: Tensor
    """f32 [T, B]: steps for which the pointer has stood there."""
    hand: Tensor
    """i64 [B]: number of the hand, or NO_HAND."""
    given: Tensor
    """bool [B]: False for lines that are written without a text and a hand."""


class Handwriting(nn.Module):
    """Offsets [T, B, 3] to the read-out [T, B, R] of what comes after each of them.

    Models that know text have one row more, the last: the logit of the pointer's advance.

    `weight_drop` is the share of the recurrent weights that is set to zero for a whole window, `dropout` the share of
    the hidden state that is set to zero before the read-out; both only while training. With `rest_component` one
    mixture component is fixed at offset zero. `dtype` bfloat16 allows faster products (pentrace.training.recurrence).
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
        self.head = nn.Linear(hidden, architecture.head_rows)
        self.text = Conditioning(architecture.text, gates, architecture.code) if architecture.text else None
        if self.text:
            self._stand_still()
        self.rest_component = rest_component
        if rest_component:
            rows = self.put_at_rest()
            for parameter in (self.head.weight, self.head.bias):
                # PyTorch does not type this one
                hold = cast("Any", parameter.register_hook)
                hold(lambda gradient: gradient.index_fill(0, rows.to(gradient.device), 0.0))

    @torch.no_grad()
    def _stand_still(self) -> None:
        """A pointer that hardly moves at first: a character takes some ten points."""
        self.head.weight[-1].mul_(0.2)
        self.head.bias[-1] = -2.0

    @torch.no_grad()
    def put_at_rest(self) -> Tensor:
        """Fix a component at offset zero, as wide as the rounding to whole raw units; returns its read-out rows [5].

        A pen that rests reports the same place again and again. A mean that follows the hidden state does not stay near
        enough to zero to predict that.
        """
        # of mu x, mu y, log sigma x, log sigma y, r
        rows = 1 + REST + self.architecture.mixtures * torch.arange(1, 6)
        self.head.weight[rows] = 0.0
        self.head.bias[rows] = torch.tensor(
            [0.0, 0.0, math.log(ROUNDING_VARIANCE) / 2, math.log(ROUNDING_VARIANCE) / 2, 0.0]
        )
        return rows

    def forward(
        self, offsets: Tensor, state: State | None = None, text: TextInputs | None = None
    ) -> tuple[Tensor, State]:
        """Offsets [T, B, 3], state from before the first -> read-out [T, B, head rows], state after the last."""
        hidden, after = self.hidden_states(offsets, state, text)
        return self.read_out(functional.dropout(hidden, self.dropout, self.training)), after

    def hidden_states(
        self, offsets: Tensor, state: State | None = None, text: TextInputs | None = None
    ) -> tuple[Tensor, State]:
        """Offsets [T, B, 3], state from before the first -> hidden states of the last layer [T, B, H], state after."""
        if state is None:
            zero = offsets.new_zeros(len(self.bias), offsets.shape[1], self.architecture.hidden)
            state = State(zero, zero)
        hidden, after = offsets, []
        weight_drop = self.weight_drop if self.training else 0.0
        for k in range(len(self.bias)):
            layer = self._layer(k)
            if k == 0 and self.text is not None and text is not None:
                hidden, layer = torch.cat([hidden, self.text(text)], -1), self.text.extend(layer)
            hidden, *last = recurrence(hidden, state.h[k], state.c[k], layer, self.dtype, weight_drop)
            after.append(last)
        return hidden, State(*(torch.stack(part) for part in zip(*after, strict=True)))

    def _layer(self, k: int) -> Layer:
        more: list[Tensor] = []
        if self.architecture.normalised:
            more += self.gain[k], self.cell_gain[k], self.cell_bias[k]
        if self.architecture.code:
            more += self.code[k], self.code_inputs[k], self.modulation[k]
        return Layer(self.inputs[k], self.recurrent[k], self.bias[k], *more)

    def read_out(self, hidden: Tensor) -> Tensor:
        """Hidden states [..., H] -> mixture parameters before their exponentials, and the advance [..., head rows]."""
        return functional.linear(hidden, self.head.weight.to(hidden.dtype)).float() + self.head.bias  # (17)


class Conditioning(nn.Module):
    """A text and a hand as U more inputs of the first layer."""

    def __init__(self, sizes: TextArchitecture, gates: int, code: int) -> None:
        super().__init__()
        self.sizes = sizes
        # small weights, so that a warm start from a model without text begins close to that model
        self.embedding = nn.Parameter(0.5 * torch.randn(len(sizes.alphabet) + 1, sizes.embedding))
        self.hands = nn.Parameter(0.2 * torch.randn(sizes.hands, sizes.hand))
        self.weight = nn.Parameter(0.03 * torch.randn(gates, sizes.inputs))
        self.code_weight = nn.Parameter(0.02 * torch.randn(code, sizes.inputs)) if code else None

    def forward(self, text: TextInputs) -> Tensor:
        """The inputs [T, B, U]: embeddings of the characters, how long the pointer has stood, the hand code."""
        characters = functional.embedding(text.characters, self.embedding).flatten(2)
        standing = text.standing.clamp(max=STANDING_CAP)
        standing = torch.stack([standing / STANDING_CAP, 1 / (1 + standing)], -1)
        hands = torch.cat([self.hands.new_zeros(1, self.hands.shape[1]), self.hands])
        hand = hands[text.hand - NO_HAND].expand(len(characters), -1, -1)
        return torch.cat([characters, standing, hand], -1) * text.given[:, None]

    def extend(self, layer: Layer) -> Layer:
        """The first layer with the weights of these inputs after those of the offset."""
        layer = layer._replace(inputs=torch.cat([layer.inputs, self.weight], 1))
        if layer.code_inputs is None or self.code_weight is None:
            return layer
        return layer._replace(code_inputs=torch.cat([layer.code_inputs, self.code_weight], 1))


def _uniform(rows: int, columns: int, bound: float) -> nn.Parameter:
    return nn.Parameter(torch.empty(rows, columns).uniform_(-bound, bound))


def _forget_open(hidden: int) -> Tensor:
    """Biases [4H]: forget gates start open, so that gradients reach far back (Gers et al. 2000)."""
    bias = torch.zeros(4 * hidden)
    bias[hidden : 2 * hidden] = 1.0
    return bias


def split_rows(z: Tensor) -> tuple[Tensor, ...]:
    """Read-out z [..., head rows] -> pen [..., 1], then logits, mu x, mu y, log sigma x, log sigma y, r, each [..., K].

    The row of the advance, in models that know text, is left out.
    """
    k = (z.shape[-1] - 1) // 6
    return torch.split(z[..., : 1 + 6 * k], [1, k, k, k, k, k, k], -1)


def parameters(z: Tensor) -> Tensor:
    """Read-out z [..., head rows] -> mixture parameters [..., R]: e, pi, mu x, mu y, sigma x, sigma y, rho."""
    pen, logits, mu_x, mu_y, log_sx, log_sy, r = split_rows(z)
    pi = functional.softmax(logits, -1)  # (19)
    sigma_x, sigma_y, rho = log_sx.exp(), log_sy.exp(), torch.tanh(r)  # (21), (22)
    return torch.cat([torch.sigmoid(pen), pi, mu_x, mu_y, sigma_x, sigma_y, rho], -1)  # (18)


def pack(model: Handwriting, name: str, data: dict[str, object]) -> Checkpoint:
    """The model's weights as a checkpoint: rows of int8, or float32 (spec/checkpoint.md)."""
    tensors = {}
    kinds = {key: dtype for key, (dtype, _) in model.architecture.tensors().items()}
    for key, parameter in _named(model).items():
        # copies: the checkpoint must not change when training goes on
        values = parameter.detach().cpu().float().numpy().copy()
        if kinds[key] == "I8":
            values, tensors[scale_name(key)] = pack_rows(values)
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
    if model.text is not None:
        named |= {"text.embedding": model.text.embedding, "text.weight": model.text.weight}
        if model.text.code_weight is not None:
            named["text.code.weight"] = model.text.code_weight
        if len(model.text.hands):
            named["text.hands"] = model.text.hands
    return named | {"head.weight": model.head.weight, "head.bias": model.head.bias}


def unpack(checkpoint: Checkpoint) -> Handwriting:
    """A checkpoint's weights as a model in float32, ready to be evaluated."""
    model = Handwriting(checkpoint.architecture)
    with torch.no_grad():
        for name, parameter in _named(model).items():
            parameter.copy_(torch.tensor(checkpoint.float_tensor(name)))
    return model.eval()
