"""The weights that the 2016 article published, as a checkpoint (CC BY 4.0; Carter, Ha, Johnson, Olah).

`b64_weights.json` is a list of five: output weights [500 rows of 121], output bias, input weights [3 rows of 2000],
recurrent weights [500 rows of 2000], LSTM bias. A row is base64 of one byte a number, which stands for
(byte - 127) / 127 * scale. Its gates come in the order input, candidate, forget (+1.0), output.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pentrace import files
from pentrace.arrays import F32, Array
from pentrace.checkpoint.architecture import Architecture
from pentrace.checkpoint.checkpoint import Checkpoint
from pentrace.errors import CheckpointError

_SHAPES = ((500, 121), (1, 121), (3, 2000), (500, 2000), (1, 2000))
_PARTS = ("output weights", "output bias", "input weights", "recurrent weights", "LSTM bias")
_FORGET_BIAS = 1.0
_MAX_FILE = 16 * 2**20

Levels = npt.NDArray[np.int16]


def import_distill(path: str | os.PathLike[str]) -> Checkpoint:
    """The checkpoint that computes what the article's own code computed. No weight is rounded again."""
    source = Path(path)
    output, output_bias, inputs, recurrent, bias = _read(source)
    tensors: dict[str, Array] = {}
    tensors["lstm.0.input.weight"] = _gates(_float(inputs, 2.0).T)
    rows = _gates(recurrent.T)
    tensors["lstm.0.recurrent.weight"], tensors["lstm.0.recurrent.scale"] = _rows(rows, 0.8)
    gate_bias = _float(bias, 1.5)[0]
    gate_bias[1000:1500] += np.float32(_FORGET_BIAS)
    tensors["lstm.0.bias"] = _gates(gate_bias)
    tensors["head.weight"], tensors["head.scale"] = _rows(output.T, 1.5)
    tensors["head.bias"] = _float(output_bias, 2.5)[0]
    return Checkpoint(
        architecture=Architecture(layers=1, hidden=500, mixtures=20),
        tensors=tensors,
        name="Distill 2016",
        data={
            "name": "IAM-OnDB, lines of all its splits",
            "splits": ["train", "val1", "val2", "test"],
            "terms": "weights CC BY 4.0; trained on IAM-OnDB: non-commercial research",
            "citation": "Carter, Ha, Johnson, Olah: Experiments in Handwriting with a Neural Network. "
            "Distill, 2016. doi:10.23915/distill.00004",
        },
    )


def _gates(values: Array) -> Array:
    """Rows [2000, ...] from the article's gate order i g f o to i f g o."""
    i, g, f, o = np.split(values, 4)
    return np.ascontiguousarray(np.concatenate([i, f, g, o]))


def _float(levels: Levels, scale: float) -> F32:
    return (levels / 127 * scale).astype(np.float32)


def _rows(levels: Levels, scale: float) -> tuple[npt.NDArray[np.int8], F32]:
    """Levels -127 to 128 as int8 without loss: a row that holds 128 is negated, and so is its scale."""
    sign = np.where((levels == 128).any(axis=1), -1, 1)
    return (levels * sign[:, None]).astype(np.int8), (sign * scale / 127).astype(np.float32)


def _read(source: Path) -> list[Levels]:
    data = files.read(source, _MAX_FILE, CheckpointError)
    try:
        parts = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{source.name}: expected the article's weights as JSON, found something else"
        ) from error
    if not isinstance(parts, list) or len(parts) != 5:
        found = f"{len(parts)} entries" if isinstance(parts, list) else type(parts).__name__
        raise CheckpointError(f"{source.name}: expected a list of 5 weight arrays, found {found}")
    return [
        _part(part, shape, f"{source.name}: {what}")
        for part, shape, what in zip(parts, _SHAPES, _PARTS, strict=True)
    ]


def _part(part: object, shape: tuple[int, int], what: str) -> Levels:
    rows = part if isinstance(part, list) else [part]
    if len(rows) != shape[0]:
        raise CheckpointError(f"{what}: expected {shape[0]} rows, found {len(rows)}")
    levels = np.empty(shape, np.int16)
    for k, row in enumerate(rows):
        try:
            raw = base64.b64decode(row, validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise CheckpointError(f"{what}: expected row {k} in base64, found something else") from error
        if len(raw) != shape[1]:
            raise CheckpointError(f"{what}: expected {shape[1]} bytes in row {k}, found {len(raw)}")
        levels[k] = np.frombuffer(raw, np.uint8).astype(np.int16) - 127
    if ((levels == 128).any(axis=1) & (levels == -128).any(axis=1)).any():
        raise CheckpointError(f"{what}: expected no byte below 0")
    return levels
