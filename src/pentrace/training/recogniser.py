"""A small recogniser of handwriting: reads an ink along its path and says which characters it finds.

Convolutions and two bidirectional LSTM layers on ink sampled evenly along its path, trained with connectionist temporal
classification (CTC; Graves et al. 2006). It aligns ink with its text, finds lines whose text does not fit their ink, and
ranks takes. It never reports how legible a model is: that is the work of a judge that we did not train.

Letter key: N samples along the path, T = ceil(N / 2) frames, B lines, H hidden, A characters.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pentrace.training.recurrence import Layer, recurrence

FloatArray = npt.NDArray[np.float32]

SPACING = 0.4
"""Distance between samples along the path, in sizes of the writing (spec/ink.md)."""
CHANNELS = 8
NEAR = 32
"""Samples on either side over which the height of the line is averaged."""


class Samples(NamedTuple):
    """An ink sampled evenly along its path."""

    features: FloatArray
    """[N, CHANNELS]"""
    source: npt.NDArray[np.float64]
    """[N] point of the ink at which each sample lies, with a fraction"""


def sample_path(points: npt.NDArray[np.float64], pen_up: npt.NDArray[np.bool_], size: float) -> Samples:
    """Points [n, 2], pen lifts [n] and the size of the writing -> samples along each stroke."""
    ends = np.flatnonzero(pen_up) + 1
    if len(ends) == 0 or ends[-1] != len(points):
        ends = np.append(ends, len(points))
    places, source, starts = [], [], []
    begin = 0
    for end in ends:
        stroke = points[begin:end]
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
        count = max(1, math.ceil(lengths[-1] / (SPACING * size)))
        at = np.linspace(0, lengths[-1], count + 1) if lengths[-1] > 0 else np.zeros(1)
        places.append(np.stack([np.interp(at, lengths, stroke[:, k]) for k in (0, 1)], 1))
        source.append(begin + np.interp(at, lengths, np.arange(end - begin)))
        starts.append(np.arange(len(at)) == 0)
        begin = end
    xy, start = np.concatenate(places) / size, np.concatenate(starts)
    step = np.diff(xy, axis=0, prepend=xy[:1])
    inside = np.where(start[:, None], 0.0, step / SPACING)
    jump = np.where(start[:, None], np.clip(step / 4, -2, 2), 0.0)
    totals = np.concatenate([[0.0], np.cumsum(xy[:, 1])])
    low, high = np.maximum(np.arange(len(xy)) - NEAR, 0), np.minimum(np.arange(len(xy)) + NEAR + 1, len(xy))
    height = xy[:, 1] - (totals[high] - totals[low]) / (high - low)
    behind = np.clip(xy[:, 0] - np.maximum.accumulate(xy[:, 0]), -8, 0) / 2
    last = np.append(start[1:], True)
    features = np.column_stack([inside, jump, height, behind, start, last]).astype(np.float32)
    return Samples(features, np.concatenate(source))


class Recogniser(nn.Module):
    """Features [N, B, CHANNELS] of lines with their lengths [B] -> log probabilities [T, B, 1 + A]; 0 is the blank."""

    def __init__(self, alphabet: str, hidden: int = 128, dropout: float = 0.0) -> None:
        super().__init__()
        self.alphabet, self.hidden, self.dropout = alphabet, hidden, dropout
        self.first = nn.Conv1d(CHANNELS, 64, 5, padding=2)
        self.second = nn.Conv1d(64, 96, 5, stride=2, padding=2)
        self.layers = nn.ModuleList(
            nn.ModuleList(Direction(size, hidden) for _ in range(2)) for size in (96, 2 * hidden)
        )
        self.head = nn.Linear(2 * hidden, 1 + len(alphabet))

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        x = functional.relu(self.first(features.permute(1, 2, 0)))
        x = functional.relu(self.second(x)).permute(2, 0, 1)
        frames = (lengths + 1) // 2
        turned = _turned(frames, len(x))
        for ahead, back in self.layers:
            x = self._drop(x)
            x = torch.cat([ahead(x), _reverse(back(_reverse(x, turned)), turned)], -1)
        x = self._drop(x)
        return functional.log_softmax(self.head(x), -1)

    def _drop(self, x: Tensor) -> Tensor:
        """Dropout of whole features of a line, the same at every frame (Gal and Ghahramani 2016)."""
        return x * functional.dropout(torch.ones_like(x[:1]), self.dropout, self.training)


class Direction(nn.Module):
    """A plain LSTM layer in one direction [T, B, I] -> [T, B, H], with the fast products that training has."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(hidden)
        self.inputs = nn.Parameter(torch.empty(4 * hidden, inputs).uniform_(-bound, bound))
        self.recurrent = nn.Parameter(torch.empty(4 * hidden, hidden).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(4 * hidden))
        self.dtype = torch.bfloat16

    def forward(self, x: Tensor) -> Tensor:
        zero = x.new_zeros(x.shape[1], self.recurrent.shape[1])
        hidden, _, _ = recurrence(x, zero, zero, Layer(self.inputs, self.recurrent, self.bias), self.dtype)
        return hidden.float()


def _turned(frames: Tensor, count: int) -> Tensor:
    """Index [count, B] that reverses each line's frames and leaves the padding where it is."""
    at = torch.arange(count)[:, None]
    return torch.where(at < frames, frames - 1 - at, at)


def _reverse(x: Tensor, turned: Tensor) -> Tensor:
    return x.gather(0, turned[..., None].expand_as(x))
