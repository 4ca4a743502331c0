"""safetensors files in memory: tensors by name, and metadata that are strings (spec/checkpoint.md, Bytes).

The library `safetensors` reads them and checks that they are sound; what the tensors and the metadata mean is checked
by those who ask for them.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from pentrace import files
from pentrace.arrays import Array
from pentrace.errors import PentraceError

NUMPY: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I8": np.dtype("i1")}
"""The dtypes of a model's tensors, by their names in a file."""
MAX_HEADER = 2**20


class TensorFile(NamedTuple):
    """What a file holds; the tensors are in the order of their bytes."""

    metadata: dict[str, str]
    tensors: dict[str, Array]


def encode(metadata: dict[str, str], tensors: dict[str, Array]) -> bytes:
    """A file of int8 and float32 tensors in the order given, which the library's own writer does not keep.

    Raises:
        UnicodeEncodeError: the metadata hold half of a surrogate pair.
    """
    names = {dtype: name for name, dtype in NUMPY.items()}
    header: dict[str, Any] = {"__metadata__": metadata}
    body = bytearray()
    for name, tensor in tensors.items():
        raw = tensor.tobytes()
        header[name] = {
            "dtype": names[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + bytes(body)


def decode(
    blob: bytes, name: str, error: type[PentraceError], largest_header: int = MAX_HEADER
) -> TensorFile:
    """What a file's bytes hold; `name` is what errors call the file. Raises `error` if they are not sound."""
    length = int.from_bytes(blob[:8], "little")
    try:
        if largest_header < length <= len(blob):
            raise ValueError(f"a header of {length} bytes, more than {largest_header}")
        tensors = load(blob)
        header = json.loads(blob[8 : 8 + length])
    except (SafetensorError, KeyError, ValueError, RecursionError) as problem:
        reason = files.one_line(str(problem).removeprefix("Error while deserializing: "))
        raise error(f"{name}: expected a safetensors file, found something else ({reason})") from problem
    metadata = header.pop("__metadata__", None) or {}
    order = sorted(header, key=lambda key: header[key]["data_offsets"])
    return TensorFile(metadata, {key: tensors[key] for key in order})


def parse(text: str) -> Any:
    """The JSON value of a part of the metadata. Raises ValueError for NaN, Infinity and brackets nested too deeply."""

    def refuse(constant: str) -> float:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
