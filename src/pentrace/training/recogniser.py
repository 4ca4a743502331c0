"""A small recogniser of handwriting, for training: reads an ink along its path and says which characters it finds.

Convolutions and bidirectional LSTM layers on ink sampled evenly along its path, trained with connectionist temporal
classification (CTC; Graves et al. 2006). What was trained runs in recogniser.wasm (pentrace.engine.text.recogniser),
which tests compare with this model.

Letter key: N samples along the path, T = ceil(N / 2) frames, B lines, H hidden, A characters.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pentrace.arrays import F32, I64
from pentrace.checkpoint.recogniser_weights import CHANNELS, WINDOW, RecogniserWeights, Sizes, pack
from pentrace.engine.text.recogniser import Samples
from pentrace.training.layer import Layer
from pentrace.training.recurrence import recurrence


def batched(samples: list[Samples]) -> tuple[Tensor, Tensor]:
    """Lines side by side: features [N, B, CHANNELS], zero beyond a line's end, and the frames of each [B]."""
    width = max(len(one.features) for one in samples)
    features = np.zeros((width, len(samples), CHANNELS), np.float32)
    for k, one in enumerate(samples):
        features[: len(one.features), k] = one.features
    return torch.from_numpy(features), torch.tensor([one.frames for one in samples])


class Recogniser(nn.Module):
    """Features [N, B, CHANNELS] and frames [B] -> log probabilities [T, B, 1 + A]; 0 is the blank of CTC."""

    def __init__(self, alphabet: str, dropout: float = 0.0, sizes: Sizes | None = None) -> None:
        super().__init__()
        self.alphabet, self.dropout, self.sizes = alphabet, dropout, sizes or Sizes()
        s = self.sizes
        self.first = nn.Conv1d(CHANNELS, s.narrow, WINDOW, padding=WINDOW // 2)
        self.second = nn.Conv1d(s.narrow, s.wide, WINDOW, stride=2, padding=WINDOW // 2)
        # two of each layer: forward and backward
        inputs = [s.wide if k < 2 else 2 * s.hidden for k in range(2 * s.layers)]
        self.directions = nn.ModuleList(_Direction(i, s.hidden) for i in inputs)
        self.head = nn.Linear(2 * s.hidden, 1 + len(alphabet))

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """Log probabilities of the classes at each frame."""
        x = functional.relu(self.first(features.permute(1, 2, 0)))  # [B, NARROW, N]
        x = functional.relu(self.second(x)).permute(2, 0, 1)  # [T, B, WIDE]
        reversed_ = _reversed(frames, len(x))
        for layer in range(0, len(self.directions), 2):
            forward, backward = self.directions[layer], self.directions[layer + 1]
            x = self._drop(x)
            x = torch.cat([forward(x), _reverse(backward(_reverse(x, reversed_)), reversed_)], -1)
        return functional.log_softmax(self.head(self._drop(x)), -1)

    def codes(self, text: str) -> list[int]:
        """The classes of a text's characters, from 1."""
        return [self.alphabet.index(character) + 1 for character in text]

    def text(self, classes: I64) -> str:
        """The text of the likeliest class of each frame [T], without repeats and blanks."""
        first = np.append(True, classes[1:] != classes[:-1])
        return "".join(self.alphabet[k - 1] for k in classes[first & (classes > 0)])

    def _drop(self, x: Tensor) -> Tensor:
        """Dropout of whole features of a line, the same at every frame (Gal and Ghahramani 2016)."""
        return x * functional.dropout(torch.ones_like(x[:1]), self.dropout, self.training)

    def packed(self, data: dict[str, Any]) -> RecogniserWeights:
        """The weights for recogniser.wasm. `data`: what they were trained on, and the terms of that."""
        weights = {"head": self.head.weight, "first": _rows(self.first), "second": _rows(self.second)}
        biases = {"head": self.head.bias, "first": self.first.bias, "second": self.second.bias}
        for k, direction in enumerate(self.directions):
            assert isinstance(direction, _Direction)  # noqa: S101 - for the type checker
            name = f"layers.{k // 2}.{('forward', 'backward')[k % 2]}"
            weights |= {f"{name}.input": direction.inputs, f"{name}.recurrent": direction.recurrent}
            biases[f"{name}.input"] = direction.bias
        return pack(self.alphabet, self.sizes, _arrays(weights), _arrays(biases), data)


def _arrays(tensors: dict[str, Any]) -> dict[str, F32]:
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def _rows(convolution: nn.Conv1d) -> Tensor:
    """Weights [out, window, in] side by side: sample by sample, as the engine keeps them."""
    return convolution.weight.transpose(1, 2).flatten(1)


class _Direction(nn.Module):
    """An LSTM layer in one direction [T, B, I] -> [T, B, H], through the same recurrence as the model."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(hidden)
        self.inputs = nn.Parameter(torch.empty(4 * hidden, inputs).uniform_(-bound, bound))
        self.recurrent = nn.Parameter(torch.empty(4 * hidden, hidden).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(4 * hidden))

    def forward(self, x: Tensor) -> Tensor:
        zero = x.new_zeros(x.shape[1], self.recurrent.shape[1])
        layer = Layer(self.inputs, self.recurrent, self.bias)
        hidden, _, _ = recurrence(x, zero, zero, layer, torch.bfloat16)
        return hidden.float()


def _reversed(frames: Tensor, count: int) -> Tensor:
    """Index [count, B] that reverses each line's frames and leaves the padding where it is."""
    at = torch.arange(count)[:, None]
    return torch.where(at < frames, frames - 1 - at, at)


def _reverse(x: Tensor, index: Tensor) -> Tensor:
    return x.gather(0, index[..., None].expand_as(x))
