"""Checkpoints: a model in a safetensors file, int8 packing, metadata (spec/checkpoint.md).

The reader says what is wrong in one line that the page's reader (web/src/checkpoint/checkpoint.ts) repeats word for
word; spec/golden/hostile.json pins the words. Only of a file that is no safetensors file each has words of its own.

Letter key: H hidden, K mixture components, R = 1 + 6K rows of the mixture in the read-out.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from pentrace import files
from pentrace.arrays import F32, Array
from pentrace.checkpoint import tensor_file
from pentrace.checkpoint.architecture import (
    CELLS,
    MAX_ALPHABET,
    SIZES,
    TEXT_SIZES,
    Architecture,
    TextArchitecture,
)
from pentrace.errors import CheckpointError
from pentrace.ink import WHITEBOARD_SCALE

FORMAT = "pentrace"
FORMAT_VERSION = "1"
MAX_FILE = 64 * 2**20
MAX_DEPTH = 16
"""Objects and lists within each other in a value of the metadata."""
_PLAIN = f"JSON of Unicode and finite numbers, at most {MAX_DEPTH} deep"
_REQUIRED = ("format", "format_version", "architecture", "units_per_raw_unit", "name", "data")
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_OBJECTS = ("architecture", "data", "score", "training")


@dataclass(frozen=True)
class Checkpoint:
    """A packed model: tensors by name (spec/checkpoint.md) and what is known of it."""

    architecture: Architecture
    tensors: dict[str, Array]
    name: str
    data: dict[str, Any]
    units_per_raw_unit: float = WHITEBOARD_SCALE
    score: dict[str, Any] | None = None
    training: dict[str, Any] | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    _sha256: str = field(default="", init=False, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file that it was read from, or else of the file that `encode` makes, in hexadecimal."""
        return self._sha256 or hashlib.sha256(encode(self)).hexdigest()

    def float_tensor(self, name: str) -> F32:
        """A weight as float32, int8 rows multiplied by their scales."""
        values = self.tensors[name]
        if values.dtype == np.int8:
            scale = self.tensors[scale_name(name)]
            return values.astype(np.float32) * scale[:, None]
        return values.astype(np.float32, copy=False)


def scale_name(name: str) -> str:
    """The tensor that holds the scales of an int8 tensor's rows."""
    return name.removesuffix(".weight") + ".scale"


def pack_rows(weight: F32) -> tuple[npt.NDArray[np.int8], F32]:
    """Float rows [N, M] to int8 rows [N, M] and one scale a row [N]; the largest of a row becomes +-127."""
    largest = np.abs(weight).max(axis=1)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8), scale


def save(checkpoint: Checkpoint, path: str | os.PathLike[str]) -> None:
    """Write a checkpoint to a temporary name and move it into place. Raises CheckpointError."""
    target = Path(path)
    blob = encode(checkpoint)
    decode(blob, str(target))  # nothing is written that cannot be read
    files.make_folder(target.parent, CheckpointError)
    files.write(target, blob, CheckpointError)


