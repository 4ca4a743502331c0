"""Makes spec/golden/hostile/: checkpoints that break one rule each, and hostile.json with what is said of them.

    python -m tests.golden hostile

The messages are what `pentrace.checkpoint.decode` says now: read the difference before you commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.checkpoint import Checkpoint, decode, encode
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


def hostile() -> dict[str, bytes]:
    """File name to bytes."""
    sound = encode(tiny())
    body = split(sound)[1]
    files: dict[str, bytes] = {
        "empty": b"",
        "header-length-huge": (2**60).to_bytes(8, "little") + sound[8:],
        "header-length-zero": (0).to_bytes(8, "little") + sound[8:],
        "header-cut-short": sound[:100],
        "header-not-json": join(b"{'a': 1}", body),
        "header-not-utf8": join(b'{"\xff": 1}', body),
        "header-array": join([1, 2], body),
        "header-nan": join(b'{"a": NaN}', body),
        "header-bom": join(b"\xef\xbb\xbf" + sound[8 : 8 + int.from_bytes(sound[:8], "little")], body),
        "pickle": b"\x80\x04\x95" + b"\x00" * 61,
        "body-cut-short": sound[:-1],
        "body-too-long": sound + b"\x00",
    }

    def edit(name: str, change: Callable[[Header], object]) -> None:
        header = split(sound)[0]
        change(header)
        files[name] = join(header, body)

    def meta(name: str, key: str, value: object) -> None:
        edit(name, lambda h: h["__metadata__"].update({key: value}))

    edit("metadata-missing", lambda h: h.pop("__metadata__"))
    edit("metadata-array", lambda h: h.update({"__metadata__": []}))
    meta("metadata-number", "name", 5)
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
    meta("name-surrogate", "name", "\ud800")
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
    edit("tensor-missing", lambda h: h.pop("head.bias"))
    edit("tensor-extra", lambda h: h.update({"window.weight": h["head.bias"]}))
    edit("tensor-not-an-object", lambda h: h.update({"head.bias": 3}))
    edit("tensor-dtype", lambda h: h["head.bias"].update(dtype="F64"))
    edit("tensor-shape", lambda h: h["head.weight"].update(shape=[3, 13]))
    edit("tensor-shape-missing", lambda h: h["head.weight"].pop("shape"))
    edit("tensor-offsets-overlap", lambda h: h["head.bias"].update(data_offsets=[0, 52]))
    edit("tensor-offsets-huge", lambda h: h["head.bias"].update(data_offsets=[2**62, 2**62 + 52]))
    edit("tensor-offsets-strings", lambda h: h["head.bias"].update(data_offsets=["0", "52"]))

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
    edit("cell-bias-missing", lambda h: h.pop("lstm.0.cell.bias"))
    edit("cell-gain-shape", lambda h: h["lstm.0.cell.gain"].update(shape=[12]))
    edit("gain-dtype", lambda h: h["lstm.0.gain"].update(dtype="I8"))
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
    edit("tensor-missing", lambda h: h.pop("text.embedding"))
    edit("tensor-dtype", lambda h: h["text.weight"].update(dtype="F32"))
    edit("head-without-advance", lambda h: h["head.bias"].update(shape=[13]))
    header, body = split(sound)
    at = header["text.hands.scale"]["data_offsets"][0]
    files["text-hands-scale-zero"] = join(header, body[:at] + bytes(4) + body[at + 4 :])
    return files


def message(name: str, blob: bytes) -> str:
    """What is said of a hostile file."""
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
    messages = {name: message(name, blob) for name, blob in files.items()}
    text = json.dumps(messages, indent=1, ensure_ascii=False) + "\n"
    FOLDER.with_suffix(".json").write_text(text, encoding="utf-8")
