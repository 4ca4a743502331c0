"""The weights of a recogniser of handwriting in one file (spec/recogniser.md, The file).

Letter key: A characters of the alphabet, H hidden, I inputs of a layer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pentrace import files
from pentrace.arrays import F32, Array
from pentrace.checkpoint import tensor_file
from pentrace.checkpoint.architecture import MAX_ALPHABET
from pentrace.checkpoint.checkpoint import pack_rows
from pentrace.errors import CheckpointError

FORMAT = "pentrace-recogniser"
FORMAT_VERSION = "1"
CHANNELS, WINDOW = 8, 5
"""Numbers of a sample, and samples or frames that a convolution looks at."""
MAX_FILE = 8 << 20
MAX_SIZE, MAX_LAYERS = 256, 4


@dataclass(frozen=True)
class Sizes:
    """Sizes of the two convolutions, of a direction of the LSTM, and how many layers that has."""

    narrow: int = 64
    wide: int = 96
    hidden: int = 128
    layers: int = 2

    def matrices(self, alphabet: int) -> dict[str, tuple[int, int]]:
        """The matrices by name, in the order by which the engine numbers them: rows and columns."""
        shapes = {"first": (self.narrow, WINDOW * CHANNELS), "second": (self.wide, WINDOW * self.narrow)}
        inputs = self.wide
        for layer in range(self.layers):
            for direction in ("forward", "backward"):
                shapes[f"layers.{layer}.{direction}.input"] = (4 * self.hidden, inputs)
                shapes[f"layers.{layer}.{direction}.recurrent"] = (4 * self.hidden, self.hidden)
            inputs = 2 * self.hidden
        return shapes | {"head": (1 + alphabet, inputs)}


@dataclass(frozen=True)
class RecogniserWeights:
    """A packed recogniser.

    alphabet: the characters that it reads, each once; class 0 is the blank.
    tensors: of each matrix `.weight` int8, `.scale` and (not of recurrent ones) `.bias` float32 [rows].
    data: what it was trained on, and the terms of that.
    """

    alphabet: str
    sizes: Sizes
    tensors: dict[str, Array]
    data: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path | str) -> None:
        """Write the file, whole or not at all. Raises CheckpointError."""
        metadata = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "architecture": json.dumps({"alphabet": self.alphabet, **asdict(self.sizes)}, ensure_ascii=False),
            "data": json.dumps(self.data, ensure_ascii=False),
        }
        files.write(path, tensor_file.encode(metadata, self.tensors), CheckpointError)


def pack(
    alphabet: str, sizes: Sizes, weights: dict[str, F32], biases: dict[str, F32], data: dict[str, Any]
) -> RecogniserWeights:
    """Float matrices [rows, columns] and biases [rows] by name -> int8 rows with one scale a row."""
    tensors: dict[str, Array] = {}
    for name in sizes.matrices(len(alphabet)):
        tensors[f"{name}.weight"], tensors[f"{name}.scale"] = pack_rows(weights[name])
        if name in biases:
            tensors[f"{name}.bias"] = biases[name].astype(np.float32)
    return RecogniserWeights(alphabet, sizes, tensors, data)


def load(path: Path | str) -> RecogniserWeights:
    """Read what `save` wrote. Raises CheckpointError."""
    return decode(files.read(path, MAX_FILE, CheckpointError), str(path))


def decode(blob: bytes, name: str) -> RecogniserWeights:
    """The weights in a file's bytes; `name` is what errors call the file. Raises CheckpointError."""
    metadata, tensors = tensor_file.decode(blob, name, CheckpointError)
    try:
        if metadata.get("format") != FORMAT:
            raise ValueError(f"its format is {metadata.get('format')!r}")
        if metadata.get("format_version") != FORMAT_VERSION:
            raise ValueError(
                f"its version is {metadata.get('format_version')!r}; a newer pentrace may read it"
            )
        architecture = json.loads(metadata["architecture"])
        alphabet, data = architecture.pop("alphabet"), json.loads(metadata["data"])
        sizes = Sizes(**architecture)
        _check_sizes(alphabet, sizes)
        tensors = _checked(tensors, sizes.matrices(len(alphabet)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"{name}: expected a recogniser, found something else ({files.one_line(error)})"
        ) from error
    return RecogniserWeights(alphabet, sizes, tensors, data)


def _check_sizes(alphabet: object, sizes: Sizes) -> None:
    if not isinstance(alphabet, str) or not 1 <= len(alphabet) <= MAX_ALPHABET:
        raise ValueError("no alphabet")
    if len(set(alphabet)) != len(alphabet):
        raise ValueError("a character twice in the alphabet")
    limits = {
        "narrow": (16, MAX_SIZE),
        "wide": (16, MAX_SIZE),
        "hidden": (8, MAX_SIZE),
        "layers": (1, MAX_LAYERS),
    }
    for name, (unit, most) in limits.items():
        value = getattr(sizes, name)
        if type(value) is not int or not unit <= value <= most or value % unit:
            raise ValueError(f"{name} is {value!r}")


def _checked(tensors: dict[str, Array], matrices: dict[str, tuple[int, int]]) -> dict[str, Array]:
    """The tensors in the order of the matrices."""
    expected: dict[str, tuple[type, tuple[int, ...]]] = {}
    for name, (rows, columns) in matrices.items():
        expected |= {f"{name}.weight": (np.int8, (rows, columns)), f"{name}.scale": (np.float32, (rows,))}
        if not name.endswith("recurrent"):
            expected[f"{name}.bias"] = (np.float32, (rows,))
    if tensors.keys() != expected.keys():
        other = sorted(tensors.keys() ^ expected.keys())[0]
        raise ValueError(f"{other} is missing or not known")
    for name, (dtype, shape) in expected.items():
        tensor = tensors[name]
        if tensor.dtype != dtype or tensor.shape != shape:
            raise ValueError(f"{name} is {tensor.dtype} {tensor.shape}")
        if dtype is np.float32 and not np.isfinite(tensor).all():
            raise ValueError(f"{name} has a NaN or an infinity")
    return {name: tensors[name] for name in expected}
