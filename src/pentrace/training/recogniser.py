"""A small recogniser of handwriting: reads an ink along its path and says which characters it finds.

Convolutions and two bidirectional LSTM layers on ink sampled evenly along its path, trained with connectionist temporal
classification (CTC; Graves et al. 2006). It aligns ink with its text, finds lines whose text does not fit their ink,
and ranks takes. It never reports how legible a model is: that is the work of a judge that we did not train
(pentrace.measure.judge).

Letter key: N samples along the path, T = ceil(N / 2) frames, B lines, H hidden, A characters.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn import functional

from pentrace import files
from pentrace.errors import CheckpointError
from pentrace.training.recurrence import Layer, recurrence

FloatArray = npt.NDArray[np.float32]

SPACING = 0.4
"""Distance between samples along the path, in sizes of the writing (spec/ink.md)."""
NEAR = 32
"""Samples on either side over which the height of the line is averaged."""
CHANNELS = 8
NARROW, WIDE, HIDDEN = 64, 96, 128
"""Sizes of the two convolutions, and of a direction of the LSTM."""
FORMAT = "pentrace-recogniser"
MAX_FILE = 8 << 20


class Samples(NamedTuple):
    """An ink sampled evenly along its path."""

    features: FloatArray
    """[N, CHANNELS]: step and jump, each x and y; height above the line; way back; first and last of a stroke."""
    source: npt.NDArray[np.float64]
    """[N]: the point of the ink at which each sample lies, with a fraction."""

    @property
    def frames(self) -> int:
        """T."""
        return (len(self.features) + 1) // 2


def sample_path(points: npt.NDArray[np.float64], pen_up: npt.NDArray[np.bool_], size: float) -> Samples:
    """Points [n, 2], pen lifts [n] and the size of the writing -> samples along each stroke."""
    ends = np.union1d(np.flatnonzero(pen_up) + 1, [len(points)])
    places, source, starts = [], [], []
    begin = 0
    for end in ends.tolist():
        stroke = points[begin:end]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
        count = max(1, math.ceil(along[-1] / (SPACING * size)))
        at = np.linspace(0, along[-1], count + 1) if along[-1] > 0 else np.zeros(1)
        places.append(np.stack([np.interp(at, along, stroke[:, k]) for k in (0, 1)], 1))
        source.append(begin + np.interp(at, along, np.arange(end - begin)))
        starts.append(np.arange(len(at)) == 0)
        begin = end
    return Samples(_features(np.concatenate(places) / size, np.concatenate(starts)), np.concatenate(source))


def _features(xy: npt.NDArray[np.float64], start: npt.NDArray[np.bool_]) -> FloatArray:
    """Samples [N, 2] in sizes of the writing, and which begin a stroke [N] -> features [N, CHANNELS]."""
    step = np.diff(xy, axis=0, prepend=xy[:1])
    inside = np.where(start[:, None], 0.0, step / SPACING)
    jump = np.where(start[:, None], np.clip(step / 4, -2, 2), 0.0)
    at = np.arange(len(xy))
    low, high = np.maximum(at - NEAR, 0), np.minimum(at + NEAR + 1, len(xy))
    sums = np.concatenate([[0.0], np.cumsum(xy[:, 1])])
    height = xy[:, 1] - (sums[high] - sums[low]) / (high - low)
    way_back = np.clip(xy[:, 0] - np.maximum.accumulate(xy[:, 0]), -8, 0) / 2
    last = np.append(start[1:], True)
    return np.column_stack([inside, jump, height, way_back, start, last]).astype(np.float32)


def batched(samples: list[Samples]) -> tuple[Tensor, Tensor]:
    """Lines side by side: features [N, B, CHANNELS], zero beyond a line's end, and the frames of each [B]."""
    width = max(len(one.features) for one in samples)
    features = np.zeros((width, len(samples), CHANNELS), np.float32)
    for k, one in enumerate(samples):
        features[: len(one.features), k] = one.features
    return torch.from_numpy(features), torch.tensor([one.frames for one in samples])


class Recogniser(nn.Module):
    """Features [N, B, CHANNELS] and frames [B] -> log probabilities [T, B, 1 + A]; 0 is the blank of CTC."""

    def __init__(self, alphabet: str, dropout: float = 0.0) -> None:
        super().__init__()
        self.alphabet, self.dropout = alphabet, dropout
        self.first = nn.Conv1d(CHANNELS, NARROW, 5, padding=2)
        self.second = nn.Conv1d(NARROW, WIDE, 5, stride=2, padding=2)
        # two of each layer: forward and backward
        self.directions = nn.ModuleList(_Direction(i) for i in (WIDE, WIDE, 2 * HIDDEN, 2 * HIDDEN))
        self.head = nn.Linear(2 * HIDDEN, 1 + len(alphabet))

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

    def text(self, classes: npt.NDArray[np.int64]) -> str:
        """The text of the likeliest class of each frame [T], without repeats and blanks."""
        first = np.append(True, classes[1:] != classes[:-1])
        return "".join(self.alphabet[k - 1] for k in classes[first & (classes > 0)])

    def _drop(self, x: Tensor) -> Tensor:
        """Dropout of whole features of a line, the same at every frame (Gal and Ghahramani 2016)."""
        return x * functional.dropout(torch.ones_like(x[:1]), self.dropout, self.training)

    def save(self, path: Path | str) -> None:
        """Write the weights and the alphabet. Raises CheckpointError."""
        metadata = {"format": FORMAT, "alphabet": json.dumps(self.alphabet)}
        tensors = {name: tensor.detach().half().contiguous() for name, tensor in self.state_dict().items()}
        files.write(path, save(tensors, metadata), CheckpointError)

    @classmethod
    def load(cls, path: Path | str) -> Recogniser:
        """Read what `save` wrote. Raises CheckpointError."""
        blob = files.read(path, MAX_FILE, CheckpointError)
        try:
            length = int.from_bytes(blob[:8], "little")
            metadata = json.loads(blob[8 : 8 + length])["__metadata__"]
            if metadata["format"] != FORMAT:
                raise ValueError(f"its format is {metadata['format']!r}")
            model = cls(json.loads(metadata["alphabet"]))
            model.load_state_dict({name: tensor.float() for name, tensor in load(blob).items()})
        except (ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:200]
            raise CheckpointError(
                f"{path}: expected a recogniser, found something else ({reason})"
            ) from error
        return model.eval()


class _Direction(nn.Module):
    """An LSTM layer in one direction [T, B, I] -> [T, B, H], through the same recurrence as the model."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(HIDDEN)
        self.inputs = nn.Parameter(torch.empty(4 * HIDDEN, inputs).uniform_(-bound, bound))
        self.recurrent = nn.Parameter(torch.empty(4 * HIDDEN, HIDDEN).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(4 * HIDDEN))

    def forward(self, x: Tensor) -> Tensor:
        zero = x.new_zeros(x.shape[1], HIDDEN)
        layer = Layer(self.inputs, self.recurrent, self.bias)
        hidden, _, _ = recurrence(x, zero, zero, layer, torch.bfloat16)
        return hidden.float()


def _reversed(frames: Tensor, count: int) -> Tensor:
    """Index [count, B] that reverses each line's frames and leaves the padding where it is."""
    at = torch.arange(count)[:, None]
    return torch.where(at < frames, frames - 1 - at, at)


def _reverse(x: Tensor, index: Tensor) -> Tensor:
    return x.gather(0, index[..., None].expand_as(x))
