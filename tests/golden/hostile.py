"""Makes spec/golden/hostile/: checkpoints that break one rule each, and hostile.json with the error of each.

    python -m tests.golden hostile

The messages are what `pentrace.checkpoint.decode` says now: read the difference before you commit it. Of files that are
no safetensors files they are what the page says, written by hand: Python gives the reason of its library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.checkpoint import Checkpoint, decode, encode, tensor_file
from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.errors import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parents[2] / "spec/golden/hostile"
Header = dict[str, Any]


def tiny(
    hidden: int = 3,
    mixtures: int = 2,
    *,
    normalised: bool = False,
    code: int = 0,
    text: TextArchitecture | None = None,
) -> Checkpoint:
    """A small sound checkpoint of seeded random weights."""
    rng = np.random.default_rng(7)
    architecture = Architecture(1, hidden, mixtures, normalised, code, text)
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    for name, (dtype, shape) in architecture.tensors().items():
        if dtype == "I8":
            tensors[name] = rng.integers(-127, 128, shape).astype(np.int8)
        elif name.endswith("scale"):
            tensors[name] = np.full(shape, 0.01, np.float32)
        else:
            tensors[name] = rng.normal(0, 0.5, shape).astype(np.float32)
    data = {"name": "none", "splits": [], "terms": "none", "citation": "none"}
    return Checkpoint(architecture, tensors, "tiny", data)


def split(blob: bytes) -> tuple[Header, bytes]:
    length = int.from_bytes(blob[:8], "little")
    return json.loads(blob[8 : 8 + length]), blob[8 + length :]


def join(header: object, body: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def malformed() -> dict[str, bytes]:
    """Files that are no sound safetensors files, without the suffix."""
    sound = encode(tiny())
    header, body = split(sound)
    length = 8 + int.from_bytes(sound[:8], "little")
    files = {
        "empty": b"",
        "header-length-huge": (2**60).to_bytes(8, "little") + sound[8:],
        "header-length-zero": (0).to_bytes(8, "little") + sound[8:],
        "header-cut-short": sound[:100],
        "header-not-json": join(b"{'a': 1}", body),
        "header-not-utf8": join(b'{"\xff": 1}', body),
        "header-array": join([1, 2], body),
        "header-nan": join(b'{"a": NaN}', body),
        "header-bom": join(b"\xef\xbb\xbf" + sound[8:length], body),
        "pickle": b"\x80\x04\x95" + b"\x00" * 61,
        "body-cut-short": sound[:-1],
        "body-too-long": sound + b"\x00",
        "metadata-array": join({**header, "__metadata__": []}, body),
        "tensor-not-an-object": join({**header, "head.bias": 3}, body),
    }
    for name, key, value in (("metadata-number", "name", 5), ("name-surrogate", "name", "\ud800")):
        files[name] = join({**header, "__metadata__": {**header["__metadata__"], key: value}}, body)
    places: dict[str, object] = {
        "overlap": [0, 52],
        "huge": [2**62, 2**62 + 52],
        "strings": ["0", "52"],
    }
    for name, offsets in places.items():
        entry = {**header["head.bias"], "data_offsets": offsets}
        files[f"tensor-offsets-{name}"] = join({**header, "head.bias": entry}, body)
    entry = {key: value for key, value in header["head.weight"].items() if key != "shape"}
    return files | {"tensor-shape-missing": join({**header, "head.weight": entry}, body)}


def with_tensors(sound: bytes, **changes: np.ndarray[Any, Any] | None) -> bytes:
    """A file with other tensors, by name with _ for each dot; None takes one away."""
    metadata, tensors = tensor_file.decode(sound, "sound", CheckpointError)
    for name, tensor in changes.items():
        key = name.replace("_", ".")
        if tensor is None:
            del tensors[key]
        else:
            tensors[key] = tensor
    return tensor_file.encode(metadata, tensors)


def hostile() -> dict[str, bytes]:
    """File name to bytes."""
    sound = encode(tiny())
    body = split(sound)[1]
    files = malformed()

    def edit(name: str, change: Callable[[Header], object]) -> None:
        header = split(sound)[0]
        change(header)
        files[name] = join(header, body)

    def meta(name: str, key: str, value: object) -> None:
        edit(name, lambda h: h["__metadata__"].update({key: value}))

    edit("metadata-missing", lambda h: h.pop("__metadata__"))
    edit("metadata-no-name", lambda h: h["__metadata__"].pop("name"))
    edit("format-missing", lambda h: h["__metadata__"].pop("format"))
    meta("format-other", "format", "pt")
    meta("version-2", "format_version", "2")
    meta("units-negative", "units_per_raw_unit", "-1")
    meta("units-hex", "units_per_raw_unit", "0x10")
    meta("units-infinite", "units_per_raw_unit", "1e999")
    meta("architecture-not-json", "architecture", "lstm")
    meta("architecture-array", "architecture", "[]")
    meta("data-string", "data", '"IAM"')
    meta("score-nan", "score", '{"nats_per_point": NaN}')
    meta("data-surrogate", "data", '{"name": "\\ud800"}')
    meta("data-deep", "data", '{"name": ' + "[" * 900 + "]" * 900 + "}")
    meta("score-huge", "score", '{"lines": 1' + "0" * 400 + "}")
    meta("score-overflow", "score", '{"nats_per_point": 1e999}')
    sizes: dict[str, object] = {"cell": "lstm", "layers": 1, "hidden": 3, "mixtures": 2}
    changes: dict[str, dict[str, object]] = {
        "architecture-unknown-key": {"attention": 1},
        "cell-gru": {"cell": "gru"},
        "cell-case": {"cell": "LSTM-LN"},
        "cell-number": {"cell": 1},
        "cell-normalised-without-gain": {"cell": "lstm-ln"},
        "cell-hyper-without-code": {"cell": "lstm-hyper"},
        "cell-hyper-code-zero": {"cell": "lstm-hyper", "code": 0},
        "cell-hyper-code-enormous": {"cell": "lstm-hyper", "code": 65},
        "cell-hyper-without-tensors": {"cell": "lstm-hyper", "code": 2},
        "code-of-a-plain-cell": {"code": 2},
        "hidden-zero": {"hidden": 0},
        "hidden-enormous": {"hidden": 10**9},
        "hidden-half": {"hidden": 2.5},
        "hidden-string": {"hidden": "3"},
        "hidden-true": {"hidden": True},
        "hidden-other": {"hidden": 4},
        "layers-two": {"layers": 2},
        "mixtures-negative": {"mixtures": -1},
    }
    for name, change in changes.items():
        meta(name, "architecture", json.dumps({**sizes, **change}))
    edit("tensor-shape", lambda h: h["head.weight"].update(shape=[3, 13]))
    bias = np.zeros(13, np.float32)
    files["tensor-missing"] = with_tensors(sound, head_bias=None)
    files["tensor-extra"] = with_tensors(sound, window_weight=bias)
    files["tensor-dtype"] = with_tensors(sound, head_bias=bias.astype(np.int8))

    def poison(name: str, tensor: str, index: int, value: float) -> None:
        header, data = split(sound)
        raw = bytearray(data)
        at = header[tensor]["data_offsets"][0] + 4 * index
        raw[at : at + 4] = np.float32(value).tobytes()
        files[name] = join(header, bytes(raw))

    poison("weight-nan", "lstm.0.input.weight", 5, float("nan"))
    poison("bias-infinite", "lstm.0.bias", 2, float("-inf"))
    poison("scale-zero", "head.scale", 1, 0.0)
    files |= hostile_normalised() | hostile_coded() | hostile_text()
    return {f"{name}.safetensors": blob for name, blob in files.items()}


def hostile_normalised() -> dict[str, bytes]:
    """The rules of layer normalisation, without the suffix."""
    sound = encode(tiny(normalised=True))
    files: dict[str, bytes] = {}

    def edit(name: str, change: Callable[[Header], object]) -> None:
        header, body = split(sound)
        change(header)
        files[name] = join(header, body)

    plain = json.dumps({"cell": "lstm", "layers": 1, "hidden": 3, "mixtures": 2})
    edit("cell-plain-with-gain", lambda h: h["__metadata__"].update(architecture=plain))
    files["cell-bias-missing"] = with_tensors(sound, lstm_0_cell_bias=None)
    files["cell-gain-shape"] = with_tensors(sound, lstm_0_cell_gain=np.ones(12, np.float32))
    files["gain-dtype"] = with_tensors(sound, lstm_0_gain=np.ones(12, np.int8))
    header, body = split(sound)
    at = header["lstm.0.cell.gain"]["data_offsets"][1] - 4
    nan = np.float32(np.nan).tobytes()
    files["cell-gain-nan"] = join(header, body[:at] + nan + body[at + 4 :])
    return files


def hostile_coded() -> dict[str, bytes]:
    """The rules of a code, without the suffix."""
    header, body = split(encode(tiny(normalised=True, code=2)))
    header["__metadata__"]["architecture"] = header["__metadata__"]["architecture"].replace(
        '"code": 2', '"code": 3'
    )
    return {"code-other": join(header, body)}


def hostile_text() -> dict[str, bytes]:
    """The rules of a text, without the suffix."""
    sound = encode(tiny(text=TextArchitecture("ab", 1, 2, 3, 2)))
    files: dict[str, bytes] = {}

    def edit(name: str, change: Callable[[Header], object]) -> None:
        header, body = split(sound)
        change(header)
        files[f"text-{name}"] = join(header, body)

    def describe(name: str, text: object) -> None:
        def change(header: Header) -> None:
            described = json.loads(header["__metadata__"]["architecture"])
            described["text"] = text
            header["__metadata__"]["architecture"] = json.dumps(described)

        edit(name, change)

    sizes = {"alphabet": "ab", "reach": 1, "embedding": 2, "hand": 3, "hands": 2}
    describe("null", None)
    describe("array", ["a", "b"])
    describe("empty", {})
    describe("unknown-key", {**sizes, "window": 10})
    describe("without-hands", {key: value for key, value in sizes.items() if key != "hands"})
    changes: dict[str, dict[str, object]] = {
        "alphabet-array": {"alphabet": ["a", "b"]},
        "alphabet-empty": {"alphabet": ""},
        "alphabet-long": {"alphabet": "".join(map(chr, range(0x1F300, 0x1F300 + 256)))},
        "alphabet-repeats": {"alphabet": "\u00e9a\u00e9"},
        "alphabet-other": {"alphabet": "abc"},
        "alphabet-beyond-16-bits": {"alphabet": "a\U0001f600\u00e9"},
        "reach-negative": {"reach": -1},
        "reach-far": {"reach": 5},
        "reach-other": {"reach": 2},
        "embedding-zero": {"embedding": 0},
        "hand-half": {"hand": 1.5},
        "hands-enormous": {"hands": 65537},
        "hands-none": {"hands": 0},
    }
    for name, change in changes.items():
        describe(name, {**sizes, **change})
    files["text-tensor-missing"] = with_tensors(sound, text_embedding=None)
    files["text-tensor-dtype"] = with_tensors(sound, text_weight=np.ones((12, 11), np.float32))
    files["text-head-without-advance"] = with_tensors(sound, head_bias=np.zeros(13, np.float32))
    header, body = split(sound)
    at = header["text.hands.scale"]["data_offsets"][0]
    files["text-hands-scale-zero"] = join(header, body[:at] + bytes(4) + body[at + 4 :])
    return files


def message(name: str, blob: bytes) -> str:
    """The error of a hostile file in Python."""
    try:
        decode(blob, name)
    except CheckpointError as error:
        return str(error)
    raise AssertionError(f"{name}: was taken for a sound checkpoint")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.safetensors"):
        old.unlink()
    files = hostile()
    for name, blob in files.items():
        (FOLDER / name).write_bytes(blob)
    by_hand = {f"{name}.safetensors" for name in malformed()}
    before = json.loads(FOLDER.with_suffix(".json").read_text(encoding="utf-8"))
    messages = {
        name: before[name] if name in by_hand else message(name, blob) for name, blob in files.items()
    }
    text = json.dumps(messages, indent=1, ensure_ascii=False) + "\n"
    FOLDER.with_suffix(".json").write_text(text, encoding="utf-8")