def encode(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as the bytes of a file. Raises CheckpointError where its words are not Unicode."""
    a = checkpoint.architecture
    metadata = dict(checkpoint.metadata)
    metadata |= {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "architecture": json.dumps(a.described(), ensure_ascii=False),
        "units_per_raw_unit": repr(checkpoint.units_per_raw_unit),
        "name": checkpoint.name,
        "data": json.dumps(checkpoint.data, ensure_ascii=False),
    }
    for key, value in (("score", checkpoint.score), ("training", checkpoint.training)):
        if value is not None:
            metadata[key] = json.dumps(value, ensure_ascii=False)
    tensors = {
        name: np.ascontiguousarray(checkpoint.tensors[name], dtype=tensor_file.NUMPY[dtype]).reshape(shape)
        for name, (dtype, shape) in a.tensors().items()
    }
    try:
        return tensor_file.encode(metadata, tensors)
    except UnicodeEncodeError:
        raise _fail(checkpoint.name, "metadata", "Unicode", "half of a surrogate pair") from None


def load(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint. Raises CheckpointError for anything that spec/checkpoint.md does not allow."""
    source = Path(path)
    return decode(files.read(source, MAX_FILE, CheckpointError), source.name)


def decode(blob: bytes, name: str) -> Checkpoint:
    """The checkpoint in a file's bytes; `name` is what errors call the file."""
    if len(blob) > MAX_FILE:
        raise CheckpointError(f"{name}: expected at most {MAX_FILE} bytes, found {len(blob)}")
    metadata, tensors = tensor_file.decode(blob, name, CheckpointError)
    fields = _metadata(metadata, name)
    architecture = _architecture(fields["architecture"], name)
    _check_tensors(tensors, architecture.tensors(), name)
    _check_values(name, tensors)
    checkpoint = Checkpoint(
        architecture=architecture,
        tensors=tensors,
        name=metadata["name"],
        data=fields["data"],
        units_per_raw_unit=_units(metadata["units_per_raw_unit"], name),
        score=fields.get("score"),
        training=fields.get("training"),
        metadata=metadata,
    )
    object.__setattr__(checkpoint, "_sha256", hashlib.sha256(blob).hexdigest())
    return checkpoint


def _fail(name: str, what: str, expected: str, found: object) -> CheckpointError:
    return CheckpointError(f"{name}: {what}: expected {expected}, found {found}")


def _kind(value: object) -> str:
    """A value's JSON type, by a name that the page uses too."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


def _metadata(metadata: dict[str, str], name: str) -> dict[str, Any]:
    """The JSON values of the metadata, checked."""
    if metadata.get("format") != FORMAT:
        found = repr_json(metadata["format"]) if "format" in metadata else "nothing"
        raise _fail(name, "format", f'"{FORMAT}"', f"{found}; this is not a pentrace checkpoint")
    for key in _REQUIRED:
        if key not in metadata:
            raise _fail(name, f"__metadata__.{key}", "a string", "nothing")
    if metadata["format_version"] != FORMAT_VERSION:
        found = repr_json(metadata["format_version"])
        raise _fail(name, "format_version", f'"{FORMAT_VERSION}"', f"{found}; a newer pentrace may read it")
    fields: dict[str, Any] = {}
    for key in _OBJECTS:
        if key not in metadata:
            continue
        try:
            value = tensor_file.parse(metadata[key])
        except ValueError as error:
            raise _fail(name, f"__metadata__.{key}", "JSON", "something else") from error
        if not _is_plain(value):
            raise _fail(name, f"__metadata__.{key}", _PLAIN, "something else")
        if not isinstance(value, dict):
            raise _fail(name, f"__metadata__.{key}", "a JSON object", _kind(value))
        fields[key] = value
    return fields


def _is_plain(value: object) -> bool:
    """Whether every program can read, print and write a value's parts: see _PLAIN."""
    parts = [(value, 0)]
    while parts:
        part, depth = parts.pop()
        if isinstance(part, (dict, list)):
            if depth == MAX_DEPTH:
                return False
            parts += ((item, depth + 1) for item in (part.values() if isinstance(part, dict) else part))
            parts += ((key, depth + 1) for key in part if isinstance(part, dict))
        elif isinstance(part, str):
            if _SURROGATE.search(part):
                return False
        # Compared exactly: a whole number may be too large to become a float.
        elif isinstance(part, (int, float)) and not abs(part) <= sys.float_info.max:
            return False
    return True


def repr_json(text: str) -> str:
    """A string as JSON writes it, at most 40 characters of it."""
    return json.dumps(text[:40], ensure_ascii=False)


def _architecture(value: dict[str, Any], name: str) -> Architecture:
    cell = value.get("cell")
    sizes = {key: (1, largest) for key, largest in SIZES.items() if key != "code" or cell == CELLS[2]}
    _check_keys(value, ["cell", *sizes, "text"], "architecture", name)
    if cell not in CELLS:
        found = repr_json(cell) if isinstance(cell, str) else "nothing" if cell is None else _kind(cell)
        raise _fail(name, "architecture.cell", " or ".join(map(repr_json, CELLS)), found)
    numbers = _sizes(value, sizes, "architecture", name)
    text = _text(value["text"], name) if "text" in value else None
    return Architecture(**numbers, normalised=cell != CELLS[0], text=text)


def _text(value: object, name: str) -> TextArchitecture:
    what = "architecture.text"
    if not isinstance(value, dict):
        raise _fail(name, what, "a JSON object", _kind(value))
    _check_keys(value, ["alphabet", *TEXT_SIZES], what, name)
    alphabet = value.get("alphabet")
    if not isinstance(alphabet, str):
        found = "nothing" if alphabet is None else _kind(alphabet)
        raise _fail(name, f"{what}.alphabet", "a string", found)
    if not 1 <= len(alphabet) <= MAX_ALPHABET:
        raise _fail(name, f"{what}.alphabet", f"1 to {MAX_ALPHABET} characters", len(alphabet))
    for k, character in enumerate(alphabet):
        if character in alphabet[:k]:
            raise _fail(name, f"{what}.alphabet", "every character once", f"{repr_json(character)} twice")
    return TextArchitecture(alphabet, **_sizes(value, TEXT_SIZES, what, name))


def _check_keys(value: dict[str, Any], known: list[str], what: str, name: str) -> None:
    for key in value:
        if key not in known:
            raise _fail(name, what, ", ".join(known), repr_json(key))


def _sizes(value: dict[str, Any], ranges: dict[str, tuple[int, int]], what: str, name: str) -> dict[str, int]:
    """The numbers by name, each within its smallest and largest."""
    sizes: dict[str, int] = {}
    for key, (least, largest) in ranges.items():
        number = value.get(key)
        if not _is_whole(number) or not least <= number <= largest:
            found = _number(number)
            raise _fail(name, f"{what}.{key}", f"a whole number from {least} to {largest}", found)
        sizes[key] = int(number)
    return sizes


def _is_whole(value: object) -> TypeGuard[int | float]:
    """Whole numbers, 500.0 too: JavaScript cannot tell them apart."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _number(value: object) -> str:
    if value is None:
        return "nothing"
    if _is_whole(value) and abs(value) < 2**53:
        return str(int(value))
    return _kind(value)


def _units(text: str, name: str) -> float:
    value = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not (math.isfinite(value) and value > 0):
        raise _fail(name, "units_per_raw_unit", "a number above zero", repr_json(text))
    return value


def _check_tensors(
    tensors: dict[str, Array], table: dict[str, tuple[str, tuple[int, ...]]], name: str
) -> None:
    """Every tensor there, of its dtype and shape, in the order of the table."""
    for key in tensors:
        if key not in table:
            raise _fail(name, "tensors", "only those of the architecture", repr_json(key))
    names = {dtype: word for word, dtype in tensor_file.NUMPY.items()}
    for key, (dtype, shape) in table.items():
        tensor = tensors.get(key)
        if tensor is None:
            raise _fail(name, key, "a tensor", "nothing")
        if names.get(tensor.dtype) != dtype:
            raise _fail(name, f"{key} dtype", dtype, names.get(tensor.dtype, tensor.dtype))
        if tensor.shape != shape:
            raise _fail(name, f"{key} shape", str(list(shape)), list(tensor.shape))
    if list(tensors) != list(table):
        raise _fail(name, "tensors", "the order of the architecture", "another")


def _check_values(name: str, tensors: dict[str, Array]) -> None:
    for key, tensor in tensors.items():
        if tensor.dtype == np.int8:
            continue
        finite = np.isfinite(tensor)
        if not finite.all():
            raise _fail(name, key, "finite numbers", f"NaN or infinity at {int(np.argmin(finite))}")
        if key.endswith(".scale") and not np.all(tensor):
            raise _fail(name, key, "scales other than zero", f"zero at {int(np.argmin(tensor != 0))}")
